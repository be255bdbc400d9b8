//! Equality of sealed values. A filter asks for tokens; before its hits count, each is opened and compared, so that a
//! token altered or moved in the store shows no record that does not have the value.

use super::{FieldKeys, Place};
use crate::codec::codec_of;
use crate::driver::{Connection, Dialect, Param};
use crate::emit::SqlText;
use crate::read::id_column;
use model::{Error, FieldIx, FieldSchema, ObjectIx, ObjectSchema, OrgSchema, RecordId, Result, Value, text};
use soql::plan::{Cond, Expr, FieldRef, Operand, Output, Select, Target};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The sealed values that a plan compares with, as tokens, with the hits that do not count.
#[derive(Debug, Default)]
pub(crate) struct SealedHits {
    tokens: HashMap<(ObjectIx, FieldIx, String), Vec<u8>>,
    false_hits: HashMap<(ObjectIx, FieldIx), Vec<RecordId>>,
}

impl SealedHits {
    /// Looks up what the select (with its children and semi-joins) compares sealed fields with.
    pub(crate) fn of(
        connection: &mut dyn Connection,
        keys: &dyn Fn() -> Result<std::sync::Arc<FieldKeys>>,
        schema: &OrgSchema,
        select: &Select,
    ) -> Result<Self> {
        let mut asked = Asked { schema, values: BTreeMap::new() };
        asked.select(select);
        let mut hits = Self::default();
        if asked.values.is_empty() {
            return Ok(hits);
        }
        let keys = keys()?;
        for ((object, field), values) in asked.values {
            let object = schema.object(object);
            let field = object.field(field);
            let mut by_token = HashMap::new();
            for value in values {
                let token = token_of(&keys, object, field, &value)?;
                by_token.insert(token.clone(), value.clone());
                hits.tokens.insert((object.ix, field.ix, value), token);
            }
            let wrong = false_hits(connection, &keys, object, field, &by_token)?;
            if !wrong.is_empty() {
                tracing::warn!(
                    object = object.name(),
                    field = field.name(),
                    count = wrong.len(),
                    "tokens without their values"
                );
                hits.false_hits.insert((object.ix, field.ix), wrong);
            }
        }
        Ok(hits)
    }

    pub(crate) fn token(&self, object: ObjectIx, field: FieldIx, value: &str) -> Result<&[u8]> {
        self.tokens
            .get(&(object, field, value.to_owned()))
            .map(Vec::as_slice)
            .ok_or_else(|| Error::internal("a sealed comparison was not looked up"))
    }

    pub(crate) fn false_hits(&self, object: ObjectIx, field: FieldIx) -> &[RecordId] {
        self.false_hits.get(&(object, field)).map_or(&[], Vec::as_slice)
    }
}

/// The token of a value in the form of the field that is read.
pub(crate) fn token_of(keys: &FieldKeys, object: &ObjectSchema, field: &FieldSchema, value: &str) -> Result<Vec<u8>> {
    let column = field
        .form
        .as_ref()
        .and_then(|form| form.token())
        .ok_or_else(|| Error::internal(format!("{} has no tokens", field.name())))?;
    keys.token(object.key_prefix(), field.def.column_name(), column.version, column.case_sensitive, value)
}

/// Records that carry one of the tokens, and whose value is another (or cannot be known any more).
fn false_hits(
    connection: &mut dyn Connection,
    keys: &FieldKeys,
    object: &ObjectSchema,
    field: &FieldSchema,
    by_token: &HashMap<Vec<u8>, String>,
) -> Result<Vec<RecordId>> {
    let Some(token) = field.form.as_ref().and_then(|form| form.token()) else { return Ok(Vec::new()) };
    let codec = codec_of(field)?;
    let mut out = SqlText::new(connection.dialect());
    out.push("SELECT r.\"Id\", ");
    out.column("r", &field.column);
    out.push(", ");
    out.column("r", &token.column);
    out.push(&format!(" FROM \"{}\" r WHERE ", object.table));
    out.column("r", &token.column);
    bind_tokens(&mut out, by_token.keys().map(Vec::as_slice));
    let statement = out.finish();
    let mut wrong = Vec::new();
    connection.query(&statement.sql, &statement.params, &mut |row| {
        let record = id_column(row, 0)?;
        let place = Place { object: object.key_prefix(), field: field.def.column_name(), record };
        let value = keys.open(place, codec, row.blob(1)?)?;
        let wanted = row.blob(2)?.and_then(|token| by_token.get(token));
        let same = match (&value, wanted) {
            (Value::Text(value), Some(wanted)) if token.case_sensitive => value == wanted,
            (Value::Text(value), Some(wanted)) => text::eq_fold(value, wanted),
            _ => false,
        };
        if !same {
            wrong.push(record);
        }
        Ok(())
    })?;
    Ok(wrong)
}

/// `= token`, or `IN` over several as one parameter.
pub(crate) fn bind_tokens<'a>(out: &mut SqlText, tokens: impl ExactSizeIterator<Item = &'a [u8]>) {
    let mut tokens = tokens.peekable();
    if tokens.len() == 1
        && let Some(token) = tokens.next()
    {
        out.push(" = ");
        out.bind(Param::Blob(token.to_vec()));
        return;
    }
    let list = Param::Texts(tokens.map(hex::encode).collect());
    match out.dialect {
        Dialect::Sqlite => {
            out.push(" IN (SELECT unhex(value) FROM json_each(");
            out.bind(list);
            out.push("))");
        }
        Dialect::Postgres => {
            out.push(" = ANY(ARRAY(SELECT decode(hf_hex, 'hex') FROM unnest(");
            out.bind(list);
            out.push(") AS hf_tokens (hf_hex)))");
        }
    }
}

/// Collects the texts that sealed fields are compared with.
struct Asked<'a> {
    schema: &'a OrgSchema,
    values: BTreeMap<(ObjectIx, FieldIx), BTreeSet<String>>,
}

impl Asked<'_> {
    fn select(&mut self, select: &Select) {
        for cond in select.filter.iter().chain(&select.having) {
            self.cond(select, cond);
        }
        for output in &select.output {
            if let Output::Children { select, .. } = output {
                self.select(select);
            }
        }
    }

    fn cond(&mut self, select: &Select, cond: &Cond) {
        match cond {
            Cond::And(parts) | Cond::Or(parts) => parts.iter().for_each(|part| self.cond(select, part)),
            Cond::Not(inner) => self.cond(select, inner),
            Cond::Compare { left: Expr::Field(field), right, .. } => {
                self.operands(select, field, std::slice::from_ref(right));
            }
            Cond::In { left: Expr::Field(field), values, .. } => self.operands(select, field, values),
            Cond::SemiJoin { select: inner, .. } => self.select(inner),
            _ => {}
        }
    }

    fn operands(&mut self, select: &Select, field: &FieldRef, operands: &[Operand]) {
        let Target::Object(object) = select.source(field.source).target else { return };
        if !self.schema.object(object).field(field.field).sealing().has_token() {
            return;
        }
        let texts = operands.iter().filter_map(|operand| match operand {
            Operand::Value(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        });
        let mut texts = texts.peekable();
        if texts.peek().is_some() {
            self.values.entry((object, field.field)).or_default().extend(texts);
        }
    }
}
