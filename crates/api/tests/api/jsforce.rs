//! jsforce, unmodified, over plain HTTP on loopback.

use crate::world::{CLIENT_ID, CLIENT_SECRET, World};
use std::time::Duration;

/// Runs a script against a served world.
fn run(script: &str) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a listener for tokio");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let world = World::at(&url);
    world.register_client(Some(world.admin));
    let password = world.password(world.admin);
    let router = world.router();
    let server = world.runtime().spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        axum::serve(listener, router).await.expect("a server");
    });
    let workers = platform::BulkWorkers::start(world.platform.clone(), 2).expect("threads");
    let env = [
        ("SERVER_URL", url.as_str()),
        ("SERVER_USERNAME", "admin@one.example"),
        ("SERVER_PASSWORD", password.as_str()),
        ("CLIENT_ID", CLIENT_ID),
        ("CLIENT_SECRET", CLIENT_SECRET),
    ];
    let done = test_support::node_script(format!("crates/api/tests/clients/{script}"), &env, Duration::from_secs(120));
    server.abort();
    drop(workers);
    let printed = done.unwrap_or_else(|error| panic!("{error}"));
    assert!(printed.ends_with("done\n"), "{printed}");
}

#[test]
fn jsforce_signs_in_by_oauth_and_by_soap() {
    run("sign_in.mjs");
}

#[test]
fn jsforce_creates_reads_changes_and_deletes() {
    run("records.mjs");
}

#[test]
fn jsforce_queries_over_several_pages() {
    run("queries.mjs");
}

#[test]
fn jsforce_describes() {
    run("describe.mjs");
}

#[test]
fn jsforce_reads_layouts_and_lists_and_runs_actions() {
    run("pages.mjs");
}

#[test]
fn jsforce_loads_and_queries_by_bulk_2() {
    run("bulk2.mjs");
}

#[test]
fn jsforce_loads_and_queries_by_bulk_1() {
    run("bulk1.mjs");
}

#[test]
fn jsforce_runs_describes_copies_and_deletes_reports_and_dashboards() {
    run("analytics.mjs");
}
