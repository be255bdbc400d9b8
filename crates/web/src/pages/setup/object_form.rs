//! Making an object, and changing one of the organization's own.

use super::{PATH, Sent, check, crumbs, developer_name, href, object};
use crate::kit::{Button, Choice, Field, Form, Header, Input, RadioGroup, Section, Select, TextArea};
use crate::server::{Call, PageResult, Params, reply};
use http::StatusCode;
use maud::{Render, html};
use model::{Error, ErrorCode, ObjectSchema, Result};
use platform::component::{ComponentKind, CustomObject, NameField};

const INPUTS: [&str; 7] =
    ["label", "pluralLabel", "FullName", "description", "sharingModel", "nameField", "displayFormat"];

pub(crate) fn new(call: &Call<'_>) -> PageResult {
    check(call)?;
    Ok(form(call, None, &Sent { params: &Params::default(), error: None }))
}

pub(crate) fn create(call: &Call<'_>) -> PageResult {
    check(call)?;
    let sent = &call.visit.form;
    let label = sent.given("label").unwrap_or_default();
    let name = sent.given("FullName").map_or_else(|| developer_name(label), str::to_owned);
    let name = format!("{}__c", name.strip_suffix("__c").unwrap_or(&name));
    let name_field = NameField {
        label: sent.given("nameLabel").map(str::to_owned),
        kind: sent.given("nameField").map(str::to_owned),
        display_format: sent
            .given("displayFormat")
            .map(str::to_owned)
            .filter(|_| sent.first("nameField") == Some("AutoNumber")),
        ..NameField::default()
    };
    let said = CustomObject { name_field: Some(name_field), ..said(sent) };
    let made = serde_json::to_value(&said)
        .map_err(Error::internal)
        .and_then(|said| call.ctx.component_create(ComponentKind::CustomObject, &name, &said));
    match made {
        Ok(_) => reply::see_other(&format!("{PATH}/{name}")),
        Err(error) => again(call, None, sent, error),
    }
}

pub(crate) fn edit(call: &Call<'_>) -> PageResult {
    check(call)?;
    let object = own(call)?;
    let told = CustomObject::of(&object.def);
    let pairs = [
        ("label", told.label),
        ("pluralLabel", told.plural_label),
        ("description", told.description),
        ("sharingModel", told.sharing_model),
        ("FullName", Some(object.name().to_owned())),
    ];
    let params = Params::of(pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    Ok(form(call, Some(object), &Sent { params: &params, error: None }))
}

pub(crate) fn save(call: &Call<'_>) -> PageResult {
    check(call)?;
    let (object, sent) = (own(call)?, &call.visit.form);
    let name = sent.given("FullName").unwrap_or(object.name()).to_owned();
    let all = call.ctx.components(ComponentKind::CustomObject)?;
    let component = all.iter().find(|known| known.name == object.name()).ok_or_else(Error::not_found)?;
    let changed = serde_json::to_value(said(sent))
        .map_err(Error::internal)
        .and_then(|said| call.ctx.component_change(component, Some(&name), &said));
    match changed {
        Ok(()) => reply::see_other(&format!("{PATH}/{name}")),
        Err(error) => again(call, Some(object), sent, error),
    }
}

fn own<'a>(call: &'a Call<'_>) -> Result<&'a ObjectSchema> {
    let object = object(call)?;
    if object.def.is_custom() { Ok(object) } else { Err(Error::not_found()) }
}

fn said(sent: &Params) -> CustomObject {
    let text = |name: &str| sent.given(name).map(str::to_owned);
    CustomObject {
        label: text("label"),
        plural_label: text("pluralLabel"),
        description: text("description"),
        sharing_model: text("sharingModel"),
        ..CustomObject::default()
    }
}

fn again(call: &Call<'_>, object: Option<&ObjectSchema>, sent: &Params, error: Error) -> PageResult {
    if error.code().http_status() >= 500 || error.code() == ErrorCode::InsufficientAccessOrReadonly {
        return Err(error);
    }
    let mut response = form(call, object, &Sent { params: sent, error: Some(&error) });
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn form(call: &Call<'_>, object: Option<&ObjectSchema>, sent: &Sent<'_>) -> axum::response::Response {
    let text = |label: &str, name: &str, help: &str| {
        let input = Input::text(name).value(sent.text(name)).max_length(80);
        Field::new(label, input).help(help).error_if(sent.wrong(name))
    };
    let mut fields = vec![
        text("Name", "label", "What people call one of them: Machine.").required(),
        text("Name of several", "pluralLabel", "Machines.").required(),
        text(
            "Name for programs",
            "FullName",
            "Letters, digits and underscores, ending in __c. Empty: made of the name.",
        ),
        Field::new("What it is for", TextArea::new("description").rows(2).value(sent.text("description")))
            .help("For administrators.")
            .error_if(sent.wrong("description"))
            .wide(),
    ];
    let of_parent = sent.text("sharingModel") == "ControlledByParent";
    if !of_parent {
        let models = vec![
            Choice::new("Private", "Nothing").detail("The owner, those above them, and whom they share it with."),
            Choice::new("Read", "Read all of them"),
            Choice::new("ReadWrite", "Read and change all of them"),
        ];
        let chosen = Some(sent.text("sharingModel")).filter(|model| !model.is_empty());
        let group = RadioGroup::new("sharingModel", models).selected(chosen.unwrap_or_else(|| "Private".to_owned()));
        fields.push(
            Field::new("What everybody with the object may do", group).error_if(sent.wrong("sharingModel")).wide(),
        );
    }
    let action = object.map_or_else(|| format!("{PATH}/new"), |object| format!("{}/edit", href(object)));
    let back = object.map_or_else(|| PATH.to_owned(), href);
    let mut form = sent.banner(Form::post(action, call.csrf), &INPUTS).section(Section::new(fields).two_columns());
    if object.is_none() {
        let kinds =
            vec![Choice::new("Text", "A name that people type"), Choice::new("AutoNumber", "A number that counts up")];
        let chosen = Some(sent.text("nameField")).filter(|kind| !kind.is_empty());
        let kind = Select::new("nameField", kinds).selected(chosen.unwrap_or_else(|| "Text".to_owned()));
        let names = vec![
            Field::new("Records are called by", kind).error_if(sent.wrong("nameField")),
            text("Label of that", "nameLabel", "Empty: Name."),
            text("Format of the number", "displayFormat", "Such as M-{0000}, which gives M-0001."),
        ];
        form = form.section(Section::new(names).title("What records are called").two_columns());
    }
    let title = object.map_or_else(|| "New object".to_owned(), |object| format!("Edit {}", object.label()));
    let form = form.action(Button::submit("Save").primary()).action(Button::link("Cancel", back).quiet());
    let body = html! {
        (form.render())
        @if let Some(object) = object { (removal(call, object)) }
    };
    let header = Header::new(title.clone()).crumbs(crumbs(object));
    call.page_as(&title, header, body, |page| page.form())
}

fn removal(call: &Call<'_>, object: &ObjectSchema) -> maud::Markup {
    let words = format!(
        "Its records go with it. For {} days the object and its records can be taken back through the API.",
        platform::BIN_DAYS
    );
    Form::post(href(object), call.csrf)
        .unguarded()
        .hidden("delete", "true")
        .section(Section::new(Vec::new()).title("Delete this object").extra(html! { p { (words) } }))
        .action(Button::submit("Delete").danger())
        .render()
}
