//! Reports in folders: whoever reads the folder reads them, and whoever may change the folder changes them.

use crate::world::{World, on_both_stores};
use app_reports::{ReportMetadata, SavedReport};
use model::{ErrorCode, RecordId, Value};
use platform::{MaxAccessLevel, RecordDraft};

fn folder(world: &World, kind: &str) -> RecordId {
    let values = [("Name", "Deals".into()), ("DeveloperName", kind.into()), ("Type", kind.into())];
    world.create(world.rep, "Folder", &values)
}

fn report(world: &World, user: RecordId, name: &str, folder: RecordId) -> model::Result<RecordId> {
    let definition = ReportMetadata {
        name: name.to_owned(),
        detail_columns: vec!["Name".to_owned()],
        aggregates: vec!["RowCount".to_owned()],
        ..ReportMetadata::new("Opportunity")
    };
    let definition = definition.to_json().expect("a definition");
    let values = [
        ("Name", name.into()),
        ("DeveloperName", name.into()),
        ("Definition", definition.as_str().into()),
        ("FolderId", folder.into()),
    ];
    world.try_create(user, "Report", &values)
}

fn update(
    world: &World,
    user: RecordId,
    object: &str,
    id: RecordId,
    field: &str,
    value: impl Into<Value>,
) -> model::Result<()> {
    let ctx = world.ctx(user);
    let draft = RecordDraft::of(id).set(ctx.object(object)?, field, value)?;
    ctx.record_update(object, draft)
}

#[test]
fn a_report_is_read_and_changed_by_who_reads_and_changes_its_folder() {
    on_both_stores(|world| {
        let deals = folder(world, "Report");
        let id = report(world, world.rep, "Pipeline", deals).expect("a report");
        let reads = |user| SavedReport::fetch(&world.ctx(user), id).is_ok();
        assert!(reads(world.rep) && reads(world.manager) && !reads(world.peer));
        let holds = |user: RecordId| world.ctx(user).record_access(user, &[id]).expect("access")[0].max;
        let share = |level: &str| {
            let values =
                [("FolderId", deals.into()), ("UserOrGroupId", world.peer.into()), ("FolderAccessLevel", level.into())];
            world.create(world.rep, "FolderShare", &values)
        };
        let row = share("Read");
        assert!(reads(world.peer));
        assert_eq!(holds(world.peer), MaxAccessLevel::Read);
        let change = |user| update(world, user, "Report", id, "Description", "Mine");
        assert_eq!(change(world.peer).expect_err("a reader").code(), ErrorCode::InsufficientAccessOrReadonly);
        let filed = report(world, world.peer, "Another", deals).expect_err("a reader files nothing here");
        assert_eq!(filed.code(), ErrorCode::InsufficientAccessOrReadonly);
        let said = world.ctx(world.rep).record_explain(world.peer, id).expect("an explanation");
        assert_eq!(said.causes.iter().map(|cause| cause.through).collect::<Vec<_>>(), [Some(deals)]);
        update(world, world.rep, "FolderShare", row, "FolderAccessLevel", "Edit").expect("an editor");
        change(world.peer).expect("an editor changes what is in it");
        let another = report(world, world.peer, "Another", deals).expect("and files there");
        world.ctx(world.rep).record_delete("Report", another).expect("the folder's owner may take it out");
        world.ctx(world.rep).record_delete("FolderShare", row).expect("taken back");
        assert!(!reads(world.peer));

        let named = || world.ctx(world.rep).record_get("Report", id, Some(&["FolderName".to_owned()]));
        let name = || named().expect("a report").records()[0].cells[0].value().to_plain();
        assert_eq!(name(), "Deals");
        update(world, world.rep, "Folder", deals, "Name", "Sales").expect("renamed");
        assert_eq!(name(), "Sales");
        let wrong = folder(world, "Dashboard");
        let refused = update(world, world.rep, "Report", id, "FolderId", wrong).expect_err("for dashboards");
        assert_eq!(refused.fields(), ["FolderId"]);
        assert!(update(world, world.rep, "Folder", deals, "Type", "Dashboard").is_err(), "it is not empty");
        assert!(world.ctx(world.rep).record_delete("Folder", deals).is_err(), "it is not empty");
        update(world, world.rep, "Report", id, "FolderId", Value::Null).expect("taken out");
        assert_eq!(name(), "");
        world.ctx(world.rep).record_delete("Folder", deals).expect("empty now");
    });
}

#[test]
fn what_a_folder_out_of_sight_is_for_shows_in_no_refusal() {
    on_both_stores(|world| {
        let folders = [folder(world, "Report"), folder(world, "Dashboard")];
        let absent = RecordId::parse(&format!("{}000000000zzz", folders[0].prefix())).expect("an id");
        let refused = |folder: RecordId| {
            let error = report(world, world.peer, "Mine", folder).expect_err("out of sight");
            (error.code(), error.message().replace(&folder.to_string(), "…"))
        };
        let as_for_nothing = refused(absent);
        assert_eq!(as_for_nothing.0, ErrorCode::InvalidCrossReferenceKey);
        for folder in folders {
            assert_eq!(refused(folder), as_for_nothing);
        }
    });
}
