//! Reports and dashboards: saved questions about records, answered with the rights of who asks.
//!
//! A definition ([`ReportMetadata`]) is tied to the schema and to one reader, asked of the store as one query in one
//! snapshot, and folded into groups with subtotals ([`ReportRun`]), from which tables and charts are made.

mod aggregate;
mod background;
mod board;
mod cards;
mod choices;
mod column;
mod dashboards;
pub mod definition;
mod filing;
mod filter;
mod hook;
mod kept;
mod objects;
mod plan;
mod run;
mod samples;
mod saved;
pub mod wire;

pub use board::{Board, ComponentAnswer, RunsAs, print_of};
pub use cards::{CardBody, DashboardCard, board_cards, home_dashboard};
pub use choices::{
    ChoiceCategory, ColumnChoice, RelatedChoice, ReportChoices, TypeChoice, definition_choices, report_choices,
    report_types,
};
pub use dashboards::{SavedDashboard, dashboard_of};
pub use definition::ReportMetadata;
pub use filter::items::{items as filter_items, value_of as filter_value};
pub use filter::rewrite::{logic_moved, logic_with_one_more, logic_without};
pub use run::{
    DetailRow, Group, GroupStep, ReportRun, RowSource, RunAggregate, RunColumn, RunGrouping, RunOptions, run,
};
pub use samples::{ensure_samples, sample_reports};
pub use saved::{ReportChange, SavedReport};

use model::Result;
use model::schema::ObjectDef;
use platform::{
    App, Ctx, Hook, Job, JobOutcome, NavItem, ReportAnswer, ReportParting, ReportParts, ReportRequest, Service,
};
use std::sync::Arc;

/// The app.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportsApp;

impl App for ReportsApp {
    fn name(&self) -> &'static str {
        "reports"
    }

    fn label(&self) -> &'static str {
        "Reports"
    }

    fn objects(&self) -> Vec<ObjectDef> {
        vec![objects::report(), objects::dashboard()]
    }

    fn navigation(&self) -> Vec<NavItem> {
        vec![
            NavItem { label: "Reports", href: "/o/Report", icon: "chart" },
            NavItem { label: "Dashboards", href: "/o/Dashboard", icon: "dashboard" },
        ]
    }

    fn hooks(&self) -> Vec<Arc<dyn Hook>> {
        vec![Arc::new(hook::DefinitionHook), Arc::new(filing::FilingHook)]
    }

    fn report_run(&self, ctx: &Ctx, request: &ReportRequest) -> Option<Result<ReportAnswer>> {
        Some(saved::answer(ctx, request))
    }

    fn report_parts(&self, ctx: &Ctx, request: &ReportRequest, parting: &ReportParting) -> Option<Result<ReportParts>> {
        Some(saved::answer_in_parts(ctx, request, parting))
    }

    fn job_kinds(&self) -> &'static [&'static str] {
        &[platform::REPORT_INSTANCE_JOB]
    }

    fn run_job(&self, ctx: &Ctx, job: &Job) -> Result<JobOutcome> {
        background::run_job(ctx, job)
    }

    fn services(&self) -> &'static [Service] {
        &hook::SERVICES
    }
}
