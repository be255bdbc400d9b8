//! The platform's own small tables in each org's database: settings, credentials and sessions, the outbox, jobs, query
//! cursors, field history, recently viewed, the journal of imports, lists of choices, acts on keys
//! that wait for a second administrator, replies to requests that may come twice, reports
//! run in the background, agreements to dashboards. They hold no records of any object.

mod access;
mod cursors;
mod dashboard_agreements;
mod grants;
mod history;
mod imports;
mod jobs;
mod kept_replies;
mod key_requests;
mod outbox;
mod report_instances;
mod settings;
mod value_sets;

pub use access::{Credential, SessionKind, SessionRow};
pub use cursors::{Cursor, NewCursor};
pub use dashboard_agreements::DashboardAgreementRow;
pub use grants::{ClientGrantKind, ClientGrantRow};
pub use history::{HistoryChange, HistoryRow};
pub use jobs::{JobRow, JobState, NewJob};
pub use kept_replies::{KeptReply, KeyClaim};
pub use key_requests::KeyRequestRow;
pub use outbox::{NewOutboxItem, OutboxItem, OutboxState};
pub(crate) use outbox::{label as outbox_label, note_restored};
pub use report_instances::{ReportInstanceRow, ReportInstanceState};
