//! Syntax tree → text that parses to the same tree.

use super::{
    Arg, Call, CategoryReach, CompareOp, Cond, Expr, ForClause, GroupMode, Item, Literal, LiteralValue, Name,
    NullsOrder, Path, Predicate, Query, Sort, Source, Test, TypeOf, UpdateClause, With,
};
use crate::literal::{write_pattern, write_text};
use std::fmt::{Display, Formatter, Result};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "SELECT {} FROM {}", Commas(&self.select), Commas(&self.from))?;
        if let Some(scope) = &self.scope {
            write!(f, " USING SCOPE {scope}")?;
        }
        if let Some(filter) = &self.filter {
            write!(f, " WHERE {filter}")?;
        }
        if let Some(with) = &self.with {
            write!(f, " WITH {with}")?;
        }
        if let Some(group) = &self.group_by {
            let keys = Commas(&group.keys);
            match group.mode {
                GroupMode::Plain => write!(f, " GROUP BY {keys}")?,
                GroupMode::Rollup => write!(f, " GROUP BY ROLLUP({keys})")?,
                GroupMode::Cube => write!(f, " GROUP BY CUBE({keys})")?,
            }
        }
        if let Some(having) = &self.having {
            write!(f, " HAVING {having}")?;
        }
        write_list(f, " ORDER BY ", &self.order_by)?;
        if let Some(limit) = &self.limit {
            write!(f, " LIMIT {}", limit.rows)?;
        }
        if let Some(offset) = &self.offset {
            write!(f, " OFFSET {}", offset.rows)?;
        }
        write_list(f, " FOR ", &self.for_clauses)?;
        write_list(f, " UPDATE ", &self.update)
    }
}

/// A list with commas between.
pub(super) struct Commas<'a, T>(pub(super) &'a [T]);

impl<T: Display> Display for Commas<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (at, item) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            item.fmt(f)?;
        }
        Ok(())
    }
}

pub(super) fn write_list<T: Display>(f: &mut Formatter<'_>, keyword: &str, list: &[T]) -> Result {
    if list.is_empty() { Ok(()) } else { write!(f, "{keyword}{}", Commas(list)) }
}

impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&self.text)
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(&self.dotted)
    }
}

impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.alias {
            Some(alias) => write!(f, "{} {alias}", self.path),
            None => self.path.fmt(f),
        }
    }
}

impl Display for Item {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Item::Expr { expr, alias: Some(alias) } => write!(f, "{expr} {alias}"),
            Item::Expr { expr, alias: None } => expr.fmt(f),
            Item::Children(query) => write!(f, "({query})"),
            Item::TypeOf(type_of) => type_of.fmt(f),
        }
    }
}

impl Display for TypeOf {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "TYPEOF {}", self.path)?;
        for arm in &self.arms {
            write!(f, " WHEN {} THEN {}", arm.object, Commas(&arm.fields))?;
        }
        write_list(f, " ELSE ", &self.otherwise)?;
        f.write_str(" END")
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Expr::Path(path) => path.fmt(f),
            Expr::Call(call) => call.fmt(f),
        }
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}({})", self.name, Commas(&self.args))
    }
}

impl Display for Arg {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Arg::Expr(expr) => expr.fmt(f),
            Arg::Literal(literal) => literal.fmt(f),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.value {
            LiteralValue::Null => f.write_str("null"),
            LiteralValue::Bool(flag) => flag.fmt(f),
            LiteralValue::Number(number) => number.fmt(f),
            LiteralValue::Currency { code, amount } => write!(f, "{code}{amount}"),
            LiteralValue::Text(text) => write_text(f, text),
            LiteralValue::Date(date) => date.fmt(f),
            LiteralValue::DateTime(instant) => {
                let text = instant.to_string();
                write!(f, "{}Z", text.strip_suffix("+0000").unwrap_or(&text))
            }
            LiteralValue::Time(time) => write!(f, "{time}Z"),
            LiteralValue::DateRange(literal) => literal.fmt(f),
        }
    }
}

impl Display for Cond {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Cond::And(parts) => write_joined(f, parts, " AND "),
            Cond::Or(parts) => write_joined(f, parts, " OR "),
            Cond::Not(inner) => match &**inner {
                Cond::Test(test) => write!(f, "NOT {test}"),
                other => write!(f, "NOT ({other})"),
            },
            Cond::Test(test) => test.fmt(f),
        }
    }
}

fn write_joined(f: &mut Formatter<'_>, parts: &[Cond], word: &str) -> Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(word)?;
        }
        match part {
            Cond::And(_) | Cond::Or(_) => write!(f, "({part})")?,
            Cond::Not(_) | Cond::Test(_) => part.fmt(f)?,
        }
    }
    Ok(())
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let left = &self.left;
        let not = |negated: bool| if negated { "NOT " } else { "" };
        match &self.predicate {
            Predicate::Compare { op, value } => write!(f, "{left} {} {value}", op.symbol()),
            Predicate::Like { pattern } => {
                write!(f, "{left} LIKE ")?;
                write_pattern(f, pattern)
            }
            Predicate::In { values, negated } => write!(f, "{left} {}IN ({})", not(*negated), Commas(values)),
            Predicate::InQuery { query, negated } => write!(f, "{left} {}IN ({query})", not(*negated)),
            Predicate::Includes { groups, negated } => {
                let word = if *negated { "EXCLUDES" } else { "INCLUDES" };
                write!(f, "{left} {word} ({})", Commas(groups))
            }
        }
    }
}

impl CompareOp {
    /// The operator as it stands in a query.
    pub const fn symbol(self) -> &'static str {
        match self {
            CompareOp::Eq => "=",
            CompareOp::Ne => "!=",
            CompareOp::Lt => "<",
            CompareOp::Le => "<=",
            CompareOp::Gt => ">",
            CompareOp::Ge => ">=",
        }
    }
}

impl Display for Sort {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.expr.fmt(f)?;
        if self.descending {
            f.write_str(" DESC")?;
        }
        match self.nulls {
            Some(NullsOrder::First) => f.write_str(" NULLS FIRST"),
            Some(NullsOrder::Last) => f.write_str(" NULLS LAST"),
            None => Ok(()),
        }
    }
}

impl Display for With {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            With::SecurityEnforced => f.write_str("SECURITY_ENFORCED"),
            With::UserMode => f.write_str("USER_MODE"),
            With::SystemMode => f.write_str("SYSTEM_MODE"),
            With::RecordVisibilityContext(settings) => {
                f.write_str("RecordVisibilityContext (")?;
                for (at, (name, value)) in settings.iter().enumerate() {
                    write!(f, "{}{name}={value}", if at > 0 { ", " } else { "" })?;
                }
                f.write_str(")")
            }
            With::DataCategory(filters) => {
                f.write_str("DATA CATEGORY ")?;
                for (at, filter) in filters.iter().enumerate() {
                    let (and, reach) = (if at > 0 { " AND " } else { "" }, filter.reach.keyword());
                    write!(f, "{and}{} {reach} ({})", filter.group, Commas(&filter.categories))?;
                }
                Ok(())
            }
        }
    }
}

impl CategoryReach {
    pub(crate) const ALL: [CategoryReach; 4] =
        [CategoryReach::At, CategoryReach::Above, CategoryReach::Below, CategoryReach::AboveOrBelow];

    pub(crate) const fn keyword(self) -> &'static str {
        match self {
            CategoryReach::At => "AT",
            CategoryReach::Above => "ABOVE",
            CategoryReach::Below => "BELOW",
            CategoryReach::AboveOrBelow => "ABOVE_OR_BELOW",
        }
    }
}

impl Display for ForClause {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            ForClause::View => "VIEW",
            ForClause::Reference => "REFERENCE",
            ForClause::Update => "UPDATE",
        })
    }
}

impl Display for UpdateClause {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            UpdateClause::Tracking => "TRACKING",
            UpdateClause::ViewStat => "VIEWSTAT",
        })
    }
}
