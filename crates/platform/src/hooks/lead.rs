//! Leads that were converted: read only, and nothing new points to them. The status that says so comes by converting.

use super::{Hook, HookCtx, HookRow};
use crate::literal::quoted;
use crate::record::{LEADS, converted_lead, refuse_converted};
use model::{Error, ErrorCode, Result, Value};
use policy::Service;

pub(super) struct LeadHook;

impl Hook for LeadHook {
    fn objects(&self) -> &'static [&'static str] {
        &["Lead", "CampaignMember", "Task", "Event", "Note"]
    }

    fn service(&self) -> &'static Service {
        &LEADS
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        // A service that loads data brings leads that were converted elsewhere.
        if ctx.ctx().user_id().is_none() {
            return Ok(());
        }
        let reference = match row.object.name() {
            "Lead" => {
                row.before.map_or(Ok(()), |before| refuse_converted(row.object, before))?;
                return refuse_status_of_converted(ctx, row);
            }
            "CampaignMember" => "LeadId",
            "Note" => "ParentId",
            _ => "WhoId",
        };
        let schema = ctx.ctx().schema().clone();
        let is_lead = |id: &model::RecordId| schema.find_by_prefix(id.prefix()).is_some_and(|to| to.name() == "Lead");
        let Some(id) = row.get(reference).as_id().filter(is_lead).filter(|_| row.is_changed(reference)) else {
            return Ok(());
        };
        // A conversion under way is waited for, and one to come waits and moves this row along.
        ctx.keep("Lead", id)?;
        let converted = ctx.rows(&format!("SELECT Id FROM Lead WHERE Id = '{id}' AND IsConverted = true"))?;
        if converted.is_empty() { Ok(()) } else { Err(converted_lead().with_field(reference)) }
    }
}

/// A lead gets the status of a converted one by being converted, not by a save that leaves account and contact out.
fn refuse_status_of_converted(ctx: &mut HookCtx<'_, '_>, row: &HookRow<'_>) -> Result<()> {
    if !row.is_changed("Status") || *row.get("IsConverted") == Value::Bool(true) {
        return Ok(());
    }
    let Some(status) = row.get("Status").as_text() else { return Ok(()) };
    let known = format!("SELECT Id FROM LeadStatus WHERE IsConverted = true AND ApiName = {}", quoted(status));
    if ctx.rows(&known)?.is_empty() {
        return Ok(());
    }
    let message = format!("Status: {status} is what a lead becomes by being converted; convert the lead");
    Err(Error::new(ErrorCode::InvalidStatus, message).with_field("Status"))
}
