//! Sealing fields of an org that is at work, and rewriting its values in the background.

use crate::ctx::Ctx;
use crate::metadata::computed;
use crate::org::Org;
use model::schema::Sealing;
use model::{Error, ErrorCode, FieldIx, Instant, ObjectIx, Result};
use policy::SystemPermission;
use std::sync::atomic::Ordering;
use store::{AuditEntry, ResealOutcome, ResealTask};

/// Records that one transaction rewrites: a few milliseconds, so that nobody waits long for it.
const BATCH: u32 = 200;
/// Chunks of contents that one transaction rewrites: 4 MiB.
const CHUNKS: u32 = 16;
/// Batches, and milliseconds, of one round at most; other orgs have their turn in between.
const BATCHES: usize = 20;
const ROUND_MS: i64 = 100;
/// Rewriting takes one part of the time in so many. What it costs writers is somewhat more, on PostgreSQL above all, whose
/// own work behind a commit this process does not see; it stays below a tenth.
const ONE_PART_IN: i64 = 16;

impl Ctx {
    /// Whether a field is computed from sealed ones: it is shown, and nothing else can be asked of it.
    pub fn reads_sealed(&self, object: ObjectIx, field: FieldIx) -> bool {
        formula::reads_sealed(&self.schema, object, field)
    }

    /// Seals a field, unseals it, or changes how it is sealed. Its values are rewritten in the background; until that is
    /// done everything works as before.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without CustomizeApplication; `NOT_FOUND` for an object that the user may not
    /// read, `INVALID_FIELD` for a field; `FIELD_INTEGRITY_EXCEPTION` naming why the field cannot be sealed so.
    pub fn field_seal(&self, object: &str, field: &str, sealed: Sealing) -> Result<()> {
        self.require(SystemPermission::CustomizeApplication)?;
        let object = self.object(object)?;
        let field =
            object.find_field(field).filter(|field| self.can_read_field(object.ix, field.ix)).ok_or_else(|| {
                Error::new(
                    ErrorCode::InvalidField,
                    format!("No such column '{field}' on sobject of type {}", object.name()),
                )
                .with_field(field)
            })?;
        if let Some(location) = object.location_of(field) {
            let why = format!(
                "{} is a part of {} and cannot be sealed: a location is found by its distance",
                field.name(),
                location.name()
            );
            return Err(Error::new(ErrorCode::FieldIntegrityException, why).with_field(field.name()));
        }
        self.org.store.write_metadata(|tx| {
            let detail = serde_json::json!({ "field": field.name(), "sealed": sealed }).to_string();
            let entry = AuditEntry { action: "field_seal", object: object.name(), record: None, detail };
            tx.audit(&self.identity, &entry)?;
            let before = tx.schema();
            tx.field_seal(object.name(), field.name(), sealed)?;
            computed::check(&before, &tx.schema())
        })
    }
}

impl Org {
    /// The fields whose values are being rewritten, with how far that has come.
    ///
    /// # Errors
    /// What the database reports.
    pub fn sealing_progress(&self) -> Result<Vec<ResealTask>> {
        self.store.read(|tx| tx.reseal_tasks())
    }

    /// Rewrites a bounded number of values, unless it is too early after the last of them. Returns when to go on; nothing
    /// when there is no more to do.
    ///
    /// # Errors
    /// What the database reports; what was rewritten before stays so.
    pub fn rewrite_sealed(&self) -> Result<Option<Instant>> {
        let began = self.now();
        let early = Instant::from_ms(self.rewrite_ms.load(Ordering::Relaxed));
        if began < early {
            return Ok(Some(early));
        }
        for _ in 0..BATCHES {
            if self.store.reseal(BATCH)? == ResealOutcome::Nothing && !self.store.contents_rekey(CHUNKS)? {
                return Ok(None);
            }
            if self.now().ms() - began.ms() >= ROUND_MS {
                break;
            }
        }
        let now = self.now();
        let next = now.plus_ms((now.ms() - began.ms()) * (ONE_PART_IN - 1));
        self.rewrite_ms.store(next.ms(), Ordering::Relaxed);
        Ok(Some(next))
    }
}
