//! Scheduled delivery: reports that arrive as mail, and a ledger of who got what.
//!
//! A schedule belongs to the user as whom it runs: that user's access decides the rows, and a change of what it sends by
//! anybody else stops it. The scheduler enters each slot once; a job renders the report and writes one message for each
//! recipient; the outbox sends them, and what the mail server said comes back to the ledger.

mod commands;
mod condition;
mod files;
mod hook;
mod job;
mod ledger;
mod message;
mod objects;
mod recipients;
pub mod recurrence;
mod schedule;
mod scheduler;
mod services;
mod settle;
mod template;

pub use commands::{NewSchedule, schedule_create, send_now};
pub use condition::{Comparison, Condition, Scope};
pub use recipients::Recipient;

use model::schema::ObjectDef;
use model::{Instant, Result};
use platform::{App, Ctx, Hook, Job, JobOutcome, MailReply, NavItem, Org, OutboxItem, Service};
use std::sync::Arc;

/// What mail says of where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryConfig {
    /// Where links lead: `https://sales.example.com`.
    pub public_url: String,
    pub from_name: String,
    pub from_address: String,
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
        vec![objects::schedule(), objects::run(), objects::delivery()]
    }

    fn navigation(&self) -> Vec<NavItem> {
        vec![NavItem { label: "Deliveries", href: "/o/DeliverySchedule", icon: "send" }]
    }

    fn hooks(&self) -> Vec<Arc<dyn Hook>> {
        vec![Arc::new(hook::ScheduleHook)]
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
        scheduler::tick(org, now)
    }

    fn mail_settled(&self, org: &Arc<Org>, item: &OutboxItem, reply: &MailReply) -> Result<()> {
        settle::mail_settled(org, item, reply)
    }
}
