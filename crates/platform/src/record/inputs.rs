//! What a formula reads of a record and of the records it points to. It reads as a service: a formula's value does not
//! depend on who looks, its own permission guards it.

use crate::ctx::Ctx;
use crate::query::by_id;
use formula::FieldUse;
use model::{Error, FieldIx, ObjectIx, ObjectSchema, OrgSchema, RecordId, Result, Value};
use policy::{Identity, Service, ServiceGrant, authorize};
use soql::plan::{Expr, FieldRef, Output, ResolvedPlan, RowScope, Source, SourceIx, Target};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{ReadTx, RecordRow};

pub(crate) static FORMULAS: Service = Service {
    name: "formulas",
    purpose: "Reads what formulas and validation rules refer to, in the record at hand and in those it points to. The \
              result is shown under the permission of the formula field alone, as its maker decided.",
    grants: &[ServiceGrant::read("*")],
};

impl Ctx {
    fn formula_reader(&self) -> Identity {
        crate::access::identity_of_service(&self.org, &self.schema, &FORMULAS)
    }

    /// The values of `fields` for a record whose image is at hand, in their order.
    pub(crate) fn inputs_of_image(
        &self,
        tx: &mut ReadTx<'_>,
        object: &ObjectSchema,
        fields: &[FieldUse],
        image: &[Value],
    ) -> Result<Vec<Value>> {
        let own = |name: &str| object.find_field(name).map(|field| image[field.ix.index()].clone()).unwrap_or_default();
        // Paths by the step they begin with: one look per record that the image points to.
        let mut further: BTreeMap<&str, Vec<(usize, &[String])>> = BTreeMap::new();
        let mut values = vec![Value::Null; fields.len()];
        for (at, used) in fields.iter().enumerate() {
            match used.path.as_slice() {
                [name] => values[at] = own(name),
                [first, rest @ ..] => further.entry(first).or_default().push((at, rest)),
                [] => {}
            }
        }
        for (first, paths) in further {
            let (target, id) = match self.first_step(object, first, image) {
                Some(found) => found,
                None => continue,
            };
            let rests: Vec<&[String]> = paths.iter().map(|(_, rest)| *rest).collect();
            if let Some(row) = self.read_paths(tx, &self.formula_reader(), target, id, &rests)? {
                for ((at, _), cell) in paths.iter().zip(&row.cells) {
                    values[*at] = cell.value().clone();
                }
            }
        }
        Ok(values)
    }

    /// The values of `fields` for a record as it is stored; `None` without such a record.
    pub(crate) fn inputs_of_record(
        &self,
        tx: &mut ReadTx<'_>,
        object: &ObjectSchema,
        fields: &[FieldUse],
        id: RecordId,
    ) -> Result<Option<Vec<Value>>> {
        let identity = self.formula_reader();
        self.inputs_as(tx, &identity, object, fields, id)
    }

    /// The same, as seen by somebody: null where a record is out of sight.
    ///
    /// # Errors
    /// `INVALID_FIELD` where a field is.
    pub(crate) fn inputs_as(
        &self,
        tx: &mut ReadTx<'_>,
        identity: &Identity,
        object: &ObjectSchema,
        fields: &[FieldUse],
        id: RecordId,
    ) -> Result<Option<Vec<Value>>> {
        let mut values = vec![Value::Null; fields.len()];
        let of_reader = |used: &FieldUse| used.path.first().is_some_and(|first| first == "$User");
        for (global, target, record) in [
            (false, Some(object.ix), Some(id)),
            (true, self.schema.find_object("User").map(|user| user.ix), self.user_id()),
        ] {
            let wanted: Vec<(usize, &[String])> = fields
                .iter()
                .enumerate()
                .filter(|(_, used)| of_reader(used) == global)
                .map(|(at, used)| (at, &used.path[usize::from(global)..]))
                .collect();
            let (Some(target), Some(record)) = (target, record) else { continue };
            if global && wanted.is_empty() {
                continue;
            }
            let paths: Vec<&[String]> = wanted.iter().map(|(_, path)| *path).collect();
            let Some(row) = self.read_paths(tx, identity, target, record, &paths)? else { return Ok(None) };
            for ((at, _), cell) in wanted.iter().zip(&row.cells) {
                values[*at] = cell.value().clone();
            }
        }
        Ok(Some(values))
    }

    fn first_step(&self, object: &ObjectSchema, step: &str, image: &[Value]) -> Option<(ObjectIx, RecordId)> {
        if step == "$User" {
            return Some((self.schema.find_object("User")?.ix, self.user_id()?));
        }
        let (field, target) = step_of(&self.schema, object.ix, step)?;
        let id = image[field.index()].as_id()?;
        // A reference to one of several objects leads to this one only where the id is of it.
        (self.schema.object(target).key_prefix() == id.prefix()).then_some((target, id))
    }

    /// One record with fields along paths.
    fn read_paths(
        &self,
        tx: &mut ReadTx<'_>,
        identity: &Identity,
        object: ObjectIx,
        id: RecordId,
        paths: &[&[String]],
    ) -> Result<Option<RecordRow>> {
        let plan = authorize(identity, plan_of_paths(&self.schema, object, id, paths)?)?;
        Ok(tx.records(&plan, &self.read_options(), Some(1))?.into_iter().next())
    }
}

/// The reference field behind a step, and where it leads; a step into one of several objects names it after a colon.
fn step_of(schema: &OrgSchema, object: ObjectIx, step: &str) -> Option<(FieldIx, ObjectIx)> {
    let (name, wanted) = match step.split_once(':') {
        Some((name, wanted)) => (name, Some(schema.find_object(wanted)?.ix)),
        None => (step, None),
    };
    let field = schema.object(object).find_relationship(name)?;
    Some((field.ix, wanted.or_else(|| field.targets.first().copied())?))
}

fn plan_of_paths(schema: &Arc<OrgSchema>, object: ObjectIx, id: RecordId, paths: &[&[String]]) -> Result<ResolvedPlan> {
    let mut plan = by_id(schema, schema.object(object), id, Vec::new(), RowScope::WithDeleted);
    let select = &mut plan.select;
    for path in paths {
        let lost = || Error::internal(format!("the path {path:?} of a formula leads nowhere"));
        let (last, steps) = path.split_last().ok_or_else(lost)?;
        let (mut source, mut at) = (SourceIx::ROOT, object);
        for step in steps {
            let (field, target) = step_of(schema, at, step).ok_or_else(lost)?;
            let known = select.sources.iter().position(|known| {
                known.via == Some((source, field)) && matches!(known.target, Target::Object(known) if known == target)
            });
            let ix = known.unwrap_or_else(|| {
                select.sources.push(Source { target: Target::Object(target), via: Some((source, field)), position: 0 });
                select.sources.len() - 1
            });
            source = SourceIx(u32::try_from(ix).map_err(Error::internal)?);
            at = target;
        }
        let field = schema.object(at).find_field(last).ok_or_else(lost)?;
        let expr = Expr::Field(FieldRef { source, field: field.ix, position: 0 });
        select.output.push(Output::Field { expr, path: path.to_vec() });
    }
    Ok(plan)
}
