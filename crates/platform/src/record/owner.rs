//! Owners: who may become one, and what goes when a record changes hands.

use super::outcome::Outcome;
use super::save::Row;
use crate::access::{self, Seen};
use crate::ctx::Ctx;
use crate::query::plan_for_service;
use model::schema::GrantRows;
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result, Value};
use std::collections::HashMap;
use store::{AuditEntry, WriteTx};

/// A user named as owner is active and may read the object; a queue lists it.
pub(super) fn check_owners(
    ctx: &Ctx,
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    rows: &[Row],
    outcome: &mut Outcome,
) -> Result<()> {
    let Some(owner) = object.owner_field.filter(|_| ctx.user_id().is_some()) else { return Ok(()) };
    let mut known: HashMap<RecordId, Option<Owner>> = HashMap::new();
    for row in rows.iter().filter(|row| row.given.contains(&owner)) {
        if outcome.is_failed(row.at) {
            continue;
        }
        let unchanged = row.before.as_ref().is_some_and(|before| before[owner.index()] == row.after[owner.index()]);
        let Some(id) = row.after[owner.index()].as_id().filter(|_| !unchanged) else { continue };
        let refused = match known.get(&id) {
            Some(refused) => *refused,
            None => {
                let refused = refusal(ctx, tx, object, id)?;
                known.insert(id, refused);
                refused
            }
        };
        if let Some(refused) = refused {
            outcome.fail(row.at, refused.error(object));
        }
    }
    Ok(())
}

/// Why somebody cannot own a record.
#[derive(Clone, Copy)]
enum Owner {
    CannotRead,
    NoQueueOfObject,
}

impl Owner {
    fn error(self, object: &ObjectSchema) -> Error {
        let (code, message) = match self {
            Owner::CannotRead => (
                ErrorCode::TransferRequiresRead,
                format!(
                    "The new owner must be active and have read permission on {}; choose another owner or give the \
                     permission.",
                    object.label()
                ),
            ),
            Owner::NoQueueOfObject => (
                ErrorCode::FieldIntegrityException,
                format!("Queue not associated with this object: add {} to the queue's objects.", object.label()),
            ),
        };
        Error::new(code, message).with_field("OwnerId")
    }
}

fn refusal(ctx: &Ctx, tx: &mut WriteTx<'_>, object: &ObjectSchema, owner: RecordId) -> Result<Option<Owner>> {
    let is_group = ctx.schema.find_by_prefix(owner.prefix()).is_some_and(|target| target.name() == "Group");
    if !is_group {
        let seen = Seen::in_write(&ctx.org, tx, &ctx.schema);
        let may_read = access::may_read(&ctx.org, tx, &ctx.schema, owner, object.ix, seen)?;
        return Ok((!may_read).then_some(Owner::CannotRead));
    }
    let text = format!(
        "SELECT Id FROM QueueSobject WHERE QueueId = '{owner}' AND Queue.Type = 'Queue' AND SobjectType = '{}'",
        object.name()
    );
    let plan = plan_for_service(&ctx.org, &ctx.schema, &access::ACCESS, &text)?;
    let listed = tx.count(&plan, &ctx.read_options())? > 0;
    Ok((!listed).then_some(Owner::NoQueueOfObject))
}

/// When the owner changes, shares made by hand go, and the team too, unless the call keeps it.
pub(super) fn take_grants(
    ctx: &Ctx,
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    rows: &[Row],
    keep_teams: bool,
) -> Result<()> {
    let Some(owner) = object.owner_field else { return Ok(()) };
    let moved: Vec<&Row> = rows
        .iter()
        .filter(|row| row.before.as_ref().is_some_and(|before| before[owner.index()] != row.after[owner.index()]))
        .collect();
    let ids: Vec<RecordId> = moved.iter().filter_map(|row| row.id).collect();
    let Some(write) = moved.first().map(|row| row.write.clone()) else { return Ok(()) };
    for relation in &object.children {
        let table = ctx.schema.object(relation.child);
        let goes = match table.grant_rows() {
            Some(GrantRows::Share) => true,
            Some(GrantRows::Team) => !keep_teams,
            None => false,
        };
        if !goes || table.masters != [relation.field] {
            continue;
        }
        for id in &ids {
            let gone = tx.remove_grants(&write, table.ix, std::slice::from_ref(id))?;
            if gone > 0 {
                let detail = serde_json::json!({ "table": table.name(), "rows": gone, "why": "owner changed" });
                let entry = AuditEntry {
                    action: "share_remove",
                    object: object.name(),
                    record: Some(*id),
                    detail: detail.to_string(),
                };
                tx.audit(&ctx.identity, &entry)?;
            }
        }
    }
    Ok(())
}

/// A detail stays with its master unless the relationship lets it move; a grant stays with its record and grantee.
pub(super) fn check_moved(object: &ObjectSchema, row: &Row) -> Result<()> {
    let Some(before) = &row.before else { return Ok(()) };
    let fixed = |field: &&model::FieldSchema| {
        let movable = field.data_type().as_reference().is_none_or(|reference| reference.reparentable);
        match object.grant_rows() {
            Some(_) => object.masters.contains(&field.ix) || GRANTEES.contains(&field.name()),
            None => object.masters.contains(&field.ix) && !movable,
        }
    };
    for field in object.fields.iter().filter(fixed) {
        let (old, new) = (&before[field.ix.index()], &row.after[field.ix.index()]);
        if old != new && *old != Value::Null {
            return Err(Error::new(
                ErrorCode::InvalidFieldForInsertUpdate,
                format!("Unable to update fields: {}. The record cannot be moved to another one.", field.name()),
            )
            .with_field(field.name()));
        }
    }
    Ok(())
}

/// The fields of share and team rows that name who gets access.
pub(super) const GRANTEES: [&str; 3] = ["UserOrGroupId", "UserId", "MemberId"];
