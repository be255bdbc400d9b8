//! What the app does without a user, and all that it may touch then.

use platform::{Service, ServiceGrant};

pub(crate) static SERVICES: [Service; 4] = [
    Service {
        name: "delivery-scheduler",
        purpose: "Finds schedules that are due, enters their runs in the ledger and moves them on, and tells owners and \
                  who manages all schedules when one stopped. It reads no report and no business record; the run itself \
                  acts as the schedule's owner.",
        grants: &[
            ServiceGrant::edit("DeliverySchedule"),
            ServiceGrant { object: "DeliveryRun", create: true, edit: true, delete: false },
            ServiceGrant { object: "Delivery", create: false, edit: true, delete: false },
            ServiceGrant::read("User"),
            ServiceGrant::read("PermissionSet"),
            ServiceGrant::read("PermissionSetAssignment"),
        ],
    },
    Service {
        name: "delivery-ledger",
        purpose: "Writes down what became of runs and messages, so that nobody can edit the record of what was sent, and \
                  looks before each message whether it may still leave: at the grant, the owner, domains, suppressed \
                  addresses and who opted out.",
        grants: &[
            ServiceGrant::edit("DeliverySchedule"),
            ServiceGrant::read("DeliveryGrant"),
            ServiceGrant { object: "DeliveryRun", create: false, edit: true, delete: false },
            ServiceGrant { object: "Delivery", create: true, edit: true, delete: false },
            ServiceGrant::read("DeliveryDomainRule"),
            ServiceGrant { object: "DeliverySuppression", create: true, edit: false, delete: false },
            ServiceGrant::read("DeliveryOptOut"),
            ServiceGrant::read("User"),
        ],
    },
    Service {
        name: "delivery-consent",
        purpose: "Reads the definition of a schedule's report while the schedule or the report is saved, to fix what its \
                  owner agreed to send, and stops schedules that somebody else changed. Reads the rules about domains.",
        grants: &[
            ServiceGrant::read("Report"),
            ServiceGrant::edit("DeliverySchedule"),
            ServiceGrant { object: "DeliveryGrant", create: true, edit: true, delete: false },
            ServiceGrant::read("DeliveryDomainRule"),
        ],
    },
    Service {
        name: "delivery-opt-out",
        purpose: "Finds the delivery that a link in a mail belongs to, by the hash of the link's token, and writes down \
                  that its recipient wants no more of them.",
        grants: &[
            ServiceGrant::edit("DeliverySchedule"),
            ServiceGrant::read("DeliveryRun"),
            ServiceGrant::read("Delivery"),
            ServiceGrant { object: "DeliveryOptOut", create: true, edit: true, delete: false },
        ],
    },
];

pub(crate) static SCHEDULER: &Service = &SERVICES[0];
pub(crate) static LEDGER: &Service = &SERVICES[1];
pub(crate) static CONSENT: &Service = &SERVICES[2];
pub(crate) static OPT_OUTS: &Service = &SERVICES[3];
