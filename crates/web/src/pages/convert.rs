//! Converting a lead: a small form that says what it becomes.

use super::edit::lookup::{Matched, record};
use super::edit::missing;
use super::record::Seen;
use crate::kit::{Button, Checkbox, Choice, Crumbs, Field, Form, Header, Input, Lookup, LookupChoice, Section, Select};
use crate::server::flash::Happened;
use crate::server::{Call, PageResult, Params, reply};
use http::StatusCode;
use maud::Render;
use model::{Error, ObjectSchema, RecordId, Result, Value};
use platform::{Ctx, LeadConversion, LeadOpportunity, QueryOptions};

/// Whether the page offers to convert the record.
pub(crate) fn is_offered(ctx: &Ctx, seen: &Seen<'_>) -> bool {
    let may_make = |name: &str| ctx.object(name).is_ok_and(|object| ctx.object_permission(object.ix).create);
    seen.object.name() == "Lead"
        && ctx.object_permission(seen.object.ix).edit
        && *seen.value("IsConverted") != Value::Bool(true)
        && may_make("Account")
        && may_make("Contact")
}

/// The lead, for whoever may convert it.
fn lead<'a>(call: &Call<'a>) -> Result<Seen<'a>> {
    let seen = Seen::fetch(call.ctx, call.visit.record_id()?)?;
    if seen.object.name() != "Lead" {
        return Err(Error::not_found());
    }
    if is_offered(call.ctx, &seen) { Ok(seen) } else { Err(missing("convert", seen.object)) }
}

pub(crate) fn form(call: &Call<'_>) -> PageResult {
    let seen = lead(call)?;
    let answers = Answers { makes_opportunity: true, ..Answers::default() };
    page(call, &seen, &answers, None, StatusCode::OK)
}

pub(crate) fn convert(call: &Call<'_>) -> PageResult {
    let seen = lead(call)?;
    let answers = Answers::sent(call.ctx, &call.visit.form)?;
    if answers.references.iter().any(|reference| reference.error.is_some()) {
        return page(call, &seen, &answers, None, StatusCode::UNPROCESSABLE_ENTITY);
    }
    match call.ctx.lead_convert(&answers.wish(seen.id)) {
        Ok(made) => {
            let to = made.contact.ok_or_else(|| Error::internal("a converted lead has no contact"))?;
            Happened::Saved(to).tell(reply::see_other(&format!("/r/{to}"))?, call.visit.state.secure_cookies)
        }
        Err(error) if error.code().http_status() >= 500 => Err(error),
        Err(error) => page(call, &seen, &answers, Some(error.message()), StatusCode::UNPROCESSABLE_ENTITY),
    }
}

/// What was filled in.
#[derive(Default)]
struct Answers {
    status: String,
    references: [Reference; 3],
    makes_opportunity: bool,
    opportunity_name: String,
    overwrites_source: bool,
}

/// The references of the form: name, object, label, and what an empty one means.
const REFERENCES: [(&str, &str, &str, &str); 3] = [
    ("account", "Account", "Account", "Empty: a new one, named like the company."),
    ("contact", "Contact", "Contact", "Empty: a new one. A contact that is there must belong to the account."),
    ("owner", "User", "Owner of what is made", "Empty: the owner of the lead."),
];

/// A record that was chosen, or a text that should mean one.
#[derive(Default)]
struct Reference {
    text: String,
    chosen: Option<RecordId>,
    matches: Vec<LookupChoice>,
    error: Option<&'static str>,
}

impl Reference {
    fn sent(ctx: &Ctx, sent: &Params, name: &str, object: &ObjectSchema) -> Result<Self> {
        let text = sent.given(&format!("{name}.text")).unwrap_or_default().to_owned();
        let given = sent.given(name).and_then(|id| RecordId::parse(id).ok());
        let mut reference = Self { text, chosen: given, ..Self::default() };
        if given.is_none() && !reference.text.is_empty() {
            match record(ctx, object, &reference.text)? {
                Matched::One(id, _) => reference.chosen = Some(id),
                Matched::None => reference.error = Some("Nothing of this name is there that you may see."),
                Matched::Several(matches) => {
                    reference.matches = matches;
                    reference.error = Some("Several have this name; choose one.");
                }
            }
        }
        Ok(reference)
    }
}

impl Answers {
    fn sent(ctx: &Ctx, sent: &Params) -> Result<Self> {
        let mut answers = Self {
            status: sent.given("status").unwrap_or_default().to_owned(),
            makes_opportunity: sent.has("opportunity"),
            opportunity_name: sent.given("opportunity_name").unwrap_or_default().to_owned(),
            overwrites_source: sent.has("overwrite_source"),
            ..Self::default()
        };
        for (reference, (name, object, ..)) in answers.references.iter_mut().zip(REFERENCES) {
            *reference = Reference::sent(ctx, sent, name, ctx.object(object)?)?;
        }
        Ok(answers)
    }

    fn wish(&self, lead: RecordId) -> LeadConversion {
        let [account, contact, owner] = &self.references;
        let name = Some(self.opportunity_name.clone()).filter(|name| !name.is_empty());
        LeadConversion {
            account: account.chosen,
            contact: contact.chosen,
            owner: owner.chosen,
            opportunity: if self.makes_opportunity { LeadOpportunity::New(name) } else { LeadOpportunity::None },
            overwrite_lead_source: self.overwrites_source,
            ..LeadConversion::new(lead, self.status.clone())
        }
    }
}

fn page(call: &Call<'_>, seen: &Seen<'_>, answers: &Answers, wrong: Option<&str>, status: StatusCode) -> PageResult {
    let statuses = "SELECT MasterLabel FROM LeadStatus WHERE IsConverted = true ORDER BY SortOrder";
    let (_, rows) = call.ctx.query_all_rows(statuses, QueryOptions::default())?;
    let choices: Vec<String> = rows.iter().map(|row| row.cells[0].value().to_plain()).collect();
    let chosen = if answers.status.is_empty() { choices.first().cloned() } else { Some(answers.status.clone()) };
    let mut select = Select::new("status", choices.into_iter().map(Choice::plain).collect());
    if let Some(chosen) = chosen {
        select = select.selected(chosen);
    }
    let mut fields = vec![Field::new("Status", select).required()];
    for (reference, (name, object, label, help)) in answers.references.iter().zip(REFERENCES) {
        let mut lookup =
            Lookup::new(name, format!("/lookup/{object}")).placeholder(format!("Search {}", label.to_lowercase()));
        lookup = match reference.chosen {
            Some(id) => lookup.chosen(LookupChoice::new(id.to_string(), reference.text.clone())),
            None => lookup.text(reference.text.clone()),
        };
        let lookup = lookup.matches(reference.matches.clone());
        fields.push(Field::new(label, lookup).help(help).error_if(reference.error));
    }
    let opportunity = vec![
        Field::new("Create an opportunity", Checkbox::new("opportunity", answers.makes_opportunity)),
        Field::new("Opportunity name", Input::text("opportunity_name").value(answers.opportunity_name.clone()))
            .help("Empty: that of the company."),
        Field::new(
            "Replace the contact's lead source by the lead's",
            Checkbox::new("overwrite_source", answers.overwrites_source),
        ),
    ];
    let mut form = Form::post(format!("{}/convert", seen.href()), call.csrf)
        .section(
            Section::new(fields)
                .help("Campaign memberships, notes, tasks and events go to the contact. The lead can be read, not changed, afterwards."),
        )
        .section(Section::new(opportunity).title("Opportunity"))
        .action(Button::submit("Convert").primary())
        .action(Button::link("Cancel", seen.href()).quiet());
    if let Some(wrong) = wrong {
        form = form.error(wrong);
    }
    let crumbs = Crumbs::new()
        .link(seen.object.def.label_plural.clone(), format!("/o/{}", seen.object.name()))
        .link(seen.name(), seen.href());
    let title = format!("Convert {}", seen.name());
    let mut response =
        call.page_as(&title, Header::new(title.clone()).crumbs(crumbs), form.render(), |page| page.form());
    *response.status_mut() = status;
    Ok(response)
}
