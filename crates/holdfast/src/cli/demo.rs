//! `holdfast demo`: everything to be seen, with nothing to set up.

use super::args::DemoArgs;
use super::listeners::Listeners;
use super::place::{environment, plain_place};
use super::serve::{run_until_stopped, teller, transport};
use super::{Failure, log};
use crate::config::{LogConfig, WebhookConfig};
use crate::demo;
use crate::demo_org::{self, DemoOrg, Watch};
use crate::installation::{Installation, Place, Sender};
use crate::mail::MailServer;
use crate::server::TrustedProxies;
use crate::terminal::{is_watched, say, tell};
use crate::webhook::AllowedAddresses;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Stands in directories that the demo made: `--fresh` empties no other.
const MARKER: &str = "made-by-holdfast-demo";

pub(super) fn run(args: &DemoArgs) -> Result<(), Failure> {
    let filter = environment("HOLDFAST_LOG").unwrap_or_else(|| "warn".to_owned());
    log::start(&LogConfig { filter, ..LogConfig::default() })?;
    let mail_server = args
        .smtp
        .as_deref()
        .map(|url| MailServer::parse(url, None))
        .transpose()
        .map_err(|why| Failure::new(format!("--smtp: {why}")))?;
    let transport = transport(mail_server.as_ref())?;
    let data_dir = match &args.data {
        Some(dir) => dir.clone(),
        None => default_dir()?,
    };
    if args.fresh {
        empty(&data_dir)?;
    }
    mark(&data_dir)?;
    // The port first: nobody should wait for an org that then cannot be served.
    let tls = args.tls.over(None, SocketAddr::new(args.listen.ip(), if args.listen.port() == 0 { 0 } else { 8443 }));
    let listeners = Listeners::bind(args.listen, tls.as_ref())?;
    let jwt_certificate = args.jwt_cert.as_deref().map(read_certificate).transpose()?;
    let url = listeners.url().to_owned();
    let sender = Sender { name: demo::COMPANY.to_owned(), address: "reports@corvane.example".to_owned() };
    let installation =
        Installation::open(&Place { public_url: url.clone(), sender: sender.clone(), ..plain_place(&data_dir) })?;
    let demo = demo_org::open_or_make(&installation, args.seed, &mut Shown::default())?;
    if let Some(certificate) = &jwt_certificate {
        demo.access.trust_assertions(&installation, &demo.org, certificate)?;
    }
    if let Some(path) = &args.env_file {
        demo.access.write_env_file(path, &installation, &demo.org, &listeners)?;
    }
    welcome(&demo, &url, &data_dir, mail_server.as_ref(), args);
    // Whoever tries webhooks out has nothing but this machine to receive them.
    let allowed = AllowedAddresses::parse(["127.0.0.1", "::1"]).map_err(Failure::new)?;
    let teller = teller(&installation, &WebhookConfig { allowed, ca_file: None }, &sender, &url)?;
    // A demo ends with its terminal, which is what SIGHUP says there; it looks at the files by itself.
    installation.runtime.block_on(run_until_stopped(
        &installation,
        listeners,
        &url,
        transport,
        teller,
        TrustedProxies::default(),
        false,
    ))
}

fn read_certificate(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("--jwt-cert: the file {} cannot be read: {error}.", path.display())))
}

fn welcome(demo: &DemoOrg, url: &str, data_dir: &Path, mail_server: Option<&MailServer>, args: &DemoArgs) {
    say(format_args!("\n  {} — a demo org of Holdfast\n", demo.org.settings().name));
    say(format_args!("  Open       {url}"));
    for (at, person) in demo.access.people.iter().enumerate() {
        let label = if at == 0 { "Sign in as" } else { "or as" };
        say(format_args!("  {label:<10} {:<34} {}", person.username, person.title));
    }
    say(format_args!("  Password   {}", demo.access.password));
    match mail_server {
        Some(server) => say(format_args!("  Mail       goes to {server}")),
        None => say(format_args!("  Mail       stays here, to be read at {url}/outbox")),
    }
    say(format_args!("  API        {url}/services/data"));
    if let Some(path) = &args.env_file {
        say(format_args!("  Programs   find address and credentials in {}", path.display()));
    }
    say(format_args!("  Data       {}{}", data_dir.display(), if demo.is_new { "" } else { " (as you left it)" }));
    say("  Stop       Ctrl-C; start again and it is all still there, or add --fresh to begin anew\n");
    if args.tls.tls_listen.is_some_and(|address| !address.ip().is_loopback()) {
        tell("Anybody who can reach this address can try the password: a demo belongs on 127.0.0.1.");
    }
}

/// `holdfast/demo` where the user's programs keep their data.
fn default_dir() -> Result<PathBuf, Failure> {
    let absolute = |name: &str| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share")));
    base.map(|base| base.join("holdfast/demo"))
        .ok_or_else(|| Failure::new("There is no home directory to keep the demo in: name one with --data DIR."))
}

fn mark(data_dir: &Path) -> Result<(), Failure> {
    let shown = data_dir.display();
    if data_dir.join("control.db").exists() || data_dir.join(MARKER).exists() {
        return Ok(());
    }
    if std::fs::read_dir(data_dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::new(format!(
            "{shown} holds other things and no demo. Name an empty directory with --data, or one that does not exist yet."
        )));
    }
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(data_dir)?;
        std::fs::write(data_dir.join(MARKER), "`holdfast demo --fresh` deletes the demo in this directory.\n")
    };
    write().map_err(|error| Failure::new(format!("The data directory {shown} cannot be made: {error}.")))
}

/// Deletes what an earlier demo left in its directory.
fn empty(data_dir: &Path) -> Result<(), Failure> {
    if !data_dir.exists() {
        return Ok(());
    }
    let shown = data_dir.display();
    if !data_dir.join(MARKER).exists() {
        return Err(Failure::new(format!(
            "{shown} was not made by `holdfast demo`, so --fresh leaves it alone. Name another directory with --data."
        )));
    }
    let broken =
        |error: std::io::Error| Failure::new(format!("The data directory {shown} cannot be emptied: {error}."));
    if let Ok(lock) = File::open(data_dir.join("holdfast.lock")) {
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new(format!(
                    "Another Holdfast process uses the data directory {shown}. Stop it first."
                )));
            }
            Err(TryLockError::Error(error)) => return Err(broken(error)),
        }
    }
    // What is not the demo's stays: a directory may have been used for more.
    for name in ["orgs", "control.db", "control.db-wal", "control.db-shm", "holdfast.lock"] {
        let path = data_dir.join(name);
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(broken(error)),
            _ => {}
        }
    }
    Ok(())
}

/// A bar on a terminal; a line per part elsewhere.
#[derive(Default)]
struct Shown {
    bar: Option<ProgressBar>,
    begun: bool,
}

impl Watch for Shown {
    fn begins(&mut self, what: &str, count: u64) {
        if !is_watched() {
            if !self.begun {
                tell("Filling the demo org with a year of work; this takes a few seconds.");
            }
            self.begun = true;
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(0);
            let style = ProgressStyle::with_template("  {msg:<28} {bar:32} {pos:>6}/{len}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        bar.reset();
        bar.set_length(count);
        bar.set_message(what.to_owned());
    }

    fn advanced(&mut self, by: u64) {
        if let Some(bar) = &self.bar {
            bar.inc(by);
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
