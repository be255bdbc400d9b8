//! What works as a user: programs that were let in to stay, and open sessions. The user sees and ends them, and so do
//! those who manage users.

use super::record::Seen;
use crate::frame::icon_of;
use crate::kit::{Button, Cell, Column, Crumbs, Empty, Form, Header, Icon, Panel, Row, Table};
use crate::server::{Call, PageResult, reply};
use crate::show::Show;
use identity::SessionKind;
use maud::{Render, html};
use model::{Error, RecordId, Result};
use platform::{Ctx, SystemPermission};

/// Whether a record is a user whose connections the reader may see.
pub(crate) fn is_offered(ctx: &Ctx, id: RecordId) -> bool {
    let is_user = ctx.schema().find_by_prefix(id.prefix()).is_some_and(|object| object.name() == "User");
    is_user && (ctx.user_id() == Some(id) || ctx.has(SystemPermission::ManageUsers))
}

/// The user of the address. What the reader cannot see is not there, and neither is what is no user.
fn user<'a>(call: &'a Call<'_>) -> Result<Seen<'a>> {
    let seen = Seen::fetch(call.ctx, call.visit.record_id()?)?;
    if seen.object.name() == "User" { Ok(seen) } else { Err(Error::not_found()) }
}

pub(crate) fn list(call: &Call<'_>) -> PageResult {
    let seen = user(call)?;
    let identities = &call.visit.state.identities;
    let consents = identities.consents_of(call.ctx, seen.id)?;
    let sessions = identities.sessions_of_user(call.ctx, seen.id)?;
    let (show, now) = (Show::of(call.ctx), call.ctx.now());
    let address = format!("{}/connections", seen.href());
    let end = |kind: &str, handle: &str, what: &str| {
        let form = Form::post(address.as_str(), call.csrf).unguarded().plain().hidden(kind, handle);
        Cell::of(form.action(Button::submit(what).small()))
    };
    let programs = consents.iter().map(|consent| {
        Row::new(vec![
            Cell::text(&consent.client_name),
            Cell::of(show.instant(consent.since)),
            consent.last_used.map_or_else(Cell::blank, |used| Cell::of(show.ago(used, now))),
            Cell::of(show.instant(consent.expires)),
            end("consent", &consent.handle, "Disconnect"),
        ])
    });
    let programs = Table::new(
        "Connected programs",
        vec![
            Column::text("Program"),
            Column::text("Since"),
            Column::text("Last used"),
            Column::text("Ends unless used before").wide_only(),
            Column::text("End").label_hidden(),
        ],
        programs.collect(),
    )
    .empty(Empty::new(
        Icon::Key,
        "No program stays connected. One that asks for it is listed here until somebody ends it.",
    ));
    let own = call.session.handle();
    let programs_known = identities.clients_of(call.ctx.org())?;
    let name_of = |client: &str| {
        let known = programs_known.iter().find(|known| known.client_id == client).map(|known| known.name.clone());
        known.unwrap_or_else(|| if client == "PlatformCLI" { "Salesforce CLI".to_owned() } else { client.to_owned() })
    };
    let rows = sessions.iter().map(|session| {
        let through = match (session.kind, session.client.as_str()) {
            (SessionKind::Browser, "" | "Browser") => "Sign-in page".to_owned(),
            (_, "") => "A program".to_owned(),
            (_, client) => name_of(client),
        };
        let is_this = session.handle == own;
        Row::new(vec![
            Cell::text(if is_this { format!("{through} (this session)") } else { through }),
            Cell::text(if session.kind == SessionKind::Browser { "Pages" } else { "API" }),
            Cell::of(show.instant(session.created)),
            Cell::of(show.ago(session.used, now)),
            if is_this { Cell::blank() } else { end("session", &session.handle, "End") },
        ])
    });
    let open = Table::new(
        "Open sessions",
        vec![
            Column::text("Through"),
            Column::text("Opens").wide_only(),
            Column::text("Since"),
            Column::text("Last used"),
            Column::text("End").label_hidden(),
        ],
        rows.collect(),
    )
    .empty(Empty::new(Icon::Clock, "No session is open."));
    let all = Form::post(address.as_str(), call.csrf)
        .unguarded()
        .plain()
        .hidden("all", "sessions")
        .action(Button::submit("End all other sessions").small());
    let crumbs = Crumbs::new()
        .link(seen.object.def.label_plural.clone(), format!("/o/{}", seen.object.name()))
        .link(seen.name(), seen.href());
    let header = Header::new("Connections").icon(icon_of("User")).crumbs(crumbs).subtitle(html! {
        "Programs and browsers that work as " (seen.name())
    });
    let count = sessions.len();
    let body = html! {
        (Panel::new(programs.render()).title("Programs that stay connected").count(consents.len().to_string()).flush())
        (Panel::new(open.render()).title("Open sessions").count(count.to_string()).actions(html! { @if count > 1 { (all) } }).flush())
    };
    Ok(call.page("Connections", header, body))
}

pub(crate) fn end(call: &Call<'_>) -> PageResult {
    let seen = user(call)?;
    let (identities, form) = (&call.visit.state.identities, &call.visit.form);
    if let Some(handle) = form.given("consent") {
        identities.consent_end(call.ctx, seen.id, handle)?;
    } else if let Some(handle) = form.given("session") {
        identities.session_end(call.ctx, seen.id, handle)?;
    } else if form.has("all") {
        identities.sessions_end_all(call.ctx, seen.id, Some(&call.session.token_hash))?;
    } else {
        return Err(Error::not_found());
    }
    reply::see_other(&format!("{}/connections", seen.href()))
}
