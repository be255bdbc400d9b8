//! Terms of records, and expressions over them in the language of either index.

use super::wanted::{Rest, Wanted, Word};
use super::words::{each_word, phone_digits};
use crate::driver::Dialect;
use crate::emit::prefix_number;
use model::{FieldIx, FieldSchema, FieldType, ObjectSchema};
use std::fmt::Write as _;

/// Words of one field that are indexed.
const FIELD_WORDS: u32 = 10_000;
/// How deep an expression of the index may nest; deeper ones are put together in SQL.
const DEEPEST: usize = 8;
/// Between the field and the word of a term. Neither holds one.
const MARK: char = ':';
/// Marks the first word of a record's name.
const FIRST: char = '^';

/// One object as the index sees it.
pub(crate) struct Index<'a> {
    object: &'a ObjectSchema,
    dialect: Dialect,
}

/// A phone number is found by all its digits, however it was written.
pub(crate) fn is_phone(field: &FieldSchema) -> bool {
    *field.data_type() == FieldType::Phone
}

impl<'a> Index<'a> {
    pub(crate) fn of(object: &'a ObjectSchema, dialect: Dialect) -> Self {
        Self { object, dialect }
    }

    /// What all terms of a field begin with.
    fn prefix(&self, field: FieldIx) -> String {
        let name = self.object.field(field).name().to_ascii_lowercase();
        format!("{:x}{name}", prefix_number(self.object))
    }

    /// All terms of a record in the form that the index takes; `None` when it has none.
    pub(super) fn record<'v>(&self, value: impl Fn(FieldIx) -> Option<&'v str>) -> Option<String> {
        let mut out = String::new();
        for field in self.object.searched_fields() {
            let Some(text) = value(field.ix) else { continue };
            let prefix = self.prefix(field.ix);
            let is_name = field.ix == self.object.name_field;
            let (mut at, mut first) = (0, String::new());
            each_word(text, |word| {
                at += 1;
                self.term(&mut out, &prefix, word, at);
                if at == 1 && is_name {
                    word.clone_into(&mut first);
                }
                at < FIELD_WORDS
            });
            // Behind the words themselves, which stay side by side.
            if !first.is_empty() {
                self.term(&mut out, &format!("{prefix}{FIRST}"), &first, at + 1);
            }
            if let Some(digits) = phone_digits(text).filter(|_| is_phone(field)) {
                self.term(&mut out, &prefix, &digits, at + 2);
            }
        }
        (!out.is_empty()).then_some(out)
    }

    fn term(&self, out: &mut String, prefix: &str, word: &str, at: u32) {
        // Writing to a String cannot fail.
        let _ = match self.dialect {
            Dialect::Sqlite => write!(out, "{prefix}{MARK}{word} "),
            Dialect::Postgres => write!(out, "'{prefix}{MARK}{word}':{at} "),
        };
    }

    /// The expression of the index that says the same; `None` when the index has none.
    pub(crate) fn expression(&self, wanted: &Wanted, fields: &[FieldIx]) -> Option<String> {
        let mut out = String::new();
        self.write(&mut out, wanted, fields, 0)?;
        Some(out)
    }

    fn write(&self, out: &mut String, wanted: &Wanted, fields: &[FieldIx], depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let (and, or, not) = match self.dialect {
            Dialect::Sqlite => (" AND ", " OR ", " NOT "),
            Dialect::Postgres => (" & ", " | ", " & !"),
        };
        out.push('(');
        match wanted {
            Wanted::Words(words) => self.any_field(out, words, fields)?,
            Wanted::Or(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    out.push_str(if at > 0 { or } else { "" });
                    self.write(out, part, fields, depth + 1)?;
                }
            }
            Wanted::And(parts) => {
                // FTS5 has no NOT of its own, only one behind what else is wanted.
                let (excluded, held): (Vec<_>, Vec<_>) = parts.iter().partition(|part| matches!(part, Wanted::Not(_)));
                out.push('(');
                for (at, part) in held.iter().enumerate() {
                    out.push_str(if at > 0 { and } else { "" });
                    self.write(out, part, fields, depth + 1)?;
                }
                out.push(')');
                for part in excluded {
                    let Wanted::Not(inner) = part else { continue };
                    out.push_str(not);
                    self.write(out, inner, fields, depth + 1)?;
                }
            }
            Wanted::Not(_) | Wanted::Nothing => return None,
        }
        out.push(')');
        Some(())
    }

    /// The words side by side in one of the fields.
    fn any_field(&self, out: &mut String, words: &[Word], fields: &[FieldIx]) -> Option<()> {
        let (or, next) = match self.dialect {
            Dialect::Sqlite => (" OR ", " + "),
            Dialect::Postgres => (" | ", " <-> "),
        };
        let (last, before) = words.split_last()?;
        if matches!(last.rest, Rest::Like(_)) || before.iter().any(|word| word.rest != Rest::Nothing) {
            return None;
        }
        for (at, field) in fields.iter().enumerate() {
            out.push_str(if at > 0 { or } else { "" });
            out.push('(');
            let prefix = self.prefix(*field);
            for (at, word) in words.iter().enumerate() {
                out.push_str(if at > 0 { next } else { "" });
                self.quoted(out, &prefix, &word.start, word.rest == Rest::Anything);
            }
            out.push(')');
        }
        Some(())
    }

    fn quoted(&self, out: &mut String, prefix: &str, start: &str, open: bool) {
        let _ = match self.dialect {
            Dialect::Sqlite => write!(out, "\"{prefix}{MARK}{start}\"{}", if open { " *" } else { "" }),
            Dialect::Postgres => write!(out, "'{prefix}{MARK}{start}'{}", if open { ":*" } else { "" }),
        };
    }

    /// Records with a word that begins as this one does.
    pub(crate) fn stem(&self, word: &Word, fields: &[FieldIx]) -> String {
        let rest = if word.rest == Rest::Nothing { Rest::Nothing } else { Rest::Anything };
        let stem = Wanted::Words(vec![Word { start: word.start.clone(), rest }]);
        self.expression(&stem, fields).unwrap_or_default()
    }

    /// Records whose name begins with the word.
    pub(crate) fn name_starts(&self, word: &Word) -> String {
        let prefix = format!("{}{FIRST}", self.prefix(self.object.name_field));
        let mut out = String::new();
        self.quoted(&mut out, &prefix, &word.start, word.rest != Rest::Nothing);
        out
    }

    /// LIKE patterns of the terms whose word is as `pattern` says.
    pub(crate) fn terms_like(&self, pattern: &str, fields: &[FieldIx]) -> Vec<String> {
        let plain = |prefix: String| prefix.replace('_', "\\_");
        fields.iter().map(|field| format!("{}{MARK}{pattern}", plain(self.prefix(*field)))).collect()
    }
}
