//! One row and the rules of its step → typed values, or the reasons why not.

use super::convert::{Draft, Reading, convert, plain, shown};
use super::lookup::{Found, Lookups};
use super::mapping::{Blanks, Missing, OnError, Rule, Step, Unmapped, apply_all};
use super::progress::Note;
use super::sink::RecordSink;
use super::source::{Columns, Row};
use model::schema::{FieldSchema, ObjectSchema, OrgSchema};
use model::{Value, Zone, parse_decimal, text};

/// A step with its names resolved.
pub(super) struct BoundStep<'a> {
    pub(super) step: &'a Step,
    pub(super) schema: &'a OrgSchema,
    pub(super) object: &'a ObjectSchema,
    pub(super) columns: &'a Columns,
    pub(super) fields: Vec<BoundField<'a>>,
}

pub(super) struct BoundField<'a> {
    pub(super) field: &'a FieldSchema,
    pub(super) rule: &'a Rule,
    /// Looks up records of the step's own object.
    pub(super) own: bool,
}

/// Which fields a pass over the rows sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    All,
    /// All but references to the step's own object.
    WithoutOwn,
    /// The key and the references to the step's own object.
    OwnOnly,
}

/// The record that a row makes.
#[derive(Debug, Default)]
pub(super) struct Evaluated {
    pub(super) key: Option<Value>,
    pub(super) values: Vec<(String, Value)>,
    pub(super) repairs: Vec<Note>,
    /// Why the row cannot be written; empty when it can.
    pub(super) refusals: Vec<Note>,
    /// A lookup of the step's own object found nothing: a row still waiting to be written may be the one.
    pub(super) missed_own: bool,
}

/// A value with what had to be mended on the way; `None` for blank.
pub(super) struct Drafted {
    pub(super) draft: Option<Draft>,
    repairs: Vec<(&'static str, String)>,
}

/// A rule that a value broke.
pub(super) struct Problem {
    rule: &'static str,
    message: String,
}

fn problem(rule: &'static str, message: impl Into<String>) -> Problem {
    Problem { rule, message: message.into() }
}

/// The part of a rule that needs the row alone: everything before lookup and typing.
pub(super) fn draft(rule: &Rule, columns: &Columns, row: &Row) -> Result<Drafted, Problem> {
    let blank = Drafted { draft: None, repairs: Vec::new() };
    if !rule.when.iter().all(|condition| condition.holds(columns.cell(row, &condition.column))) {
        return Ok(blank);
    }
    let origin = match (&rule.column, &rule.template, &rule.constant) {
        (Some(column), ..) => columns.cell(row, column).to_owned(),
        (_, Some(template), _) => template.fill(|column| columns.cell(row, column)),
        (.., Some(constant)) => constant.to_text(),
        (None, None, None) => String::new(),
    };
    let mut value = apply_all(&rule.text, &origin);
    if value.is_empty() {
        return Ok(blank);
    }
    let mut repairs = Vec::new();
    if let Some((wrong, right)) = rule.repair.iter().find(|(wrong, _)| text::eq_fold(wrong, &value)) {
        repairs.push(("repair", format!("{wrong:?} corrected to {right:?}")));
        value.clone_from(right);
    }
    if let Some(map) = &rule.map {
        match map.iter().find(|(from, _)| text::eq_fold(from, &value)) {
            Some((_, to)) => value.clone_from(to),
            None => match rule.unmapped.unwrap_or_default() {
                Unmapped::Keep => {}
                Unmapped::Blank => value.clear(),
                Unmapped::Refuse => {
                    let known: Vec<&str> = map.keys().map(String::as_str).collect();
                    let message = format!("{} is not in the map: {}", shown(&value), known.join(", "));
                    return Err(problem("map", message));
                }
            },
        }
    }
    if value.is_empty() {
        return Ok(Drafted { draft: None, repairs });
    }
    let draft = read(rule, value)?;
    Ok(Drafted { draft: Some(draft), repairs })
}

fn read(rule: &Rule, value: String) -> Result<Draft, Problem> {
    let mut draft = if let Some(format) = &rule.date {
        Draft::Date(format.read(&value).map_err(|why| problem("date", why))?)
    } else if let Some(format) = &rule.number {
        Draft::Number(format.read(&value).map_err(|why| problem("number", why))?)
    } else if let Some(words) = &rule.boolean {
        let among = |list: &[String]| list.iter().any(|word| text::eq_fold(word, &value));
        match (among(&words.yes), among(&words.no)) {
            (true, false) => Draft::Bool(true),
            (false, true) => Draft::Bool(false),
            _ => return Err(problem("boolean", format!("{} is none of the words for true or false", shown(&value)))),
        }
    } else {
        Draft::Text(value)
    };
    if let Some(factor) = &rule.multiply {
        let number = match &draft {
            Draft::Number(number) => Some(*number),
            other => parse_decimal(&plain(other.clone())),
        };
        let number =
            number.ok_or_else(|| problem("number", format!("{} is not a number", shown(&plain(draft.clone())))))?;
        let product = number.checked_mul(factor.0);
        draft = Draft::Number(product.ok_or_else(|| problem("number", format!("{number} is too large to multiply")))?);
    }
    if let Some(days) = rule.add_days {
        draft = add_days(draft, days)?;
    }
    Ok(draft)
}

fn add_days(draft: Draft, days: i32) -> Result<Draft, Problem> {
    use super::mapping::{DateFormat, DateReading};
    let reading = match draft {
        Draft::Date(reading) => reading,
        other => DateFormat::iso().read(&plain(other)).map_err(|why| problem("date", why))?,
    };
    Ok(Draft::Date(match reading {
        DateReading::Day(date) => DateReading::Day(date.plus_days(days)),
        DateReading::Time(time) => {
            let moved = time.checked_add(jiff::Span::new().days(days));
            DateReading::Time(moved.map_err(|_| problem("date", "the date moves out of the calendar"))?)
        }
    }))
}

impl BoundStep<'_> {
    /// Evaluates one row. The outer error is the sink's.
    pub(super) fn evaluate(
        &self,
        row: &Row,
        pass: Pass,
        lookups: &mut Lookups,
        sink: &mut dyn RecordSink,
    ) -> model::Result<Evaluated> {
        let mut out = Evaluated::default();
        for bound in &self.fields {
            let is_key = self.is_key(bound.field);
            let wanted = match pass {
                Pass::All => true,
                Pass::WithoutOwn => !bound.own || is_key,
                Pass::OwnOnly => bound.own || is_key,
            };
            if !wanted {
                continue;
            }
            let mut repairs = Vec::new();
            match self.value(bound, bound.rule, row, lookups, sink, &mut repairs, &mut out.missed_own)? {
                Err(note) => out.refusals.push(note),
                Ok(value) => self.take(bound, value, is_key, pass, &mut out),
            }
            out.repairs.append(&mut repairs);
        }
        Ok(out)
    }

    /// The key of a row alone, as text; `None` when the step has none or the row's cannot be read.
    pub(super) fn key_text(&self, row: &Row) -> Option<String> {
        let bound = self.fields.iter().find(|bound| self.is_key(bound.field))?;
        let drafted = draft(bound.rule, self.columns, row).ok()?;
        let how = Reading { round: bound.rule.round, zone: &Zone::UTC };
        convert(self.schema, bound.field, drafted.draft?, how).ok().map(|typed| typed.value.to_plain())
    }

    pub(super) fn is_key(&self, field: &FieldSchema) -> bool {
        self.step.key.as_deref().is_some_and(|key| key.eq_ignore_ascii_case(field.name()))
    }

    fn take(&self, bound: &BoundField<'_>, value: Value, is_key: bool, pass: Pass, out: &mut Evaluated) {
        let name = bound.field.name().to_owned();
        if !value.is_null() {
            if is_key {
                out.key = Some(value.clone());
            }
            out.values.push((name, value));
            return;
        }
        let creates = self.step.missing == Missing::Create && pass != Pass::OwnOnly;
        if is_key {
            out.refusals.push(self.note(bound, bound.rule, "key", "the key is blank"));
        } else if must_be_set(bound.field) && (creates || self.step.blanks == Blanks::Clear) {
            let message = format!("{} is required and the row gives no value", bound.field.name());
            out.refusals.push(self.note(bound, bound.rule, "required", message));
        } else if self.step.blanks == Blanks::Clear {
            out.values.push((name, Value::Null));
        }
    }

    /// The value of one rule: its own, that of `or`, or none.
    fn value(
        &self,
        bound: &BoundField<'_>,
        rule: &Rule,
        row: &Row,
        lookups: &mut Lookups,
        sink: &mut dyn RecordSink,
        repairs: &mut Vec<Note>,
        missed_own: &mut bool,
    ) -> model::Result<Result<Value, Note>> {
        let mut mended = Vec::new();
        let failed = match self.try_rule(bound, rule, row, lookups, sink, &mut mended, missed_own)? {
            Ok(Some(value)) => {
                repairs.extend(mended.into_iter().map(|(name, message)| self.note(bound, rule, name, message)));
                repairs.extend(rule.note.iter().map(|text| self.note(bound, rule, "note", text.clone())));
                return Ok(Ok(value));
            }
            Ok(None) => None,
            Err(broken) => Some(broken),
        };
        if let Some(broken) = failed {
            match rule.on_error {
                OnError::Refuse => return Ok(Err(self.note(bound, rule, broken.rule, broken.message))),
                OnError::Null => {
                    let message = format!("{}; left empty", broken.message);
                    repairs.push(self.note(bound, rule, broken.rule, message));
                    return Ok(Ok(Value::Null));
                }
                OnError::Repair => {
                    let message = format!("{}; replaced", broken.message);
                    repairs.push(self.note(bound, rule, broken.rule, message));
                }
            }
        }
        let value = match &rule.or {
            Some(or) => match self.value(bound, or, row, lookups, sink, repairs, missed_own)? {
                Ok(value) => value,
                Err(note) => return Ok(Err(note)),
            },
            None => Value::Null,
        };
        if rule.required && value.is_null() {
            return Ok(Err(self.note(bound, rule, "required", "the mapping requires a value and the row gives none")));
        }
        Ok(Ok(value))
    }

    fn try_rule(
        &self,
        bound: &BoundField<'_>,
        rule: &Rule,
        row: &Row,
        lookups: &mut Lookups,
        sink: &mut dyn RecordSink,
        mended: &mut Vec<(&'static str, String)>,
        missed_own: &mut bool,
    ) -> model::Result<Result<Option<Value>, Problem>> {
        let drafted = match draft(rule, self.columns, row) {
            Ok(drafted) => drafted,
            Err(broken) => return Ok(Err(broken)),
        };
        mended.extend(drafted.repairs);
        let Some(mut draft) = drafted.draft else { return Ok(Ok(None)) };
        if let Some(lookup) = &rule.lookup {
            let wanted = plain(draft.clone());
            let (object, field) = (lookup.object.as_str(), lookup.field.as_str());
            draft = match lookups.resolve(sink, self.schema, lookup, draft)? {
                Found::One { id, spelled } => {
                    if let Some(spelled) = spelled {
                        mended.push(("lookup", format!("{} read as {spelled:?}", shown(&wanted))));
                    }
                    Draft::Id(id)
                }
                Found::None => {
                    *missed_own |= object.eq_ignore_ascii_case(self.object.name());
                    return Ok(Err(problem("lookup", format!("no {object} has {field} {}", shown(&wanted)))));
                }
                Found::Several => {
                    let message = format!("more than one {object} has {field} {}", shown(&wanted));
                    return Ok(Err(problem("lookup", message)));
                }
                Found::Unfit(why) => return Ok(Err(problem("lookup", format!("{object}.{field}: {why}")))),
            };
        }
        let zone = rule.zone.as_ref().map_or(Zone::UTC, |zone| zone.0.clone());
        Ok(match convert(self.schema, bound.field, draft, Reading { round: rule.round, zone: &zone }) {
            Ok(typed) => {
                mended.extend(typed.repair.map(|message| ("round", message)));
                Ok(Some(typed.value))
            }
            Err(why) => Err(problem("type", why)),
        })
    }

    fn note(&self, bound: &BoundField<'_>, rule: &Rule, name: &str, message: impl Into<String>) -> Note {
        Note {
            field: bound.field.name().to_owned(),
            column: rule.column.clone().unwrap_or_default(),
            rule: name.to_owned(),
            message: message.into(),
        }
    }
}

/// Whether a new record cannot do without a value of this field.
pub(super) fn must_be_set(field: &FieldSchema) -> bool {
    let has_default =
        !field.def.default.is_null() || field.data_type().picklist_values().iter().any(|value| value.default);
    field.def.required && field.is_writable() && !has_default && !matches!(field.data_type(), model::FieldType::Boolean)
}
