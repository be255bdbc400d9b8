//! Rows of a step into the one write pipeline, row by row results out of it.

use super::columns::RowDraft;
use super::outcome::BulkRow;
use super::terms::{BulkOperation, BulkTerms};
use crate::record::{RecordDraft, RowResult, SaveOptions, Unit, UpsertKey};
use model::{Error, RecordId, Result};

/// Saves the rows that could be read; the others keep their error. The results stand in the order of the rows.
///
/// # Errors
/// What concerns the whole step.
pub(super) fn save(unit: &mut Unit<'_, '_>, terms: &BulkTerms, rows: Vec<Result<RowDraft>>) -> Result<Vec<BulkRow>> {
    let mut done: Vec<Option<BulkRow>> = Vec::with_capacity(rows.len());
    let mut good = Vec::with_capacity(rows.len());
    for row in rows {
        match row {
            Ok(row) => {
                good.push(row);
                done.push(None);
            }
            Err(error) => done.push(Some(error.into())),
        }
    }
    let named: Vec<Option<RecordId>> = good.iter().map(|row| row.draft.id).collect();
    let results = save_good(unit, terms, good)?;
    let mut results = results.into_iter().zip(named).map(|(result, named)| {
        let row = BulkRow::from(result);
        BulkRow { id: row.id.or(named), ..row }
    });
    done.into_iter()
        .map(|row| match row {
            Some(row) => Ok(row),
            None => results.next().ok_or_else(|| Error::internal("a row of a bulk job has no result")),
        })
        .collect()
}

fn save_good(unit: &mut Unit<'_, '_>, terms: &BulkTerms, rows: Vec<RowDraft>) -> Result<Vec<RowResult>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let (object, options) = (terms.object.as_str(), SaveOptions::default());
    match terms.operation {
        BulkOperation::Insert => unit.create(object, &drafts(rows), options),
        BulkOperation::Update => unit.update(object, &drafts(rows), options),
        BulkOperation::Upsert => {
            let field = terms.external_id.clone().unwrap_or_else(|| "Id".to_owned());
            let (values, drafts) = rows.into_iter().map(|row| (row.key, row.draft)).unzip();
            unit.upsert(object, &UpsertKey { field, values }, drafts, options)
        }
        BulkOperation::Delete => unit.delete(object, &ids(&rows), options),
        BulkOperation::HardDelete => {
            let ids = ids(&rows);
            let mut results = unit.delete(object, &ids, options)?;
            let places: Vec<usize> = (0..ids.len()).filter(|at| results[*at].is_success()).collect();
            let deleted: Vec<RecordId> = places.iter().map(|at| ids[*at]).collect();
            for (at, result) in places.into_iter().zip(unit.purge(object, &deleted, options)?) {
                results[at] = result;
            }
            Ok(results)
        }
        BulkOperation::Query | BulkOperation::QueryAll => Err(Error::internal("a query was to save rows")),
    }
}

fn drafts(rows: Vec<RowDraft>) -> Vec<RecordDraft> {
    rows.into_iter().map(|row| row.draft).collect()
}

fn ids(rows: &[RowDraft]) -> Vec<RecordId> {
    rows.iter().filter_map(|row| row.draft.id).collect()
}
