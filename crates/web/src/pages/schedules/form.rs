//! Making and changing a schedule. "Look at it" shows the next runs and the mail's words without saving anything.

use super::{PATH, SCHEDULE, crumbs, id_of, one, recipients, recurrence, rows, text};
use crate::kit::{
    Banner, Button, Checkbox, Choice, Field, Form, Header, Input, Panel, Section, Select, TextArea, Tone,
};
use crate::server::failure::sentence;
use crate::server::{Call, PageResult, Params, reply};
use crate::show::lines;
use app_delivery::recurrence::Rule;
use axum::response::Response;
use http::StatusCode;
use maud::{Markup, Render, html};
use model::{Error, RecordId, Result};
use platform::{RecordDraft, SystemPermission};
use serde_json::json;
use std::collections::BTreeMap;

/// What stands in the form, by field.
#[derive(Debug, Default, Clone)]
pub(super) struct Values(BTreeMap<String, Vec<String>>);

impl Values {
    fn sent(form: &Params) -> Self {
        let mut values = Self::default();
        for (name, value) in form.pairs() {
            values.0.entry(name.clone()).or_default().push(value.clone());
        }
        values
    }

    pub(super) fn first(&self, name: &str) -> &str {
        self.0.get(name).and_then(|all| all.first()).map_or("", String::as_str)
    }

    pub(super) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.get(name).into_iter().flatten().map(String::as_str)
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.set_all(name, vec![value.to_owned()]);
    }

    pub(super) fn set_all(&mut self, name: &str, values: Vec<String>) {
        self.0.insert(name.to_owned(), values);
    }
}

/// Fields that stand in the form as they are saved.
const PLAIN: [(&str, &str); 10] = [
    ("name", "Name"),
    ("report", "ReportId"),
    ("subject", "SubjectTemplate"),
    ("message", "BodyTemplate"),
    ("mode", "Mode"),
    ("run_as", "RunAsMode"),
    ("misfire", "Misfire"),
    ("uncertain", "OnUncertain"),
    ("rule_json", "Rule"),
    ("recipients_json", "Recipients"),
];

pub(crate) fn new(call: &Call<'_>) -> PageResult {
    call.ctx.object(SCHEDULE)?;
    call.ctx.require(SystemPermission::ScheduleReports)?;
    let mut values = Values::default();
    let zone = call.ctx.user().zone_name.clone();
    let start = call.ctx.today().to_string();
    recurrence::fill(
        &mut values,
        &json!({ "freq": "weekly", "on": { "weekdays": ["monday"] }, "times": ["08:00"], "zone": zone, "start": start }),
    );
    for (name, value) in
        [("mode", "both"), ("run_as", "fixed"), ("misfire", "coalesce"), ("uncertain", "hold"), ("condition", "always")]
    {
        values.set(name, value);
    }
    values.set_all("format", vec!["XLSX".to_owned()]);
    values.set_all("recipient", vec![json!({ "type": "user", "id": call.ctx.user().id.to_string() }).to_string()]);
    if let Some(report) = call.visit.query.given("report") {
        values.set("report", report);
    }
    page(call, None, &values, None, None)
}

pub(crate) fn create(call: &Call<'_>) -> PageResult {
    call.ctx.object(SCHEDULE)?;
    call.ctx.require(SystemPermission::ScheduleReports)?;
    submitted(call, None)
}

pub(crate) fn edit(call: &Call<'_>) -> PageResult {
    let id = id_of(call, SCHEDULE)?;
    let values = saved(call, id)?;
    page(call, Some(id), &values, None, None)
}

pub(crate) fn save(call: &Call<'_>) -> PageResult {
    let id = id_of(call, SCHEDULE)?;
    saved(call, id)?;
    submitted(call, Some(id))
}

fn saved(call: &Call<'_>, id: RecordId) -> Result<Values> {
    let names: Vec<&str> = PLAIN.iter().map(|(_, field)| *field).collect();
    let soql = format!(
        "SELECT {}, Formats, Condition, OnlyOnChange, Bursting FROM {SCHEDULE} WHERE Id = '{id}'",
        names.join(", ")
    );
    let row = one(call, &soql)?;
    let mut values = Values::default();
    for (at, (name, _)) in PLAIN.iter().enumerate() {
        values.set(name, &text(&row, at));
    }
    let more = |at: usize| text(&row, PLAIN.len() + at);
    let rule: serde_json::Value = serde_json::from_str(values.first("rule_json")).unwrap_or_default();
    recurrence::fill(&mut values, &rule);
    let list = values.first("recipients_json").to_owned();
    recipients::fill(&mut values, &list);
    values.set_all("format", more(0).split(',').map(|format| format.trim().to_owned()).collect());
    let condition: serde_json::Value = serde_json::from_str(&more(1)).unwrap_or_default();
    values.set("condition", condition["kind"].as_str().unwrap_or("always"));
    for (name, at) in [("aggregate", "aggregate"), ("scope", "scope"), ("op", "op")] {
        values.set(name, condition[at].as_str().unwrap_or_default());
    }
    values.set("threshold", &condition["value"].to_string().trim_matches('"').replace("null", ""));
    values.set("only_on_change", &more(2));
    let bursting: serde_json::Value = serde_json::from_str(&more(3)).unwrap_or_default();
    values.set("burst_key", bursting["keyColumn"].as_str().unwrap_or_default());
    let address = &bursting["address"];
    values.set("burst_kind", if address["column"].is_string() { "column" } else { "person" });
    values.set("burst_whom", address["column"].as_str().or(address["person"].as_str()).unwrap_or_default());
    values.set("burst_unassigned", bursting["onUnassigned"].as_str().unwrap_or("report"));
    Ok(values)
}

fn submitted(call: &Call<'_>, id: Option<RecordId>) -> PageResult {
    let mut values = Values::sent(&call.visit.form);
    if let Err(error) = recipients::take_in(&mut values) {
        return page(call, id, &values, Some(&error), None);
    }
    if call.visit.form.first("act") == Some("look") {
        let (shown, error) = look(call, &values);
        return page(call, id, &values, error.as_ref(), Some(shown));
    }
    match store(call, id, &values) {
        Ok(id) => reply::see_other(&format!("{PATH}/{id}")),
        Err(error) if error.code().http_status() < 500 => page(call, id, &values, Some(&error), None),
        Err(error) => Err(error),
    }
}

fn store(call: &Call<'_>, id: Option<RecordId>, values: &Values) -> Result<RecordId> {
    let object = call.ctx.object(SCHEDULE)?;
    let rule = Rule::parse(&recurrence::rule_of(values).to_string())?;
    let rule = serde_json::to_string(rule.spec()).map_err(Error::internal)?;
    let condition = match values.first("condition") {
        "notEmpty" => json!({ "kind": "notEmpty" }).to_string(),
        "threshold" => json!({
            "kind": "threshold", "aggregate": values.first("aggregate").trim(), "scope": values.first("scope"),
            "op": values.first("op"), "value": values.first("threshold").trim(),
        })
        .to_string(),
        _ => String::new(),
    };
    let bursting = if values.first("burst_key").trim().is_empty() {
        String::new()
    } else {
        let kind = if values.first("burst_kind") == "column" { "column" } else { "person" };
        json!({
            "keyColumn": values.first("burst_key").trim(), "address": { kind: values.first("burst_whom").trim() },
            "onUnassigned": values.first("burst_unassigned"),
        })
        .to_string()
    };
    let formats: Vec<&str> = values.all("format").collect();
    let list = recipients::json_of(values);
    let formats = formats.join(", ");
    let only = if values.first("only_on_change") == "true" { "true" } else { "false" };
    let all = PLAIN[..8].iter().map(|(name, field)| (*field, values.first(name))).chain([
        ("Rule", rule.as_str()),
        ("Recipients", list.as_str()),
        ("Formats", formats.as_str()),
        ("Condition", condition.as_str()),
        ("OnlyOnChange", only),
        ("Bursting", bursting.as_str()),
    ]);
    let draft = id.map_or_else(RecordDraft::new, RecordDraft::of);
    let draft = all.into_iter().try_fold(draft, |draft, (field, value)| draft.set_text(object, field, value))?;
    match id {
        Some(id) => call.ctx.record_update(SCHEDULE, draft).map(|()| id),
        None => call.ctx.record_create(SCHEDULE, draft),
    }
}

/// The next runs and the mail's words, as far as they can be told, and what is wrong.
fn look(call: &Call<'_>, values: &Values) -> (Markup, Option<Error>) {
    let rule = Rule::parse(&recurrence::rule_of(values).to_string());
    let mut wrong = None;
    let runs = match &rule {
        Ok(rule) => recurrence::next_runs(rule, call.ctx.now(), 10),
        Err(error) => {
            wrong = Some(Error::from(error.clone()));
            html! {}
        }
    };
    let mail = match RecordId::parse(values.first("report")) {
        Ok(report) => app_delivery::preview(
            call.ctx,
            &app_delivery::PreviewRequest {
                report,
                schedule_name: values.first("name"),
                subject: values.first("subject"),
                message: values.first("message"),
                zone: rule.as_ref().map_or("UTC", |rule| &rule.spec().zone),
            },
        ),
        Err(_) => Err(Error::new(model::ErrorCode::RequiredFieldMissing, "Report: choose one.").with_field("ReportId")),
    };
    let mail = match mail {
        Ok(preview) => html! {
            p { strong { (preview.subject) } }
            @if preview.message.trim().is_empty() { p.muted { "No message of your own." } } @else { div.mail-text { (lines(&preview.message)) } }
            p.muted { (preview.row_count) " rows at this moment." }
        },
        Err(error) => {
            wrong = wrong.or(Some(error));
            html! {}
        }
    };
    let shown = html! {
        div.stack {
            (Panel::new(runs).title("Next runs"))
            (Panel::new(mail).title("The mail to you"))
        }
    };
    (shown, wrong)
}

fn page(
    call: &Call<'_>,
    id: Option<RecordId>,
    values: &Values,
    error: Option<&Error>,
    shown: Option<Markup>,
) -> PageResult {
    let form = form(call, id, values, error)?;
    let title = if id.is_some() { "Change schedule" } else { "New schedule" };
    let body = html! { @if let Some(shown) = shown { (shown) } (form) };
    let mut response: Response = call.page_as(title, Header::new(title).crumbs(crumbs()), body, |page| page.form());
    if error.is_some() {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn form(call: &Call<'_>, id: Option<RecordId>, values: &Values, error: Option<&Error>) -> Result<Markup> {
    let words = |error: &Error| sentence(error.message());
    let wrong = |name: &str| error.filter(|error| error.fields().iter().any(|field| field == name)).map(words);
    let known = [
        "Name",
        "ReportId",
        "SubjectTemplate",
        "BodyTemplate",
        "Rule",
        "Recipients",
        "Condition",
        "Bursting",
        "RunAsMode",
        "Formats",
    ];
    let reports = rows(call, "SELECT Name FROM Report ORDER BY Name LIMIT 500")?;
    let reports = reports.iter().map(|row| Choice::new(row.id.to_string(), text(row, 0))).collect();
    let select = |name: &str, of: &[(&str, &str)]| {
        Select::new(name, of.iter().map(|(value, label)| Choice::new(*value, *label)).collect())
            .selected(values.first(name))
    };
    let tick = |name: &str, value: &str| Checkbox::new(name, values.all(name).any(|known| known == value)).value(value);
    let own = id.map_or_else(|| format!("{PATH}/new"), |id| format!("{PATH}/{id}/edit"));
    let back = id.map_or_else(|| PATH.to_owned(), |id| format!("{PATH}/{id}"));
    let mut form = Form::post(own, call.csrf);
    if let Some(error) = error.filter(|error| !error.fields().iter().any(|field| known.contains(&field.as_str()))) {
        form = form.error(words(error));
    }
    form = form.section(Section::new(vec![
        Field::new("Name", Input::text("name").value(values.first("name")).max_length(80))
            .error_if(wrong("Name"))
            .required(),
        Field::new("Report", Select::new("report", reports).blank("Choose").selected(values.first("report")))
            .error_if(wrong("ReportId"))
            .required(),
    ]));
    for section in recurrence::sections(values, wrong("Rule")) {
        form = form.section(section);
    }
    for section in recipients::sections(call.ctx, values, wrong("Recipients")) {
        form = form.section(section);
    }
    let form = form
        .section(
            Section::new(vec![
                Field::new("Whose rows", select("run_as", &[("fixed", "Those that the owner may read"), ("each_recipient", "For each user those that they may read themselves")]))
                    .error_if(wrong("RunAsMode")),
                Field::new("One part for each value of", Input::text("burst_key").value(values.first("burst_key")).placeholder("Owner.Name"))
                    .help("A column of the report. Empty: everybody above gets the whole.")
                    .error_if(wrong("Bursting")),
                Field::new("Each part goes to", Input::text("burst_whom").value(values.first("burst_whom")).placeholder("Owner.Name"))
                    .help("A column that says whom a row is for. Rows without it go to nobody."),
                Field::new("That column holds", select("burst_kind", &[("person", "Names of people"), ("column", "Addresses")])),
                Field::new("Rows that belong to nobody", select("burst_unassigned", &[("report", "The run says how many"), ("fail", "Send nothing at all")])),
            ])
            .title("Parts")
            .two_columns(),
        )
        .section(
            Section::new(vec![
                Field::new("The mail holds", select("mode", &[("both", "The rows and the files"), ("inline", "The rows"), ("attach", "The files"), ("link", "A link alone: readers sign in")])),
                Field::new("Excel file", tick("format", "XLSX")).id("format-xlsx").error_if(wrong("Formats")),
                Field::new("CSV file", tick("format", "CSV")).id("format-csv"),
                Field::new("Subject", Input::text("subject").value(values.first("subject")).max_length(255).placeholder("{{ report.name }} – {{ run.scheduledFor }}"))
                    .error_if(wrong("SubjectTemplate"))
                    .wide(),
                Field::new("Message", TextArea::new("message").rows(5).value(values.first("message")).max_length(8_000))
                    .help("Names that are filled in: report.name, run.rowCount, run.asOf, run.scheduledFor, run.totals, recipient.name, schedule.name, burst.key, link.")
                    .error_if(wrong("BodyTemplate"))
                    .wide(),
            ])
            .title("Mail")
            .two_columns(),
        )
        .section(
            Section::new(vec![
                Field::new("Send", select("condition", &[("always", "Always"), ("notEmpty", "When there are rows"), ("threshold", "When a figure passes a threshold")])).error_if(wrong("Condition")),
                Field::new("Only when that begins to hold", Checkbox::new("only_on_change", values.first("only_on_change") == "true")),
                Field::new("Figure", Input::text("aggregate").value(values.first("aggregate")).placeholder("rowCount")).help("rowCount, or an aggregate of the report such as s!Amount."),
                Field::new("Of", select("scope", &[("grand", "All rows"), ("anyGroup", "Any group"), ("allGroups", "Every group")])),
                Field::new("Is", select("op", &[("greaterThan", "greater than"), ("greaterOrEqual", "at least"), ("lessThan", "less than"), ("lessOrEqual", "at most"), ("equals", "equal to"), ("notEqual", "other than")])),
                Field::new("Value", Input::number("threshold").value(values.first("threshold"))),
            ])
            .title("Condition")
            .two_columns(),
        )
        .section(
            Section::new(vec![
                Field::new("Runs missed while the server was off", select("misfire", &[("coalesce", "Send the latest alone"), ("each", "Send each"), ("skip", "Send none")])),
                Field::new("When nobody knows if a mail arrived", select("uncertain", &[("hold", "A person decides"), ("resendOnce", "Send the same mail once more")])),
            ])
            .title("When something goes wrong")
            .two_columns(),
        )
        .action(Button::submit(if id.is_some() { "Save" } else { "Save as draft" }).primary())
        .action(Button::submit("Look at it").named("act", "look"))
        .action(Button::link("Cancel", back).quiet());
    let note = error.map(|error| Banner::new(Tone::Bad, html! { (words(error)) }).render());
    Ok(html! { @if let Some(note) = note { (note) } (form) })
}
