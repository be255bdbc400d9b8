//! The contract of an app: a package of metadata with some Rust. Its objects, pages and schedules are declared here;
//! what follows from them (tables, permissions, navigation, routes) is derived.

use crate::hooks::Hook;
use crate::jobs::{Job, JobOutcome};
use crate::{Ctx, Org, Service};
use model::schema::ObjectDef;
use model::{Instant, Result};
use std::sync::Arc;

/// A link in the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    pub label: &'static str,
    pub href: &'static str,
    /// Name of an icon of the page kit.
    pub icon: &'static str,
}

/// One of the products on the platform.
pub trait App: Send + Sync {
    /// `reports`, `delivery`: the name of its package.
    fn name(&self) -> &'static str;

    fn label(&self) -> &'static str;

    /// The objects it brings.
    fn objects(&self) -> Vec<ObjectDef> {
        Vec::new()
    }

    fn navigation(&self) -> Vec<NavItem> {
        Vec::new()
    }

    fn hooks(&self) -> Vec<Arc<dyn Hook>> {
        Vec::new()
    }

    /// The services it works as without a user, with all that they may do.
    fn services(&self) -> &'static [Service] {
        &[]
    }

    /// The kinds of job it runs, each as the user the job names.
    fn job_kinds(&self) -> &'static [&'static str] {
        &[]
    }

    /// Runs one of its jobs as the job's user.
    ///
    /// # Errors
    /// An error fails the job; the queue says so and does not try again by itself.
    fn run_job(&self, _ctx: &Ctx, job: &Job) -> Result<JobOutcome> {
        Err(model::Error::internal(format!("the app {} runs no job {}", self.name(), job.kind)))
    }

    /// Called about once a minute and after start-up: enqueue what is due. Returns when it wants to be called next at
    /// the latest.
    ///
    /// # Errors
    /// An error is logged; the next call comes all the same.
    fn tick(&self, _org: &Arc<Org>, _now: Instant) -> Result<Option<Instant>> {
        Ok(None)
    }

    /// Answers a saved report with the rights of the context's user; none from an app that has no reports.
    fn report_run(&self, _ctx: &Ctx, _request: &crate::ReportRequest) -> Option<Result<crate::ReportAnswer>> {
        None
    }

    /// Told what became of a piece of mail that one of its jobs queued.
    ///
    /// # Errors
    /// An error is logged; the outbox keeps its own record.
    fn mail_settled(&self, _org: &Arc<Org>, _item: &crate::OutboxItem, _reply: &crate::MailReply) -> Result<()> {
        Ok(())
    }
}
