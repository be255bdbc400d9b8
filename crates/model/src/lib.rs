//! The plain values that every other crate speaks in: record ids, exact numbers, dates and instants, the metadata
//! of objects and fields, and the one error type.
//!
//! Nothing here does I/O, reads a clock or draws a random number.

mod error;
mod id;
mod number;
pub mod schema;
mod surroundings;
pub mod text;
mod time;
mod value;

pub use error::{Error, ErrorCode, Result};
pub use id::{KeyPrefix, OrgId, RecordId};
pub use number::{Decimal, MAX_PRECISION, format_decimal, from_scaled, parse_decimal, round_to_scale, to_scaled};
pub use schema::{FieldIx, FieldSchema, FieldType, ObjectIx, ObjectSchema, OrgSchema};
pub use surroundings::{Clock, Entropy, random_bytes};
pub use time::{Date, Instant, TimeOfDay, Zone};
pub use value::Value;
