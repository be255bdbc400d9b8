//! Changes pushed to addresses.

use super::route;
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::{Delete, Get, Patch, Post};
use crate::webhooks;

pub(super) const WEBHOOKS: &[Route] = &[
    route(
        Get,
        "/services/data/v{version}/webhooks",
        "webhook_list",
        "Addresses that changes are pushed to",
        Data(webhooks::list),
    )
    .gives(&[(200, "Webhooks")]),
    route(
        Post,
        "/services/data/v{version}/webhooks",
        "webhook_create",
        "Have changes pushed to an address; its secret is shown this once",
        Data(webhooks::create),
    )
    .takes("NewWebhook")
    .gives(&[(201, "WebhookWithSecret")]),
    route(Get, "/services/data/v{version}/webhooks/{webhook}", "webhook_get", "A webhook", Data(webhooks::get))
        .gives(&[(200, "Webhook")]),
    route(
        Patch,
        "/services/data/v{version}/webhooks/{webhook}",
        "webhook_update",
        "Change a webhook; another address or other objects make the caller the one as whom it is told",
        Data(webhooks::update),
    )
    .takes("WebhookChange")
    .gives(&[(200, "Webhook")]),
    route(
        Delete,
        "/services/data/v{version}/webhooks/{webhook}",
        "webhook_delete",
        "Remove a webhook",
        Data(webhooks::delete),
    )
    .gives(&[(204, "")]),
    route(
        Post,
        "/services/data/v{version}/webhooks/{webhook}/pause",
        "webhook_pause",
        "Push nothing more until it is resumed",
        Data(webhooks::pause),
    )
    .gives(&[(200, "Webhook")]),
    route(
        Post,
        "/services/data/v{version}/webhooks/{webhook}/resume",
        "webhook_resume",
        "Push again: from where it stopped, or from another place",
        Data(webhooks::resume),
    )
    .takes("WebhookPlace")
    .gives(&[(200, "Webhook")]),
    route(
        Post,
        "/services/data/v{version}/webhooks/{webhook}/replay",
        "webhook_replay",
        "Push again what came after a change",
        Data(webhooks::replay_from),
    )
    .takes("WebhookPlace")
    .gives(&[(200, "Webhook")]),
    route(
        Post,
        "/services/data/v{version}/webhooks/{webhook}/test",
        "webhook_test",
        "Send a message without changes, in the background",
        Data(webhooks::test),
    )
    .gives(&[(202, "Webhook")]),
    route(
        Post,
        "/services/data/v{version}/webhooks/{webhook}/secret",
        "webhook_secret_rotate",
        "Another secret, shown this once; the one before signs too for a day",
        Data(webhooks::secret_rotate),
    )
    .gives(&[(200, "WebhookWithSecret")]),
    route(
        Get,
        "/services/data/v{version}/webhooks/{webhook}/attempts",
        "webhook_attempt_list",
        "The latest attempts to push, the newest first",
        Data(webhooks::attempts),
    )
    .gives(&[(200, "WebhookAttempts")]),
];
