//! The header of a file → fields of the object; a row of texts → a draft.

use super::terms::{BulkOperation, BulkTerms};
use crate::ctx::Ctx;
use crate::parents::{ParentKey, Parents};
use crate::record::RecordDraft;
use crate::values;
use model::{Error, ErrorCode, FieldIx, FieldSchema, ObjectSchema, RecordId, Result, Value};
use std::collections::HashSet;

/// What a cell says to make a field empty; a cell without a text says nothing.
const NULL: &str = "#N/A";

#[derive(Debug, Clone, Copy)]
enum Column {
    Id,
    Field(FieldIx),
    Parent(FieldIx, ParentKey),
}

/// What the columns of a file stand for.
pub(super) struct Columns {
    columns: Vec<Column>,
    /// The field that an upsert finds records by; none for the id.
    key: Option<FieldIx>,
    operation: BulkOperation,
}

/// A row that can be saved.
#[derive(Debug, Default)]
pub(super) struct RowDraft {
    pub(super) draft: RecordDraft,
    /// What an upsert finds the record by.
    pub(super) key: Value,
}

fn refuse(words: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidBatch, words)
}

impl Columns {
    /// # Errors
    /// `InvalidBatch` for a header that does not fit the object.
    pub(super) fn read(ctx: &Ctx, object: &ObjectSchema, terms: &BulkTerms, header: &[String]) -> Result<Self> {
        let key = match (terms.operation, terms.external_id.as_deref()) {
            (BulkOperation::Upsert, Some(name)) => Some(ctx.key_field(object, name)?.ix),
            _ => None,
        };
        let mut seen = HashSet::new();
        let mut columns = Vec::with_capacity(header.len());
        for name in header {
            let name = name.trim();
            if !seen.insert(name.to_lowercase()) {
                return Err(refuse(format!("Field name given twice : {name}")));
            }
            columns.push(column(ctx, object, name)?);
        }
        let has_id = columns.iter().any(|column| matches!(column, Column::Id));
        let removes = matches!(terms.operation, BulkOperation::Delete | BulkOperation::HardDelete);
        if (removes || terms.operation == BulkOperation::Update) && !has_id {
            return Err(refuse("Field name not found : Id. The rows of this job name their records in a column Id."));
        }
        if let Some(extra) = header.iter().find(|name| removes && !is_id(name.trim())) {
            return Err(refuse(format!("A delete takes the column Id alone, not : {extra}")));
        }
        Ok(Self { columns, key: key.filter(|ix| *ix != FieldIx::ID), operation: terms.operation })
    }

    /// Whether rows name parents that rows before them may be.
    pub(super) fn names_own(&self, object: &ObjectSchema) -> bool {
        self.columns.iter().any(|column| matches!(column, Column::Parent(_, parent) if parent.target == object.ix))
    }

    pub(super) fn count(&self) -> usize {
        self.columns.len()
    }

    /// Reads a row whose cells are as many as the columns.
    ///
    /// # Errors
    /// The error of the row alone.
    pub(super) fn row(
        &self,
        ctx: &Ctx,
        object: &ObjectSchema,
        parents: &mut Parents,
        cells: &[&str],
    ) -> Result<RowDraft> {
        let mut row = RowDraft::default();
        for (column, cell) in self.columns.iter().zip(cells) {
            if cell.is_empty() {
                continue;
            }
            let given = Some(*cell).filter(|cell| *cell != NULL);
            match column {
                Column::Id => row.draft.id = id_of(given)?,
                Column::Field(ix) => {
                    let field = object.field(*ix);
                    let value = given.map_or(Ok(Value::Null), |text| values::from_text(field, text))?;
                    row.draft.values.push((*ix, value));
                }
                Column::Parent(ix, parent) => {
                    let value = match given {
                        None => Value::Null,
                        Some(text) => {
                            let key = ctx.schema().object(parent.target).field(parent.key);
                            Value::Id(parents.find(ctx, *parent, &values::from_text(key, text)?)?)
                        }
                    };
                    row.draft.values.push((*ix, value));
                }
            }
        }
        self.settle(&mut row)?;
        Ok(row)
    }

    fn settle(&self, row: &mut RowDraft) -> Result<()> {
        settle(self.operation, self.key, row)
    }
}

/// Puts id and key where the operation wants them.
///
/// # Errors
/// For a row without the id, or with one that it may not have.
pub(super) fn settle(operation: BulkOperation, key: Option<FieldIx>, row: &mut RowDraft) -> Result<()> {
    let refuse = |code, words: &str| Err(Error::new(code, words).with_field("Id"));
    match (operation, row.draft.id) {
        (BulkOperation::Insert, Some(_)) => refuse(ErrorCode::InvalidField, "cannot specify Id in an insert call"),
        (BulkOperation::Update, None) => refuse(ErrorCode::MissingArgument, "Id not specified in an update call"),
        (BulkOperation::Delete | BulkOperation::HardDelete, None) => {
            refuse(ErrorCode::MissingArgument, "Id not specified in a delete call")
        }
        (BulkOperation::Upsert, id) => {
            match (key, id) {
                (Some(key), None) => {
                    let at = row.draft.values.iter().position(|(ix, _)| *ix == key);
                    row.key = at.map(|at| row.draft.values.remove(at).1).unwrap_or_default();
                }
                (Some(_), Some(_)) => {
                    let words = "The Id field should not be specified in the sobject data.";
                    return refuse(ErrorCode::InvalidField, words);
                }
                (None, id) => {
                    row.key = id.into();
                    row.draft.id = None;
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

pub(super) fn is_id(name: &str) -> bool {
    name.eq_ignore_ascii_case("Id")
}

fn id_of(text: Option<&str>) -> Result<Option<RecordId>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(RecordId::parse).transpose().map_err(|error| error.with_field("Id"))
}

fn column(ctx: &Ctx, object: &ObjectSchema, name: &str) -> Result<Column> {
    let unknown = || refuse(format!("Field name not found : {}", name.chars().take(80).collect::<String>()));
    if is_id(name) {
        return Ok(Column::Id);
    }
    let visible = |field: &&FieldSchema| ctx.can_read_field(object.ix, field.ix);
    if let Some((reference, key)) = name.split_once('.') {
        // `Type:Relationship.Field` where a reference leads to several objects.
        let (target, reference) = match reference.split_once(':') {
            Some((target, reference)) => (Some(target), reference),
            None => (None, reference),
        };
        let field = object.find_relationship(reference).filter(visible).ok_or_else(unknown)?;
        return ctx
            .parent_key(field, target, key)
            .map(|parent| Column::Parent(field.ix, parent))
            .map_err(|_| unknown());
    }
    let field = object.find_field(name).filter(visible).ok_or_else(unknown)?;
    if field.data_type().is_shown_from_parts() {
        return Err(refuse(format!(
            "Field name not found : {name}. It is put together from other fields; give those."
        )));
    }
    Ok(Column::Field(field.ix))
}
