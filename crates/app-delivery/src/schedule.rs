//! A schedule as it is read for a run, and the digest of what its running user agreed to send.

use crate::condition::Condition;
use crate::objects::SCHEDULE;
use crate::recipients::{self, Recipient};
use crate::recurrence::Rule;
use model::{Error, ErrorCode, Instant, RecordId, Result};
use platform::{Ctx, QueryOptions, RecordRow, ReportFileFormat};
use sha2::{Digest, Sha256};

/// Reads the files of a mail: `XLSX, PDF`.
///
/// # Errors
/// For a word that is no format.
pub(crate) fn formats(text: &str) -> Result<Vec<ReportFileFormat>> {
    let mut out = Vec::new();
    for word in text.split([',', ';']).map(str::trim).filter(|word| !word.is_empty()) {
        let Some(format) = ReportFileFormat::find(word) else {
            let words = format!(
                "Attached files: \"{}\" is no format; choose one or more of {}.",
                word.chars().take(40).collect::<String>(),
                ReportFileFormat::ALL.map(ReportFileFormat::name).join(", ")
            );
            return Err(Error::new(ErrorCode::FieldIntegrityException, words).with_field("Formats"));
        };
        if !out.contains(&format) {
            out.push(format);
        }
    }
    Ok(out)
}

/// What decides what is sent, and to whom: the parts of the digest, in order.
pub(crate) const CONSENT_FIELDS: [&str; 8] =
    ["ReportId", "OwnerId", "Recipients", "Formats", "Mode", "SubjectTemplate", "BodyTemplate", "Condition"];

/// A digest over [`CONSENT_FIELDS`] and the report's definition.
pub(crate) fn digest<'a>(fields: impl Iterator<Item = &'a str>, definition: &'a str) -> String {
    let mut hash = Sha256::new();
    for part in fields.chain([definition]) {
        // Lengths between the parts: two lists of parts never give the same bytes.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) id: RecordId,
    pub(crate) name: String,
    pub(crate) report: RecordId,
    pub(crate) owner: RecordId,
    pub(crate) state: String,
    pub(crate) rule: Rule,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) formats: Vec<ReportFileFormat>,
    pub(crate) mode: String,
    pub(crate) condition: Condition,
    pub(crate) digest: String,
    /// The values of [`CONSENT_FIELDS`].
    consent: [String; 8],
}

impl Schedule {
    /// Finds a schedule that the reader may see.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is none.
    pub(crate) fn fetch(ctx: &Ctx, id: RecordId) -> Result<Self> {
        let text = format!(
            "SELECT {}, Name, State, Rule, Digest FROM {SCHEDULE} WHERE Id = '{id}'",
            CONSENT_FIELDS.join(", ")
        );
        let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
        Self::read(rows.first().ok_or_else(Error::not_found)?)
    }

    fn read(row: &RecordRow) -> Result<Self> {
        let text = |at: usize| row.cells[at].value().to_plain();
        let id = |at: usize| {
            row.cells[at].value().as_id().ok_or_else(|| Error::internal("a schedule without a report or owner"))
        };
        Ok(Self {
            id: row.id,
            report: id(0)?,
            owner: id(1)?,
            recipients: recipients::parse(&text(2))?,
            formats: formats(&text(3))?,
            mode: text(4),
            subject: text(5),
            body: text(6),
            condition: Condition::parse(&text(7))?,
            name: text(8),
            state: text(9),
            rule: Rule::parse(&text(10))?,
            digest: text(11),
            consent: std::array::from_fn(text),
        })
    }

    /// The digest of what it would send now.
    pub(crate) fn digest_now(&self, definition: &str) -> String {
        digest(self.consent.iter().map(String::as_str), definition)
    }

    pub(crate) fn attaches(&self) -> bool {
        self.mode != "inline"
    }

    pub(crate) fn shows_rows(&self) -> bool {
        self.mode != "attach"
    }
}

/// Runs that were missed while nothing ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfire {
    Coalesce,
    Each,
    Skip,
}

impl Misfire {
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "each" => Self::Each,
            "skip" => Self::Skip,
            _ => Self::Coalesce,
        }
    }
}

/// The key of the job of one run, and of its row in the ledger.
pub(crate) fn run_key(schedule: RecordId, slot: jiff::civil::DateTime) -> String {
    format!("delivery/{schedule}/{}", slot.strftime("%Y-%m-%dT%H:%M"))
}

/// What a job is told.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct RunPayload {
    pub(crate) schedule: RecordId,
    pub(crate) run: RecordId,
    pub(crate) slot: jiff::civil::DateTime,
    pub(crate) due: Instant,
}
