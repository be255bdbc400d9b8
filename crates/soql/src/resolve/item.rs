//! The select list → the columns of the answer.

use super::Resolver;
use super::function::Clause;
use super::path::Level;
use super::select::output_key;
use super::typed::Typed;
use crate::ast::{self, Arg, Item, Name, Position, Query};
use crate::plan::{Expr, Output, SourceIx};
use model::Result;
use std::collections::HashSet;

/// What the items of one select list share.
struct List {
    outputs: Vec<Output>,
    /// Where each output stands in the text.
    positions: Vec<Position>,
    /// The number of the next `exprN`.
    unnamed: u32,
}

impl List {
    fn push(&mut self, output: Output, position: Position) {
        self.outputs.push(output);
        self.positions.push(position);
    }

    fn alias(&mut self, given: Option<&Name>) -> String {
        match given {
            Some(name) => name.text.clone(),
            None => {
                self.unnamed += 1;
                format!("expr{}", self.unnamed - 1)
            }
        }
    }
}

impl<'a> Resolver<'a> {
    pub(super) fn outputs(&mut self, query: &Query, level: &mut Level<'a>, depth: usize) -> Result<Vec<Output>> {
        let capacity = query.select.len();
        let mut list =
            List { outputs: Vec::with_capacity(capacity), positions: Vec::with_capacity(capacity), unnamed: 0 };
        for item in &query.select {
            match item {
                Item::Expr { expr: ast::Expr::Call(call), alias } if call.name.is("FIELDS") => {
                    self.all_fields(query, level, call, alias.as_ref(), &mut list)?;
                }
                Item::Expr { expr, alias } if level.is_grouped => {
                    self.grouped(level, expr, alias.as_ref(), &mut list)?
                }
                Item::Expr { expr, alias } => self.column(level, expr, alias.as_ref(), &mut list)?,
                Item::Children(children) => {
                    if level.is_grouped {
                        let message = "A query with GROUP BY or aggregate functions takes no sub-query in SELECT.";
                        return Err(self.malformed(children.position, message));
                    }
                    let position = children.from.first().map_or(children.position, |source| source.path.position);
                    list.push(self.children(query, level, children, depth)?, position);
                }
                Item::TypeOf(type_of) => {
                    if level.is_grouped {
                        let message = "A query with GROUP BY or aggregate functions takes no TYPEOF.";
                        return Err(self.malformed(type_of.path.position, message));
                    }
                    list.push(self.type_of(level, type_of)?, type_of.path.position);
                }
            }
        }
        self.check_duplicates(&list)?;
        Ok(list.outputs)
    }

    fn grouped(
        &mut self,
        level: &mut Level<'a>,
        expr: &ast::Expr,
        alias: Option<&Name>,
        list: &mut List,
    ) -> Result<()> {
        let typed = self.expr(level, expr, Clause::Select)?;
        if !self.is_grouped_or_aggregated(level, &typed.expr) {
            let message = format!("Field must be grouped or aggregated: {}", typed.name);
            return Err(self.malformed(typed.position, &message));
        }
        let alias = match (expr, alias) {
            (ast::Expr::Path(_), None) => typed.name.to_owned(),
            (_, alias) => list.alias(alias),
        };
        list.push(Output::Named { expr: typed.expr, alias }, expr.position());
        Ok(())
    }

    fn column(&mut self, level: &mut Level<'a>, expr: &ast::Expr, alias: Option<&Name>, list: &mut List) -> Result<()> {
        let typed = self.expr(level, expr, Clause::Select)?;
        let position = expr.position();
        let is_path = matches!(expr, ast::Expr::Path(_));
        if let Some(alias) = alias.filter(|_| is_path) {
            return Err(self.malformed(alias.position, "only aggregate expressions use field aliasing"));
        }
        let shown_under = if alias.is_some() { None } else { shown_source(&typed.expr) };
        let output = match shown_under {
            Some(source) => {
                let path = self.display_path(level, source, typed.name);
                Output::Field { expr: typed.expr, path }
            }
            None => Output::Named { alias: list.alias(alias), expr: typed.expr },
        };
        list.push(output, position);
        Ok(())
    }

    /// `FIELDS(ALL)`, `FIELDS(STANDARD)`, `FIELDS(CUSTOM)`.
    fn all_fields(
        &self,
        query: &Query,
        level: &Level<'a>,
        call: &ast::Call,
        alias: Option<&Name>,
        list: &mut List,
    ) -> Result<()> {
        let position = call.name.position;
        if level.is_grouped {
            return Err(self.malformed(position, "The SOQL FIELDS function is not supported with GROUP BY."));
        }
        if let Some(alias) = alias {
            return Err(self.malformed(alias.position, "The SOQL FIELDS function takes no alias."));
        }
        let group = match call.args.as_slice() {
            [Arg::Expr(ast::Expr::Path(group))] => group,
            _ => return Err(self.malformed(position, "The SOQL FIELDS function takes ALL, CUSTOM or STANDARD.")),
        };
        let (standard, custom) = match &group.dotted {
            all if all.eq_ignore_ascii_case("ALL") => (true, true),
            custom if custom.eq_ignore_ascii_case("CUSTOM") => (false, true),
            standard if standard.eq_ignore_ascii_case("STANDARD") => (true, false),
            _ => return Err(self.malformed(group.position, "The SOQL FIELDS function takes ALL, CUSTOM or STANDARD.")),
        };
        let bounded = query.limit.as_ref().is_some_and(|limit| limit.rows <= 200);
        if custom && !bounded {
            return Err(self.malformed(position, "The SOQL FIELDS function must have a LIMIT of at most 200"));
        }
        for field in &level.root.fields {
            let wanted = if field.def.is_custom() { custom } else { standard };
            if wanted && self.visibility.field(level.root.ix, field.ix) {
                let typed = Typed::field(SourceIx::ROOT, field, position);
                list.push(Output::Field { expr: typed.expr, path: vec![field.name().to_owned()] }, position);
            }
        }
        Ok(())
    }

    fn check_duplicates(&self, list: &List) -> Result<()> {
        let mut seen = HashSet::with_capacity(list.outputs.len());
        for (output, position) in list.outputs.iter().zip(&list.positions) {
            let Some((before, last)) = output_key(output) else { continue };
            if seen.insert((before, last.to_ascii_lowercase())) {
                continue;
            }
            if matches!(output, Output::Named { .. }) {
                return Err(self.malformed(*position, &format!("duplicate alias: {last}")));
            }
            let dotted: String = before.iter().flat_map(|step| [step.as_str(), "."]).chain([last]).collect();
            return Err(self.invalid_field(*position, &format!("duplicate field selected: {dotted}")));
        }
        Ok(())
    }
}

/// The source of the field under whose name a value is shown when it has no alias; `None` for what is no field.
fn shown_source(expr: &Expr) -> Option<SourceIx> {
    match expr {
        Expr::Field(field) | Expr::ToLabel(field) => Some(field.source),
        Expr::NameField { source, .. } | Expr::TypeName { source, .. } => Some(*source),
        Expr::Format(inner) | Expr::ConvertCurrency(inner) => shown_source(inner),
        Expr::Date { .. } | Expr::Aggregate { .. } | Expr::Grouping(_) | Expr::Distance { .. } => None,
    }
}
