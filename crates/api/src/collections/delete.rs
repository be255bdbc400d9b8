//! `DELETE /composite/sobjects?ids=…&allOrNone=…`

use super::MOST_ROWS;
use super::batch::{Rows, answer, check_count, object_of, options};
use crate::call::{Call, comma_list, is_true, required};
use crate::reply::Reply;
use crate::work::Work;
use model::{RecordId, Result};

pub(crate) fn delete(work: &mut Work<'_, '_, '_>, call: &Call) -> Result<Reply> {
    let ids = comma_list(required(call.query("ids"), "ids")?);
    check_count(ids.len(), MOST_ROWS)?;
    let options = options(is_true(call.query("allOrNone")));
    let rows = Rows::read(&ids, options, |text| {
        let id = RecordId::parse(text)?;
        Ok((object_of(work.ctx(), id)?, id))
    });
    let results = rows.save(work, |work, object, ids| work.delete(object, &ids, options))?;
    Ok(answer(&results, false))
}
