//! A webhook keeps up with its org: objects that get other names, users that lose objects, records that are gone before
//! anybody was told, and orgs that are brought back to an earlier state.

use super::{Told, account, answer, body, header, made, seen, wanted};
use crate::world::{World, on_both_stores, on_each_store};
use model::schema::{FieldDef, ObjectDef};
use model::{ErrorCode, RecordId};
use platform::{NewWebhook, RestorePoint, SaveOptions, WebhookState};

const DAY_MS: i64 = 86_400_000;

/// Sites, and one of them.
fn site(world: &World) -> RecordId {
    let site = ObjectDef::new("Site__c", "Site", "Sites", "a00")
        .field(FieldDef::text("Name", "Name", 80))
        .field(FieldDef::text("State__c", "State", 20));
    world.ctx(world.admin).objects_create(vec![site]).expect("a custom object");
    world.create(world.admin, "Site__c", &[("Name", "North".into())])
}

#[test]
fn an_object_with_another_name_is_told_on_and_what_was_pending_under_the_old_one_too() {
    on_both_stores(|world| {
        let told = Told::new();
        let site = site(world);
        let (id, _) = made(world, world.admin, &["Account", "Site__c"]);
        let set = |name: &str| [("State__c", name.into())];
        world.update(world.admin, "Site__c", site, &set("Open")).expect("changed");
        // An attempt under the old name has failed.
        told.answers([answer(500, None)]);
        told.work(world);
        told.take();
        world.ctx(world.admin).object_rename("Site__c", "Place__c", "Place", "Places", "").expect("renamed");
        assert_eq!(seen(world, id).objects, ["Account", "Place__c"]);
        world.update(world.admin, "Place__c", site, &set("Shut")).expect("changed");
        world.clock.advance(10_000);
        told.work(world);
        assert_eq!(told.changes(), ["UPDATE Place__c", "UPDATE Place__c"]);
        assert_eq!(seen(world, id).state, WebhookState::Active);
    });
}

#[test]
fn a_change_of_a_field_that_was_renamed_meanwhile_is_told() {
    on_both_stores(|world| {
        let told = Told::new();
        let site = site(world);
        made(world, world.admin, &["Site__c"]);
        world.update(world.admin, "Site__c", site, &[("State__c", "Open".into())]).expect("changed");
        let renamed = FieldDef::text("Mood__c", "Mood", 20);
        world.ctx(world.admin).field_change("Site__c", "State__c", renamed).expect("renamed");
        told.work(world);
        let got = told.take();
        let payload = &body(&got[0])["data"]["events"][0]["payload"];
        assert_eq!(payload["ChangeEventHeader"]["changeType"], "UPDATE");
        assert_eq!(payload["ChangeEventHeader"]["recordIds"][0], site.to_string());
    });
}

#[test]
fn a_user_who_lost_an_object_is_named_with_it_and_another_takes_over() {
    on_both_stores(|world| {
        let told = Told::new();
        let set = platform::provision::insert(
            &world.service(),
            "PermissionSet",
            &[("Name", "Hooks".into()), ("Label", "Hooks".into()), ("PermissionsCustomizeApplication", true.into())],
        )
        .expect("a set");
        let assigned = [("PermissionSetId", set.into()), ("AssigneeId", world.peer.into())];
        world.create(world.admin, "PermissionSetAssignment", &assigned);
        let (id, _) = made(world, world.peer, &["Contact", "Account"]);
        world.create(world.admin, "Account", &[("Name", "Acme".into())]);
        let grants =
            "SELECT Id FROM ObjectPermissions WHERE SobjectType = 'Account' AND Parent.Profile.Name = 'Standard User'";
        let grant = RecordId::parse(&world.column(world.admin, grants)[0]).expect("an id");
        let off = ["Create", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords", "Read"];
        let off: Vec<(String, model::Value)> =
            off.iter().map(|right| (format!("Permissions{right}"), false.into())).collect();
        let off: Vec<(&str, model::Value)> = off.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        world.update(world.admin, "ObjectPermissions", grant, &off).expect("taken away");
        told.work(world);
        assert_eq!(told.take(), []);
        let webhook = seen(world, id);
        assert_eq!(webhook.state, WebhookState::Stopped);
        assert!(webhook.reason.contains("Changes of Account cannot be told to"), "{}", webhook.reason);
        let refused = world.ctx(world.peer).webhook_resume(id, None).expect_err("they lost it");
        assert_eq!(refused.code(), ErrorCode::InsufficientAccessOrReadonly);
        assert!(refused.message().contains("Account"), "{refused}");
        assert_eq!(seen(world, id).state, WebhookState::Stopped);

        let resumed = world.ctx(world.admin).webhook_resume(id, None).expect("taken over");
        assert_eq!((resumed.run_as, resumed.state), (world.admin, WebhookState::Active));
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account Acme"]);
    });
}

#[test]
fn the_end_of_a_record_that_is_gone_for_good_is_told_to_who_sees_all_and_to_nobody_else() {
    on_both_stores(|world| {
        let told = Told::new();
        let set = platform::provision::insert(
            &world.service(),
            "PermissionSet",
            &[("Name", "Hooks".into()), ("Label", "Hooks".into()), ("PermissionsCustomizeApplication", true.into())],
        )
        .expect("a set");
        let assigned = [("PermissionSetId", set.into()), ("AssigneeId", world.peer.into())];
        world.create(world.admin, "PermissionSetAssignment", &assigned);
        let (all, _) = made(world, world.admin, &["Account"]);
        let (few, _) = made(world, world.peer, &["Account"]);
        let acme = account(world, "Acme");
        world.ctx(world.rep).record_delete("Account", acme).expect("a delete");
        world.ctx(world.rep).records_purge("Account", &[acme], SaveOptions::ALL).expect("a purge");
        told.work(world);
        let got = told.take();
        assert_eq!(got.len(), 1);
        let body = body(&got[0]);
        assert_eq!(body["data"]["webhookId"], all.to_string());
        let events = body["data"]["events"].as_array().expect("events");
        assert_eq!(events.len(), 1);
        let payload = events[0]["payload"].as_object().expect("a payload");
        assert_eq!(payload.len(), 1, "no values: {payload:?}");
        assert_eq!(payload["ChangeEventHeader"]["changeType"], "DELETE");
        assert_eq!(payload["ChangeEventHeader"]["recordIds"][0], acme.to_string());
        let webhook = seen(world, few);
        assert_eq!(webhook.replay, webhook.newest, "passed over");
    });
}

#[test]
fn failures_end_with_what_failed_and_a_few_over_many_days_stop_nothing() {
    on_both_stores(|world| {
        let told = Told::new();
        let new = NewWebhook { kinds: vec!["CREATE".to_owned()], ..wanted(&["Account"]) };
        let id = world.ctx(world.admin).webhook_create(new).expect("a webhook").0.id;
        let acme = account(world, "Acme");
        told.answers([answer(500, None)]);
        told.work(world);
        assert_eq!((told.take().len(), seen(world, id).failures), (1, 1));
        // Nothing is left to tell: what failed is over.
        world.ctx(world.rep).record_delete("Account", acme).expect("a delete");
        world.ctx(world.rep).records_purge("Account", &[acme], SaveOptions::ALL).expect("a purge");
        world.clock.advance(10_000);
        told.work(world);
        let webhook = seen(world, id);
        assert_eq!((told.take().len(), webhook.failures, webhook.failing), (0, 0, None));

        // A server that was off for days has not tried for days.
        account(world, "Another");
        told.answers((0..30).map(|_| answer(503, None)));
        told.work(world);
        for failures in 2..20 {
            world.clock.advance(DAY_MS);
            told.work(world);
            let webhook = seen(world, id);
            assert_eq!((webhook.failures, webhook.state), (failures, WebhookState::Active));
        }
        world.clock.advance(DAY_MS);
        told.work(world);
        let webhook = seen(world, id);
        assert_eq!(webhook.state, WebhookState::Stopped);
        assert!(webhook.reason.contains("after 20 failed attempts"), "{}", webhook.reason);
    });
}

#[test]
fn a_restored_org_tells_other_changes_under_other_ids() {
    on_each_store(|world| {
        let dir = tempfile::tempdir().expect("a folder");
        let told = Told::new();
        made(&world, world.admin, &["Account"]);
        world.platform.backup_make(world.org.id(), dir.path()).expect("a backup");
        account(&world, "Before");
        told.work(&world);
        let before = told.take();
        let restored = world.platform.backup_restore(world.org.id(), dir.path(), RestorePoint::Newest, true, None);
        restored.expect("a restore");
        let world = world.again();
        account(&world, "After");
        told.work(&world);
        let after = told.take();
        let generation = |request| body(request)["data"]["generation"].as_str().expect("a text").to_owned();
        let ids = [&before[0], &after[0]].map(|request| header(request, "webhook-id").to_owned());
        let generations = [&before[0], &after[0]].map(generation);
        assert_ne!(generations[0], generations[1]);
        for (id, generation) in ids.iter().zip(&generations) {
            assert!(generation.len() == 16 && id.contains(generation.as_str()), "{id}: {generation}");
        }
        account(&world, "Later");
        told.work(&world);
        assert_eq!(generation(&told.take()[0]), generations[1], "it stays until the org is restored again");
    });
}
