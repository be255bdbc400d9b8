//! A column computed from the other columns of its row, in the language of formula fields.

use super::base::{Base, ColumnAt};
use super::{BoundColumn, Surroundings};
use crate::definition::{RowFormula, RowFormulaType, refused};
use formula::{Change, CompileOptions, EvalContext, FieldResolver, Formula, ResolvedField};
use model::schema::{Blanks, FieldType, Sealing};
use model::{Result, Value};
use std::cell::{Cell, RefCell};

/// Decimal places where the formula does not say.
const DECIMAL_PLACES: u8 = 2;
const MAX_DECIMAL_PLACES: u8 = 18;

#[derive(Debug)]
pub(crate) struct BoundRowFormula {
    formula: Formula,
    /// The inputs behind the fields that it reads.
    inputs: Vec<usize>,
    /// Rows for which it has no value, and what the first of them said.
    failed: Cell<u64>,
    fault: RefCell<String>,
}

/// The columns that a formula may read, noting what it asks for.
struct Columns<'b, 'a> {
    base: RefCell<&'b mut Base<'a>>,
    property: String,
    read: RefCell<Vec<BoundColumn>>,
    unreadable: RefCell<Option<model::Error>>,
}

impl FieldResolver for Columns<'_, '_> {
    fn resolve(&self, path: &[&str]) -> Option<ResolvedField> {
        let name = path.join(".");
        let bound = self.base.borrow_mut().readable(&self.property, &name);
        let column = match bound {
            Ok(column) => column,
            Err(error) => {
                self.unreadable.borrow_mut().get_or_insert(error);
                return None;
            }
        };
        let ColumnAt::Input(Some(_)) = column.at else { return None };
        let found = ResolvedField { path: vec![column.path.clone()], data_type: column.data_type.clone(), home: None };
        self.read.borrow_mut().push(column);
        Some(found)
    }
}

impl BoundRowFormula {
    /// # Errors
    /// Names the property for a formula that cannot be read, or that reads what is not there.
    pub(super) fn bind(base: &mut Base<'_>, given: &RowFormula, property: &str) -> Result<(BoundColumn, Self)> {
        let property = format!("{property}.formula");
        let returns = returns(given.formula_type, given.decimal_places, &property)?;
        let options = CompileOptions { blanks: Blanks::AsZero, returns: Some(returns.clone()), ..Default::default() };
        let at = ColumnAt::Derived(base.next_derived());
        let columns = Columns {
            base: RefCell::new(base),
            property: property.clone(),
            read: RefCell::default(),
            unreadable: RefCell::default(),
        };
        let compiled = formula::compile(&given.formula, &columns, &options);
        let formula = match (compiled, columns.unreadable.into_inner()) {
            (_, Some(error)) => return Err(error),
            (Err(error), None) => return Err(refused(&property, error)),
            (Ok(formula), None) => formula,
        };
        let read = columns.read.into_inner();
        let mut inputs = Vec::with_capacity(formula.fields().len());
        let mut sealing = Sealing::None;
        for field in formula.fields() {
            let column = read.iter().find(|column| field.path.first() == Some(&column.path));
            let Some(BoundColumn { at: ColumnAt::Input(Some(input)), sealing: own, .. }) = column else {
                return Err(model::Error::internal("a formula reads a column that was not asked for"));
            };
            inputs.push(*input);
            // What is computed from sealed values shows and does no more.
            if own.is_sealed() {
                sealing = Sealing::Probabilistic;
            }
        }
        let column = BoundColumn {
            name: given.developer_name.clone(),
            path: given.developer_name.clone(),
            label: given.label.clone(),
            data_type: returns,
            sealing,
            is_readable: true,
            is_name: false,
            names: None,
            at,
        };
        Ok((column, Self { formula, inputs, failed: Cell::new(0), fault: RefCell::default() }))
    }

    pub(super) fn inputs(&self) -> &[usize] {
        &self.inputs
    }

    /// The value in a row of inputs; blank where the formula has none.
    pub(super) fn value(&self, around: &Surroundings, row: &[Value]) -> Value {
        let fields: Vec<Value> = self.inputs.iter().map(|input| row.get(*input).cloned().unwrap_or_default()).collect();
        let context = EvalContext { now: around.now, zone: &around.zone, fields: &fields, change: Change::None };
        self.formula.evaluate(&context).unwrap_or_else(|error| {
            if self.failed.replace(self.failed.get() + 1) == 0 {
                *self.fault.borrow_mut() = error.to_string();
            }
            Value::Null
        })
    }

    /// How many rows it had no value for.
    pub(super) fn faults(&self, label: &str) -> Option<String> {
        let count = self.failed.get();
        let rows = if count == 1 { "one row" } else { "several rows" };
        (count > 0).then(|| format!("{label} has no value in {rows}: {}.", self.fault.borrow()))
    }
}

fn returns(kind: RowFormulaType, decimal_places: Option<u8>, property: &str) -> Result<FieldType> {
    let scale = decimal_places.unwrap_or(DECIMAL_PLACES);
    if scale > MAX_DECIMAL_PLACES {
        return Err(refused(property, format!("has at most {MAX_DECIMAL_PLACES} decimal places.")));
    }
    Ok(match kind {
        RowFormulaType::Date => FieldType::Date,
        RowFormulaType::DateTime => FieldType::DateTime,
        RowFormulaType::Number => FieldType::Number { precision: 28, scale },
        RowFormulaType::Text => FieldType::Text { length: 1300 },
    })
}
