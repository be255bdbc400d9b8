//! What is written about the surface is what the surface is.

use std::path::PathBuf;

/// Set to 1, the page is written anew in place of being compared.
const RENEW: &str = "HOLDFAST_RENEW_DOCS";

#[test]
fn the_page_about_the_api_is_made_from_its_routes() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md");
    let reference = api::reference();
    if std::env::var(RENEW).is_ok_and(|value| value == "1") {
        std::fs::write(&path, &reference).expect("the page is written");
    }
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        page == reference,
        "docs/api.md is not what the routes say: run this test with {RENEW}=1 and read the change"
    );
}
