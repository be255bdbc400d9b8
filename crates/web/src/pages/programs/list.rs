//! The list of programs, and what is changed from it.

use super::{PATH, check};
use crate::kit::{Badge, Button, Cell, Column, Empty, Form, Header, Icon, Row, Table, Tone};
use crate::server::{Call, PageResult, reply};
use crate::show::Show;
use identity::{ClientSummary, GrantKind};
use maud::{Markup, html};
use model::{Error, RecordId, Result};
use platform::{Ctx, QueryOptions};

pub(crate) fn list(call: &Call<'_>) -> PageResult {
    check(call)?;
    let (identities, org) = (&call.visit.state.identities, call.ctx.org());
    let show = Show::of(call.ctx);
    let act = |name: &str, value: &str, words: &str| {
        Form::post(PATH, call.csrf).unguarded().plain().hidden(name, value).action(Button::submit(words).small())
    };
    let mut rows = Vec::new();
    for client in identities.clients_of(org)? {
        let acts_as = client.run_as.map(|user| name_of(call.ctx, user)).transpose()?.flatten();
        rows.push(Row::new(vec![
            Cell::text(&client.name),
            Cell::of(html! { code { (client.client_id) } }),
            Cell::of(ways(&client)),
            Cell::or_blank(acts_as),
            Cell::of(show.date(client.created.date_in(&call.ctx.user().zone))),
            Cell::of(html! { div.row-actions {
                @if client.grants.contains(&GrantKind::RefreshToken) {
                    @if client.rotates { (act("keeps", &client.client_id, "Keep tokens")) }
                    @else { (act("rotates", &client.client_id, "Replace tokens")) }
                }
                @if client.opens_pages { (act("api_only", &client.client_id, "API alone")) }
                @else { (act("opens_pages", &client.client_id, "Let it open pages")) }
                (act("remove", &client.client_id, "Remove"))
            } }),
        ]));
    }
    let cli = identities.platform_cli_is_allowed(org)?;
    rows.push(Row::new(vec![
        Cell::text("Salesforce CLI"),
        Cell::of(html! { code { "PlatformCLI" } }),
        Cell::badge(if cli { Badge::new("Built in", Tone::Info) } else { Badge::new("Turned off", Tone::Neutral) }),
        Cell::blank(),
        Cell::blank(),
        Cell::of(if cli { act("cli", "off", "Turn off") } else { act("cli", "on", "Turn on") }),
    ]));
    let columns = vec![
        Column::text("Program"),
        Column::text("Client id"),
        Column::text("Comes in by"),
        Column::text("Acts as"),
        Column::text("Since").wide_only(),
        Column::text("Change").label_hidden(),
    ];
    let table = Table::new("Programs", columns, rows).empty(Empty::new(Icon::Key, "No program is let in."));
    let header = Header::new("Programs")
        .icon(Icon::Key)
        .subtitle(html! { "What may sign in to this organization through the API" })
        .actions(html! { (Button::link("Register a program", "/programs/new").primary().icon(Icon::Plus)) });
    Ok(call.page("Programs", header, html! { div.list { (table) } }))
}

fn ways(client: &ClientSummary) -> Markup {
    let words = |kind| match kind {
        GrantKind::AuthorizationCode => Some("Consent in the browser"),
        GrantKind::ClientCredentials => Some("Its own secret"),
        GrantKind::JwtBearer => Some("Signed assertions"),
        GrantKind::Password => Some("Passwords of people"),
        // It comes with the consent.
        GrantKind::RefreshToken => None,
    };
    let ways: Vec<&str> = client.grants.iter().filter_map(|kind| words(*kind)).collect();
    html! { (ways.join(", ")) @if client.opens_pages { ". Opens pages" } }
}

/// The name of a user, in the eyes of whoever asks.
pub(crate) fn name_of(ctx: &Ctx, user: RecordId) -> Result<Option<String>> {
    let text = format!("SELECT Name FROM User WHERE Id = '{user}'");
    let answer = ctx.query(&text, QueryOptions::default())?;
    Ok(answer.records().first().and_then(|row| row.cells.first()?.value().as_text().map(str::to_owned)))
}

pub(crate) fn change(call: &Call<'_>) -> PageResult {
    check(call)?;
    let (identities, org, form) = (&call.visit.state.identities, call.ctx.org(), &call.visit.form);
    if let Some(client) = form.given("remove") {
        identities.client_remove(org, client)?;
    } else if let Some(client) = form.given("rotates") {
        identities.client_rotate_refresh_tokens(org, client, true)?;
    } else if let Some(client) = form.given("keeps") {
        identities.client_rotate_refresh_tokens(org, client, false)?;
    } else if let Some(client) = form.given("opens_pages") {
        identities.client_open_pages(org, client, true)?;
    } else if let Some(client) = form.given("api_only") {
        identities.client_open_pages(org, client, false)?;
    } else if let Some(wanted) = form.given("cli") {
        identities.platform_cli_allow(org, wanted == "on")?;
    } else {
        return Err(Error::not_found());
    }
    reply::see_other(PATH)
}
