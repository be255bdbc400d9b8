//! Folders and saved lists: who sees them, and what a list shows each reader.

use crate::world::{World, on_both_stores};
use model::schema::{FieldDef, ObjectDef};
use model::{ErrorCode, RecordId, Value};
use platform::{Level, QueryOptions};

fn view(world: &World, user: RecordId, values: &[(&str, Value)]) -> model::Result<RecordId> {
    let mut all: Vec<(&str, Value)> = vec![
        ("Name", "Big".into()),
        ("DeveloperName", "Big".into()),
        ("SobjectType", "Account".into()),
        ("Columns", "Name, Owner.Name, AnnualRevenue".into()),
    ];
    all.retain(|(field, _)| values.iter().all(|(other, _)| other != field));
    all.extend_from_slice(values);
    world.try_create(user, "ListView", &all)
}

fn names(world: &World, user: RecordId, object: &str) -> Vec<String> {
    world.ctx(user).list_views(object).expect("lists").into_iter().map(|view| view.name).collect()
}

fn shown(world: &World, user: RecordId, id: RecordId) -> Vec<String> {
    let text = world.ctx(user).list_view_query(id).expect("a query");
    world.column(user, &text)
}

#[test]
fn every_object_that_people_look_for_begins_with_lists_of_its_records() {
    on_both_stores(|world| {
        assert_eq!(names(world, world.rep, "Account"), ["All Accounts", "My Accounts", "Recently Viewed Accounts"]);
        assert_eq!(names(world, world.rep, "Product2"), ["All Products", "Recently Viewed Products"]);
        let mine = world.create(world.rep, "Account", &[("Name", "Mine".into())]);
        world.create(world.peer, "Account", &[("Name", "Peer's".into())]);
        world.ctx(world.manager).record_viewed(mine).expect("viewed");
        let of = |name: &str| {
            let views = world.ctx(world.rep).list_views("Account").expect("lists");
            views.into_iter().find(|view| view.name == name).expect("there").id
        };
        assert_eq!(shown(world, world.manager, of("All Accounts")).len(), 2);
        assert_eq!(shown(world, world.manager, of("My Accounts")), Vec::<String>::new());
        assert_eq!(shown(world, world.rep, of("My Accounts")), ["Mine"]);
        assert_eq!(shown(world, world.manager, of("Recently Viewed Accounts")), ["Mine"]);
        assert_eq!(shown(world, world.rep, of("Recently Viewed Accounts")), Vec::<String>::new());

        let site = ObjectDef::new("Site__c", "Site", "Sites", "a00").field(FieldDef::text("Name", "Name", 80));
        let admin = || world.ctx(world.admin);
        admin().objects_create(vec![site]).expect("an object");
        assert_eq!(names(world, world.admin, "Site__c"), ["All Sites", "My Sites", "Recently Viewed Sites"]);
        assert_eq!(
            world.ctx(world.rep).list_views("Site__c").expect_err("unknown to them").code(),
            ErrorCode::NotFound
        );
        // Nor do queries of the lists themselves tell that there is such an object.
        let told = "SELECT COUNT() FROM ListView WHERE SobjectType = 'Site__c'";
        let count = |user| world.ctx(user).query(told, QueryOptions::default()).expect("a count").total;
        assert_eq!((count(world.admin), count(world.rep)), (3, 0));
        let ids = world.column(world.admin, "SELECT Id FROM ListView WHERE SobjectType = 'Site__c'");
        let first = RecordId::parse(&ids[0]).expect("an id");
        assert_eq!(
            world.ctx(world.rep).record_get("ListView", first, None).expect_err("hidden").code(),
            ErrorCode::NotFound
        );
        let explained = world.ctx(world.admin).record_explain(world.rep, first).expect("reasons");
        assert_eq!((explained.level, explained.causes), (None, Vec::new()));
        admin().object_rename("Site__c", "Place__c", "Place", "Places", "").expect("renamed");
        assert_eq!(names(world, world.admin, "Place__c").len(), 3);
        admin().object_delete("Place__c").expect("deleted");
        let left = "SELECT COUNT() FROM ListView WHERE SobjectType IN ('Place__c', 'Site__c')";
        assert_eq!(admin().query(left, QueryOptions::default()).expect("a count").total, 0);
    });
}

#[test]
fn a_saved_list_is_its_owners_until_it_is_everybodys_and_says_what_can_be_asked() {
    on_both_stores(|world| {
        let values = [("Filter", "AnnualRevenue > 10".into()), ("OrderBy", "AnnualRevenue DESC".into())];
        let id = view(world, world.rep, &values).expect("a list");
        for (name, revenue) in [("Small", 5), ("Large", 50), ("Larger", 60)] {
            let values = [("Name", name.into()), ("AnnualRevenue", Value::Int(revenue))];
            world.create(world.rep, "Account", &values);
        }
        assert_eq!(shown(world, world.rep, id), ["Larger", "Large"]);
        assert_eq!(world.ctx(world.peer).list_view_query(id).expect_err("the rep's").code(), ErrorCode::NotFound);
        world.update(world.rep, "ListView", id, &[("Visibility", "All".into())]).expect("opened");
        assert_eq!(shown(world, world.peer, id), Vec::<String>::new(), "a list shows each reader their own records");
        assert_eq!(shown(world, world.manager, id), ["Larger", "Large"]);
        let edit = world.update(world.peer, "ListView", id, &[("Name", "Mine".into())]).expect_err("to be read");
        assert_eq!(edit.code(), ErrorCode::InsufficientAccessOrReadonly);
        let said = world.ctx(world.admin).record_explain(world.peer, id).expect("an explanation");
        assert_eq!(said.level, Some(Level::Read));

        for (field, wrong) in [
            ("SobjectType", "Nothing"),
            ("SobjectType", "UserRecordAccess"),
            ("Columns", "Name, Nothing"),
            ("Columns", "Name FROM Contact"),
            ("Filter", "Nothing = 1"),
            ("Filter", "Name = 'a') OR (Name != null"),
            ("Filter", "Name != null ORDER BY Name"),
            ("OrderBy", "Name LIMIT 1"),
            ("OrderBy", "Nothing"),
        ] {
            let refused = view(world, world.rep, &[(field, wrong.into())]).expect_err(wrong);
            assert_eq!(
                (refused.code(), refused.fields()),
                (ErrorCode::FieldIntegrityException, &[field.to_owned()][..])
            );
        }
    });
}

#[test]
fn a_folder_has_readers_editors_and_managers_by_its_shares() {
    on_both_stores(|world| {
        let values = [("Name", "Sales".into()), ("DeveloperName", "Sales".into()), ("Type", "Report".into())];
        let folder = world.create(world.rep, "Folder", &values);
        let level = |user| world.ctx(world.admin).record_explain(user, folder).expect("an explanation").level;
        assert_eq!(level(world.peer), None);
        let share = |by, level: &str| {
            let values = [
                ("FolderId", folder.into()),
                ("UserOrGroupId", world.peer.into()),
                ("FolderAccessLevel", level.into()),
            ];
            world.try_create(by, "FolderShare", &values)
        };
        let row = share(world.rep, "Read").expect("a reader");
        let rename = |user, name: &str| world.update(user, "Folder", folder, &[("Name", name.into())]);
        assert_eq!(rename(world.peer, "X").expect_err("a reader").code(), ErrorCode::InsufficientAccessOrReadonly);
        for (given, holds) in [("Read", Level::Read), ("Edit", Level::Edit), ("All", Level::All)] {
            world.update(world.rep, "FolderShare", row, &[("FolderAccessLevel", given.into())]).expect("changed");
            assert_eq!(level(world.peer), Some(holds));
        }
        rename(world.peer, "Deals").expect("a manager changes it");
        let values =
            [("FolderId", folder.into()), ("UserOrGroupId", world.chief.into()), ("FolderAccessLevel", "Read".into())];
        world.create(world.peer, "FolderShare", &values);
        world.update(world.rep, "FolderShare", row, &[("FolderAccessLevel", "Edit".into())]).expect("changed");
        let refused = world.try_create(world.peer, "FolderShare", &values);
        assert!(refused.is_err(), "an editor shares nothing");
        world.ctx(world.rep).record_delete("FolderShare", row).expect("taken back");
        assert_eq!(level(world.peer), None);
        world.update(world.rep, "Folder", folder, &[("AccessType", "Public".into())]).expect("opened");
        assert_eq!(level(world.peer), Some(Level::Read));
        assert_eq!(world.column(world.peer, "SELECT Name FROM Folder"), ["Deals"]);
    });
}
