//! Journeys through the interface in a real browser.

use crate::report_page;
use crate::visitor::Visitor;
use crate::world::{PASSWORD, World};
use crate::{schedules, webhooks};
use serde_json::{Value, json};
use test_support::{Browser, ColorScheme};

/// The interface at an address of this machine, for as long as it lives.
struct Site {
    world: World,
    url: String,
    _runtime: tokio::runtime::Runtime,
}

impl Site {
    fn new() -> Self {
        let world = World::new();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let identities = world.state.identities.clone();
        let callback = callback(&url);
        // What a program does with its code, where the record API is not at hand.
        let exchange = async move |code: String| {
            let grant = identity::Grant::AuthorizationCode {
                code,
                redirect_uri: callback.clone(),
                code_verifier: Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned()),
            };
            let request = identity::TokenRequest { client_id: "notebook".to_owned(), client_secret: None, grant };
            let granted = platform::blocking(move || Ok(identities.token_grant(&request).is_ok())).await;
            if granted.is_ok_and(|granted| granted) { http::StatusCode::OK } else { http::StatusCode::BAD_REQUEST }
        };
        let router = web::router(world.state.clone())
            .route("/test/exchange", axum::routing::post(exchange))
            .route("/test/callback", axum::routing::get(async || "back"));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { world, url, _runtime: runtime }
    }

    fn browser(&self) -> Browser {
        Browser::new().base_url(&self.url).person_in("en-GB", "Europe/Berlin")
    }

    fn args(&self) -> Value {
        json!({
            "username": "maya@northwind.example",
            "password": PASSWORD,
            "account": self.world.account.to_string(),
            "deal": self.world.deal.to_string(),
            "rep": self.world.rep.to_string(),
            "reader": self.world.reader.to_string(),
            "reports": self.world.reports.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "dashboard": self.world.dashboard().to_string(),
        })
    }
}

const FOLDER: &str = "crates/web/tests/it/journeys";

fn run(browser: &Browser, script: &str, args: &Value) -> Value {
    browser.run(format!("{FOLDER}/{script}.mjs"), args).unwrap_or_else(|error| panic!("{error:#}")).result
}

#[test]
fn a_person_signs_in_and_finds_filters_changes_and_deletes_records() {
    let site = Site::new();
    run(&site.browser(), "work", &site.args());
}

#[test]
fn everything_can_be_done_by_keyboard() {
    let site = Site::new();
    run(&site.browser(), "keyboard", &site.args());
}

#[test]
fn who_can_see_a_record_and_why_is_asked_by_keyboard() {
    let site = Site::new();
    site.world.share_deal();
    run(&site.browser(), "access", &site.args());
    run(&site.browser().without_java_script(), "access-plain", &site.args());
}

#[test]
fn reading_and_writing_work_without_script() {
    let site = Site::new();
    run(&site.browser().without_java_script(), "plain", &site.args());
}

#[test]
fn every_page_is_sound_on_a_desk_by_day() {
    let site = Site::new();
    let mail = include_str!("weekly.eml").replace('\n', "\r\n");
    let seq = site.world.mail("maya@northwind.example", &mail);
    run(&site.browser(), "tour", &with_mail(&site, seq));
}

#[test]
fn every_page_is_sound_on_a_desk_by_night() {
    let site = Site::new();
    let seq = site.world.mail("maya@northwind.example", &include_str!("weekly.eml").replace('\n', "\r\n"));
    run(&site.browser().color_scheme(ColorScheme::Dark), "tour", &with_mail(&site, seq));
}

#[test]
fn every_page_is_sound_on_a_small_window() {
    let site = Site::new();
    let seq = site.world.mail("maya@northwind.example", &include_str!("weekly.eml").replace('\n', "\r\n"));
    run(&site.browser().size(1024, 768), "tour", &with_mail(&site, seq));
}

#[test]
fn every_page_is_sound_on_a_phone() {
    let site = Site::new();
    let seq = site.world.mail("maya@northwind.example", &include_str!("weekly.eml").replace('\n', "\r\n"));
    run(&site.browser().size(390, 844), "tour", &with_mail(&site, seq));
}

/// Where the program of the tests waits for its answer: the same port under another name, which is another site to a
/// browser.
fn callback(url: &str) -> String {
    format!("{}/test/callback", url.replace("127.0.0.1", "localhost"))
}

/// A site with a program that asks its user for consent, and where it asks.
fn with_program() -> (Site, Value) {
    let site = Site::new();
    let callback = callback(&site.url);
    let client = identity::NewClient {
        client_id: "notebook".to_owned(),
        name: "Pipeline notebook".to_owned(),
        secret: None,
        redirect_uris: vec![callback.clone()],
        run_as: None,
        grants: vec![identity::GrantKind::AuthorizationCode, identity::GrantKind::RefreshToken],
    };
    site.world.state.identities.client_register(&site.world.org, client).expect("a client");
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs([
        ("response_type", "code"),
        ("client_id", "notebook"),
        ("redirect_uri", &callback),
        ("state", "xyz"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    ]);
    let mut args = site.args();
    args["authorize"] = format!("/services/oauth2/authorize?{}", query.finish()).into();
    args["callback"] = callback.into();
    (site, args)
}

#[test]
fn a_program_is_let_in_listed_and_ended_by_day() {
    let (site, args) = with_program();
    run(&site.browser(), "consent", &args);
}

#[test]
fn a_program_is_let_in_listed_and_ended_by_night_on_a_phone() {
    let (site, args) = with_program();
    run(&site.browser().color_scheme(ColorScheme::Dark).size(390, 844), "consent", &args);
}

#[test]
fn a_program_is_let_in_without_script() {
    let (site, mut args) = with_program();
    // The check of accessibility is a script itself.
    args["plain"] = true.into();
    run(&site.browser().without_java_script(), "consent", &args);
}

#[test]
fn an_administrator_lets_a_program_in_and_puts_it_out() {
    let site = Site::new();
    let mut args = site.args();
    args["username"] = "ada@northwind.example".into();
    run(&site.browser(), "programs", &args);
    run(&site.browser().color_scheme(ColorScheme::Dark).size(390, 844), "programs", &args);
}

#[test]
fn an_administrator_leads_changes_to_an_address_and_sees_how_webhooks_fare() {
    let site = Site::new();
    let mut args = site.args();
    args["username"] = "ada@northwind.example".into();
    let (ada, maya) =
        (Visitor::signed_in(&site.world, site.world.admin), Visitor::signed_in(&site.world, site.world.rep));
    for (kind, name, status) in [
        ("stopped", "Accounts for the warehouse in Gdynia", 410),
        ("failing", "A receiver that is being repaired", 503),
    ] {
        ada.post(
            "/webhooks/new",
            &[("name", name), ("url", "https://hooks.example.com/changes"), ("objects", "Account")],
        );
        args[kind] = webhooks::made(&site.world).into();
        webhooks::tell(&site.world, 200);
        maya.post("/new/Account", &[("Name", name)]);
        webhooks::tell(&site.world, status);
    }
    run(&site.browser(), "webhooks", &args);
    run(&site.browser().color_scheme(ColorScheme::Dark).size(390, 844), "webhooks", &args);
}

#[test]
fn a_report_is_scheduled_approved_and_followed_and_all_delivery_is_looked_at() {
    let site = Site::new();
    let mut args = site.args();
    let places = schedules::places(&site.world);
    args["waiting"] = places.waiting.into();
    args["run"] = places.run.into();
    args["leave"] = places.leave.into();
    let wide = || site.browser().size(1440, 900);
    let phone = || site.browser().color_scheme(ColorScheme::Dark).size(390, 844);
    run(&wide(), "schedules", &args);
    run(&phone(), "schedules", &args);
    args["username"] = "ada@northwind.example".into();
    run(&wide(), "operations", &args);
    run(&phone(), "operations", &args);
}

fn with_mail(site: &Site, seq: i64) -> Value {
    let mut args = site.args();
    args["mail"] = seq.into();
    args
}

#[test]
fn an_object_is_set_up_field_by_field_and_used() {
    for (scheme, width, height) in [(ColorScheme::Light, 1280, 800), (ColorScheme::Dark, 390, 844)] {
        // Each window starts with an organization that has no such object.
        let site = Site::new();
        let mut args = site.args();
        args["username"] = "ada@northwind.example".into();
        run(&site.browser().color_scheme(scheme).size(width, height), "setup", &args);
    }
}

#[test]
fn a_report_is_built_by_searching_by_key_and_by_drag() {
    let site = Site::new();
    run(&site.browser().size(1440, 900), "builder", &site.args());
}

#[test]
fn a_report_is_built_on_a_phone_by_night() {
    let site = Site::new();
    run(&site.browser().color_scheme(ColorScheme::Dark).size(390, 844), "builder", &site.args());
}

#[test]
fn a_reader_goes_from_a_group_to_its_records_and_changes_filters_for_once() {
    let site = Site::new();
    run(&site.browser().size(1440, 900), "report", &report_args(&site));
    run(&site.browser().color_scheme(ColorScheme::Dark).size(390, 844), "report", &report_args(&site));
}

#[test]
fn a_reader_goes_to_records_without_script() {
    let site = Site::new();
    let mut args = report_args(&site);
    args["plain"] = true.into();
    run(&site.browser().without_java_script(), "report", &args);
}

fn report_args(site: &Site) -> Value {
    let mut args = site.args();
    args["matrix"] = report_page::matrix(&site.world).to_string().into();
    args
}

#[test]
fn a_dashboard_is_put_together_by_key_and_by_drag() {
    let site = Site::new();
    run(&site.browser().size(1440, 900), "dashboard", &report_args(&site));
}

#[test]
fn a_dashboard_is_put_together_on_a_phone_by_night() {
    let site = Site::new();
    run(&site.browser().color_scheme(ColorScheme::Dark).size(390, 844), "dashboard", &report_args(&site));
}
