//! What holds of every plan: each index points into the schema and the plan, each source hangs on one before it, each
//! (sub-)query has a number of its own, each position lies in the text.

use model::{FieldIx, ObjectIx};
use soql::plan::{Cond, Expr, FieldRef, Output, ResolvedPlan, Select, SelectKind, Target};
use std::collections::HashSet;

pub(crate) fn check(plan: &ResolvedPlan) {
    Check { plan, ids: HashSet::new() }.select(&plan.select);
}

struct Check<'a> {
    plan: &'a ResolvedPlan,
    ids: HashSet<u32>,
}

impl Check<'_> {
    fn select(&mut self, select: &Select) {
        assert!(self.ids.insert(select.id.0), "two queries are number {}", select.id.0);
        assert!(select.sources[0].via.is_none());
        for (at, source) in select.sources.iter().enumerate() {
            self.position(source.position);
            if let Some((from, field)) = source.via {
                assert!(from.index() < at, "a source hangs on a later one");
                let Target::Object(object) = select.source(from).target else {
                    panic!("a source hangs on several objects")
                };
                let targets = &self.plan.schema.object(object).field(field).targets;
                match &source.target {
                    Target::Object(object) => assert_eq!(targets, &[*object]),
                    Target::AnyOf(objects) => assert_eq!(targets, objects),
                }
            } else {
                assert_eq!(at, 0, "two roots");
            }
        }
        if let SelectKind::Groups { keys, .. } = &select.kind {
            keys.iter().for_each(|key| self.expr(select, key));
        }
        for output in &select.output {
            match output {
                Output::Field { expr, path } => {
                    assert!(!path.is_empty() && path.iter().all(|step| !step.is_empty()));
                    self.expr(select, expr);
                }
                Output::Named { expr, alias } => {
                    assert!(!alias.is_empty());
                    self.expr(select, expr);
                }
                Output::Children { name, select: children, link } => {
                    assert!(!name.is_empty());
                    self.field(children.object(), *link);
                    self.select(children);
                }
                Output::TypeOf { source, name, arms, otherwise } => {
                    assert!(!name.is_empty());
                    assert!(matches!(select.source(*source).target, Target::AnyOf(_)));
                    for arm in arms {
                        self.position(arm.position);
                        arm.fields.iter().for_each(|field| self.field(arm.object, *field));
                    }
                    otherwise.iter().for_each(|field| self.name_fields(&field.fields));
                }
            }
        }
        for cond in select.filter.iter().chain(&select.having) {
            self.cond(select, cond);
        }
        select.order_by.iter().for_each(|sort| self.expr(select, &sort.expr));
    }

    fn cond(&mut self, select: &Select, cond: &Cond) {
        match cond {
            Cond::And(parts) | Cond::Or(parts) => parts.iter().for_each(|part| self.cond(select, part)),
            Cond::Not(inner) => self.cond(select, inner),
            Cond::Compare { left, .. } | Cond::In { left, .. } | Cond::Like { left, .. } => self.expr(select, left),
            Cond::Includes { left, groups, .. } => {
                assert!(groups.iter().all(|group| !group.is_empty()));
                self.field_ref(select, left);
            }
            Cond::SemiJoin { left, select: inside, inner, .. } => {
                self.expr(select, left);
                self.select(inside);
                self.field_ref(inside, inner);
            }
            Cond::TypeIs { source, objects, .. } => {
                let Target::AnyOf(targets) = &select.source(*source).target else { panic!("a type of one object") };
                assert!(objects.iter().all(|object| targets.contains(object)));
            }
        }
    }

    fn expr(&self, select: &Select, expr: &Expr) {
        match expr {
            Expr::Field(field) | Expr::ToLabel(field) => self.field_ref(select, field),
            Expr::NameField { source, fields, position, .. } => {
                self.position(*position);
                assert!(matches!(select.source(*source).target, Target::AnyOf(_)));
                self.name_fields(fields);
            }
            Expr::TypeName { source, position } => {
                self.position(*position);
                assert!(matches!(select.source(*source).target, Target::AnyOf(_)));
            }
            Expr::Date { argument, .. } => self.expr(select, argument),
            Expr::Aggregate { argument, position, .. } => {
                self.position(*position);
                argument.iter().for_each(|argument| self.expr(select, argument));
            }
            Expr::Grouping(inner) | Expr::Format(inner) | Expr::ConvertCurrency(inner) => self.expr(select, inner),
            Expr::Distance { latitude, longitude, .. } => {
                assert_eq!(latitude.source, longitude.source);
                self.field_ref(select, latitude);
                self.field_ref(select, longitude);
            }
        }
    }

    fn field_ref(&self, select: &Select, field: &FieldRef) {
        self.position(field.position);
        match select.source(field.source).target {
            Target::Object(object) => self.field(object, field.field),
            Target::AnyOf(_) => panic!("a plain field of several objects"),
        }
    }

    fn name_fields(&self, fields: &[(ObjectIx, Option<FieldIx>)]) {
        for (object, field) in fields {
            field.iter().for_each(|field| self.field(*object, *field));
        }
    }

    fn field(&self, object: ObjectIx, field: FieldIx) {
        assert!(field.index() < self.plan.schema.object(object).fields.len());
    }

    fn position(&self, position: u32) {
        assert!(self.plan.text.is_char_boundary(position as usize));
    }
}
