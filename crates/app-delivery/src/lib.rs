//! Scheduled delivery: reports that arrive as mail, and a ledger of who got what.
//!
//! A schedule belongs to the user as whom it runs: that user's access decides the rows, and a change of what it sends by
//! anybody else stops it. The scheduler enters each slot once; a job renders the report and writes one message for each
//! recipient; the outbox sends them, and what the mail server said comes back to the ledger.

mod bounce;
mod bursting;
mod commands;
mod condition;
mod consent;
mod decide;
mod domains;
mod editions;
mod files;
mod groups;
mod hook;
mod job;
mod ledger;
mod live;
mod message;
mod notice;
mod objects;
mod parts;
mod preview;
mod recipients;
pub mod recurrence;
mod schedule;
mod scheduler;
mod services;
mod settings;
mod settle;
mod sweep;
mod template;
mod unsubscribe;

pub use bounce::{LOOKED_AT, Returned, bounce, returned};
pub use bursting::{Bursting, OnUnassigned, PartAddress};
pub use commands::{NewSchedule, schedule_create, send_now, send_test};
pub use condition::{Comparison, Condition, Scope};
pub use consent::{PendingChange, TermsChange, pending_change};
pub use decide::{Decision, decide};
pub use preview::{Preview, PreviewRequest, preview};
pub use recipients::Recipient;
pub use settings::{Switch, delivery_release, delivery_switch, delivery_switch_put};
pub use unsubscribe::{Subscription, subscription, unsubscribe};

use model::schema::ObjectDef;
use model::{Instant, OrgId, Result};
use platform::{App, Ctx, Hook, Job, JobOutcome, MailReply, MailStop, NavItem, Org, OrgTx, OutboxItem, Service};
use std::sync::Arc;

/// What mail says of where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryConfig {
    /// Where links lead: `https://sales.example.com`.
    pub public_url: String,
    pub from_name: String,
    pub from_address: String,
    /// Where mail that cannot be delivered comes back to, read by this program; none when nobody reads it.
    pub bounce_address: Option<String>,
}

impl DeliveryConfig {
    /// An address of its own for each delivery, so that what comes back says which one did. Empty when nobody reads it.
    fn return_path(&self, tag: &str, org: OrgId) -> String {
        match self.bounce_address.as_deref().and_then(|address| address.rsplit_once('@')) {
            Some((local, domain)) => format!("{local}+{org}.{}@{domain}", &tag[..bounce::TAG_DIGITS.min(tag.len())]),
            None => String::new(),
        }
    }
}

/// The app.
#[derive(Debug, Clone)]
pub struct DeliveryApp {
    config: DeliveryConfig,
}

impl DeliveryApp {
    pub fn new(config: DeliveryConfig) -> Self {
        Self { config }
    }
}

impl App for DeliveryApp {
    fn name(&self) -> &'static str {
        "delivery"
    }

    fn label(&self) -> &'static str {
        "Delivery"
    }

    fn objects(&self) -> Vec<ObjectDef> {
        vec![
            objects::schedule(),
            objects::grant(),
            objects::run(),
            objects::delivery(),
            objects::domain_rule(),
            objects::suppression(),
            objects::opt_out(),
        ]
    }

    fn navigation(&self) -> Vec<NavItem> {
        vec![NavItem { label: "Deliveries", href: "/o/DeliverySchedule", icon: "send" }]
    }

    fn hooks(&self) -> Vec<Arc<dyn Hook>> {
        vec![
            Arc::new(hook::ScheduleHook),
            Arc::new(hook::OutsideHook),
            Arc::new(hook::GrantHook),
            Arc::new(domains::LimitsHook),
        ]
    }

    fn services(&self) -> &'static [Service] {
        &services::SERVICES
    }

    fn job_kinds(&self) -> &'static [&'static str] {
        &[scheduler::JOB]
    }

    fn run_job(&self, ctx: &Ctx, job: &Job) -> Result<JobOutcome> {
        job::run(&self.config, ctx, job)
    }

    fn tick(&self, org: &Arc<Org>, now: Instant) -> Result<Option<Instant>> {
        scheduler::tick(&self.config, org, now)
    }

    fn mail_stop(&self, tx: &mut OrgTx<'_, '_>, item: &OutboxItem) -> Result<Option<MailStop>> {
        live::mail_stop(tx, item)
    }

    fn mail_begun(&self, tx: &mut OrgTx<'_, '_>, item: &OutboxItem) -> Result<()> {
        settle::mail_begun(tx, item)
    }

    fn mail_settled(&self, tx: &mut OrgTx<'_, '_>, item: &OutboxItem, reply: &MailReply, is_over: bool) -> Result<()> {
        settle::mail_settled(tx, item, reply, is_over)
    }
}
