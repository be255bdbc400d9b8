//! Dashboards that are shown with the rights of a user: what they agreed to, and nothing else.

use crate::world::{World, on_both_stores};
use app_reports::definition::{Component, DashboardMetadata};
use app_reports::{Board, ReportMetadata, RunsAs};
use model::{ErrorCode, RecordId, Value};
use platform::{QueryOptions, RecordDraft};

/// A dashboard of the rep that the peer may open, to be shown with the rights of the manager.
struct Lent {
    report: RecordId,
    dashboard: RecordId,
    asks: ReportMetadata,
    shows: DashboardMetadata,
}

fn lent(world: &World, visualization: &str) -> Lent {
    world.deal(world.manager, "Hidden", "Prospecting", Some(100), "2024-05-01");
    let folder = |kind: &str| {
        let values = [("Name", kind.into()), ("DeveloperName", kind.into()), ("Type", kind.into())];
        let folder = world.create(world.rep, "Folder", &values);
        let values =
            [("FolderId", folder.into()), ("UserOrGroupId", world.peer.into()), ("FolderAccessLevel", "Read".into())];
        world.create(world.rep, "FolderShare", &values);
        folder
    };
    let asks = ReportMetadata {
        detail_columns: vec!["Name".to_owned()],
        aggregates: vec!["RowCount".to_owned()],
        ..ReportMetadata::new("Opportunity")
    };
    let made = |object: &str, definition: String| {
        let values = [
            ("Name", "Deals".into()),
            ("DeveloperName", "Deals".into()),
            ("Definition", definition.into()),
            ("FolderId", folder(object).into()),
        ];
        world.create(world.rep, object, &values)
    };
    let report = made("Report", asks.to_json().expect("JSON"));
    let component = Component {
        title: "Deals".to_owned(),
        report_id: report,
        visualization_type: visualization.to_owned(),
        row: 0,
        column: 0,
        rowspan: 4,
        colspan: 6,
        footer: None,
    };
    let shows = DashboardMetadata {
        components: vec![component],
        running_user: Some(world.manager),
        ..DashboardMetadata::default()
    };
    let dashboard = made("Dashboard", shows.to_json().expect("JSON"));
    Lent { report, dashboard, asks, shows }
}

impl Lent {
    fn open(&self, world: &World, user: RecordId) -> Board {
        Board::open(&world.ctx(user), self.dashboard, Vec::new()).expect("a dashboard")
    }

    fn is_shown_to_peer(&self, world: &World) -> bool {
        matches!(self.open(world, world.peer).runs_as, RunsAs::User { id, .. } if id == world.manager)
    }

    fn agree(&self, world: &World) {
        let print = self.open(world, world.manager).print().expect("it is lent").to_owned();
        let ask = world.ctx(world.rep).dashboard_agreement_ask(self.dashboard, world.manager, &print);
        ask.expect("asked");
        world.ctx(world.manager).dashboard_agreement_answer(self.dashboard, &print, true).expect("agreed");
    }
}

fn define(world: &World, object: &str, id: RecordId, definition: String) {
    let ctx = world.ctx(world.rep);
    let object = ctx.object(object).expect("an object");
    let draft = RecordDraft::of(id).set(object, "Definition", Value::from(definition)).expect("a field");
    ctx.record_update(object.name(), draft).expect("a change");
}

#[test]
fn an_open_dashboard_asks_just_what_was_agreed_to() {
    on_both_stores(|world| {
        let lent = lent(world, "Table");
        lent.agree(world);
        let open = lent.open(world, world.peer);
        let wider =
            ReportMetadata { detail_columns: vec!["Name".to_owned(), "Amount".to_owned()], ..lent.asks.clone() };
        define(world, "Report", lent.report, wider.to_json().expect("JSON"));
        let answer = open.answer(0).expect("what was agreed to");
        assert_eq!(answer.definition.detail_columns, ["Name"], "not what its author made of it since");
        assert_eq!((answer.run.columns.len(), answer.run.rows.len()), (1, 1));
        assert!(!lent.is_shown_to_peer(world), "the other question was not agreed to");
    });
}

#[test]
fn records_are_listed_only_where_that_was_agreed_to() {
    on_both_stores(|world| {
        let lent = lent(world, "Metric");
        lent.agree(world);
        assert!(lent.open(world, world.peer).answer(0).expect("a figure").run.rows.is_empty());
        let mut shows = lent.shows.clone();
        shows.components[0].colspan = 12;
        define(world, "Dashboard", lent.dashboard, shows.to_json().expect("JSON"));
        assert!(lent.is_shown_to_peer(world), "how it is laid out needs no agreement");
        shows.components[0].visualization_type = "Table".to_owned();
        define(world, "Dashboard", lent.dashboard, shows.to_json().expect("JSON"));
        assert!(!lent.is_shown_to_peer(world), "a figure was agreed to, not the records behind it");
    });
}

#[test]
fn asking_oneself_is_no_answer() {
    on_both_stores(|world| {
        let lent = lent(world, "Table");
        let own = world.ctx(world.manager);
        let print = lent.open(world, world.manager).print().expect("it is lent").to_owned();
        own.dashboard_agreement_ask(lent.dashboard, world.manager, &print).expect("asked");
        assert!(!lent.is_shown_to_peer(world));
        own.dashboard_agreement_answer(lent.dashboard, &print, true).expect("agreed");
        assert!(lent.is_shown_to_peer(world));
    });
}

#[test]
fn what_was_kept_is_told_only_to_who_may_run_reports() {
    on_both_stores(|world| {
        let lent = lent(world, "Table");
        lent.agree(world);
        assert_eq!(lent.open(world, world.peer).answer(0).expect("asked").run.rows.len(), 1);
        assert!(lent.open(world, world.peer).asked_at(0).is_some(), "it is kept");
        let sets = "SELECT Id FROM PermissionSet WHERE PermissionsRunReports = true";
        let service = world.service();
        let (_, sets) = service.query_all_rows(sets, QueryOptions::default()).expect("sets");
        let object = service.object("PermissionSet").expect("an object");
        for set in sets {
            let draft = RecordDraft::of(set.id).set(object, "PermissionsRunReports", false).expect("a field");
            service.record_update("PermissionSet", draft).expect("taken away");
        }
        let refused = lent.open(world, world.peer).answer(0).expect_err("the permission is gone");
        assert_eq!(refused.code(), ErrorCode::InsufficientAccessOrReadonly);
        assert!(refused.message().contains("RunReports"), "{refused}");
    });
}
