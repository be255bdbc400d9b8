//! Authorized plan → SQL text and parameters, for both dialects.
//!
//! Every value is a bound parameter; what stands in the text itself are names from the schema (checked when it is
//! built), small numbers, zone names of our own and the escaped constants of formulas. `NOT` is pushed down to the tests, so that a null never makes a
//! third truth value.

mod access;
mod bounds;
mod clauses;
mod cond;
mod date;
mod distance;
mod expr;
mod formula;
mod groups;
mod in_list;
mod merge;
mod order;
mod picklist;
mod sealed;
mod search;
mod select;
mod subtotals;
#[cfg(test)]
mod tests;
mod type_of;
mod union;

pub(crate) use access::{Approach, Who};
pub(crate) use distance::distance;
pub(crate) use expr::prefix_number;
pub(crate) use formula::{FormulaCell, ensure_functions, registry};
pub(crate) use order::Part;
pub(crate) use sealed::{ChangeCell, SealedCell};
pub(crate) use select::{Cells, Narrow, RecordStatement};
pub(crate) use type_of::TypeOfCells;

use crate::codec::Codec;
use crate::driver::{Dialect, Param};
use crate::sealed::SealedHits;
use crate::sharing::Sharing;
use model::{Error, ErrorCode, FieldSchema, Instant, ObjectIx, ObjectSchema, OrgSchema, Result, Value};
use policy::AuthorizedPlan;
use soql::plan::{FieldRef, Select, SelectId, SourceIx, Target};
use std::sync::Arc;

/// What a statement needs to know of the asker beside the plan.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The asker's IANA zone, for `convertTimezone`.
    pub zone: String,
    /// The month in which the org's fiscal year starts, 1 to 12.
    pub fiscal_start_month: u8,
    /// The present, for formulas: the same throughout a statement.
    pub now: Instant,
    /// The rows of an object that has none of its own, worked out for this statement.
    pub given: Option<Arc<GivenRows>>,
}

/// Rows that stand in for the table of an object: one value per field.
#[derive(Debug, Clone)]
pub struct GivenRows {
    pub object: ObjectIx,
    pub rows: Vec<Vec<Value>>,
}

/// SQL text with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) params: Vec<Param>,
}

/// Text and parameters under construction.
pub(crate) struct SqlText {
    pub(crate) dialect: Dialect,
    sql: String,
    params: Vec<Param>,
}

impl SqlText {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, sql: String::with_capacity(512), params: Vec::new() }
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// A quoted name. Names come from a schema that admits letters, digits and underscores only.
    pub(crate) fn name(&mut self, name: &str) {
        self.sql.push('"');
        self.sql.push_str(name);
        self.sql.push('"');
    }

    pub(crate) fn column(&mut self, alias: &str, column: &str) {
        self.sql.push_str(alias);
        self.sql.push('.');
        self.name(column);
    }

    /// A bound parameter, with its type spelled out where the server would have to guess.
    pub(crate) fn bind(&mut self, param: Param) {
        use std::fmt::Write as _;
        let number = self.params.len() + 1;
        // Writing to a String cannot fail.
        let _ = match self.dialect {
            Dialect::Sqlite => write!(self.sql, "?{number}"),
            Dialect::Postgres => write!(self.sql, "${number}::{}", postgres_type(&param)),
        };
        self.params.push(if self.dialect == Dialect::Postgres { without_nul(param) } else { param });
    }

    /// The mark of a parameter that may be used at several places: where a statement repeats an expression, it must be
    /// the same text.
    pub(crate) fn shared(&mut self, param: Param) -> String {
        let param = if self.dialect == Dialect::Postgres { without_nul(param) } else { param };
        let at = self.params.iter().position(|known| *known == param).unwrap_or_else(|| {
            self.params.push(param.clone());
            self.params.len() - 1
        });
        match self.dialect {
            Dialect::Sqlite => format!("?{}", at + 1),
            Dialect::Postgres => format!("${}::{}", at + 1, postgres_type(&param)),
        }
    }

    /// `IN` over a bound list, one parameter however long it is and however often it is asked for.
    pub(crate) fn bind_list(&mut self, list: Param) {
        let list = self.shared(list);
        self.push(&match self.dialect {
            Dialect::Sqlite => format!(" IN (SELECT value FROM json_each({list}))"),
            Dialect::Postgres => format!(" = ANY({list})"),
        });
    }

    /// A value in a column that stands in no table; an empty one with the type that the server cannot guess.
    pub(crate) fn constant(&mut self, codec: Codec, value: &Value) -> Result<()> {
        match (codec.write(value)?, self.dialect) {
            (Param::Null, Dialect::Postgres) => self.push(if codec.is_text() { "NULL::text" } else { "NULL::bigint" }),
            (Param::Null, Dialect::Sqlite) => self.push("NULL"),
            (param, _) => self.bind(param),
        }
        Ok(())
    }

    /// The name of such a column, compared as a column of a table is.
    pub(crate) fn as_column(&mut self, codec: Codec, column: &str) {
        self.push(if codec.is_text() && self.dialect == Dialect::Sqlite { " COLLATE HF AS " } else { " AS " });
        self.name(column);
    }

    pub(crate) fn finish(self) -> Statement {
        Statement { sql: self.sql, params: self.params }
    }
}

/// PostgreSQL takes no NUL in a text. No record holds a control character, so that another one in its place compares
/// with every record in the same way.
fn without_nul(param: Param) -> Param {
    let plain = |text: String| if text.contains('\0') { text.replace('\0', "\u{1}") } else { text };
    match param {
        Param::Text(text) => Param::Text(plain(text)),
        Param::Texts(texts) => Param::Texts(texts.into_iter().map(plain).collect()),
        other => other,
    }
}

fn postgres_type(param: &Param) -> &'static str {
    match param {
        Param::Null | Param::Text(_) => "text",
        Param::Int(_) => "bigint",
        Param::Blob(_) => "bytea",
        Param::Ints(_) => "bigint[]",
        Param::Texts(_) => "text[]",
    }
}

/// Turns one plan into statements.
pub(crate) struct Emitter<'a> {
    pub(crate) plan: &'a AuthorizedPlan,
    pub(crate) options: &'a ReadOptions,
    /// Who asks, as far as record access goes.
    pub(crate) sharing: &'a Sharing,
    /// How the root's access is best said in this statement.
    pub(crate) approach: Approach,
    /// The alias of the root, when it stands in another statement than its own.
    root_alias: Option<&'a str>,
    /// The sealed values that the plan compares with; none where it compares with none.
    pub(crate) hits: Option<&'a SealedHits>,
    pub(crate) out: SqlText,
    subtotals: subtotals::Subtotals,
    joins: formula::FormulaJoins,
    /// Conditions written so far.
    tests: usize,
}

impl<'a> Emitter<'a> {
    pub(crate) fn new(
        dialect: Dialect,
        plan: &'a AuthorizedPlan,
        options: &'a ReadOptions,
        sharing: &'a Sharing,
    ) -> Self {
        let approach = if sharing.reach.is_narrow() { Approach::Drive } else { Approach::Scan };
        Self {
            plan,
            options,
            sharing,
            approach,
            root_alias: None,
            hits: None,
            out: SqlText::new(dialect),
            subtotals: subtotals::Subtotals::default(),
            joins: formula::FormulaJoins::default(),
            tests: 0,
        }
    }

    /// Knows the sealed values that the plan compares with.
    pub(crate) fn with_hits(mut self, hits: &'a SealedHits) -> Self {
        self.hits = Some(hits);
        self
    }

    /// Writes the filter of a plan as a condition on `alias` of another statement.
    pub(crate) fn condition(out: &mut SqlText, plan: &'a AuthorizedPlan, alias: &'a str) -> Result<()> {
        // Criteria know neither clock nor zone.
        let options =
            ReadOptions { zone: "UTC".to_owned(), fiscal_start_month: 1, now: Instant::from_ms(0), given: None };
        let sharing = Sharing::default();
        let mut emitter = Emitter::new(out.dialect, plan, &options, &sharing);
        emitter.root_alias = Some(alias);
        std::mem::swap(&mut emitter.out, out);
        let select = &plan.plan().select;
        let done = match &select.filter {
            Some(filter) => emitter.cond(select, filter, false),
            None => Err(Error::internal("a condition was asked of a plan without a filter")),
        };
        *out = emitter.out;
        done
    }

    /// The alias under which the fields of a source stand.
    pub(crate) fn alias_of_source(&self, select: &Select, source: SourceIx) -> String {
        match self.root_alias {
            Some(alias) if source == SourceIx::ROOT => alias.to_owned(),
            _ => alias(select.id, source),
        }
    }

    pub(crate) fn schema(&self) -> &'a OrgSchema {
        self.plan.schema()
    }

    pub(crate) fn object(&self, ix: ObjectIx) -> &'a ObjectSchema {
        self.schema().object(ix)
    }

    /// The object and field behind a use of a field.
    pub(crate) fn field(&self, select: &Select, field: &FieldRef) -> Result<&'a FieldSchema> {
        match &select.source(field.source).target {
            Target::Object(object) => Ok(self.object(*object).field(field.field)),
            Target::AnyOf(_) => Err(Error::internal("a plain field was asked of a polymorphic source")),
        }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.out.dialect == Dialect::Sqlite
    }
}

/// The table alias of a source.
pub(crate) fn alias(select: SelectId, source: SourceIx) -> String {
    format!("s{}_{}", select.0, source.0)
}

/// The table alias of one possible object of a polymorphic source.
pub(crate) fn alias_of(select: SelectId, source: SourceIx, object: ObjectIx) -> String {
    format!("s{}_{}_{}", select.0, source.0, object.index())
}

/// For clauses of the grammar that this version does not execute.
pub(crate) fn not_enabled(what: &str) -> Error {
    Error::new(ErrorCode::FunctionalityNotEnabled, format!("{what} is not enabled for this organization"))
}
