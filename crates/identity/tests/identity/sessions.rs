//! How long sessions live and what ends them.

use crate::world::{PASSWORD, World};
use identity::SessionKind;
use model::{ErrorCode, RecordId};
use platform::provision;
use regex::Regex;
use store::Backed as _;

#[test]
fn a_token_has_the_shape_that_clients_demand() {
    let world = World::new();
    let opened = world.rep_session();
    let demanded = Regex::new(r"^(00D\w{12,15})![.\w]*$").expect("a pattern");
    assert!(demanded.is_match(&opened.token), "{}", opened.token);
    let (org, random) = opened.token.split_once('!').expect("two parts");
    assert_eq!(org, world.red.org.id().record_id().to_short());
    assert_eq!(random.len(), 43, "256 bits");
}

#[test]
fn the_store_keeps_no_token() {
    let world = World::new();
    let opened = world.rep_session();
    let rows = world.red.org.store().read(|tx| tx.sessions_of(world.red.rep)).expect("rows");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].token_hash.len(), 32);
    assert!(!opened.token.as_bytes().windows(32).any(|window| window == rows[0].token_hash));
}

#[test]
fn forged_tokens_are_worth_nothing() {
    let world = World::new();
    let opened = world.rep_session();
    let (org, random) = opened.token.split_once('!').expect("two parts");
    let blue = world.blue.org.id().record_id().to_short();
    let absent = "00D000000000zzz";
    let long = format!("{org}18");
    let mut forged: Vec<String> = ["", "!", "00D", "x!y", "00D000000000001", "\u{0}", "é!é"].map(str::to_owned).into();
    forged.extend([
        format!("{org}!"),
        format!("!{random}"),
        format!("{org}!{random}x"),
        format!("{org}!{}", &random[1..]),
        format!("{org}!{}", random.to_lowercase()),
        format!("{}!{random}", org.to_lowercase()),
        format!("{blue}!{random}"),
        format!("{absent}!{random}"),
        format!("{long}!{random}"),
        format!("{}!{random}", world.red.org.id()),
        format!("{org}!{random}!{random}"),
        format!(" {}", opened.token),
        format!("{}\n", opened.token),
        format!("{}%00", opened.token),
        format!("{org}!{}", "a".repeat(100_000)),
        format!("{}!{random}", world.red.rep.to_short()),
    ]);
    for token in forged {
        let shown: String = token.chars().take(60).collect();
        assert_eq!(world.worth(&token), "INVALID_SESSION_ID", "{shown}");
        world.identities.sign_out(&token).expect("no error");
    }
    assert_eq!(world.worth(&opened.token), "rep@red.example");
}

#[test]
fn a_session_ends_after_two_idle_hours() {
    let world = World::new();
    let opened = world.rep_session();
    world.clock.advance_minutes(119);
    assert_eq!(world.worth(&opened.token), "rep@red.example");
    world.clock.advance_minutes(119);
    assert_eq!(world.worth(&opened.token), "rep@red.example");
    world.clock.advance_minutes(120);
    assert_eq!(world.worth(&opened.token), "INVALID_SESSION_ID");
    let log = world.red.log(world.red.rep);
    let last = log.last().expect("a row");
    assert_eq!((last.action.as_str(), last.detail.contains("expired")), ("session_close", true));
}

#[test]
fn a_browser_session_ends_after_twelve_hours_however_busy() {
    let world = World::new();
    let opened = world.rep_session();
    let program =
        world.identities.open_session(&world.red.org, world.red.rep, SessionKind::Api, "loader").expect("a session");
    for _ in 0..11 {
        world.clock.advance_minutes(60);
        assert_eq!(world.worth(&opened.token), "rep@red.example");
        assert_eq!(world.worth(&program.token), "rep@red.example");
    }
    world.clock.advance_minutes(60);
    assert_eq!(world.worth(&opened.token), "INVALID_SESSION_ID");
    assert_eq!(world.worth(&program.token), "rep@red.example", "programs keep what they use");
}

#[test]
fn use_is_written_down_at_most_once_a_minute() {
    let world = World::new();
    let opened = world.rep_session();
    let used = || world.red.org.store().read(|tx| tx.sessions_of(world.red.rep)).expect("rows")[0].used;
    let start = used();
    world.worth(&opened.token);
    assert_eq!(used(), start);
    world.clock.advance_minutes(1);
    world.worth(&opened.token);
    assert_eq!(used(), start.plus_ms(60_000));
}

#[test]
fn signing_out_ends_one_session_and_can_be_repeated() {
    let world = World::new();
    let (one, other) = (world.rep_session(), world.rep_session());
    world.identities.sign_out(&one.token).expect("a sign-out");
    world.identities.sign_out(&one.token).expect("a second sign-out");
    world.identities.revoke(&one.token).expect("a revocation");
    assert_eq!(world.worth(&one.token), "INVALID_SESSION_ID");
    assert_eq!(world.worth(&other.token), "rep@red.example");
    assert_eq!(world.red.actions(world.red.rep).iter().filter(|action| *action == "session_close").count(), 1);
}

#[test]
fn deactivation_ends_every_session_at_once_and_for_good() {
    let world = World::new();
    let sessions: Vec<_> = (0..3).map(|_| world.rep_session()).collect();
    let admin = world.sign_in("admin@red.example", PASSWORD).expect("a session");
    world.set_active(&world.red, world.red.rep, false);
    for opened in &sessions {
        assert_eq!(world.worth(&opened.token), "INVALID_SESSION_ID");
    }
    assert_eq!(world.worth(&admin.token), "admin@red.example");
    assert!(world.identities.open_session(&world.red.org, world.red.rep, SessionKind::Api, "").is_err());
    world.set_active(&world.red, world.red.rep, true);
    assert_eq!(world.worth(&sessions[0].token), "INVALID_SESSION_ID", "a session does not come back with its user");
    assert!(world.sign_in("rep@red.example", PASSWORD).is_ok());
}

#[test]
fn losing_the_right_to_the_api_stops_api_sessions_at_the_next_request() {
    let world = World::new();
    let opened =
        world.identities.open_session(&world.red.org, world.red.rep, SessionKind::Api, "loader").expect("a session");
    let service = platform::Ctx::for_service(&world.red.org, &provision::PROVISION).expect("the service");
    let reader = provision::by_name(&service, "Profile", "Read Only").expect("a profile");
    world.change_user(&world.red, world.red.rep, &[("ProfileId", reader.into())]);
    assert_eq!(world.worth(&opened.token), "API_DISABLED_FOR_ORG");
}

#[test]
fn a_person_sees_and_ends_their_own_sessions_alone() {
    let world = World::new();
    let (one, other) = (world.rep_session(), world.rep_session());
    let session = world.identities.authenticate(&one.token).expect("a session");
    let open = world.identities.sessions_of(&session.ctx).expect("sessions");
    assert_eq!(open.len(), 2);
    let elsewhere = open.iter().find(|open| open.handle != session.handle()).expect("the other one");
    world.identities.session_end(&session.ctx, world.red.rep, &elsewhere.handle).expect("an end");
    assert_eq!(world.worth(&other.token), "INVALID_SESSION_ID");
    let again = world.identities.session_end(&session.ctx, world.red.rep, &elsewhere.handle);
    assert_eq!(again.expect_err("gone").code(), ErrorCode::NotFound);
    for refused in [
        world.identities.sessions_of_user(&session.ctx, world.red.admin).err(),
        world.identities.session_end(&session.ctx, world.red.admin, "00").err(),
        world.identities.sessions_end_all(&session.ctx, world.red.admin, None).err(),
    ] {
        assert_eq!(refused.expect("a refusal").code(), ErrorCode::InsufficientAccessOrReadonly);
    }
}

#[test]
fn an_administrator_ends_all_sessions_of_a_user() {
    let world = World::new();
    let tokens: Vec<_> = (0..2).map(|_| world.rep_session().token).collect();
    let admin = world.red.ctx(world.red.admin);
    assert_eq!(world.identities.sessions_of_user(&admin, world.red.rep).expect("sessions").len(), 2);
    assert_eq!(world.identities.sessions_end_all(&admin, world.red.rep, None).expect("an end"), 2);
    assert!(tokens.iter().all(|token| world.worth(token) == "INVALID_SESSION_ID"));
    let log = world.red.log(world.red.rep);
    let last = log.last().expect("a row");
    assert_eq!((last.action.as_str(), &last.actor), ("session_close_all", &world.red.admin.to_string()));
}

#[test]
fn expired_sessions_are_swept_out_when_the_user_signs_in_again() {
    let world = World::new();
    for _ in 0..3 {
        world.rep_session();
    }
    world.clock.advance_minutes(121);
    assert_eq!(world.identities.sessions_of(&world.red.ctx(world.red.rep)).expect("sessions").len(), 0);
    world.rep_session();
    assert_eq!(world.red.org.session_count(world.red.rep).expect("a count"), 1);
}

#[test]
fn a_session_outlives_a_restart() {
    let world = World::new();
    let opened = world.rep_session();
    let restarted = identity::Identities::new(world.platform.clone());
    assert_eq!(restarted.authenticate(&opened.token).expect("a session").ctx.user_id(), Some(world.red.rep));
}

#[test]
fn no_session_is_opened_for_a_user_who_is_not_there() {
    let world = World::new();
    let nobody = RecordId::parse("005000000009999").expect("an id");
    let refused = world.identities.open_session(&world.red.org, nobody, SessionKind::Browser, "demo");
    assert_eq!(refused.expect_err("no user").code(), ErrorCode::InvalidSessionId);
    let long = world.identities.open_session(&world.red.org, world.red.rep, SessionKind::Browser, &"x".repeat(201));
    assert_eq!(long.expect_err("a long name").code(), ErrorCode::StringTooLong);
}
