//! Quick actions: records made in one step, about the record that somebody looks at. Which there are is fixed; who may
//! use one follows from the permission to create its records.

mod describe;
mod execute;

pub(crate) use describe::{default_values, describe};
pub(crate) use execute::execute;

use crate::call::Call;
use crate::reply::Reply;
use model::{Error, ObjectSchema, RecordId, Result, Value};
use platform::Ctx;
use serde_json::{Value as Json, json};

/// What makes a record of one object.
pub(crate) struct QuickAction {
    name: &'static str,
    label: &'static str,
    /// `Create`, or `LogACall` for calls that are over.
    kind: &'static str,
    object: &'static str,
    fields: &'static [&'static str],
    /// What a new record has unless the caller says otherwise.
    begins: &'static [(&'static str, &'static str)],
}

const fn create(
    name: &'static str,
    label: &'static str,
    object: &'static str,
    fields: &'static [&'static str],
) -> QuickAction {
    QuickAction { name, label, kind: "Create", object, fields, begins: &[] }
}

static ACTIONS: [QuickAction; 8] = [
    QuickAction {
        name: "LogACall",
        label: "Log a Call",
        kind: "LogACall",
        object: "Task",
        fields: &["Subject", "Description", "WhoId", "WhatId"],
        begins: &[("Subject", "Call"), ("TaskSubtype", "Call"), ("Status", "Completed")],
    },
    create(
        "NewTask",
        "New Task",
        "Task",
        &["Subject", "ActivityDate", "Status", "Priority", "OwnerId", "WhoId", "WhatId"],
    ),
    create(
        "NewEvent",
        "New Event",
        "Event",
        &["Subject", "StartDateTime", "EndDateTime", "Location", "OwnerId", "WhoId", "WhatId"],
    ),
    create("NewAccount", "New Account", "Account", &["Name", "Phone", "Website", "Industry", "ParentId"]),
    create("NewContact", "New Contact", "Contact", &["FirstName", "LastName", "AccountId", "Email", "Phone", "Title"]),
    create("NewLead", "New Lead", "Lead", &["FirstName", "LastName", "Company", "Email", "Phone", "Status"]),
    create(
        "NewOpportunity",
        "New Opportunity",
        "Opportunity",
        &["Name", "AccountId", "StageName", "CloseDate", "Amount"],
    ),
    create("NewCase", "New Case", "Case", &["Subject", "Description", "Status", "Priority", "AccountId", "ContactId"]),
];

/// `quickActions` and `sobjects/{object}/quickActions`
pub(crate) fn list(ctx: &Ctx, call: &Call) -> Result<Reply> {
    if call.param("object").is_ok() {
        call.object(ctx)?;
    }
    Ok(Reply::json(&usable(ctx).map(|(action, _)| brief(call, action)).collect()))
}

/// `quickActions/{name}`
pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    Ok(Reply::json(&brief(call, named(ctx, call)?.0)))
}

/// The actions that the caller may use, as a layout names them.
pub(crate) fn list_items(ctx: &Ctx) -> Vec<Json> {
    usable(ctx)
        .map(|(action, _)| {
            json!({
                "colors": null,
                "iconUrl": null,
                "icons": null,
                "label": action.label,
                "miniIconUrl": null,
                "quickActionName": action.name,
                "targetSobjectType": action.object,
                "type": action.kind,
            })
        })
        .collect()
}

fn usable(ctx: &Ctx) -> impl Iterator<Item = (&'static QuickAction, &ObjectSchema)> {
    ACTIONS.iter().filter_map(|action| {
        let object = ctx.object(action.object).ok()?;
        ctx.object_permission(object.ix).create.then_some((action, object))
    })
}

/// The action in the path.
fn named<'a>(ctx: &'a Ctx, call: &Call) -> Result<(&'static QuickAction, &'a ObjectSchema)> {
    if call.param("object").is_ok() {
        call.object(ctx)?;
    }
    let name = call.param("action")?;
    usable(ctx).find(|(action, _)| action.name.eq_ignore_ascii_case(name)).ok_or_else(Error::not_found)
}

fn brief(call: &Call, action: &QuickAction) -> Json {
    let address = format!("{}/quickActions/{}", call.base_path(), action.name);
    json!({
        "actionEnumOrId": action.name,
        "label": action.label,
        "name": action.name,
        "type": action.kind,
        "urls": {
            "defaultValues": format!("{address}/defaultValues"),
            "defaultValuesTemplate": format!("{address}/defaultValues/{{ID}}"),
            "describe": format!("{address}/describe"),
            "quickAction": address,
        },
    })
}

/// What a new record of the action begins with: the action's own values, and the reference to the record in view.
fn beginnings(
    ctx: &Ctx,
    action: &QuickAction,
    object: &ObjectSchema,
    context: Option<RecordId>,
) -> Vec<(model::FieldIx, Value)> {
    let given =
        action.begins.iter().filter_map(|(name, value)| Some((object.find_field(name)?.ix, Value::from(*value))));
    let mut values: Vec<_> = given.filter(|(field, _)| ctx.can_edit_field(object.ix, *field)).collect();
    let about = context.and_then(|id| {
        let of = ctx.schema().find_by_prefix(id.prefix())?;
        let points = |name: &&&str| {
            object.find_field(name).is_some_and(|field| {
                field.targets.contains(&of.ix)
                    && object.owner_field != Some(field.ix)
                    && ctx.can_edit_field(object.ix, field.ix)
            })
        };
        let name = action.fields.iter().find(points)?;
        Some((object.find_field(name)?.ix, Value::Id(id)))
    });
    values.extend(about);
    values
}
