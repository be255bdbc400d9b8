//! Full-text search: one index per org over the text of all searched objects, kept in the transaction of each write.
//!
//! Both stores hold the same terms. A term is the number of its object, its field and one folded word
//! (`1c3name:acme`), so that a search asks for the fields its asker may read and for no others, and new fields need no
//! new index. In the file it is an FTS5 table without content of its own; in PostgreSQL a `tsvector` with a GIN index,
//! written by us term by term: no extension and no dictionary of the server takes part.
//!
//! A word is a run of letters and digits without case; each ideograph and each kana is a word of its own, because
//! their texts put no spaces between words. A phone number is also one word of all its digits. Of a field the first
//! 10,000 words are indexed, and of a word the first 100 characters.

mod build;
mod index;
mod wanted;
mod words;
mod write;

pub(crate) use index::{Index, is_phone};
pub(crate) use wanted::Wanted;
pub(crate) use words::word_like;
