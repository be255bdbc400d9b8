//! What a report shows is what its reader may see.

use crate::world::{World, on_both_stores};
use app_reports::definition::{FilterType, Grouping, Operator, ReportFilter, ReportFormat};
use app_reports::{ReportMetadata, RunOptions, SavedReport, run};
use model::schema::{FieldDef, Mask, MaskCharacter, MaskKind};
use model::{ErrorCode, RecordId};
use platform::provision;

fn list() -> ReportMetadata {
    ReportMetadata {
        name: "Deals".to_owned(),
        detail_columns: vec!["Name".to_owned(), "Amount".to_owned()],
        aggregates: vec!["s!Amount".to_owned(), "RowCount".to_owned()],
        ..ReportMetadata::new("Opportunity")
    }
}

fn names(world: &World, user: RecordId) -> Vec<String> {
    let run = run(&world.ctx(user), &list(), &RunOptions::default()).expect("a run");
    let mut names: Vec<String> = run.rows.iter().map(|row| row.cells[0].to_plain()).collect();
    names.sort();
    names
}

/// A user who may read deals except their amounts.
fn without_amounts(world: &World) -> RecordId {
    let ctx = world.service();
    let profile = provision::insert(&ctx, "Profile", &[("Name", "Half".into())]).expect("a profile");
    let set = [
        ("Name", "X_Half".into()),
        ("Label", "Half".into()),
        ("Type", "Profile".into()),
        ("IsOwnedByProfile", true.into()),
        ("ProfileId", profile.into()),
        ("PermissionsRunReports", true.into()),
    ];
    let set = provision::insert(&ctx, "PermissionSet", &set).expect("a set");
    let object = [
        ("ParentId", set.into()),
        ("SobjectType", "Opportunity".into()),
        ("PermissionsRead", true.into()),
        ("PermissionsViewAllRecords", true.into()),
    ];
    provision::insert(&ctx, "ObjectPermissions", &object).expect("a grant");
    let values = [
        ("Username", "half@test.example".into()),
        ("Email", "half@test.example".into()),
        ("LastName", "half".into()),
        ("Alias", "half".into()),
        ("TimeZoneSidKey", "Europe/Berlin".into()),
        ("LocaleSidKey", "en_GB".into()),
        ("LanguageLocaleKey", "en_US".into()),
        ("EmailEncodingKey", "UTF-8".into()),
        ("ProfileId", profile.into()),
        ("IsActive", true.into()),
    ];
    provision::insert(&ctx, "User", &values).expect("a user")
}

#[test]
fn a_rep_gets_no_row_of_a_peer_and_the_manager_gets_both() {
    on_both_stores(|world| {
        world.deal(world.rep, "Mine", "Prospecting", Some(100), "2026-11-30");
        world.deal(world.peer, "Theirs", "Prospecting", Some(200), "2026-11-30");
        assert_eq!(names(world, world.rep), ["Mine"]);
        assert_eq!(names(world, world.peer), ["Theirs"]);
        assert_eq!(names(world, world.manager), ["Mine", "Theirs"]);
    });
}

#[test]
fn an_unreadable_column_is_removed_and_named() {
    on_both_stores(|world| {
        world.deal(world.rep, "Mine", "Prospecting", Some(100), "2026-11-30");
        let half = without_amounts(world);
        let run = run(&world.ctx(half), &list(), &RunOptions::default()).expect("a run");
        let columns: Vec<&str> = run.columns.iter().map(|column| column.path.as_str()).collect();
        assert_eq!(columns, ["Name"]);
        assert_eq!(run.aggregates.len(), 1, "the sum goes too, the count stays");
        assert_eq!(
            run.notices,
            [
                "The column Amount was removed: half may not read it.",
                "The column s!Amount was removed: half may not read it."
            ]
        );
    });
}

#[test]
fn an_unreadable_filter_grouping_or_sort_fails_the_run() {
    on_both_stores(|world| {
        let half = without_amounts(world);
        let filtered =
            ReportMetadata { report_filters: vec![ReportFilter::new("Amount", Operator::GreaterThan, "1")], ..list() };
        let grouped = ReportMetadata {
            report_format: ReportFormat::Summary,
            groupings_down: vec![Grouping::by("Type")],
            ..list()
        };
        let through =
            ReportMetadata { report_filters: vec![ReportFilter::new("Account.Name", Operator::Equals, "x")], ..list() };
        for definition in [filtered, grouped, through] {
            let error = run(&world.ctx(half), &definition, &RunOptions::default()).expect_err("a refusal");
            assert_eq!(error.code(), ErrorCode::InsufficientAccessOrReadonly, "{error}");
        }
    });
}

#[test]
fn a_report_that_may_not_be_seen_is_not_found() {
    on_both_stores(|world| {
        let values = [("Name", "Deals".into()), ("Definition", list().to_json().expect("JSON").into())];
        let id = world.create(world.rep, "Report", &values);
        assert!(SavedReport::fetch(&world.ctx(world.manager), id).is_ok(), "the hierarchy opens it");
        let error = SavedReport::fetch(&world.ctx(world.peer), id).expect_err("a refusal");
        assert_eq!(error.code(), ErrorCode::NotFound);
    });
}

#[test]
fn a_report_masks_encrypted_text_and_neither_groups_nor_filters_by_it() {
    on_both_stores(|world| {
        let mask = Mask::new(MaskKind::LastFour, MaskCharacter::X);
        let iban = FieldDef::encrypted_text("Iban__c", "IBAN", 40, mask);
        world.service().fields_create("Opportunity", vec![iban]).expect("a field");
        let deal = world.deal(world.rep, "A", "Prospecting", Some(100), "2026-12-01");
        let ctx = world.ctx(world.rep);
        let object = ctx.object("Opportunity").expect("it");
        let draft = platform::RecordDraft::of(deal).set(object, "Iban__c", "DE0212345678").expect("a field");
        ctx.record_update("Opportunity", draft).expect("an update");
        let with = |change: &dyn Fn(&mut ReportMetadata)| {
            let mut report = list();
            report.detail_columns = vec!["Name".to_owned(), "Iban__c".to_owned()];
            change(&mut report);
            run(&ctx, &report, &RunOptions::default())
        };
        let shown = with(&|_| ()).expect("a run");
        assert_eq!(shown.rows[0].cells[1].to_plain(), "XXXXXXXX5678");
        let filter = ReportFilter {
            column: "Iban__c".to_owned(),
            operator: Operator::Equals,
            value: "x".to_owned(),
            filter_type: FilterType::default(),
        };
        assert!(with(&|report| report.report_filters = vec![filter.clone()]).is_err());
        let grouped = with(&|report| {
            report.report_format = ReportFormat::Summary;
            report.groupings_down = vec![Grouping::by("Iban__c")];
        });
        assert!(grouped.is_err());
    });
}
