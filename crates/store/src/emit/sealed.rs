//! Sealed fields in statements: their ciphertext as it is read, their tokens where equality is asked.

use super::select::Columns;
use super::{Cells, Emitter, alias_of};
use crate::codec::codec_of;
use crate::driver::Param;
use crate::history_view;
use crate::sealed::bind_tokens;
use model::schema::Mask;
use model::{Error, FieldIx, FieldSchema, KeyPrefix, ObjectIx, Result, Value};
use policy::SystemPermission;
use soql::plan::{Expr, FieldRef, Operand, Select, SourceIx, Target};

/// A ciphertext among the columns of a row, and where it belongs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SealedCell {
    pub(crate) at: usize,
    /// Column of the id of the record it stands in.
    pub(crate) id_at: usize,
    pub(crate) object: KeyPrefix,
    pub(crate) field: String,
    pub(crate) codec: crate::codec::Codec,
    /// How values are shown to an asker who may not view them.
    pub(crate) mask: Option<Mask>,
    /// What to show in place of values: the labels of a picklist, where they are asked for.
    pub(crate) labels: Vec<(String, String)>,
}

/// A value of the field history: as it is, or encrypted for its record and field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChangeCell {
    pub(crate) open: usize,
    pub(crate) sealed: usize,
    pub(crate) record: usize,
    pub(crate) field: usize,
}

impl Emitter<'_> {
    /// The value of a change, when that is what an expression shows.
    pub(super) fn changed_value(
        &mut self,
        select: &Select,
        expr: &Expr,
        columns: &mut Columns,
    ) -> Result<Option<Cells>> {
        let field = match expr {
            Expr::Format(inner) => return self.changed_value(select, inner, columns),
            Expr::Field(field) => field,
            _ => return Ok(None),
        };
        let Target::Object(object) = select.source(field.source).target else { return Ok(None) };
        let (object, name) = (self.object(object), self.field(select, field)?.name());
        let [record] = object.masters.as_slice() else { return Ok(None) };
        if !object.is_field_history() || !history_view::VALUES.contains(&name) {
            return Ok(None);
        }
        let alias = self.alias_of_source(select, field.source);
        let mut column = |name: &str| {
            let at = columns.next(self);
            self.out.column(&alias, name);
            at
        };
        let (open, sealed) = (column(name), column(&history_view::sealed_column(name)));
        let (record, field) = (column(&object.field(*record).column), column("Field"));
        Ok(Some(Cells::Change(ChangeCell { open, sealed, record, field })))
    }

    /// The sealed field that an expression shows, behind functions that change nothing in the store.
    pub(super) fn sealed_field<'e>(&self, select: &Select, expr: &'e Expr) -> Result<Option<&'e FieldRef>> {
        Ok(match expr {
            Expr::Field(field) | Expr::ToLabel(field) => self.field(select, field)?.is_sealed().then_some(field),
            Expr::ConvertCurrency(inner) | Expr::Format(inner) => self.sealed_field(select, inner)?,
            _ => None,
        })
    }

    /// The ciphertext of a field under an alias, whose record's id stands in column `id_at`.
    pub(super) fn sealed_cell(
        &mut self,
        object: ObjectIx,
        field: &FieldSchema,
        alias: &str,
        id_at: usize,
        columns: &mut Columns,
    ) -> Result<Cells> {
        let at = columns.next(self);
        self.out.column(alias, &field.column);
        let object = self.object(object).key_prefix();
        let views = self.plan.identity().permissions().system(SystemPermission::ViewEncryptedData);
        let mask = field.data_type().mask().filter(|_| !views);
        let (codec, field) = (codec_of(field)?, field.def.column_name().to_owned());
        Ok(Cells::Sealed(Box::new(SealedCell { at, id_at, object, field, codec, mask, labels: Vec::new() })))
    }

    /// A name field of a polymorphic source, when one of the fields behind it is sealed: each by itself.
    pub(super) fn sealed_name_field(
        &mut self,
        select: &Select,
        source: SourceIx,
        fields: &[(ObjectIx, Option<FieldIx>)],
        columns: &mut Columns,
    ) -> Result<Option<Cells>> {
        let readable: Vec<ObjectIx> = self.plan.access(select.id, source)?.iter().map(|(object, _)| *object).collect();
        let fields: Vec<(ObjectIx, FieldIx)> = fields
            .iter()
            .filter(|(object, _)| readable.contains(object))
            .filter_map(|(object, field)| Some((*object, (*field)?)))
            .collect();
        if !fields.iter().any(|(object, field)| self.object(*object).field(*field).is_sealed()) {
            return Ok(None);
        }
        let mut parts = Vec::with_capacity(fields.len());
        for (object, ix) in fields {
            let alias = alias_of(select.id, source, object);
            let field = self.object(object).field(ix);
            if field.is_sealed() {
                let id_at = columns.next(self);
                self.out.column(&alias, "Id");
                parts.push(self.sealed_cell(object, field, &alias, id_at, columns)?);
            } else {
                let at = columns.next(self);
                self.out.column(&alias, &field.column);
                parts.push(Cells::Column(at, codec_of(field)?));
            }
        }
        Ok(Some(Cells::FirstOf(parts)))
    }

    /// The token column of a sealed field.
    pub(super) fn token_column(&mut self, select: &Select, field: &FieldRef) -> Result<()> {
        let schema_field = self.field(select, field)?;
        let token = schema_field
            .form
            .as_ref()
            .and_then(|form| form.token())
            .ok_or_else(|| Error::internal(format!("{} has no tokens to compare", schema_field.name())))?;
        self.out.column(&self.alias_of_source(select, field.source), &token.column);
        Ok(())
    }

    pub(super) fn ciphertext_column(&mut self, select: &Select, field: &FieldRef) -> Result<()> {
        let schema_field = self.field(select, field)?;
        self.out.column(&self.alias_of_source(select, field.source), &schema_field.column);
        Ok(())
    }

    /// `=`, `!=`, `IN` and `NOT IN` over a sealed field: its tokens, without the hits that do not count.
    pub(super) fn sealed_equality(
        &mut self,
        select: &Select,
        field: &FieldRef,
        operands: &[Operand],
        negated: bool,
    ) -> Result<()> {
        let Target::Object(object) = select.source(field.source).target else {
            return Err(Error::internal("a sealed field of a polymorphic source was compared"));
        };
        let hits = self.hits.ok_or_else(|| Error::internal("a sealed field was compared and not looked up"))?;
        let (mut tokens, mut with_null) = (Vec::new(), false);
        for operand in operands {
            match operand {
                Operand::Value(Value::Null) => with_null = true,
                Operand::Value(Value::Text(text)) if text.is_empty() => with_null = true,
                Operand::Value(Value::Text(text)) => {
                    tokens.push(hits.token(object, field.field, text)?.to_vec());
                }
                other => return Err(Error::internal(format!("a sealed field was compared with {other:?}"))),
            }
        }
        self.out.push("(");
        if tokens.is_empty() {
            self.ciphertext_column(select, field)?;
            self.out.push(if negated == with_null { " IS NOT NULL)" } else { " IS NULL)" });
            return Ok(());
        }
        if !negated && with_null {
            self.ciphertext_column(select, field)?;
            self.out.push(" IS NULL OR ");
        }
        if negated {
            self.ciphertext_column(select, field)?;
            self.out.push(if with_null { " IS NOT NULL AND (" } else { " IS NULL OR " });
            self.token_column(select, field)?;
            self.out.push(" IS NULL OR NOT (");
        }
        self.token_column(select, field)?;
        bind_tokens(&mut self.out, tokens.iter().map(Vec::as_slice));
        let wrong: Vec<i64> = hits.false_hits(object, field.field).iter().map(|id| id.as_i64()).collect();
        if !wrong.is_empty() {
            self.out.push(" AND NOT ");
            self.out.column(&self.alias_of_source(select, field.source), "Id");
            self.out.bind_list(Param::Ints(wrong));
        }
        if negated {
            self.out.push(if with_null { "))" } else { ")" });
        }
        self.out.push(")");
        Ok(())
    }
}
