//! Who gets which edition of a report: one for all, one for each part, or one for each recipient with their own rights.

use crate::bursting::{Bursting, OnUnassigned};
use crate::domains;
use crate::files::Files;
use crate::job::answer;
use crate::ledger::Ledger;
use crate::live::stop_of_address;
use crate::parts;
use crate::recipients::{self, Resolved};
use crate::schedule::{RunKind, RunPayload, Schedule};
use model::{RecordId, Result, Value};
use platform::{Ctx, ReportAnswer, ReportRequest};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// What a report says in one of its editions, with the files of it.
pub(crate) struct Edition {
    pub(crate) answer: ReportAnswer,
    pub(crate) files: Files,
    /// The part it is; none for the whole.
    pub(crate) key: Option<String>,
    /// Whose access decided.
    pub(crate) run_as: RecordId,
    pub(crate) run_as_name: String,
}

/// An edition for one recipient.
pub(crate) struct Parcel {
    pub(crate) edition: usize,
    pub(crate) recipient: Resolved,
    /// Which it is of the parts of one name to one recipient: two records may have one name.
    pub(crate) nth: usize,
    /// Why nothing is sent: the state of the delivery, and the reason.
    pub(crate) stop: Option<(&'static str, String)>,
}

impl Parcel {
    /// What the ledger knows a delivery by. The same run has each key once.
    pub(crate) fn delivery_key(&self, payload: &RunPayload, edition: &Edition) -> String {
        let part = edition.key.as_deref().unwrap_or_default();
        let whole = hex::encode(Sha256::digest(format!("{}\n{part}\n{}", self.recipient.key, self.nth)));
        format!("{}/{}", payload.run, &whole[..32])
    }
}

pub(crate) struct Plan {
    pub(crate) editions: Vec<Edition>,
    pub(crate) parcels: Vec<Parcel>,
    /// What the run says of parts.
    pub(crate) proof: Vec<(&'static str, Value)>,
    /// Why nothing at all goes out.
    pub(crate) refusal: Option<String>,
}

/// Decides who gets what.
///
/// # Errors
/// When the report or the renderer fails; what the database reports.
pub(crate) fn plan(
    ctx: &Ctx,
    ledger: &Ledger,
    schedule: &Schedule,
    request: &ReportRequest,
    whole: ReportAnswer,
    payload: &RunPayload,
) -> Result<Plan> {
    let is_test = payload.kind == RunKind::Test;
    let mut plan = Plan { editions: Vec::new(), parcels: Vec::new(), proof: Vec::new(), refusal: None };
    let edition = |ctx: &Ctx, answer: ReportAnswer, key: Option<String>| {
        let files = Files::make(ctx, schedule, &answer, payload.slot.date(), key.as_deref())?;
        let run_as = ctx.user_id().unwrap_or(schedule.owner);
        Ok::<_, model::Error>(Edition { answer, files, key, run_as, run_as_name: ctx.user().name.clone() })
    };
    let everybody = || match is_test {
        true => recipients::resolve(ctx, request, &[recipients::Recipient::User { id: schedule.owner }]),
        false => recipients::resolve(ctx, request, &schedule.recipients),
    };
    match &schedule.bursting {
        Some(bursting) if !is_test => burst(ctx, schedule, request, bursting, &whole, &mut plan, edition)?,
        _ if schedule.each_recipient && !is_test => {
            for recipient in everybody()? {
                each(ctx, request, recipient, &mut plan, edition)?;
            }
        }
        _ => {
            let recipients = everybody()?;
            plan.editions.push(edition(ctx, whole, None)?);
            plan.parcels.extend(recipients.into_iter().map(|recipient| Parcel {
                edition: 0,
                nth: 0,
                stop: recipient.skipped.clone().map(|reason| ("skipped", reason)),
                recipient,
            }));
        }
    }
    count_namesakes(&mut plan);
    ledger.together(|unit| {
        let rules = domains::rules_in(unit)?;
        for parcel in plan.parcels.iter_mut().filter(|parcel| parcel.stop.is_none()) {
            parcel.stop = match parcel.recipient.is_of_column.then(|| rules.refusal_of_columns()).flatten() {
                Some(words) => Some(("blocked", words)),
                None => stop_of_address(unit, schedule.id, &parcel.recipient.address)?,
            };
        }
        Ok(())
    })?;
    Ok(plan)
}

fn count_namesakes(plan: &mut Plan) {
    let mut seen: HashMap<(String, Option<String>), usize> = HashMap::new();
    for parcel in &mut plan.parcels {
        let key = plan.editions[parcel.edition].key.clone();
        let count = seen.entry((parcel.recipient.key.clone(), key)).or_default();
        parcel.nth = *count;
        *count += 1;
    }
}

/// The rows that a user may read themselves.
fn each(
    ctx: &Ctx,
    request: &ReportRequest,
    recipient: Resolved,
    plan: &mut Plan,
    edition: impl Fn(&Ctx, ReportAnswer, Option<String>) -> Result<Edition>,
) -> Result<()> {
    let empty = |plan: &mut Plan, recipient: Resolved, reason: String| -> Result<()> {
        if plan.editions.is_empty() {
            plan.editions.push(Edition::nothing(ctx));
        }
        plan.parcels.push(Parcel { edition: 0, recipient, nth: 0, stop: Some(("skipped", reason)) });
        Ok(())
    };
    if let Some(reason) = recipient.skipped.clone() {
        return empty(plan, recipient, reason);
    }
    let Some(user) = recipient.user else {
        return empty(plan, recipient, "only users get rows of their own".to_owned());
    };
    let Ok(own) = Ctx::for_user(ctx.org(), user) else {
        return empty(plan, recipient, "the user may not act".to_owned());
    };
    match answer(&own, request) {
        Ok(answer) => {
            plan.editions.push(edition(&own, answer, None)?);
            plan.parcels.push(Parcel { edition: plan.editions.len() - 1, recipient, nth: 0, stop: None });
            Ok(())
        }
        Err(error) if error.internal_cause().is_none() => {
            let reason = format!("the report cannot be made for them: {}", error.message());
            empty(plan, recipient, reason)
        }
        Err(error) => Err(error),
    }
}

/// One part for each value of a column. Rows that belong to nobody are sent to nobody.
fn burst(
    ctx: &Ctx,
    schedule: &Schedule,
    request: &ReportRequest,
    bursting: &Bursting,
    whole: &ReportAnswer,
    plan: &mut Plan,
    edition: impl Fn(&Ctx, ReportAnswer, Option<String>) -> Result<Edition>,
) -> Result<()> {
    let found = parts::of(ctx, schedule, request, bursting)?;
    let rows = |count: u64| Value::from(i64::try_from(count).unwrap_or(i64::MAX));
    plan.proof = vec![
        ("Parts", rows(found.parts.len() as u64)),
        ("RowsUnassigned", rows(found.unassigned)),
        ("RowsRead", rows(found.row_count)),
        ("AsOf", found.as_of.into()),
    ];
    let sent: u64 = found.parts.iter().map(|part| part.answer.row_count).sum();
    if sent + found.unassigned != found.row_count {
        return Err(model::Error::internal("the parts of a report are not the whole of it"));
    }
    if found.unassigned > 0 && bursting.on_unassigned == OnUnassigned::Fail {
        plan.refusal = Some(format!(
            "{} of {} rows belong to nobody: {} or {} is blank. Nothing was sent.",
            found.unassigned,
            found.row_count,
            bursting.key_column,
            bursting.address.column()
        ));
        return Ok(());
    }
    for part in found.parts {
        let at = plan.editions.len();
        for recipient in part.recipients {
            let stop = recipient.skipped.clone().map(|reason| ("skipped", reason));
            plan.parcels.push(Parcel { edition: at, recipient, nth: 0, stop });
        }
        plan.editions.push(edition(ctx, part.answer, Some(part.label))?);
    }
    if plan.editions.is_empty() {
        plan.refusal = Some(format!("No row of {} names a part and whom it goes to.", whole.name));
    }
    Ok(())
}

impl Edition {
    /// What stands behind recipients who get nothing.
    fn nothing(ctx: &Ctx) -> Self {
        Self {
            answer: no_answer(ctx.now()),
            files: Files::none(),
            key: None,
            run_as: ctx.user_id().unwrap_or_else(|| ctx.org().id().record_id()),
            run_as_name: ctx.user().name.clone(),
        }
    }
}

fn no_answer(as_of: model::Instant) -> ReportAnswer {
    ReportAnswer {
        name: String::new(),
        definition: String::new(),
        changed_by: None,
        table: render::Table::default(),
        summary: render::Table::default(),
        is_matrix: false,
        chart: None,
        row_count: 0,
        figures: Vec::new(),
        groups: Vec::new(),
        notices: Vec::new(),
        filters: Vec::new(),
        as_of,
    }
}
