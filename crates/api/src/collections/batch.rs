//! What the writing calls share: reading the body, putting rows together by object, giving outcomes back in the order
//! of the request.

use super::MOST_ROWS;
use crate::call::Call;
use crate::reply::{self, Reply};
use crate::work::Work;
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
    pub(super) fn read<R>(rows: &[R], options: SaveOptions, mut read: impl FnMut(&R) -> Result<(String, T)>) -> Self {
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

    /// Whether a batch that must be whole has a row that could not even be read.
    pub(super) fn is_broken(&self) -> bool {
        self.options.all_or_none && self.results.iter().any(|result| !result.is_success())
    }

    /// Saves the rows, object by object; those that must be whole in one transaction.
    ///
    /// # Errors
    /// What concerns the whole call.
    pub(super) fn save(
        self,
        work: &mut Work<'_, '_, '_>,
        mut save: impl FnMut(&mut Work<'_, '_, '_>, &str, Vec<T>) -> Result<Vec<RowResult>>,
    ) -> Result<Vec<RowResult>> {
        if self.is_broken() {
            return Ok(rolled_back(self.results));
        }
        let (mut results, all_or_none) = (self.results, self.options.all_or_none);
        let groups = by_object(self.read);
        if !all_or_none {
            for group in groups {
                for (at, result) in group.places.into_iter().zip(save(work, &group.object, group.items)?) {
                    results[at] = result;
                }
            }
            return Ok(results);
        }
        let mut broken = false;
        let saved = work.together(|work| {
            for group in groups {
                let saved = save(work, &group.object, group.items)?;
                broken = saved.iter().any(|result| !result.is_success());
                for (at, result) in group.places.into_iter().zip(saved) {
                    results[at] = result;
                }
                if broken {
                    return Err(Error::internal("undone: one row of a batch that must be whole is bad"));
                }
            }
            Ok(())
        });
        if broken {
            return Ok(rolled_back(results));
        }
        saved.map(|()| results)
    }
}

/// The rows of one object, in the order of the request.
struct Group<T> {
    object: String,
    places: Vec<usize>,
    items: Vec<T>,
}

/// Groups in the order in which their objects first appear.
fn by_object<T>(rows: Vec<(usize, String, T)>) -> Vec<Group<T>> {
    let mut groups: Vec<Group<T>> = Vec::new();
    for (at, object, item) in rows {
        match groups.iter_mut().find(|group| group.object == object) {
            Some(group) => {
                group.places.push(at);
                group.items.push(item);
            }
            None => groups.push(Group { object, places: vec![at], items: vec![item] }),
        }
    }
    groups
}

/// Rows without an error of their own fell with the others.
pub(super) fn rolled_back(mut results: Vec<RowResult>) -> Vec<RowResult> {
    for result in results.iter_mut().filter(|result| result.errors.is_empty()) {
        result.id = None;
        result.errors.push(RowError {
            code: ErrorCode::AllOrNoneOperationRolledBack,
            message: "Record rolled back because not all records were valid and the request was using AllOrNone header"
                .to_owned(),
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
