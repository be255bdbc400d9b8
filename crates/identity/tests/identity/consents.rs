//! The authorization code flow with PKCE, refresh tokens, and how a consent ends.

use crate::world::{OTHER_PASSWORD, PASSWORD, World};
use identity::{
    AuthorizeRefusal, AuthorizeRequest, Grant, GrantKind, NewClient, OAuthError, Session, TokenReply, TokenRequest,
};
use model::{ErrorCode, RecordId};
use store::Backed as _;

/// The example of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "https://app.example/callback";
const SECRET: &str = "b0a1f5c2d3e4968778695a4b";

/// A world in which the red org knows a public and a confidential client, and the rep is at the screen.
struct Desk {
    world: World,
    session: Session,
    browser_token: String,
}

impl Desk {
    fn new() -> Self {
        let world = World::new();
        for (client_id, secret) in [("public", None), ("confidential", Some(SECRET.to_owned()))] {
            let client = NewClient {
                client_id: client_id.to_owned(),
                name: format!("The {client_id} one"),
                secret,
                redirect_uris: vec![REDIRECT.to_owned()],
                run_as: None,
                grants: vec![GrantKind::AuthorizationCode, GrantKind::RefreshToken],
            };
            world.identities.client_register(&world.red.org, client).expect("a client");
        }
        let browser_token = world.rep_session().token;
        let session = world.identities.authenticate(&browser_token).expect("a session");
        Self { world, session, browser_token }
    }

    fn rep(&self) -> RecordId {
        self.world.red.rep
    }

    fn authorize(&self, text: &str) -> Result<String, AuthorizeRefusal> {
        self.world.identities.authorize_grant(&self.session, &request(text))
    }

    /// A code for the public client.
    fn code(&self) -> String {
        code_in(&self.authorize(&public("")).expect("a code"))
    }

    fn exchange(&self, code: &str) -> Result<TokenReply, OAuthError> {
        self.exchange_as("public", None, code, REDIRECT, Some(VERIFIER))
    }

    fn exchange_as(
        &self,
        client: &str,
        secret: Option<&str>,
        code: &str,
        redirect: &str,
        verifier: Option<&str>,
    ) -> Result<TokenReply, OAuthError> {
        self.ask(
            client,
            secret,
            Grant::AuthorizationCode {
                code: code.to_owned(),
                redirect_uri: redirect.to_owned(),
                code_verifier: verifier.map(str::to_owned),
            },
        )
    }

    fn refresh(&self, token: &str) -> Result<TokenReply, OAuthError> {
        self.ask("public", None, Grant::RefreshToken { refresh_token: token.to_owned() })
    }

    fn ask(&self, client: &str, secret: Option<&str>, grant: Grant) -> Result<TokenReply, OAuthError> {
        let request = TokenRequest { client_id: client.to_owned(), client_secret: secret.map(str::to_owned), grant };
        self.world.identities.token_grant(&request)
    }
}

fn public(more: &str) -> String {
    format!("response_type=code&client_id=public&redirect_uri={REDIRECT}&code_challenge={CHALLENGE}{more}")
}

fn request(text: &str) -> AuthorizeRequest {
    let pairs: Vec<(String, String)> = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    AuthorizeRequest::from_query(&pairs)
}

/// The code in an address, with its one escaped character put back.
fn code_in(address: &str) -> String {
    let (_, rest) = address.split_once("code=").expect("a code");
    rest.split('&').next().unwrap_or_default().replace("%21", "!")
}

fn refresh_token(reply: &TokenReply) -> String {
    reply.refresh_token.clone().expect("a refresh token")
}

#[test]
fn a_consent_becomes_a_code_and_the_code_a_session() {
    let desk = Desk::new();
    let consent = desk.world.identities.authorize_check(&desk.session, &request(&public(""))).expect("a consent");
    assert_eq!((consent.client_name.as_str(), consent.is_lasting), ("The public one", true));
    let address = desk.authorize(&public("&state=a/b c")).expect("a code");
    assert!(address.starts_with("https://app.example/callback?code=00D"), "{address}");
    assert!(address.ends_with("&state=a%2Fb%20c"), "{address}");
    let reply = desk.exchange(&code_in(&address)).expect("a token");
    let session = desk.world.identities.authenticate(&reply.access_token).expect("a session");
    assert_eq!((session.ctx.user_id(), session.client.as_str()), (Some(desk.rep()), "public"));
    let body = reply.to_json("https://crm.example").expect("a body");
    assert_eq!(body["scope"], "refresh_token api");
    assert_eq!(body["refresh_token"], refresh_token(&reply));
    // What `sf` takes in an address that carries a sign-in from machine to machine.
    assert!(refresh_token(&reply).bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte)));
}

#[test]
fn a_refresh_token_opens_sessions_again_and_again() {
    let desk = Desk::new();
    let first = desk.exchange(&desk.code()).expect("a token");
    for _ in 0..3 {
        desk.world.clock.advance_minutes(60 * 24 * 60);
        let reply = desk.refresh(&refresh_token(&first)).expect("a token");
        assert!(reply.refresh_token.is_none(), "the same one goes on");
        assert_eq!(desk.world.worth(&reply.access_token), "rep@red.example");
    }
    desk.world.clock.advance_minutes(90 * 24 * 60);
    let refused = desk.refresh(&refresh_token(&first)).expect_err("too long away");
    assert_eq!((refused.error, refused.description.as_str()), ("invalid_grant", "expired access/refresh token"));
}

#[test]
fn a_refresh_token_is_no_access_token_and_the_other_way_round() {
    let desk = Desk::new();
    let reply = desk.exchange(&desk.code()).expect("a token");
    assert_eq!(desk.world.worth(&refresh_token(&reply)), "INVALID_SESSION_ID");
    assert!(desk.refresh(&reply.access_token).is_err());
    assert_eq!(desk.world.worth(&desk.code()), "INVALID_SESSION_ID");
    assert!(desk.refresh(&desk.code()).is_err());
    assert!(desk.exchange(&refresh_token(&reply)).is_err());
}

#[test]
fn a_code_lives_five_minutes() {
    let desk = Desk::new();
    let (early, late) = (desk.code(), desk.code());
    desk.world.clock.advance_minutes(4);
    assert!(desk.exchange(&early).is_ok());
    desk.world.clock.advance_minutes(1);
    assert_eq!(desk.exchange(&late).expect_err("expired").error, "invalid_grant");
}

#[test]
fn a_code_that_comes_twice_ends_what_it_gave() {
    let desk = Desk::new();
    let code = desk.code();
    let reply = desk.exchange(&code).expect("a token");
    desk.world.clock.advance_minutes(30);
    assert_eq!(desk.exchange(&code).expect_err("a replay").error, "invalid_grant");
    assert_eq!(desk.world.worth(&reply.access_token), "INVALID_SESSION_ID");
    assert!(desk.refresh(&refresh_token(&reply)).is_err());
    assert_eq!(desk.world.worth(&desk.browser_token), "rep@red.example", "the person stays signed in");
    let log = desk.world.red.log(desk.rep());
    let last = log.last().expect("a row");
    assert_eq!((last.action.as_str(), last.detail.contains("came again")), ("consent_end", true));
}

#[test]
fn of_two_exchanges_at_once_at_most_one_is_granted() {
    let desk = Desk::new();
    let code = desk.code();
    let granted = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| desk.exchange(&code).is_ok())).collect();
        tries.into_iter().map(|one| one.join().expect("no panic")).filter(|granted| *granted).count()
    });
    assert_eq!(granted, 1);
}

#[test]
fn a_client_that_rotates_gets_a_new_token_each_time_and_the_old_one_is_a_trap() {
    let desk = Desk::new();
    desk.world.identities.client_rotate_refresh_tokens(&desk.world.red.org, "public", true).expect("a change");
    let first = refresh_token(&desk.exchange(&desk.code()).expect("a token"));
    let second_reply = desk.refresh(&first).expect("a token");
    let second = refresh_token(&second_reply);
    let third = refresh_token(&desk.refresh(&second).expect("a token"));
    assert!(first != second && second != third);
    assert_eq!(desk.refresh(&first).expect_err("a replay").error, "invalid_grant");
    assert!(desk.refresh(&third).is_err(), "the thief and the owner are both out");
    assert_eq!(desk.world.worth(&second_reply.access_token), "INVALID_SESSION_ID");
}

#[test]
fn an_exchange_must_bring_what_the_code_was_asked_with() {
    let desk = Desk::new();
    let code = desk.code();
    let other_verifier = "x".repeat(43);
    for (what, client, secret, redirect, verifier) in [
        ("no verifier", "public", None, REDIRECT, None),
        ("another verifier", "public", None, REDIRECT, Some(other_verifier.as_str())),
        ("the challenge", "public", None, REDIRECT, Some(CHALLENGE)),
        ("another address", "public", None, "https://app.example/callback/", Some(VERIFIER)),
        ("another client", "confidential", Some(SECRET), REDIRECT, Some(VERIFIER)),
        ("an unknown client", "stranger", None, REDIRECT, Some(VERIFIER)),
        ("a secret of a public client", "public", Some(SECRET), REDIRECT, Some(VERIFIER)),
    ] {
        assert!(desk.exchange_as(client, secret, &code, redirect, verifier).is_err(), "{what}");
    }
    assert!(desk.exchange(&code).is_ok(), "none of these was an exchange");
}

#[test]
fn a_confidential_client_proves_itself_by_its_secret() {
    let desk = Desk::new();
    let ask = format!("response_type=code&client_id=confidential&redirect_uri={REDIRECT}");
    let code = code_in(&desk.authorize(&ask).expect("a code"));
    for secret in [None, Some("wrong")] {
        let refused = desk.exchange_as("confidential", secret, &code, REDIRECT, None).expect_err("no secret");
        assert_eq!(refused.error, "invalid_client");
    }
    let slipped_in = desk.exchange_as("confidential", Some(SECRET), &code, REDIRECT, Some(VERIFIER));
    assert_eq!(slipped_in.expect_err("a verifier without a challenge").error, "invalid_grant");
    let reply = desk.exchange_as("confidential", Some(SECRET), &code, REDIRECT, None).expect("a token");
    let stolen = desk.refresh(&refresh_token(&reply));
    assert!(stolen.is_err(), "another client cannot use it");
}

#[test]
fn an_untrusted_address_is_told_nothing() {
    let desk = Desk::new();
    let challenge = format!("&code_challenge={CHALLENGE}");
    for text in [
        format!("response_type=code&client_id=stranger&redirect_uri={REDIRECT}{challenge}"),
        format!("response_type=code&client_id=public&redirect_uri=https://evil.example/{challenge}"),
        format!("response_type=code&client_id=public&redirect_uri={REDIRECT}/{challenge}"),
        format!("response_type=code&client_id=public&redirect_uri={REDIRECT}?x=1{challenge}"),
        format!("response_type=code&client_id=public&redirect_uri=HTTPS://app.example/callback{challenge}"),
        format!("response_type=code&client_id=public{challenge}"),
        public(&format!("&redirect_uri={REDIRECT}")),
        public("&client_id=confidential"),
        public(&format!("&state={}", "s".repeat(5_000))),
    ] {
        let refused = desk.authorize(&text).expect_err("a refusal");
        assert!(matches!(refused, AuthorizeRefusal::ToUser(_)), "{text}: {refused:?}");
    }
}

#[test]
fn a_bad_request_of_a_known_program_is_answered_to_the_program() {
    let desk = Desk::new();
    let start = format!("client_id=public&redirect_uri={REDIRECT}&state=s1");
    for (text, error) in [
        (format!("{start}&response_type=token&code_challenge={CHALLENGE}"), "unsupported_response_type"),
        (format!("{start}&code_challenge={CHALLENGE}"), "unsupported_response_type"),
        (format!("{start}&response_type=code"), "invalid_request"),
        (format!("{start}&response_type=code&code_challenge=short"), "invalid_request"),
        (
            format!("{start}&response_type=code&code_challenge={CHALLENGE}&code_challenge_method=plain"),
            "invalid_request",
        ),
    ] {
        let refused = desk.authorize(&text).expect_err("a refusal");
        let AuthorizeRefusal::ToClient(address) = refused else { panic!("{text}: {refused:?}") };
        assert!(address.starts_with(&format!("{REDIRECT}?error={error}&")), "{address}");
        assert!(address.ends_with("&state=s1"), "{address}");
    }
    let declined =
        desk.world.identities.authorize_decline(&desk.session, &request(&public("&state=s1"))).expect("an address");
    assert!(declined.starts_with(&format!("{REDIRECT}?error=access_denied&")), "{declined}");
}

#[test]
fn a_program_that_does_not_ask_to_stay_gets_no_refresh_token() {
    let desk = Desk::new();
    for (scope, stays) in
        [("api", false), ("api web", false), ("refresh_token api web", true), ("offline_access", true)]
    {
        let code = code_in(&desk.authorize(&public(&format!("&scope={scope}"))).expect("a code"));
        assert_eq!(desk.exchange(&code).expect("a token").refresh_token.is_some(), stays, "{scope}");
    }
}

#[test]
fn a_person_sees_what_they_let_in_and_ends_it() {
    let desk = Desk::new();
    let identities = &desk.world.identities;
    let reply = desk.exchange(&desk.code()).expect("a token");
    let given = identities.consents_of(&desk.session.ctx, desk.rep()).expect("consents");
    assert_eq!(given.len(), 1);
    assert_eq!((given[0].client_name.as_str(), given[0].last_used), ("The public one", None));
    desk.refresh(&refresh_token(&reply)).expect("a token");
    assert!(identities.consents_of(&desk.session.ctx, desk.rep()).expect("consents")[0].last_used.is_some());
    let refused = identities.consents_of(&desk.session.ctx, desk.world.red.admin).expect_err("not mine");
    assert_eq!(refused.code(), ErrorCode::InsufficientAccessOrReadonly);
    identities.consent_end(&desk.session.ctx, desk.rep(), &given[0].handle).expect("an end");
    assert!(desk.refresh(&refresh_token(&reply)).is_err());
    assert_eq!(desk.world.worth(&reply.access_token), "INVALID_SESSION_ID");
    let again = identities.consent_end(&desk.session.ctx, desk.rep(), &given[0].handle);
    assert_eq!(again.expect_err("gone").code(), ErrorCode::NotFound);
}

#[test]
fn an_administrator_revokes_any_users_consent() {
    let desk = Desk::new();
    let reply = desk.exchange(&desk.code()).expect("a token");
    let admin = desk.world.red.ctx(desk.world.red.admin);
    let given = desk.world.identities.consents_of(&admin, desk.rep()).expect("consents");
    desk.world.identities.consent_end(&admin, desk.rep(), &given[0].handle).expect("an end");
    assert!(desk.refresh(&refresh_token(&reply)).is_err());
}

#[test]
fn what_ends_a_user_or_a_client_ends_its_consents() {
    type End = fn(&Desk);
    let ends: [(&str, End); 4] = [
        ("revocation", |desk| {
            let reply = desk.exchange(&desk.code()).expect("a token");
            desk.world.identities.revoke(&refresh_token(&reply)).expect("a revocation");
            assert_eq!(desk.world.worth(&reply.access_token), "INVALID_SESSION_ID");
            assert!(desk.refresh(&refresh_token(&reply)).is_err());
        }),
        ("a new password", |desk| {
            let reply = desk.exchange(&desk.code()).expect("a token");
            desk.world.identities.set_password(&desk.world.red.org, desk.rep(), OTHER_PASSWORD).expect("a password");
            assert!(desk.refresh(&refresh_token(&reply)).is_err());
        }),
        ("deactivation", |desk| {
            let reply = desk.exchange(&desk.code()).expect("a token");
            desk.world.set_active(&desk.world.red, desk.rep(), false);
            desk.world.set_active(&desk.world.red, desk.rep(), true);
            assert!(desk.refresh(&refresh_token(&reply)).is_err());
        }),
        ("removal of the client", |desk| {
            let reply = desk.exchange(&desk.code()).expect("a token");
            desk.world.identities.client_remove(&desk.world.red.org, "public").expect("a removal");
            assert_eq!(desk.world.worth(&reply.access_token), "INVALID_SESSION_ID");
            assert_eq!(desk.refresh(&refresh_token(&reply)).expect_err("gone").error, "invalid_client");
            let again = desk.world.identities.client_remove(&desk.world.red.org, "public");
            assert_eq!(again.expect_err("gone").code(), ErrorCode::NotFound);
        }),
    ];
    for (_, end) in ends {
        end(&Desk::new());
    }
}

#[test]
fn the_salesforce_command_line_is_let_in_unless_the_org_says_no() {
    let desk = Desk::new();
    let redirect = "http://localhost:1717/OauthRedirect";
    let ask = format!(
        "response_type=code&client_id=PlatformCLI&redirect_uri={redirect}&code_challenge={CHALLENGE}&scope=refresh_token api web"
    );
    let code = code_in(&desk.authorize(&ask).expect("a code"));
    let reply = desk.exchange_as("PlatformCLI", None, &code, redirect, Some(VERIFIER)).expect("a token");
    let refresh = || desk.ask("PlatformCLI", None, Grant::RefreshToken { refresh_token: refresh_token(&reply) });
    assert!(refresh().is_ok());
    desk.world.identities.platform_cli_allow(&desk.world.red.org, false).expect("a change");
    assert_eq!(desk.world.worth(&reply.access_token), "INVALID_SESSION_ID");
    assert_eq!(refresh().expect_err("off").error, "invalid_client");
    assert!(matches!(desk.authorize(&ask), Err(AuthorizeRefusal::ToUser(_))));
}

#[test]
fn a_consent_in_one_org_is_worth_nothing_in_another() {
    let desk = Desk::new();
    let blue_browser = desk.world.sign_in("rep@blue.example", PASSWORD).expect("a session");
    let blue = desk.world.identities.authenticate(&blue_browser.token).expect("a session");
    let refused = desk.world.identities.authorize_grant(&blue, &request(&public(""))).expect_err("not known in blue");
    assert!(matches!(refused, AuthorizeRefusal::ToUser(_)));
    let reply = desk.exchange(&desk.code()).expect("a token");
    let (_, random) = reply.refresh_token.as_deref().and_then(|text| text.split_once('.')).expect("a token");
    for mark in ['.', '!'] {
        let moved = format!("{}{mark}{random}", desk.world.blue.org.id().record_id().to_short());
        assert!(desk.refresh(&moved).is_err());
    }
    let spelled_otherwise = refresh_token(&reply).replacen('.', "!", 1);
    assert!(desk.refresh(&spelled_otherwise).is_err(), "a token has one spelling");
}

#[test]
fn codes_and_refresh_tokens_are_kept_as_hashes_and_never_logged() {
    let desk = Desk::new();
    let code = desk.code();
    let reply = desk.exchange(&code).expect("a token");
    desk.refresh(&refresh_token(&reply)).expect("a token");
    let rows = desk.world.red.org.store().read(|tx| tx.client_grants_of(desk.rep())).expect("rows");
    assert!(rows.iter().all(|row| row.token_hash.len() == 32));
    let log = desk.world.red.log(desk.rep());
    for text in [&code, &refresh_token(&reply), &reply.access_token] {
        let (_, random) = text.split_once(['!', '.']).expect("a token");
        assert!(log.iter().all(|row| !row.detail.contains(random)));
        assert!(rows.iter().all(|row| !row.terms.contains(random)));
    }
}
