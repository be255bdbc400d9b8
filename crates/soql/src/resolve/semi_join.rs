//! `Id IN (SELECT AccountId FROM Contact)` and its negation.

use super::Resolver;
use super::function::Clause;
use super::path::Level;
use super::typed::Typed;
use crate::ast::{self, Item, Position, Query};
use crate::error;
use crate::plan::{Cond, Expr, FieldRef, Select, SourceIx, Target};
use model::{FieldType, ObjectIx, Result};

const MAX_SEMI_JOINS: u32 = 2;
const PLACE: &str = "a semi-join";

impl<'a> Resolver<'a> {
    /// `nested` when the test stands inside OR or NOT.
    pub(super) fn semi_join(
        &mut self,
        level: &mut Level<'a>,
        left: &ast::Expr,
        query: &Query,
        negated: bool,
        clause: Clause,
        nested: bool,
    ) -> Result<Cond> {
        let position = left.position();
        level.semi_joins += 1;
        let problem = if clause != Clause::Where {
            Some("A semi-join may stand in WHERE only.")
        } else if level.is_semi_join {
            Some("Semi-joins do not nest.")
        } else if nested {
            Some("A semi-join may not stand inside OR or NOT.")
        } else if level.semi_joins > MAX_SEMI_JOINS {
            Some("WHERE takes at most 2 semi-joins.")
        } else {
            None
        };
        if let Some(problem) = problem {
            return Err(self.malformed(position, problem));
        }
        let outer = self.expr(level, left, Clause::Where)?;
        let outer_targets = self.targets(level, &outer).ok_or_else(|| self.not_an_id(&outer, position))?;
        if matches!(&outer.expr, Expr::Field(field) if field.source != SourceIx::ROOT) {
            let message = "The left side of a semi-join is an Id or reference field of the queried object itself.";
            return Err(self.malformed(position, message));
        }
        let (select, inner, inner_targets) = self.inside(query)?;
        if !outer_targets.iter().any(|target| inner_targets.contains(target)) {
            let message = format!("The selected field of the semi-join points to another object than {}.", outer.name);
            return Err(self.malformed(position, &message));
        }
        Ok(Cond::SemiJoin { left: outer.expr, select: Box::new(select), inner, negated })
    }

    fn inside(&mut self, query: &Query) -> Result<(Select, FieldRef, Vec<ObjectIx>)> {
        let source = self.first_source(query)?;
        let object =
            self.find_object(&source.path.dotted).ok_or_else(|| error::unsupported_object(&source.path.dotted))?;
        self.check_inner(query, PLACE, false)?;
        let mut level = self.level(query, source, object)?;
        level.is_semi_join = true;
        let [Item::Expr { expr: ast::Expr::Path(path), alias: None }] = query.select.as_slice() else {
            return Err(self.malformed(query.position, "A semi-join selects exactly one Id or reference field."));
        };
        let typed = self.path(&mut level, path)?;
        let targets = self.targets(&level, &typed).ok_or_else(|| self.not_an_id(&typed, path.position))?;
        let Expr::Field(inner) = typed.expr else {
            return Err(self.not_an_id(&typed, path.position));
        };
        let mut select = self.level_select(query, &mut level, 1)?;
        // The one field stands in `inner`; rows of the inside go nowhere else.
        select.output.clear();
        Ok((select, inner, targets))
    }

    /// The objects whose ids an expression holds; `None` for what is no plain id.
    fn targets(&self, level: &Level<'a>, typed: &Typed<'a>) -> Option<Vec<ObjectIx>> {
        let (field, Expr::Field(used)) = (typed.field?, &typed.expr) else { return None };
        match (field.data_type(), &level.sources[used.source.index()].target) {
            (FieldType::Id, Target::Object(object)) => Some(vec![*object]),
            (FieldType::Reference(_), _) => Some(field.targets.clone()),
            _ => None,
        }
    }

    fn not_an_id(&self, typed: &Typed<'a>, position: Position) -> model::Error {
        let message = format!("A semi-join compares Id or reference fields, and {} is neither.", typed.name);
        self.malformed(position, &message)
    }
}
