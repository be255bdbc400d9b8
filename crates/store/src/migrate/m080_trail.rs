//! Sign-ins and changes of the setup as rows that can be asked for, beside the audit log and filled from it.

use super::{Migration, batch};
use crate::audit::AuditEntry;
use crate::driver::{Connection, collect};
use crate::read::{id_column, int_column, text_column};
use crate::trail::{Line, put_without_source};
use model::{Error, Instant, Result};

pub(super) const MIGRATION: Migration = Migration { number: 80, name: "sign-ins and changes of the setup", run };

const TABLE: &str = "
CREATE TABLE hf_trail (
  seq {int} PRIMARY KEY, told {int} NOT NULL, at_ms {int} NOT NULL, actor_id {int}, context TEXT NOT NULL,
  subject {int}, act TEXT NOT NULL, place TEXT NOT NULL, words TEXT NOT NULL);
CREATE INDEX hf_trail_told ON hf_trail (told, at_ms);
CREATE INDEX hf_trail_subject ON hf_trail (subject, at_ms);
";

/// Rows of the log that are looked at together.
const OF_ONE_TURN: i64 = 5_000;

fn run(connection: &mut dyn Connection) -> Result<()> {
    batch(connection, TABLE)?;
    let mut from = 0;
    loop {
        let sql = format!(
            "SELECT seq, at_ms, actor, action, object, record, detail FROM hf_audit WHERE seq > {from} ORDER BY seq \
             LIMIT {OF_ONE_TURN}"
        );
        let mut last = None;
        let mut lines = Vec::new();
        collect(connection, &sql, &[], |row| {
            let (seq, at) = (int_column(row, 0)?, Instant::from_ms(int_column(row, 1)?));
            let (actor, action, object) = (text_column(row, 2)?, text_column(row, 3)?, text_column(row, 4)?);
            let record = Some(id_column(row, 5)?).filter(|id| id.as_i64() != 0);
            let entry = AuditEntry { action: &action, object: &object, record, detail: text_column(row, 6)? };
            last = Some(seq);
            lines.extend(Line::of(u64::try_from(seq).map_err(Error::internal)?, at, &actor, &entry));
            Ok(())
        })?;
        put_without_source(connection, lines)?;
        match last {
            Some(seq) => from = seq,
            None => return Ok(()),
        }
    }
}
