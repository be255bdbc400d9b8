//! Attachments: seen like notes, kept from others when private, their bytes read by whoever reads the row.

use crate::world::{World, on_both_stores};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::{ErrorCode, RecordId, Value};
use platform::{Ctx, Level, QueryOptions, provision};
use store::Backed as _;

pub(crate) fn base64(bytes: &[u8]) -> Value {
    BASE64.encode(bytes).into()
}

/// Bytes of every value, longer than a chunk, that no encoder makes shorter.
pub(crate) fn bytes(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..length).map(next).collect()
}

pub(crate) fn read(ctx: &Ctx, object: &str, id: RecordId, field: &str) -> model::Result<Vec<u8>> {
    let mut reader = ctx.content_open(object, id, field)?;
    let mut out = Vec::new();
    while let Some(chunk) = reader.chunk()? {
        out.extend_from_slice(&chunk);
    }
    assert_eq!(reader.size(), out.len() as u64);
    Ok(out)
}

fn attach(world: &World, user: RecordId, parent: RecordId, name: &str, body: &[u8], private: bool) -> RecordId {
    let values = [
        ("ParentId", parent.into()),
        ("Name", name.into()),
        ("Body", base64(body)),
        ("ContentType", "text/plain".into()),
        ("IsPrivate", private.into()),
    ];
    world.create(user, "Attachment", &values)
}

fn contents(world: &World) -> usize {
    let count = |id: &i64| world.org.store().read(|tx| tx.content(*id)).expect("a look").is_some();
    (0..50_i64).filter(count).count()
}

#[test]
fn what_goes_in_comes_out_whatever_its_length() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        const CHUNK: usize = 256 * 1024;
        for (at, length) in [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK].into_iter().enumerate() {
            let body = bytes(length, at as u64 + 1);
            let id = attach(world, world.rep, account, &format!("{at}"), &body, false);
            assert!(read(&world.ctx(world.rep), "Attachment", id, "Body").expect("bytes") == body, "{length} bytes");
            let size = world.column(world.rep, &format!("SELECT BodyLength FROM Attachment WHERE Id = '{id}'"));
            assert_eq!(size, [length.to_string()]);
        }
        let ctx = world.ctx(world.rep);
        let answer = ctx.query("SELECT Name, Body FROM Attachment ORDER BY Name LIMIT 1", QueryOptions::default());
        let text = platform::view::query_answer(&answer.expect("rows"), platform::view::ApiBase { version: 60 }, None);
        let id = &world.column(world.rep, "SELECT Id FROM Attachment ORDER BY Name LIMIT 1")[0];
        assert!(text.contains(&format!("\"Body\":\"/services/data/v60.0/sobjects/Attachment/{id}/Body\"")), "{text}");
        for clause in ["WHERE Body = null", "WHERE Body = 'x'", "ORDER BY Body", "GROUP BY Body"] {
            let select = if clause.starts_with("GROUP") { "COUNT(Id)" } else { "Id" };
            let error = world.error(world.rep, &format!("SELECT {select} FROM Attachment {clause}"));
            assert!(error.starts_with("INVALID_FIELD") || error.starts_with("MALFORMED_QUERY"), "{clause}: {error}");
        }
    });
}

#[test]
fn an_attachment_is_seen_with_its_record_and_a_private_one_by_its_owner_alone() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let open = attach(world, world.rep, account, "open", b"open words", false);
        let own = attach(world, world.rep, account, "own", b"own words", true);
        let chiefs = attach(world, world.chief, account, "chiefs", b"words of the chief", true);
        // Sees all records of the object, and changes none.
        let service = world.service();
        let all = provision::insert(&service, "PermissionSet", &[("Name", "All".into()), ("Label", "All".into())]);
        let all = all.expect("a set");
        let views = [
            ("ParentId", all.into()),
            ("SobjectType", "Attachment".into()),
            ("PermissionsRead", true.into()),
            ("PermissionsViewAllRecords", true.into()),
        ];
        provision::insert(&service, "ObjectPermissions", &views).expect("a permission");
        let given = [("PermissionSetId", all.into()), ("AssigneeId", world.peer.into())];
        provision::insert(&service, "PermissionSetAssignment", &given).expect("an assignment");

        for (user, expected) in [
            (world.rep, vec![open, own]),
            (world.manager, vec![open]),
            (world.chief, vec![open, chiefs]),
            (world.peer, vec![open]),
            (world.admin, vec![open, own, chiefs]),
        ] {
            let ctx = world.ctx(user);
            let ids: Vec<String> = expected.iter().map(RecordId::to_string).collect();
            assert_eq!(world.column(user, "SELECT Id FROM Attachment ORDER BY Id"), ids, "list");
            let count = ctx.query("SELECT COUNT() FROM Attachment", QueryOptions::default()).expect("a count");
            assert_eq!(count.total, ids.len() as u64, "count");
            let found = ctx.search("FIND {own OR open OR chiefs} RETURNING Attachment(Id)", QueryOptions::default());
            assert_eq!(found.expect("hits")[0].rows.len(), ids.len(), "search");
            let inner = "SELECT Id FROM Account WHERE Id IN (SELECT ParentId FROM Attachment WHERE Name = 'own')";
            let sees_account = user != world.peer;
            let expected_join = usize::from(expected.contains(&own) && sees_account);
            assert_eq!(world.column(user, inner).len(), expected_join, "semi-join");
            if sees_account {
                let below = "SELECT (SELECT Id FROM Attachments) FROM Account";
                let (_, rows) = ctx.query_all_rows(below, QueryOptions::default()).expect("rows");
                let below = match &rows[0].cells[0] {
                    store::Cell::Children(children) => children.len(),
                    _ => 0,
                };
                assert_eq!(below, ids.len(), "children");
            }
            for id in [open, own, chiefs] {
                let sees = expected.contains(&id);
                assert_eq!(read(&ctx, "Attachment", id, "Body").is_ok(), sees, "bytes");
                assert_eq!(ctx.record_get("Attachment", id, None).is_ok(), sees, "get");
                if sees {
                    let why = ctx.record_explain(user, id).expect("an explanation");
                    assert!(why.level.is_some(), "explained");
                }
                let why = world.ctx(world.admin).record_explain(user, id).expect("an explanation");
                assert_eq!(why.level.is_some(), sees, "explained to the administrator: {why:?}");
                let change = world.update(user, "Attachment", id, &[("Description", "seen".into())]);
                assert_eq!(change.is_ok(), sees && user != world.peer, "change");
                if !sees {
                    assert_eq!(change.expect_err("hidden").code(), ErrorCode::NotFound);
                    let gone = ctx.record_delete("Attachment", id).expect_err("hidden");
                    assert_eq!(gone.code(), ErrorCode::NotFound);
                }
            }
        }
        let why = world.ctx(world.rep).record_explain(world.rep, own).expect("an explanation");
        assert_eq!(why.level, Some(Level::All));
    });
}

#[test]
fn what_is_no_file_or_too_large_a_one_is_refused_and_leaves_nothing() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let refused = |body: Value| {
            let values = [("ParentId", account.into()), ("Name", "x".into()), ("Body", body)];
            let error = world.try_create(world.rep, "Attachment", &values).expect_err("refused");
            (error.code(), error.fields().to_vec())
        };
        let body = vec!["Body".to_owned()];
        assert_eq!(refused("not base64!".into()), (ErrorCode::InvalidField, body.clone()));
        assert_eq!(refused("QQ".into()), (ErrorCode::InvalidField, body.clone()));
        assert_eq!(refused(Value::Null), (ErrorCode::RequiredFieldMissing, body.clone()));
        // A number of a content that somebody else staged, or nobody.
        let staged = world.ctx(world.peer).content_stage(&mut &b"mine"[..]).expect("staged");
        assert_eq!(refused(staged.value()), (ErrorCode::InvalidField, body.clone()));
        assert_eq!(refused(Value::Int(4711)), (ErrorCode::InvalidField, body.clone()));
        let large = "A".repeat(4 * (25 * 1024 * 1024 / 3 + 2));
        assert_eq!(refused(large.into()), (ErrorCode::StringTooLong, body));
        assert_eq!(contents(world), 1, "what was staged and nothing else");
        // Broken lines are taken as mail makes them.
        let lines = BASE64
            .encode(b"a longer text than this would not be needed")
            .as_bytes()
            .chunks(20)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect::<Vec<_>>()
            .join("\r\n");
        let values = [("ParentId", account.into()), ("Name", "x".into()), ("Body", lines.into())];
        let id = world.create(world.rep, "Attachment", &values);
        let read = read(&world.ctx(world.rep), "Attachment", id, "Body").expect("bytes");
        assert_eq!(read, b"a longer text than this would not be needed");
    });
}

#[test]
fn staged_bytes_are_used_once_by_whoever_gave_them_and_what_nothing_names_goes() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let body = bytes(4 * 1024 * 1024 + 300_000, 3);
        let staged = world.ctx(world.rep).content_stage(&mut &body[..]).expect("staged");
        assert_eq!(staged.size, body.len() as u64);
        let values = |name: &str| [("ParentId", account.into()), ("Name", name.into()), ("Body", staged.value())];
        let id = world.create(world.rep, "Attachment", &values("first"));
        assert!(world.try_create(world.rep, "Attachment", &values("again")).is_err());
        assert!(read(&world.ctx(world.rep), "Attachment", id, "Body").expect("bytes") == body);

        world.ctx(world.rep).content_stage(&mut &b"forgotten"[..]).expect("staged");
        world.update(world.rep, "Attachment", id, &[("Body", base64(b"replaced"))]).expect("other bytes");
        assert_eq!(contents(world), 3);
        assert_eq!(world.org.contents_sweep().expect("a sweep"), 0, "nothing goes within a day");
        world.clock.advance(25 * 3_600_000);
        assert_eq!(world.org.contents_sweep().expect("a sweep"), 2);
        assert_eq!(read(&world.ctx(world.rep), "Attachment", id, "Body").expect("bytes"), b"replaced");

        world.ctx(world.rep).record_delete("Account", account).expect("a delete");
        world.clock.advance(5 * 24 * 3_600_000);
        assert_eq!(world.org.contents_sweep().expect("a sweep"), 0, "what is in the bin can come back");
        world.ctx(world.rep).record_undelete("Account", account).expect("an undelete");
        assert_eq!(read(&world.ctx(world.rep), "Attachment", id, "Body").expect("bytes"), b"replaced");
        world.ctx(world.rep).record_delete("Attachment", id).expect("a delete");
        world.clock.advance(16 * 24 * 3_600_000);
        world.org.bin_purge().expect("a purge");
        world.clock.advance(25 * 3_600_000);
        assert_eq!(world.org.contents_sweep().expect("a sweep"), 1);
        assert_eq!(contents(world), 0);
    });
}

#[test]
fn bytes_that_a_record_let_go_of_are_read_to_their_end() {
    const HOUR: i64 = 3_600_000;
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let body = bytes(256 * 1024 + 1, 4);
        let (ctx, sweep) = (world.ctx(world.rep), || world.org.contents_sweep().expect("a sweep"));
        for way in ["replaced", "emptied", "purged"] {
            let id = attach(world, world.rep, account, way, &body, false);
            world.clock.advance(25 * HOUR);
            let mut reader = ctx.content_open("Attachment", id, "Body").expect("a reader");
            let mut out = reader.chunk().expect("bytes").expect("a chunk").to_vec();
            if way == "replaced" {
                world.update(world.rep, "Attachment", id, &[("Body", base64(b"other"))]).expect("other bytes");
            } else {
                ctx.record_delete("Attachment", id).expect("a delete");
                if way == "emptied" {
                    let ids = [id];
                    ctx.records_purge("Attachment", &ids, platform::SaveOptions::ALL).expect("a purge");
                } else {
                    world.clock.advance(16 * 24 * HOUR);
                    world.org.bin_purge().expect("a purge");
                }
            }
            assert_eq!(sweep(), 0, "{way}: within a day");
            while let Some(chunk) = reader.chunk().expect("bytes") {
                out.extend_from_slice(&chunk);
            }
            assert!(out == body, "{way}");
            world.clock.advance(25 * HOUR);
            assert_eq!(sweep(), 1, "{way}: after a day");
        }
    });
}

#[test]
fn a_refused_row_leaves_no_content_and_the_log_no_bytes() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let hidden = world.create(world.chief, "Account", &[("Name", "Hidden".into())]);
        let values = [("ParentId", hidden.into()), ("Name", "x".into()), ("Body", base64(b"bytes"))];
        world.try_create(world.rep, "Attachment", &values).expect_err("a record out of sight");
        assert_eq!(contents(world), 0);
        attach(world, world.rep, account, "kept", b"bytes-of-the-canary", false);
        let log = world.org.store().read(|tx| tx.audit_rows(None, 50)).expect("the log");
        let log = format!("{log:?}");
        assert!(log.contains("(content)") && !log.contains(&BASE64.encode(b"bytes-of-the-canary")), "{log}");
    });
}
