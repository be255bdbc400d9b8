//! The records of this app: schedules, which people edit; the grants that let them run; the ledger of runs and
//! deliveries, which people read; and what keeps mail from being sent.

mod ledger;
mod limits;
mod schedule;

pub(crate) use ledger::{delivery, run};
pub(crate) use limits::{domain_rule, opt_out, suppression};
pub(crate) use schedule::{grant, schedule};

pub(crate) const SCHEDULE: &str = "DeliverySchedule";
pub(crate) const GRANT: &str = "DeliveryGrant";
pub(crate) const RUN: &str = "DeliveryRun";
pub(crate) const DELIVERY: &str = "Delivery";
pub(crate) const DOMAIN_RULE: &str = "DeliveryDomainRule";
pub(crate) const SUPPRESSION: &str = "DeliverySuppression";
pub(crate) const OPT_OUT: &str = "DeliveryOptOut";
