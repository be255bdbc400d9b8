//! The facade that apps and surfaces see. A [`Ctx`] is a person (or a declared service) at work in one org: it queries,
//! reads and changes records, all through the one gate of `policy`. Around it: orgs and their making, jobs, the outbox,
//! the contract of an app.
//!
//! Everything here blocks; async callers put it on a worker thread with [`blocking`].

mod access;
mod app;
mod bulk;
mod change_events;
mod changes;
pub mod columns;
mod content;
mod ctx;
mod dashboard_agreement;
mod dkim;
mod engine;
pub mod exact;
mod explain;
mod explain_formula;
mod history;
mod hooks;
mod jobs;
mod key_destruction;
pub mod keys;
pub mod layout;
mod list_view;
mod list_view_said;
pub mod literal;
mod localize;
mod mail;
mod mail_sender;
mod metadata;
mod open_orgs;
mod operate;
mod org;
mod org_tx;
mod pages;
mod parents;
pub mod provision;
mod query;
mod reach;
mod recent;
mod record;
mod renderer;
mod report;
mod report_file;
mod report_instance;
mod roll_up;
mod sealing;
mod search;
mod sharing;
mod sign_in;
mod sosl;
pub mod standard;
mod step_up;
mod turns;
mod upgrade;
mod user;
pub mod values;
pub mod view;
mod webhook;

pub use app::{App, NavItem};
pub use bulk::{
    BULK_BODY_BYTES, BULK_DAYS, BulkBatch, BulkCounts, BulkFormat, BulkJob, BulkJobPage, BulkList, BulkOperation,
    BulkOutcomes, BulkRow, BulkRows, BulkStream, BulkTerms, BulkWorkers, Delimiter, IngestResults, LineEnding, NewBulk,
    QueryPage,
};
pub use changes::{Change, ChangeType, Changes, Replay};
pub use content::{ContentReader, StagedContent};
pub use ctx::Ctx;
pub use dkim::{DKIM_KEYS_OF_AN_ORG, DkimKey};
pub use engine::{Platform, PlatformConfig, SystemClock, SystemEntropy};
pub use explain::QueryExplanation;
pub use explain_formula::{FormulaExplanation, FormulaStep};
pub use hooks::{Hook, HookCtx, HookRow};
pub use jobs::{Job, JobOutcome};
pub use key_destruction::{KeyDestruction, KeyRequest};
pub use list_view::ListView;
pub use list_view_said::{ListCondition, ListOrder, ListViewSaid};
pub use mail::{MailReply, MailStop, MailTransport, NewMail, OutboxSummary};
pub use metadata::{NewRecordType, RecordTypeState, component};
pub use operate::Upgraded;
pub use org::{Org, OrgSettings};
pub use org_tx::OrgTx;
pub use query::{Locator, QueryAnswer, QueryBody, QueryOptions};
pub use recent::RecentRecord;
pub use record::{
    AppSetting, BIN_DAYS, LeadConversion, LeadConverted, LeadOpportunity, RecordDraft, RowError, RowResult,
    SaveOptions, Unit, UpsertKey,
};
pub use render::mail::DkimAlgorithm;
pub use renderer::Renderer;
pub use report::{ReportAnswer, ReportFigure, ReportGroup, ReportPart, ReportParting, ReportParts, ReportRequest};
pub use report_file::ReportFileFormat;
pub use report_instance::REPORT_INSTANCE_JOB;
pub use search::SearchHit;
pub use sharing::{Barred, Cause, CauseKind, Explanation, GrantSource, MaxAccessLevel, RecordAccess};
pub use sign_in::SIGN_IN;
pub use sosl::SearchFound;
pub use step_up::SteppedUp;
pub use user::UserProfile;
pub use webhook::{
    NewWebhook, SECRET_OVERLAP_HOURS, WEBHOOKS_OF_AN_ORG, Webhook, WebhookAttempt, WebhookChange, WebhookNotice,
    WebhookReply, WebhookRequest, WebhookSecret, WebhookTeller, WebhookTransport, WebhookWorkers,
};

// What surfaces need to name of the layers below; apps have no other way to them.
pub use policy::{Actor, Level, Service, ServiceGrant, SystemPermission};
pub use soql::plan::{Output, Select, SelectKind, SourceIx};
pub use store::{
    AuditRow, BackupFault, BackupRow, BulkBatchState, BulkJobKind, BulkJobState, Cell, DashboardAgreementRow,
    HistoryRow, JobRow, JobState, KeptReply, KeyClaim, MoveStep, NewJob, OrgBackend, OrgRow, OutboxItem, OutboxState,
    RecordRow, ReportInstanceRow, ReportInstanceState, RestorePoint, Restored, StoreConfig, Via, WebhookOutcome,
    WebhookState,
};

/// Runs blocking work on a worker thread. When the future is dropped before its end, because a client went away, what
/// the work still reads is ended; what it has begun to write is finished.
///
/// # Errors
/// Those of `work`; an internal error when it panicked.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> model::Result<T> + Send + 'static) -> model::Result<T> {
    let waiting = Waiting(store::Cancel::default());
    let cancel = waiting.0.clone();
    tokio::task::spawn_blocking(move || cancel.run(work)).await.map_err(model::Error::internal)?
}

/// Somebody who waits for blocking work.
struct Waiting(store::Cancel);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
