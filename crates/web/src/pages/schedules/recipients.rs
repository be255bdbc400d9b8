//! Who gets a schedule, as fields of a form: those chosen already, each to be kept or not, and room for more.

use super::form::Values;
use crate::kit::{Checkbox, Choice, Field, Input, Lookup, Section, Select, TextArea};
use model::{Error, ErrorCode, RecordId, Result};
use platform::{Ctx, QueryOptions};
use serde_json::{Value as Json, json};

/// What can be looked up, with what a recipient of it is called where it is saved.
const RECORDS: [(&str, &str, &str); 4] = [
    ("User", "user", "Add a user"),
    ("Contact", "contact", "Add a contact"),
    ("Lead", "lead", "Add a lead"),
    ("Group", "group", "Add a public group"),
];

/// Moves what was chosen into the list. What was typed and not chosen is refused, so that nobody is left out unseen.
pub(super) fn take_in(values: &mut Values) -> Result<()> {
    let mut all: Vec<String> = values.all("recipient").map(str::to_owned).collect();
    let refused = |words: String| Err(Error::new(ErrorCode::FieldIntegrityException, words).with_field("Recipients"));
    for (_, kind, _) in RECORDS {
        let field = format!("add_{kind}");
        let (id, typed) = (values.first(&field).to_owned(), values.first(&format!("{field}.text")).to_owned());
        if !id.is_empty() {
            all.push(json!({ "type": kind, "id": id }).to_string());
        } else if !typed.trim().is_empty() {
            return refused(format!("Recipients: choose \"{}\" from what is found, or clear the field.", typed.trim()));
        }
        values.set(&field, "");
        values.set(&format!("{field}.text"), "");
    }
    for address in values.first("addresses").split([',', ';', '\n', '\r']).map(str::trim) {
        if !address.is_empty() {
            all.push(json!({ "type": "address", "address": address }).to_string());
        }
    }
    values.set("addresses", "");
    let column = values.first("rows_column").trim().to_owned();
    if !column.is_empty() {
        let kind = if values.first("rows_kind") == "column" { "column" } else { "person" };
        all.push(json!({ "type": "rows", kind: column }).to_string());
        values.set("rows_column", "");
    }
    let mut seen: Vec<String> = Vec::new();
    all.retain(|one| {
        let is_new = !seen.contains(one);
        seen.push(one.clone());
        is_new
    });
    values.set_all("recipient", all);
    Ok(())
}

/// The list as it is saved.
pub(super) fn json_of(values: &Values) -> String {
    let list: Vec<Json> = values.all("recipient").filter_map(|text| serde_json::from_str(text).ok()).collect();
    Json::Array(list).to_string()
}

/// Puts a saved list into the fields.
pub(super) fn fill(values: &mut Values, saved: &str) {
    let list: Vec<Json> = serde_json::from_str(saved).unwrap_or_default();
    values.set_all("recipient", list.iter().map(Json::to_string).collect());
}

/// What a recipient is called for people.
pub(super) fn words(ctx: &Ctx, recipient: &Json) -> String {
    let text = |name: &str| recipient[name].as_str().unwrap_or_default().to_owned();
    match recipient["type"].as_str().unwrap_or_default() {
        "address" => text("address"),
        "rows" if recipient["column"].is_string() => format!("Addresses in the report's column {}", text("column")),
        "rows" => format!("People in the report's column {}", text("person")),
        kind => {
            let label = RECORDS.iter().find(|(_, known, _)| *known == kind).map_or("Record", |(object, _, _)| object);
            let name = RecordId::parse(&text("id")).ok().and_then(|id| name_of(ctx, label, id));
            format!("{label}: {}", name.unwrap_or_else(|| "one that you may not see, or that is gone".to_owned()))
        }
    }
}

fn name_of(ctx: &Ctx, object: &str, id: RecordId) -> Option<String> {
    let text = format!("SELECT Name FROM {object} WHERE Id = '{id}'");
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default()).ok()?;
    rows.first().map(|row| row.cells[0].value().to_plain())
}

pub(super) fn sections(ctx: &Ctx, values: &Values, wrong: Option<String>) -> Vec<Section> {
    let chosen: Vec<Field> = values
        .all("recipient")
        .enumerate()
        .filter_map(|(at, text)| {
            let json: Json = serde_json::from_str(text).ok()?;
            let field = Field::new(words(ctx, &json), Checkbox::new("recipient", true).value(text));
            Some(field.id(format!("recipient-{at}")))
        })
        .collect();
    let help =
        if chosen.is_empty() { "Nobody yet. Choose below." } else { "Take the tick away to leave somebody out." };
    let mut more: Vec<Field> = RECORDS
        .iter()
        .filter(|(object, _, _)| ctx.listed_object(object).is_ok())
        .map(|(object, kind, label)| {
            let typed = values.first(&format!("add_{kind}.text")).to_owned();
            Field::new(*label, Lookup::new(format!("add_{kind}"), format!("/lookup/{object}")).text(typed))
        })
        .collect();
    more.push(
        Field::new("Add addresses", TextArea::new("addresses").rows(2).value(values.first("addresses")))
            .help("One a line. Addresses outside need the permission to send to external addresses.")
            .error_if(wrong),
    );
    more.push(Field::new(
        "Add whom a column of the report names",
        Input::text("rows_column").value(values.first("rows_column")).placeholder("Owner.Name"),
    ));
    more.push(Field::new(
        "That column holds",
        Select::new("rows_kind", vec![Choice::new("person", "Names of people"), Choice::new("column", "Addresses")])
            .selected(values.first("rows_kind")),
    ));
    vec![Section::new(chosen).title("Who gets it").help(help), Section::new(more).title("Add recipients").two_columns()]
}
