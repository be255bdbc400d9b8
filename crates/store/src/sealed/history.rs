//! Old and new values of sealed fields in the field history: text, encrypted for its record and for the history alone.

use super::{FieldKeys, Place, version_of};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::{Entropy, Error, RecordId, Result};

/// No field can be called so: a value of the history opens nowhere else, and no other opens here.
fn label(field: &str) -> String {
    format!("{field}$history")
}

pub(crate) fn seal_history(
    keys: &FieldKeys,
    entropy: &dyn Entropy,
    record: RecordId,
    field: &str,
    text: &str,
) -> Result<String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let field = label(field);
    let place = Place { object: record.prefix(), field: &field, record };
    Ok(BASE64.encode(keys.seal_bytes(place, text.as_bytes(), entropy)?))
}

pub(crate) fn open_history(keys: &FieldKeys, record: RecordId, field: &str, sealed: &str) -> Result<String> {
    if sealed.is_empty() {
        return Ok(String::new());
    }
    let field = label(field);
    let place = Place { object: record.prefix(), field: &field, record };
    let opened = keys.open_bytes(place, &BASE64.decode(sealed).map_err(Error::internal)?)?;
    match opened {
        Some(text) => String::from_utf8(text.to_vec()).map_err(Error::internal),
        None => Ok(super::DESTROYED.to_owned()),
    }
}

/// A value of the history under the newest key; one whose key is gone stays as it is.
pub(super) fn renew_history(
    keys: &FieldKeys,
    entropy: &dyn Entropy,
    record: RecordId,
    field: &str,
    sealed: String,
) -> Result<String> {
    if sealed.is_empty() {
        return Ok(sealed);
    }
    let bytes = BASE64.decode(&sealed).map_err(Error::internal)?;
    if version_of(&bytes) == Some(keys.current()?) {
        return Ok(sealed);
    }
    let field = label(field);
    let place = Place { object: record.prefix(), field: &field, record };
    match keys.open_bytes(place, &bytes)? {
        Some(plain) => Ok(BASE64.encode(keys.seal_bytes(place, &plain, entropy)?)),
        None => Ok(sealed),
    }
}
