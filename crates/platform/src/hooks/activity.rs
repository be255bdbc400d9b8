//! Tasks and events: closed by status; the end and length of an event follow from each other.

use super::{Hook, HookCtx, HookRow, refuse};
use model::{Result, Value};
use policy::Service;

pub(super) struct ActivityHook;

pub(crate) static ACTIVITIES: Service = Service {
    name: "activity-times",
    purpose: "Derives fields of an activity from its own fields; reads nothing.",
    grants: &[],
};

impl Hook for ActivityHook {
    fn objects(&self) -> &'static [&'static str] {
        &["Task", "Event"]
    }

    fn service(&self) -> &'static Service {
        &ACTIVITIES
    }

    fn derives(&self) -> &'static [&'static str] {
        &["EndDateTime", "DurationInMinutes", "ActivityDate"]
    }

    fn before_save(&self, _ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        if row.object.name() == "Task" {
            let closed = row.get("Status").as_text().is_some_and(|status| status.eq_ignore_ascii_case("Completed"));
            row.set("IsClosed", Value::Bool(closed));
            return Ok(());
        }
        let start = row.get("StartDateTime").as_instant();
        let minutes = row.get("DurationInMinutes").as_decimal().and_then(|minutes| i64::try_from(minutes).ok());
        if minutes.is_some_and(|minutes| minutes < 0) {
            return Err(refuse("DurationInMinutes", "Duration: must not be negative"));
        }
        let Some(start) = start else { return Ok(()) };
        match (row.get("EndDateTime").as_instant(), minutes) {
            // An end that was given decides the length; otherwise the length stays and the end moves.
            (Some(end), _) if row.is_given("EndDateTime") || minutes.is_none() => {
                if end < start {
                    return Err(refuse("EndDateTime", "End: must not be before the start"));
                }
                row.set("DurationInMinutes", Value::Int((end.ms() - start.ms()) / 60_000));
            }
            (_, Some(minutes)) => row.set("EndDateTime", start.plus_ms(minutes * 60_000)),
            (_, None) => {}
        }
        if row.get("ActivityDate").is_null() || (row.is_changed("StartDateTime") && !row.is_given("ActivityDate")) {
            row.set("ActivityDate", start.date_in(&model::Zone::UTC));
        }
        Ok(())
    }
}
