//! The parts of a report, and whom its rows name.

use crate::bursting::{Bursting, PartAddress};
use crate::recipients::{self, Resolved};
use crate::schedule::Schedule;
use model::{Instant, Result};
use platform::{Ctx, ReportAnswer, ReportPart, ReportParting, ReportRequest};
use std::collections::BTreeMap;

pub(crate) struct Part {
    pub(crate) label: String,
    pub(crate) answer: ReportAnswer,
    pub(crate) recipients: Vec<Resolved>,
}

pub(crate) struct Parts {
    pub(crate) parts: Vec<Part>,
    pub(crate) unassigned: u64,
    pub(crate) row_count: u64,
    pub(crate) as_of: Instant,
}

/// The parts of a schedule's report, with whom each goes to: whoever stands in its own rows and nobody else.
///
/// # Errors
/// As running the report.
pub(crate) fn of(ctx: &Ctx, schedule: &Schedule, request: &ReportRequest, bursting: &Bursting) -> Result<Parts> {
    let parting = ReportParting { key: bursting.key_column.clone(), whom: bursting.address.column().to_owned() };
    let found = ctx.report_parts(&ReportRequest { report: schedule.report, ..request.clone() }, &parting)?;
    let parts = found
        .parts
        .into_iter()
        .map(|part| {
            let recipient = recipient(ctx, &bursting.address, &part)?;
            Ok(Part { label: part.label, answer: part.answer, recipients: vec![recipient] })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Parts { parts, unassigned: found.unassigned, row_count: found.row_count, as_of: found.as_of })
}

fn recipient(ctx: &Ctx, address: &PartAddress, part: &ReportPart) -> Result<Resolved> {
    match (address, part.person) {
        (PartAddress::Person(_), Some(id)) => recipients::of_record(ctx, id),
        (PartAddress::Person(column), None) => Ok(Resolved {
            name: part.whom.clone(),
            skipped: Some(format!("{column} is no column of names of users, contacts or leads")),
            key: part.whom.clone(),
            ..Resolved::default()
        }),
        (PartAddress::Column(_), _) => {
            Ok(Resolved { is_of_column: true, ..recipients::of_address(ctx, part.whom.trim(), None) })
        }
    }
}

/// Everybody whom a column of the report names, each once.
///
/// # Errors
/// As running the report.
pub(crate) fn whom_of(ctx: &Ctx, request: &ReportRequest, address: &PartAddress) -> Result<Vec<Resolved>> {
    let column = address.column().to_owned();
    let found = ctx.report_parts(request, &ReportParting { key: column.clone(), whom: column })?;
    let mut all: BTreeMap<String, Resolved> = BTreeMap::new();
    for part in &found.parts {
        let resolved = recipient(ctx, address, part)?;
        all.entry(resolved.key.clone()).or_insert(resolved);
    }
    Ok(all.into_values().collect())
}
