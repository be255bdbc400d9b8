//! Letting a program in: what it is called, how it comes in, as whom. Its secret is shown once.

use super::{PATH, check};
use crate::kit::{
    Button, Checkbox, Crumbs, Detail, DetailList, Field, Form, Header, Input, Section, TextArea, copyable,
};
use crate::server::failure::sentence;
use crate::server::{Call, PageResult, Params};
use http::StatusCode;
use identity::{GrantKind, NewClient};
use maud::{Render, html};
use model::{Error, ErrorCode, RecordId, Result, random_bytes};

pub(crate) fn form(call: &Call<'_>) -> PageResult {
    check(call)?;
    Ok(page(call, &Params::default(), None))
}

pub(crate) fn register(call: &Call<'_>) -> PageResult {
    check(call)?;
    let sent = &call.visit.form;
    match registered(call, sent) {
        Ok((client_id, secret)) => Ok(shown(call, sent, &client_id, secret.as_deref())),
        Err(error) if error.code().http_status() >= 500 => Err(error),
        Err(error) => {
            let mut response = page(call, sent, Some(&error));
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

fn refuse(field: &str, rule: &str) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, format!("{field}: {rule}")).with_field(field)
}

/// Registers what was filled in, and gives the id and the secret, if the program keeps one.
fn registered(call: &Call<'_>, sent: &Params) -> Result<(String, Option<String>)> {
    let (identities, org) = (&call.visit.state.identities, call.ctx.org());
    let random = || hex_of(&random_bytes::<24>(org.entropy()));
    let client_id = sent.given("client_id").map_or_else(&random, str::to_owned);
    // A registration would stand in its place.
    let is_taken = identities.clients_of(org)?.iter().any(|client| client.client_id == client_id);
    if is_taken || client_id == "PlatformCLI" {
        return Err(refuse("client_id", "another program has it. Choose another one, or remove that program first."));
    }
    let mut grants = Vec::new();
    for (name, kinds) in [
        ("browser", &[GrantKind::AuthorizationCode, GrantKind::RefreshToken][..]),
        ("itself", &[GrantKind::ClientCredentials]),
        ("signed", &[GrantKind::JwtBearer]),
        ("password", &[GrantKind::Password]),
    ] {
        if sent.has(name) {
            grants.extend_from_slice(kinds);
        }
    }
    let run_as = match sent.given("run_as") {
        Some(username) => Some(user(call, "run_as", username)?),
        None => None,
    };
    let certificate = sent.given("certificate").filter(|_| sent.has("signed"));
    let signers: Vec<RecordId> = sent
        .given("users")
        .unwrap_or_default()
        .split([',', ' ', '\n', '\r'])
        .filter(|name| !name.is_empty())
        .map(|name| user(call, "users", name))
        .collect::<Result<_>>()?;
    if sent.has("signed") && (certificate.is_none() || signers.is_empty()) {
        return Err(refuse(
            "certificate",
            "signed assertions need a certificate, and the users that the program may work as.",
        ));
    }
    let secret = sent.has("secret").then(random);
    let redirects = sent.given("redirect_uris").unwrap_or_default();
    let client = NewClient {
        client_id: client_id.clone(),
        name: sent.given("name").unwrap_or_default().to_owned(),
        secret: secret.clone(),
        redirect_uris: redirects.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        run_as,
        grants,
    };
    identities.client_register(org, client)?;
    if let Some(certificate) = certificate
        && let Err(error) = identities.client_trust_assertions(org, &client_id, certificate, &signers)
    {
        identities.client_remove(org, &client_id)?;
        return Err(error);
    }
    Ok((client_id, secret))
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The user of a name, in the eyes of whoever asks.
fn user(call: &Call<'_>, field: &str, username: &str) -> Result<RecordId> {
    let object = call.ctx.object("User")?;
    let name = object.find_field("Username").ok_or_else(Error::not_found)?;
    let found = call.ctx.all_found_by(object, name, &username.into())?;
    found.first().copied().ok_or_else(|| refuse(field, &format!("nobody has the username {username}.")))
}

fn crumbs() -> Crumbs {
    Crumbs::new().link("Programs", PATH)
}

fn page(call: &Call<'_>, sent: &Params, error: Option<&Error>) -> axum::response::Response {
    let is_new = error.is_none();
    let text = |name: &str| sent.first(name).unwrap_or_default().to_owned();
    let wrong = |name: &str| {
        error.filter(|error| error.fields().iter().any(|field| field == name)).map(|error| {
            let message = error.message();
            message.strip_prefix(&format!("{name}: ")).unwrap_or(message).to_owned()
        })
    };
    let field = |label: &str, name: &str, help: &str, input: Input| {
        Field::new(label, input.value(text(name))).help(help).error_if(wrong(name))
    };
    let area = |label: &str, name: &str, help: &str, rows: u32| {
        Field::new(label, TextArea::new(name).rows(rows).code().value(text(name))).help(help).error_if(wrong(name))
    };
    let tick = |label: &str, name: &str, help: &str| Field::new(label, Checkbox::new(name, sent.has(name))).help(help);
    let mut form = Form::post("/programs/new", call.csrf);
    if let Some(error) = error {
        // The field is marked; its name on the wire says nothing to people.
        let message = error.message();
        let field = error.fields().first().map(|field| format!("{field}: ")).unwrap_or_default();
        form = form.error(sentence(message.strip_prefix(&field).unwrap_or(message)));
    }
    let form = form
        .section(Section::new(vec![
            field("Name", "name", "What people read when they are asked for consent.", Input::text("name").max_length(80)).required(),
            field("Client id", "client_id", "Empty: one is made.", Input::text("client_id").max_length(128)),
            Field::new("It can keep a secret", Checkbox::new("secret", is_new || sent.has("secret")))
                .help("A server can. A program on people's own devices cannot.")
                .error_if(wrong("secret")),
        ]))
        .section(
            Section::new(vec![
                tick("People let it in, in their browser", "browser", "It then works as them, until they or you end it."),
                area("Addresses that it may be answered at", "redirect_uris", "One in each line, letter by letter: https, http on the person's own machine, or a scheme such as com.example.app:.", 2),
                tick("By itself, with its secret", "itself", "It then works as one user. Give that user what the program needs and nothing else."),
                field("The user that it works as", "run_as", "Username", Input::text("run_as")),
                tick("By what it signs", "signed", "It then works as any of the users that you name."),
                area("Certificate of its key", "certificate", "X.509 in PEM form. What its key signed counts until you remove the program.", 3),
                field("Users that it may work as", "users", "Usernames, separated by commas", Input::text("users")),
                tick("With passwords of people", "password", "Only where this organization lets programs sign in by password."),
            ])
            .title("How does it come in?"),
        )
        .action(Button::submit("Register").primary())
        .action(Button::link("Cancel", PATH).quiet());
    let form = match wrong("grants") {
        Some(rule) => html! { (form.error(format!("How does it come in? {rule}"))) },
        None => form.render(),
    };
    let header = Header::new("Register a program").crumbs(crumbs());
    call.page_as("Register a program", header, form, |page| page.form())
}

fn shown(call: &Call<'_>, sent: &Params, client_id: &str, secret: Option<&str>) -> axum::response::Response {
    let mut details = vec![Detail::new("Client id", copyable(client_id, "the client id"))];
    if let Some(secret) = secret {
        let value = copyable(secret, "the secret");
        details.push(Detail::new("Secret", value));
    }
    details.push(Detail::new("Address of this server", copyable(&call.visit.state.public_url, "the address")));
    let body = html! {
        (DetailList::new(details).single())
        @if secret.is_some() { p.consent-note { "The secret is shown this once. Keep it where only the program can read it." } }
        p.consent-note { (Button::link("All programs", PATH).primary()) }
    };
    let name = sent.given("name").unwrap_or_default();
    let header = Header::new(format!("{name} is let in")).crumbs(crumbs());
    // Every page is kept out of caches; so the secret does not come back by the browser's history either.
    call.page_as("Registered", header, body, |page| page.form())
}
