//! Texts become records: answers of the sink, remembered, and kept right while the import itself writes.

use super::convert::{Draft, Reading, convert, plain};
use super::mapping::{Ignore, Lookup};
use super::sink::{BATCH_ROWS, Match, RecordSink, RowOutcome};
use model::schema::{Compound, FieldSchema, FieldType, OrgSchema};
use model::{RecordId, Value, Zone, text};
use std::collections::HashMap;

/// What a lookup came to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    None,
    /// The record; `spelled` is its own text when that differs by more than case.
    One {
        id: RecordId,
        spelled: Option<String>,
    },
    Several,
    /// The text cannot be a value of the field that is searched.
    Unfit(String),
}

/// The remembered answers, one slot per searched field.
#[derive(Default)]
pub(super) struct Lookups {
    slots: Vec<Slot>,
}

struct Slot {
    object: String,
    field: String,
    /// By folded text.
    exact: HashMap<String, Match>,
    /// By what a lookup may overlook, then by the text without it.
    loose: Vec<(Vec<Ignore>, HashMap<String, LooseMatch>)>,
}

struct LooseMatch {
    found: Match,
    spelled: String,
}

impl Lookups {
    /// Asks the sink for all texts of a run of rows at once.
    pub(super) fn prefetch(
        &mut self,
        sink: &mut dyn RecordSink,
        schema: &OrgSchema,
        lookup: &Lookup,
        drafts: Vec<Draft>,
    ) -> model::Result<()> {
        let Some(field) = searched(schema, lookup) else { return Ok(()) };
        let slot = self.slot(lookup);
        let mut unknown: HashMap<String, Value> = HashMap::new();
        for draft in drafts {
            if let Ok(value) = search_value(schema, field, draft) {
                let key = text::fold(&value.to_plain());
                if !slot.exact.contains_key(&key) {
                    unknown.insert(key, value);
                }
            }
        }
        let (keys, values): (Vec<String>, Vec<Value>) = unknown.into_iter().unzip();
        for (keys, values) in keys.chunks(BATCH_ROWS).zip(values.chunks(BATCH_ROWS)) {
            let found = sink.find(&lookup.object, &lookup.field, values)?;
            slot.exact.extend(keys.iter().cloned().zip(found));
        }
        Ok(())
    }

    /// Finds the record for one text.
    pub(super) fn resolve(
        &mut self,
        sink: &mut dyn RecordSink,
        schema: &OrgSchema,
        lookup: &Lookup,
        draft: Draft,
    ) -> model::Result<Found> {
        let Some(field) = searched(schema, lookup) else {
            return Ok(Found::Unfit(format!("{} has no field {}", lookup.object, lookup.field)));
        };
        let value = match search_value(schema, field, draft) {
            Ok(value) => value,
            Err(why) => return Ok(Found::Unfit(why)),
        };
        let slot = self.slot(lookup);
        let key = text::fold(&value.to_plain());
        let exact = match slot.exact.get(&key) {
            Some(found) => *found,
            None => {
                let found = sink.find(&lookup.object, &lookup.field, &[value])?.first().copied().unwrap_or(Match::None);
                slot.exact.insert(key.clone(), found);
                found
            }
        };
        match exact {
            Match::One(id) => Ok(Found::One { id, spelled: None }),
            Match::Several => Ok(Found::Several),
            Match::None if lookup.ignore.is_empty() => Ok(Found::None),
            Match::None => slot.resolve_loosely(sink, lookup, &key),
        }
    }

    /// Takes what the import wrote into the answers: a record just made can be found at once.
    pub(super) fn written(&mut self, object: &str, values: &[(String, Value)], outcome: RowOutcome) {
        for slot in self.slots.iter_mut().filter(|slot| slot.object.eq_ignore_ascii_case(object)) {
            let Some((_, value)) = values.iter().find(|(field, _)| field.eq_ignore_ascii_case(&slot.field)) else {
                continue;
            };
            if let RowOutcome::Updated(id) = outcome
                && slot.knows_otherwise(id, value)
            {
                // The record lost a text that it may be remembered by.
                slot.exact.clear();
                slot.loose.clear();
            }
            if !value.is_null() {
                slot.learn(value, outcome.id());
            }
        }
    }

    fn slot(&mut self, lookup: &Lookup) -> &mut Slot {
        let at = self.slots.iter().position(|slot| slot.object == lookup.object && slot.field == lookup.field);
        let at = at.unwrap_or_else(|| {
            let (object, field) = (lookup.object.clone(), lookup.field.clone());
            self.slots.push(Slot { object, field, exact: HashMap::new(), loose: Vec::new() });
            self.slots.len() - 1
        });
        &mut self.slots[at]
    }
}

impl Slot {
    /// A record with exactly this text is not there: searches with less care, once all texts are known.
    fn resolve_loosely(&mut self, sink: &mut dyn RecordSink, lookup: &Lookup, text: &str) -> model::Result<Found> {
        let mut ignore = lookup.ignore.clone();
        ignore.sort_unstable();
        ignore.dedup();
        let at = match self.loose.iter().position(|(known, _)| *known == ignore) {
            Some(at) => at,
            None => {
                let mut index = HashMap::new();
                sink.scan(&lookup.object, &lookup.field, &mut |value, id| {
                    let spelled = value.to_plain();
                    if !spelled.is_empty() {
                        add_loosely(&mut index, &ignore, spelled, id);
                    }
                })?;
                self.loose.push((ignore.clone(), index));
                self.loose.len() - 1
            }
        };
        Ok(match self.loose[at].1.get(&normalise(text, &ignore)) {
            None => Found::None,
            Some(LooseMatch { found: Match::One(id), spelled }) => Found::One { id: *id, spelled: Some(spelled.clone()) },
            Some(_) => Found::Several,
        })
    }

    fn learn(&mut self, value: &Value, id: RecordId) {
        let spelled = value.to_plain();
        let found = self.exact.entry(text::fold(&spelled)).or_insert(Match::None);
        *found = join(*found, id);
        for (ignore, index) in &mut self.loose {
            add_loosely(index, ignore, spelled.clone(), id);
        }
    }

    /// Whether an answer could still lead to the record by a text that it no longer has.
    fn knows_otherwise(&self, id: RecordId, value: &Value) -> bool {
        let key = text::fold(&value.to_plain());
        !self.loose.is_empty() && !matches!(self.exact.get(&key), Some(Match::One(known)) if *known == id)
            || self.exact.iter().any(|(text, found)| *found == Match::One(id) && *text != key)
    }
}

fn add_loosely(index: &mut HashMap<String, LooseMatch>, ignore: &[Ignore], spelled: String, id: RecordId) {
    let key = normalise(&text::fold(&spelled), ignore);
    let entry = index.entry(key).or_insert(LooseMatch { found: Match::None, spelled });
    entry.found = join(entry.found, id);
}

fn join(found: Match, id: RecordId) -> Match {
    match found {
        Match::None => Match::One(id),
        Match::One(known) if known == id => found,
        Match::One(_) | Match::Several => Match::Several,
    }
}

/// The folded text without what may be overlooked.
pub(super) fn normalise(folded: &str, ignore: &[Ignore]) -> String {
    let dropped = |c: char| {
        (c.is_whitespace() && ignore.contains(&Ignore::Spaces))
            || (!c.is_whitespace() && !c.is_alphanumeric() && ignore.contains(&Ignore::Punctuation))
    };
    folded.chars().filter(|c| !dropped(*c)).collect()
}

/// The field that a lookup searches.
pub(super) fn searched<'s>(schema: &'s OrgSchema, lookup: &Lookup) -> Option<&'s FieldSchema> {
    schema.find_object(&lookup.object)?.find_field(&lookup.field)
}

/// The draft as a value of the searched field, which may be one that no write can set.
fn search_value(schema: &OrgSchema, field: &FieldSchema, draft: Draft) -> Result<Value, String> {
    match field.data_type() {
        FieldType::AutoNumber { .. } | FieldType::Compound(Compound::PersonName) => Ok(Value::Text(plain(draft))),
        // The search compares; it does not store. A text too long for the field is just not found.
        kind if kind.is_text() => Ok(Value::Text(plain(draft))),
        _ => convert(schema, field, draft, Reading { round: false, zone: &Zone::UTC }).map(|typed| typed.value),
    }
}
