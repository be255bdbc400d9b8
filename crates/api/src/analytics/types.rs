//! What reports can be made of, and how their columns can be filtered.

use super::{base, flag};
use crate::call::Call;
use crate::reply::Reply;
use app_reports::{SavedReport, report_choices, report_types, wire};
use model::Result;
use platform::{Ctx, SystemPermission};
use serde_json::{Value as Json, json};

pub(crate) fn list(ctx: &Ctx, call: &Call) -> Result<Reply> {
    ctx.require(SystemPermission::RunReports)?;
    let types = report_types(ctx);
    let entries: Json = types
        .iter()
        .map(|one| {
            let url = format!("{}/reportTypes/{}", base(call), one.type_name);
            json!({"type": one.type_name, "label": one.label, "describeUrl": url})
        })
        .collect();
    Ok(Reply::json(&json!([{"label": "All", "reportTypes": entries}])))
}

pub(crate) fn get(ctx: &Ctx, call: &Call) -> Result<Reply> {
    ctx.require(SystemPermission::RunReports)?;
    let choices = report_choices(ctx, call.param("report_type")?)?;
    Ok(Reply::json(&json!({"reportTypeMetadata": wire::type_json(ctx, &choices)?})))
}

/// The columns that a report could have.
pub(crate) fn fields(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let saved = SavedReport::fetch(ctx, call.id()?)?;
    let choices = report_choices(ctx, &saved.definition.report_type.name)?;
    Ok(Reply::json(&json!({"reportTypeMetadata": wire::type_json(ctx, &choices)?})))
}

pub(crate) fn operators(ctx: &Ctx, call: &Call) -> Result<Reply> {
    ctx.require(SystemPermission::RunReports)?;
    Ok(Reply::json(&wire::operators_json(flag(call, "forDashboards")?.unwrap_or(false))))
}
