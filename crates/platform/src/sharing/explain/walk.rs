//! The causes of one record by the kind of its object, from permissions down to masters.

use super::{Cause, CauseKind, EXPLAIN, highest};
use crate::ctx::Ctx;
use crate::query::{plan_for_service, plan_with_deleted_for_service};
use model::schema::{AccessDefault, HistoryRows, SharingKind};
use model::{ObjectIx, ObjectSchema, OrgSchema, RecordId, Result};
use policy::{Identity, Level, SystemPermission, is_mirrored};
use std::sync::Arc;
use store::{ReadTx, RecordRow, Via};

/// No chain of masters is deeper.
const DEEPEST: u8 = 6;

pub(super) struct Walk<'a, 'tx, 'db> {
    ctx: &'a Ctx,
    pub(super) schema: Arc<OrgSchema>,
    pub(super) tx: &'tx mut ReadTx<'db>,
    identity: &'a Identity,
    pub(super) user: RecordId,
}

impl<'a, 'tx, 'db> Walk<'a, 'tx, 'db> {
    pub(super) fn new(ctx: &'a Ctx, tx: &'tx mut ReadTx<'db>, identity: &'a Identity, user: RecordId) -> Self {
        Self { ctx, schema: ctx.schema.clone(), tx, identity, user }
    }

    pub(super) fn causes(&mut self, object: &ObjectSchema, record: RecordId, depth: u8) -> Result<Vec<Cause>> {
        let mut causes = self.permissions(object);
        if depth > DEEPEST {
            return Ok(causes);
        }
        match object.sharing() {
            SharingKind::Setting => causes.extend(default(object)),
            SharingKind::Owned if is_mirrored(object) => causes.extend(self.mirrored(object, record, depth)?),
            SharingKind::Owned => {
                causes.extend(default(object));
                causes.extend(self.shared(object, record)?);
                causes.extend(self.implicit(object, record)?);
                causes.extend(self.linked(object, record, depth)?);
                causes.extend(self.opened(object, record)?);
                causes.extend(self.filed(object, record, depth)?);
            }
            SharingKind::Activity => {
                causes.extend(self.shared(object, record)?);
                for name in ["WhoId", "WhatId"] {
                    let Some((parent, id)) = self.parent(object, record, name)? else { continue };
                    if self.level(parent, id, depth + 1)?.is_some() {
                        causes.push(Cause::through(Level::Read, CauseKind::RelatedTo, id));
                    }
                }
            }
            SharingKind::Detail { .. } | SharingKind::Grant { .. } => {
                causes.extend(self.masters(object, record, depth)?);
            }
            // The right to all records of the object is no right to the fields that changes are about.
            SharingKind::History { rows, .. } => causes = self.history(object, record, *rows, depth)?,
            // No record is one of a union.
            SharingKind::Union { .. } => {}
            SharingKind::Log { of } => causes = self.log(object, record, of.as_deref())?,
        }
        self.keep_private(object, record, &mut causes)?;
        self.keep_to_readers(object, record, &mut causes)?;
        Ok(causes)
    }

    pub(super) fn level(&mut self, object: ObjectIx, record: RecordId, depth: u8) -> Result<Option<Level>> {
        let schema = self.schema.clone();
        Ok(highest(&self.causes(schema.object(object), record, depth)?))
    }

    /// The strongest of the permissions over all records: it leaves nothing for a weaker one to add.
    fn permissions(&self, object: &ObjectSchema) -> Vec<Cause> {
        let permissions = self.identity.permissions();
        let given = permissions.object(object.ix);
        let (level, kind) = if permissions.system(SystemPermission::ModifyAllData) {
            (Level::All, CauseKind::ModifyAllData)
        } else if given.modify_all {
            (Level::All, CauseKind::ModifyAllRecords)
        } else if permissions.system(SystemPermission::ViewAllData) {
            (Level::Read, CauseKind::ViewAllData)
        } else if given.view_all {
            (Level::Read, CauseKind::ViewAllRecords)
        } else {
            return Vec::new();
        };
        vec![Cause::plain(level, kind)]
    }

    pub(super) fn rows(&mut self, text: &str) -> Result<Vec<RecordRow>> {
        let plan = plan_for_service(&self.ctx.org, &self.schema, &EXPLAIN, text)?;
        self.tx.records(&plan, &self.ctx.read_options(), None)
    }

    /// The same with what lies in the recycle bin: deleted records keep their readers.
    pub(super) fn rows_with_deleted(&mut self, text: &str) -> Result<Vec<RecordRow>> {
        let plan = plan_with_deleted_for_service(&self.ctx.org, &self.schema, &EXPLAIN, text)?;
        self.tx.records(&plan, &self.ctx.read_options(), None)
    }

    /// The record that a reference of this one points to.
    pub(super) fn parent(
        &mut self,
        object: &ObjectSchema,
        record: RecordId,
        field: &str,
    ) -> Result<Option<(ObjectIx, RecordId)>> {
        let Some(field) = object.find_field(field) else { return Ok(None) };
        let text = format!("SELECT {} FROM {} WHERE Id = '{record}'", field.name(), object.name());
        let id = self.rows_with_deleted(&text)?.first().and_then(|row| row.cells[0].value().as_id());
        Ok(id.and_then(|id| Some((self.schema.find_by_prefix(id.prefix())?.ix, id))))
    }

    /// The account's level, copied; a record without an account is its owner's alone.
    fn mirrored(&mut self, object: &ObjectSchema, record: RecordId, depth: u8) -> Result<Option<Cause>> {
        let Some((account, id)) = self.parent(object, record, "AccountId")? else {
            let owners = self.shared(object, record)?.into_iter();
            let is_own = |cause: &Cause| {
                cause.kind == CauseKind::Owner && cause.source.as_ref().is_some_and(|source| source.via == Via::Own)
            };
            return Ok(owners.into_iter().find(is_own));
        };
        let level = self.level(account, id, depth + 1)?;
        Ok(level.map(|level| Cause::through(level, CauseKind::ControlledByParent, id)))
    }

    /// What happened to a record is read by who reads the record; a change of a field, by who also reads the field.
    fn history(&mut self, object: &ObjectSchema, record: RecordId, rows: HistoryRows, depth: u8) -> Result<Vec<Cause>> {
        let Some(field) = object.masters.first() else { return Ok(Vec::new()) };
        let Some((parent, id)) = self.parent(object, record, object.field(*field).name())? else {
            return Ok(Vec::new());
        };
        if rows == HistoryRows::Changes {
            let text = format!("SELECT Field FROM {} WHERE Id = '{record}'", object.name());
            let changed = self.rows_with_deleted(&text)?.first().map(|row| row.cells[0].value().to_plain());
            let schema = self.schema.clone();
            let changed = changed.and_then(|name| schema.object(parent).find_field(&name).map(|field| field.ix));
            if !changed.is_some_and(|field| self.identity.permissions().field(parent, field).read) {
                return Ok(Vec::new());
            }
        }
        let through = self.level(parent, id, depth + 1)?;
        Ok(through.map(|_| Cause::through(Level::Read, CauseKind::Master, id)).into_iter().collect())
    }

    /// A record that is open to everybody.
    fn opened(&mut self, object: &ObjectSchema, record: RecordId) -> Result<Option<Cause>> {
        let Some(opening) = &object.def.opened_by else { return Ok(None) };
        let text = format!("SELECT {} FROM {} WHERE Id = '{record}'", opening.field, object.name());
        let rows = self.rows_with_deleted(&text)?;
        let held = rows.first().and_then(|row| row.cells[0].value().as_text());
        let is_open = held.is_some_and(|held| opening.values.iter().any(|value| value == held));
        Ok(is_open.then(|| Cause::plain(Level::Read, CauseKind::Open)))
    }

    /// What tells of an object that the user may not read is not seen, but by the right to change all.
    fn keep_to_readers(&mut self, object: &ObjectSchema, record: RecordId, causes: &mut Vec<Cause>) -> Result<()> {
        let Some(field) = &object.def.about_objects else { return Ok(()) };
        let text = format!("SELECT {field} FROM {} WHERE Id = '{record}'", object.name());
        let rows = self.rows_with_deleted(&text)?;
        let told = rows.first().and_then(|row| self.schema.find_object(row.cells[0].value().as_text()?));
        if !told.is_some_and(|told| self.identity.permissions().object(told.ix).read) {
            causes.retain(|cause| matches!(cause.kind, CauseKind::ModifyAllData | CauseKind::ModifyAllRecords));
        }
        Ok(())
    }

    /// What the folder of a record gives on it.
    fn filed(&mut self, object: &ObjectSchema, record: RecordId, depth: u8) -> Result<Option<Cause>> {
        let Some(field) = &object.def.filed_in else { return Ok(None) };
        let Some((folder, id)) = self.parent(object, record, field)? else { return Ok(None) };
        let level = self.level(folder, id, depth + 1)?;
        let given = level.map(|level| if level >= Level::Edit { Level::All } else { Level::Read });
        Ok(given.map(|level| Cause::through(level, CauseKind::Master, id)))
    }

    /// What happened in the org is told to whom it happened and to whoever administers that.
    fn log(&mut self, object: &ObjectSchema, record: RecordId, of: Option<&str>) -> Result<Vec<Cause>> {
        let needed = if of.is_some() { SystemPermission::ManageUsers } else { SystemPermission::ViewSetup };
        let mut told = self.identity.permissions().system(needed);
        if let (false, Some(field)) = (told, of) {
            told = self.parent(object, record, field)?.is_some_and(|(_, user)| user == self.user);
        }
        Ok(told.then(|| Cause::plain(Level::Read, CauseKind::Log)).into_iter().collect())
    }

    /// What the masters give together: nothing when one is not readable, everything when all are writable.
    fn masters(&mut self, object: &ObjectSchema, record: RecordId, depth: u8) -> Result<Vec<Cause>> {
        let needed = if object.grant_rows().is_some() { Level::All } else { Level::Edit };
        let mut writable = true;
        let mut through = Vec::new();
        for master in &object.masters {
            let field = object.field(*master);
            let Some((parent, id)) = self.parent(object, record, field.name())? else { return Ok(Vec::new()) };
            let Some(level) = self.level(parent, id, depth + 1)? else { return Ok(Vec::new()) };
            let reading = field.data_type().as_reference().is_some_and(|reference| reference.write_needs_read);
            writable &= level >= needed || reading;
            through.push(id);
        }
        let level = if writable { Level::All } else { Level::Read };
        Ok(through.into_iter().map(|id| Cause::through(level, CauseKind::Master, id)).collect())
    }
}

fn default(object: &ObjectSchema) -> Option<Cause> {
    let level = match object.access_default() {
        AccessDefault::Private | AccessDefault::ControlledByParent => return None,
        AccessDefault::PublicRead => Level::Read,
        AccessDefault::PublicReadWrite | AccessDefault::PublicReadWriteTransfer => Level::Edit,
    };
    Some(Cause::plain(level, CauseKind::Default))
}
