//! The contract of an app: a package of metadata with some Rust. Its objects, pages and schedules are declared here;
//! what follows from them (tables, permissions, navigation, routes) is derived.

use crate::hooks::Hook;
use crate::jobs::{Job, JobOutcome};
use crate::{Ctx, Org, OrgTx, Service};
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

    /// Answers a saved report in parts, as [`App::report_run`] does the whole.
    fn report_parts(
        &self,
        _ctx: &Ctx,
        _request: &crate::ReportRequest,
        _parting: &crate::ReportParting,
    ) -> Option<Result<crate::ReportParts>> {
        None
    }

    /// Asked whether a message may leave: inside the transaction that takes it, and again in the one before its last byte.
    /// None when nothing is known against it.
    ///
    /// # Errors
    /// An error keeps the message back: it is asked about again later.
    fn mail_stop(&self, _tx: &mut OrgTx<'_, '_>, _item: &crate::OutboxItem) -> Result<Option<crate::MailStop>> {
        Ok(None)
    }

    /// Told that a message is on its way, in the transaction that notes it.
    ///
    /// # Errors
    /// An error keeps the message back.
    fn mail_begun(&self, _tx: &mut OrgTx<'_, '_>, _item: &crate::OutboxItem) -> Result<()> {
        Ok(())
    }

    /// Told what became of a message, in the transaction that notes it: what the app writes of it and what the outbox
    /// says are kept together or not at all. `is_over` says that it is not tried again.
    ///
    /// # Errors
    /// An error undoes both; the message is then taken for one whose sender stopped.
    fn mail_settled(
        &self,
        _tx: &mut OrgTx<'_, '_>,
        _item: &crate::OutboxItem,
        _reply: &crate::MailReply,
        _is_over: bool,
    ) -> Result<()> {
        Ok(())
    }
}
