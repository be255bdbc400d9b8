//! The pages, one file or folder for each question they answer.

pub(crate) mod authorize;
pub(crate) mod bin;
pub(crate) mod connections;
pub(crate) mod convert;
pub(crate) mod dashboards;
pub(crate) mod dev_kit;
pub(crate) mod edit;
pub(crate) mod front_door;
pub(crate) mod home;
pub(crate) mod list;
pub(crate) mod outbox;
pub(crate) mod password;
pub(crate) mod programs;
pub(crate) mod record;
pub(crate) mod remove;
pub(crate) mod report;
pub(crate) mod reports;
pub(crate) mod schedules;
pub(crate) mod search;
pub(crate) mod setup;
pub(crate) mod sign_in;
pub(crate) mod unsubscribe;
pub(crate) mod webhooks;
