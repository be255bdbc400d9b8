//! How the records of an object are shared: what everybody holds, whether the hierarchy opens them, and sharing rules.

use super::{Sent, check, crumbs, developer_name, href, object};
use crate::kit::{
    Button, Cell, Checkbox, Choice, Column, Empty, Field, Form, Header, Icon, Input, Panel, RadioGroup, Row, Section,
    Select, Table, TextArea,
};
use crate::server::{Call, PageResult, Params, reply};
use http::StatusCode;
use maud::{Markup, Render, html};
use model::schema::{AccessDefault, GrantLevel, RuleSource, SharingKind, SharingRule};
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result};
use platform::{Ctx, QueryOptions};

const INPUTS: [&str; 6] = ["name", "source", "owners", "criteria", "target", "level"];

/// Whether the records of an object have owners to share from.
pub(super) fn is_shared(object: &ObjectSchema) -> bool {
    *object.sharing() == SharingKind::Owned
}

fn shared<'a>(call: &'a Call<'_>) -> Result<&'a ObjectSchema> {
    check(call)?;
    let object = object(call)?;
    if is_shared(object) { Ok(object) } else { Err(Error::not_found()) }
}

fn address(object: &ObjectSchema) -> String {
    format!("{}/sharing", href(object))
}

const DEFAULTS: [(AccessDefault, &str, &str); 5] = [
    (AccessDefault::Private, "Private", "Nothing: private"),
    (AccessDefault::PublicRead, "Read", "Read all of them"),
    (AccessDefault::PublicReadWrite, "ReadWrite", "Read and change all of them"),
    (AccessDefault::PublicReadWriteTransfer, "ReadWriteTransfer", "Read, change and hand over all of them"),
    (AccessDefault::ControlledByParent, "ControlledByParent", "What they may do with the account"),
];

/// The defaults that an object can have.
fn defaults_of(object: &ObjectSchema) -> impl Iterator<Item = &'static (AccessDefault, &'static str, &'static str)> {
    let name = object.name().to_owned();
    DEFAULTS.iter().filter(move |(default, ..)| match default {
        AccessDefault::PublicReadWriteTransfer => matches!(name.as_str(), "Lead" | "Case"),
        AccessDefault::ControlledByParent => name == "Contact",
        _ => true,
    })
}

/// Somebody or some group that a rule gives to, by id.
struct Grantee {
    id: RecordId,
    name: String,
    kind: &'static str,
}

fn grantees(ctx: &Ctx) -> Result<Vec<Grantee>> {
    let (_, rows) = ctx.query_all_rows("SELECT Name, Type FROM Group ORDER BY Name", QueryOptions::default())?;
    let groups = rows.iter().map(|row| Grantee {
        id: row.id,
        name: row.cells[0].value().to_plain(),
        kind: match row.cells[1].value().as_text() {
            Some("Role") => "Roles",
            Some("RoleAndSubordinates" | "RoleAndSubordinatesInternal") => "Roles and those below",
            Some("Queue") => "Queues",
            Some("Organization") => "Everybody",
            _ => "Groups",
        },
    });
    let mut all: Vec<Grantee> = groups.collect();
    all.sort_by_key(|grantee| (grantee.kind, grantee.name.to_lowercase()));
    Ok(all)
}

fn choices(all: &[Grantee]) -> Vec<Choice> {
    all.iter().map(|known| Choice::new(known.id.to_string(), known.name.clone()).group(known.kind)).collect()
}

pub(crate) fn sharing(call: &Call<'_>) -> PageResult {
    let object = shared(call)?;
    let current = defaults_of(object).find(|(default, ..)| *default == object.def.access_default);
    let options = defaults_of(object).map(|(_, value, words)| Choice::new(*value, *words)).collect();
    let chosen = RadioGroup::new("default", options).selected(current.map_or("Private", |(_, value, _)| *value));
    let mut fields = vec![Field::new("Everybody with the object may, without being given anything", chosen).wide()];
    if object.def.is_custom() {
        fields.push(
            Field::new(
                "Those above the owner in the roles see them too",
                Checkbox::new("hierarchy", object.def.uses_hierarchy),
            )
            .wide(),
        );
    }
    let form = Form::post(address(object), call.csrf)
        .section(Section::new(fields))
        .action(Button::submit("Save").primary())
        .action(Button::link("Cancel", href(object)).quiet());
    let header = Header::new(format!("Sharing of {}", object.def.label_plural)).crumbs(crumbs(Some(object)));
    let body = html! { div.stack { (rules(call, object)?) (form.render()) } };
    Ok(call.page_as("Sharing", header, body, |page| page.form()))
}

fn rules(call: &Call<'_>, object: &ObjectSchema) -> Result<Markup> {
    let known = grantees(call.ctx)?;
    let name = |id: RecordId| {
        known
            .iter()
            .find(|known| known.id == id)
            .map_or_else(|| id.to_string(), |known| format!("{} ({})", known.name, known.kind.to_lowercase()))
    };
    let row = |rule: &SharingRule| {
        let source = match &rule.source {
            RuleSource::Owner(owner) => html! { "Owned by " (name(*owner)) },
            RuleSource::Criteria(criteria) => html! { code { (criteria) } },
        };
        let delete = Form::post(address(object), call.csrf)
            .unguarded()
            .plain()
            .hidden("delete", rule.name.as_str())
            .action(Button::submit("Delete").small());
        Row::new(vec![
            Cell::text(&rule.name),
            Cell::of(source),
            Cell::text(name(rule.target)),
            Cell::text(rule.level.as_str()),
            Cell::of(html! { div.row-actions { (delete) } }),
        ])
    };
    let columns = vec![
        Column::text("Rule"),
        Column::text("Opens records"),
        Column::text("To"),
        Column::text("Gives"),
        Column::text("Change").label_hidden(),
    ];
    let rows: Vec<Row> = object.def.sharing_rules.iter().map(row).collect();
    let count = rows.len().to_string();
    let table = Table::new("Sharing rules", columns, rows).empty(Empty::new(Icon::People, "No rule opens records."));
    let new = Button::link("New sharing rule", format!("{}/new", address(object))).small().icon(Icon::Plus);
    let panel = Panel::new(html! { (table) }).title("Sharing rules").count(count).actions(html! { (new) }).flush();
    Ok(html! { (panel) })
}

pub(crate) fn share(call: &Call<'_>) -> PageResult {
    let (object, sent) = (shared(call)?, &call.visit.form);
    if let Some(rule) = sent.given("delete") {
        call.ctx.sharing_rule_delete(object.name(), rule)?;
        return reply::see_other(&address(object));
    }
    let wanted = sent.given("default").unwrap_or_default();
    let (default, ..) = defaults_of(object).find(|(_, value, _)| *value == wanted).ok_or_else(Error::not_found)?;
    if *default != object.def.access_default {
        call.ctx.access_default_set(object.name(), *default)?;
    }
    if object.def.is_custom() && sent.has("hierarchy") != object.def.uses_hierarchy {
        call.ctx.hierarchy_set(object.name(), sent.has("hierarchy"))?;
    }
    reply::see_other(&href(object))
}

pub(crate) fn new_sharing_rule(call: &Call<'_>) -> PageResult {
    let object = shared(call)?;
    rule_form(call, object, &Sent { params: &Params::default(), error: None })
}

pub(crate) fn create_sharing_rule(call: &Call<'_>) -> PageResult {
    let (object, sent) = (shared(call)?, &call.visit.form);
    let made = declared(object, sent).and_then(|rule| call.ctx.sharing_rule_put(object.name(), rule));
    match made {
        Ok(()) => reply::see_other(&address(object)),
        Err(error) if error.code().http_status() >= 500 || error.code() == ErrorCode::InsufficientAccessOrReadonly => {
            Err(error)
        }
        Err(error) => {
            let mut response = rule_form(call, object, &Sent { params: sent, error: Some(&error) })?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

fn declared(object: &ObjectSchema, sent: &Params) -> Result<SharingRule> {
    let refuse = |field: &str, rule: &str| {
        Error::new(ErrorCode::FieldIntegrityException, format!("{field}: {rule}")).with_field(field)
    };
    let id = |field: &str| {
        let given = sent.given(field).ok_or_else(|| refuse(field, "a value is needed"))?;
        RecordId::parse(given).map_err(|_| refuse(field, "choose one of the list"))
    };
    let source = match sent.given("source") {
        Some("criteria") => {
            let criteria = sent.given("criteria").ok_or_else(|| refuse("criteria", "a value is needed"))?;
            RuleSource::Criteria(criteria.to_owned())
        }
        _ => RuleSource::Owner(id("owners")?),
    };
    let name = sent.given("name").ok_or_else(|| refuse("name", "a value is needed"))?;
    let name = developer_name(name);
    if object.def.sharing_rules.iter().any(|known| known.name == name) {
        return Err(refuse("name", "there is a rule of this name"));
    }
    let level = GrantLevel::parse(sent.given("level").unwrap_or("Read")).unwrap_or_default();
    let mut rule = SharingRule::new(&name, source, id("target")?, level);
    let child = |field: &str| sent.given(field).and_then(GrantLevel::parse).unwrap_or_default();
    (rule.contacts, rule.opportunities, rule.cases) = (child("contacts"), child("opportunities"), child("cases"));
    Ok(rule)
}

fn rule_form(call: &Call<'_>, object: &ObjectSchema, sent: &Sent<'_>) -> PageResult {
    let all = grantees(call.ctx)?;
    let chosen = |name: &str, usual: &str| {
        Some(sent.text(name)).filter(|text| !text.is_empty()).unwrap_or_else(|| usual.to_owned())
    };
    let levels = || vec![Choice::new("Read", "Read"), Choice::new("Edit", "Read and change")];
    let sources =
        vec![Choice::new("owner", "Those of certain owners"), Choice::new("criteria", "Those that meet a condition")];
    let fields = vec![
        Field::new("Name", Input::text("name").value(sent.text("name")).max_length(80)).error_if(sent.wrong("name")).required(),
        Field::new("Which records", RadioGroup::new("source", sources).selected(chosen("source", "owner"))).wide(),
        Field::new("Owned by members of", Select::new("owners", choices(&all)).selected(sent.text("owners")).blank("Choose"))
            .help("For rules by owner.")
            .error_if(sent.wrong("owners")),
        Field::new("Condition", TextArea::new("criteria").rows(2).code().value(sent.text("criteria")))
            .help("For rules by condition, over fields of the record itself, as in a query: Industry = 'Energy' AND Rating != null")
            .error_if(sent.wrong("criteria"))
            .wide(),
        Field::new("Opened to", Select::new("target", choices(&all)).selected(sent.text("target")).blank("Choose"))
            .error_if(sent.wrong("target"))
            .required(),
        Field::new("They may", Select::new("level", levels()).selected(chosen("level", "Read"))).error_if(sent.wrong("level")),
    ];
    let mut form = sent
        .banner(Form::post(format!("{}/new", address(object)), call.csrf), &INPUTS)
        .section(Section::new(fields).two_columns());
    if object.name() == "Account" {
        let child = |label: &str, name: &str| {
            let levels = [vec![Choice::new("None", "Nothing")], levels()].concat();
            Field::new(label, Select::new(name, levels).selected(chosen(name, "None")))
        };
        let below = vec![
            child("Their contacts", "contacts"),
            child("Their opportunities", "opportunities"),
            child("Their cases", "cases"),
        ];
        form = form.section(Section::new(below).title("With what belongs to the accounts").two_columns());
    }
    let form = form.action(Button::submit("Save").primary()).action(Button::link("Cancel", address(object)).quiet());
    let header = Header::new("New sharing rule").crumbs(crumbs(Some(object)));
    Ok(call.page_as("New sharing rule", header, form.render(), |page| page.form()))
}
