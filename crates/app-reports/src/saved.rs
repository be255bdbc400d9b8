//! Saved reports: found by id as records that the reader may see, then run with the reader's rights.

use crate::column::Author;
use crate::definition::{FilterType, ReportMetadata};
use crate::run::{self, ReportRun, RunOptions};
use model::{Error, RecordId, Result};
use platform::literal::quoted;
use platform::{Ctx, QueryOptions, ReportAnswer, ReportPart, ReportParting, ReportParts, ReportRequest};
use serde_json::{Map, Value as Json};
use std::collections::HashSet;

/// A saved report with its definition.
#[derive(Clone, Debug)]
pub struct SavedReport {
    pub id: RecordId,
    pub name: String,
    pub developer_name: String,
    pub description: Option<String>,
    pub owner: RecordId,
    /// The folder it is filed in; none for what is its owner's.
    pub folder: Option<RecordId>,
    /// Who changed it last; none for a service.
    pub last_modified_by: Option<RecordId>,
    /// The definition as it is saved.
    pub json: String,
    pub definition: ReportMetadata,
}

impl SavedReport {
    /// Finds a report that the reader may see.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is none; a named property when its definition cannot be read.
    pub fn fetch(ctx: &Ctx, id: RecordId) -> Result<Self> {
        let found = Self::select(ctx, &format!("Id = '{id}'"))?;
        found.into_iter().next().ok_or_else(Error::not_found)
    }

    /// Finds a report by its API name, among those that the reader may see.
    ///
    /// # Errors
    /// As [`SavedReport::fetch`], without `NOT_FOUND`.
    pub fn find(ctx: &Ctx, developer_name: &str) -> Result<Option<Self>> {
        Ok(Self::select(ctx, &format!("DeveloperName = {}", quoted(developer_name)))?.into_iter().next())
    }

    fn select(ctx: &Ctx, condition: &str) -> Result<Vec<Self>> {
        ctx.object("Report")?;
        let text = format!(
            "SELECT Name, DeveloperName, OwnerId, LastModifiedById, Definition, Description, FolderId FROM Report WHERE {condition} ORDER BY Id LIMIT 1"
        );
        let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
        rows.into_iter()
            .map(|row| {
                let text = |at: usize| row.cells[at].value().as_text().unwrap_or_default().to_owned();
                let json = text(4);
                let definition =
                    ReportMetadata { name: text(0), developer_name: text(1), ..ReportMetadata::parse(&json)? };
                Ok(Self {
                    id: row.id,
                    name: text(0),
                    developer_name: text(1),
                    description: row.cells[5].value().as_text().map(str::to_owned),
                    folder: row.cells[6].value().as_id(),
                    owner: row.cells[2].value().as_id().ok_or_else(|| Error::internal("a report without an owner"))?,
                    last_modified_by: row.cells[3].value().as_id(),
                    json,
                    definition,
                })
            })
            .collect()
    }

    /// The definition with some of its properties replaced by those of a reader, who is told of no name that they may not
    /// know. A null takes a property away.
    ///
    /// # Errors
    /// Names the property that cannot be read.
    pub fn changed(&self, change: &Map<String, Json>) -> Result<ReportChange> {
        let saved = serde_json::to_value(&self.definition).map_err(Error::internal)?;
        let author = Author::Caller(column_names(&self.definition));
        let Json::Object(mut whole) = saved else { return Err(Error::internal("a definition is a JSON object")) };
        for (name, value) in change {
            match value {
                Json::Null => whole.remove(name),
                value => whole.insert(name.clone(), value.clone()),
            };
        }
        let definition = ReportMetadata::parse(&Json::Object(whole).to_string())?;
        Ok(ReportChange { definition, author })
    }

    /// Checks that the reader may ask a question of it, as it is kept beside a run in the background: JSON, or empty for
    /// the report as it is saved.
    ///
    /// # Errors
    /// As [`run::run`].
    pub fn check_question(&self, ctx: &Ctx, question: &str) -> Result<()> {
        if question.is_empty() {
            return run::check_as_written(ctx, &self.definition, &Author::Saved);
        }
        let changed = self.changed(&serde_json::from_str(question).map_err(Error::internal)?)?;
        run::check_as_written(ctx, &changed.definition, &changed.author)
    }

    /// The query that its records are asked by, for who asks how it would be answered.
    ///
    /// # Errors
    /// As [`run::run`].
    pub fn query_text(&self, ctx: &Ctx) -> Result<String> {
        run::query_text(ctx, &self.definition)
    }

    /// What its columns are: `reportExtendedMetadata`.
    ///
    /// # Errors
    /// As [`run::run`].
    pub fn describe(&self, ctx: &Ctx) -> Result<Json> {
        run::describe(ctx, &self.definition)
    }

    /// Runs it with the rights of the reader.
    ///
    /// # Errors
    /// As [`run::run`].
    pub fn run(&self, ctx: &Ctx, options: &RunOptions) -> Result<ReportRun> {
        let run = run::run(ctx, &self.definition, options)?;
        Ok(ReportRun { report: Some(self.id), ..run })
    }
}

/// A definition that its reader wrote, or changed for one run.
#[derive(Clone, Debug)]
pub struct ReportChange {
    pub definition: ReportMetadata,
    author: Author,
}

impl ReportChange {
    /// A definition that is the caller's own throughout.
    pub fn new(definition: ReportMetadata) -> Self {
        Self { definition, author: Author::Caller(HashSet::new()) }
    }

    /// Runs it with the rights of the reader.
    ///
    /// # Errors
    /// As [`run::run`]; a column that the reader may not see answers as one that does not exist, unless the report had it.
    pub fn run(&self, ctx: &Ctx, options: &RunOptions) -> Result<ReportRun> {
        run::run_as_written(ctx, &self.definition, options, &self.author)
    }
}

/// What a definition names as columns. Other texts are no names: a value that somebody filters by must not make a hidden
/// field of the same name answer otherwise than one that does not exist.
pub(crate) fn column_names(definition: &ReportMetadata) -> HashSet<String> {
    let mut found: HashSet<String> = definition.detail_columns.iter().cloned().collect();
    for name in &definition.aggregates {
        // An aggregate names its column behind a letter.
        found.extend(name.split_once('!').map(|(_, column)| column.to_owned()));
    }
    let groupings = definition.groupings_down.iter().chain(&definition.groupings_across);
    found.extend(groupings.map(|grouping| grouping.name.clone()));
    let crosses = definition.cross_filters.iter();
    let criteria = crosses.clone().flat_map(|cross| &cross.criteria);
    for filter in definition.report_filters.iter().chain(criteria) {
        found.insert(filter.column.clone());
        if filter.filter_type == FilterType::FieldToField {
            found.insert(filter.value.clone());
        }
    }
    for cross in crosses {
        found.extend(cross.primary_entity_field.clone());
        found.insert(cross.related_entity_join_field.clone());
    }
    found.extend(definition.standard_date_filter.iter().map(|filter| filter.column.clone()));
    found.extend(definition.buckets.iter().map(|bucket| bucket.source_column_name.clone()));
    found.extend(definition.sort_by.iter().map(|sort| sort.sort_column.clone()));
    let rows = definition.custom_detail_formula.iter().map(|formula| &formula.formula);
    let summaries = definition.custom_summary_formula.iter().map(|formula| &formula.formula);
    for formula in rows.chain(summaries) {
        found.extend(names_in(formula));
    }
    found
}

/// The names in a formula, those of summaries without their function. What stands between quotes is no name.
fn names_in(formula: &str) -> Vec<String> {
    let (mut found, mut name, mut quote) = (Vec::new(), String::new(), None);
    let mut before = ' ';
    for letter in formula.chars().chain([' ']) {
        if let Some(open) = quote {
            if letter == open && before != '\\' {
                quote = None;
            }
        } else if letter.is_alphanumeric() || matches!(letter, '_' | '.' | ':' | '$') {
            name.push(letter);
        } else {
            if !name.is_empty() {
                found.extend(name.rsplit_once(':').map(|(column, _)| column.to_owned()));
                found.push(std::mem::take(&mut name));
            }
            quote = matches!(letter, '"' | '\'').then_some(letter);
        }
        before = letter;
    }
    found
}

/// A saved report as other apps ask for it.
pub(crate) fn answer(ctx: &Ctx, request: &ReportRequest) -> Result<ReportAnswer> {
    let saved = SavedReport::fetch(ctx, request.report)?;
    let options = RunOptions { details: None, today: request.today, zone: request.zone.clone() };
    let run = saved.run(ctx, &options)?;
    Ok(run.to_answer(saved.json, saved.last_modified_by))
}

/// A saved report in parts, as other apps ask for it.
pub(crate) fn answer_in_parts(ctx: &Ctx, request: &ReportRequest, parting: &ReportParting) -> Result<ReportParts> {
    let saved = SavedReport::fetch(ctx, request.report)?;
    let options = RunOptions { details: None, today: request.today, zone: request.zone.clone() };
    let found = run::run_parts(ctx, &saved.definition, &options, &parting.key, &parting.whom)?;
    let parts = found.parts.iter().map(|part| ReportPart {
        label: part.label.clone(),
        whom: part.whom.clone(),
        person: part.person,
        answer: part.run.to_answer(saved.json.clone(), saved.last_modified_by),
    });
    Ok(ReportParts {
        parts: parts.collect(),
        unassigned: found.unassigned,
        row_count: found.row_count,
        as_of: found.as_of,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_where_columns_stand_is_a_name_that_the_author_wrote() {
        let definition = ReportMetadata::parse(
            r#"{"name": "Secret__c", "reportType": {"type": "Opportunity"}, "detailColumns": ["Name"],
            "aggregates": ["s!Amount"], "groupingsDown": [{"name": "StageName"}],
            "reportFilters": [{"column": "Type", "operator": "equals", "value": "Hidden__c"},
            {"column": "Low__c", "operator": "lessThan", "value": "High__c", "filterType": "fieldToField"}],
            "customSummaryFormula": [{"label": "F", "formulaType": "number", "formula": "IF(Cost__c:SUM > 1, 'Quoted__c', Rate__c:AVG)"}]}"#,
        )
        .expect("a definition");
        let names = column_names(&definition);
        for name in ["Name", "Amount", "StageName", "Type", "Low__c", "High__c", "Cost__c", "Rate__c"] {
            assert!(names.contains(name), "{name}");
        }
        for name in ["Secret__c", "Hidden__c", "Quoted__c", "F"] {
            assert!(!names.contains(name), "{name}");
        }
    }
}
