//! A search → one plan per object it returns.

use super::{Everything, ResolveContext, Resolver, Visibility};
use crate::ast::search::{Returning, Search, SearchScope, SearchWith, Term};
use crate::ast::{Item, Path, Query, Source};
use crate::error;
use crate::parse::parse_search;
use crate::plan::{ResolvedPlan, SelectKind};
use model::{Error, ErrorCode, FieldIx, FieldSchema, FieldType, ObjectIx, ObjectSchema, OrgSchema, Result};
use std::sync::Arc;

/// The most rows that one search yields.
pub const MAX_SEARCH_ROWS: u64 = 2_000;
const MAX_OFFSET: u64 = 2_000;

/// A search in which every name is an object or field of one schema snapshot.
#[derive(Debug, Clone)]
pub struct SearchPlan {
    pub terms: Term,
    pub scope: SearchScope,
    /// One per object, in the order of the answer: what is returned of the records found, and which of them.
    pub returning: Vec<ResolvedPlan>,
    /// Rows over all objects.
    pub limit: u64,
    pub offset: u64,
}

/// Reads a search and resolves it.
///
/// # Errors
/// As [`parse_search`] and [`resolve_search`].
pub fn plan_search(text: &str, schema: &Arc<OrgSchema>, ctx: &ResolveContext) -> Result<SearchPlan> {
    resolve_search(&parse_search(text)?, text, schema, ctx, &Everything)
}

/// [`plan_search`] for an asker who may not know of all metadata.
///
/// # Errors
/// As [`parse_search`] and [`resolve_search`].
pub fn plan_search_visible(
    text: &str,
    schema: &Arc<OrgSchema>,
    ctx: &ResolveContext,
    visibility: &dyn Visibility,
) -> Result<SearchPlan> {
    resolve_search(&parse_search(text)?, text, schema, ctx, visibility)
}

/// Resolves a search against a schema. `text` is what the tree was read from; empty for a tree made in code.
///
/// # Errors
/// As [`super::resolve`], with `MALFORMED_SEARCH` for a rule of the language.
pub fn resolve_search(
    search: &Search,
    text: &str,
    schema: &Arc<OrgSchema>,
    ctx: &ResolveContext,
    visibility: &dyn Visibility,
) -> Result<SearchPlan> {
    search.with.iter().try_for_each(check_with)?;
    let rows = |count: Option<&crate::ast::RowCount>, most: u64, what: &str| match count {
        Some(count) if count.rows > most => {
            let message = format!("{what} of a search is at most {most}.");
            Err(error::at(ErrorCode::NumberOutsideValidRange, text, count.position.0, &message))
        }
        other => Ok(other.map(|count| count.rows)),
    };
    let limit = rows(search.limit.as_ref(), MAX_SEARCH_ROWS, "LIMIT")?.unwrap_or(MAX_SEARCH_ROWS);
    let offset = rows(search.offset.as_ref(), MAX_OFFSET, "OFFSET")?.unwrap_or(0);
    let part = |returning: &Returning| {
        let mut resolver = Resolver::new(text, schema, ctx, visibility, ErrorCode::MalformedSearch);
        let mut select = resolver.returning(returning)?;
        let fields = resolver.searched(select.object(), search.scope);
        select.search = Some(crate::plan::Search { terms: search.terms.clone(), fields });
        Ok(ResolvedPlan { schema: Arc::clone(schema), text: Arc::from(text), select })
    };
    let returning = if search.returning.is_empty() {
        let searchable = schema.objects().iter().filter(|object| object.def.searchable && visibility.object(object.ix));
        searchable.map(|object| part(&ids_of(object))).collect::<Result<_>>()?
    } else {
        search.returning.iter().map(part).collect::<Result<_>>()?
    };
    Ok(SearchPlan { terms: search.terms.clone(), scope: search.scope, returning, limit, offset })
}

fn ids_of(object: &ObjectSchema) -> Returning {
    Returning {
        object: crate::ast::Name::new(object.name()),
        select: Vec::new(),
        list_view: None,
        filter: None,
        order_by: Vec::new(),
        limit: None,
        offset: None,
    }
}

/// Spelling is never corrected, so that asking for it or not says nothing.
fn check_with(with: &SearchWith) -> Result<()> {
    Err(error::not_enabled(match with {
        SearchWith::SpellCorrection(_) => return Ok(()),
        SearchWith::Division(_) => "WITH DIVISION",
        SearchWith::DataCategory(_) => "WITH DATA CATEGORY",
        SearchWith::Network(_) => "WITH NETWORK",
        SearchWith::PricebookId(_) => "WITH PRICEBOOKID",
        SearchWith::Snippet { .. } => "WITH SNIPPET",
        SearchWith::Metadata(_) => "WITH METADATA",
    }))
}

impl Resolver<'_> {
    /// The fields that a search looks into, as far as the asker may know of them.
    fn searched(&self, object: ObjectIx, scope: SearchScope) -> Vec<FieldIx> {
        let object = self.schema.object(object);
        let in_scope = |field: &&FieldSchema| match scope {
            SearchScope::Name => field.ix == object.name_field,
            SearchScope::Email => *field.data_type() == FieldType::Email,
            SearchScope::Phone => *field.data_type() == FieldType::Phone,
            SearchScope::All | SearchScope::Sidebar => true,
        };
        object
            .searched_fields()
            .filter(in_scope)
            .filter(|field| self.visibility.field(object.ix, field.ix))
            .map(|field| field.ix)
            .collect()
    }

    fn returning(&mut self, returning: &Returning) -> Result<crate::plan::Select> {
        let name = &returning.object;
        let object = self.find_object(&name.text).ok_or_else(|| error::unsupported_object(&name.text))?;
        if !object.def.searchable {
            let message = format!("entity type {} does not support search", object.name());
            return Err(Error::new(ErrorCode::InvalidType, message));
        }
        if returning.list_view.is_some() {
            return Err(error::not_enabled("USING ListView"));
        }
        let select = if returning.select.is_empty() { vec![Item::field("Id")] } else { returning.select.clone() };
        let source = Source { path: Path { dotted: name.text.clone(), position: name.position }, alias: None };
        let query = Query {
            select,
            from: vec![source],
            filter: returning.filter.clone(),
            order_by: returning.order_by.clone(),
            limit: returning.limit.clone(),
            offset: returning.offset.clone(),
            position: name.position,
            ..Query::default()
        };
        if query.select.iter().any(|item| matches!(item, Item::Children(_))) {
            return Err(self.malformed(name.position, "RETURNING takes no sub-queries."));
        }
        let select = self.outer(&query)?;
        if !matches!(select.kind, SelectKind::Records) {
            return Err(self.malformed(name.position, "RETURNING takes no aggregate functions."));
        }
        Ok(select)
    }
}
