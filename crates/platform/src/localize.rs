//! `format()`: values as text in the locale and zone of whoever asks.

use crate::ctx::Ctx;
use model::{FieldSchema, FieldType, Value};
use render::ColumnKind;
use render::format::{Formats, Locale, currency_scale};
use soql::plan::{Aggregate, Expr, Output, ResolvedPlan, Select, Target};
use store::{Cell, RecordRow};

impl Ctx {
    /// Turns what `format()` surrounds into text, in records and in their lists of children.
    pub(crate) fn localize_records(&self, plan: &ResolvedPlan, rows: &mut [RecordRow]) {
        self.localize_level(plan, &plan.select, rows);
    }

    fn localize_level(&self, plan: &ResolvedPlan, select: &Select, rows: &mut [RecordRow]) {
        for (at, output) in select.output.iter().enumerate() {
            if let Some(inner) = formatted(output) {
                let kind = self.column_kind(plan, select, inner);
                for row in &mut *rows {
                    if let Cell::Value(value) = &mut row.cells[at] {
                        self.localize(value, &kind);
                    }
                }
            } else if let Output::Children { select: children, .. } = output {
                for row in &mut *rows {
                    if let Cell::Children(children_rows) = &mut row.cells[at] {
                        self.localize_level(plan, children, children_rows);
                    }
                }
            }
        }
    }

    /// The same for groups.
    pub(crate) fn localize_groups(&self, plan: &ResolvedPlan, groups: &mut [Vec<Value>]) {
        for (at, output) in plan.select.output.iter().enumerate() {
            let Some(inner) = formatted(output) else { continue };
            let kind = self.column_kind(plan, &plan.select, inner);
            groups.iter_mut().for_each(|group| self.localize(&mut group[at], &kind));
        }
    }

    fn localize(&self, value: &mut Value, kind: &ColumnKind) {
        if value.is_null() {
            return;
        }
        let formats = Formats::new(Locale::find(&self.user().locale).unwrap_or_default());
        *value = Value::Text(formats.value(value, kind, Some(&self.user().zone)));
    }

    fn column_kind(&self, plan: &ResolvedPlan, select: &Select, expr: &Expr) -> ColumnKind {
        match expr {
            Expr::ConvertCurrency(inner) => self.column_kind(plan, select, inner),
            Expr::Aggregate { function: Aggregate::Count | Aggregate::CountDistinct, .. } => {
                ColumnKind::Number { scale: 0 }
            }
            Expr::Aggregate { argument: Some(argument), .. } => self.column_kind(plan, select, argument),
            Expr::Field(field) => match select.source(field.source).target {
                Target::Object(object) => self.kind_of_field(plan.schema.object(object).field(field.field)),
                Target::AnyOf(_) => ColumnKind::Text,
            },
            _ => ColumnKind::Text,
        }
    }

    fn kind_of_field(&self, field: &FieldSchema) -> ColumnKind {
        let data_type = field.data_type().value_type();
        let own = self.settings().currency.clone();
        match data_type {
            // An amount kept with other places than its currency has shows those.
            FieldType::Currency { scale, .. } if *scale == currency_scale(&own) => ColumnKind::Currency { code: own },
            FieldType::Percent { scale, .. } => ColumnKind::Percent { scale: *scale },
            other if other.is_number() => ColumnKind::Number { scale: other.scale() },
            _ => ColumnKind::Text,
        }
    }
}

fn formatted(output: &Output) -> Option<&Expr> {
    match output {
        Output::Field { expr: Expr::Format(inner), .. } | Output::Named { expr: Expr::Format(inner), .. } => {
            Some(inner)
        }
        _ => None,
    }
}
