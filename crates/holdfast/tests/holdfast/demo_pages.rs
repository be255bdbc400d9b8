//! The demo in a real browser, and the picture of it that stands in the README.

use crate::program::BINARY;
use serde_json::json;
use test_support::{Browser, HoldfastProcess, project_root};

/// Who looks at the demo: the whole team's work is theirs to see.
const VISITOR: &str = "marcus.whitfield@corvane.example";

#[test]
fn the_home_page_shows_what_the_api_sums_up_and_the_mail_can_be_read() {
    let process = HoldfastProcess::demo(BINARY).expect("the demo starts");
    let access = process.access();
    let args = json!({ "username": VISITOR, "password": access.password, "token": access.token });
    let browser = Browser::new().base_url(process.url()).size(1280, 860).person_in("en-GB", "Europe/London");
    let run = browser
        .run("crates/holdfast/tests/clients/demo_pages.mjs", &args)
        .unwrap_or_else(|error| panic!("{error:#}\n{}", process.log()));
    // The picture is part of the documentation: it is taken anew on request, so that a test leaves no trace.
    if std::env::var_os("HOLDFAST_UPDATE_PICTURES").is_some() {
        let picture = run.screenshots.iter().find(|path| path.ends_with("home-light.png")).expect("the picture");
        std::fs::copy(picture, project_root().join("docs/images/home-light.png")).expect("the picture is kept");
    }
}
