//! `holdfast serve`: an installation at work, until it is told to stop.

use super::args::ServeArgs;
use super::listeners::Listeners;
use super::place::{environment, place_of};
use super::{Failure, log};
use crate::backups::Backups;
use crate::config::{Config, WebhookConfig};
use crate::control::ControlSocket;
use crate::installation::{Installation, Place, Sender};
use crate::mail::{Bounces, KeepInOutbox, MailServer, SmtpTransport};
use crate::server::{self, Door, Limits, Shutdown, TrustedProxies};
use crate::terminal::{say, tell};
use crate::webhook::HttpTransport;
use crate::worker::Worker;
use axum::Router;
use platform::{BulkWorkers, MailTransport, WebhookNotice, WebhookTeller, WebhookWorkers};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use store::Backed as _;

pub(super) fn run(args: &ServeArgs) -> Result<(), Failure> {
    let mut config = Config::load(&args.config, &environment)?;
    config.listen = args.listen.unwrap_or(config.listen);
    log::start(&config.log)?;
    let place = place_of(&config, &args.root_key)?;
    if let Some(caution) = place.root_key.caution() {
        tracing::warn!("{caution}");
    }
    // Before this process opens anything: a descriptor that nobody opened must not turn out to be one of ours.
    let root_key = place.root_key.source(&[])?;
    let transport = transport(config.mail_server.as_ref())?;
    let tls = args.tls.over(config.tls.clone(), SocketAddr::from((Ipv4Addr::LOCALHOST, 8443)));
    let listeners = Listeners::bind(config.listen, tls.as_ref())?;
    let public_url = config.public_url.clone().unwrap_or_else(|| listeners.url().to_owned());
    let place = Place { public_url: public_url.clone(), ..place };
    let installation = Installation::open_with(&place, root_key)?;
    // Every org is opened once: what is wrong with one is said now, not to the first visitor.
    let orgs = installation.platform.org_list()?;
    if orgs.is_empty() {
        tell("This installation has no org yet: nobody can sign in. Stop the server and run `holdfast org create`.");
    }
    for row in orgs {
        if let Err(error) = installation.platform.org(row.org) {
            tracing::error!(org = %row.org, cause = error.internal_cause(), "{}", error.message());
        }
    }
    let backups = config.backups.map(|backups| Backups::start(installation.platform.clone(), backups)).transpose();
    let _backups = backups.map_err(|error| Failure::new(format!("The server cannot work: {error}.")))?;
    let bounces = config.bounces.map(|bounces| Bounces::start(installation.platform.clone(), bounces.maildir));
    let _bounces = bounces.transpose().map_err(|error| Failure::new(format!("The server cannot work: {error}.")))?;
    let teller = teller(&installation, &config.webhooks, &config.sender, &public_url)?;
    installation.runtime.block_on(run_until_stopped(
        &installation,
        listeners,
        &public_url,
        transport,
        teller,
        config.trusted_proxies,
        true,
    ))
}

/// Threads for bulk jobs. One of them is always left to other orgs than the one that has most to do.
const BULK_THREADS: usize = 3;

/// Threads for webhooks; one that waits for a slow address leaves the others to other webhooks.
const WEBHOOK_THREADS: usize = 4;

pub(super) fn teller(
    installation: &Installation,
    config: &WebhookConfig,
    sender: &Sender,
    public_url: &str,
) -> Result<WebhookTeller, Failure> {
    let runtime = installation.runtime.handle().clone();
    let transport = HttpTransport::new(config.allowed.clone(), config.ca_file.as_deref(), runtime);
    let transport = Arc::new(transport.map_err(|why| Failure::new(format!("webhook_ca_file: {why}")))?);
    let notice = WebhookNotice {
        from_name: sender.name.clone(),
        from_address: sender.address.clone(),
        public_url: public_url.to_owned(),
    };
    Ok(WebhookTeller { transport, notice })
}

pub(super) fn transport(server: Option<&MailServer>) -> Result<Arc<dyn MailTransport>, Failure> {
    Ok(match server {
        Some(server) => Arc::new(SmtpTransport::new(server.clone()).map_err(Failure::new)?),
        None => Arc::new(KeepInOutbox),
    })
}

/// Pages, API and worker, until SIGINT or SIGTERM. With `renews_on_hang_up`, SIGHUP has the certificate read again.
pub(super) async fn run_until_stopped(
    installation: &Installation,
    listeners: Listeners,
    public_url: &str,
    transport: Arc<dyn MailTransport>,
    teller: WebhookTeller,
    proxies: TrustedProxies,
    renews_on_hang_up: bool,
) -> Result<(), Failure> {
    let broken = |error: std::io::Error| Failure::new(format!("The server cannot work: {error}."));
    let shutdown = Shutdown::on_signals().map_err(broken)?;
    let data_dir = installation.platform.store().config().data_dir.clone();
    // A path of more than a hundred letters is too long for a socket; all but `org seal` and `unseal` works without.
    let control = ControlSocket::listen(installation.identities.clone(), &data_dir)
        .inspect_err(|error| tell(format_args!("Commands cannot speak with this server: {error}.")))
        .ok();
    let worker = Worker::start(installation.platform.clone(), transport).map_err(broken)?;
    let bulk = BulkWorkers::start(installation.platform.clone(), BULK_THREADS).map_err(broken)?;
    let webhooks = WebhookWorkers::start(&installation.platform, teller, WEBHOOK_THREADS).map_err(broken)?;
    let has_tls = listeners.tls.is_some();
    // Behind a proxy that speaks TLS people come by https, though this port does not; with TLS of our own they do not.
    let is_secure = public_url.starts_with("https://") && !has_tls;
    // Said when a signal would already be heard, not before.
    let mut ready = vec![listeners.plain_url().to_owned()];
    ready.splice(0..0, listeners.tls_url().map(str::to_owned));
    let mut doors = vec![Door {
        listener: listeners.plain,
        router: router(installation, public_url, is_secure),
        certificate: None,
        proxies: proxies.clone(),
    }];
    if let Some((listener, certificate)) = listeners.tls {
        tokio::spawn(certificate.clone().keep_current(renews_on_hang_up).map_err(broken)?);
        let router = router(installation, public_url, true);
        doors.push(Door { listener, router, certificate: Some(certificate), proxies });
    }
    for url in ready {
        say(format_args!("Ready: {url}"));
    }
    let served = server::serve(doors, Limits::default(), shutdown, installation.platform.entropy().clone()).await;
    // The job under way is finished before the process ends, a bulk job as far as its turn goes.
    tokio::task::block_in_place(|| drop((worker, bulk, webhooks, control)));
    served.map_err(broken)
}

fn router(installation: &Installation, public_url: &str, secure_cookies: bool) -> Router {
    let (platform, identities) = (installation.platform.clone(), installation.identities.clone());
    let api = api::router(api::ApiState {
        platform: platform.clone(),
        identities: identities.clone(),
        public_url: public_url.to_owned(),
        limits: api::ApiLimits::default(),
    });
    let web = web::router(web::WebState { platform, identities, public_url: public_url.to_owned(), secure_cookies });
    web.merge(api)
}
