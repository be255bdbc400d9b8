//! Passwords of users over the API: only for who manages users, by the rules of every password.

use crate::world::World;
use identity::{SecurityToken, SessionKind, SignIn};
use serde_json::json;

const NEW: &str = "seven-green-lanterns-drift";

fn path(world: &World) -> String {
    format!("/services/data/v60.0/sobjects/User/{}/password", world.rep)
}

#[test]
fn a_password_is_set_and_renewed_by_who_manages_users_and_by_nobody_else() {
    let world = World::new();
    let admin = world.token(world.admin);
    let rep = world.token(world.rep);
    assert_eq!(world.get(&rep, &path(&world)).expect(200), json!({"isExpired": false}));
    for (token, expected) in [(&rep, 403), (&world.token(world.nobody), 404)] {
        let status = world.call(token, "POST", &path(&world), Some(&json!({"NewPassword": NEW}))).status;
        assert_eq!(status, expected, "not even one's own: a stolen token must not become a password");
        assert_eq!(world.call(token, "DELETE", &path(&world), None).status, expected);
    }
    let weak = world.call(&admin, "POST", &path(&world), Some(&json!({"NewPassword": "short"})));
    assert_eq!(weak.error(400).0, "FIELD_INTEGRITY_EXCEPTION");
    assert_eq!(world.call(&admin, "POST", &path(&world), Some(&json!({}))).error(400).0, "MISSING_ARGUMENT");
    assert_eq!(world.get(&rep, "/services/data/v60.0/limits").status, 200);
    let set = world.call(&admin, "POST", &path(&world), Some(&json!({"NewPassword": NEW})));
    assert_eq!((set.status, set.text.as_str()), (204, ""));
    assert_eq!(world.get(&rep, "/services/data/v60.0/limits").status, 401, "the user's sessions ended");
    assert!(signs_in(&world, NEW));

    let reset = world.call(&admin, "DELETE", &path(&world), None).expect(200);
    let given = reset["NewPassword"].as_str().expect("a password");
    assert!(!signs_in(&world, NEW) && signs_in(&world, given));
    let unknown = path(&world).replace(&world.rep.to_string(), "005000000000999AAA");
    assert_eq!(world.call(&admin, "DELETE", &unknown, None).error(404).0, "NOT_FOUND");
}

fn signs_in(world: &World, password: &str) -> bool {
    let asked = SignIn {
        username: "rep@one.example".to_owned(),
        password: password.to_owned(),
        kind: SessionKind::Browser,
        client: String::new(),
        security_token: SecurityToken::NotNeeded,
    };
    world.identities.sign_in(&asked).is_ok()
}
