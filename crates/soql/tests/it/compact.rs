//! A plan in a few readable lines, for snapshots.

use model::{FieldIx, ObjectIx, OrgSchema, Value};
use soql::plan::{
    Cond, DateZone, Expr, FieldRef, GroupMode, Operand, Output, ResolvedPlan, RowScope, Select, SelectKind, SourceIx,
    Target,
};
use std::fmt::Write as _;

pub(crate) fn compact(plan: &ResolvedPlan) -> String {
    let mut printer = Printer { schema: &plan.schema, out: String::new() };
    printer.select(&plan.select, 0);
    printer.out
}

struct Printer<'a> {
    schema: &'a OrgSchema,
    out: String,
}

impl Printer<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{}{text}", "  ".repeat(depth));
    }

    fn select(&mut self, select: &Select, depth: usize) {
        let mut flags = String::new();
        for (set, flag) in [
            (select.rows == RowScope::WithDeleted, " with deleted"),
            (select.mine, " mine"),
            (select.for_view, " for view"),
            (select.for_reference, " for reference"),
        ] {
            if set {
                flags.push_str(flag);
            }
        }
        let kind = match &select.kind {
            SelectKind::Records => "records".to_owned(),
            SelectKind::Count => "count".to_owned(),
            SelectKind::Groups { keys, mode } => {
                let mode = match mode {
                    GroupMode::Plain => "groups",
                    GroupMode::Rollup => "rollup",
                    GroupMode::Cube => "cube",
                };
                let keys: Vec<_> = keys.iter().map(|key| self.expr(select, key)).collect();
                format!("{mode} [{}]", keys.join(", "))
            }
        };
        self.line(depth, &format!("#{} {kind} of {}{flags}", select.id.0, self.object(select.object())));
        for at in 1..select.sources.len() {
            let ix = SourceIx(u32::try_from(at).expect("few sources"));
            let target = match &select.source(ix).target {
                Target::Object(object) => self.object(*object).to_owned(),
                Target::AnyOf(objects) => self.objects(objects),
            };
            let text = format!("source {} = {target} at {}", self.source(select, ix), select.source(ix).position);
            self.line(depth + 1, &text);
        }
        for output in &select.output {
            self.output(select, output, depth + 1);
        }
        if let Some(filter) = &select.filter {
            self.cond(select, "where", filter, depth + 1);
        }
        if let Some(having) = &select.having {
            self.cond(select, "having", having, depth + 1);
        }
        for sort in &select.order_by {
            let direction = if sort.descending { "desc" } else { "asc" };
            let nulls = if sort.nulls_last { "nulls last" } else { "nulls first" };
            self.line(depth + 1, &format!("order {} {direction} {nulls}", self.expr(select, &sort.expr)));
        }
        if let Some(limit) = select.limit {
            self.line(depth + 1, &format!("limit {limit}"));
        }
        if select.offset > 0 {
            self.line(depth + 1, &format!("offset {}", select.offset));
        }
    }

    fn output(&mut self, select: &Select, output: &Output, depth: usize) {
        match output {
            Output::Field { expr, path } => {
                let (expr, path) = (self.expr(select, expr), path.join("."));
                self.line(depth, &if expr == path { expr } else { format!("{path}: {expr}") });
            }
            Output::Named { expr, alias } => {
                let text = format!("{alias} = {}", self.expr(select, expr));
                self.line(depth, &text);
            }
            Output::Children { name, select: children, link } => {
                let link = self.field(children.object(), *link).to_owned();
                self.line(depth, &format!("{name} by {link}:"));
                self.select(children, depth + 1);
            }
            Output::TypeOf { source, name, arms, otherwise } => {
                self.line(depth, &format!("{name} = typeof {}", self.source(select, *source)));
                for arm in arms {
                    let fields: Vec<_> = arm.fields.iter().map(|field| self.field(arm.object, *field)).collect();
                    let text = format!("{}: {}", self.object(arm.object), fields.join(", "));
                    self.line(depth + 1, &text);
                }
                let names: Vec<_> =
                    otherwise.iter().map(|field| format!("{}{}", field.name, self.per_object(&field.fields))).collect();
                if !names.is_empty() {
                    self.line(depth + 1, &format!("else: {}", names.join(", ")));
                }
            }
        }
    }

    fn cond(&mut self, select: &Select, label: &str, cond: &Cond, depth: usize) {
        let lead = if label.is_empty() { String::new() } else { format!("{label} ") };
        let (word, parts) = match cond {
            Cond::And(parts) => ("and", parts.iter().collect::<Vec<_>>()),
            Cond::Or(parts) => ("or", parts.iter().collect()),
            Cond::Not(inner) => ("not", vec![&**inner]),
            Cond::SemiJoin { left, select: inner_select, inner, negated } => {
                let not = if *negated { "not " } else { "" };
                let (left, inner) = (self.expr(select, left), self.field_ref(inner_select, inner));
                self.line(depth, &format!("{lead}{left} {not}in {inner} of"));
                return self.select(inner_select, depth + 1);
            }
            test => {
                let text = self.test(select, test);
                return self.line(depth, &format!("{lead}{text}"));
            }
        };
        self.line(depth, &format!("{lead}{word}"));
        for part in parts {
            self.cond(select, "", part, depth + 1);
        }
    }

    fn test(&self, select: &Select, cond: &Cond) -> String {
        let not = |negated: &bool| if *negated { "not " } else { "" };
        match cond {
            Cond::Compare { left, op, right } => {
                format!("{} {} {}", self.expr(select, left), op.symbol(), operand(right))
            }
            Cond::In { left, values, negated } => {
                let values: Vec<_> = values.iter().map(operand).collect();
                format!("{} {}in [{}]", self.expr(select, left), not(negated), values.join(", "))
            }
            Cond::Like { left, pattern, negated } => {
                format!("{} {}like {pattern:?}", self.expr(select, left), not(negated))
            }
            Cond::Includes { left, groups, negated } => {
                format!("{} {}includes {groups:?}", self.field_ref(select, left), not(negated))
            }
            Cond::TypeIs { source, objects, negated } => {
                format!("type of {} {}in {}", self.source(select, *source), not(negated), self.objects(objects))
            }
            Cond::And(_) | Cond::Or(_) | Cond::Not(_) | Cond::SemiJoin { .. } => unreachable!("printed over lines"),
        }
    }

    fn expr(&self, select: &Select, expr: &Expr) -> String {
        match expr {
            Expr::Field(field) => self.field_ref(select, field),
            Expr::NameField { source, name, fields, .. } => {
                format!("{}.{name}{}", self.source(select, *source), self.per_object(fields))
            }
            Expr::TypeName { source, .. } => format!("{}.Type", self.source(select, *source)),
            Expr::Date { function, argument, zone } => {
                let zone = if *zone == DateZone::User { " in user's zone" } else { "" };
                format!("{function:?}({}{zone})", self.expr(select, argument))
            }
            Expr::Aggregate { function, argument, .. } => {
                let argument = argument.as_ref().map(|inner| self.expr(select, inner)).unwrap_or_default();
                format!("{function:?}({argument})")
            }
            Expr::Grouping(inner) => format!("Grouping({})", self.expr(select, inner)),
            Expr::ToLabel(field) => format!("ToLabel({})", self.field_ref(select, field)),
            Expr::Format(inner) => format!("Format({})", self.expr(select, inner)),
            Expr::ConvertCurrency(inner) => format!("ConvertCurrency({})", self.expr(select, inner)),
            Expr::Distance { latitude, longitude, to_latitude, to_longitude, unit } => format!(
                "Distance({}, {} to {to_latitude}, {to_longitude} in {unit:?})",
                self.field_ref(select, latitude),
                self.field_ref(select, longitude)
            ),
        }
    }

    fn field_ref(&self, select: &Select, field: &FieldRef) -> String {
        let Target::Object(object) = select.source(field.source).target else {
            return "a field of several objects".to_owned();
        };
        let name = self.field(object, field.field);
        if field.source == SourceIx::ROOT {
            name.to_owned()
        } else {
            format!("{}.{name}", self.source(select, field.source))
        }
    }

    /// The steps that lead to a source.
    fn source(&self, select: &Select, ix: SourceIx) -> String {
        let Some((from, via)) = select.source(ix).via else { return self.object(select.object()).to_owned() };
        let Target::Object(object) = select.source(from).target else { return "?".to_owned() };
        let reference = self.schema.object(object).field(via).data_type().as_reference();
        let step = reference.and_then(|reference| reference.relationship.clone()).unwrap_or_default();
        if from == SourceIx::ROOT { step } else { format!("{}.{step}", self.source(select, from)) }
    }

    fn per_object(&self, fields: &[(ObjectIx, Option<FieldIx>)]) -> String {
        let each: Vec<_> = fields
            .iter()
            .map(|(object, field)| {
                let field = field.map_or("none", |field| self.field(*object, field));
                format!("{}.{field}", self.object(*object))
            })
            .collect();
        format!("<{}>", each.join(" "))
    }

    fn objects(&self, objects: &[ObjectIx]) -> String {
        let names: Vec<_> = objects.iter().map(|object| self.object(*object)).collect();
        format!("{{{}}}", names.join(", "))
    }

    fn object(&self, ix: ObjectIx) -> &str {
        self.schema.object(ix).name()
    }

    fn field(&self, object: ObjectIx, field: FieldIx) -> &str {
        self.schema.object(object).field(field).name()
    }
}

fn operand(operand: &Operand) -> String {
    match operand {
        Operand::Value(Value::Null) => "null".to_owned(),
        Operand::Value(Value::Text(text)) => format!("{text:?}"),
        Operand::Value(value) => {
            let debug = format!("{value:?}");
            let kind = debug.split('(').next().unwrap_or_default();
            format!("{kind} {}", value.to_plain())
        }
        Operand::Range { start, end } => format!("[{}, {})", start.to_plain(), end.to_plain()),
    }
}
