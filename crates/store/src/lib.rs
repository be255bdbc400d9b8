//! The only crate that knows SQL. Each org has a database of its own: an encrypted SQLCipher file, or a schema of a
//! PostgreSQL database. Reading takes an [`policy::AuthorizedPlan`], changing records a [`policy::AuthorizedWrite`];
//! there is no other way to a record.

mod audit;
mod backed;
mod backup;
mod bulk;
mod bulk_job;
mod cancel;
mod codec;
mod column;
mod content;
mod control;
mod copy;
mod ddl;
mod dkim;
mod driver;
mod emit;
mod gate;
mod grow;
mod history_view;
mod hold;
mod installation;
mod key_acts;
mod keys;
mod log_view;
mod metadata;
mod migrate;
mod moving;
mod org;
mod postgres_home;
mod purge;
mod read;
mod roll_up;
mod room;
mod schemas;
mod sealed;
mod search;
mod sharing;
mod system;
#[cfg(test)]
mod testing;
mod trail;
mod webhook;
mod witness;
mod write;
mod write_rows;

pub use audit::{AuditEntry, AuditRow, AuditVerdict};
pub use backed::Backed;
pub use backup::{BackupFault, BackupRow, RestorePoint, Restored};
pub use bulk_job::{
    BulkBatchEnd, BulkBatchRow, BulkBatchState, BulkClaim, BulkJobKind, BulkJobRow, BulkJobState, BulkPage, BulkPart,
    BulkProgress, NewBulkBatch, NewBulkJob,
};
pub use cancel::Cancel;
pub use column::{ColumnKind, column_kind};
pub use content::{CHUNK as CONTENT_CHUNK, Content, ContentWriter};
pub use control::{OrgBackend, OrgRow};
pub use dkim::DkimKeyRow;
pub use driver::Dialect;
pub use emit::{GivenRows, ReadOptions};
pub use installation::{Store, StoreConfig};
pub use key_acts::{KeyUse, RootRotation};
pub use keys::{
    CustomerSecret, DataKey, Faults, KeyCopy, KeyRow, Keyring, PassphraseCost, Purpose, RootKey, RootKeySource,
    SecretHolder,
};
pub use moving::MoveStep;
pub use org::{MetadataTx, OrgStore, WriteTx};
pub use read::{Cell, ReadTx, RecordRow, TypedRecord};
pub use roll_up::{DueRollUps, RollUpPlace, RollUps, roll_ups};
pub use room::check_room;
pub use sealed::{ResealGoal, ResealOutcome, ResealStage, ResealTask};
pub use sharing::{Verdict, Via};
pub use system::{
    ClientGrantKind, ClientGrantRow, Credential, Cursor, DashboardAgreementRow, HistoryChange, HistoryRow, JobRow,
    JobState, KeptReply, KeyClaim, KeyRequestRow, NewCursor, NewJob, NewOutboxItem, OutboxItem, OutboxState,
    ReportInstanceRow, ReportInstanceState, SessionKind, SessionRow,
};
pub use webhook::{
    NewWebhookAttempt, NewWebhookRow, WebhookAttemptRow, WebhookEnd, WebhookOutcome, WebhookRow, WebhookState,
    WebhookTerms, new_generation,
};
pub use witness::WitnessVerdict;
pub use write::{BeforeImage, Refusal};
pub use write_rows::Holder;
