//! Proving who one is by password, and changing it.

use crate::world::{OTHER_PASSWORD, PASSWORD, World, page, program, user};
use identity::{Identities, IdentityConfig, PasswordCost, SessionKind};
use model::{ErrorCode, Value};
use platform::provision;
use store::Backed as _;

#[test]
fn the_right_password_opens_a_session_in_the_users_own_org() {
    let world = World::new();
    let opened = world.sign_in("rep@blue.example", PASSWORD).expect("a session");
    assert_eq!((opened.org.id(), opened.user), (world.blue.org.id(), world.blue.rep));
    let session = world.identities.authenticate(&opened.token).expect("a session");
    assert_eq!(session.ctx.user_id(), Some(world.blue.rep));
    assert_eq!((session.kind, session.expires), (SessionKind::Browser, opened.expires));
    assert!(session.csrf_matches(&opened.csrf));
    assert!(!session.csrf_matches(""));
}

#[test]
fn usernames_do_not_care_about_case_and_passwords_do() {
    let world = World::new();
    assert!(world.sign_in("REP@Red.Example", PASSWORD).is_ok());
    assert!(world.sign_in("rep@red.example", &PASSWORD.to_uppercase()).is_err());
}

#[test]
fn a_new_password_ends_the_users_sessions_and_the_old_password() {
    let world = World::new();
    let (opened, other) = (world.rep_session(), world.sign_in("rep@blue.example", PASSWORD).expect("a session"));
    world.identities.set_password(&world.red.org, world.red.rep, OTHER_PASSWORD).expect("a password");
    assert_eq!(world.worth(&opened.token), "INVALID_SESSION_ID");
    assert_eq!(world.worth(&other.token), "rep@blue.example");
    assert!(world.sign_in("rep@red.example", PASSWORD).is_err());
    assert!(world.sign_in("rep@red.example", OTHER_PASSWORD).is_ok());
}

#[test]
fn who_changes_the_password_stays_signed_in_here_and_nowhere_else() {
    let world = World::new();
    let (here, elsewhere) = (world.rep_session(), world.rep_session());
    let session = world.identities.authenticate(&here.token).expect("a session");
    let wrong = world.identities.change_password(&session, OTHER_PASSWORD, OTHER_PASSWORD);
    assert_eq!(wrong.expect_err("a wrong password").code(), ErrorCode::InvalidLogin);
    let same = world.identities.change_password(&session, PASSWORD, PASSWORD);
    assert_eq!(same.expect_err("the same password").code(), ErrorCode::FieldIntegrityException);
    world.identities.change_password(&session, PASSWORD, OTHER_PASSWORD).expect("a change");
    assert_eq!(world.worth(&here.token), "rep@red.example");
    assert_eq!(world.worth(&elsewhere.token), "INVALID_SESSION_ID");
}

#[test]
fn weak_passwords_are_refused_with_the_rule() {
    let world = World::new();
    for (weak, word) in [
        ("kurz", "at least 10"),
        ("rep@red.example", "username"),
        ("password1234", "easy to guess"),
        ("redredredred", "easy to guess"),
    ] {
        let refused = world.identities.set_password(&world.red.org, world.red.rep, weak).expect_err(weak);
        assert_eq!(refused.fields(), ["Password"]);
        assert!(refused.message().contains(word), "{weak}: {}", refused.message());
    }
    assert!(world.sign_in("rep@red.example", PASSWORD).is_ok());
}

#[test]
fn a_password_can_be_set_for_users_alone() {
    let world = World::new();
    let nobody = model::RecordId::parse("005000000009999").expect("an id");
    let refused = world.identities.set_password(&world.red.org, nobody, OTHER_PASSWORD).expect_err("no user");
    assert_eq!(refused.code(), ErrorCode::NotFound);
    let refused = world.identities.reset_security_token(&world.red.org, nobody).expect_err("no user");
    assert_eq!(refused.code(), ErrorCode::NotFound);
}

#[test]
fn password_sign_in_over_the_api_is_off_until_the_org_turns_it_on() {
    let world = World::new();
    let token = world.identities.reset_security_token(&world.red.org, world.red.rep).expect("a token");
    let asked = program("rep@red.example", &format!("{PASSWORD}{token}"));
    assert!(world.identities.sign_in(&asked).is_err());
    world.allow_api_passwords(&world.red, true);
    let opened = world.identities.sign_in(&asked).expect("a session");
    assert_eq!(world.identities.authenticate(&opened.token).expect("a session").kind, SessionKind::Api);
    world.allow_api_passwords(&world.red, false);
    assert!(world.identities.sign_in(&asked).is_err());
}

#[test]
fn a_program_needs_the_newest_security_token_behind_the_password() {
    let world = World::new();
    world.allow_api_passwords(&world.red, true);
    let sign_in = |text: String| world.identities.sign_in(&program("rep@red.example", &text)).is_ok();
    assert!(!sign_in(PASSWORD.to_owned()), "no token was ever given out");
    let old = world.identities.reset_security_token(&world.red.org, world.red.rep).expect("a token");
    assert_eq!(old.len(), 24);
    assert!(sign_in(format!("{PASSWORD}{old}")));
    let new = world.identities.reset_security_token(&world.red.org, world.red.rep).expect("a token");
    assert_ne!(old, new);
    assert!(!sign_in(format!("{PASSWORD}{old}")));
    assert!(!sign_in(PASSWORD.to_owned()));
    assert!(!sign_in(format!("{new}{PASSWORD}")));
    assert!(sign_in(format!("{PASSWORD}{new}")));
    assert!(
        world.sign_in("rep@red.example", &format!("{PASSWORD}{new}")).is_err(),
        "the page takes the password alone"
    );
}

#[test]
fn an_org_may_do_without_the_security_token() {
    let world = World::new();
    world.allow_api_passwords(&world.red, true);
    let token = world.identities.reset_security_token(&world.red.org, world.red.rep).expect("a token");
    let settings = platform::OrgSettings { security_token_required: false, ..(*world.red.org.settings()).clone() };
    world.red.org.put_settings(settings).expect("settings");
    let sign_in = |text: &str| world.identities.sign_in(&program("rep@red.example", text)).is_ok();
    assert!(sign_in(PASSWORD));
    assert!(sign_in(&format!("{PASSWORD}{token}")), "programs that send it still get in");
    assert!(!sign_in(&format!("{PASSWORD}x")));
    assert!(!sign_in(&token));
}

#[test]
fn a_user_without_the_right_to_the_api_gets_no_api_session() {
    let world = World::new();
    world.allow_api_passwords(&world.red, true);
    let service = platform::Ctx::for_service(&world.red.org, &provision::PROVISION).expect("the service");
    let reader = user(&service, "reader@red.example", "Read Only");
    world.identities.set_password(&world.red.org, reader, PASSWORD).expect("a password");
    let token = world.identities.reset_security_token(&world.red.org, reader).expect("a token");
    let refused = world.identities.sign_in(&program("reader@red.example", &format!("{PASSWORD}{token}")));
    assert_eq!(refused.expect_err("no API").code(), ErrorCode::ApiDisabledForOrg);
    assert!(world.sign_in("reader@red.example", PASSWORD).is_ok());
}

#[test]
fn a_renamed_user_signs_in_by_the_new_name_at_once() {
    let world = World::new();
    world.rep_session();
    world.change_user(&world.red, world.red.rep, &[("Username", "seller@red.example".into())]);
    assert!(world.sign_in("rep@red.example", PASSWORD).is_err());
    assert!(world.sign_in("seller@red.example", PASSWORD).is_ok());
}

#[test]
fn one_person_in_two_orgs_enters_the_one_whose_password_it_is() {
    let world = World::new();
    world.change_user(&world.blue, world.blue.rep, &[("Username", "rep@red.example".into())]);
    world.identities.set_password(&world.blue.org, world.blue.rep, OTHER_PASSWORD).expect("a password");
    for _ in 0..6 {
        let blue = world.sign_in("rep@red.example", OTHER_PASSWORD).expect("a session");
        assert_eq!(blue.org.id(), world.blue.org.id());
    }
    let red = world.rep_session();
    assert_eq!(red.org.id(), world.red.org.id(), "the other org's password was no wrong guess here");
    let within = world.identities.sign_in_within(Some(&[world.blue.org.id()]), &page("rep@red.example", PASSWORD));
    assert!(within.is_err());
}

#[test]
fn a_password_kept_at_another_cost_is_hashed_anew_when_it_is_used() {
    let world = World::new();
    let dearer = IdentityConfig {
        password_cost: PasswordCost { memory_kib: 64, passes: 2, lanes: 1 },
        ..IdentityConfig::default()
    };
    let identities = Identities::with_config(world.platform.clone(), dearer).expect("identities");
    let kept = || world.red.org.store().read(|tx| tx.credential(world.red.rep)).expect("a read").expect("a credential");
    assert!(kept().password_hash.contains("m=8,t=1"), "{}", kept().password_hash);
    identities.sign_in(&page("rep@red.example", PASSWORD)).expect("a session");
    assert!(kept().password_hash.starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{}", kept().password_hash);
    assert!(world.sign_in("rep@red.example", PASSWORD).is_ok());
}

#[test]
fn a_sign_in_is_stamped_on_the_user_and_changes_nothing_else_of_it() {
    let world = World::new();
    let read = || {
        let text =
            format!("SELECT LastLoginDate, LastModifiedDate, SystemModstamp FROM User WHERE Id = '{}'", world.red.rep);
        let (_, rows) =
            world.red.ctx(world.red.admin).query_all_rows(&text, platform::QueryOptions::default()).expect("rows");
        rows[0].cells.iter().map(|cell| cell.value().clone()).collect::<Vec<_>>()
    };
    let before = read();
    assert_eq!(before[0], Value::Null);
    world.clock.advance_minutes(3);
    world.rep_session();
    let after = read();
    assert_eq!(after[0], Value::DateTime(world.red.org.now()));
    assert_eq!(after[1..], before[1..]);
}
