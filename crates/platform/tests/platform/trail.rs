//! Who signed in, and what changed in the setup, asked as queries.

use crate::world::{World, on_both_stores};
use model::schema::FieldDef;
use model::{ErrorCode, RecordId, Value};
use platform::{QueryOptions, provision};
use store::{AuditEntry, Backed as _};

fn sign_in(world: &World, user: RecordId, action: &str, detail: &str) {
    let ctx = world.ctx(user);
    let entry = AuditEntry { action, object: "User", record: Some(user), detail: detail.to_owned() };
    world.org.store().write(|tx| tx.audit(ctx.identity(), &entry)).expect("noted");
}

fn rows(world: &World, user: RecordId, soql: &str) -> Vec<String> {
    let (_, rows) = world.ctx(user).query_all_rows(soql, QueryOptions::default()).expect("a query");
    rows.iter().map(|row| row.cells.iter().map(|cell| cell.value().to_plain()).collect::<Vec<_>>().join("|")).collect()
}

#[test]
fn everybody_sees_their_own_sign_ins_and_who_manages_users_sees_all() {
    on_both_stores(|world| {
        sign_in(
            world,
            world.rep,
            "session_open",
            r#"{"proof":"password","kind":"browser","client":"Firefox","address":"192.0.2.1"}"#,
        );
        world.clock.advance(1_000);
        sign_in(world, world.rep, "session_refuse", r#"{"why":"wrong password","kind":"api","client":"a\u0000b"}"#);
        world.clock.advance(1_000);
        sign_in(world, world.peer, "session_open", r#"{"proof":"refresh token","kind":"api","client":"sync"}"#);
        let all = "SELECT UserId, LoginType, Status, Application, SourceIp FROM LoginHistory ORDER BY LoginTime DESC";
        let of_rep = [
            format!("{}|Other Apex API|Invalid Password|a b|", world.rep),
            format!("{}|Application|Success|Firefox|192.0.2.1", world.rep),
        ];
        let of_peer = format!("{}|Remote Access 2.0|Success|sync|", world.peer);
        assert_eq!(rows(world, world.rep, all), of_rep);
        assert_eq!(rows(world, world.peer, all), std::slice::from_ref(&of_peer));
        assert_eq!(rows(world, world.manager, all), Vec::<String>::new(), "no hierarchy opens them");
        assert_eq!(rows(world, world.admin, all)[..3], [of_peer, of_rep[0].clone(), of_rep[1].clone()]);
        let narrowed = format!(
            "SELECT Id, User.Name FROM LoginHistory WHERE UserId = '{}' AND LoginTime = TODAY AND Status != 'Success'",
            world.rep
        );
        assert_eq!(rows(world, world.admin, &narrowed).len(), 1);
        let counted = "SELECT Status, COUNT(Id) FROM LoginHistory GROUP BY Status ORDER BY Status";
        let plan = world.ctx(world.rep).query(counted, QueryOptions::default()).expect("groups");
        assert_eq!(plan.groups().len(), 2);
        let id = world.column(world.rep, "SELECT Id FROM LoginHistory LIMIT 1")[0].clone();
        let id = RecordId::parse(&id).expect("an id");
        assert!(world.ctx(world.rep).record_get("LoginHistory", id, None).is_ok());
        assert_eq!(
            world.ctx(world.peer).record_get("LoginHistory", id, None).expect_err("another's").code(),
            ErrorCode::NotFound
        );
        let told = world.ctx(world.admin).record_explain(world.rep, id).expect("an explanation");
        assert_eq!(told.causes.len(), 1);
        let refused = [
            world.update(world.admin, "LoginHistory", id, &[]).expect_err("read only"),
            world.ctx(world.admin).record_delete("LoginHistory", id).expect_err("read only"),
        ];
        assert!(refused.iter().all(|error| error.code() == ErrorCode::InsufficientAccessOrReadonly), "{refused:?}");
        let service = world.service();
        let forged = provision::insert(&service, "LoginHistory", &[("UserId", world.rep.into())]);
        assert_eq!(forged.expect_err("nobody writes it").code(), ErrorCode::InsufficientAccessOrReadonly);
    });
}

#[test]
fn changes_of_the_setup_are_told_to_administrators_and_to_nobody_else() {
    on_both_stores(|world| {
        let admin = world.ctx(world.admin);
        admin.fields_create("Account", vec![FieldDef::text("Region__c", "Region", 20)]).expect("a field");
        world.update(world.admin, "User", world.rep, &[("Title", "Boss".into())]).expect("changed");
        world.create(world.rep, "Account", &[("Name", "Everyday work".into())]);
        let newest =
            "SELECT Action, Section, CreatedById, Display FROM SetupAuditTrail ORDER BY CreatedDate DESC, Id DESC";
        let said = rows(world, world.admin, newest);
        let by = world.admin;
        assert_eq!(
            said[..2],
            [
                format!("changedUser|Manage Users|{by}|Record update: User {}; Title set to Boss", world.rep),
                format!("field_create|Customize|{by}|Field create: Account; fields Region__c"),
            ]
        );
        assert!(said.iter().any(|line| line.starts_with("createdUser|")), "also what the platform did: {said:?}");
        assert!(!said.iter().any(|line| line.contains("Everyday")));
        assert_eq!(rows(world, world.rep, newest), Vec::<String>::new());
        let by_service = "SELECT CreatedByContext FROM SetupAuditTrail WHERE CreatedById = null LIMIT 1";
        assert_eq!(rows(world, world.admin, by_service), ["service:provision"]);
        let filtered = format!(
            "SELECT Action FROM SetupAuditTrail WHERE CreatedDate = TODAY AND CreatedById = '{by}' AND Section LIKE 'Manage%'"
        );
        assert_eq!(rows(world, world.admin, &filtered), ["changedUser"]);
        let value: Value = "x".into();
        assert!(world.try_create(world.admin, "SetupAuditTrail", &[("Action", value)]).is_err());
    });
}
