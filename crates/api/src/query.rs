//! `query`, `queryAll` and their later pages.

use crate::call::{Call, is_true};
use crate::columns;
use crate::explain;
use crate::reply::Reply;
use crate::work::Work;
use model::{Error, ErrorCode, KeyPrefix, RecordId, Result};
use platform::{Ctx, Locator, QueryAnswer, QueryOptions, view};

/// The prefix of a locator.
const LOCATOR: KeyPrefix = KeyPrefix::known("01g");

pub(crate) fn run(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    answer(work, call, false)
}

pub(crate) fn run_all(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    answer(work, call, true)
}

pub(crate) fn more(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let locator = read_locator(call.param("locator")?)?;
    let answer = ctx.query_more(locator, options(call, false)?)?;
    Ok(page(call, &answer))
}

fn answer(work: &mut Work<'_, '_, '_>, call: &Call, with_deleted: bool) -> Result<Reply> {
    let ctx = work.ctx();
    if let Some(text) = call.query("explain") {
        return explain::explain(ctx, text, options(call, with_deleted)?);
    }
    let text = call.query("q").filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| Error::new(ErrorCode::MalformedQuery, "A query string has to be specified"))?;
    let options = options(call, with_deleted)?;
    if is_true(call.query("columns")) {
        let plan = ctx.plan(text, options)?;
        return Ok(Reply::json(&columns::describe(ctx, &plan.plan().select)));
    }
    Ok(page(call, &work.query(text, options)?))
}

pub(crate) fn page(call: &Call, answer: &QueryAnswer) -> Reply {
    let next = answer.next.map(|next| format!("{}/query/{}", call.base_path(), write_locator(next)));
    Reply::json_text(view::query_answer(answer, call.base(), next.as_deref()))
}

pub(crate) fn options(call: &Call, with_deleted: bool) -> Result<QueryOptions> {
    let batch_size = match call.header("sforce-query-options") {
        Some(header) => batch_size(header)?,
        None => None,
    };
    let start = QueryOptions { with_deleted, api_version: call.version, ..QueryOptions::default() };
    Ok(QueryOptions { batch_size: batch_size.unwrap_or(start.batch_size), ..start })
}

/// `batchSize=200` among options separated by commas; the platform keeps it between 200 and 2,000.
fn batch_size(header: &str) -> Result<Option<usize>> {
    for option in header.split([',', ';']) {
        if let Some((name, value)) = option.split_once('=')
            && name.trim().eq_ignore_ascii_case("batchSize")
        {
            let size = value.trim().parse().map_err(|_| {
                Error::new(
                    ErrorCode::NumberOutsideValidRange,
                    "Sforce-Query-Options: batchSize must be a whole number.",
                )
            })?;
            return Ok(Some(size));
        }
    }
    Ok(None)
}

/// `01g…-2000`: the cursor as an id, then the first row of the page.
fn write_locator(locator: Locator) -> String {
    format!("{}-{}", RecordId::new(LOCATOR, locator.cursor.unsigned_abs()), locator.offset)
}

fn read_locator(text: &str) -> Result<Locator> {
    let read = || {
        let (id, offset) = text.split_once('-')?;
        let id = RecordId::parse(id).ok().filter(|id| id.prefix() == LOCATOR)?;
        Some(Locator { cursor: i64::try_from(id.sequence()).ok()?, offset: offset.parse().ok()? })
    };
    read().ok_or_else(|| Error::new(ErrorCode::InvalidQueryLocator, "invalid query locator"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locator_survives_the_address() {
        let locator = Locator { cursor: 4711, offset: 2000 };
        assert_eq!(read_locator(&write_locator(locator)).expect("well formed"), locator);
        for text in ["", "01g", "001000000000001AAA-2000", "01g000000000001-x", "01g000000000001"] {
            assert!(read_locator(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_batch_size_is_read_from_its_header() {
        assert_eq!(batch_size("batchSize=250").expect("a number"), Some(250));
        assert_eq!(batch_size("other=1, BATCHSIZE = 300").expect("a number"), Some(300));
        assert_eq!(batch_size("other=1").expect("none"), None);
        assert!(batch_size("batchSize=many").is_err());
    }
}
