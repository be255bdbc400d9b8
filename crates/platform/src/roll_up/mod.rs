//! Roll-up summaries: a master keeps, in columns of its own, counts, sums and extremes over its details. They are
//! computed anew from the details in the transaction that changes a detail, while the master is held, so that writers
//! at the same instant cannot lose each other's change.

mod check;
mod fill;
mod question;
mod settle;

pub(crate) use check::check;

use model::Value;
use model::schema::{RollUp, RollUpFunction};
use policy::{Service, ServiceGrant};

pub(crate) static ROLL_UPS: Service = Service {
    name: "roll-ups",
    purpose: "Keeps roll-up summaries equal to what they sum up: reads all details of a master and writes the summaries, \
              and nothing else, whoever may see the details. The summary is shown under its own permission.",
    grants: &[ServiceGrant::edit("*")],
};

/// The summary of a master without details.
pub(crate) fn of_nothing(roll_up: &RollUp) -> Value {
    match roll_up.function {
        RollUpFunction::Count | RollUpFunction::Sum => Value::Number(model::Decimal::ZERO),
        RollUpFunction::Min | RollUpFunction::Max => Value::Null,
    }
}
