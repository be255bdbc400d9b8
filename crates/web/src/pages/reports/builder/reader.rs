//! A saved report as its reader asks it: filters changed for this once, narrowed to a group, all of it in the address.

use super::super::starter;
use super::controls;
use super::parts;
use super::state::{State, without_names};
use crate::server::Params;
use app_reports::{GroupStep, ReportMetadata, ReportRun, RunOptions, SavedReport};
use maud::{Markup, html};
use model::{Error, Result};
use platform::Ctx;

/// Between the column of a group and its value in an address.
const STEP: char = '~';

pub(crate) struct Reading {
    state: State,
    /// The group whose records are asked for; empty for the whole report.
    pub(crate) steps: Vec<GroupStep>,
    /// The filters that differ from the saved ones, as the address has them.
    changes: Vec<(String, String)>,
}

/// Whether a parameter of the address changes a filter.
fn is_change(name: &str) -> bool {
    ["filter.", "date.", "criterion.", "cross."].iter().any(|start| name.starts_with(start))
        || matches!(name, "scope" | "open")
}

impl Reading {
    /// What an address asks of a saved report.
    ///
    /// # Errors
    /// What the database reports.
    pub(crate) fn of(ctx: &Ctx, saved: SavedReport, query: &Params) -> Result<Self> {
        let definition = without_names(saved.definition.clone());
        let mut state = State::open(ctx, Some(saved), definition)?;
        let changes: Vec<(String, String)> =
            query.pairs().iter().filter(|(name, _)| is_change(name)).cloned().collect();
        if !changes.is_empty() {
            controls::filters(ctx, &mut state, query)?;
        }
        let steps = query
            .all("at")
            .filter_map(|step| step.split_once(STEP))
            .map(|(column, value)| GroupStep { column: column.to_owned(), value: value.to_owned() });
        Ok(Self { steps: steps.collect(), state, changes })
    }

    pub(crate) fn is_changed(&self) -> bool {
        let base = ReportMetadata::parse(&self.state.base).ok();
        base.is_none_or(|base| without_names(base) != self.state.definition)
    }

    /// The address of the same question, narrowed to a group.
    pub(crate) fn address(&self, path: &str, steps: &[GroupStep]) -> String {
        let narrowed: Vec<String> = steps.iter().map(|step| format!("{}{STEP}{}", step.column, step.value)).collect();
        let changes = self.changes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        crate::server::params::address(path, changes.chain(narrowed.iter().map(|step| ("at", step.as_str()))))
    }

    /// The answer. With steps it is a list of the records of that group.
    ///
    /// # Errors
    /// What the engine says; [`Reading::refused`] tells it beside its filter.
    pub(crate) fn run(&self, ctx: &Ctx) -> Result<ReportRun> {
        let report = self.state.saved.as_ref().map(|saved| saved.id);
        let mut run = match self.steps.as_slice() {
            [] => {
                let (asked, _) = self.state.runnable().ok_or_else(unfinished)?;
                self.state.change(&asked)?.run(ctx, &RunOptions::default())?
            }
            steps => {
                let mut asked = self.state.runnable().ok_or_else(unfinished)?.0.narrowed(steps);
                if asked.detail_columns.is_empty() {
                    asked.detail_columns = starter::definition(ctx, &asked.report_type.name)?.detail_columns;
                }
                let options = RunOptions { details: Some(true), ..RunOptions::default() };
                self.state.change(&asked)?.run(ctx, &options)?
            }
        };
        run.report = report;
        run.name.clone_from(&self.state.name);
        Ok(run)
    }

    /// Notes why it could not be run.
    pub(crate) fn refused(&mut self, error: &Error) {
        let kept = self.state.runnable().map(|(_, kept)| kept).unwrap_or_default();
        self.state.problems.add_error(error, &kept);
    }

    /// Whether something of the filters must be put right.
    pub(crate) fn is_wrong(&self) -> bool {
        !self.state.problems.is_empty()
    }

    /// What is wrong, where no filter is to blame.
    pub(crate) fn trouble(&self) -> Vec<String> {
        self.state
            .problems
            .others(&["reportFilters[", "standardDateFilter", "scope", "standardFilters"])
            .map(str::to_owned)
            .collect()
    }

    /// Whether there is a filter that a reader can change.
    pub(crate) fn controls(&self, ctx: &Ctx) -> Markup {
        html! { (parts::filters::of_reader(ctx, &self.state)) }
    }
}

fn unfinished() -> Error {
    Error::new(model::ErrorCode::FieldIntegrityException, "Give each filter a value, or choose “is blank”.")
}
