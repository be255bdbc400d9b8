//! Validation rules: made, changed, deleted.

use super::{Sent, check, crumbs, developer_name, href, object};
use crate::kit::{Button, Checkbox, Choice, Field, Form, Header, Input, Section, Select, TextArea};
use crate::server::{Call, PageResult, Params, reply};
use http::StatusCode;
use maud::{Render, html};
use model::schema::ValidationRule;
use model::{Error, ErrorCode, ObjectSchema, Result};
use platform::component::ValidationRuleComponent;

const INPUTS: [&str; 5] = ["fullName", "errorConditionFormula", "errorMessage", "errorDisplayField", "description"];

pub(crate) fn new_rule(call: &Call<'_>) -> PageResult {
    check(call)?;
    let params = Params::of([("active".to_owned(), "true".to_owned())]);
    Ok(form(call, object(call)?, None, &Sent { params: &params, error: None }))
}

pub(crate) fn create_rule(call: &Call<'_>) -> PageResult {
    check(call)?;
    let (object, sent) = (object(call)?, &call.visit.form);
    let made = declared(sent).and_then(|rule| {
        if object.def.validation_rules.iter().any(|known| known.name.eq_ignore_ascii_case(&rule.name)) {
            let message = format!("fullName: {} has a rule of this name", object.label());
            return Err(Error::new(ErrorCode::DuplicateDeveloperName, message).with_field("fullName"));
        }
        call.ctx.validation_rule_put(object.name(), rule)
    });
    match made {
        Ok(()) => reply::see_other(&href(object)),
        Err(error) => again(call, object, None, error),
    }
}

pub(crate) fn edit_rule(call: &Call<'_>) -> PageResult {
    check(call)?;
    let object = object(call)?;
    let rule = named(call, object)?;
    let told = ValidationRuleComponent::of(rule);
    let pairs = [
        ("fullName", Some(rule.name.clone())),
        ("errorConditionFormula", told.error_condition_formula),
        ("errorMessage", told.error_message),
        ("errorDisplayField", told.error_display_field),
        ("description", told.description),
        ("active", told.active.filter(|active| *active).map(|_| "true".to_owned())),
    ];
    let params = Params::of(pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    Ok(form(call, object, Some(rule), &Sent { params: &params, error: None }))
}

pub(crate) fn change_rule(call: &Call<'_>) -> PageResult {
    check(call)?;
    let object = object(call)?;
    let rule = named(call, object)?;
    if call.visit.form.has("delete") {
        call.ctx.validation_rule_delete(object.name(), &rule.name)?;
        return reply::see_other(&href(object));
    }
    let changed =
        declared(&call.visit.form).and_then(|to| call.ctx.validation_rule_change(object.name(), &rule.name, to));
    match changed {
        Ok(()) => reply::see_other(&href(object)),
        Err(error) => again(call, object, Some(rule), error),
    }
}

fn named<'a>(call: &Call<'_>, object: &'a ObjectSchema) -> Result<&'a ValidationRule> {
    let name = call.visit.captured("rule")?;
    object.def.validation_rules.iter().find(|rule| rule.name == name).ok_or_else(Error::not_found)
}

fn declared(sent: &Params) -> Result<ValidationRule> {
    let text = |name: &str| sent.given(name).map(str::to_owned);
    let said = ValidationRuleComponent {
        active: Some(sent.has("active")),
        description: text("description"),
        error_condition_formula: text("errorConditionFormula"),
        error_message: text("errorMessage"),
        error_display_field: text("errorDisplayField"),
    };
    let name = text("fullName").unwrap_or_else(|| developer_name(said.error_message.as_deref().unwrap_or_default()));
    said.declare(&name.chars().take(40).collect::<String>())
}

fn again(call: &Call<'_>, object: &ObjectSchema, rule: Option<&ValidationRule>, error: Error) -> PageResult {
    if error.code().http_status() >= 500 || error.code() == ErrorCode::InsufficientAccessOrReadonly {
        return Err(error);
    }
    let mut response = form(call, object, rule, &Sent { params: &call.visit.form, error: Some(&error) });
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn form(
    call: &Call<'_>,
    object: &ObjectSchema,
    rule: Option<&ValidationRule>,
    sent: &Sent<'_>,
) -> axum::response::Response {
    let action = rule
        .map_or_else(|| format!("{}/rules/new", href(object)), |rule| format!("{}/rules/{}", href(object), rule.name));
    let places = object.fields.iter().filter(|field| !field.def.system);
    let places = places.map(|field| Choice::new(field.name(), field.label())).collect();
    let formula = TextArea::new("errorConditionFormula").rows(4).code().value(sent.text("errorConditionFormula"));
    let fields = vec![
        Field::new("A save is refused while", formula)
            .help("A formula that is true of records that may not be: AND(ISPICKVAL(StageName, 'Closed Won'), ISBLANK(Amount))")
            .error_if(sent.wrong("errorConditionFormula"))
            .required()
            .wide(),
        Field::new("Message", Input::text("errorMessage").value(sent.text("errorMessage")).max_length(255))
            .help("What is wrong, and what to do.")
            .error_if(sent.wrong("errorMessage"))
            .required()
            .wide(),
        Field::new("Shown beside", Select::new("errorDisplayField", places).selected(sent.text("errorDisplayField")).blank("The form as a whole"))
            .error_if(sent.wrong("errorDisplayField")),
        Field::new("Name for programs", Input::text("fullName").value(sent.text("fullName")).max_length(40))
            .help("Empty: made of the message.")
            .error_if(sent.wrong("fullName")),
        Field::new("On", Checkbox::new("active", sent.params.has("active"))).help("Off, it is kept and refuses nothing."),
        Field::new("What it is for", Input::text("description").value(sent.text("description"))).help("For administrators."),
    ];
    let title = rule.map_or_else(|| "New validation rule".to_owned(), |rule| format!("Rule {}", rule.name));
    let main = sent
        .banner(Form::post(action.clone(), call.csrf), &INPUTS)
        .section(Section::new(fields).two_columns())
        .action(Button::submit("Save").primary())
        .action(Button::link("Cancel", href(object)).quiet());
    let body = html! {
        (main.render())
        @if rule.is_some() {
            (Form::post(action, call.csrf)
                .unguarded()
                .hidden("delete", "true")
                .section(Section::new(Vec::new()).title("Delete this rule"))
                .action(Button::submit("Delete").danger())
                .render())
        }
    };
    let header = Header::new(title.clone()).crumbs(crumbs(Some(object)));
    call.page_as(&title, header, body, |page| page.form())
}
