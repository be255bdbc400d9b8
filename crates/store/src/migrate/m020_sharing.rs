//! Closure tables of record access: users below roles, and what groups come down to.

use super::run::has_table;
use super::{Migration, batch};
use crate::driver::Connection;
use crate::sharing::closure;
use model::Result;

pub(super) const MIGRATION: Migration =
    Migration { number: 20, name: "who stands below whom, and in which group", run };

fn run(connection: &mut dyn Connection) -> Result<()> {
    batch(connection, TABLES)?;
    // In a new org there is nobody yet, and no table of them either.
    if has_table(connection, "GroupMember")? { closure::derive(connection) } else { Ok(()) }
}

const TABLES: &str = r#"
CREATE TABLE hf_subordinate (role {int} NOT NULL, subordinate {int} NOT NULL, PRIMARY KEY (role, subordinate));
CREATE INDEX hf_subordinate_up ON hf_subordinate (subordinate);
CREATE TABLE hf_group_leaf (
  grp {int} NOT NULL, kind {int} NOT NULL, ref {int} NOT NULL, bosses {int} NOT NULL, PRIMARY KEY (grp, kind, ref));
CREATE INDEX hf_group_leaf_ref ON hf_group_leaf (ref, kind);
"#;
