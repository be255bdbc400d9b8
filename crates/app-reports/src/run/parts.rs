//! A report in parts: its records are read once, told apart by what two columns say, and each part is folded as if the
//! others were not there.

use super::facts::{Fact, facts};
use super::{ReportRun, RunOptions, cube, surroundings, told};
use crate::column::Author;
use crate::definition::{ReportMetadata, refused};
use crate::plan::BoundReport;
use model::{Error, Instant, RecordId, Result};
use platform::{Ctx, SystemPermission};
use std::collections::BTreeMap;

pub(crate) struct RunPart {
    pub(crate) label: String,
    pub(crate) whom: String,
    pub(crate) person: Option<RecordId>,
    pub(crate) run: ReportRun,
}

pub(crate) struct RunParts {
    pub(crate) parts: Vec<RunPart>,
    pub(crate) unassigned: u64,
    pub(crate) row_count: u64,
    pub(crate) as_of: Instant,
}

/// Runs a definition in parts, by `key` and by whom each row is for. A row is in one part or in none.
///
/// # Errors
/// As [`super::run`]; for a column that is none or that the user may not read, and for a report of its top rows.
pub(crate) fn run_parts(
    ctx: &Ctx,
    definition: &ReportMetadata,
    options: &RunOptions,
    key: &str,
    whom: &str,
) -> Result<RunParts> {
    ctx.require(SystemPermission::RunReports)?;
    let run_as = ctx.user_id().ok_or_else(|| Error::internal("a report runs as a user"))?;
    if definition.top_rows.is_some() {
        return Err(refused(
            "topRows",
            "A report of its top rows cannot be sent in parts: a part would not be the top of anything.",
        ));
    }
    let around = surroundings(ctx, options)?;
    let shown = options.details.unwrap_or(definition.has_detail_rows);
    // What the report does not show by itself stands behind its columns, so that those stay in their places.
    let mut wide = definition.clone();
    for name in [key, whom] {
        if !wide.detail_columns.iter().any(|column| column == name) {
            wide.detail_columns.push(name.to_owned());
        }
    }
    let wide_bound = BoundReport::bind(ctx, &wide, &around, true, &Author::Saved)?;
    if let Some(hidden) = wide_bound.removed.iter().find(|name| [key, whom].contains(&name.as_str())) {
        return Err(refused(
            "detailColumns",
            format!("The parts depend on \"{hidden}\", which {} may not read.", ctx.user().name),
        ));
    }
    let place = |name: &str| {
        let found = wide_bound.columns.iter().position(|column| column.name == name);
        found.ok_or_else(|| Error::internal("a column that was asked for is not among the columns"))
    };
    let (key_at, whom_at) = (place(key)?, place(whom)?);
    let bound = BoundReport::bind(ctx, definition, &around, shown, &Author::Saved)?;
    let width = bound.columns.len();
    let mut all: BTreeMap<(String, String), (String, String, Option<RecordId>, Vec<Fact>)> = BTreeMap::new();
    let (mut unassigned, mut row_count) = (0, 0);
    for mut fact in facts(ctx, &wide_bound, &around)? {
        row_count += fact.rows;
        let detail = fact.detail.as_mut().ok_or_else(|| Error::internal("a record without its columns"))?;
        let (key_text, whom_text) = (detail.cells[key_at].to_plain(), detail.cells[whom_at].to_plain());
        let (key_name, whom_name) = (detail.names[key_at], detail.names[whom_at]);
        detail.cells.truncate(width);
        detail.names.truncate(width);
        if key_text.trim().is_empty() || whom_text.trim().is_empty() {
            unassigned += fact.rows;
            continue;
        }
        if !shown {
            fact.detail = None;
        }
        // Two people of one name are two.
        let told_apart =
            |name: Option<RecordId>, text: &str| name.map_or_else(|| text.to_owned(), |id| format!("{text}\n{id}"));
        let place = (told_apart(key_name, &key_text), told_apart(whom_name, &whom_text));
        all.entry(place).or_insert_with(|| (key_text, whom_text, whom_name, Vec::new())).3.push(fact);
    }
    let as_of = around.now;
    let mut parts = Vec::with_capacity(all.len());
    for (label, whom, person, facts) in all.into_values() {
        let around = surroundings(ctx, options)?;
        let folded = cube::fold(&bound, &around, facts)?;
        let run = told(ctx, definition, &bound, around, folded, run_as);
        parts.push(RunPart { label, whom, person, run });
    }
    Ok(RunParts { parts, unassigned, row_count, as_of })
}
