//! Making a webhook, whose secret is shown once, and changing one.

use super::{PATH, crumbs};
use crate::kit::{Button, Checkbox, Detail, DetailList, Field, Form, Header, Input, Section, TextArea, copyable};
use crate::server::failure::sentence;
use crate::server::{Call, PageResult, Params, reply};
use axum::response::Response;
use http::StatusCode;
use maud::{Render, html};
use model::{Error, Result};
use platform::{ChangeType, NewWebhook, SystemPermission, Webhook, WebhookChange, WebhookSecret};

pub(crate) fn new(call: &Call<'_>) -> PageResult {
    check(call)?;
    Ok(page(call, &None, &Shown::default(), None))
}

pub(crate) fn create(call: &Call<'_>) -> PageResult {
    check(call)?;
    let shown = Shown::sent(&call.visit.form);
    let wanted = NewWebhook {
        name: shown.name.clone(),
        url: shown.url.clone(),
        objects: shown.objects(),
        kinds: shown.kinds.clone(),
    };
    match call.ctx.webhook_create(wanted) {
        Ok((webhook, secret)) => Ok(secret_page(call, &webhook, &secret)),
        Err(error) => refused(call, &None, &shown, error),
    }
}

pub(crate) fn edit(call: &Call<'_>) -> PageResult {
    check(call)?;
    let webhook = call.ctx.webhook(call.visit.record_id()?)?;
    let shown = Shown {
        name: webhook.name.clone(),
        url: webhook.url.clone(),
        objects: webhook.objects.join(", "),
        kinds: webhook.kinds.clone(),
    };
    Ok(page(call, &Some(webhook), &shown, None))
}

pub(crate) fn save(call: &Call<'_>) -> PageResult {
    check(call)?;
    let webhook = call.ctx.webhook(call.visit.record_id()?)?;
    let shown = Shown::sent(&call.visit.form);
    let change = WebhookChange {
        name: Some(shown.name.clone()),
        url: Some(shown.url.clone()),
        objects: Some(shown.objects()),
        kinds: Some(shown.kinds.clone()),
    };
    match call.ctx.webhook_update(webhook.id, change) {
        Ok(saved) => reply::see_other(&format!("{PATH}/{}", saved.id)),
        Err(error) => refused(call, &Some(webhook), &shown, error),
    }
}

/// # Errors
/// `INSUFFICIENT_ACCESS_OR_READONLY` naming the permission.
fn check(call: &Call<'_>) -> Result<()> {
    call.ctx.require(SystemPermission::CustomizeApplication)
}

/// What stands in the form.
#[derive(Default)]
struct Shown {
    name: String,
    url: String,
    objects: String,
    kinds: Vec<String>,
}

impl Shown {
    fn sent(form: &Params) -> Self {
        let text = |name: &str| form.first(name).unwrap_or_default().to_owned();
        // All of them is none in particular: what is added one day is told then too.
        let mut kinds: Vec<String> = form.all("kind").map(str::to_owned).collect();
        if kinds.len() == ChangeType::ALL.len() {
            kinds.clear();
        }
        Self { name: text("name"), url: text("url"), objects: text("objects"), kinds }
    }

    fn objects(&self) -> Vec<String> {
        let names = self.objects.split([',', ' ', '\n', '\r', '\t']);
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}

fn refused(call: &Call<'_>, webhook: &Option<Webhook>, shown: &Shown, error: Error) -> PageResult {
    if error.code().http_status() >= 500 {
        return Err(error);
    }
    let mut response = page(call, webhook, shown, Some(&error));
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn page(call: &Call<'_>, webhook: &Option<Webhook>, shown: &Shown, error: Option<&Error>) -> Response {
    let rule = |error: &Error| {
        let field = error.fields().first().map(|field| format!("{field}: ")).unwrap_or_default();
        sentence(error.message().strip_prefix(&field).unwrap_or(error.message()))
    };
    let wrong = |name: &str| error.filter(|error| error.fields().iter().any(|field| field == name)).map(rule);
    let kinds = ChangeType::ALL.map(|kind| {
        let label = match kind {
            ChangeType::Create => "Created",
            ChangeType::Update => "Changed",
            ChangeType::Delete => "Deleted",
            ChangeType::Undelete => "Restored",
        };
        let is_wanted = shown.kinds.is_empty() || shown.kinds.iter().any(|known| known == kind.as_str());
        let id = format!("kind-{}", kind.as_str().to_lowercase());
        Field::new(label, Checkbox::new("kind", is_wanted).value(kind.as_str())).id(id)
    });
    let (title, action, back) = match webhook {
        Some(webhook) => {
            let own = format!("{PATH}/{}", webhook.id);
            (format!("Change {}", webhook.name), format!("{own}/edit"), own)
        }
        None => ("New webhook".to_owned(), format!("{PATH}/new"), PATH.to_owned()),
    };
    let mut form = Form::post(action, call.csrf);
    if let Some(error) = error {
        form = form.error(rule(error));
    }
    let help = if webhook.is_some() {
        "Whoever changes the address or what is told is the one with whose rights changes are told from then on."
    } else {
        "Changes are told with your rights: what you may not see is not told."
    };
    let form = form
        .section(
            Section::new(vec![
                Field::new("Name", Input::text("name").value(&shown.name).max_length(80))
                    .error_if(wrong("name"))
                    .required(),
                Field::new(
                    "Address",
                    Input::url("url")
                        .value(&shown.url)
                        .placeholder("https://hooks.example.com/changes")
                        .max_length(1_000),
                )
                .error_if(wrong("url"))
                .required(),
                Field::new("Objects", TextArea::new("objects").rows(2).value(&shown.objects))
                    .help("API names such as Account, Contact, Project__c. Empty: every object that you may follow.")
                    .error_if(wrong("objects")),
            ])
            .help(help),
        )
        .section(Section::new(kinds.to_vec()).title("When a record is"))
        .action(Button::submit(if webhook.is_some() { "Save" } else { "Create" }).primary())
        .action(Button::link("Cancel", back).quiet());
    call.page_as(&title, Header::new(title.clone()).crumbs(crumbs()), form.render(), |page| page.form())
}

/// The page that shows a secret, once.
pub(super) fn secret_page(call: &Call<'_>, webhook: &Webhook, secret: &WebhookSecret) -> Response {
    let details =
        vec![Detail::new("Address", webhook.url.as_str()), Detail::new("Secret", copyable(&secret.0, "the secret"))];
    let body = html! {
        (DetailList::new(details).single())
        p.consent-note { "The secret is shown this once. Whoever receives the messages checks their signatures with it." }
        @if webhook.old_secret_until.is_some() {
            p.consent-note { "For a day each message is signed with the secret before as well." }
        }
        p.consent-note { (Button::link("Open the webhook", format!("{PATH}/{}", webhook.id)).primary()) }
    };
    let title = format!("The secret of {}", webhook.name);
    // Every page is kept out of caches; so the secret does not come back by the browser's history either.
    call.page_as(&title, Header::new(title.clone()).crumbs(crumbs()), body, |page| page.form())
}
