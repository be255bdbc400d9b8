//! One webhook: how it fares, its latest attempts, and what can be done with it.

use super::form::secret_page;
use super::{PATH, crumbs, objects, state, user_name};
use crate::kit::{
    Badge, Banner, Button, Cell, Column, Detail, DetailList, Dialog, Empty, Field, Form, Header, Icon, Input, KeyFacts,
    Panel, Row, Section, Table, Tone,
};
use crate::server::{Call, PageResult, reply};
use crate::show::Show;
use http::StatusCode;
use maud::{Markup, Render, html};
use model::{Error, ErrorCode, Result};
use platform::{Replay, Webhook, WebhookAttempt, WebhookOutcome, WebhookState};

/// The id of the dialog that asks before a webhook is removed.
const REMOVE: &str = "remove-webhook";

pub(crate) fn page(call: &Call<'_>) -> PageResult {
    shown(call, None)
}

/// The page, with what is wrong with the place that somebody wants told again from.
fn shown(call: &Call<'_>, wrong: Option<&Error>) -> PageResult {
    let id = call.visit.record_id()?;
    let webhook = call.ctx.webhook(id)?;
    let attempts = call.ctx.webhook_attempts(id)?;
    let (show, now) = (Show::of(call.ctx), call.ctx.now());
    let own = format!("{PATH}/{id}");
    let act = |what: &str, words: &str| {
        Form::post(own.as_str(), call.csrf).unguarded().plain().hidden("act", what).action(Button::submit(words))
    };
    let behind = webhook.newest.saturating_sub(webhook.replay);
    let mut facts = KeyFacts::new().fact("Tells changes of", objects(&webhook)).fact(
        "Told up to",
        if behind == 0 { "The newest change".to_owned() } else { format!("Change {}", webhook.replay) },
    );
    if let Some(next) = webhook.next_attempt {
        facts = facts.fact("Next attempt", show.instant(next));
    }
    let header = Header::new(webhook.name.clone())
        .icon(Icon::Send)
        .crumbs(crumbs())
        .badge(state(&webhook))
        .facts(facts)
        .actions(html! {
            (act("test", "Send a test"))
            @if webhook.state == WebhookState::Active { (act("pause", "Pause")) } @else { (act("resume", "Resume")) }
            (Button::link("Change", format!("{own}/edit")).icon(Icon::Pencil))
        });
    let details = vec![
        Detail::new("Address", webhook.url.as_str()).wide(),
        Detail::new(
            "Kinds of change",
            if webhook.kinds.is_empty() { "All".to_owned() } else { webhook.kinds.join(", ") },
        ),
        user_name(call, &webhook)?.map_or_else(
            || Detail::blank("Told with the rights of"),
            |name| Detail::new("Told with the rights of", name),
        ),
        Detail::new("Made", show.instant(webhook.created)),
        Detail::new("Id", html! { code { (webhook.id) } }),
    ];
    let until = webhook.old_secret_until.map(|until| Detail::new("The secret before signs until", show.instant(until)));
    let details = details.into_iter().chain(until).collect();
    let body = html! {
        div.stack {
            (troubles(&webhook, &show))
            (DetailList::new(details))
            (Panel::new(log(&attempts, &show, now).render()).title("Latest attempts").count(attempts.len().to_string()).flush())
            (Panel::new(more(call, &webhook, &own, wrong)).title("More"))
        }
    };
    Ok(call.page(&webhook.name, header, body))
}

fn troubles(webhook: &Webhook, show: &Show) -> Markup {
    html! {
        @if webhook.state == WebhookState::Stopped {
            (Banner::new(Tone::Bad, html! { "Stopped. " (webhook.reason) }))
        }
        @if let (WebhookState::Active, Some(since)) = (webhook.state, webhook.failing) {
            (Banner::new(Tone::Warn, html! {
                "No message has arrived since " (show.instant(since)) ". It is tried again by itself, and given up after three days."
            }))
        }
        @if webhook.is_test_asked {
            (Banner::new(Tone::Info, html! { "A test is on its way. Load the page again to see what came of it." }))
        }
    }
}

fn log(attempts: &[WebhookAttempt], show: &Show, now: model::Instant) -> Table {
    let rows = attempts.iter().map(|attempt| {
        let outcome = match (attempt.outcome, attempt.status) {
            (WebhookOutcome::Delivered, Some(status)) => Badge::new(format!("{status}"), Tone::Good),
            (_, Some(status)) => Badge::new(format!("{status}"), Tone::Bad),
            (_, None) => Badge::new("No answer", Tone::Bad),
        };
        let what = match (attempt.is_test, attempt.events) {
            (true, _) => "Test".to_owned(),
            (false, 1) => "1 change".to_owned(),
            (false, events) => format!("{events} changes"),
        };
        Row::new(vec![
            Cell::of(show.ago(attempt.at, now)),
            Cell::text(what),
            Cell::badge(outcome),
            Cell::text(format!("{} ms", attempt.took_ms)),
            if attempt.words.trim().is_empty() { Cell::blank() } else { Cell::text(attempt.words.trim()) },
        ])
    });
    let columns = vec![
        Column::text("When"),
        Column::text("What"),
        Column::text("Answer"),
        Column::number("Took"),
        Column::text("Detail").wide_only(),
    ];
    Table::new("Latest attempts", columns, rows.collect())
        .empty(Empty::new(Icon::Clock, "Nothing was sent yet. The first change, or a test, is listed here."))
}

fn more(call: &Call<'_>, webhook: &Webhook, own: &str, wrong: Option<&Error>) -> Markup {
    let replay = Form::post(own, call.csrf)
        .unguarded()
        .plain()
        .hidden("act", "replay")
        .section(Section::new(vec![
            Field::new("Tell again what came after change", Input::text("from").placeholder(webhook.replay.to_string()).value(call.visit.form.first("from").unwrap_or_default()))
                .help("The replayId of a change of the last three days; -2 for all that is kept, -1 for what comes from now on.")
                .error_if(wrong.map(Error::message)),
        ]))
        .action(Button::submit("Tell again").small());
    let act = |what: &str, button: Button| {
        Form::post(own, call.csrf).unguarded().plain().hidden("act", what).action(button.small())
    };
    let body = html! {
        p { "Nothing more is told to " (webhook.url) ". Its secret and its attempts go with it." }
        input type="hidden" name="act" value="remove";
    };
    let actions = html! {
        (Button::close_dialog("Keep it", REMOVE))
        (Button::submit("Remove the webhook").danger())
    };
    let removal = Dialog::new(REMOVE, format!("Remove {}?", webhook.name), body, actions).posts_to(own, call.csrf);
    // Without script the button leads here.
    let removal = if call.visit.query.has("remove") { removal.shown() } else { removal };
    html! {
        div.stack {
            (replay)
            div.row-actions {
                (act("secret", Button::submit("New secret")))
                (Button::link("Remove", format!("{own}?remove=yes")).danger().small().opens(REMOVE))
            }
        }
        (removal)
    }
}

pub(crate) fn act(call: &Call<'_>) -> PageResult {
    let (id, ctx, form) = (call.visit.record_id()?, call.ctx, &call.visit.form);
    // Whether there is one is asked first.
    ctx.webhook(id)?;
    match form.given("act") {
        Some("test") => ctx.webhook_test(id).map(drop)?,
        Some("pause") => ctx.webhook_pause(id).map(drop)?,
        Some("resume") => ctx.webhook_resume(id, None).map(drop)?,
        Some("replay") => match place(form.given("from")).and_then(|from| ctx.webhook_replay(id, from)) {
            Err(error) if error.code().http_status() < 500 => {
                let mut response = shown(call, Some(&error))?;
                *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(response);
            }
            replayed => replayed.map(drop)?,
        },
        Some("secret") => {
            let (webhook, secret) = ctx.webhook_secret_rotate(id)?;
            return Ok(secret_page(call, &webhook, &secret));
        }
        Some("remove") => {
            ctx.webhook_delete(id)?;
            return reply::see_other(PATH);
        }
        _ => return Err(Error::not_found()),
    }
    reply::see_other(&format!("{PATH}/{id}"))
}

fn place(text: Option<&str>) -> Result<Replay> {
    match text.map(str::trim) {
        Some("-1") => Ok(Replay::New),
        Some("-2") => Ok(Replay::Kept),
        Some(text) => text
            .parse()
            .map(Replay::After)
            .map_err(|_| Error::new(ErrorCode::FieldIntegrityException, "The number of a change, -1 or -2.")),
        None => Err(Error::new(ErrorCode::MissingArgument, "Say after which change.")),
    }
}
