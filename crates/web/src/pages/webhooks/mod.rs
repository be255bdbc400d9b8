//! Webhooks: to which addresses changes are pushed, how each fares, and what its latest attempts came to. For those who may
//! customize the org.

mod detail;
mod form;
mod list;

pub(crate) use detail::{act, page};
pub(crate) use form::{create, edit, new, save};
pub(crate) use list::list;

use crate::kit::{Badge, Crumbs, Tone};
use crate::server::Call;
use platform::{Ctx, SystemPermission, Webhook, WebhookState};

/// Where the list is.
const PATH: &str = "/webhooks";

/// Whether somebody may see and change the webhooks.
pub(crate) fn is_offered(ctx: &Ctx) -> bool {
    ctx.has(SystemPermission::CustomizeApplication)
}

fn crumbs() -> Crumbs {
    Crumbs::new().link("Webhooks", PATH)
}

fn state(webhook: &Webhook) -> Badge {
    match webhook.state {
        WebhookState::Active if webhook.failures > 0 => Badge::new("Failing", Tone::Warn),
        WebhookState::Active => Badge::new("Active", Tone::Good),
        WebhookState::Paused => Badge::new("Paused", Tone::Neutral),
        WebhookState::Stopped => Badge::new("Stopped", Tone::Bad),
    }
}

fn objects(webhook: &Webhook) -> String {
    if webhook.objects.is_empty() { "All records".to_owned() } else { webhook.objects.join(", ") }
}

/// As whom a webhook is told, in the eyes of whoever asks.
fn user_name(call: &Call<'_>, webhook: &Webhook) -> model::Result<Option<String>> {
    super::programs::user_name(call.ctx, webhook.run_as)
}
