//! Another key for mail that waits and for queries whose later pages are still to come, and for reports run in the
//! background: mail is sealed anew at once, queries and reports have to be asked again.

use crate::driver::collect;
use crate::keys::Purpose;
use crate::org::{OrgStore, WriteTx};
use crate::read::{blob_column, int_column};
use crate::system::outbox_label;
use model::Result;
use std::collections::HashMap;

/// Mails of one transaction. Each may be some megabytes.
const BATCH: u32 = 20;

impl OrgStore {
    /// Seals every mail under the newest key. Cut off, it is done again, and what was done before is quickly passed.
    pub(super) fn rotate_files_key(&self) -> Result<u32> {
        let (newest, _) = self.keyring().newest(Purpose::Files)?;
        let unfinished = self.files_uses()?.into_keys().any(|version| version < newest);
        let version = if unfinished {
            newest
        } else {
            self.keyring().add_version(Purpose::Files, self.clock.now(), self.entropy())?
        };
        self.faults().pass("before the mails are sealed anew")?;
        let mut after = 0;
        loop {
            let last = self.write(|tx| tx.outbox_reseal(after, BATCH))?;
            self.faults().pass("after some mails were sealed anew")?;
            let Some(last) = last else { break };
            after = last;
        }
        self.write(|tx| {
            tx.cursors_end()?;
            tx.report_instances_end()
        })?;
        Ok(version)
    }

    /// How many mails and queries stand under each version.
    pub(super) fn files_uses(&self) -> Result<HashMap<u32, u64>> {
        let mut uses = HashMap::new();
        let mut after = 0;
        loop {
            let found = self.write(|tx| tx.outbox_payloads(after, BATCH))?;
            let Some((last, _)) = found.last() else { break };
            after = *last;
            for (seq, payload) in found {
                if let Some(version) = self.keyring().version_of(Purpose::Files, &outbox_label(seq), &payload)? {
                    *uses.entry(version).or_default() += 1;
                }
            }
        }
        let cursors = self.write(|tx| tx.cursor_queries())?;
        for (label, query) in cursors {
            if let Some(version) = self.keyring().version_of(Purpose::Files, &label, &query)? {
                *uses.entry(version).or_default() += 1;
            }
        }
        for number in self.write(|tx| tx.report_instance_numbers())? {
            // One at a time: an answer may be some megabytes.
            for (label, sealed) in self.write(|tx| tx.report_instance_sealed(number))? {
                if let Some(version) = self.keyring().version_of(Purpose::Files, &label, &sealed)? {
                    *uses.entry(version).or_default() += 1;
                }
            }
        }
        Ok(uses)
    }
}

impl WriteTx<'_> {
    fn outbox_payloads(&mut self, after: i64, limit: u32) -> Result<Vec<(i64, Vec<u8>)>> {
        let sql = self.sql(&format!("SELECT seq, payload FROM hf_outbox WHERE seq > ? ORDER BY seq LIMIT {limit}"));
        collect(self.connection(), &sql, &[after.into()], |row| Ok((int_column(row, 0)?, blob_column(row, 1)?)))
    }

    /// Seals the next mails under the newest key. Returns the last of them; nothing when there are no more.
    fn outbox_reseal(&mut self, after: i64, limit: u32) -> Result<Option<i64>> {
        let found = self.outbox_payloads(after, limit)?;
        let last = found.last().map(|(seq, _)| *seq);
        let (newest, _) = self.keyring().newest(Purpose::Files)?;
        for (seq, payload) in found {
            let label = outbox_label(seq);
            if self.keyring().version_of(Purpose::Files, &label, &payload)? == Some(newest) {
                continue;
            }
            let plain = self.keyring().open(Purpose::Files, &label, &payload)?;
            let sealed = self.keyring().seal(Purpose::Files, &label, &plain, self.entropy())?;
            let sql = self.sql("UPDATE hf_outbox SET payload = ? WHERE seq = ?");
            self.connection().execute(&sql, &[sealed.into(), seq.into()])?;
        }
        Ok(last)
    }
}
