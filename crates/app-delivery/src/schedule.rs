//! A schedule as it is read for a run.

use crate::bursting::Bursting;
use crate::condition::Condition;
use crate::consent::{CONSENT_FIELDS, Terms};
use crate::objects::SCHEDULE;
use crate::recipients::{self, Recipient};
use crate::recurrence::Rule;
use model::{Error, ErrorCode, Instant, RecordId, Result, Value};
use platform::{Ctx, QueryOptions, RecordRow, ReportFileFormat};

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
    pub(crate) only_on_change: bool,
    pub(crate) condition_held: bool,
    pub(crate) each_recipient: bool,
    pub(crate) bursting: Option<Bursting>,
    pub(crate) digest: String,
    /// The row that the terms are read from.
    row: RecordRow,
}

impl Schedule {
    /// Finds a schedule that the reader may see.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is none.
    pub(crate) fn fetch(ctx: &Ctx, id: RecordId) -> Result<Self> {
        let text = format!(
            "SELECT {}, Name, State, Rule, Digest, OnlyOnChange, ConditionHeld FROM {SCHEDULE} WHERE Id = '{id}'",
            CONSENT_FIELDS.join(", ")
        );
        let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
        Self::read(rows.into_iter().next().ok_or_else(Error::not_found)?)
    }

    fn read(row: RecordRow) -> Result<Self> {
        let term = |name: &str| {
            let at = CONSENT_FIELDS.iter().position(|known| *known == name);
            at.map_or(Value::Null, |at| row.cells[at].value().clone())
        };
        let text = |name: &str| term(name).to_plain();
        let more = |at: usize| row.cells[CONSENT_FIELDS.len() + at].value();
        let id = |name: &str| term(name).as_id().ok_or_else(|| Error::internal("a schedule without a report or owner"));
        Ok(Self {
            id: row.id,
            report: id("ReportId")?,
            owner: id("OwnerId")?,
            recipients: recipients::parse(&text("Recipients"))?,
            formats: formats(&text("Formats"))?,
            mode: text("Mode"),
            subject: text("SubjectTemplate"),
            body: text("BodyTemplate"),
            condition: Condition::parse(&text("Condition"))?,
            each_recipient: text("RunAsMode") == "each_recipient",
            bursting: Bursting::parse(&text("Bursting"))?,
            name: more(0).to_plain(),
            state: more(1).to_plain(),
            rule: Rule::parse(&more(2).to_plain())?,
            digest: more(3).to_plain(),
            only_on_change: more(4) == &Value::Bool(true),
            condition_held: more(5) == &Value::Bool(true),
            row,
        })
    }

    /// The digest of what it would send now.
    pub(crate) fn digest_now(&self, definition: &str) -> Result<String> {
        Terms::of_row(&self.row, definition).digest()
    }

    pub(crate) fn attaches(&self) -> bool {
        matches!(self.mode.as_str(), "attach" | "both")
    }

    pub(crate) fn shows_rows(&self) -> bool {
        matches!(self.mode.as_str(), "inline" | "both")
    }

    /// The mail holds no data.
    pub(crate) fn links_only(&self) -> bool {
        self.mode == "link"
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
    #[serde(default)]
    pub(crate) kind: RunKind,
}

/// Why a run is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RunKind {
    #[default]
    Scheduled,
    /// Somebody asked for it beside the recurrence.
    Now,
    /// To its owner alone, whatever the schedule's state.
    Test,
}

impl RunKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Now => "now",
            Self::Test => "test",
        }
    }
}
