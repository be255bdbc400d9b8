//! The end of deleted fields and objects: their columns and tables go when nobody can take them back any more.

use super::field::history_name;
use super::{METADATA, entry};
use crate::ctx::Ctx;
use crate::org::Org;
use crate::record::BIN_DAYS;
use model::Result;
use model::schema::{FieldDef, ObjectDef};
use std::sync::Arc;

impl Org {
    /// Removes fields and objects that were deleted 15 days ago or earlier, with their values. Returns how many.
    ///
    /// # Errors
    /// What the database reports; nothing is removed then.
    pub fn metadata_purge(self: &Arc<Self>) -> Result<usize> {
        let until = self.now().plus_ms(-BIN_DAYS * 24 * 3_600_000);
        let due = |schema: &model::OrgSchema| {
            let fields = schema.objects().iter().flat_map(|object| &object.def.retired_fields);
            let objects = schema.retired_objects().iter().filter_map(|def| def.retired.as_ref());
            fields.filter(|field| field.at <= until).count() + objects.filter(|object| object.at <= until).count()
        };
        // The common case costs no transaction.
        if due(&self.schema()) == 0 {
            return Ok(0);
        }
        let ctx = Ctx::for_own_service(self, &METADATA);
        self.store.write_metadata(|tx| {
            let before = tx.schema();
            let mut removed = 0;
            let mut kept: Vec<ObjectDef> = Vec::new();
            // Views stand on tables and go before them.
            let (views, tables): (Vec<_>, Vec<_>) = before.defs().partition(ObjectDef::is_view);
            for mut def in views.into_iter().chain(tables) {
                if let Some(retired) = def.retired.as_ref().filter(|retired| retired.at <= until) {
                    tx.table_remove(&def)?;
                    tx.audit(ctx.identity(), &entry("object_purge", &retired.name, &[]))?;
                    removed += 1;
                    continue;
                }
                let (gone, stay): (Vec<_>, Vec<_>) = std::mem::take(&mut def.retired_fields)
                    .into_iter()
                    .partition(|field| def.retired.is_none() && field.at <= until);
                def.retired_fields = stay;
                if let Some(object) = before.find_object(&def.name).filter(|_| !gone.is_empty()) {
                    let fields: Vec<FieldDef> = gone.into_iter().map(|retired| retired.field).collect();
                    tx.columns_remove(object, &fields)?;
                    for stored in fields.iter().flat_map(FieldDef::stored_fields) {
                        tx.history_remove(object, &history_name(&stored))?;
                    }
                    let names: Vec<String> = fields.into_iter().map(|field| field.name).collect();
                    tx.audit(ctx.identity(), &entry("field_purge", object.name(), &names))?;
                    removed += names.len();
                }
                kept.push(def);
            }
            tx.schema_alter(kept)?;
            Ok(removed)
        })
    }
}
