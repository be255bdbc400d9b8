//! Functions: which there are, where each may stand, and what it takes.

use super::Resolver;
use super::path::Level;
use super::typed::{Typed, ValueKind, aggregate_kind, date_function_kind};
use crate::ast::{self, Arg, Call, LiteralValue};
use crate::error;
use crate::plan::{Aggregate, DateFunction, DateZone, DistanceUnit, Expr, FieldRef, Target};
use model::{Decimal, FieldSchema, FieldType, Result};

/// The clause in which an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clause {
    Select,
    Where,
    GroupBy,
    Having,
    OrderBy,
}

#[derive(Clone, Copy)]
enum Function {
    Aggregate(Aggregate),
    Date(DateFunction),
    ToLabel,
    Format,
    ConvertCurrency,
    Distance,
    Grouping,
}

/// Every function that may stand on its own, under the name that messages use.
const FUNCTIONS: [(&str, Function); 24] = [
    ("COUNT", Function::Aggregate(Aggregate::Count)),
    ("COUNT_DISTINCT", Function::Aggregate(Aggregate::CountDistinct)),
    ("SUM", Function::Aggregate(Aggregate::Sum)),
    ("AVG", Function::Aggregate(Aggregate::Avg)),
    ("MIN", Function::Aggregate(Aggregate::Min)),
    ("MAX", Function::Aggregate(Aggregate::Max)),
    ("CALENDAR_MONTH", Function::Date(DateFunction::CalendarMonth)),
    ("CALENDAR_QUARTER", Function::Date(DateFunction::CalendarQuarter)),
    ("CALENDAR_YEAR", Function::Date(DateFunction::CalendarYear)),
    ("DAY_IN_MONTH", Function::Date(DateFunction::DayInMonth)),
    ("DAY_IN_WEEK", Function::Date(DateFunction::DayInWeek)),
    ("DAY_IN_YEAR", Function::Date(DateFunction::DayInYear)),
    ("DAY_ONLY", Function::Date(DateFunction::DayOnly)),
    ("FISCAL_MONTH", Function::Date(DateFunction::FiscalMonth)),
    ("FISCAL_QUARTER", Function::Date(DateFunction::FiscalQuarter)),
    ("FISCAL_YEAR", Function::Date(DateFunction::FiscalYear)),
    ("HOUR_IN_DAY", Function::Date(DateFunction::HourInDay)),
    ("WEEK_IN_MONTH", Function::Date(DateFunction::WeekInMonth)),
    ("WEEK_IN_YEAR", Function::Date(DateFunction::WeekInYear)),
    ("toLabel", Function::ToLabel),
    ("format", Function::Format),
    ("convertCurrency", Function::ConvertCurrency),
    ("DISTANCE", Function::Distance),
    ("GROUPING", Function::Grouping),
];

fn find_function(call: &Call) -> Option<(&'static str, Function)> {
    FUNCTIONS.into_iter().find(|(name, _)| call.name.is(name))
}

pub(super) fn is_aggregate_call(call: &Call) -> bool {
    matches!(find_function(call), Some((_, Function::Aggregate(_))))
}

impl<'a> Resolver<'a> {
    /// A path or a call, checked for the clause it stands in.
    pub(super) fn expr(&mut self, level: &mut Level<'a>, expr: &ast::Expr, clause: Clause) -> Result<Typed<'a>> {
        match expr {
            ast::Expr::Path(path) => {
                let typed = self.path(level, path)?;
                self.check_use(&typed, clause)?;
                Ok(typed)
            }
            ast::Expr::Call(call) => self.call(level, call, clause),
        }
    }

    /// Whether the field may be filtered, sorted or grouped.
    fn check_use(&self, typed: &Typed<'a>, clause: Clause) -> Result<()> {
        let sealing = self.sealing(typed);
        match clause {
            // What is asked of it in WHERE depends on the operator.
            Clause::Select | Clause::Where => {}
            Clause::GroupBy if sealing.has_token() => {}
            Clause::GroupBy => self.refuse_sealed(typed, "GROUP BY")?,
            Clause::OrderBy => self.refuse_sealed(typed, "ORDER BY")?,
            Clause::Having => self.refuse_sealed(typed, "HAVING")?,
        }
        let Some(field) = typed.field else { return Ok(()) };
        let data_type = field.data_type();
        let (allowed, verb) = match clause {
            // What HAVING and grouped ORDER BY name must be grouped, which says more than any other rule.
            Clause::Select | Clause::Having => return Ok(()),
            Clause::Where => (data_type.is_filterable(), "filtered"),
            Clause::OrderBy => (data_type.is_sortable(), "sorted"),
            Clause::GroupBy => (data_type.is_groupable(), "grouped"),
        };
        if allowed {
            return Ok(());
        }
        let message = format!("field '{}' can not be {verb} in a query call", typed.name);
        // A type that can be filtered breaks a rule of grouping; one that cannot is out of place in every clause.
        if clause == Clause::GroupBy && data_type.is_filterable() {
            return Err(self.malformed(typed.position, &message));
        }
        Err(self.invalid_field(typed.position, &message))
    }

    fn call(&mut self, level: &mut Level<'a>, call: &Call, clause: Clause) -> Result<Typed<'a>> {
        let Some((name, function)) = find_function(call) else {
            return Err(self.malformed(call.name.position, &misplaced_or_unknown(call)));
        };
        self.check_place(level, call, name, function, clause)?;
        match function {
            Function::Aggregate(aggregate) => self.aggregate(level, call, name, aggregate),
            Function::Date(date) => self.date_function(level, call, name, date, clause),
            Function::ToLabel => self.label(level, call, clause),
            Function::Format | Function::ConvertCurrency => self.rendered(level, call, name, function),
            Function::Distance => self.distance(level, call),
            Function::Grouping => self.grouping(level, call),
        }
    }

    fn check_place(
        &self,
        level: &Level<'a>,
        call: &Call,
        name: &str,
        function: Function,
        clause: Clause,
    ) -> Result<()> {
        let problem = match (function, clause) {
            (Function::Aggregate(_), Clause::Where | Clause::GroupBy) => {
                format!("{name} is an aggregate function: it may stand in SELECT, HAVING and ORDER BY only.")
            }
            (Function::Aggregate(_), Clause::OrderBy) if !level.is_grouped => {
                format!("{name} in ORDER BY needs GROUP BY or an aggregate function in SELECT.")
            }
            (Function::Date(_), Clause::Select) if !level.is_grouped => {
                format!("{name} may be selected only when it is grouped by.")
            }
            (Function::ToLabel, Clause::GroupBy | Clause::Having | Clause::OrderBy) => {
                format!("{name} may stand in SELECT and WHERE only.")
            }
            (Function::Format | Function::ConvertCurrency, clause) if clause != Clause::Select => {
                format!("{name} may stand in SELECT only.")
            }
            (Function::Distance, Clause::GroupBy | Clause::Having) => {
                format!("{name} may stand in SELECT, WHERE and ORDER BY only.")
            }
            (Function::Grouping, Clause::Where | Clause::GroupBy) => {
                format!("{name} may stand in SELECT, HAVING and ORDER BY only.")
            }
            (Function::Grouping, _) if !level.has_subtotals => {
                format!("{name} needs GROUP BY ROLLUP or GROUP BY CUBE.")
            }
            _ => return Ok(()),
        };
        Err(self.malformed(call.name.position, &problem))
    }

    fn aggregate(
        &mut self,
        level: &mut Level<'a>,
        call: &Call,
        name: &'static str,
        function: Aggregate,
    ) -> Result<Typed<'a>> {
        let [Arg::Expr(ast::Expr::Path(path))] = call.args.as_slice() else {
            return Err(self.malformed(call.name.position, &format!("{name} takes one field, as in {name}(Id).")));
        };
        let argument = self.path(level, path)?;
        self.check_sealed_aggregate(&argument, function, name)?;
        let numbers_only = matches!(function, Aggregate::Sum | Aggregate::Avg);
        let is_number = matches!(argument.kind, ValueKind::Int | ValueKind::Number);
        let allowed = match argument.field {
            Some(field) => field.data_type().is_aggregatable(),
            None => argument.kind != ValueKind::Bool,
        };
        if !allowed || (numbers_only && !is_number) {
            let message = format!("field {} does not support aggregate operator {name}", argument.name);
            return Err(self.invalid_field(argument.position, &message));
        }
        let kind = aggregate_kind(function, argument.kind);
        // MIN and MAX of a field have the field's own type.
        let field = argument.field.filter(|_| matches!(function, Aggregate::Min | Aggregate::Max));
        let position = call.name.position;
        let expr = Expr::Aggregate { function, argument: Some(Box::new(argument.expr)), position: position.0 };
        Ok(Typed { expr, kind, name, field, from_sealed: false, position })
    }

    fn date_function(
        &mut self,
        level: &mut Level<'a>,
        call: &Call,
        name: &'static str,
        function: DateFunction,
        clause: Clause,
    ) -> Result<Typed<'a>> {
        let (path, zone) = match call.args.as_slice() {
            [Arg::Expr(ast::Expr::Path(path))] => (path, DateZone::Utc),
            [Arg::Expr(ast::Expr::Call(inner))] if inner.name.is("convertTimezone") => match inner.args.as_slice() {
                [Arg::Expr(ast::Expr::Path(path))] => (path, DateZone::User),
                _ => {
                    return Err(self.malformed(inner.name.position, "convertTimezone takes one date and time field."));
                }
            },
            _ => {
                return Err(self.malformed(call.name.position, &format!("{name} takes one date field.")));
            }
        };
        let argument = self.path(level, path)?;
        self.refuse_sealed(&argument, name)?;
        if clause == Clause::Where {
            self.check_use(&argument, clause)?;
        }
        let needs_time = zone == DateZone::User || matches!(function, DateFunction::HourInDay | DateFunction::DayOnly);
        let fits = argument.kind == ValueKind::DateTime || (argument.kind == ValueKind::Date && !needs_time);
        if !fits {
            let wanted = if needs_time { "a date and time field" } else { "a date, or date and time, field" };
            let message = format!("field '{}' can not be used in {name}, which takes {wanted}", argument.name);
            return Err(self.invalid_field(argument.position, &message));
        }
        let expr = Expr::Date { function, argument: Box::new(argument.expr), zone };
        Ok(Typed {
            expr,
            kind: date_function_kind(function),
            name,
            field: None,
            from_sealed: false,
            position: call.name.position,
        })
    }

    fn label(&mut self, level: &mut Level<'a>, call: &Call, clause: Clause) -> Result<Typed<'a>> {
        let [Arg::Expr(ast::Expr::Path(path))] = call.args.as_slice() else {
            return Err(self.malformed(call.name.position, "toLabel takes one picklist field."));
        };
        let argument = self.path(level, path)?;
        if clause != Clause::Select {
            self.refuse_sealed(&argument, "toLabel")?;
        }
        let is_list = argument.field.is_some_and(|field| {
            matches!(field.data_type().value_type(), FieldType::Picklist { .. } | FieldType::MultiPicklist { .. })
        });
        match argument.expr {
            Expr::Field(field) if is_list => {
                // A label is compared as text, also that of several values.
                let (kind, name) = (ValueKind::Text, argument.name);
                Ok(Typed {
                    expr: Expr::ToLabel(field),
                    kind,
                    name,
                    field: None,
                    from_sealed: false,
                    position: argument.position,
                })
            }
            _ => {
                let message =
                    format!("field '{}' can not be used in toLabel, which takes a picklist field", argument.name);
                Err(self.invalid_field(argument.position, &message))
            }
        }
    }

    /// `format(…)` and `convertCurrency(…)`: around a field, an aggregate, or for format a converted currency.
    fn rendered(
        &mut self,
        level: &mut Level<'a>,
        call: &Call,
        name: &'static str,
        function: Function,
    ) -> Result<Typed<'a>> {
        let [Arg::Expr(inner)] = call.args.as_slice() else {
            return Err(self.malformed(call.name.position, &format!("{name} takes one field or aggregate function.")));
        };
        let argument = self.expr(level, inner, Clause::Select)?;
        let converts = matches!(function, Function::ConvertCurrency);
        let fits = match &argument.expr {
            Expr::Field(_) if converts => is_currency(&argument),
            Expr::Aggregate { argument: Some(_), .. } if converts => argument.kind == ValueKind::Number,
            Expr::Field(_) => argument.kind != ValueKind::Compound,
            Expr::Aggregate { .. } | Expr::ConvertCurrency(_) => !converts,
            _ => false,
        };
        if !fits {
            let wanted = if converts { "a currency field" } else { "a field or an aggregate function" };
            let message = format!("field '{}' can not be used in {name}, which takes {wanted}", argument.name);
            return Err(self.invalid_field(argument.position, &message));
        }
        let inner = Box::new(argument.expr);
        let (expr, kind) = if converts {
            (Expr::ConvertCurrency(inner), ValueKind::Number)
        } else {
            (Expr::Format(inner), ValueKind::Text)
        };
        Ok(Typed { expr, kind, name: argument.name, field: None, from_sealed: false, position: argument.position })
    }

    fn grouping(&mut self, level: &mut Level<'a>, call: &Call) -> Result<Typed<'a>> {
        let [Arg::Expr(inner)] = call.args.as_slice() else {
            return Err(self.malformed(call.name.position, "GROUPING takes one field of GROUP BY."));
        };
        let argument = self.expr(level, inner, Clause::Having)?;
        if !level.keys.iter().any(|key| key.is_same(&argument.expr)) {
            let message = format!("GROUPING takes a field of GROUP BY, and {} is none.", argument.name);
            return Err(self.malformed(argument.position, &message));
        }
        let (name, position) = ("GROUPING", call.name.position);
        Ok(Typed {
            expr: Expr::Grouping(Box::new(argument.expr)),
            kind: ValueKind::Int,
            name,
            field: None,
            from_sealed: false,
            position,
        })
    }

    /// `DISTANCE(address or location, GEOLOCATION(latitude, longitude), 'mi' | 'km')`.
    fn distance(&mut self, level: &mut Level<'a>, call: &Call) -> Result<Typed<'a>> {
        let position = call.name.position;
        let usage = "DISTANCE is written DISTANCE(location, GEOLOCATION(latitude, longitude), 'mi'), or 'km'.";
        let [Arg::Expr(ast::Expr::Path(path)), Arg::Expr(ast::Expr::Call(point)), Arg::Literal(unit)] =
            call.args.as_slice()
        else {
            return Err(self.malformed(position, usage));
        };
        let unit = match &unit.value {
            LiteralValue::Text(text) if text.eq_ignore_ascii_case("mi") => DistanceUnit::Miles,
            LiteralValue::Text(text) if text.eq_ignore_ascii_case("km") => DistanceUnit::Kilometres,
            _ => return Err(self.malformed(unit.position, "The unit of DISTANCE is 'mi' or 'km'.")),
        };
        let (to_latitude, to_longitude) = match (point.name.is("GEOLOCATION"), point.args.as_slice()) {
            (true, [Arg::Literal(latitude), Arg::Literal(longitude)]) => {
                (self.degrees(latitude, 90)?, self.degrees(longitude, 180)?)
            }
            _ => return Err(self.malformed(point.name.position, usage)),
        };
        let argument = self.path(level, path)?;
        let names = match argument.field.map(FieldSchema::data_type) {
            Some(FieldType::Compound(compound)) => compound.coordinate_names(argument.name),
            _ => None,
        };
        let (Expr::Field(field), Some([latitude, longitude])) = (&argument.expr, names) else {
            let message =
                format!("field '{}' can not be used in DISTANCE, which takes an address or a location", argument.name);
            return Err(self.invalid_field(argument.position, &message));
        };
        let latitude = self.coordinate(level, field, &latitude)?;
        let longitude = self.coordinate(level, field, &longitude)?;
        let expr = Expr::Distance { latitude, longitude, to_latitude, to_longitude, unit };
        Ok(Typed { expr, kind: ValueKind::Number, name: "DISTANCE", field: None, from_sealed: false, position })
    }

    /// A field beside that of an address or a location.
    fn coordinate(&self, level: &Level<'a>, whole: &FieldRef, name: &str) -> Result<FieldRef> {
        let missing = |entity| error::no_such_column(self.text, whole.position, name, entity);
        let Target::Object(object) = level.sources[whole.source.index()].target else {
            return Err(missing("Name"));
        };
        let object = self.schema.object(object);
        let field = self.find_field(object, name).ok_or_else(|| missing(object.name()))?;
        if field.is_sealed() {
            let position = ast::Position(whole.position);
            return Err(self.not_over_sealed(field.name(), "encrypted", "DISTANCE", position));
        }
        Ok(FieldRef { field: field.ix, ..whole.clone() })
    }

    fn degrees(&self, literal: &ast::Literal, most: i64) -> Result<Decimal> {
        match &literal.value {
            LiteralValue::Number(degrees) if degrees.abs() <= Decimal::from(most) => Ok(*degrees),
            _ => Err(self.malformed(literal.position, &format!("Degrees here are a number from -{most} to {most}."))),
        }
    }
}

/// Some functions have their place inside others or as the whole of an item.
fn misplaced_or_unknown(call: &Call) -> String {
    for (name, place) in [
        ("convertTimezone", "inside a date function only, as in HOUR_IN_DAY(convertTimezone(CreatedDate))"),
        ("GEOLOCATION", "inside DISTANCE only"),
        ("FIELDS", "in SELECT only, and not inside another function"),
    ] {
        if call.name.is(name) {
            return format!("{name} may stand {place}.");
        }
    }
    format!("unknown function: {}", call.name.text)
}

fn is_currency(typed: &Typed<'_>) -> bool {
    typed.field.is_some_and(|field| matches!(field.data_type().value_type(), FieldType::Currency { .. }))
}
