//! What a person decides about a message whose end nobody knows, or that failed: send the same bytes again, or take it for
//! delivered.

use crate::ledger::{cut, run_settle, update};
use crate::objects::{DELIVERY, RUN};
use crate::services::LEDGER;
use model::{Error, ErrorCode, RecordId, Result};
use platform::{Ctx, SystemPermission, Unit};

/// What can be decided about a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The same bytes under the same message id, for a delivery that failed or is uncertain.
    Resend,
    /// It is taken for delivered, for one that is uncertain.
    AssumeDelivered,
}

/// Carries a decision out. Whether a message may leave is asked again before it does.
///
/// # Errors
/// `NOT_FOUND` for a delivery that the user may not see; a refusal for anybody but the schedule's owner or who manages all
/// schedules, and for a delivery in another state.
pub fn decide(ctx: &Ctx, delivery: RecordId, decision: Decision) -> Result<()> {
    let text = format!(
        "SELECT RunId, Run.ScheduleId, Run.Schedule.OwnerId, State, OutboxNumber FROM {DELIVERY} WHERE Id = '{delivery}'"
    );
    let seen = ctx.in_one_transaction(|unit| unit.rows(&text))?;
    let row = seen.first().ok_or_else(Error::not_found)?;
    let owner = row.cells[2].value().as_id();
    if ctx.user_id() != owner {
        ctx.require(SystemPermission::ManageAllSchedules)?;
    }
    let service = Ctx::for_service(ctx.org(), LEDGER)?;
    ctx.org().in_one_transaction(|tx| {
        let action = match decision {
            Decision::Resend => "delivery_resend",
            Decision::AssumeDelivered => "delivery_assume",
        };
        tx.unit(ctx).note(action, DELIVERY, Some(delivery), String::new())?;
        carry_out(&mut tx.unit(&service), ctx, delivery, &text, decision)
    })
}

fn carry_out(unit: &mut Unit<'_, '_>, ctx: &Ctx, delivery: RecordId, text: &str, decision: Decision) -> Result<()> {
    let rows = unit.rows(text)?;
    let row = rows.first().ok_or_else(Error::not_found)?;
    let id = |at: usize| row.cells[at].value().as_id().ok_or_else(|| Error::internal("a delivery without its run"));
    let (run, schedule, state) = (id(0)?, id(1)?, row.cells[3].value().to_plain());
    let refused =
        |words: &str| Err(Error::new(ErrorCode::FieldIntegrityException, words.to_owned()).with_field("State"));
    match decision {
        Decision::Resend => {
            let number = row.cells[4].value().to_plain().parse::<i64>().ok();
            let Some(number) = number.filter(|_| matches!(state.as_str(), "failed" | "uncertain")) else {
                return refused("State: only a delivery that failed or is uncertain is sent again.");
            };
            if !unit.mail_again(number)? {
                return refused("State: the message of this delivery is on its way already.");
            }
            let words = format!("sent again by {}", ctx.user().name);
            let values = [("State", "queued".into()), ("IsResent", true.into()), ("Reason", cut(&words, 255).into())];
            update(unit, DELIVERY, delivery, &values)?;
            update(unit, RUN, run, &[("State", "delivering".into())])
        }
        Decision::AssumeDelivered => {
            if state != "uncertain" {
                return refused("State: only a delivery of which nobody knows can be taken for delivered.");
            }
            let words = format!("taken for delivered by {}", ctx.user().name);
            update(unit, DELIVERY, delivery, &[("State", "accepted".into()), ("Reason", cut(&words, 255).into())])?;
            run_settle(unit, schedule, run, ctx.now()).map(|_| ())
        }
    }
}
