//! Explanations of what is no plain record: histories, files, logs, what lies in folders. They say what decisions say.

use super::{account, group};
use crate::attachments::base64;
use crate::history::{take_fields, won_deal};
use crate::world::{World, on_both_stores};
use model::schema::{AccessDefault, FieldDef, ObjectDef, SharingKind};
use model::{RecordId, Value};
use platform::provision::{self, ObjectGrant};
use platform::{Cause, CauseKind, Level, MaxAccessLevel};
use store::{AuditEntry, Backed as _};

/// Why somebody has what they have, after the decision has said the same.
fn explained(world: &World, user: RecordId, id: RecordId) -> Vec<Cause> {
    let said = world.ctx(world.admin).record_explain(user, id).expect("an explanation");
    let decided = world.ctx(world.admin).record_access(user, &[id]).expect("a decision")[0];
    assert_eq!(said.level.is_some(), decided.read, "{id}: {said:?} and {decided:?}");
    let may_all = said.level == Some(Level::All);
    assert!(!may_all || decided.max >= MaxAccessLevel::Read, "{id}: {said:?} and {decided:?}");
    said.causes
}

fn kinds(causes: &[Cause]) -> Vec<(CauseKind, Level)> {
    causes.iter().map(|cause| (cause.kind, cause.level)).collect()
}

fn only(world: &World, soql: &str) -> RecordId {
    let ids = world.column(world.admin, soql);
    assert_eq!(ids.len(), 1, "{soql}");
    RecordId::parse(&ids[0]).expect("an id")
}

#[test]
fn a_history_is_explained_by_its_record_and_by_the_field_that_changed() {
    on_both_stores(|world| {
        let won = won_deal(world);
        let change = only(world, "SELECT Id FROM OpportunityFieldHistory WHERE Field = 'Amount'");
        for user in [world.rep, world.manager] {
            let causes = explained(world, user, change);
            assert_eq!(kinds(&causes), [(CauseKind::Master, Level::Read)], "no more than Read, whatever of the record");
            assert_eq!(causes[0].through, Some(won));
        }
        assert_eq!(explained(world, world.peer, change), []);
        // What somebody may not read has no history for them either.
        take_fields(world);
        assert_eq!(explained(world, world.rep, change), []);
    });
}

#[test]
fn a_step_of_a_deal_is_explained_by_the_deal() {
    on_both_stores(|world| {
        let close = Value::Date(model::Date::parse("2026-12-15").expect("a date"));
        let values = [("Name", "Deal".into()), ("StageName", "Prospecting".into()), ("CloseDate", close)];
        let deal = world.create(world.rep, "Opportunity", &values);
        let step = only(world, "SELECT Id FROM OpportunityHistory");
        for (user, expected) in [(world.rep, vec![(CauseKind::Master, Level::Read)]), (world.peer, Vec::new())] {
            let causes = explained(world, user, step);
            assert_eq!(kinds(&causes), expected);
            assert!(causes.iter().all(|cause| cause.through == Some(deal)));
        }
    });
}

#[test]
fn a_document_is_explained_by_its_links_each_with_what_it_gives() {
    on_both_stores(|world| {
        let firm = account(world, world.rep, "Firm");
        let version = world.create(
            world.admin,
            "ContentVersion",
            &[("PathOnClient", "a.txt".into()), ("VersionData", base64(b"text"))],
        );
        let document = only(world, &format!("SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{version}'"));
        assert_eq!(explained(world, world.rep, document), [], "a file is its owner's");
        let link = |to: RecordId, kind: &str| {
            let values =
                [("ContentDocumentId", document.into()), ("LinkedEntityId", to.into()), ("ShareType", kind.into())];
            world.create(world.admin, "ContentDocumentLink", &values)
        };
        let related = |world: &World, user| {
            let mut causes = explained(world, user, document);
            causes.retain(|cause| cause.kind == CauseKind::RelatedTo);
            causes.iter().map(|cause| (cause.through, cause.level)).collect::<Vec<_>>()
        };
        let first = link(firm, "V");
        assert_eq!(related(world, world.rep), [(Some(firm), Level::Read)], "a viewer reads, whoever owns the record");
        assert_eq!(related(world, world.peer), [], "who does not see the record does not see the file");
        world.update(world.admin, "ContentDocumentLink", first, &[("ShareType", "I".into())]).expect("inferred");
        assert_eq!(related(world, world.rep), [(Some(firm), Level::Edit)], "as much as on the record, and no more");
        world.update(world.admin, "ContentDocumentLink", first, &[("ShareType", "C".into())]).expect("a collaborator");
        assert_eq!(related(world, world.rep), [(Some(firm), Level::Edit)]);
        link(world.peer, "V");
        assert_eq!(related(world, world.peer), [(Some(world.peer), Level::Read)]);
    });
}

#[test]
fn what_lies_in_a_folder_is_explained_by_the_folder() {
    on_both_stores(|world| {
        let mut sheet = ObjectDef::new("Sheet__c", "Sheet", "Sheets", "a00")
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::lookup("Folder__c", "Folder", "Account"))
            .filed_in("Folder__c");
        sheet.access_default = AccessDefault::Private;
        world.ctx(world.admin).objects_create(vec![sheet]).expect("an object");
        let service = world.service();
        let set = provision::profile_set(&service, "Standard User").expect("a set");
        let rights = ObjectGrant { view_all: false, modify_all: false, ..ObjectGrant::ALL };
        provision::grant(&service, set, &[("Sheet__c".to_owned(), rights)]).expect("rights");
        let [firm, other] = ["Firm", "Other"].map(|name| account(world, world.rep, name));
        let filed = |folder: RecordId| {
            world.create(world.admin, "Sheet__c", &[("Name", "S".into()), ("Folder__c", folder.into())])
        };
        let [in_firm, in_other] = [firm, other].map(filed);
        assert_eq!(kinds(&explained(world, world.rep, in_firm)), [(CauseKind::Master, Level::All)]);
        let everybody = group(world, "Readers", "Regular", false, &[world.peer]);
        super::share(world, world.admin, other, everybody, "Read").expect("a share");
        assert_eq!(kinds(&explained(world, world.peer, in_other)), [(CauseKind::Master, Level::Read)]);
        assert_eq!(explained(world, world.peer, in_firm), []);
    });
}

#[test]
fn a_log_is_explained_to_whom_it_tells_of_and_to_who_administers_that() {
    on_both_stores(|world| {
        let schema = world.ctx(world.admin).schema().clone();
        let login = schema.find_object("LoginHistory").expect("the object");
        assert!(matches!(login.sharing(), SharingKind::Log { of: Some(_) }));
        let ctx = world.ctx(world.rep);
        let detail = r#"{"proof":"password","kind":"browser"}"#.to_owned();
        let entry = AuditEntry { action: "session_open", object: "User", record: Some(world.rep), detail };
        world.org.store().write(|tx| tx.audit(ctx.identity(), &entry)).expect("noted");
        let row = only(world, &format!("SELECT Id FROM LoginHistory WHERE UserId = '{}'", world.rep));
        assert_eq!(kinds(&explained(world, world.rep, row)), [(CauseKind::Log, Level::Read)]);
        assert_eq!(kinds(&explained(world, world.admin, row)), [(CauseKind::Log, Level::Read)]);
        assert_eq!(explained(world, world.peer, row), []);
    });
}

#[test]
fn a_list_of_an_object_that_was_deleted_is_explained_to_nobody_but_who_may_change_all() {
    on_both_stores(|world| {
        let site = ObjectDef::new("Site__c", "Site", "Sites", "a00").field(FieldDef::text("Name", "Name", 80));
        world.ctx(world.admin).objects_create(vec![site]).expect("an object");
        let service = world.service();
        let set = provision::profile_set(&service, "Standard User").expect("a set");
        provision::grant(&service, set, &[("Site__c".to_owned(), ObjectGrant::ALL)]).expect("rights");
        let list = only(world, "SELECT Id FROM ListView WHERE SobjectType = 'Site__c' AND Name = 'All Sites'");
        assert_eq!(kinds(&explained(world, world.rep, list)), [(CauseKind::Open, Level::Read)]);
        world.ctx(world.admin).object_delete("Site__c").expect("a delete");
        assert_eq!(explained(world, world.rep, list), []);
        assert_eq!(explained(world, world.admin, list)[0].kind, CauseKind::ModifyAllData);
    });
}

#[test]
fn a_share_is_explained_by_its_record_and_changed_by_who_holds_all_of_that() {
    on_both_stores(|world| {
        let firm = account(world, world.rep, "Firm");
        let share = super::share(world, world.rep, firm, world.peer, "Edit").expect("a share");
        let level = |user| {
            let causes = explained(world, user, share);
            causes.iter().map(|cause| (cause.kind, cause.level, cause.through)).collect::<Vec<_>>()
        };
        assert_eq!(level(world.rep), [(CauseKind::Master, Level::All, Some(firm))]);
        assert_eq!(level(world.peer), [(CauseKind::Master, Level::Read, Some(firm))], "who may edit shares no further");
    });
}
