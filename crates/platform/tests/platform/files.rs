//! Files: a document comes with its first version, is opened by what it is linked to, and carries its bytes through
//! backups, moves and new keys.

use crate::attachments::{base64, bytes, read};
use crate::world::{World, on_both_stores, on_each_store};
use model::{ErrorCode, RecordId, Value};
use platform::{Cell, Level, OrgBackend, QueryOptions, RestorePoint, SaveOptions};
use store::{Backed as _, Purpose};

fn upload(world: &World, user: RecordId, path: &str, body: &[u8], more: &[(&str, Value)]) -> RecordId {
    let mut values = vec![("PathOnClient", path.into()), ("VersionData", base64(body))];
    values.extend(more.iter().cloned());
    world.create(user, "ContentVersion", &values)
}

fn document_of(world: &World, version: RecordId) -> RecordId {
    let text = format!("SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{version}'");
    RecordId::parse(&world.column(world.admin, &text)[0]).expect("an id")
}

fn link(world: &World, user: RecordId, document: RecordId, to: RecordId, kind: &str) -> model::Result<RecordId> {
    let values = [("ContentDocumentId", document.into()), ("LinkedEntityId", to.into()), ("ShareType", kind.into())];
    world.try_create(user, "ContentDocumentLink", &values)
}

fn rows(world: &World, soql: &str) -> Vec<Vec<String>> {
    let (_, rows) = world.ctx(world.admin).query_all_rows(soql, QueryOptions::default()).expect(soql);
    rows.iter().map(|row| row.cells.iter().map(|cell| cell.value().to_plain()).collect()).collect()
}

#[test]
fn a_first_version_brings_its_document_and_later_ones_follow() {
    on_both_stores(|world| {
        let first = upload(world, world.rep, "C:\\papers\\Offer 7.PDF", b"one", &[]);
        let document = document_of(world, first);
        let of_document = format!(
            "SELECT Title, FileType, FileExtension, ContentSize, OwnerId, LatestPublishedVersionId FROM ContentDocument \
             WHERE Id = '{document}'"
        );
        let rep = world.rep.to_string();
        assert_eq!(rows(world, &of_document), [["Offer 7", "PDF", "pdf", "3", &rep, &first.to_string()]]);
        let second = upload(
            world,
            world.rep,
            "offer.docx",
            b"second",
            &[("ContentDocumentId", document.into()), ("Title", "Offer 8".into()), ("ReasonForChange", "more".into())],
        );
        assert_eq!(rows(world, &of_document), [["Offer 8", "WORD_X", "docx", "6", &rep, &second.to_string()]]);
        let versions = "SELECT Title, VersionNumber, IsLatest, ContentSize, Checksum FROM ContentVersion ORDER BY Id";
        assert_eq!(
            rows(world, versions),
            [
                ["Offer 7", "1", "false", "3", "f97c5d29941bfb1b2fdab0874906ab82"],
                ["Offer 8", "2", "true", "6", "a9f0e61a137d86aa9db53465e0801612"],
            ]
        );
        assert_eq!(read(&world.ctx(world.rep), "ContentVersion", first, "VersionData").expect("bytes"), b"one");
        assert_eq!(read(&world.ctx(world.rep), "ContentVersion", second, "VersionData").expect("bytes"), b"second");
        // The title is that of the latest version, whichever is changed.
        world.update(world.rep, "ContentDocument", document, &[("Title", "Renamed".into())]).expect("a title");
        world.update(world.rep, "ContentVersion", second, &[("Title", "Again".into())]).expect("a title");
        assert_eq!(rows(world, "SELECT Title FROM ContentDocument"), [["Again"]]);

        let other = world.update(world.rep, "ContentVersion", first, &[("VersionData", base64(b"altered"))]);
        assert_eq!(other.expect_err("a version keeps its bytes").code(), ErrorCode::FieldIntegrityException);
        let by_hand = world.try_create(world.admin, "ContentDocument", &[("Title", "x".into())]);
        assert_eq!(by_hand.expect_err("made by versions").code(), ErrorCode::InsufficientAccessOrReadonly);
        let one = world.ctx(world.admin).record_delete("ContentVersion", first).expect_err("with its file");
        assert_eq!(one.code(), ErrorCode::InsufficientAccessOrReadonly);
    });
}

#[test]
fn no_document_given_is_a_new_one_however_it_is_said() {
    on_both_stores(|world| {
        let none = [("ContentDocumentId", Value::Null), ("FirstPublishLocationId", Value::Null)];
        let version = upload(world, world.rep, "a.txt", b"1", &none);
        let document = document_of(world, version);
        assert_eq!(rows(world, "SELECT Id FROM ContentDocument"), [[document.to_string()]]);
        assert_eq!(rows(world, "SELECT VersionNumber FROM ContentVersion"), [["1"]]);
    });
}

#[test]
fn versions_of_one_file_in_one_call_are_refused_and_leave_no_document() {
    on_both_stores(|world| {
        let document = document_of(world, upload(world, world.rep, "a.txt", b"1", &[]));
        let ctx = world.ctx(world.rep);
        let draft = |path: &str| {
            let values =
                [("PathOnClient", path.into()), ("VersionData", base64(b"x")), ("ContentDocumentId", document.into())];
            crate::world::draft(&ctx, "ContentVersion", None, &values)
        };
        let results = ctx.records_create("ContentVersion", vec![draft("b.txt"), draft("c.txt")], SaveOptions::ALL);
        assert!(results.is_err() || results.expect("results").iter().all(|row| !row.is_success()));
        let bad = [("PathOnClient", "d.txt".into()), ("VersionData", "%".into())];
        assert!(world.try_create(world.rep, "ContentVersion", &bad).is_err());
        assert_eq!(rows(world, "SELECT Id FROM ContentDocument"), [[document.to_string()]]);
        assert_eq!(rows(world, "SELECT VersionNumber FROM ContentVersion"), [["1"]]);
    });
}

/// What a user does with the document, by every door.
fn level(world: &World, user: RecordId, document: RecordId, version: RecordId) -> Option<Level> {
    let ctx = world.ctx(user);
    let sees = world.column(user, &format!("SELECT Id FROM ContentDocument WHERE Id = '{document}'")).len() == 1;
    let all = |soql: &str| world.column(user, soql).contains(&document.to_string());
    assert_eq!(all("SELECT Id FROM ContentDocument"), sees, "list");
    let count = format!("SELECT COUNT() FROM ContentDocument WHERE Id = '{document}'");
    assert_eq!(ctx.query(&count, QueryOptions::default()).expect("a count").total, u64::from(sees), "count");
    assert_eq!(ctx.record_get("ContentDocument", document, None).is_ok(), sees, "get");
    assert_eq!(ctx.record_get("ContentVersion", version, None).is_ok(), sees, "its version");
    assert_eq!(read(&ctx, "ContentVersion", version, "VersionData").is_ok(), sees, "its bytes");
    assert_eq!(all(&format!("SELECT ContentDocumentId FROM ContentVersion WHERE Id = '{version}'")), sees, "parent");
    let up = format!("SELECT ContentDocument.Title FROM ContentVersion WHERE Id = '{version}'");
    assert_eq!(world.column(user, &up).len(), usize::from(sees), "a path");
    let below = format!("SELECT (SELECT Id FROM ContentVersions) FROM ContentDocument WHERE Id = '{document}'");
    let (_, found) = ctx.query_all_rows(&below, QueryOptions::default()).expect("rows");
    let children = found.first().map_or(0, |row| match &row.cells[0] {
        Cell::Children(children) => children.len(),
        _ => 0,
    });
    assert_eq!(children > 0, sees, "children");
    let join = "SELECT Id FROM ContentDocument WHERE Id IN (SELECT ContentDocumentId FROM ContentVersion)";
    assert_eq!(all(join), sees, "semi-join");
    let found = ctx.search("FIND {paper*} RETURNING ContentDocument(Id)", QueryOptions::default()).expect("hits");
    assert_eq!(found[0].rows.iter().any(|row| row.id == document), sees, "search");
    let why = world.ctx(world.admin).record_explain(user, document).expect("an explanation");
    let edits = world.update(user, "ContentDocument", document, &[("Description", format!("{user}").into())]);
    let level = match (sees, &edits) {
        (false, Err(error)) => {
            assert_eq!(error.code(), ErrorCode::NotFound, "hidden");
            None
        }
        (true, Err(error)) => {
            assert_eq!(error.code(), ErrorCode::InsufficientAccessOrReadonly, "read only");
            Some(Level::Read)
        }
        (true, Ok(())) => {
            let write = world.update(user, "ContentVersion", version, &[("Description", "x".into())]);
            write.expect("who edits the file edits its versions");
            let probe = ctx.record_delete("ContentDocument", document);
            let deletes = probe.is_ok();
            if deletes {
                ctx.record_undelete("ContentDocument", document).expect("back from the bin");
            }
            Some(if deletes { Level::All } else { Level::Edit })
        }
        (false, Ok(())) => panic!("changed and not seen"),
    };
    assert_eq!(why.level, level, "explained: {:?}", why.causes);
    level
}

#[test]
fn a_document_is_opened_by_what_it_is_linked_to_as_far_as_each_link_says() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let campaign = world.create(world.manager, "Campaign", &[("Name", "Fair".into())]);
        let version = upload(world, world.rep, "paper.txt", b"words", &[]);
        let document = document_of(world, version);
        let levels = || {
            // What goes into the bin with the file goes at another moment than what went before.
            world.clock.advance(1_000);
            [world.rep, world.manager, world.chief, world.peer].map(|user| level(world, user, document, version))
        };
        // The owner's alone: those above the owner do not see papers.
        assert_eq!(levels(), [Some(Level::All), None, None, None]);
        let refused = link(world, world.manager, document, campaign, "V").expect_err("a file out of sight");
        assert_eq!(refused.code(), ErrorCode::InvalidCrossReferenceKey);

        // By the account, for those who read it.
        let by_account = link(world, world.rep, document, account, "V").expect("a link");
        assert_eq!(levels(), [Some(Level::All), Some(Level::Read), Some(Level::Read), None]);
        let twice = link(world, world.rep, document, account, "C").expect_err("linked already");
        assert_eq!(twice.code(), ErrorCode::DuplicateValue);
        world
            .update(world.rep, "ContentDocumentLink", by_account, &[("ShareType", "C".into())])
            .expect("collaborators");
        assert_eq!(levels(), [Some(Level::All), Some(Level::Edit), Some(Level::Edit), None]);
        let by_reader = link(world, world.peer, document, campaign, "V").expect_err("a file out of sight");
        assert_eq!(by_reader.code(), ErrorCode::InvalidCrossReferenceKey);
        world.update(world.rep, "ContentDocumentLink", by_account, &[("ShareType", "V".into())]).expect("viewers");

        // As much as the record allows: the manager owns the campaign, the peer reads it as everybody does.
        let by_campaign = link(world, world.rep, document, campaign, "I").expect("a link");
        assert_eq!(levels(), [Some(Level::All), Some(Level::Edit), Some(Level::Edit), Some(Level::Read)]);
        world.ctx(world.rep).record_delete("ContentDocumentLink", by_campaign).expect("a link taken back");

        // One user, and nobody who may read the record of that user.
        link(world, world.rep, document, world.peer, "C").expect("a link to a user");
        world.ctx(world.rep).record_delete("ContentDocumentLink", by_account).expect("a link taken back");
        assert_eq!(levels(), [Some(Level::All), None, None, Some(Level::Edit)]);
        let seen = |user| world.column(user, "SELECT LinkedEntityId FROM ContentDocumentLink");
        assert_eq!((seen(world.peer), seen(world.chief)), (vec![world.peer.to_string()], vec![]));
    });
}

#[test]
fn a_file_is_linked_to_a_record_once_however_the_links_come() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let other = world.create(world.rep, "Account", &[("Name", "Other".into())]);
        let document = document_of(world, upload(world, world.rep, "paper.txt", b"words", &[]));
        let ctx = world.ctx(world.rep);
        let draft = |to: RecordId| {
            let values =
                [("ContentDocumentId", document.into()), ("LinkedEntityId", to.into()), ("ShareType", "V".into())];
            crate::world::draft(&ctx, "ContentDocumentLink", None, &values)
        };
        let links = || rows(world, "SELECT LinkedEntityId FROM ContentDocumentLink ORDER BY Id");

        let whole = ctx.records_create("ContentDocumentLink", vec![draft(account), draft(account)], SaveOptions::ALL);
        let whole = whole.expect("results");
        assert_eq!(whole[1].errors[0].code, ErrorCode::DuplicateValue);
        assert_eq!(links().len(), 0);
        let each = SaveOptions { all_or_none: false, ..SaveOptions::ALL };
        let drafts = vec![draft(account), draft(account), draft(other)];
        let results = ctx.records_create("ContentDocumentLink", drafts, each).expect("results");
        let saved: Vec<bool> = results.iter().map(platform::RowResult::is_success).collect();
        assert_eq!(saved, [true, false, true]);
        assert_eq!(results[1].errors[0].code, ErrorCode::DuplicateValue);
        assert_eq!(links(), [[account.to_string()], [other.to_string()]]);

        // What is in the bin stands in nobody's way, and does not come back beside the one that took its place.
        let first = results[0].id.expect("an id");
        ctx.record_delete("ContentDocumentLink", first).expect("a delete");
        let second = link(world, world.rep, document, account, "V").expect("a link");
        let back = ctx.record_undelete("ContentDocumentLink", first).expect_err("linked anew");
        assert_eq!(back.code(), ErrorCode::DuplicateValue);
        assert_eq!(links(), [[other.to_string()], [account.to_string()]]);
        ctx.record_delete("ContentDocumentLink", second).expect("a delete");
        ctx.record_undelete("ContentDocumentLink", first).expect("an undelete");
        assert_eq!(links(), [[account.to_string()], [other.to_string()]]);
    });
}

#[test]
fn a_link_of_what_is_hidden_is_refused_alike_whether_or_not_it_is_there() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let other = world.create(world.rep, "Account", &[("Name", "Other".into())]);
        let own = world.create(world.peer, "Account", &[("Name", "Own".into())]);
        let hidden = document_of(world, upload(world, world.rep, "paper.txt", b"words", &[]));
        link(world, world.rep, hidden, account, "V").expect("a link");
        let seen = document_of(world, upload(world, world.rep, "shown.txt", b"words", &[]));
        link(world, world.rep, seen, account, "V").expect("a link");
        link(world, world.rep, seen, world.peer, "C").expect("a link to a user");
        let refused = |document, to: RecordId| {
            let error = link(world, world.peer, document, to, "V").expect_err("out of sight");
            (error.code(), error.message().replace(&to.to_string(), "ID"), error.fields().to_vec())
        };
        assert_eq!(refused(hidden, account), refused(hidden, other), "a hidden file, a hidden record");
        assert_eq!(refused(seen, account), refused(seen, other), "a hidden record");
        assert_eq!(refused(seen, account).0, ErrorCode::InvalidCrossReferenceKey);
        assert_eq!(refused(hidden, own).0, ErrorCode::InvalidCrossReferenceKey);
        link(world, world.peer, seen, own, "V").expect("a link");
        assert_eq!(refused(seen, own).0, ErrorCode::DuplicateValue, "what is seen is told");
    });
}

#[test]
fn a_file_goes_with_its_versions_and_links_and_not_with_a_record() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let place = [("FirstPublishLocationId", account.into())];
        let version = upload(world, world.rep, "paper.txt", b"words", &place);
        let document = document_of(world, version);
        let links = || rows(world, "SELECT LinkedEntityId, ShareType FROM ContentDocumentLink");
        assert_eq!(links(), [[account.to_string(), "V".to_owned()]]);
        let files = "SELECT (SELECT ContentDocument.Title FROM ContentDocumentLinks) FROM Account";
        let (_, found) = world.ctx(world.manager).query_all_rows(files, QueryOptions::default()).expect("rows");
        assert!(matches!(&found[0].cells[0], Cell::Children(children) if children.len() == 1));

        world.ctx(world.rep).record_delete("Account", account).expect("a delete");
        assert_eq!((links().len(), rows(world, "SELECT Id FROM ContentDocument").len()), (0, 1));
        world.ctx(world.rep).record_undelete("Account", account).expect("an undelete");
        assert_eq!(links().len(), 1);
        world.ctx(world.rep).record_delete("ContentDocument", document).expect("a delete");
        assert_eq!((links().len(), rows(world, "SELECT Id FROM ContentVersion").len()), (0, 0));
        assert!(read(&world.ctx(world.rep), "ContentVersion", version, "VersionData").is_err());
        world.ctx(world.rep).record_undelete("ContentDocument", document).expect("an undelete");
        assert_eq!(read(&world.ctx(world.rep), "ContentVersion", version, "VersionData").expect("bytes"), b"words");
        assert_eq!(rows(world, "SELECT LatestPublishedVersionId FROM ContentDocument"), [[version.to_string()]]);
        let nowhere = world.create(world.chief, "Account", &[("Name", "Hidden".into())]);
        let values = [
            ("PathOnClient", "x.txt".into()),
            ("VersionData", base64(b"x")),
            ("FirstPublishLocationId", nowhere.into()),
        ];
        assert!(world.try_create(world.rep, "ContentVersion", &values).is_err(), "a record out of sight");
        assert_eq!(rows(world, "SELECT Id FROM ContentDocument").len(), 1);
    });
}

#[test]
fn the_org_says_how_large_a_file_may_be() {
    on_both_stores(|world| {
        let admin = world.ctx(world.admin);
        assert_eq!(admin.file_limit().expect("a limit"), 100 * 1024 * 1024);
        let refused = world.ctx(world.rep).file_limit_set(10).expect_err("an administrator's");
        assert_eq!(refused.code(), ErrorCode::InsufficientAccessOrReadonly);
        assert_eq!(admin.file_limit_set(0).expect_err("none").code(), ErrorCode::NumberOutsideValidRange);
        admin.file_limit_set(10).expect("a limit");
        upload(world, world.rep, "a.txt", b"0123456789", &[]);
        let values = [("PathOnClient", "b.txt".into()), ("VersionData", base64(b"0123456789a"))];
        let error = world.try_create(world.rep, "ContentVersion", &values).expect_err("too large");
        assert_eq!((error.code(), error.fields()), (ErrorCode::StringTooLong, &["VersionData".to_owned()][..]));
        assert!(error.message().contains("10 bytes"), "{error}");
    });
}

#[test]
fn new_keys_reach_every_chunk_and_the_old_one_can_then_be_destroyed() {
    on_both_stores(|world| {
        let body = bytes(256 * 1024 * 16 + 5, 9);
        let version = upload(world, world.rep, "large.bin", &body, &[]);
        let small = upload(world, world.rep, "small.txt", b"small", &[]);
        let org = world.org.id();
        world.platform.key_rotate(org, Purpose::Files).expect("a new key");
        let in_use = world.key_destroy(Purpose::Files, 1, false).expect_err("in use");
        assert!(in_use.message().contains("2 mails, queries and files still stand under files key 1"), "{in_use}");
        while world.org.rewrite_sealed().expect("a batch").is_some() {
            world.clock.advance(10_000);
        }
        world.key_destroy(Purpose::Files, 1, false).expect("nothing needs it");
        let reads = |id| read(&world.ctx(world.rep), "ContentVersion", id, "VersionData").expect("bytes");
        assert!(reads(version) == body);
        assert_eq!(reads(small), b"small");
    });
}

#[test]
fn keys_rotated_again_while_a_content_is_half_rewritten_lose_no_bytes() {
    on_both_stores(|world| {
        // Three chunks.
        let body = bytes(256 * 1024 * 2 + 5, 7);
        let version = upload(world, world.rep, "large.bin", &body, &[]);
        let rotate = || world.platform.key_rotate(world.org.id(), Purpose::Files).expect("a new key");
        let step = || world.org.store().contents_rekey(1).expect("a batch");
        let stands_under = |key| {
            let error = world.key_destroy(Purpose::Files, key, false).expect_err("in use");
            assert!(error.message().contains(&format!("still stand under files key {key}")), "{error}");
        };
        rotate();
        assert!(step() && step(), "there is more to do");
        rotate();
        stands_under(2);
        // The first chunk is under the third key, the next one still under the second, the last under the first.
        assert!(step(), "there is more to do");
        stands_under(1);
        stands_under(2);
        while step() {}
        for key in [1, 2] {
            world.key_destroy(Purpose::Files, key, false).expect("nothing needs it");
        }
        assert!(read(&world.ctx(world.rep), "ContentVersion", version, "VersionData").expect("bytes") == body);
    });
}

#[test]
fn a_content_that_does_not_open_holds_up_no_other() {
    on_both_stores(|world| {
        let rotate = || world.platform.key_rotate(world.org.id(), Purpose::Files).expect("a new key");
        let lost = upload(world, world.rep, "lost.txt", b"lost", &[]);
        rotate();
        let kept = upload(world, world.rep, "kept.txt", b"kept", &[]);
        world.key_destroy(Purpose::Files, 1, true).expect("lost on purpose");
        rotate();
        while world.org.rewrite_sealed().expect("a batch").is_some() {
            world.clock.advance(10_000);
        }
        world.key_destroy(Purpose::Files, 2, false).expect("nothing needs it");
        let reads = |id| read(&world.ctx(world.rep), "ContentVersion", id, "VersionData");
        assert_eq!(reads(kept).expect("bytes"), b"kept");
        assert!(reads(lost).is_err(), "nothing is made up in place of what is lost");
    });
}

#[test]
fn contents_come_back_from_a_backup_and_move_with_the_org() {
    on_each_store(|world| {
        let body = bytes(256 * 1024 + 17, 5);
        let version = upload(&world, world.rep, "kept.bin", &body, &[]);
        let dir = tempfile::tempdir().expect("a folder");
        world.platform.backup_make(world.org.id(), dir.path()).expect("a backup");
        let later = upload(&world, world.rep, "later.bin", b"later", &[]);
        let to = match world.database {
            Some(_) => OrgBackend::Embedded,
            None => OrgBackend::Postgres,
        };
        let world = match world.database {
            Some(_) => {
                world.platform.org_move(world.org.id(), to, &mut |_| Ok(())).expect("a move");
                world.again()
            }
            None => world,
        };
        let bytes_of = |world: &World, id| read(&world.ctx(world.rep), "ContentVersion", id, "VersionData");
        assert!(bytes_of(&world, version).expect("bytes") == body);
        assert_eq!(bytes_of(&world, later).expect("bytes"), b"later");
        world.platform.backup_restore(world.org.id(), dir.path(), RestorePoint::Newest, true, None).expect("a restore");
        let world = world.again();
        assert!(bytes_of(&world, version).expect("bytes") == body);
        assert!(bytes_of(&world, later).is_err(), "made after the backup");
    });
}
