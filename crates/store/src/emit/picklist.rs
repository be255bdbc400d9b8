//! What a picklist is beside its text: values in an order of their own, with labels.

use super::Emitter;
use crate::driver::Param;
use model::schema::PicklistValue;
use model::{FieldType, Result, text};
use soql::plan::{Aggregate, Expr, FieldRef, Select};

/// One of the keys that an expression sorts by.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum SortForm {
    /// The place of a picklist value in its list.
    Place,
    Value,
}

impl<'a> Emitter<'a> {
    /// The listed values of an expression that is a picklist field; `None` for anything else.
    pub(super) fn picklist_values(&self, select: &Select, expr: &Expr) -> Result<Option<&'a [PicklistValue]>> {
        let Expr::Field(field) = expr else { return Ok(None) };
        let values = self.field(select, field)?.data_type().picklist_values();
        Ok((!values.is_empty()).then_some(values))
    }

    /// The forms in which an expression sorts, the first deciding: a picklist by its place in the list, then by text.
    pub(super) fn sort_forms(&self, select: &Select, expr: &Expr) -> Result<&'static [SortForm]> {
        let listed = match expr {
            Expr::Aggregate { function: Aggregate::Min | Aggregate::Max, argument: Some(argument), .. } => argument,
            other => other,
        };
        let is_listed = self.picklist_values(select, listed)?.is_some();
        Ok(if is_listed { &[SortForm::Place, SortForm::Value] } else { &[SortForm::Value] })
    }

    pub(super) fn sort_form(&mut self, select: &Select, expr: &Expr, form: SortForm) -> Result<()> {
        match (form, expr) {
            (SortForm::Place, Expr::Aggregate { function, argument: Some(argument), .. }) => {
                let values = self.picklist_values(select, argument)?.unwrap_or_default();
                self.out.push(if *function == Aggregate::Min { "MIN(" } else { "MAX(" });
                self.over_groups(false, |emitter| emitter.place(select, argument, values))?;
                self.out.push(")");
                Ok(())
            }
            (SortForm::Place, expr) => {
                let values = self.picklist_values(select, expr)?.unwrap_or_default();
                self.place(select, expr, values)
            }
            (SortForm::Value, expr) => self.sortable(select, expr),
        }
    }

    /// An expression in the form in which it sorts, a picklist by its text.
    fn sortable(&mut self, select: &Select, expr: &Expr) -> Result<()> {
        self.expr(select, expr)?;
        let is_aggregate_number = matches!(
            expr,
            Expr::Aggregate { function: Aggregate::Count | Aggregate::CountDistinct | Aggregate::Avg, .. }
        );
        if !is_aggregate_number && self.codec(select, expr)?.is_text() && !self.is_sqlite() {
            self.out.push(" COLLATE hf_order");
        }
        Ok(())
    }

    /// The place of a group with a picklist key. Its texts fold alike, so the place of one is that of all, and is looked
    /// up once for each group and not for each row.
    pub(super) fn place_of_group(&mut self, select: &Select, key: &Expr) -> Result<()> {
        let values = self.picklist_values(select, key)?.unwrap_or_default();
        let folded = |emitter: &mut Self| {
            emitter.out.push(if emitter.is_sqlite() { "" } else { "hf_fold(" });
            emitter.least(select, key)?;
            emitter.out.push(if emitter.is_sqlite() { " COLLATE HF" } else { ")" });
            Ok(())
        };
        self.place_by(values, folded, |emitter| emitter.least(select, key))
    }

    fn place(&mut self, select: &Select, expr: &Expr, values: &[PicklistValue]) -> Result<()> {
        self.place_by(values, |emitter| emitter.folded(select, expr, true), |emitter| emitter.expr(select, expr))
    }

    /// The place in the list; values outside the list share the one after it.
    fn place_by(
        &mut self,
        values: &[PicklistValue],
        folded: impl FnOnce(&mut Self) -> Result<()>,
        plain: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.out.push("CASE ");
        folded(self)?;
        for (at, value) in values.iter().enumerate() {
            self.out.push(" WHEN ");
            self.bind_folded(&value.value);
            self.out.push(&format!(" THEN {at}"));
        }
        self.out.push(" ELSE CASE WHEN ");
        plain(self)?;
        self.out.push(&format!(" IS NULL THEN NULL ELSE {} END END", values.len()));
        Ok(())
    }

    /// MIN or MAX of a picklist: the listed value at the outermost place, or the outermost text outside the list.
    pub(super) fn picklist_extreme(&mut self, select: &Select, argument: &Expr, smallest: bool) -> Result<()> {
        let values = self.picklist_values(select, argument)?.unwrap_or_default();
        let function = if smallest { "MIN(" } else { "MAX(" };
        self.out.push("CASE ");
        self.out.push(function);
        self.place(select, argument, values)?;
        self.out.push(")");
        for (at, value) in values.iter().enumerate() {
            self.out.push(&format!(" WHEN {at} THEN "));
            self.out.bind(value.value.as_str().into());
        }
        // Only a group that holds a value outside the list gets here, and of MIN one that holds no other.
        self.out.push(" ELSE ");
        self.out.push(function);
        self.out.push("CASE WHEN ");
        self.place(select, argument, values)?;
        self.out.push(&format!(" = {} THEN ", values.len()));
        self.expr(select, argument)?;
        self.out.push(if self.is_sqlite() { " END COLLATE HF) END COLLATE HF" } else { " END COLLATE hf_order) END" });
        Ok(())
    }

    /// `toLabel(field)`: the label of the value, of each value of a multi-select.
    pub(super) fn label(&mut self, select: &Select, field: &FieldRef) -> Result<()> {
        let data_type = self.field(select, field)?.data_type();
        let values: Vec<_> = data_type.picklist_values().iter().filter(|value| value.label != value.value).collect();
        if values.is_empty() {
            return self.field_column(select, field);
        }
        if matches!(data_type.value_type(), FieldType::MultiPicklist { .. }) {
            return self.labels(select, field, &values);
        }
        let column = Expr::Field(field.clone());
        self.out.push("CASE ");
        self.folded(select, &column, true)?;
        for value in values {
            self.out.push(" WHEN ");
            self.bind_folded(&value.value);
            self.out.push(" THEN ");
            self.out.bind(value.label.as_str().into());
        }
        self.out.push(" ELSE ");
        self.field_column(select, field)?;
        self.out.push(if self.is_sqlite() { " END COLLATE HF" } else { " END" });
        Ok(())
    }

    fn labels(&mut self, select: &Select, field: &FieldRef, values: &[&PicklistValue]) -> Result<()> {
        let keys = Param::Texts(values.iter().map(|value| text::fold(&value.value)).collect());
        let labels = Param::Texts(values.iter().map(|value| value.label.clone()).collect());
        if self.is_sqlite() {
            self.out.push("hf_labels(");
            self.field_column(select, field)?;
            self.out.push(", ");
            self.out.bind(keys);
            self.out.push(", ");
            self.out.bind(labels);
            self.out.push(") COLLATE HF");
            return Ok(());
        }
        self.out.push("(SELECT string_agg(COALESCE(l.label, v.value), ';' ORDER BY v.at) FROM unnest(string_to_array(");
        self.field_column(select, field)?;
        self.out.push(", ';')) WITH ORDINALITY AS v (value, at) LEFT JOIN unnest(");
        self.out.bind(keys);
        self.out.push(", ");
        self.out.bind(labels);
        self.out.push(") AS l (value, label) ON l.value = hf_fold(v.value))");
        Ok(())
    }

    fn bind_folded(&mut self, value: &str) {
        let folded = if self.is_sqlite() { value.to_owned() } else { text::fold(value) };
        self.out.bind(folded.into());
    }
}
