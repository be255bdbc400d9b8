//! What the app does without a user, and all that it may touch then.

use platform::{Service, ServiceGrant};

pub(crate) static SERVICES: [Service; 3] = [
    Service {
        name: "delivery-scheduler",
        purpose: "Finds schedules that are due, enters their runs in the ledger and moves them on. It reads no report and no \
                  business record; the run itself acts as the schedule's owner.",
        grants: &[
            ServiceGrant::edit("DeliverySchedule"),
            ServiceGrant { object: "DeliveryRun", create: true, edit: true, delete: false },
            ServiceGrant::read("User"),
        ],
    },
    Service {
        name: "delivery-ledger",
        purpose: "Writes down what became of runs and messages, so that nobody can edit the record of what was sent.",
        grants: &[
            ServiceGrant::edit("DeliverySchedule"),
            ServiceGrant::edit("DeliveryRun"),
            ServiceGrant { object: "Delivery", create: true, edit: true, delete: false },
        ],
    },
    Service {
        name: "delivery-consent",
        purpose: "Reads the definition of a schedule's report while the schedule is saved, to fix what its owner agreed to \
                  send. Only a digest of it is kept.",
        grants: &[ServiceGrant::read("Report")],
    },
];

pub(crate) static SCHEDULER: &Service = &SERVICES[0];
pub(crate) static LEDGER: &Service = &SERVICES[1];
pub(crate) static CONSENT: &Service = &SERVICES[2];
