//! What a guesser learns: nothing.

use crate::world::{OTHER_PASSWORD, PASSWORD, World, page, program};
use model::ErrorCode;
use store::{AuditVerdict, Backed as _};

#[test]
fn unknown_users_wrong_passwords_locks_and_inactive_users_read_the_same() {
    let world = World::new();
    let unknown = world.refused(&page("nobody@red.example", PASSWORD));
    assert!(unknown.starts_with("INVALID_LOGIN"), "{unknown}");
    assert_eq!(world.refused(&page("rep@red.example", OTHER_PASSWORD)), unknown);
    assert_eq!(world.refused(&page("rep@red.example", "")), unknown);
    assert_eq!(world.refused(&page("", "")), unknown);
    for _ in 0..5 {
        assert_eq!(world.refused(&page("admin@blue.example", OTHER_PASSWORD)), unknown);
    }
    assert_eq!(world.refused(&page("admin@blue.example", PASSWORD)), unknown, "locked");
    world.set_active(&world.red, world.red.rep, false);
    assert_eq!(world.refused(&page("rep@red.example", PASSWORD)), unknown, "inactive");
}

#[test]
fn texts_of_any_length_are_refused_alike() {
    let world = World::new();
    let (unknown, long) = (world.refused(&page("nobody@red.example", PASSWORD)), "é".repeat(1_000_000));
    assert_eq!(world.refused(&page(&long, PASSWORD)), unknown);
    assert_eq!(world.refused(&page("rep@red.example", &long)), unknown);
    assert_eq!(world.refused(&page("rep@red.example", &format!("{PASSWORD}\0"))), unknown);
    assert_eq!(world.refused(&page("rep@red.example", &format!("{PASSWORD} "))), unknown);
    let client = identity::SignIn { client: "x".repeat(201), ..page("rep@red.example", PASSWORD) };
    assert_eq!(world.identities.sign_in(&client).expect_err("a long name").code(), ErrorCode::StringTooLong);
}

#[test]
fn programs_are_refused_in_one_wording_too() {
    let world = World::new();
    let unknown = world.refused(&program("nobody@red.example", PASSWORD));
    assert_eq!(world.refused(&program("rep@red.example", PASSWORD)), unknown, "the org has it off");
    world.allow_api_passwords(&world.red, true);
    assert_eq!(world.refused(&program("rep@red.example", PASSWORD)), unknown, "no security token");
    assert_eq!(world.refused(&program("rep@red.example", "é")), unknown);
}

#[test]
fn five_wrong_passwords_lock_for_a_quarter_of_an_hour() {
    let world = World::new();
    for _ in 0..4 {
        world.refused(&page("rep@red.example", OTHER_PASSWORD));
    }
    assert!(world.sign_in("rep@red.example", PASSWORD).is_ok(), "four are forgiven, and forgotten");
    for _ in 0..5 {
        world.refused(&page("rep@red.example", OTHER_PASSWORD));
    }
    world.refused(&page("rep@red.example", PASSWORD));
    world.clock.advance_minutes(14);
    world.refused(&page("rep@red.example", PASSWORD));
    world.clock.advance_minutes(1);
    assert!(world.sign_in("rep@red.example", PASSWORD).is_ok());
    assert_eq!(world.red.actions(world.red.rep).iter().filter(|action| *action == "account_lock").count(), 1);
}

#[test]
fn a_lock_leaves_open_sessions_alone_and_a_new_password_lifts_it() {
    let world = World::new();
    let opened = world.rep_session();
    for _ in 0..5 {
        world.refused(&page("rep@red.example", OTHER_PASSWORD));
    }
    assert_eq!(world.worth(&opened.token), "rep@red.example");
    world.identities.set_password(&world.red.org, world.red.rep, OTHER_PASSWORD).expect("a password");
    assert!(world.sign_in("rep@red.example", OTHER_PASSWORD).is_ok());
}

#[test]
fn an_administrator_sees_and_lifts_a_lock_and_nobody_else_does() {
    let world = World::new();
    let (admin, rep) = (world.red.ctx(world.red.admin), world.red.ctx(world.red.rep));
    let locked = || world.identities.account_locked_until(&admin, world.red.rep).expect("an answer");
    assert_eq!(locked(), None);
    for _ in 0..5 {
        world.refused(&page("rep@red.example", OTHER_PASSWORD));
    }
    assert_eq!(locked(), Some(admin.now().plus_ms(15 * 60_000)));
    let refused = world.identities.account_unlock(&rep, world.red.rep).expect_err("not for the rep");
    assert_eq!(refused.code(), ErrorCode::InsufficientAccessOrReadonly);
    world.identities.account_unlock(&admin, world.red.rep).expect("an end of the lock");
    assert_eq!(locked(), None);
    assert!(world.sign_in("rep@red.example", PASSWORD).is_ok());
    assert!(world.red.actions(world.red.rep).contains(&"account_unlock".to_owned()));
}

#[test]
fn guesses_at_the_security_token_and_at_the_current_password_count_too() {
    let world = World::new();
    world.allow_api_passwords(&world.red, true);
    let opened = world.rep_session();
    let session = world.identities.authenticate(&opened.token).expect("a session");
    for _ in 0..2 {
        world.refused(&program("rep@red.example", &format!("{PASSWORD}{}", "x".repeat(24))));
    }
    for _ in 0..3 {
        assert_eq!(
            world.identities.prove_again(&session, OTHER_PASSWORD).expect_err("a wrong password").code(),
            ErrorCode::InvalidLogin
        );
    }
    world.refused(&page("rep@red.example", PASSWORD));
}

#[test]
fn a_password_given_again_proves_who_somebody_is_in_their_own_org_alone() {
    let world = World::new();
    let proof = world.identities.step_up(&world.red.org, "rep@red.example", PASSWORD).expect("proven");
    assert_eq!(proof.person().expect("fresh").user().id, world.red.rep);
    let refused = |username: &str, password: &str| {
        let error = world.identities.step_up(&world.red.org, username, password).expect_err("refused");
        assert_eq!(error.code(), ErrorCode::InvalidLogin);
        error.message().to_owned()
    };
    let words = refused("rep@red.example", OTHER_PASSWORD);
    assert_eq!(refused("nobody@red.example", PASSWORD), words, "a name that nobody has is answered alike");
    assert_eq!(refused("rep@blue.example", PASSWORD), words, "and so is a name of another org");
    for _ in 0..4 {
        refused("rep@red.example", OTHER_PASSWORD);
    }
    refused("rep@red.example", PASSWORD);
    assert!(world.red.actions(world.red.rep).contains(&"account_lock".to_owned()));
    world.clock.advance_minutes(6);
    assert_eq!(proof.person().expect_err("too old").code(), ErrorCode::InvalidSessionId);
}

#[test]
fn a_new_sign_in_key_ends_every_session_and_people_sign_in_again() {
    let world = World::new();
    let before = world.rep_session();
    assert!(world.identities.authenticate(&before.token).is_ok());
    world.platform.key_rotate(world.red.org.id(), store::Purpose::SignIn).expect("a version");
    let error = world.identities.authenticate(&before.token).expect_err("void");
    assert_eq!(error.code(), ErrorCode::InvalidSessionId);
    let again = world.sign_in("rep@red.example", PASSWORD).expect("the password stands under no key");
    assert!(world.identities.authenticate(&again.token).is_ok());
}

#[test]
fn guesses_in_parallel_are_counted_like_guesses_in_a_row() {
    let world = World::new();
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| world.sign_in("rep@red.example", OTHER_PASSWORD).is_ok());
        }
    });
    let counted = |why: &str| world.red.log(world.red.rep).iter().filter(|row| row.detail.contains(why)).count();
    assert_eq!((counted("\"wrong password\""), counted("locked after")), (5, 7));
}

#[test]
fn the_log_tells_why_and_holds_no_secret() {
    let world = World::new();
    world.allow_api_passwords(&world.red, true);
    let security_token = world.identities.reset_security_token(&world.red.org, world.red.rep).expect("a token");
    let secret = format!("{PASSWORD}{security_token}");
    let opened = world.identities.sign_in(&program("rep@red.example", &secret)).expect("a session");
    world.refused(&page("rep@red.example", OTHER_PASSWORD));
    world.identities.sign_out(&opened.token).expect("a sign-out");
    assert_eq!(
        world.red.actions(world.red.rep),
        ["password_set", "security_token_reset", "session_open", "session_refuse", "session_close"]
    );
    let log = world.red.log(world.red.rep);
    let actor_of = |action: &str| log.iter().find(|row| row.action == action).map(|row| row.actor.clone());
    assert_eq!(actor_of("session_open"), Some(world.red.rep.to_string()));
    assert_eq!(actor_of("session_refuse"), Some("service:sign-in".to_owned()));
    let (_, random) = opened.token.split_once('!').expect("a token");
    let everything = world.red.org.store().read(|tx| tx.audit_rows(None, 100_000)).expect("rows");
    for row in everything {
        for secret in [PASSWORD, OTHER_PASSWORD, &security_token, random, &opened.csrf, "argon2"] {
            assert!(!row.detail.contains(secret), "{} holds a secret: {}", row.action, row.detail);
        }
    }
    let verdict = world.red.org.store().read(|tx| tx.audit_verify()).expect("a verdict");
    assert!(matches!(verdict, AuditVerdict::Whole { .. }), "{verdict:?}");
}

#[test]
fn nothing_that_can_be_printed_shows_a_secret() {
    let world = World::new();
    let opened = world.rep_session();
    let session = world.identities.authenticate(&opened.token).expect("a session");
    let shown = format!("{:?} {:?} {:?} {:?}", page("rep@red.example", PASSWORD), opened, session, world.identities);
    for secret in [PASSWORD, &opened.token, &opened.csrf] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn unknown_usernames_are_counted_and_not_kept() {
    let world = World::new();
    for name in ["nobody@red.example", PASSWORD, "nobody@red.example"] {
        world.refused(&page(name, PASSWORD));
    }
    let counts = [&world.red, &world.blue].map(|home| {
        let text = home.org.store().read(|tx| tx.setting("sign_in_unknown")).expect("a setting");
        text.map_or(0, |text| text.parse::<u32>().expect("a count"))
    });
    assert_eq!(counts.iter().sum::<u32>(), 3);
}
