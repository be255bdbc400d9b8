//! Lists of children in the select list.

use super::Resolver;
use super::path::{Level, names_root};
use crate::ast::Query;
use crate::error;
use crate::plan::{Output, SelectKind};
use model::Result;

/// Lists of children in one query, on all levels together.
const MAX_CHILD_QUERIES: u32 = 20;
/// Levels of a query with the outer one, from API version 58 on.
const MAX_LEVELS: usize = 5;
const DEEP_SINCE_VERSION: u16 = 58;
const PLACE: &str = "a sub-query";

impl<'a> Resolver<'a> {
    /// `depth` is the level of the query that holds the list; the outer one is 1.
    pub(super) fn children(
        &mut self,
        outer: &Query,
        level: &mut Level<'a>,
        query: &Query,
        depth: usize,
    ) -> Result<Output> {
        let source = self.first_source(query)?;
        let position = source.path.position;
        self.child_queries += 1;
        if self.child_queries > MAX_CHILD_QUERIES {
            return Err(
                self.malformed(position, &format!("A query takes at most {MAX_CHILD_QUERIES} sub-queries in SELECT."))
            );
        }
        let levels = if self.ctx.api_version >= DEEP_SINCE_VERSION { MAX_LEVELS } else { 2 };
        if depth >= levels {
            let message = format!("Sub-queries nest at most {levels} levels deep, the outer query included.");
            return Err(self.malformed(position, &message));
        }
        let name = match source.path.split_last() {
            (None, name) => name,
            (Some(parent), name) if names_root(level, parent) => name,
            (Some(parent), _) => {
                return Err(error::no_such_relationship(self.text, position.0, parent, level.root.name()));
            }
        };
        let list = self
            .find_children(level.root, name)
            .ok_or_else(|| error::no_such_relationship(self.text, position.0, name, level.root.name()))?;
        self.check_inner(query, PLACE, true)?;
        if let Some(offset) = &query.offset
            && outer.limit.as_ref().is_none_or(|limit| limit.rows != 1)
        {
            return Err(self.malformed(offset.position, "OFFSET in a sub-query needs LIMIT 1 in the outer query."));
        }
        let mut inner = self.level(query, source, self.schema.object(list.child))?;
        let select = self.level_select(query, &mut inner, depth + 1)?;
        if !matches!(select.kind, SelectKind::Records) {
            return Err(self.malformed(query.position, "Aggregate functions are not allowed in a sub-query."));
        }
        // A relationship that is found by name has one.
        let name = list.name.clone().unwrap_or_default();
        Ok(Output::Children { name, select: Box::new(select), link: list.field })
    }
}
