//! Share rows made by hand: what they may give, to whom, and by whom.

use super::outcome::Outcome;
use super::owner::GRANTEES;
use super::save::Row;
use super::update::no_access;
use crate::access;
use crate::ctx::Ctx;
use crate::query::plan_for_service;
use model::schema::{GrantLevel, GrantRows};
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result};
use policy::{AccountChild, account_children, allows_shares, child_default};
use store::{Verdict, WriteTx};

fn bad_level(field: &str, message: impl Into<String>) -> Error {
    Error::new(ErrorCode::InvalidAccessLevel, message).with_field(field)
}

/// The object whose records the rows of `table` open.
fn record_object<'a>(ctx: &'a Ctx, table: &ObjectSchema) -> Option<&'a ObjectSchema> {
    let target = table.field(*table.masters.first()?).targets.first()?;
    Some(ctx.schema.object(*target))
}

/// Fills in what a share leaves out, and refuses what no record of the object could be given.
pub(super) fn prepare(ctx: &Ctx, table: &ObjectSchema, row: &mut Row) -> Result<()> {
    if table.grant_rows() != Some(GrantRows::Share) {
        return Ok(());
    }
    let Some(object) = record_object(ctx, table) else { return Ok(()) };
    if !allows_shares(&ctx.schema, object) {
        return Err(bad_level(
            &own_level_field(table, object),
            format!("The default access of {} leaves nothing to share.", object.def.label_plural),
        ));
    }
    let at = |name: &str| table.find_field(name).map(|field| field.ix.index());
    if let Some(cause) = at("RowCause")
        && row.after[cause].as_text() != Some("Manual")
    {
        return Err(bad_level("RowCause", "Row cause: only rows of cause Manual are made by hand"));
    }
    for child in AccountChild::ALL {
        if let (true, Some(field)) = (object.name() == "Account", at(child.level_field()))
            && row.after[field].is_null()
        {
            let default = default_of(ctx, child);
            row.after[field] = default.as_str().into();
        }
    }
    let level_of = |name: &str| at(name).and_then(|at| row.after[at].as_text()).and_then(GrantLevel::parse);
    let own = own_level_field(table, object);
    if policy::shares_give_all(object) && at(&own).is_some_and(|at| row.after[at].as_text() == Some("All")) {
        return Ok(());
    }
    let Some(level) = level_of(&own) else {
        return Err(bad_level(&own, "Access level: a share gives Read or Edit"));
    };
    let default = child_default(object);
    let mut above = level > default;
    let mut below = level < default;
    if object.name() == "Account" {
        for child in AccountChild::ALL {
            let Some(level) = level_of(child.level_field()) else {
                return Err(bad_level(child.level_field(), "Access level: None, Read or Edit"));
            };
            above |= level > default_of(ctx, child);
            below |= level < default_of(ctx, child);
        }
    }
    if below || !above {
        return Err(bad_level(
            &own,
            format!("Access level: a share must give more than the default access of {}", object.def.label_plural),
        ));
    }
    Ok(())
}

fn own_level_field(table: &ObjectSchema, object: &ObjectSchema) -> String {
    let own = format!("{}AccessLevel", object.name());
    if table.find_field(&own).is_some() { own } else { "AccessLevel".to_owned() }
}

/// The default of a child, None where it has no level of its own.
fn default_of(ctx: &Ctx, child: AccountChild) -> GrantLevel {
    account_children(&ctx.schema)
        .find(|(known, _, _)| *known == child)
        .map_or(GrantLevel::None, |(_, object, _)| child_default(object))
}

/// Checks each share against its record and grantee; the author is known to hold All on the record by now.
pub(super) fn check(
    ctx: &Ctx,
    tx: &mut WriteTx<'_>,
    table: &ObjectSchema,
    rows: &[Row],
    outcome: &mut Outcome,
) -> Result<()> {
    if table.grant_rows().is_none() || ctx.user_id().is_none() {
        return Ok(());
    }
    let Some(object) = record_object(ctx, table) else { return Ok(()) };
    for row in rows {
        if outcome.is_failed(row.at) {
            continue;
        }
        match check_one(ctx, tx, table, object, row) {
            Ok(()) => {}
            Err(error) if error.code() == ErrorCode::UnknownException => return Err(error),
            Err(error) => outcome.fail(row.at, error),
        }
    }
    Ok(())
}

fn check_one(ctx: &Ctx, tx: &mut WriteTx<'_>, table: &ObjectSchema, object: &ObjectSchema, row: &Row) -> Result<()> {
    let record = row.after[table.masters[0].index()].as_id();
    let grantee =
        GRANTEES.iter().find_map(|name| table.find_field(name)).and_then(|field| row.after[field.ix.index()].as_id());
    let (Some(record), Some(grantee)) = (record, grantee) else { return Ok(()) };
    refuse_second(ctx, tx, table, row, record, grantee)?;
    if table.grant_rows() != Some(GrantRows::Share) {
        return Ok(());
    }
    if object.name() == "Account" {
        return check_child_levels(ctx, tx, table, object, row, record);
    }
    if AccountChild::of(object).is_some() {
        return check_account_of(ctx, tx, object, record, grantee);
    }
    Ok(())
}

/// One row per record and grantee.
fn refuse_second(
    ctx: &Ctx,
    tx: &mut WriteTx<'_>,
    table: &ObjectSchema,
    row: &Row,
    record: RecordId,
    grantee: RecordId,
) -> Result<()> {
    if row.before.is_some() {
        return Ok(());
    }
    let other = tx.grant_of(&row.write, record, grantee)?;
    match other {
        None => Ok(()),
        Some(id) => Err(Error::new(
            ErrorCode::DuplicateValue,
            format!("{} already has a row here: duplicates value on record with id: {id}", name_of(ctx, grantee)),
        )
        .with_field(GRANTEES.iter().find(|name| table.find_field(name).is_some()).copied().unwrap_or_default())),
    }
}

fn name_of(ctx: &Ctx, id: RecordId) -> String {
    ctx.schema.find_by_prefix(id.prefix()).map_or_else(|| id.to_string(), |object| format!("{} {id}", object.label()))
}

/// Nobody but an administrator gives more on an account's children than its owner has there.
fn check_child_levels(
    ctx: &Ctx,
    tx: &mut WriteTx<'_>,
    table: &ObjectSchema,
    account: &ObjectSchema,
    row: &Row,
    record: RecordId,
) -> Result<()> {
    if ctx.object_permission(account.ix).modify_all {
        return Ok(());
    }
    let columns = AccountChild::ALL.map(|child| format!("Owner.UserRole.{}", child.role_field())).join(", ");
    let text = format!("SELECT {columns} FROM Account WHERE Id = '{record}'");
    let plan = plan_for_service(&ctx.org, &ctx.schema, &access::ACCESS, &text)?;
    let rows = tx.records(&plan, &ctx.read_options(), None)?;
    for (at, child) in AccountChild::ALL.into_iter().enumerate() {
        let of_role = rows.first().and_then(|row| row.cells[at].value().as_text().and_then(GrantLevel::parse));
        let most = of_role.unwrap_or_default().max(default_of(ctx, child));
        let given = table.find_field(child.level_field()).and_then(|field| row.after[field.ix.index()].as_text());
        if given.and_then(GrantLevel::parse).unwrap_or_default() > most {
            return Err(bad_level(
                child.level_field(),
                format!("Access level: the account's owner has no more than {} there", most.as_str()),
            ));
        }
    }
    Ok(())
}

/// Sharing what belongs to an account shows the account: a user who may not see it gets it from somebody who holds All
/// on it, and so does any group, unless everybody sees accounts.
fn check_account_of(
    ctx: &Ctx,
    tx: &mut WriteTx<'_>,
    object: &ObjectSchema,
    record: RecordId,
    grantee: RecordId,
) -> Result<()> {
    let text = format!("SELECT AccountId FROM {} WHERE Id = '{record}'", object.name());
    let plan = plan_for_service(&ctx.org, &ctx.schema, &access::ACCESS, &text)?;
    let rows = tx.records(&plan, &ctx.read_options(), None)?;
    let Some(id) = rows.first().and_then(|row| row.cells[0].value().as_id()) else { return Ok(()) };
    let Some(account) = ctx.schema.find_object("Account") else { return Ok(()) };
    let is_user = ctx.schema.find_by_prefix(grantee.prefix()).is_some_and(|target| target.name() == "User");
    let sees = if is_user {
        let seen = access::Seen::in_write(&ctx.org, tx, &ctx.schema);
        match access::identity_in(&ctx.org, tx, &ctx.schema, grantee, seen)? {
            Some(identity) => verdict(tx, &identity, ctx, account, id)?.is_some_and(|verdict| verdict.read),
            None => false,
        }
    } else {
        child_default(account) >= GrantLevel::Read
    };
    if sees || verdict(tx, &ctx.identity, ctx, account, id)?.is_some_and(|verdict| verdict.share_level) {
        return Ok(());
    }
    Err(no_access(id))
}

/// What matters here of a verdict on the account.
struct OnAccount {
    read: bool,
    share_level: bool,
}

fn verdict(
    tx: &mut WriteTx<'_>,
    identity: &policy::Identity,
    ctx: &Ctx,
    account: &ObjectSchema,
    id: RecordId,
) -> Result<Option<OnAccount>> {
    let mut decision = policy::authorize_decision(identity, &ctx.schema, account.ix)?;
    // All on the account, whatever the default leaves to share.
    decision.share = policy::record_access(identity, &ctx.schema, account.ix, policy::Level::All);
    let verdicts = tx.decide(&decision, &[id])?;
    Ok(verdicts.get(&id).map(|verdict: &Verdict| OnAccount { read: verdict.read, share_level: verdict.share }))
}
