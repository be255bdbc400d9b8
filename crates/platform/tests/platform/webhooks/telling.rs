//! What a message holds: every change, in order, as its user may see it then.

use super::{Told, account, body, changes_in, header, made, seen, signature, wanted};
use crate::world::on_both_stores;
use model::ErrorCode;
use platform::{NewWebhook, WebhookOutcome, WebhookState};

#[test]
fn every_change_arrives_once_in_order_and_signed() {
    on_both_stores(|world| {
        let told = Told::new();
        account(world, "Before");
        let (id, secret) = made(world, world.admin, &["Account"]);
        told.work(world);
        assert_eq!(told.changes(), Vec::<String>::new(), "what was before is not told");
        let acme = account(world, "Acme");
        world.update(world.rep, "Account", acme, &[("Name", "Acme 2".into())]).expect("an update");
        world.create(world.rep, "Contact", &[("LastName", "Ode".into())]);
        world.ctx(world.rep).record_delete("Account", acme).expect("a delete");
        told.work(world);
        let got = told.take();
        assert_eq!(got.len(), 1);
        assert_eq!(changes_in(&got[0]), ["CREATE Account Acme 2", "UPDATE Account Acme 2", "DELETE Account"]);
        assert_eq!(header(&got[0], "webhook-signature"), signature(&secret, &got[0]));
        assert_eq!(header(&got[0], "content-type"), "application/json");
        let body = body(&got[0]);
        assert_eq!((&body["type"], &body["data"]["webhookId"]), (&"records.changed".into(), &id.to_string().into()));
        let header = &body["data"]["events"][1]["payload"]["ChangeEventHeader"];
        assert_eq!(header["recordIds"][0], acme.to_string());
        assert_eq!(header["commitUser"], world.rep.to_string());
        told.work(world);
        assert_eq!(told.changes(), Vec::<String>::new(), "nothing is told twice");
        let attempts = world.ctx(world.admin).webhook_attempts(id).expect("attempts");
        assert_eq!(attempts.len(), 1);
        assert_eq!((attempts[0].status, attempts[0].events, attempts[0].words.as_str()), (Some(200), 3, ""));
        assert_eq!(attempts[0].outcome, WebhookOutcome::Delivered);
    });
}

#[test]
fn only_the_kinds_of_change_that_were_asked_for_are_told() {
    on_both_stores(|world| {
        let told = Told::new();
        let new = NewWebhook { kinds: vec!["delete".to_owned()], ..wanted(&[]) };
        let (webhook, _) = world.ctx(world.admin).webhook_create(new).expect("a webhook");
        assert_eq!(webhook.kinds, ["DELETE"]);
        let acme = account(world, "Acme");
        world.ctx(world.rep).record_delete("Account", acme).expect("a delete");
        told.work(world);
        assert_eq!(told.changes(), ["DELETE Account"]);
    });
}

#[test]
fn many_changes_go_in_bounded_messages_one_after_the_other() {
    on_both_stores(|world| {
        let told = Told::new();
        made(world, world.admin, &["Account"]);
        for batch in 0..2 {
            let ctx = world.ctx(world.rep);
            let drafts = (0..120).map(|at| {
                let name = format!("A{:03}", batch * 120 + at);
                crate::world::draft(&ctx, "Account", None, &[("Name", name.into())])
            });
            ctx.records_create("Account", drafts.collect(), platform::SaveOptions::ALL).expect("accounts");
        }
        told.work(world);
        let got = told.take();
        assert_eq!(got.iter().map(|request| changes_in(request).len()).collect::<Vec<_>>(), [100, 100, 40]);
        let all: Vec<String> = got.iter().flat_map(changes_in).collect();
        let expected: Vec<String> = (0..240).map(|at| format!("CREATE Account A{at:03}")).collect();
        assert_eq!(all, expected);
        let mut ids: Vec<&str> = got.iter().map(|request| header(request, "webhook-id")).collect();
        ids.dedup();
        assert_eq!(ids.len(), 3);

        // By bytes: three of four hundred thousand each do not go together.
        let long = "x".repeat(30_000);
        let ctx = world.ctx(world.rep);
        let drafts = (0..50).map(|_| {
            crate::world::draft(
                &ctx,
                "Account",
                None,
                &[("Name", "Long".into()), ("Description", long.as_str().into())],
            )
        });
        ctx.records_create("Account", drafts.collect(), platform::SaveOptions::ALL).expect("accounts");
        told.work(world);
        let got = told.take();
        assert_eq!(got.iter().map(|request| changes_in(request).len()).sum::<usize>(), 50);
        assert!(got.len() > 1 && got.iter().all(|request| request.body.len() < 1_100_000), "{}", got.len());
    });
}

#[test]
fn it_tells_what_its_user_may_see_then_and_stops_with_the_user() {
    on_both_stores(|world| {
        let told = Told::new();
        let second = world.second_admin();
        let (id, _) = made(world, second, &["Account"]);
        account(world, "Seen");
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account Seen"]);
        account(world, "Later");
        world.update(world.admin, "User", second, &[("IsActive", false.into())]).expect("deactivated");
        told.work(world);
        assert_eq!(told.take(), []);
        let webhook = seen(world, id);
        assert_eq!(webhook.state, WebhookState::Stopped);
        assert!(webhook.reason.contains("inactive"), "{}", webhook.reason);
        let trail = world.column(world.admin, "SELECT Display FROM SetupAuditTrail WHERE Action = 'webhook_stop'");
        assert!(trail.len() == 1 && trail[0].contains("inactive"), "{trail:?}");

        let resumed = world.ctx(world.admin).webhook_resume(id, None).expect("taken over");
        assert_eq!((resumed.run_as, resumed.state), (world.admin, WebhookState::Active));
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account Later"]);
    });
}

#[test]
fn who_sees_few_records_is_told_of_few() {
    on_both_stores(|world| {
        let told = Told::new();
        let set = platform::provision::insert(
            &world.service(),
            "PermissionSet",
            &[("Name", "Hooks".into()), ("Label", "Hooks".into()), ("PermissionsCustomizeApplication", true.into())],
        )
        .expect("a set");
        let given = world.create(
            world.admin,
            "PermissionSetAssignment",
            &[("PermissionSetId", set.into()), ("AssigneeId", world.peer.into())],
        );
        let (id, _) = made(world, world.peer, &[]);
        account(world, "The rep's own");
        world.create(world.peer, "Account", &[("Name", "The peer's own".into())]);
        told.work(world);
        assert_eq!(told.changes(), ["CREATE Account The peer's own"]);
        let webhook = seen(world, id);
        assert_eq!(webhook.replay, webhook.newest, "what is not told is passed over");

        world.create(world.peer, "Account", &[("Name", "Another".into())]);
        world.ctx(world.admin).record_delete("PermissionSetAssignment", given).expect("taken away");
        told.work(world);
        assert_eq!(told.take(), []);
        let webhook = seen(world, id);
        assert!(webhook.reason.contains("CustomizeApplication"), "{}", webhook.reason);
        let refused = world.ctx(world.peer).webhooks().expect_err("refused");
        assert_eq!(refused.code(), ErrorCode::InsufficientAccessOrReadonly);
    });
}
