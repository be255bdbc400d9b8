//! The browser and what its harness notices.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use test_support::{Browser, BrowserRun, ColorScheme};

const JOURNEY: &str = "crates/test-support/tests/it/journey.mjs";

fn page(html: &str) -> Result<BrowserRun> {
    Browser::new().run(JOURNEY, &json!({ "html": html }))
}

fn failure(html: &str) -> String {
    page(html).expect_err("the page is at fault").to_string()
}

const SOUND: &str = "<!doctype html><html lang=en><title>Orders</title><main><h1>Orders</h1>\
    <label>Name <input value=Acme></label><button>Save</button></main></html>";

#[test]
fn a_sound_page_passes_and_gives_its_result_back() -> Result<()> {
    let run = page(SOUND)?;
    assert_eq!(run.result["title"], "Orders");
    assert_eq!(run.result["accessibility"], json!([]));
    assert!(run.screenshots[0].ends_with("a_sound_page_passes_and_gives_its_result_back/orders.png"));
    let picture = std::fs::read(&run.screenshots[0])?;
    assert!(picture.starts_with(b"\x89PNG"));
    Ok(())
}

#[test]
fn the_page_sees_the_person_it_is_shown_to() -> Result<()> {
    let person = Browser::new().size(390, 844).color_scheme(ColorScheme::Dark).person_in("de-DE", "Europe/Berlin");
    let run = person.run(JOURNEY, &json!({ "html": SOUND }))?;
    let expected = json!({ "width": 390, "dark": true, "language": "de-DE", "zone": "Europe/Berlin" });
    assert_eq!(run.result["person"], expected);
    Ok(())
}

#[test]
fn a_failed_check_says_what_was_expected_and_seen() {
    let message = failure("<!doctype html><title>x</title><h1>Quotes</h1>");
    assert!(message.contains("should say 'Orders'") && message.contains("'Quotes'"), "{message}");
    assert!(message.contains("failure.png"), "{message}");
}

#[test]
fn an_error_on_the_console_fails_the_journey() {
    let message = failure(&format!("{SOUND}<script>console.error('no such column')</script>"));
    assert!(message.contains("console: no such column"), "{message}");
}

#[test]
fn an_uncaught_exception_fails_the_journey() {
    let message = failure(&format!("{SOUND}<script>throw new Error('lost')</script>"));
    assert!(message.contains("uncaught: Error: lost"), "{message}");
}

#[test]
fn a_violation_of_the_content_security_policy_fails_the_journey() {
    let policy = "<meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">";
    let html = SOUND.replace("<main>", &format!("{policy}<main>"));
    let message = failure(&format!("{html}<script>document.title = 'changed'</script>"));
    assert!(message.contains("content security policy: script-src-elem forbids inline"), "{message}");
}

#[test]
fn a_problem_that_is_provoked_on_purpose_can_be_allowed() -> Result<()> {
    let html = format!("{SOUND}<script>console.error('no such column')</script>");
    Browser::new().run(JOURNEY, &json!({ "html": html, "allow": "no such column" }))?;
    Ok(())
}

#[test]
fn a_page_that_keeps_people_out_fails_the_journey() {
    let message = failure(&SOUND.replace("<label>Name <input value=Acme></label>", "<input value=Acme>"));
    assert!(message.contains("critical label"), "{message}");
}

#[test]
fn a_page_works_without_java_script_when_asked() -> Result<()> {
    let html = format!("{SOUND}<script>document.title = 'changed'</script>");
    let run = Browser::new().without_java_script().run(JOURNEY, &json!({ "html": html, "withoutScript": true }))?;
    assert_eq!(run.result, Value::from("Orders"));
    Ok(())
}

#[test]
fn a_journey_over_its_time_is_ended() {
    let outcome = Browser::new().within(Duration::from_secs(3)).run(JOURNEY, &json!({ "html": SOUND, "hang": true }));
    let message = outcome.expect_err("it never returns").to_string();
    assert!(message.contains("did not end within 3s"), "{message}");
}
