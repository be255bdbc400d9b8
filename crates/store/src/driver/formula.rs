//! `hf_formula(number, now, zone, fields…)`: the formula evaluator as a function of SQLite.

use super::{Param, RowView};
use crate::codec::Codec;
use crate::emit::registry;
use formula::{Change, EvalContext, Formula};
use model::{FieldType, Instant, Value, Zone};
use rusqlite::functions::Context;
use rusqlite::types::{ToSqlOutput, Value as SqliteValue, ValueRef};
use rusqlite::{Error, Result};
use std::sync::Arc;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Arguments before the values of fields.
const LEADING: usize = 3;

pub(super) fn evaluate(context: &Context<'_>) -> Result<ToSqlOutput<'static>> {
    let formula = context.get_or_create_aux(0, |value| -> std::result::Result<Arc<Formula>, Cause> {
        Ok(registry::find(value.as_i64()?).ok_or("a formula that nobody holds any more")?)
    })?;
    let zone = context
        .get_or_create_aux(2, |value| -> std::result::Result<Zone, Cause> { Ok(Zone::get(value.as_str()?)?) })?;
    let arguments = Arguments(context);
    let mut fields = Vec::with_capacity(formula.fields().len());
    for (at, used) in formula.fields().iter().enumerate() {
        let codec = Codec::of(&used.data_type).map_err(failed)?;
        fields.push(codec.read(&arguments, LEADING + at).map_err(failed)?);
    }
    let now = Instant::from_ms(context.get(1)?);
    let evaluated = formula.evaluate(&EvalContext { now, zone: &zone, fields: &fields, change: Change::None });
    // An error is no value: null, and false where null cannot be.
    let value = evaluated.unwrap_or(Value::Null);
    let codec = formula.returns().map_or(Ok(Codec::Text), |returns: &FieldType| Codec::of(returns)).map_err(failed)?;
    Ok(ToSqlOutput::Owned(match codec.write(&value).map_err(failed)? {
        Param::Int(number) => SqliteValue::Integer(number),
        Param::Text(text) => SqliteValue::Text(text),
        _ => SqliteValue::Null,
    }))
}

fn failed(error: model::Error) -> Error {
    Error::UserFunctionError(error.internal_cause().unwrap_or(error.message()).to_owned().into())
}

/// The arguments of the call, as a row of columns.
struct Arguments<'a, 'b>(&'a Context<'b>);

impl RowView for Arguments<'_, '_> {
    fn int(&self, at: usize) -> model::Result<Option<i64>> {
        match self.0.get_raw(at) {
            ValueRef::Null => Ok(None),
            value => value.as_i64().map(Some).map_err(model::Error::internal),
        }
    }

    fn text(&self, at: usize) -> model::Result<Option<&str>> {
        match self.0.get_raw(at) {
            ValueRef::Null => Ok(None),
            value => value.as_str().map(Some).map_err(model::Error::internal),
        }
    }

    fn blob(&self, at: usize) -> model::Result<Option<&[u8]>> {
        match self.0.get_raw(at) {
            ValueRef::Null => Ok(None),
            value => value.as_blob().map(Some).map_err(model::Error::internal),
        }
    }
}
