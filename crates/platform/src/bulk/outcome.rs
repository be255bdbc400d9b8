//! What became of each row, as it is kept: a mark, then the id of a row that was saved, or the errors of one that was not.

use crate::record::{RowError, RowResult};
use model::{Error, ErrorCode, RecordId, Result};
use serde::{Deserialize, Serialize};

/// What became of one row of a bulk job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkRow {
    /// The record; of a row that failed the one that it named.
    pub id: Option<RecordId>,
    pub created: bool,
    pub errors: Vec<RowError>,
}

impl BulkRow {
    pub fn is_success(&self) -> bool {
        self.errors.is_empty()
    }

    /// The errors in one line, as files show them: `CODE:message:Field,Field --`.
    pub fn error_text(&self) -> String {
        let one = |error: &RowError| format!("{}:{}:{} --", error.code, error.message, error.fields.join(","));
        self.errors.iter().map(one).collect::<Vec<_>>().join(";")
    }
}

impl From<RowResult> for BulkRow {
    fn from(result: RowResult) -> Self {
        let created = result.created && result.errors.is_empty();
        Self { id: result.id, created, errors: result.errors }
    }
}

impl From<Error> for BulkRow {
    fn from(error: Error) -> Self {
        Self { id: None, created: false, errors: vec![error.into()] }
    }
}

const SAVED: u8 = 0;
const CREATED: u8 = 1;
const FAILED: u8 = 2;

#[derive(Serialize, Deserialize)]
struct KeptError {
    code: String,
    message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    fields: Vec<String>,
}

/// Appends a row.
pub(super) fn encode(row: &BulkRow, out: &mut Vec<u8>) -> Result<()> {
    out.push(match (row.is_success(), row.created) {
        (false, _) => FAILED,
        (true, true) => CREATED,
        (true, false) => SAVED,
    });
    out.extend(row.id.map_or(0, |id| id.as_i64()).to_be_bytes());
    if row.is_success() {
        return Ok(());
    }
    let kept = |error: &RowError| KeptError {
        code: error.code.as_str().to_owned(),
        message: error.message.clone(),
        fields: error.fields.clone(),
    };
    let text = serde_json::to_vec(&row.errors.iter().map(kept).collect::<Vec<_>>()).map_err(Error::internal)?;
    out.extend(u32::try_from(text.len()).map_err(Error::internal)?.to_be_bytes());
    out.extend(text);
    Ok(())
}

/// Takes the first row off.
///
/// # Errors
/// For bytes that are none.
pub(super) fn decode(bytes: &mut &[u8]) -> Result<BulkRow> {
    let short = || Error::internal("the outcome of a row is cut off");
    let (mark, rest) = bytes.split_first().ok_or_else(short)?;
    let (id, rest) = rest.split_first_chunk::<8>().ok_or_else(short)?;
    let id = Some(i64::from_be_bytes(*id)).filter(|id| *id != 0).map(RecordId::from_i64);
    *bytes = rest;
    if *mark != FAILED {
        return Ok(BulkRow { id, created: *mark == CREATED, errors: Vec::new() });
    }
    let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(short)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(Error::internal)?;
    let text = rest.get(..length).ok_or_else(short)?;
    *bytes = &rest[length..];
    let kept: Vec<KeptError> = serde_json::from_slice(text).map_err(Error::internal)?;
    let errors = kept.into_iter().map(|error| RowError {
        code: ErrorCode::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == error.code)
            .unwrap_or(ErrorCode::UnknownException),
        message: error.message,
        fields: error.fields,
    });
    Ok(BulkRow { id, created: false, errors: errors.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_kept() {
        let failed = RowError {
            code: ErrorCode::RequiredFieldMissing,
            message: "Required fields are missing: [Name]".to_owned(),
            fields: vec!["Name".to_owned()],
        };
        let rows = [
            BulkRow { id: Some(RecordId::from_i64(77)), created: true, errors: Vec::new() },
            BulkRow { id: None, created: false, errors: vec![failed] },
            BulkRow { id: Some(RecordId::from_i64(78)), created: false, errors: Vec::new() },
        ];
        let mut bytes = Vec::new();
        for row in &rows {
            encode(row, &mut bytes).expect("bytes");
        }
        let mut left = bytes.as_slice();
        for row in &rows {
            assert_eq!(decode(&mut left).expect("a row"), *row);
        }
        assert!(left.is_empty() && decode(&mut left).is_err());
        assert_eq!(rows[1].error_text(), "REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --");
    }
}
