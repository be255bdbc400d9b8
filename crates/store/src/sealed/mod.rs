//! Sealed fields: values that stand encrypted in their columns, on both stores alike.

mod cipher;
mod columns;
mod convert;
mod history;
mod hits;
mod images;
mod reseal;
mod task;
mod uses;

pub(crate) use cipher::{DESTROYED, FieldKeys, Place, version_of};
pub(crate) use columns::{StoredField, now_field};
pub(crate) use history::{open_history, seal_history};
pub(crate) use hits::{SealedHits, bind_tokens, token_of};
pub(crate) use images::FieldReader;
pub use reseal::ResealOutcome;
pub use task::{ResealGoal, ResealStage, ResealTask};
