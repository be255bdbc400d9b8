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
    /// By folded text; what is not there has not been asked.
    exact: Answers,
    /// By what a lookup may overlook: all records by their text without it.
    loose: Vec<(Vec<Ignore>, Answers)>,
}

/// Records by a text, and the text by which each is remembered.
#[derive(Default)]
struct Answers {
    by_text: HashMap<String, Answer>,
    text_of: HashMap<RecordId, String>,
}

struct Answer {
    found: Match,
    /// The record's own text.
    spelled: String,
}

impl Answers {
    fn set(&mut self, text: String, found: Match) {
        if let Match::One(id) = found {
            self.text_of.insert(id, text.clone());
        }
        self.by_text.insert(text, Answer { found, spelled: String::new() });
    }

    fn add(&mut self, text: String, spelled: &str, id: RecordId) {
        self.text_of.insert(id, text.clone());
        let answer = self.by_text.entry(text).or_insert(Answer { found: Match::None, spelled: spelled.to_owned() });
        answer.found = match answer.found {
            Match::None => Match::One(id),
            Match::One(known) if known == id => answer.found,
            Match::One(_) | Match::Several => Match::Several,
        };
        if answer.found == Match::One(id) {
            spelled.clone_into(&mut answer.spelled);
        }
    }

    /// Drops the text of a record that now has another. `false` when others share it, so that what is left is unknown.
    fn forget(&mut self, id: RecordId, text: &str) -> bool {
        match self.text_of.get(&id) {
            Some(known) if known != text => {
                let answer = self.by_text.remove(known);
                self.text_of.remove(&id);
                answer.is_none_or(|answer| answer.found == Match::One(id))
            }
            _ => true,
        }
    }
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
                if !slot.exact.by_text.contains_key(&key) {
                    unknown.insert(key, value);
                }
            }
        }
        let (keys, values): (Vec<String>, Vec<Value>) = unknown.into_iter().unzip();
        for (keys, values) in keys.chunks(BATCH_ROWS).zip(values.chunks(BATCH_ROWS)) {
            let found = sink.find(&lookup.object, &lookup.field, values)?;
            keys.iter().cloned().zip(found).for_each(|(key, found)| slot.exact.set(key, found));
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
        let exact = match slot.exact.by_text.get(&key) {
            Some(answer) => answer.found,
            None => {
                let found = sink.find(&lookup.object, &lookup.field, &[value])?.first().copied().unwrap_or(Match::None);
                slot.exact.set(key.clone(), found);
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
        // A record left unchanged may differ from the row, when the mapping keeps existing records.
        let (id, updated) = match outcome {
            RowOutcome::Created(id) => (id, false),
            RowOutcome::Updated(id) => (id, true),
            RowOutcome::Unchanged(_) => return,
        };
        for slot in self.slots.iter_mut().filter(|slot| slot.object.eq_ignore_ascii_case(object)) {
            if let Some((_, value)) = values.iter().find(|(field, _)| field.eq_ignore_ascii_case(&slot.field)) {
                slot.learn(value, id, updated);
            }
        }
    }

    fn slot(&mut self, lookup: &Lookup) -> &mut Slot {
        let at = self.slots.iter().position(|slot| slot.object == lookup.object && slot.field == lookup.field);
        let at = at.unwrap_or_else(|| {
            let (object, field) = (lookup.object.clone(), lookup.field.clone());
            self.slots.push(Slot { object, field, exact: Answers::default(), loose: Vec::new() });
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
                let mut answers = Answers::default();
                sink.scan(&lookup.object, &lookup.field, &mut |value, id| {
                    let spelled = value.to_plain();
                    if !spelled.is_empty() {
                        answers.add(normalise(&text::fold(&spelled), &ignore), &spelled, id);
                    }
                })?;
                self.loose.push((ignore.clone(), answers));
                self.loose.len() - 1
            }
        };
        Ok(match self.loose[at].1.by_text.get(&normalise(text, &ignore)) {
            None => Found::None,
            Some(Answer { found: Match::One(id), spelled }) => Found::One { id: *id, spelled: Some(spelled.clone()) },
            Some(_) => Found::Several,
        })
    }

    fn learn(&mut self, value: &Value, id: RecordId, updated: bool) {
        let spelled = value.to_plain();
        let folded = text::fold(&spelled);
        if updated {
            self.exact.forget(id, &folded);
            self.loose.retain_mut(|(ignore, answers)| answers.forget(id, &normalise(&folded, ignore)));
        }
        if value.is_null() {
            return;
        }
        // A text never asked for stays unknown: others in the org may have it too.
        if self.exact.by_text.contains_key(&folded) {
            self.exact.add(folded.clone(), &spelled, id);
        }
        for (ignore, answers) in &mut self.loose {
            answers.add(normalise(&folded, ignore), &spelled, id);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use model::KeyPrefix;

    fn id(at: u64) -> RecordId {
        RecordId::new(KeyPrefix::known("001"), at)
    }

    fn slot() -> Slot {
        let mut slot = Slot {
            object: "Account".to_owned(),
            field: "Name".to_owned(),
            exact: Answers::default(),
            loose: vec![(vec![Ignore::Spaces], Answers::default())],
        };
        slot.exact.set("gtx pro".to_owned(), Match::None);
        slot
    }

    fn loose(slot: &Slot, text: &str) -> Option<Match> {
        slot.loose.first().map(|(_, answers)| answers.by_text.get(text).map_or(Match::None, |answer| answer.found))
    }

    #[test]
    fn a_record_just_made_is_found_and_a_second_one_makes_it_ambiguous() {
        let mut slot = slot();
        slot.learn(&"GTX Pro".into(), id(1), false);
        assert_eq!(slot.exact.by_text["gtx pro"].found, Match::One(id(1)));
        assert_eq!(loose(&slot, "gtxpro"), Some(Match::One(id(1))));
        slot.learn(&"GTXPro".into(), id(2), false);
        assert_eq!(slot.exact.by_text["gtx pro"].found, Match::One(id(1)));
        assert_eq!(loose(&slot, "gtxpro"), Some(Match::Several));
    }

    #[test]
    fn a_renamed_record_is_not_found_by_its_old_text() {
        let mut slot = slot();
        slot.learn(&"GTX Pro".into(), id(1), false);
        slot.learn(&"GTX Max".into(), id(1), true);
        assert!(!slot.exact.by_text.contains_key("gtx pro"), "asked again when needed");
        assert_eq!((loose(&slot, "gtxpro"), loose(&slot, "gtxmax")), (Some(Match::None), Some(Match::One(id(1)))));
    }

    #[test]
    fn renaming_one_of_several_alike_makes_the_search_start_anew() {
        let mut slot = slot();
        slot.learn(&"GTX Pro".into(), id(1), false);
        slot.learn(&"GTXPro".into(), id(2), false);
        slot.learn(&"Other".into(), id(2), true);
        assert_eq!(loose(&slot, "gtxpro"), None);
    }

    #[test]
    fn only_what_is_named_is_overlooked() {
        assert_eq!(normalise("a.c.m.e co", &[Ignore::Spaces]), "a.c.m.eco");
        assert_eq!(normalise("a.c.m.e co", &[Ignore::Punctuation]), "acme co");
        assert_eq!(normalise("é-1", &[Ignore::Punctuation, Ignore::Spaces]), "é1");
    }
}
