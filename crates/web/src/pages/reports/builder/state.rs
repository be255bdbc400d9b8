//! What a builder works on: the definition as it stands, what it was when it was opened, and the steps between. All of it
//! travels in the form, so that nothing is kept on the server and every step works without script.

use super::problem::Problems;
use crate::server::Params;
use app_reports::definition::{ReportFilter, ReportFormat};
use app_reports::{ReportChange, ReportChoices, ReportMetadata, SavedReport, definition_choices};
use model::{Error, Result};
use platform::Ctx;
use serde_json::Value as Json;

/// Stands for a value that was not given yet: an empty one finds blanks. It never leaves the builder.
pub(super) const UNGIVEN: &str = "\u{e000}";

/// Steps that can be taken back, and how many characters they may take together.
const MAX_STEPS: usize = 40;
const MAX_STEP_CHARS: usize = 400_000;

pub(super) struct State {
    /// The report that is changed; none for a new one.
    pub(super) saved: Option<SavedReport>,
    /// Name, description and folder, as they are fields of the record.
    pub(super) name: String,
    pub(super) description: String,
    pub(super) folder: String,
    pub(super) definition: ReportMetadata,
    /// The saved definition as it was when it was opened, or the one that a new report begins with.
    pub(super) base: String,
    pub(super) past: Vec<String>,
    pub(super) future: Vec<String>,
    pub(super) choices: ReportChoices,
    pub(super) problems: Problems,
}

impl State {
    /// A report as it is saved, or a new one of a type.
    ///
    /// # Errors
    /// Names what is wrong with the type.
    pub(super) fn open(ctx: &Ctx, saved: Option<SavedReport>, definition: ReportMetadata) -> Result<Self> {
        let (name, description, folder) = about(saved.as_ref());
        Ok(Self {
            name,
            description,
            folder,
            base: text(&definition)?,
            choices: definition_choices(ctx, &definition)?,
            definition,
            saved,
            past: Vec::new(),
            future: Vec::new(),
            problems: Problems::default(),
        })
    }

    /// What a form carries, before its controls are read.
    ///
    /// # Errors
    /// For a form without a definition, or whose type cannot be reported on.
    pub(super) fn sent(ctx: &Ctx, saved: Option<SavedReport>, form: &Params) -> Result<Self> {
        let definition = form.first("definition").ok_or_else(Error::not_found)?;
        let definition = without_names(ReportMetadata::parse(definition)?);
        let (name, description, folder) = about(saved.as_ref());
        let given =
            |property: &str, or: String| form.first(property).map_or(or, |value| value.trim().replace("\r\n", "\n"));
        Ok(Self {
            name: given("name", name),
            description: given("description", description),
            folder: given("folder", folder),
            base: form.first("base").unwrap_or_default().to_owned(),
            choices: definition_choices(ctx, &definition)?,
            definition,
            saved,
            past: form.all("past").map(str::to_owned).collect(),
            future: form.all("future").map(str::to_owned).collect(),
            problems: Problems::default(),
        })
    }

    /// Notes the step from a definition to the present one.
    pub(super) fn step_from(&mut self, before: &ReportMetadata) -> Result<()> {
        if *before == self.definition {
            return Ok(());
        }
        self.past.push(text(before)?);
        self.future.clear();
        let mut chars = 0;
        let recent = self.past.iter().rev().take(MAX_STEPS).take_while(|step| {
            chars += step.len();
            chars <= MAX_STEP_CHARS
        });
        let kept = recent.count();
        self.past.drain(..self.past.len() - kept);
        Ok(())
    }

    /// Takes the last step back.
    pub(super) fn undo(&mut self) -> Result<()> {
        if let Some(step) = self.past.pop() {
            self.future.push(text(&self.definition)?);
            self.definition = ReportMetadata::parse(&step)?;
        }
        Ok(())
    }

    /// Takes a step again.
    pub(super) fn redo(&mut self) -> Result<()> {
        if let Some(step) = self.future.pop() {
            self.past.push(text(&self.definition)?);
            self.definition = ReportMetadata::parse(&step)?;
        }
        Ok(())
    }

    /// Whether something would be lost by leaving.
    pub(super) fn is_dirty(&self) -> bool {
        let (name, description, folder) = about(self.saved.as_ref());
        let is_base = ReportMetadata::parse(&self.base).is_ok_and(|base| without_names(base) == self.definition);
        !is_base || self.name != name || self.description != description || self.folder != folder
    }

    pub(super) fn definition_text(&self) -> Result<String> {
        text(&self.definition)
    }

    /// Looks again at what can be chosen, once the definition has changed.
    pub(super) fn look_again(&mut self, ctx: &Ctx) -> Result<()> {
        self.choices = definition_choices(ctx, &self.definition)?;
        Ok(())
    }

    /// What a column is called.
    pub(super) fn label(&self, column: &str) -> String {
        self.choices.column(column).map_or_else(|| column.to_owned(), |column| column.label.clone())
    }

    /// What a figure is called.
    pub(super) fn figure_label(&self, name: &str) -> String {
        let formula = self.definition.custom_summary_formula.iter().find(|formula| formula.developer_name == name);
        match formula {
            Some(formula) if !formula.label.is_empty() => formula.label.clone(),
            Some(_) => "New formula".to_owned(),
            None => self.choices.figure(name).unwrap_or_else(|| name.to_owned()),
        }
    }

    /// A question of who asks: a change of the saved report, whose own columns may be named, or a new one.
    ///
    /// # Errors
    /// For a definition that cannot be read back.
    pub(super) fn change(&self, definition: &ReportMetadata) -> Result<ReportChange> {
        let Some(saved) = &self.saved else { return Ok(ReportChange::new(definition.clone())) };
        let Json::Object(mut whole) = serde_json::to_value(definition).map_err(Error::internal)? else {
            return Err(Error::internal("a definition is a JSON object"));
        };
        for list in ["buckets", "customDetailFormula", "customSummaryFormula"] {
            // An empty list is not written, and must all the same replace the one that was saved.
            whole.entry(list).or_insert(Json::Array(Vec::new()));
        }
        saved.changed(&whole)
    }

    /// The definition without what is not finished yet, and the places of the filters that are in it. None where the filter
    /// logic needs what is missing.
    pub(super) fn runnable(&self) -> Option<(ReportMetadata, Vec<usize>)> {
        let mut asked = self.definition.clone();
        let kept: Vec<usize> =
            asked.report_filters.iter().enumerate().filter(|(_, filter)| is_given(filter)).map(|(at, _)| at).collect();
        if kept.len() < asked.report_filters.len() && asked.report_boolean_filter.is_some() {
            return None;
        }
        asked.report_filters.retain(is_given);
        for cross in &mut asked.cross_filters {
            cross.criteria.retain(is_given);
        }
        let mut unfinished: Vec<String> = Vec::new();
        asked.custom_detail_formula.retain(|formula| {
            let is_finished = !formula.formula.trim().is_empty();
            unfinished.extend((!is_finished).then(|| formula.developer_name.clone()));
            is_finished
        });
        asked.custom_summary_formula.retain(|formula| {
            let is_finished = !formula.formula.trim().is_empty();
            unfinished.extend((!is_finished).then(|| formula.developer_name.clone()));
            is_finished
        });
        forget(&mut asked, &unfinished);
        Some((asked, kept))
    }
}

/// Takes columns and figures out of where a definition shows, groups or sorts by them.
pub(super) fn forget(definition: &mut ReportMetadata, names: &[String]) {
    let is_known =
        |name: &str| !names.iter().any(|gone| gone == name.split_once('!').map_or(name, |(_, column)| column));
    definition.detail_columns.retain(|name| is_known(name));
    definition.aggregates.retain(|name| is_known(name));
    definition.groupings_down.retain(|grouping| is_known(&grouping.name));
    definition.groupings_across.retain(|grouping| is_known(&grouping.name));
    definition.sort_by.retain(|sort| is_known(&sort.sort_column));
    settle(definition);
}

/// Brings in line what follows from the rest: the format from the groupings, the sort of groups and the chart from the
/// figures there are, the first rows from a sorted list.
pub(super) fn settle(definition: &mut ReportMetadata) {
    definition.report_format = match (definition.groupings_down.is_empty(), definition.groupings_across.is_empty()) {
        (_, false) => ReportFormat::Matrix,
        (false, true) => ReportFormat::Summary,
        (true, true) => ReportFormat::Tabular,
    };
    if definition.report_format == ReportFormat::Matrix {
        definition.sort_by.clear();
    }
    if definition.report_format != ReportFormat::Tabular || definition.sort_by.is_empty() {
        definition.top_rows = None;
    }
    let figures = definition.aggregates.clone();
    for grouping in definition.groupings_down.iter_mut().chain(&mut definition.groupings_across) {
        grouping.sort_aggregate = grouping.sort_aggregate.take().filter(|name| figures.contains(name));
    }
    if let Some(chart) = &mut definition.chart {
        chart.summaries.retain(|name| figures.contains(name));
    }
}

/// Whether a filter has its value.
pub(super) fn is_given(filter: &ReportFilter) -> bool {
    filter.value != UNGIVEN
}

fn about(saved: Option<&SavedReport>) -> (String, String, String) {
    match saved {
        Some(saved) => (
            saved.name.clone(),
            saved.description.clone().unwrap_or_default(),
            saved.folder.map(|id| id.to_string()).unwrap_or_default(),
        ),
        None => Default::default(),
    }
}

/// The names are fields of the record, and no part of what a builder compares.
pub(super) fn without_names(definition: ReportMetadata) -> ReportMetadata {
    ReportMetadata { name: String::new(), developer_name: String::new(), ..definition }
}

fn text(definition: &ReportMetadata) -> Result<String> {
    definition.to_json()
}
