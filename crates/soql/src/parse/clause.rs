//! WITH, GROUP BY and ORDER BY.

use super::Parser;
use crate::ast::{CategoryFilter, CategoryReach, GroupBy, GroupMode, NullsOrder, Sort, With};
use crate::lex::Kind;
use model::Result;

impl Parser<'_> {
    pub(super) fn with(&mut self) -> Result<With> {
        if self.eat_word("SECURITY_ENFORCED") {
            return Ok(With::SecurityEnforced);
        }
        if self.eat_word("USER_MODE") {
            return Ok(With::UserMode);
        }
        if self.eat_word("SYSTEM_MODE") {
            return Ok(With::SystemMode);
        }
        if self.eat_word("RecordVisibilityContext") {
            let settings = self.parenthesised(|parser| {
                parser.commas(|parser| {
                    let name = parser.name()?;
                    parser.expect(Kind::Eq)?;
                    Ok((name, parser.value()?))
                })
            })?;
            return Ok(With::RecordVisibilityContext(settings));
        }
        if self.eat_words("DATA", "CATEGORY")? {
            return self.category_filters().map(With::DataCategory);
        }
        Err(self.unexpected())
    }

    pub(super) fn category_filters(&mut self) -> Result<Vec<CategoryFilter>> {
        let mut filters = vec![self.category_filter()?];
        while self.eat_word("AND") {
            filters.push(self.category_filter()?);
        }
        Ok(filters)
    }

    fn category_filter(&mut self) -> Result<CategoryFilter> {
        let group = self.name()?;
        let reach = self.one_of(&CategoryReach::ALL.map(|reach| (reach.keyword(), reach)))?;
        let categories = if self.kind() == Kind::Open {
            self.parenthesised(|parser| parser.commas(Self::name))?
        } else {
            vec![self.name()?]
        };
        Ok(CategoryFilter { group, reach, categories })
    }

    pub(super) fn group_by(&mut self) -> Result<GroupBy> {
        for (word, mode) in [("ROLLUP", GroupMode::Rollup), ("CUBE", GroupMode::Cube)] {
            if self.is_word(word) && self.peek_at(1).kind == Kind::Open {
                self.next();
                let keys = self.parenthesised(|parser| parser.commas(Self::expr))?;
                return Ok(GroupBy { keys, mode });
            }
        }
        Ok(GroupBy { keys: self.commas(Self::expr)?, mode: GroupMode::Plain })
    }

    pub(super) fn sort(&mut self) -> Result<Sort> {
        let expr = self.expr()?;
        let descending = self.eat_word("DESC");
        if !descending {
            self.eat_word("ASC");
        }
        let nulls = if self.eat_word("NULLS") {
            Some(self.one_of(&[("FIRST", NullsOrder::First), ("LAST", NullsOrder::Last)])?)
        } else {
            None
        };
        Ok(Sort { expr, descending, nulls })
    }
}
