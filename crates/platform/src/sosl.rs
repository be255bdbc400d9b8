//! SOSL: records whose fields hold the words of a search, found by the full-text index of the org.

use crate::ctx::Ctx;
use crate::query::QueryOptions;
use crate::view::Shape;
use model::{Error, ErrorCode, Result};
use policy::authorize;
use soql::ast::search::{Returning, Search};
use soql::ast::{CompareOp, Cond, Expr, Literal};
use store::RecordRow;

/// What a search found of one object, in the order of the answer.
pub struct SearchFound {
    pub rows: Vec<RecordRow>,
    pub shape: Shape,
}

/// Records that one step of building the index takes.
const BUILD_STEP: usize = 2_000;

impl Ctx {
    /// Answers a search.
    ///
    /// # Errors
    /// `MALFORMED_SEARCH` with the position, and the codes of queries for what RETURNING says.
    pub fn search(&self, text: &str, options: QueryOptions) -> Result<Vec<SearchFound>> {
        self.search_tree(&soql::parse_search(text)?, text, options)
    }

    /// Answers a search made in code, or read from `text`.
    ///
    /// # Errors
    /// As [`Ctx::search`].
    pub fn search_tree(&self, search: &Search, text: &str, options: QueryOptions) -> Result<Vec<SearchFound>> {
        let mut search = search.clone();
        for returning in &mut search.returning {
            self.narrow_to_list(returning)?;
        }
        let plan = soql::resolve_search(&search, text, &self.schema, &self.resolve_context(options), self)?;
        self.search_built()?;
        let (mut to_skip, mut room) = (plan.offset, plan.limit);
        let mut answer = Vec::with_capacity(plan.returning.len());
        for mut part in plan.returning {
            let shape = Shape::of(&part.select);
            let most = to_skip + room;
            part.select.limit = Some(part.select.limit.map_or(most, |limit| limit.min(most)));
            let part = authorize(&self.identity, part)?;
            let mut rows = if room > 0 { self.records_of(&part)? } else { Vec::new() };
            let skipped = to_skip.min(rows.len() as u64);
            to_skip -= skipped;
            rows.drain(..usize::try_from(skipped).unwrap_or(usize::MAX));
            room -= rows.len() as u64;
            answer.push(SearchFound { rows, shape });
        }
        Ok(answer)
    }

    /// Puts what a saved list says, in the eyes of the asker, in place of its name.
    fn narrow_to_list(&self, returning: &mut Returning) -> Result<()> {
        let Some(name) = returning.list_view.take() else { return Ok(()) };
        let views = self.list_views(&returning.object.text)?;
        let view = views.iter().find(|view| view.developer_name.eq_ignore_ascii_case(&name.text)).ok_or_else(|| {
            let message =
                format!("USING ListView: {} has no list {} that you may see.", returning.object.text, name.text);
            Error::new(ErrorCode::MalformedSearch, message)
        })?;
        let list = soql::parse(&self.list_view_query(view.id)?)?;
        let own = match (list.scope, self.user_id()) {
            (Some(_), Some(user)) => {
                let owner = Literal::text(user.to_string());
                Some(Cond::compare(Expr::field("OwnerId"), CompareOp::Eq, owner))
            }
            _ => None,
        };
        let mut conditions: Vec<Cond> = [returning.filter.take(), list.filter, own].into_iter().flatten().collect();
        returning.filter = match conditions.len() {
            0 => None,
            1 => conditions.pop(),
            _ => Some(Cond::And(conditions)),
        };
        if returning.order_by.is_empty() {
            returning.order_by = list.order_by;
        }
        Ok(())
    }

    /// Finishes an index that is not complete, as after an upgrade: a search never answers from half of it.
    pub(crate) fn search_built(&self) -> Result<()> {
        while self.org.store.read(|tx| tx.search_waits())? {
            self.org.store.search_build_step(BUILD_STEP)?;
        }
        Ok(())
    }
}
