//! What is to leave the org: written in the transaction that decided it, sent by a worker that holds a lease. The
//! epoch fences off a worker whose lease ran out.

use crate::driver::{Connection, Dialect, Param, RowView, collect};
use crate::keys::Purpose;
use crate::org::WriteTx;
use crate::read::{ReadTx, blob_column, id_column, int_column, text_column};
use model::{Error, Instant, RecordId, Result};

/// Something to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutboxItem {
    /// `mail` for now.
    pub kind: String,
    pub due: Instant,
    /// The record it belongs to, a delivery for a mail.
    pub reference: Option<RecordId>,
    /// What lists show (JSON): sender, recipient, subject. No content.
    pub summary: String,
    /// The very bytes that go out.
    pub payload: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxState {
    Queued,
    /// Being sent, or was when the sender died before the last byte.
    Sending,
    Sent,
    Failed,
    /// The last byte may have gone out and no answer was seen.
    Uncertain,
    /// No server is configured: kept for reading here.
    Held,
    /// It must not leave any more.
    Cancelled,
}

impl OutboxState {
    pub const ALL: [OutboxState; 7] = [
        OutboxState::Queued,
        OutboxState::Sending,
        OutboxState::Sent,
        OutboxState::Failed,
        OutboxState::Uncertain,
        OutboxState::Held,
        OutboxState::Cancelled,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            OutboxState::Queued => "queued",
            OutboxState::Sending => "sending",
            OutboxState::Sent => "sent",
            OutboxState::Failed => "failed",
            OutboxState::Uncertain => "uncertain",
            OutboxState::Held => "held",
            OutboxState::Cancelled => "cancelled",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Error::internal(format!("an outbox item in state {text}")))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    pub seq: i64,
    pub kind: String,
    pub created: Instant,
    pub due: Instant,
    pub state: OutboxState,
    pub attempts: u32,
    pub epoch: i64,
    /// Whether the last byte was allowed to go out in the attempt that was found under way.
    pub may_be_out: bool,
    /// When the present round of attempts began.
    pub began: Instant,
    pub reference: Option<RecordId>,
    pub summary: String,
    /// Empty in lists.
    pub payload: Vec<u8>,
    /// What the other side said last.
    pub reply: String,
}

const COLUMNS: &str = "seq, kind, created_ms, due_ms, state, attempts, epoch, reference, summary, reply, phase, \
                       began_ms";

fn item(row: &dyn RowView) -> Result<OutboxItem> {
    let reference = id_column(row, 7)?;
    Ok(OutboxItem {
        seq: int_column(row, 0)?,
        kind: text_column(row, 1)?,
        created: Instant::from_ms(int_column(row, 2)?),
        due: Instant::from_ms(int_column(row, 3)?),
        state: OutboxState::parse(&text_column(row, 4)?)?,
        attempts: u32::try_from(int_column(row, 5)?).map_err(Error::internal)?,
        epoch: int_column(row, 6)?,
        reference: (reference.as_i64() != 0).then_some(reference),
        summary: text_column(row, 8)?,
        reply: text_column(row, 9)?,
        may_be_out: text_column(row, 10)? == "dot",
        began: Instant::from_ms(int_column(row, 11)?),
        payload: Vec::new(),
    })
}

impl ReadTx<'_> {
    /// The newest items, without their content.
    ///
    /// # Errors
    /// What the database reports.
    pub fn outbox_list(&mut self, limit: u32) -> Result<Vec<OutboxItem>> {
        let sql = format!("SELECT {COLUMNS} FROM hf_outbox ORDER BY seq DESC LIMIT {limit}");
        collect(self.connection, &sql, &[], item)
    }

    /// One item with its content.
    ///
    /// # Errors
    /// What the database reports.
    pub fn outbox_item(&mut self, seq: i64) -> Result<Option<OutboxItem>> {
        let sql = self.sql(&format!("SELECT {COLUMNS}, payload FROM hf_outbox WHERE seq = ?"));
        let found = collect(self.connection, &sql, &[seq.into()], |row| {
            let mut item = item(row)?;
            item.payload = blob_column(row, 12)?;
            Ok(item)
        })?;
        let Some(mut item) = found.into_iter().next() else { return Ok(None) };
        // Content is read from records, and may hold what is sealed there.
        item.payload = self.keyring.open(Purpose::Files, &label(seq), &item.payload)?.to_vec();
        Ok(Some(item))
    }
}

/// What the content of an item is bound to.
pub(crate) fn label(seq: i64) -> String {
    format!("outbox/{seq}")
}

/// The setting of an org that was restored until somebody says how mail goes on.
const RESTORED: &str = "restored";

/// Notes that an org came back as it was earlier: what was sent since is not in its ledger.
///
/// # Errors
/// What the database reports.
pub(crate) fn note_restored(connection: &mut dyn Connection) -> Result<()> {
    let sql = format!(
        "INSERT INTO hf_setting (name, value) VALUES ('{RESTORED}', 'yes') ON CONFLICT (name) DO UPDATE SET value = 'yes'"
    );
    connection.batch(&sql)
}

impl WriteTx<'_> {
    /// Whether the org was restored and nobody has said yet how mail goes on.
    ///
    /// # Errors
    /// What the database reports.
    pub fn is_restored(&mut self) -> Result<bool> {
        Ok(self.setting(RESTORED)?.as_deref() == Some("yes"))
    }

    /// Somebody has said how mail goes on.
    ///
    /// # Errors
    /// What the database reports.
    pub fn restored_settle(&mut self) -> Result<()> {
        self.setting_put(RESTORED, "no")
    }

    /// Queues an item and returns its number.
    ///
    /// # Errors
    /// What the database reports.
    pub fn outbox_put(&mut self, new: &NewOutboxItem) -> Result<i64> {
        let seq = i64::try_from(self.next_numbers("outbox", 1)?).map_err(Error::internal)?;
        let sql = self.sql(
            "INSERT INTO hf_outbox (seq, kind, created_ms, due_ms, state, attempts, lease_ms, epoch, reference, summary, \
             payload, reply, phase, began_ms) VALUES (?, ?, ?, ?, 'queued', 0, 0, 0, ?, ?, ?, '', '', ?)",
        );
        let params = [
            Param::Int(seq),
            new.kind.as_str().into(),
            self.now().ms().into(),
            new.due.ms().into(),
            new.reference.map_or(0, RecordId::as_i64).into(),
            new.summary.as_str().into(),
            self.keyring().seal(Purpose::Files, &label(seq), &new.payload, self.entropy())?.into(),
            self.now().ms().into(),
        ];
        self.connection().execute(&sql, &params)?;
        Ok(seq)
    }

    /// Takes the oldest due item for `lease_ms`, as it was found: `Queued`, or `Sending` when its sender fell silent and the
    /// lease ran out. From now on its last byte is not allowed to go out, until [`WriteTx::outbox_let_end`].
    ///
    /// # Errors
    /// What the database reports.
    pub fn outbox_claim(&mut self, lease_ms: i64) -> Result<Option<OutboxItem>> {
        let now = self.now().ms();
        let lock = match self.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE SKIP LOCKED",
        };
        let sql = self.sql(&format!(
            "SELECT seq FROM hf_outbox WHERE (state = 'queued' AND due_ms <= ?) OR (state = 'sending' AND lease_ms < ?) \
             ORDER BY due_ms, seq LIMIT 1{lock}"
        ));
        let due = collect(self.connection(), &sql, &[now.into(), now.into()], |row| int_column(row, 0))?;
        let Some(seq) = due.first().copied() else { return Ok(None) };
        let Some(mut item) = self.outbox_item(seq)? else { return Ok(None) };
        let sql = self.sql(
            "UPDATE hf_outbox SET state = 'sending', phase = 'open', attempts = attempts + 1, epoch = epoch + 1, \
             lease_ms = ? WHERE seq = ?",
        );
        self.connection().execute(&sql, &[(now + lease_ms).into(), seq.into()])?;
        item.attempts += 1;
        item.epoch += 1;
        Ok(Some(item))
    }

    /// Whether the attempt is still this worker's.
    ///
    /// # Errors
    /// What the database reports.
    pub fn outbox_is_held(&mut self, claimed: &OutboxItem) -> Result<bool> {
        let lock = match self.dialect() {
            Dialect::Sqlite => "",
            Dialect::Postgres => " FOR UPDATE",
        };
        let sql =
            self.sql(&format!("SELECT seq FROM hf_outbox WHERE seq = ? AND epoch = ? AND state = 'sending'{lock}"));
        let held = collect(self.connection(), &sql, &[claimed.seq.into(), Param::Int(claimed.epoch)], |_| Ok(()))?;
        Ok(!held.is_empty())
    }

    /// Allows the last byte of a message to go out, and gives its sender another `lease_ms`. False when another worker
    /// took the item over.
    ///
    /// # Errors
    /// What the database reports.
    pub fn outbox_let_end(&mut self, claimed: &OutboxItem, lease_ms: i64) -> Result<bool> {
        let sql = self
            .sql("UPDATE hf_outbox SET phase = 'dot', lease_ms = ? WHERE seq = ? AND epoch = ? AND state = 'sending'");
        let params = [(self.now().ms() + lease_ms).into(), claimed.seq.into(), Param::Int(claimed.epoch)];
        Ok(self.connection().execute(&sql, &params)? == 1)
    }

    /// Queues an item again that failed, or of which nobody knows whether it arrived: the same bytes, with another day of
    /// attempts. False when it stands in no such state.
    ///
    /// # Errors
    /// What the database reports.
    pub fn outbox_again(&mut self, seq: i64) -> Result<bool> {
        let now = self.now().ms();
        let sql = self.sql(
            "UPDATE hf_outbox SET state = 'queued', phase = '', due_ms = ?, began_ms = ?, lease_ms = 0, epoch = epoch + 1 \
             WHERE seq = ? AND state IN ('failed', 'uncertain')",
        );
        Ok(self.connection().execute(&sql, &[now.into(), now.into(), seq.into()])? == 1)
    }

    /// Cancels an item that waits. False when it does not wait any more.
    ///
    /// # Errors
    /// What the database reports.
    pub fn outbox_cancel(&mut self, seq: i64, words: &str) -> Result<bool> {
        let sql = self.sql(
            "UPDATE hf_outbox SET state = 'cancelled', reply = ?, epoch = epoch + 1 WHERE seq = ? AND state = 'queued'",
        );
        Ok(self.connection().execute(&sql, &[words.into(), seq.into()])? == 1)
    }

    /// Makes what waits for these records due now, because it is to be looked at again.
    ///
    /// # Errors
    /// What the database reports.
    pub fn outbox_hurry(&mut self, references: &[RecordId]) -> Result<()> {
        let now = self.now().ms();
        let sql = self.sql("UPDATE hf_outbox SET due_ms = ? WHERE reference = ? AND state = 'queued' AND due_ms > ?");
        for reference in references {
            self.connection().execute(&sql, &[now.into(), reference.as_i64().into(), now.into()])?;
        }
        Ok(())
    }

    /// Records the outcome of an attempt, unless another worker took the item over. Returns whether it was recorded.
    ///
    /// # Errors
    /// What the database reports.
    pub fn outbox_settle(
        &mut self,
        claimed: &OutboxItem,
        state: OutboxState,
        due: Instant,
        reply: &str,
    ) -> Result<bool> {
        let sql =
            self.sql("UPDATE hf_outbox SET state = ?, due_ms = ?, reply = ?, lease_ms = 0, phase = '' WHERE seq = ? AND epoch = ?");
        let params =
            [state.as_str().into(), due.ms().into(), reply.into(), claimed.seq.into(), Param::Int(claimed.epoch)];
        Ok(self.connection().execute(&sql, &params)? == 1)
    }
}
