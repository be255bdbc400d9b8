//! Reports, a dashboard and schedules of the demo, owned by who leads sales.

use super::load::Loaded;
use crate::cli::Failure;
use crate::demo::{DemoRecord, DemoWorld};
use app_delivery::Recipient;
use app_delivery::recurrence::Rule;
use app_reports::SavedReport;
use model::schema::AccessDefault;
use model::{Error, RecordId, Value};
use platform::provision::{LOADING, PROVISION};
use platform::{Ctx, Org, RecordDraft};
use serde_json::json;
use std::sync::Arc;
use store::Backed as _;

const SCHEDULE: &str = "DeliverySchedule";
const REPORT: &str = "Pipeline_by_stage";
const MINUTE_MS: i64 = 60_000;

/// Who leads sales: the owner of the reports, whose rights the deliveries run with.
fn leader(world: &DemoWorld) -> Option<&DemoRecord> {
    world.of("User").find(|user| user.text("Department") == "Sales" && user.text("Title").contains("VP"))
}

/// Who leads a region.
fn managers<'a>(world: &'a DemoWorld, loaded: &'a Loaded) -> impl Iterator<Item = RecordId> + 'a {
    let leads = |user: &&DemoRecord| user.text("Department") == "Sales" && user.text("Title").contains("Manager");
    world.of("User").filter(leads).filter_map(|user| loaded.id(user.key))
}

pub(super) fn create(org: &Arc<Org>, world: &DemoWorld, loaded: &Loaded, admin: RecordId) -> Result<(), Failure> {
    let owner = leader(world).and_then(|leader| loaded.id(leader.key)).unwrap_or(admin);
    // A demo is to be looked at: everybody sees its reports, each with their own rows.
    org.store().write_metadata(|tx| {
        for object in ["Report", "Dashboard"] {
            tx.object_redeclare(object, |def| def.access_default = AccessDefault::PublicRead)?;
        }
        Ok(())
    })?;
    let ctx = Ctx::for_user(org, owner)?;
    app_reports::ensure_samples(&ctx)?;
    let report = SavedReport::find(&ctx, REPORT)?.ok_or_else(Error::not_found)?.id;
    let mut everybody = vec![Recipient::User { id: owner }];
    everybody.extend(managers(world, loaded).map(|id| Recipient::User { id }));
    let weekly = weekly(&ctx);
    schedule(&ctx, report, "Pipeline report, Mondays 08:00", &weekly, &everybody)?;
    first_look(&ctx, report, owner)?;
    Ok(())
}

fn weekly(ctx: &Ctx) -> serde_json::Value {
    json!({
        "freq": "weekly",
        "on": { "weekdays": ["monday"] },
        "times": ["08:00"],
        "zone": ctx.user().zone_name,
        "start": ctx.today().to_string(),
    })
}

fn schedule(
    ctx: &Ctx,
    report: RecordId,
    name: &str,
    rule: &serde_json::Value,
    recipients: &[Recipient],
) -> model::Result<RecordId> {
    let recipients = serde_json::to_string(recipients).map_err(Error::internal)?;
    let values: [(&str, Value); 8] = [
        ("Name", name.into()),
        ("ReportId", report.into()),
        ("State", "active".into()),
        ("Rule", rule.to_string().into()),
        ("Recipients", recipients.into()),
        ("SubjectTemplate", "Pipeline: {{ run.rowCount }} open deals".into()),
        (
            "BodyTemplate",
            "Hello {{ recipient.name }},\n\nthis is where every open deal stands; the workbook lists them one by one."
                .into(),
        ),
        ("Formats", "XLSX".into()),
    ];
    let object = ctx.object(SCHEDULE)?;
    let draft =
        values.into_iter().try_fold(RecordDraft::new(), |draft, (field, value)| draft.set(object, field, value))?;
    ctx.record_create(SCHEDULE, draft)
}

/// A schedule that is due at this very minute, so that there is a delivery to look at from the start.
fn first_look(ctx: &Ctx, report: RecordId, owner: RecordId) -> model::Result<()> {
    let now = ctx.now();
    let local = now.to_timestamp().to_zoned(ctx.user().zone.clone());
    let rule = json!({
        "freq": "daily",
        "times": [local.strftime("%H:%M").to_string()],
        "zone": ctx.user().zone_name,
        "start": local.date().to_string(),
        // A rule must have a run to come when it is saved: tomorrow's, its last.
        "end": local.date().tomorrow().map_err(Error::internal)?.to_string(),
    });
    let id = schedule(ctx, report, "Pipeline report, a first look", &rule, &[Recipient::User { id: owner }])?;
    let due = Rule::parse(&rule.to_string())?.next_after(now.plus_ms(-MINUTE_MS));
    let Some(due) = due.filter(|due| due.instant <= now) else { return Ok(()) };
    let service = Ctx::for_service(ctx.org(), &PROVISION)?;
    let draft = RecordDraft::of(id).set(service.object(SCHEDULE)?, "NextRun", due.instant)?;
    for result in service.records_update(SCHEDULE, vec![draft], LOADING)? {
        result.into_id()?;
    }
    Ok(())
}
