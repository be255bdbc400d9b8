//! TYPEOF: columns of every object that a reference may point to, of which one object's apply to each row.

use super::select::Columns;
use super::{Cells, Emitter, alias_of};
use crate::codec::codec_of;
use model::{KeyPrefix, ObjectIx, Result};
use soql::plan::{Select, SourceIx, TypeOfArm, TypeOfField};
use std::sync::Arc;

/// Where the pieces of a TYPEOF stand among the columns of a row.
#[derive(Debug, Clone)]
pub(crate) struct TypeOfCells {
    /// Column of the id of the record that the reference reaches.
    pub(crate) id: usize,
    /// Fields by the object they are of.
    pub(crate) arms: Vec<(KeyPrefix, Vec<(Arc<str>, Cells)>)>,
    /// Fields of any other object; `None` without ELSE.
    pub(crate) otherwise: Option<Vec<(Arc<str>, Cells)>>,
}

impl Emitter<'_> {
    pub(super) fn type_of(
        &mut self,
        select: &Select,
        source: SourceIx,
        arms: &[TypeOfArm],
        otherwise: &[TypeOfField],
        columns: &mut Columns,
    ) -> Result<Cells> {
        let id = columns.next(self);
        self.polymorphic_id(select, source)?;
        let mut read_arms = Vec::with_capacity(arms.len());
        for arm in arms {
            let object = self.object(arm.object);
            let joined = alias_of(select.id, source, arm.object);
            let mut fields = Vec::with_capacity(arm.fields.len());
            for field in &arm.fields {
                let field = object.field(*field);
                let cells = self.joined_field(select, &joined, id, arm.object, field.ix, columns)?;
                fields.push((Arc::from(field.name()), cells));
            }
            read_arms.push((object.key_prefix(), fields));
        }
        let mut others = Vec::with_capacity(otherwise.len());
        for field in otherwise {
            if let Some(cells) = self.sealed_name_field(select, source, &field.fields, columns)? {
                others.push((Arc::from(field.name.as_str()), cells));
                continue;
            }
            let known = field.fields.iter().find_map(|(object, field)| Some((*object, (*field)?)));
            if let Some((object, known)) = known {
                let codec = codec_of(self.object(object).field(known))?;
                let at = columns.next(self);
                self.name_field(select, source, &field.fields)?;
                others.push((Arc::from(field.name.as_str()), Cells::Column(at, codec)));
            }
        }
        let otherwise = (!otherwise.is_empty()).then_some(others);
        Ok(Cells::TypeOf(Box::new(TypeOfCells { id, arms: read_arms, otherwise })))
    }

    /// A field of one of the objects that a polymorphic reference may reach.
    fn joined_field(
        &mut self,
        select: &Select,
        joined: &str,
        id_at: usize,
        object: ObjectIx,
        field: model::FieldIx,
        columns: &mut Columns,
    ) -> Result<Cells> {
        let schema = self.object(object);
        let field = schema.field(field);
        if let Some(cells) = self.put_together(joined, id_at, schema, field, columns)? {
            return Ok(cells);
        }
        if *field.data_type() == model::FieldType::Base64 {
            return Ok(self.content(joined, id_at, field, columns));
        }
        if field.is_sealed() {
            return self.sealed_cell(object, field, joined, id_at, columns);
        }
        if matches!(field.data_type(), model::FieldType::Formula { .. }) {
            let place = super::formula::Place { alias: joined.to_owned(), object, source: None };
            if let Some(cells) = self.opened_formula(select, &place, field, columns)? {
                return Ok(cells);
            }
            let at = columns.next(self);
            self.formula_field(select, place, field)?;
            return Ok(Cells::Column(at, codec_of(field)?));
        }
        if !field.data_type().is_stored() {
            return Err(super::not_enabled(&format!("Reading {} in TYPEOF", field.name())));
        }
        let codec = codec_of(field)?;
        let at = columns.next(self);
        self.out.column(joined, &field.column);
        Ok(Cells::Column(at, codec))
    }
}
