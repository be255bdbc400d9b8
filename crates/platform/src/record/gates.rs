//! Gates by the set of fields that rows name: a batch mostly has one.

use super::SaveOptions;
use crate::ctx::Ctx;
use model::{FieldIx, ObjectSchema, Result};
use policy::{AccountChild, AuthorizedWrite, WriteRequest, WriteVerb, authorize_write};
use std::collections::HashMap;
use std::sync::Arc;

pub(super) struct Gates<'a> {
    ctx: &'a Ctx,
    object: &'a ObjectSchema,
    verb: WriteVerb,
    options: SaveOptions,
    derived: Vec<FieldIx>,
    known: HashMap<Vec<FieldIx>, Arc<AuthorizedWrite>>,
}

impl<'a> Gates<'a> {
    pub(super) fn new(ctx: &'a Ctx, object: &'a ObjectSchema, verb: WriteVerb, options: SaveOptions) -> Self {
        Self { ctx, object, verb, options, derived: ctx.derived_fields(object, verb), known: HashMap::new() }
    }

    /// The gate of a write whose fields the platform takes from another record, whatever the asker may do with them.
    pub(super) fn for_carried(&self, fields: &[FieldIx]) -> Result<Arc<AuthorizedWrite>> {
        let request = WriteRequest {
            schema: self.ctx.schema.clone(),
            object: self.object.ix,
            verb: self.verb,
            fields: Vec::new(),
            derived: self.derived.iter().chain(fields).copied().collect(),
        };
        Ok(Arc::new(authorize_write(&self.ctx.identity, request)?))
    }

    pub(super) fn for_fields(&mut self, fields: impl Iterator<Item = FieldIx>) -> Result<Arc<AuthorizedWrite>> {
        // Who loads data may give what the platform otherwise maintains.
        let loads = self.options.system_fields && self.ctx.user_id().is_none();
        let mut asked: Vec<FieldIx> = fields.filter(|ix| !(loads && self.object.field(*ix).def.system)).collect();
        asked.sort_unstable();
        asked.dedup();
        if let Some(write) = self.known.get(&asked) {
            return Ok(write.clone());
        }
        let request = WriteRequest {
            schema: self.ctx.schema.clone(),
            object: self.object.ix,
            verb: self.verb,
            fields: asked.clone(),
            derived: self.derived.clone(),
        };
        let write = Arc::new(authorize_write(&self.ctx.identity, request)?);
        self.known.insert(asked, write.clone());
        Ok(write)
    }
}

impl Ctx {
    /// Fields that hooks compute on this object, those that a share leaves to the defaults, and the type of a new record,
    /// which its maker's profile says, with what the type and other fields let it start with.
    fn derived_fields(&self, object: &ObjectSchema, verb: WriteVerb) -> Vec<FieldIx> {
        let narrowed =
            object.def.record_types.iter().flat_map(|choices| &choices.fields).map(|narrowed| &narrowed.field);
        let dependent =
            object.fields.iter().filter(|field| field.def.dependency.is_some()).map(|field| &field.def.name);
        let of_new =
            narrowed.chain(dependent).filter_map(|name| object.find_field(name)).chain(object.record_type_field());
        let levels = AccountChild::ALL.iter().filter(|_| object.grant_rows().is_some());
        self.hooks_of(object)
            .flat_map(|hook| hook.derives().iter().copied())
            .chain(levels.map(|child| child.level_field()))
            .filter_map(|name| object.find_field(name))
            .chain(of_new.filter(|_| verb == WriteVerb::Create))
            .map(|field| field.ix)
            .collect()
    }
}
