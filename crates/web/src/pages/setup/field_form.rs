//! Fields: the type is chosen first, then what a field of that type can say; changed and deleted later.

use super::field_words::{FORMULA, INPUTS, TYPES, inputs, said, shown, type_choices};
use super::{Sent, check, crumbs, developer_name, href, object};
use crate::kit::{Banner, Button, Checkbox, Field, Form, Header, Input, Section, TextArea, Tone};
use crate::server::{Call, PageResult, Params, reply};
use axum::response::Response;
use http::StatusCode;
use maud::{Render, html};
use model::{Error, ErrorCode, FieldSchema, ObjectSchema, Result};
use platform::component::{Component, ComponentKind, CustomField};

pub(crate) fn new_field(call: &Call<'_>) -> PageResult {
    check(call)?;
    let object = object(call)?;
    match call.visit.query.given("type") {
        Some(kind) if TYPES.iter().any(|(known, ..)| *known == kind) => {
            Ok(form(call, object, kind, None, &Sent { params: &Params::default(), error: None }))
        }
        _ => Ok(choose(call, object)),
    }
}

fn choose(call: &Call<'_>, object: &ObjectSchema) -> Response {
    let address = format!("{}/fields/new", href(object));
    let types = Field::new("What does it hold?", type_choices().selected("Text")).wide();
    let form = Form::get(address)
        .section(Section::new(vec![types]))
        .action(Button::submit("Continue").primary())
        .action(Button::link("Cancel", href(object)).quiet());
    let header = Header::new("New field").crumbs(crumbs(Some(object)));
    call.page_as("New field", header, form.render(), |page| page.form())
}

pub(crate) fn create_field(call: &Call<'_>) -> PageResult {
    check(call)?;
    let (object, sent) = (object(call)?, &call.visit.form);
    let kind = sent.given("kind").ok_or_else(Error::not_found)?;
    let name = name_of(sent);
    let told = said(kind, sent, CustomField::default());
    let made = json(&told).and_then(|told| {
        call.ctx.component_create(ComponentKind::CustomField, &format!("{}.{name}", object.name()), &told)
    });
    match made {
        Ok(_) => reply::see_other(&href(object)),
        Err(error) => again(call, object, kind, None, error),
    }
}

fn name_of(sent: &Params) -> String {
    let name =
        sent.given("FullName").map_or_else(|| developer_name(sent.given("label").unwrap_or_default()), str::to_owned);
    format!("{}__c", name.strip_suffix("__c").unwrap_or(&name))
}

fn json(told: &CustomField) -> Result<serde_json::Value> {
    serde_json::to_value(told).map_err(Error::internal)
}

/// A field of the organization's own, and the words it says.
fn known<'a>(call: &Call<'_>, object: &'a ObjectSchema) -> Result<(&'a FieldSchema, CustomField, &'static str)> {
    let name = call.visit.captured("field")?;
    let field = object.find_field(name).filter(|field| field.def.is_custom()).ok_or_else(Error::not_found)?;
    let told = CustomField::of(&field.def).ok_or_else(Error::not_found)?;
    let kind = if told.formula.is_some() { FORMULA } else { told.kind.as_deref().unwrap_or_default() };
    let known = TYPES.iter().find(|(name, ..)| *name == kind).ok_or_else(Error::not_found)?;
    Ok((field, told, known.0))
}

pub(crate) fn edit_field(call: &Call<'_>) -> PageResult {
    check(call)?;
    let object = object(call)?;
    let (field, told, kind) = known(call, object)?;
    let params = shown(field.name(), &told);
    Ok(form(call, object, kind, Some((field, &told)), &Sent { params: &params, error: None }))
}

pub(crate) fn change_field(call: &Call<'_>) -> PageResult {
    check(call)?;
    let (object, sent) = (object(call)?, &call.visit.form);
    let (field, told, kind) = known(call, object)?;
    if sent.has("delete") {
        return match call.ctx.field_delete(object.name(), field.name()) {
            Ok(()) => reply::see_other(&href(object)),
            Err(error) => {
                let params = shown(field.name(), &told);
                let sent = Sent { params: &params, error: Some(&error) };
                let response = form(call, object, kind, Some((field, &told)), &sent);
                refused(response, error)
            }
        };
    }
    let component = call.ctx.components(ComponentKind::CustomField)?;
    let is_it = |known: &&Component| known.object.as_deref() == Some(object.name()) && known.name == field.name();
    let component = component.iter().find(is_it).ok_or_else(Error::not_found)?;
    let full_name = format!("{}.{}", object.name(), name_of(sent));
    let changed = json(&said(kind, sent, told.clone()))
        .and_then(|told| call.ctx.component_change(component, Some(&full_name), &told));
    match changed {
        Ok(()) => reply::see_other(&href(object)),
        Err(error) => again(call, object, kind, Some((field, &told)), error),
    }
}

fn again(
    call: &Call<'_>,
    object: &ObjectSchema,
    kind: &str,
    known: Option<(&FieldSchema, &CustomField)>,
    error: Error,
) -> PageResult {
    let response = form(call, object, kind, known, &Sent { params: &call.visit.form, error: Some(&error) });
    refused(response, error)
}

fn refused(mut response: Response, error: Error) -> PageResult {
    if error.code().http_status() >= 500 || error.code() == ErrorCode::InsufficientAccessOrReadonly {
        return Err(error);
    }
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn form(
    call: &Call<'_>,
    object: &ObjectSchema,
    kind: &str,
    known: Option<(&FieldSchema, &CustomField)>,
    sent: &Sent<'_>,
) -> Response {
    let (_, words, help) = TYPES.iter().find(|(name, ..)| *name == kind).unwrap_or(&TYPES[0]);
    let action = known.map_or_else(
        || format!("{}/fields/new", href(object)),
        |(field, _)| format!("{}/fields/{}", href(object), field.name()),
    );
    let text = |label: &str, name: &str, help: &str| {
        Field::new(label, Input::text(name).value(sent.text(name)).max_length(80)).help(help).error_if(sent.wrong(name))
    };
    let naming = vec![
        text("Label", "label", "What people read.").required(),
        text(
            "Name for programs",
            "FullName",
            "Letters, digits and underscores, ending in __c. Empty: made of the label.",
        ),
        Field::new("Help", TextArea::new("inlineHelpText").rows(2).max_length(510).value(sent.text("inlineHelpText")))
            .help("Shown beside the field to whoever fills it in."),
        Field::new("What it is for", TextArea::new("description").rows(2).value(sent.text("description")))
            .help("For administrators."),
    ];
    let shares = known.and_then(|(_, told)| told.value_set.as_ref()?.value_set_name.clone());
    let mut own = inputs(call.ctx, object, kind, sent);
    if kind.contains("icklist") {
        match &shares {
            // The choices are changed where they are kept.
            Some(_) => own.retain(|field| field.control_id() != "field-values"),
            None => own.push(
                Field::new("Only these", Checkbox::new("restricted", sent.params.has("restricted")))
                    .help("Programs may save no other value."),
            ),
        }
    }
    let main = sent
        .banner(Form::post(action.clone(), call.csrf), &INPUTS)
        .hidden("kind", kind)
        .section(Section::new(naming).two_columns())
        .section(Section::new(own).title(*words).help(*help).two_columns())
        .action(Button::submit("Save").primary())
        .action(Button::link("Cancel", href(object)).quiet());
    let title = known.map_or_else(|| format!("New field: {words}"), |(field, _)| field.label().to_owned());
    let note = format!("Its values stay for {} days, in which the field can be taken back.", platform::BIN_DAYS);
    let body = html! {
        @if let Some(list) = &shares {
            (Banner::new(Tone::Info, html! { "Its choices are those of the shared list " code { (list) } "." }))
        }
        (main.render())
        @if known.is_some() {
            (Form::post(action, call.csrf)
                .unguarded()
                .hidden("delete", "true")
                .section(Section::new(Vec::new()).title("Delete this field").extra(html! { p { (note) } }))
                .action(Button::submit("Delete").danger())
                .render())
        }
    };
    let header = Header::new(title.clone()).crumbs(crumbs(Some(object)));
    call.page_as(&title, header, body, |page| page.form())
}
