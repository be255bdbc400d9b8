//! What a definition may hold at all: its format, and how much of each part.

use crate::definition::{ReportFormat, ReportMetadata, refused};
use model::{Error, ErrorCode, Result};

const MAX_COLUMNS: usize = 99;
const MAX_FILTERS: usize = 20;
const MAX_BUCKETS: usize = 5;
const MAX_ROW_FORMULAS: usize = 5;
const MAX_SUMMARY_FORMULAS: usize = 5;
const MAX_AGGREGATES: usize = 50;
const MAX_GROUPINGS: usize = 3;
/// On each axis of a matrix.
const MAX_MATRIX_GROUPINGS: usize = 2;
const MAX_TOP_ROWS: u64 = 10_000;

pub(super) fn check(definition: &ReportMetadata) -> Result<()> {
    groupings(definition)?;
    let most = [
        ("detailColumns", definition.detail_columns.len(), MAX_COLUMNS, "columns"),
        ("aggregates", definition.aggregates.len(), MAX_AGGREGATES, "aggregates"),
        ("reportFilters", definition.report_filters.len(), MAX_FILTERS, "filters"),
        ("buckets", definition.buckets.len(), MAX_BUCKETS, "bucket columns"),
        ("customDetailFormula", definition.custom_detail_formula.len(), MAX_ROW_FORMULAS, "row formulas"),
        ("customSummaryFormula", definition.custom_summary_formula.len(), MAX_SUMMARY_FORMULAS, "summary formulas"),
    ];
    for (property, count, most, what) in most {
        if count > most {
            return Err(refused(property, format!("a report has at most {most} {what}, not {count}.")));
        }
    }
    for (property, names) in [("detailColumns", &definition.detail_columns), ("aggregates", &definition.aggregates)] {
        if let Some(at) = (1..names.len()).find(|at| names[..*at].contains(&names[*at])) {
            return Err(refused(&format!("{property}[{at}]"), format!("\"{}\" is there twice.", names[at])));
        }
    }
    if let Some(top) = &definition.top_rows {
        if definition.report_format != ReportFormat::Tabular || definition.sort_by.is_empty() {
            return Err(refused("topRows", "the first rows can be shown of a sorted tabular report only."));
        }
        if top.direction.is_some_and(|direction| direction != definition.sort_by[0].sort_order) {
            let words = "the first rows are taken in the order of sortBy; choose the same direction, or leave it out.";
            return Err(refused("topRows.direction", words));
        }
        if top.row_limit == 0 || top.row_limit > MAX_TOP_ROWS {
            return Err(refused("topRows.rowLimit", format!("choose 1 to {MAX_TOP_ROWS} rows.")));
        }
    }
    if definition.report_format == ReportFormat::Matrix && !definition.sort_by.is_empty() {
        return Err(refused("sortBy", "a matrix has no sorted records; sort its groups."));
    }
    Ok(())
}

fn groupings(definition: &ReportMetadata) -> Result<()> {
    let (downs, acrosses) = (definition.groupings_down.len(), definition.groupings_across.len());
    match definition.report_format {
        ReportFormat::MultiBlock => {
            let message = "reportFormat: joined reports (MULTI_BLOCK) are not supported; make a report of each block.";
            return Err(Error::new(ErrorCode::NotImplemented, message).with_field("Definition"));
        }
        ReportFormat::Matrix => {
            for (property, count) in [("groupingsDown", downs), ("groupingsAcross", acrosses)] {
                if count == 0 || count > MAX_MATRIX_GROUPINGS {
                    let words = format!("a matrix has one or two groupings down and as many across, not {count}.");
                    return Err(refused(property, words));
                }
            }
        }
        ReportFormat::Tabular if downs > 0 => {
            return Err(refused("groupingsDown", "a tabular report has no groups; choose the format SUMMARY."));
        }
        ReportFormat::Summary if downs == 0 || downs > MAX_GROUPINGS => {
            return Err(refused(
                "groupingsDown",
                format!("a summary report has one to {MAX_GROUPINGS} groupings, not {downs}."),
            ));
        }
        ReportFormat::Tabular | ReportFormat::Summary if acrosses > 0 => {
            return Err(refused("groupingsAcross", "groups across belong to a matrix; choose the format MATRIX."));
        }
        ReportFormat::Tabular | ReportFormat::Summary => {}
    }
    let names: Vec<&str> =
        definition.groupings_down.iter().chain(&definition.groupings_across).map(|one| one.name.as_str()).collect();
    if let Some(at) = (1..names.len()).find(|at| names[..*at].iter().any(|name| name.eq_ignore_ascii_case(names[*at])))
    {
        return Err(refused("groupingsDown", format!("\"{}\" groups twice.", names[at])));
    }
    Ok(())
}
