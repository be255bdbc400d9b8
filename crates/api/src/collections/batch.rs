//! What the writing calls share: reading the body, putting rows together by object, giving outcomes back in the order
//! of the request.

use super::MOST_ROWS;
use crate::call::Call;
use crate::reply::{self, Reply};
use model::{Error, ErrorCode, RecordId, Result};
use platform::{Ctx, RecordDraft, RowError, RowResult, SaveOptions};
use serde_json::{Map, Value as Json};

pub(super) struct Body {
    pub(super) options: SaveOptions,
    pub(super) records: Vec<Map<String, Json>>,
}

/// `{"allOrNone": …, "records": […]}`
pub(super) fn read_body(call: &Call) -> Result<Body> {
    let mut body = call.json_object()?;
    let all_or_none = match body.get("allOrNone") {
        None | Some(Json::Null) => false,
        Some(Json::Bool(flag)) => *flag,
        Some(_) => return Err(Error::new(ErrorCode::JsonParserError, "allOrNone must be true or false")),
    };
    let Some(Json::Array(rows)) = body.remove("records") else {
        return Err(Error::new(ErrorCode::MissingArgument, "The body needs a list named records."));
    };
    check_count(rows.len(), MOST_ROWS)?;
    let records = rows
        .into_iter()
        .map(|row| match row {
            Json::Object(row) => Ok(row),
            _ => Err(Error::new(ErrorCode::JsonParserError, "Every entry of records must be a JSON object")),
        })
        .collect::<Result<_>>()?;
    Ok(Body { options: options(all_or_none), records })
}

pub(super) fn options(all_or_none: bool) -> SaveOptions {
    SaveOptions { all_or_none, ..SaveOptions::default() }
}

pub(super) fn check_count(rows: usize, most: usize) -> Result<()> {
    if rows <= most {
        return Ok(());
    }
    let message = format!("record limit reached. cannot submit more than {most} records into this call");
    Err(Error::new(ErrorCode::ExceededIdLimit, message))
}

/// Rows on their way: those that could be read with their place, and an outcome for every place.
pub(super) struct Rows<T> {
    pub(super) results: Vec<RowResult>,
    read: Vec<(usize, String, T)>,
    options: SaveOptions,
}

impl<T> Rows<T> {
    /// Reads each row; one that cannot be read fails alone.
    pub(super) fn read<R>(rows: &[R], options: SaveOptions, read: impl Fn(&R) -> Result<(String, T)>) -> Self {
        let mut results = vec![RowResult::default(); rows.len()];
        let mut good = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            match read(row) {
                Ok((object, item)) => good.push((at, object, item)),
                Err(error) => results[at].errors.push(RowError::from(error)),
            }
        }
        Self { results, read: good, options }
    }

    /// Saves the rows, object by object in the order in which objects first appear.
    ///
    /// # Errors
    /// What concerns the whole call.
    pub(super) fn save(mut self, save: impl Fn(&str, Vec<T>) -> Result<Vec<RowResult>>) -> Result<Vec<RowResult>> {
        let mut groups: Vec<(String, Vec<usize>, Vec<T>)> = Vec::new();
        for (at, object, item) in self.read {
            match groups.iter_mut().find(|(name, _, _)| *name == object) {
                Some((_, places, items)) => {
                    places.push(at);
                    items.push(item);
                }
                None => groups.push((object, vec![at], vec![item])),
            }
        }
        if self.options.all_or_none {
            if self.results.iter().any(|result| !result.is_success()) {
                return Ok(rolled_back(self.results));
            }
            // One transaction holds one object; half a batch must never stay behind.
            if groups.len() > 1 {
                return Err(Error::new(
                    ErrorCode::FunctionalityNotEnabled,
                    "With allOrNone every record of the call must be of the same object; send one call for each object.",
                ));
            }
        }
        for (object, places, items) in groups {
            for (at, result) in places.into_iter().zip(save(&object, items)?) {
                self.results[at] = result;
            }
        }
        Ok(self.results)
    }
}

/// Rows without an error of their own fell with the others.
fn rolled_back(mut results: Vec<RowResult>) -> Vec<RowResult> {
    for result in results.iter_mut().filter(|result| result.errors.is_empty()) {
        result.errors.push(RowError {
            code: ErrorCode::AllOrNoneOperationRolledBack,
            message: "Record rolled back because not all records were valid and the request was using AllOrNone header".to_owned(),
            fields: Vec::new(),
        });
    }
    results
}

/// The object of an id, by its prefix, if the caller may read it.
pub(super) fn object_of(ctx: &Ctx, id: RecordId) -> Result<String> {
    ctx.schema()
        .find_by_prefix(id.prefix())
        .filter(|object| ctx.object_permission(object.ix).read)
        .map(|object| object.name().to_owned())
        .ok_or_else(Error::not_found)
}

pub(super) fn answer(results: &[RowResult], shows_created: bool) -> Reply {
    Reply::json(&results.iter().map(|result| reply::row(result, shows_created)).collect())
}

/// A row's draft together with its object.
pub(super) type Draft = (String, RecordDraft);
