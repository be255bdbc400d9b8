//! Acts on keys as a whole: the org's secret, its file's key, the root key, copies, customers who keep their own secret.

use crate::cut_off::cut_off;
use crate::world::{World, on_both_stores, open};
use model::ErrorCode;
use platform::QueryOptions;
use std::collections::HashSet;
use std::path::Path;
use store::{Backed as _, CustomerSecret, Faults, PassphraseCost, Purpose, RootKey, SecretHolder, Store};

fn add(world: &World, name: &str) {
    world.create(world.admin, "Account", &[("Name", name.into())]);
}

fn names(world: &World) -> Vec<String> {
    world.column(world.admin, "SELECT Name FROM Account ORDER BY Name")
}

fn passphrase(text: &str) -> CustomerSecret {
    CustomerSecret::passphrase(text)
}

const GOOD: &str = "correct horse battery staple";

#[test]
fn the_key_of_an_orgs_file_rotates_and_can_be_cut_off_anywhere() {
    let world = World::embedded();
    let id = world.org.id();
    let path = world.data_dir.join("orgs").join(id.to_string()).join("org.db");
    add(&world, "findable");
    let pages =
        || -> HashSet<Vec<u8>> { std::fs::read(&path).expect("a file").chunks(4096).map(<[u8]>::to_vec).collect() };
    let before = pages();
    let (points, _world) = cut_off(
        world,
        |world| world.platform.key_rotate(id, Purpose::Store).map(|_| ()),
        |world| {
            add(world, "after");
            let found = world.ctx(world.admin).search("FIND {findable} RETURNING Account", QueryOptions::default());
            assert_eq!(found.expect("an answer")[0].rows.len(), 1);
            assert_eq!(names(world).iter().filter(|name| *name == "findable").count(), 1);
        },
    );
    assert!(points >= 20, "{points} points");
    // Nothing of the old file is left, and nothing beside the new one.
    assert!(pages().is_disjoint(&before));
    let folder = path.parent().expect("a folder");
    let names = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.file_name());
    let others: Vec<_> = names.filter(|name| name.to_string_lossy().contains("rekey")).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn an_org_secret_rotates_and_can_be_cut_off_anywhere() {
    let world = World::embedded();
    let id = world.org.id();
    let (points, _) = cut_off(
        world,
        |world| world.platform.org_secret_rotate(id, None),
        |world| {
            add(world, "written");
            assert!(!names(world).is_empty());
        },
    );
    assert!(points >= 20, "{points} points");
}

#[test]
fn the_root_key_rotates_and_can_be_cut_off_anywhere() {
    let world = World::embedded();
    add(&world, "kept");
    let (config, clock, dir) = world.close();
    let entropy = platform::SystemEntropy;
    let mut old = dir.path().join("root.key");
    let mut points = 0;
    loop {
        let new = dir.path().join(format!("root-{points}.key"));
        let faults = Faults::default();
        let rotate = |faults: &Faults| {
            let keys = (RootKey::load(&old).expect("a key"), RootKey::load(&new).expect("a key"));
            Store::root_key_rotate(&config, &keys.0, &keys.1, &|_| None, &entropy, faults)
        };
        RootKey::create(&new, &entropy).expect("a key");
        faults.stop_after(points);
        let outcome = rotate(&faults);
        let stopped = outcome.is_err();
        // Until it is done with both keys, it can be done again.
        faults.clear();
        assert_eq!(rotate(&faults).expect("it goes on").orgs, 1);
        let config = store::StoreConfig { root_key: new.clone().into(), ..config.clone() };
        let platform = open(config.clone(), clock.clone(), None).expect("the new key opens it");
        let id = platform.org_list().expect("a list")[0].org;
        assert!(platform.org(id).is_ok());
        drop(platform);
        let refused = open(store::StoreConfig { root_key: old.clone().into(), ..config }, clock.clone(), None);
        assert!(refused.is_err(), "the old key opens nothing any more");
        old = new;
        points += 1;
        if !stopped {
            break;
        }
    }
    assert!(points >= 20, "{points} points");
}

#[test]
fn an_org_whose_customer_keeps_the_secret_is_sealed_until_it_is_given() {
    let world = World::embedded();
    add(&world, "kept");
    let id = world.org.id();
    let short = world.platform.org_secret_rotate(id, Some((&passphrase("short"), PassphraseCost::CHEAPEST)));
    assert_eq!(short.expect_err("too short").code(), ErrorCode::MissingArgument);
    world.platform.org_secret_rotate(id, Some((&passphrase(GOOD), PassphraseCost::CHEAPEST))).expect("held");
    add(&world, "still open");
    assert!(matches!(world.platform.key_list(id).expect("a list").holder, SecretHolder::Passphrase { .. }));

    // Sealed by hand, also for whoever still holds the org.
    let held = world.ctx(world.admin);
    world.platform.org_seal(id).expect("sealed");
    assert!(world.platform.is_sealed(id));
    for error in [
        world.platform.org(id).expect_err("sealed"),
        held.query("SELECT Id FROM Account", QueryOptions::default()).expect_err("sealed"),
        world.org.store().write(|tx| tx.setting_put("x", "y")).expect_err("sealed"),
    ] {
        assert_eq!(error.code(), ErrorCode::ServerUnavailable);
        assert_eq!(error.code().http_status(), 503);
        assert!(error.message().starts_with("This organization is sealed"), "{error}");
    }
    drop(held);
    let (config, clock, _dir) = world.close();

    // Sealed again from the start of the process.
    let platform = open(config.clone(), clock.clone(), None).expect("a platform");
    assert!(platform.is_sealed(id));
    assert_eq!(platform.org(id).expect_err("sealed").code(), ErrorCode::ServerUnavailable);
    let wrong = platform.org_unseal(id, &passphrase("correct horse battery stable")).expect_err("wrong");
    assert_eq!(wrong.code(), ErrorCode::InvalidLogin);
    let other =
        platform.org_unseal(id, &CustomerSecret::from_hex(&"ab".repeat(32)).expect("a key")).expect_err("wrong");
    assert_eq!(other.message(), "This org is unsealed by its passphrase.");
    assert!(platform.is_sealed(id));
    platform.org_unseal(id, &passphrase(GOOD)).expect("unsealed");
    let org = platform.org(id).expect("an org");
    assert!(org.store().read(|tx| tx.audit_rows(None, 1)).expect("rows")[0].action == "org_unseal");

    // Given back to the installation, it opens by itself.
    platform.org_secret_rotate(id, None).expect("given back");
    drop((org, platform));
    let platform = open(config, clock, None).expect("a platform");
    assert!(platform.org(id).is_ok());
}

#[test]
fn a_key_service_gives_64_digits_or_is_refused_in_words() {
    let world = World::embedded();
    let id = world.org.id();
    let error = CustomerSecret::from_hex("not a key").err().expect("refused");
    assert_eq!(error.message(), "The org's key service must give 64 hexadecimal digits.");
    let secret = CustomerSecret::from_hex(&format!("{}\n", "5a".repeat(32))).expect("a key");
    world.platform.org_secret_rotate(id, Some((&secret, PassphraseCost::CHEAPEST))).expect("held");
    world.platform.org_seal(id).expect("sealed");
    world.platform.org_unseal(id, &secret).expect("unsealed");
    assert!(!world.platform.is_sealed(id));
}

#[test]
fn copies_of_keys_are_noted_and_named_when_the_org_is_destroyed() {
    let world = World::embedded();
    let id = world.org.id();
    let copy = world.platform.key_export(id, &[9; 32], "Ada, safe of the bank").expect("a copy");
    assert!(copy.contains("holdfast-key-copy/1"));
    assert_eq!(copy.matches("\"purpose\"").count(), Purpose::ALL.len());
    // A lost keyring is made anew from it, with the right recovery key alone.
    add(&world, "kept");
    let keyring = world.data_dir.join("orgs").join(id.to_string()).join("keyring.json");
    std::fs::remove_file(&keyring).expect("lost");
    let wrong = world.platform.store().keyring_restore(id, &copy, &[8; 32]).expect_err("another key");
    assert!(wrong.message().contains("it was made with another recovery key"), "{wrong}");
    world.platform.store().keyring_restore(id, &copy, &[9; 32]).expect("made anew");
    let world = world.restarted();
    assert_eq!(names(&world), ["kept"]);
    let destroyed = world.platform.org_destroy(id).expect("destroyed");
    assert_eq!(destroyed.keys.len(), Purpose::ALL.len());
    assert_eq!(destroyed.copies.iter().map(|copy| copy.holder.as_str()).collect::<Vec<_>>(), ["Ada, safe of the bank"]);
    assert!(!world.data_dir.join("orgs").join(id.to_string()).exists());
}

#[test]
fn an_altered_keyring_is_refused() {
    let world = World::embedded();
    let id = world.org.id();
    world.platform.key_rotate(id, Purpose::Field).expect("a version");
    let (config, clock, _dir) = world.close();
    let path = config.data_dir.join("orgs").join(id.to_string()).join("keyring.json");
    let whole = std::fs::read_to_string(&path).expect("a keyring");
    let refused = |text: &str| {
        write(&path, text);
        let platform = open(config.clone(), clock.clone(), None).expect("a platform");
        platform.org(id).expect_err("refused").message().to_owned()
    };
    let damaged = |message: String| assert!(message.contains("is damaged. Restore it"), "{message}");
    damaged(refused(&whole.replace("\"version\": 2", "\"version\": 3")));
    damaged(refused(&whole[..whole.len() / 2]));
    // A key taken out leaves the others sound, and the code over the whole wrong.
    let mut json: serde_json::Value = serde_json::from_str(&whole).expect("JSON");
    json["data_keys"].as_array_mut().expect("a list").pop();
    damaged(refused(&json.to_string()));
    write(&path, &whole);
    assert!(open(config.clone(), clock.clone(), None).expect("a platform").org(id).is_ok());
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("written");
}

#[test]
fn new_values_are_readable_after_every_kind_of_rotation() {
    on_both_stores(|world| {
        add(world, "a");
        let id = world.org.id();
        for purpose in Purpose::ALL {
            world.platform.key_rotate(id, purpose).unwrap_or_else(|error| panic!("{}: {error}", purpose.name()));
            add(world, purpose.name());
        }
        assert_eq!(names(world).len(), 1 + Purpose::ALL.len());
    });
}
