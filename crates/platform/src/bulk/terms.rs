//! What a job is to do: the operation, the object, the form of its rows. Settled when the job is made.

use crate::ctx::Ctx;
use model::{Error, ErrorCode, ObjectSchema, Result};
use serde::{Deserialize, Serialize};

macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name { $(#[serde(rename = $text)] $variant),* }

        impl $name {
            pub const ALL: &'static [Self] = &[$($name::$variant),*];

            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }

            /// Reads a word of the API; case means nothing.
            ///
            /// # Errors
            /// `INVALIDJOB` with the words that there are.
            pub fn parse(named: &str, text: &str) -> Result<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str().eq_ignore_ascii_case(text)).ok_or_else(|| {
                    let shown: String = text.chars().take(80).collect();
                    let known = Self::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", ");
                    let message = format!("{named}: '{shown}' is none of {known}.");
                    Error::new(ErrorCode::InvalidJob, message).with_field(named)
                })
            }
        }
    };
}

choices! {
    BulkOperation {
        Insert = "insert", Update = "update", Upsert = "upsert", Delete = "delete", HardDelete = "hardDelete",
        Query = "query", QueryAll = "queryAll",
    }
}

choices! {
    /// How rows are written down.
    BulkFormat { Csv = "CSV", Json = "JSON", Xml = "XML" }
}

choices! {
    LineEnding { Lf = "LF", Crlf = "CRLF" }
}

choices! {
    /// What stands between two values.
    Delimiter {
        Comma = "COMMA", Tab = "TAB", Pipe = "PIPE", Semicolon = "SEMICOLON", Caret = "CARET", Backquote = "BACKQUOTE",
    }
}

impl BulkOperation {
    pub const fn is_query(self) -> bool {
        matches!(self, BulkOperation::Query | BulkOperation::QueryAll)
    }
}

impl LineEnding {
    pub const fn text(self) -> &'static str {
        match self {
            LineEnding::Lf => "\n",
            LineEnding::Crlf => "\r\n",
        }
    }
}

impl Delimiter {
    pub const fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Tab => b'\t',
            Delimiter::Pipe => b'|',
            Delimiter::Semicolon => b';',
            Delimiter::Caret => b'^',
            Delimiter::Backquote => b'`',
        }
    }
}

/// The terms of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkTerms {
    pub operation: BulkOperation,
    pub object: String,
    /// The field that an upsert finds records by.
    pub external_id: Option<String>,
    pub format: BulkFormat,
    /// None takes either, and writes the first.
    pub line_ending: Option<LineEnding>,
    pub delimiter: Delimiter,
    /// Major version of the API that the job came by.
    pub version: u16,
    /// A query is split into batches of so many rows.
    pub chunk_rows: Option<u64>,
}

/// A job that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBulk {
    pub terms: BulkTerms,
    pub serial: bool,
}

impl BulkTerms {
    /// What ends a row that is written.
    pub(super) fn row_end(&self) -> &'static str {
        self.line_ending.unwrap_or(LineEnding::Lf).text()
    }

    pub(super) fn to_text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(Error::internal)
    }

    /// The object, as long as somebody may do with it what the job does.
    ///
    /// # Errors
    /// `INVALID_TYPE`, `INSUFFICIENT_ACCESS_OR_READONLY`, `INVALID_FIELD` for the external id.
    pub(super) fn check<'a>(&self, ctx: &'a Ctx) -> Result<&'a ObjectSchema> {
        let object = ctx.object(&self.object).map_err(|_| {
            let shown: String = self.object.chars().take(80).collect();
            Error::new(ErrorCode::InvalidType, format!("sObject type '{shown}' is not supported."))
        })?;
        let permission = ctx.object_permission(object.ix);
        let (allowed, word) = match self.operation {
            BulkOperation::Insert => (permission.create, "create"),
            BulkOperation::Update => (permission.edit, "edit"),
            BulkOperation::Upsert => (permission.create || permission.edit, "create or edit"),
            BulkOperation::Delete | BulkOperation::HardDelete => (permission.delete, "delete"),
            BulkOperation::Query | BulkOperation::QueryAll => (permission.read, "read"),
        };
        if !allowed {
            let message = format!("You may not {word} records of {}.", object.name());
            return Err(Error::new(ErrorCode::InsufficientAccessOrReadonly, message));
        }
        if self.operation == BulkOperation::Upsert {
            let named = self.external_id.as_deref().ok_or_else(|| {
                Error::new(ErrorCode::InvalidJob, "externalIdFieldName: an upsert needs the field to find records by.")
                    .with_field("externalIdFieldName")
            })?;
            ctx.key_field(object, named)?;
        }
        Ok(object)
    }
}
