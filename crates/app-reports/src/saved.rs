//! Saved reports: found by id as records that the reader may see, then run with the reader's rights.

use crate::column::Author;
use crate::definition::ReportMetadata;
use crate::run::{self, ReportRun, RunOptions};
use model::{Error, RecordId, Result};
use platform::literal::quoted;
use platform::{Ctx, QueryOptions, ReportAnswer, ReportFigure, ReportGroup, ReportRequest};
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
        let author = Author::Caller(texts(&saved));
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

/// Every text in a definition.
fn texts(json: &Json) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut open = vec![json];
    while let Some(one) = open.pop() {
        match one {
            Json::String(text) => {
                // An aggregate names its column behind a letter.
                let column = text.split_once('!').map(|(_, column)| column.to_owned());
                found.extend(column.into_iter().chain([text.clone()]));
            }
            Json::Array(items) => open.extend(items),
            Json::Object(map) => open.extend(map.values()),
            _ => {}
        }
    }
    found
}

/// A saved report as other apps ask for it.
pub(crate) fn answer(ctx: &Ctx, request: &ReportRequest) -> Result<ReportAnswer> {
    let saved = SavedReport::fetch(ctx, request.report)?;
    let options = RunOptions { details: None, today: request.today, zone: request.zone.clone() };
    let run = saved.run(ctx, &options)?;
    let figures = run.aggregates.iter().zip(&run.totals).map(|(aggregate, value)| ReportFigure {
        name: aggregate.name.clone(),
        label: aggregate.label.clone(),
        kind: aggregate.kind.clone(),
        value: value.clone(),
    });
    let groups = run.groups.iter().map(|group| ReportGroup {
        label: group.label.clone(),
        row_count: group.row_count,
        values: group.aggregates.clone(),
    });
    Ok(ReportAnswer {
        name: saved.name,
        definition: saved.json,
        changed_by: saved.last_modified_by,
        table: run.to_table(),
        summary: run.to_summary(),
        is_matrix: run.is_matrix(),
        chart: run.to_chart(),
        row_count: run.row_count,
        figures: figures.collect(),
        groups: groups.collect(),
        notices: run.notices.clone(),
        filters: run.filters.clone(),
        as_of: run.as_of,
    })
}
