//! A form for one record: what stands in its fields, as typed, and what is wrong with it.

use super::lookup::{Matched, resolve};
use super::{input, typed, words};
use crate::kit::{Button, Crumbs, Form, Header, LookupChoice, Page, Section};
use crate::pages::list::filter::name_of;
use crate::pages::list::lower;
use crate::pages::record::Seen;
use crate::server::{Call, Params, reply};
use crate::show::Show;
use axum::response::Response;
use http::StatusCode;
use maud::Render;
use model::schema::FieldType;
use model::{FieldIx, FieldSchema, ObjectSchema, RecordId, Result, Value};
use platform::layout::groups;
use platform::{Ctx, QueryOptions, RowResult};
use std::collections::HashMap;

/// What one field of the form holds.
#[derive(Clone, Default)]
pub(super) struct Entry {
    /// As typed; for a lookup the name.
    pub(super) text: String,
    /// Of a lookup.
    pub(super) chosen: Option<RecordId>,
    /// What a typed name may have meant.
    pub(super) matches: Vec<LookupChoice>,
    pub(super) error: Option<String>,
    /// A word on what the record holds now.
    pub(super) note: Option<String>,
}

pub(super) struct RecordForm<'a> {
    pub(super) object: &'a ObjectSchema,
    id: Option<RecordId>,
    /// The name of the record that is changed.
    name: String,
    fields: Vec<&'a FieldSchema>,
    entries: HashMap<FieldIx, Entry>,
    error: Option<String>,
    /// When the record was last changed, as the form was loaded.
    loaded: String,
    pub(super) back: Option<String>,
}

/// The name of the hidden value that tells when the form was loaded.
const LOADED: &str = "loaded";

impl<'a> RecordForm<'a> {
    fn empty(ctx: &Ctx, object: &'a ObjectSchema, seen: Option<&Seen<'a>>, asked: &Params) -> Result<Self> {
        let types = object.find_field("RecordTypeId").is_some() && has_record_types(ctx, object)?;
        let fields = object.fields.iter().filter(|field| {
            ctx.can_edit_field(object.ix, field.ix)
                && (field.name() != "RecordTypeId" || types)
                // Who creates a record owns it.
                && (seen.is_some() || Some(field.ix) != object.owner_field)
                && !matches!(field.data_type(), FieldType::Compound(_) | FieldType::AutoNumber { .. } | FieldType::Id | FieldType::Base64)
                && !field.data_type().is_calculated()
        });
        Ok(Self {
            object,
            id: seen.map(|seen| seen.id),
            name: seen.map(Seen::name).unwrap_or_default(),
            fields: fields.collect(),
            entries: HashMap::new(),
            error: None,
            loaded: String::new(),
            back: asked.first("back").filter(|to| is_local(to)).map(str::to_owned),
        })
    }

    /// The form for a new record: defaults, and what the address fills in.
    pub(super) fn blank(ctx: &Ctx, show: &Show, object: &'a ObjectSchema, query: &Params) -> Result<Self> {
        let mut form = Self::empty(ctx, object, None, query)?;
        for field in form.fields.clone() {
            let value = match query.given(field.name()) {
                Some(text) => typed::parse(show, field, text).unwrap_or(Value::Null),
                None => initial(ctx, object, field),
            };
            form.fill(ctx, show, field, &value);
        }
        Ok(form)
    }

    /// The form for a record as it is.
    pub(super) fn of(ctx: &Ctx, show: &Show, seen: &Seen<'a>, query: &Params) -> Result<Self> {
        let mut form = Self::empty(ctx, seen.object, Some(seen), query)?;
        form.loaded = stamp(seen);
        for field in form.fields.clone() {
            if let Some(pick) = seen.pick(field) {
                form.fill(ctx, show, field, pick.value(&seen.row));
            }
        }
        Ok(form)
    }

    /// The form as it came back.
    pub(super) fn sent(
        ctx: &Ctx,
        _show: &Show,
        object: &'a ObjectSchema,
        seen: Option<&Seen<'a>>,
        sent: &Params,
    ) -> Result<Self> {
        let mut form = Self::empty(ctx, object, seen, sent)?;
        sent.first(LOADED).unwrap_or_default().clone_into(&mut form.loaded);
        // A field that the form did not carry is no answer "empty"; but an unticked box is never carried.
        form.fields.retain(|field| {
            matches!(field.data_type(), FieldType::Boolean | FieldType::MultiPicklist { .. })
                || sent.has(field.name())
                || sent.has(&text_name(field))
        });
        for field in form.fields.clone() {
            let entry = match field.data_type() {
                FieldType::Reference(_) => {
                    let text = sent.first(&text_name(field)).unwrap_or_default().trim().to_owned();
                    let given = sent.given(field.name()).and_then(|id| RecordId::parse(id).ok());
                    let settled = sent.first(&format!("{}.for", field.name())).is_some_and(|meant| meant == text);
                    reference(ctx, object, field, text, given, settled)?
                }
                FieldType::MultiPicklist { .. } => {
                    Entry { text: sent.all(field.name()).collect::<Vec<_>>().join(";"), ..Entry::default() }
                }
                _ => Entry { text: sent.first(field.name()).unwrap_or_default().to_owned(), ..Entry::default() },
            };
            form.entries.insert(field.ix, entry);
        }
        Ok(form)
    }

    fn fill(&mut self, ctx: &Ctx, show: &Show, field: &FieldSchema, value: &Value) {
        let entry = match value {
            Value::Id(id) => {
                Entry { text: name_of(ctx, *id).unwrap_or_default(), chosen: Some(*id), ..Entry::default() }
            }
            other => Entry { text: typed::text(show, field, other), ..Entry::default() },
        };
        self.entries.insert(field.ix, entry);
    }

    fn entry(&mut self, ix: FieldIx) -> &mut Entry {
        self.entries.entry(ix).or_default()
    }

    /// The values of the form; what cannot be one is marked at its field.
    pub(super) fn values(&mut self, _ctx: &Ctx, show: &Show) -> Result<Vec<(FieldIx, Value)>> {
        let mut values = Vec::with_capacity(self.fields.len());
        for field in self.fields.clone() {
            let entry = self.entry(field.ix);
            if entry.error.is_some() {
                continue;
            }
            let parsed = match (field.data_type(), entry.chosen) {
                (FieldType::Reference(_), Some(id)) => Ok(Value::Id(id)),
                (FieldType::Reference(_), None) => Ok(Value::Null),
                _ => typed::parse(show, field, &entry.text),
            };
            match parsed {
                Ok(Value::Null) if field.def.required && field.def.default.is_null() => {
                    entry.error = Some(words::required(field))
                }
                Ok(value) => values.push((field.ix, value)),
                Err(words) => entry.error = Some(words),
            }
        }
        if self.id.is_none() {
            // What was left empty takes the default of the platform.
            values.retain(|(_, value)| !value.is_null());
        }
        Ok(values)
    }

    /// Marks a record that somebody else changed while the form was open. The form then counts as loaded anew, so that
    /// saving again is a decision.
    pub(super) fn notice_changes_since(&mut self, show: &Show, seen: &Seen<'_>) {
        let now = stamp(seen);
        if self.loaded.is_empty() || self.loaded == now {
            return;
        }
        let who = seen
            .object
            .find_field("LastModifiedById")
            .and_then(|field| seen.pick(field))
            .and_then(|pick| pick.name(&seen.row))
            .unwrap_or("Somebody");
        self.error = Some(format!(
            "{who} changed this record after you opened the form. Your values are kept here; where they differ, the record’s own stand under the field. Save again to keep yours."
        ));
        self.loaded = now;
        for field in self.fields.clone() {
            let Some(pick) = seen.pick(field) else { continue };
            let stored = pick.value(&seen.row);
            let entry = self.entry(field.ix);
            let same = match stored {
                Value::Id(id) => entry.chosen == Some(*id),
                other => typed::parse(show, field, &entry.text).is_ok_and(|typed| super::same(other, &typed)),
            };
            if !same {
                let shown = pick.name(&seen.row).map_or_else(|| typed::text(show, field, stored), str::to_owned);
                entry.note = Some(if shown.is_empty() {
                    "The record now has nothing here.".to_owned()
                } else {
                    format!("The record now says: {shown}")
                });
            }
        }
    }

    pub(super) fn is_sound(&self) -> bool {
        self.error.is_none() && self.entries.values().all(|entry| entry.error.is_none())
    }

    /// The id of a saved row; what was refused is put beside its fields.
    ///
    /// # Errors
    /// What is not about the values: a failure of ours.
    pub(super) fn accept(&mut self, outcome: Result<Vec<RowResult>>) -> Result<Option<RecordId>> {
        let errors = match outcome {
            Ok(results) => {
                let Some(result) = results.into_iter().next() else {
                    return Err(model::Error::internal("no result for one row"));
                };
                if let (Some(id), true) = (result.id, result.errors.is_empty()) {
                    return Ok(Some(id));
                }
                result.errors
            }
            Err(error) if error.code().http_status() >= 500 => return Err(error),
            Err(error) => vec![error.into()],
        };
        for error in errors {
            let fields: Vec<&FieldSchema> = error
                .fields
                .iter()
                .filter_map(|name| self.object.find_field(name))
                .filter(|field| self.fields.iter().any(|known| known.ix == field.ix))
                .collect();
            if fields.is_empty() {
                self.error = Some(words::of_record(self.object, &error));
            }
            for field in fields {
                self.entry(field.ix).error = Some(words::of_field(field, &error));
            }
        }
        if self.is_sound() {
            return Err(model::Error::internal("a row was refused without a reason"));
        }
        Ok(None)
    }

    pub(super) fn page(&self, call: &Call<'_>, show: &Show, status: StatusCode) -> Response {
        let ctx = call.ctx;
        let object = self.object;
        let (action, cancel) = match self.id {
            Some(id) => (format!("/r/{id}/edit"), format!("/r/{id}")),
            None => (format!("/new/{}", object.name()), format!("/o/{}", object.name())),
        };
        let mut form = Form::post(action, call.csrf);
        if let Some(back) = &self.back {
            form = form.hidden("back", back.clone());
        }
        if !self.loaded.is_empty() {
            form = form.hidden(LOADED, self.loaded.clone());
        }
        if let Some(error) = &self.error {
            form = form.error(error.clone());
        }
        let shown = groups(ctx, object, |field| self.fields.iter().any(|known| known.ix == field.ix));
        let mut first = self.id.is_none();
        for group in shown {
            let mut fields = Vec::new();
            for field in group.fields {
                let entry = self.entries.get(&field.ix).cloned().unwrap_or_default();
                if !entry.matches.is_empty() {
                    form = form.hidden(format!("{}.for", field.name()), entry.text.clone());
                }
                fields.extend(input::fields(show, object, field, &entry, first));
                first = false;
            }
            form = form.section(Section::new(fields).title(group.title).two_columns());
        }
        form = form.action(Button::submit("Save").primary());
        if self.id.is_none() && self.back.is_none() {
            form = form.action(Button::submit("Save and new").named("then", "new"));
        }
        let form = form.action(Button::link("Cancel", self.back.clone().unwrap_or(cancel)).quiet());
        let title = match self.id {
            Some(_) => format!("Edit {}", self.name),
            None => format!("New {}", lower(object.label())),
        };
        let mut crumbs = Crumbs::new().link(object.def.label_plural.clone(), format!("/o/{}", object.name()));
        if let Some(id) = self.id {
            crumbs = crumbs.link(self.name.clone(), format!("/r/{id}"));
        }
        let shell = call.shell();
        reply::page_with(
            status,
            Page::new(&shell, title.clone(), form.render()).header(Header::new(title).crumbs(crumbs)).form().render(),
        )
    }
}

/// The text of a lookup beside its id.
fn text_name(field: &FieldSchema) -> String {
    format!("{}.text", field.name())
}

fn stamp(seen: &Seen<'_>) -> String {
    seen.value("LastModifiedDate").to_plain()
}

fn is_local(to: &str) -> bool {
    to.starts_with("/r/") || to.starts_with("/o/")
}

/// The value of a field in a new record.
fn initial(ctx: &Ctx, object: &ObjectSchema, field: &FieldSchema) -> Value {
    if !field.def.default.is_null() {
        return field.def.default.clone();
    }
    // Colleagues mostly live where the organization does, and speak as whoever makes them a user.
    if object.name() == "User" {
        match field.name() {
            "TimeZoneSidKey" => return ctx.settings().zone.as_str().into(),
            "LocaleSidKey" => return ctx.settings().locale.as_str().into(),
            "LanguageLocaleKey" => return ctx.user().language.as_str().into(),
            "EmailEncodingKey" => return "UTF-8".into(),
            _ => {}
        }
    }
    let chosen = field.data_type().picklist_values().iter().find(|value| value.default);
    chosen.map_or(Value::Null, |value| Value::from(value.value.as_str()))
}

fn has_record_types(ctx: &Ctx, object: &ObjectSchema) -> Result<bool> {
    if ctx.object("RecordType").is_err() {
        return Ok(false);
    }
    let text = format!("SELECT COUNT() FROM RecordType WHERE SobjectType = '{}' AND IsActive = true", object.name());
    Ok(ctx.query(&text, QueryOptions::default())?.total > 0)
}

/// What a lookup says: the chosen record where name and id agree, else the record that the typed name means.
fn reference(
    ctx: &Ctx,
    object: &ObjectSchema,
    field: &FieldSchema,
    text: String,
    given: Option<RecordId>,
    settled: bool,
) -> Result<Entry> {
    if let Some(id) = given {
        let name = name_of(ctx, id).unwrap_or_default();
        // A record whose name the reader may not see stays chosen while its text stays empty.
        if settled || name == text {
            return Ok(Entry { text: name, chosen: Some(id), ..Entry::default() });
        }
    }
    if text.is_empty() {
        return Ok(Entry::default());
    }
    Ok(match resolve(ctx, object, field, &text)? {
        Matched::One(id, name) => Entry { text: name, chosen: Some(id), ..Entry::default() },
        Matched::Several(matches) => {
            let error = format!("Several records match “{text}”. Choose one of them.");
            Entry { text, matches, error: Some(error), ..Entry::default() }
        }
        Matched::None => {
            let error =
                format!("Nothing that you can see is named “{text}”. Check the spelling, or choose from the list.");
            Entry { text, error: Some(error), ..Entry::default() }
        }
    })
}
