//! Syntax tree → plan: every name tied to the schema, every literal typed, every rule of the language checked.

mod children;
mod cond;
mod filter_value;
mod function;
mod group;
mod inner;
mod item;
mod names;
mod path;
mod sealed;
mod search;
mod select;
mod semi_join;
mod type_of;
mod typed;

pub use search::{MAX_SEARCH_ROWS, SearchPlan, plan_search, plan_search_visible, resolve_search};

use crate::ast;
use crate::dates::Calendar;
use crate::error;
use crate::parse::parse;
use crate::plan::{ResolvedPlan, RowScope, SelectId};
use jiff::civil::Weekday;
use model::{Date, Error, ErrorCode, FieldIx, Instant, ObjectIx, OrgSchema, Result, Zone};
use std::cell::OnceCell;
use std::sync::Arc;

/// What a query's meaning depends on besides its text and the schema.
#[derive(Clone, Debug)]
pub struct ResolveContext {
    pub now: Instant,
    /// The user's zone: date literals are days of it.
    pub zone: Zone,
    /// The first day of the week in the user's locale.
    pub first_weekday: Weekday,
    /// The month the org's fiscal year starts in, 1 to 12.
    pub fiscal_start_month: u8,
    /// The major version of the API the query came by: how deep lists of children may nest.
    pub api_version: u16,
    /// Whether the recycle bin takes part (`queryAll`).
    pub rows: RowScope,
    /// The ISO code of the org's currency: literals in it are plain amounts, in any other they are refused.
    pub currency: Option<String>,
}

impl ResolveContext {
    /// Weeks from Sunday, fiscal years from January, the newest version of the API, live rows, no known currency.
    pub fn new(now: Instant, zone: Zone) -> Self {
        Self {
            now,
            zone,
            first_weekday: Weekday::Sunday,
            fiscal_start_month: 1,
            api_version: u16::MAX,
            rows: RowScope::Live,
            currency: None,
        }
    }
}

/// Which metadata the asker may know of. What is not visible answers as if it did not exist, in errors and `FIELDS()`.
///
/// This decides words, not access: the plan still passes through `policy`.
pub trait Visibility {
    fn object(&self, object: ObjectIx) -> bool;
    fn field(&self, object: ObjectIx, field: FieldIx) -> bool;
}

/// All metadata is visible.
#[derive(Clone, Copy, Debug)]
pub struct Everything;

impl Visibility for Everything {
    fn object(&self, _: ObjectIx) -> bool {
        true
    }

    fn field(&self, _: ObjectIx, _: FieldIx) -> bool {
        true
    }
}

/// Reads a query and resolves it.
///
/// # Errors
/// As [`parse`] and [`resolve`].
pub fn plan(text: &str, schema: &Arc<OrgSchema>, ctx: &ResolveContext) -> Result<ResolvedPlan> {
    plan_visible(text, schema, ctx, &Everything)
}

/// [`plan`] for an asker who may not know of all metadata.
///
/// # Errors
/// As [`parse`] and [`resolve`].
pub fn plan_visible(
    text: &str,
    schema: &Arc<OrgSchema>,
    ctx: &ResolveContext,
    visibility: &dyn Visibility,
) -> Result<ResolvedPlan> {
    resolve_visible(&parse(text)?, text, schema, ctx, visibility)
}

/// Resolves a query against a schema. `text` is what the tree was read from, for messages that point into it; empty for
/// a tree made in code.
///
/// # Errors
/// `INVALID_TYPE`, `INVALID_FIELD`, `INVALID_QUERY_FILTER_OPERATOR`, `NUMBER_OUTSIDE_VALID_RANGE`,
/// `FUNCTIONALITY_NOT_ENABLED`, or `MALFORMED_QUERY` for a rule of the language.
pub fn resolve(query: &ast::Query, text: &str, schema: &Arc<OrgSchema>, ctx: &ResolveContext) -> Result<ResolvedPlan> {
    resolve_visible(query, text, schema, ctx, &Everything)
}

/// [`resolve`] for an asker who may not know of all metadata.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_visible(
    query: &ast::Query,
    text: &str,
    schema: &Arc<OrgSchema>,
    ctx: &ResolveContext,
    visibility: &dyn Visibility,
) -> Result<ResolvedPlan> {
    let mut resolver = Resolver::new(text, schema, ctx, visibility, ErrorCode::MalformedQuery);
    let select = resolver.outer(query)?;
    Ok(ResolvedPlan { schema: Arc::clone(schema), text: Arc::from(text), select })
}

/// What all levels of one query share.
pub(crate) struct Resolver<'a> {
    text: &'a str,
    schema: &'a OrgSchema,
    ctx: &'a ResolveContext,
    visibility: &'a dyn Visibility,
    calendar: Calendar,
    today: OnceCell<Date>,
    selects: u32,
    child_queries: u32,
    /// What a broken rule of the language is called: a malformed query or a malformed search.
    code: ErrorCode,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(
        text: &'a str,
        schema: &'a OrgSchema,
        ctx: &'a ResolveContext,
        visibility: &'a dyn Visibility,
        code: ErrorCode,
    ) -> Self {
        let calendar = Calendar { first_weekday: ctx.first_weekday, fiscal_start_month: ctx.fiscal_start_month };
        Self { text, schema, ctx, visibility, calendar, today: OnceCell::new(), selects: 0, child_queries: 0, code }
    }

    fn today(&self) -> Date {
        *self.today.get_or_init(|| self.ctx.now.date_in(&self.ctx.zone))
    }

    fn next_id(&mut self) -> SelectId {
        let id = SelectId(self.selects);
        self.selects += 1;
        id
    }

    fn malformed(&self, position: ast::Position, message: &str) -> Error {
        error::at(self.code, self.text, position.0, message)
    }

    fn invalid_field(&self, position: ast::Position, message: &str) -> Error {
        error::invalid_field(self.text, position.0, message)
    }

    fn invalid_operator(&self, position: ast::Position, message: &str) -> Error {
        error::invalid_operator(self.text, position.0, message)
    }
}
