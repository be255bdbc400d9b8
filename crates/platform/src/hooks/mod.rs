//! Code that runs inside a save: the standard objects' own arithmetic, and what apps add. A hook sees the image after
//! the change and may set fields that the platform maintains; what it reads or writes beside the row it does as a
//! declared service.

mod account;
mod activity;
mod case;
mod file;
mod group;
mod lead;
mod line_item;
mod list_view;
mod opportunity;
mod price;
mod quote;
mod record_type;
mod role;
mod user;

use crate::ctx::Ctx;
use crate::query::plan_for_identity;
use crate::record::{change_detail, tracked_changes};
use model::{Error, ErrorCode, FieldIx, ObjectSchema, RecordId, Result, Value};
use policy::{AuthorizedWrite, Identity, Service, WriteRequest, WriteVerb, authorize_write};
use std::collections::HashMap;
use std::sync::Arc;
use store::{AuditEntry, RecordRow, WriteTx};

/// What a hook answers when a field holds what it may not.
fn refuse(field: &str, message: impl Into<String>) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, message).with_field(field)
}

pub trait Hook: Send + Sync {
    /// Objects it runs for.
    fn objects(&self) -> &'static [&'static str];

    /// The service it works as.
    fn service(&self) -> &'static Service;

    /// Fields beside the system's own that it computes on these objects.
    fn derives(&self) -> &'static [&'static str] {
        &[]
    }

    /// Sets derived fields, or refuses. What the caller pointed the row to is known to be theirs to point to.
    ///
    /// # Errors
    /// An error refuses the row.
    fn before_save(&self, _ctx: &mut HookCtx<'_, '_>, _row: &mut HookRow<'_>) -> Result<()> {
        Ok(())
    }

    /// Finds the rows that clash with what is there or with each other: images before and after of all rows that are
    /// about to be written, whose references are known to lead to what the asker sees. So nothing hidden is told of.
    /// Answers with the places of those that are refused, and why.
    ///
    /// # Errors
    /// An error fails the whole transaction.
    fn check_clashes(
        &self,
        _ctx: &mut HookCtx<'_, '_>,
        _object: &ObjectSchema,
        _rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<Vec<(usize, Error)>> {
        Ok(Vec::new())
    }

    /// Follows up on saved rows: images before (none for new records) and after.
    ///
    /// # Errors
    /// An error fails the whole transaction.
    fn after_save(
        &self,
        _ctx: &mut HookCtx<'_, '_>,
        _object: &ObjectSchema,
        _rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        Ok(())
    }

    /// Follows up on a deleted or restored row.
    ///
    /// # Errors
    /// An error fails the whole transaction.
    fn after_delete(&self, _ctx: &mut HookCtx<'_, '_>, _object: &ObjectSchema, _before: &[Value]) -> Result<()> {
        Ok(())
    }
}

pub(crate) use account::{HIERARCHY, refuse_ring};
pub(crate) use record_type::RECORD_TYPES;

/// The hooks of the standard objects.
pub(crate) fn standard() -> Vec<Arc<dyn Hook>> {
    vec![
        Arc::new(account::AccountHook),
        Arc::new(opportunity::OpportunityHook),
        Arc::new(line_item::LineItemHook),
        Arc::new(list_view::ListViewHook),
        Arc::new(quote::QuoteHook),
        Arc::new(quote::QuoteLineHook),
        Arc::new(lead::LeadHook),
        Arc::new(case::CaseHook),
        Arc::new(activity::ActivityHook),
        Arc::new(user::UserHook),
        Arc::new(role::RoleHook),
        Arc::new(group::GroupHook),
        Arc::new(group::MemberHook),
        Arc::new(group::QueueObjectHook),
        Arc::new(record_type::RecordTypeHook),
        Arc::new(record_type::VisibilityHook),
        Arc::new(file::VersionHook),
        Arc::new(file::DocumentHook),
        Arc::new(file::LinkHook),
    ]
}

/// The services of the standard hooks.
pub(crate) fn services() -> [&'static Service; 13] {
    [
        &HIERARCHY,
        &opportunity::STAGES,
        &line_item::LINES,
        &quote::QUOTES,
        &list_view::LISTS,
        &case::CASES,
        &activity::ACTIVITIES,
        &user::ACCOUNTS,
        &role::ROLES,
        &group::GROUPS,
        &RECORD_TYPES,
        &crate::record::LEADS,
        &file::FILES,
    ]
}

/// A row under way.
pub struct HookRow<'a> {
    pub object: &'a ObjectSchema,
    /// The image before; none for a new record.
    pub before: Option<&'a [Value]>,
    pub after: &'a mut Vec<Value>,
    /// The fields that the caller set.
    pub given: &'a [FieldIx],
}

impl HookRow<'_> {
    pub fn get(&self, field: &str) -> &Value {
        self.object.find_field(field).map_or(&Value::Null, |field| &self.after[field.ix.index()])
    }

    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        if let Some(field) = self.object.find_field(field) {
            self.after[field.ix.index()] = value.into();
        }
    }

    /// The value before; none for a new record.
    pub fn before_value(&self, field: &str) -> Option<&Value> {
        let field = self.object.find_field(field)?;
        self.before.map(|before| &before[field.ix.index()])
    }

    pub fn is_given(&self, field: &str) -> bool {
        self.object.find_field(field).is_some_and(|field| self.given.contains(&field.ix))
    }

    /// Whether the value differs from the one before; always so for a new record.
    pub fn is_changed(&self, field: &str) -> bool {
        match (self.before, self.object.find_field(field)) {
            (Some(before), Some(field)) => before[field.ix.index()] != self.after[field.ix.index()],
            (None, _) => true,
            (Some(_), None) => false,
        }
    }
}

/// A record before and after a hook changed it.
pub struct Images {
    pub before: Vec<Value>,
    pub after: Vec<Value>,
}

/// What a hook may do beside its rows.
pub struct HookCtx<'a, 'tx> {
    ctx: &'a Ctx,
    tx: &'a mut WriteTx<'tx>,
    service: &'static Service,
    /// What was read since the last write: rows of a batch mostly ask the same.
    read: HashMap<String, Vec<RecordRow>>,
}

impl<'a, 'tx> HookCtx<'a, 'tx> {
    pub(crate) fn new(ctx: &'a Ctx, tx: &'a mut WriteTx<'tx>, service: &'static Service) -> Self {
        Self { ctx, tx, service, read: HashMap::new() }
    }

    /// Who saves.
    pub fn ctx(&self) -> &Ctx {
        self.ctx
    }

    pub fn now(&self) -> model::Instant {
        self.tx.now()
    }

    fn identity(&self) -> Identity {
        crate::access::identity_of_service(&self.ctx.org, &self.ctx.schema, self.service)
    }

    /// Records as the transaction sees them, as the hook's service.
    ///
    /// # Errors
    /// As any query's.
    pub fn rows(&mut self, soql: &str) -> Result<Vec<RecordRow>> {
        if let Some(known) = self.read.get(soql) {
            return Ok(known.clone());
        }
        let plan = plan_for_identity(&self.ctx.org, &self.ctx.schema, &self.identity(), soql)?;
        let rows = self.tx.records(&plan, &self.ctx.read_options(), None)?;
        self.read.insert(soql.to_owned(), rows.clone());
        Ok(rows)
    }

    /// Groups as the transaction sees them, as the hook's service.
    ///
    /// # Errors
    /// As any query's.
    pub fn groups(&mut self, soql: &str) -> Result<Vec<Vec<Value>>> {
        let plan = plan_for_identity(&self.ctx.org, &self.ctx.schema, &self.identity(), soql)?;
        self.tx.groups(&plan, &self.ctx.read_options())
    }

    /// Makes records that belong to those under way, as the hook's service and without running hooks.
    ///
    /// # Errors
    /// What the gate or the database reports.
    pub fn create(&mut self, object: &str, rows: &[Vec<(&str, Value)>]) -> Result<Vec<RecordId>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        self.create_as(object, rows, None)
    }

    /// Makes one record under an id that was [reserved](Self::reserve).
    ///
    /// # Errors
    /// As [`HookCtx::create`].
    pub fn create_reserved(&mut self, object: &str, id: RecordId, row: Vec<(&str, Value)>) -> Result<()> {
        self.create_as(object, &[row], Some(vec![id])).map(|_| ())
    }

    /// An id for a record that is made once those under way are written.
    ///
    /// # Errors
    /// What the gate or the database reports.
    pub fn reserve(&mut self, object: &str) -> Result<RecordId> {
        let write = self.gate(object, WriteVerb::Create)?;
        let ids = self.tx.new_ids(&write, 1)?;
        ids.into_iter().next().ok_or_else(|| Error::internal("no id was given"))
    }

    /// Holds a record until the transaction ends, so that what is read of it afterwards stays so. Says whether it is
    /// there.
    ///
    /// # Errors
    /// What the gate or the database reports.
    pub fn hold(&mut self, object: &str, id: RecordId) -> Result<bool> {
        self.read.clear();
        let write = self.gate(object, WriteVerb::Edit)?;
        Ok(self.tx.before_images(&write, &[id])?.contains_key(&id))
    }

    /// Lets nobody change a record until the transaction ends, while others keep it alike: what is read of it afterwards
    /// stays so. It tells nothing of the record.
    ///
    /// # Errors
    /// What the database reports.
    pub fn keep(&mut self, object: &str, id: RecordId) -> Result<()> {
        let object = self.ctx.schema.find_object(object);
        let object = object.ok_or_else(|| Error::internal("no such object to keep a record of"))?;
        self.tx.keep_record(object, id)
    }

    fn gate(&self, object: &str, verb: WriteVerb) -> Result<AuthorizedWrite> {
        let schema = self.ctx.schema.clone();
        let object = schema.find_object(object).ok_or_else(|| Error::internal(format!("no object {object}")))?.ix;
        let request = WriteRequest { schema, object, verb, fields: Vec::new(), derived: Vec::new() };
        authorize_write(&self.identity(), request)
    }

    fn create_as(
        &mut self,
        object: &str,
        rows: &[Vec<(&str, Value)>],
        ids: Option<Vec<RecordId>>,
    ) -> Result<Vec<RecordId>> {
        self.read.clear();
        let schema = self.ctx.schema.clone();
        let object = schema.find_object(object).ok_or_else(|| Error::internal(format!("no object {object}")))?;
        let mut asked = Vec::new();
        let mut images = Vec::with_capacity(rows.len());
        for row in rows {
            let mut image = self.new_image(object)?;
            for (name, value) in row {
                let field = object.find_field(name).ok_or_else(|| Error::internal(format!("no field {name}")))?;
                image[field.ix.index()] = value.clone();
                if field.is_writable() && !asked.contains(&field.ix) {
                    asked.push(field.ix);
                }
            }
            images.push(image);
        }
        let request = WriteRequest {
            schema: schema.clone(),
            object: object.ix,
            verb: WriteVerb::Create,
            fields: asked,
            derived: Vec::new(),
        };
        let identity = self.identity();
        let write = authorize_write(&identity, request)?;
        let ids = match ids {
            Some(ids) => ids,
            None => self.tx.new_ids(&write, rows.len())?,
        };
        for (image, id) in images.iter_mut().zip(&ids) {
            image[FieldIx::ID.index()] = Value::Id(*id);
        }
        self.tx.insert(&write, &images.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
        let entry = |(row, id): (&Vec<(&str, Value)>, &RecordId)| {
            let detail: serde_json::Map<_, _> =
                row.iter().map(|(name, value)| ((*name).to_owned(), value.to_plain().into())).collect();
            let detail = serde_json::Value::Object(detail).to_string();
            AuditEntry { action: "record_derive", object: object.name(), record: Some(*id), detail }
        };
        let entries: Vec<_> = rows.iter().zip(&ids).map(entry).collect();
        self.tx.audit_all(&identity, &entries)?;
        Ok(ids)
    }

    /// A record of nothing but defaults, made now by whoever saves.
    fn new_image(&self, object: &ObjectSchema) -> Result<Vec<Value>> {
        let mut image: Vec<Value> = object
            .fields
            .iter()
            .map(|field| match (&field.def.default, field.data_type()) {
                (Value::Null, model::FieldType::Boolean) => Value::Bool(false),
                (default, _) => default.clone(),
            })
            .collect();
        let now = Value::DateTime(self.tx.now());
        let by: Value = self.ctx.user_id().into();
        let stamps = [
            ("CreatedDate", now.clone()),
            ("LastModifiedDate", now.clone()),
            ("SystemModstamp", now),
            ("CreatedById", by.clone()),
            ("LastModifiedById", by),
        ];
        for (name, value) in stamps {
            let field = object.find_field(name).ok_or_else(|| Error::internal(format!("no field {name}")))?;
            image[field.ix.index()] = value;
        }
        Ok(image)
    }

    /// Changes fields of another record, as the hook's service and without running hooks again. What changes is in the
    /// audit log and the field history like any change. Returns the images, when anything did.
    ///
    /// # Errors
    /// What the gate or the database reports; an internal error for a record that is not there.
    pub fn update(&mut self, object: &str, id: RecordId, values: &[(&str, Value)]) -> Result<Option<Images>> {
        self.read.clear();
        let schema = self.ctx.schema.clone();
        let object = schema.find_object(object).ok_or_else(|| Error::internal(format!("no object {object}")))?;
        let mut changes = Vec::with_capacity(values.len());
        for (name, value) in values {
            let field = object.find_field(name).ok_or_else(|| Error::internal(format!("no field {name}")))?;
            changes.push((field.ix, value));
        }
        let asked = changes.iter().map(|(ix, _)| *ix).filter(|ix| object.field(*ix).is_writable()).collect();
        let request = WriteRequest {
            schema: schema.clone(),
            object: object.ix,
            verb: WriteVerb::Edit,
            fields: asked,
            derived: Vec::new(),
        };
        let identity = self.identity();
        let write = authorize_write(&identity, request)?;
        let before = self.tx.before_images(&write, &[id])?.remove(&id);
        let before = before.ok_or_else(|| Error::internal(format!("{id} is not there to be changed")))?.values;
        let mut after = before.clone();
        for (ix, value) in changes {
            after[ix.index()] = value.clone();
        }
        let mut changed: Vec<FieldIx> =
            object.fields.iter().map(|field| field.ix).filter(|ix| before[ix.index()] != after[ix.index()]).collect();
        if changed.is_empty() {
            return Ok(None);
        }
        let entry = AuditEntry {
            action: "record_derive",
            object: object.name(),
            record: Some(id),
            detail: change_detail(object, &changed, Some(&before), &after),
        };
        let history: Vec<_> = tracked_changes(object, id, &changed, &before, &after).collect();
        if let Some(stamp) = object.find_field("SystemModstamp") {
            after[stamp.ix.index()] = Value::DateTime(self.tx.now());
            changed.push(stamp.ix);
        }
        let row = (id, changed.iter().map(|ix| &after[ix.index()]).collect());
        self.tx.update(&write, &changed, &[row])?;
        self.tx.audit(&identity, &entry)?;
        self.tx.history_put(&identity, object.name(), &history)?;
        Ok(Some(Images { before, after }))
    }

    /// Passes what an edit made of a field on to the records that carry a copy of it. Each of `copies` names their object,
    /// the reference that leads from them to the record, and the field that holds the copy.
    ///
    /// # Errors
    /// As [`HookCtx::rows`] and [`HookCtx::update`].
    pub fn pass_on(
        &mut self,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
        field: &str,
        copies: &[(&str, &str, &str)],
    ) -> Result<()> {
        let Some(field) = object.find_field(field) else { return Ok(()) };
        for (before, after) in rows {
            let value = &after[field.ix.index()];
            let is_changed = before.is_some_and(|before| before[field.ix.index()] != *value);
            let Some(id) = after[FieldIx::ID.index()].as_id().filter(|_| is_changed) else { continue };
            for (copied, reference, copy) in copies {
                for row in self.rows(&format!("SELECT Id FROM {copied} WHERE {reference} = '{id}'"))? {
                    self.update(copied, row.id, &[(copy, value.clone())])?;
                }
            }
        }
        Ok(())
    }
}
