//! How much one record may hold, the same on both stores.
//!
//! A row of PostgreSQL stands in a page of 8 kB. Long texts move out of it, numbers and short texts do not, and with
//! hundreds of fields those alone can be too much. A file would take them; but an org may move, and a limit that is met
//! on one store only is a surprise.

use crate::codec::{Codec, codec_of};
use crate::ddl::stored;
use model::schema::FieldDef;
use model::{Error, ErrorCode, ObjectSchema, Result, Value};

/// A page without its own header and that of a row with as many columns as a table can have.
const ROOM: usize = 8_160 - 224;

/// What a text takes at most before the server moves it out of the row.
const LONGEST_WITHIN: usize = 24;

/// What a number, a date, a box or a reference takes.
const WORD: usize = 8;

/// Refuses the image of a record that is more than a row of PostgreSQL holds.
///
/// # Errors
/// `FIELD_INTEGRITY_EXCEPTION` with the limit and how it is counted.
pub fn check_room(object: &ObjectSchema, image: &[Value]) -> Result<()> {
    // Most objects have too few fields for any record to come near.
    let deleted: usize = object.def.retired_fields.iter().map(|retired| most(&retired.field)).sum();
    if stored(object).count() * LONGEST_WITHIN + deleted <= ROOM {
        return Ok(());
    }
    let mut taken = deleted;
    for field in stored(object) {
        taken += match &image[field.ix.index()] {
            // A box is never empty, and what the platform sets is set last.
            Value::Null if field.def.system || codec_of(field)? == Codec::Bool => WORD,
            Value::Null => 0,
            // One byte tells its length; what comes behind it may start at the next word.
            Value::Text(text) => (text.len() + 1).min(LONGEST_WITHIN).next_multiple_of(WORD),
            _ => WORD,
        };
    }
    if taken <= ROOM {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::FieldIntegrityException,
        format!(
            "The record holds too much: its values take {taken} bytes of {ROOM}. A number, date, checkbox or reference \
             takes {WORD} bytes, a text {WORD} to {LONGEST_WITHIN} however long it is, an empty field none, a field \
             deleted within the last 15 days the most it can. Leave some fields empty or keep them in another object."
        ),
    ))
}

/// What a field can take.
fn most(field: &FieldDef) -> usize {
    let most = |stored: FieldDef| match Codec::of(&stored.data_type) {
        Ok(codec) if codec.is_text() => LONGEST_WITHIN,
        _ => WORD,
    };
    field.stored_fields().into_iter().map(most).sum()
}
