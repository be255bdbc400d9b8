//! Bulk jobs that are cut off, taken over, robbed of their rights, moved, kept under new keys and forgotten.

use crate::world::{World, on_both_stores, on_each_store};
use model::RecordId;
use model::schema::FieldDef;
use platform::{
    BULK_DAYS, BulkFormat, BulkJob, BulkJobKind, BulkJobState, BulkOperation, BulkStream, BulkTerms, Delimiter,
    IngestResults, LineEnding, NewBulk, OrgBackend,
};
use std::fmt::Write as _;
use store::{Backed as _, Purpose};

const INGEST: BulkJobKind = BulkJobKind::V2Ingest;
/// Longer than anybody holds a batch who keeps nothing.
const LONG_MS: i64 = 10 * 60_000;

fn terms(operation: BulkOperation) -> BulkTerms {
    BulkTerms {
        operation,
        object: "Account".to_owned(),
        external_id: None,
        format: BulkFormat::Csv,
        line_ending: Some(LineEnding::Lf),
        delimiter: Delimiter::Comma,
        version: 60,
        chunk_rows: None,
    }
}

/// A closed job that is to make these accounts.
fn begin(world: &World, user: RecordId, names: impl Iterator<Item = String>) -> RecordId {
    let ctx = world.ctx(user);
    let new = NewBulk { terms: terms(BulkOperation::Insert), serial: false };
    let id = ctx.bulk_create(new, INGEST).expect("a job").id;
    let rows = names.fold("Name\n".to_owned(), |mut rows, name| {
        let _ = writeln!(rows, "{name}");
        rows
    });
    ctx.bulk_upload(id, &mut rows.as_bytes(), 1 << 20).expect("an upload");
    ctx.bulk_close(id, INGEST).expect("closed");
    id
}

fn ask(world: &World, user: RecordId, soql: &str) -> RecordId {
    world.ctx(user).bulk_query(terms(BulkOperation::Query), soql).expect("a query").id
}

fn work(world: &World) {
    while world.org.bulk_turn().expect("a turn") {}
}

fn job(world: &World, user: RecordId, id: RecordId) -> BulkJob {
    world.ctx(user).bulk_job(id, INGEST).expect("a job")
}

fn text(mut stream: impl BulkStream) -> String {
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.chunk().expect("bytes") {
        bytes.extend(chunk);
    }
    String::from_utf8(bytes).expect("UTF-8")
}

struct Boxed(Box<dyn BulkStream>);

impl BulkStream for Boxed {
    fn chunk(&mut self) -> model::Result<Option<Vec<u8>>> {
        self.0.chunk()
    }
}

fn results(world: &World, user: RecordId, id: RecordId, which: IngestResults) -> String {
    text(Boxed(world.ctx(user).bulk_ingest_results(id, which).expect("results")))
}

fn rows(world: &World, user: RecordId, id: RecordId) -> String {
    text(world.ctx(user).bulk_query_results(id, 0, None).expect("results").rows)
}

/// Works until nothing is left, cut off at a point: another process goes on when the lease of the first has run out.
/// Says whether there was such a point.
fn cut_off_at(world: World, point: u32) -> (bool, World) {
    world.platform.faults().stop_after(point);
    let mut outcome = Ok(true);
    while matches!(outcome, Ok(true)) {
        outcome = world.org.bulk_turn();
    }
    world.platform.faults().clear();
    let Err(error) = outcome else { return (false, world) };
    assert!(error.internal_cause().is_some_and(|cause| cause.contains("stopped at")), "{error:?}");
    let world = world.restarted();
    assert!(world.org.bulk_turn().is_ok(), "what is held by the dead is waited for");
    world.clock.advance(LONG_MS);
    work(&world);
    (true, world)
}

#[test]
fn a_job_cut_off_between_any_two_steps_saves_each_row_once() {
    on_each_store(|mut world| {
        let mut point = 0;
        loop {
            // Two steps of rows; every hundredth has no name and fails.
            let names = |at: usize| if at % 100 == 7 { "\"\"".to_owned() } else { format!("p{point}-{at}") };
            let id = begin(&world, world.rep, (0..520).map(names));
            let (was_cut, then) = cut_off_at(world, point);
            world = then;
            let done = job(&world, world.rep, id);
            assert_eq!(done.state, BulkJobState::JobComplete, "{point}: {}", done.message);
            assert_eq!((done.counts.rows_done, done.counts.rows_failed), (520, 6), "{point}");
            let soql = format!("SELECT Name FROM Account WHERE Name LIKE 'p{point}-%' ORDER BY CreatedDate, Id");
            let saved = world.column(world.rep, &soql);
            let expected: Vec<String> = (0..520).filter(|at| at % 100 != 7).map(names).collect();
            assert!(saved == expected, "{point}: {} of {} rows", saved.len(), expected.len());
            assert_eq!(results(&world, world.rep, id, IngestResults::Successful).lines().count(), 515, "{point}");
            assert_eq!(results(&world, world.rep, id, IngestResults::Failed).lines().count(), 7, "{point}");
            if !was_cut {
                break;
            }
            point += 1;
        }
        assert!(point >= 8, "a claim, two steps and an end have more points than {point}");
    });
}

#[test]
fn a_query_cut_off_between_any_two_steps_shows_each_row_once() {
    on_each_store(|mut world| {
        begin(&world, world.rep, (0..1100).map(|at| format!("row {at:04}")));
        work(&world);
        let expected = (0..1100).fold("\"Name\"\n".to_owned(), |all, at| format!("{all}\"row {at:04}\"\n"));
        let mut point = 0;
        loop {
            let id = ask(&world, world.rep, "SELECT Name FROM Account ORDER BY Name");
            let (was_cut, then) = cut_off_at(world, point);
            world = then;
            assert!(rows(&world, world.rep, id) == expected, "{point}");
            if !was_cut {
                break;
            }
            point += 1;
        }
        assert!(point >= 8, "a claim, the list of rows, two pages and an end have more points than {point}");
    });
}

#[test]
fn who_was_taken_for_dead_keeps_nothing_any_more() {
    on_both_stores(|world| {
        let id = begin(world, world.rep, ["One".to_owned()].into_iter());
        let claim = |ms| world.org.store().write(|tx| tx.bulk_claim(ms)).expect("a look");
        let dead = claim(1_000).expect("a batch that waits");
        assert!(claim(1_000).is_none(), "it is held");
        world.clock.advance(2_000);
        work(world);
        let kept = world.org.store().write(|tx| tx.bulk_batch_advance(&dead.batch, &dead.batch.progress, 1_000));
        assert!(!kept.expect("a write"), "another worker did it");
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account"), ["One"]);
        assert_eq!(job(world, world.rep, id).state, BulkJobState::JobComplete);
    });
}

#[test]
fn a_job_stops_when_its_creator_may_no_longer_do_it() {
    on_both_stores(|world| {
        let set =
            "SELECT Id FROM ObjectPermissions WHERE SobjectType = 'Account' AND Parent.Profile.Name = 'Standard User'";
        let account = world.column(world.admin, set);
        let account = RecordId::parse(&account[0]).expect("an id");
        let creates = |allowed: bool| {
            world
                .update(world.admin, "ObjectPermissions", account, &[("PermissionsCreate", allowed.into())])
                .expect("a change");
        };
        let failed = |id, words: &str| {
            work(world);
            let done = job(world, world.admin, id);
            assert_eq!(done.state, BulkJobState::Failed);
            assert!(
                done.message.starts_with("InsufficientAccess : ") && done.message.contains(words),
                "{}",
                done.message
            );
            assert_eq!(done.counts.rows_done, 0);
        };
        let id = begin(world, world.rep, ["One".to_owned()].into_iter());
        creates(false);
        failed(id, "You may not create records of Account.");
        assert_eq!(results(world, world.rep, id, IngestResults::Unprocessed), "\"Name\"\n\"One\"\n");
        creates(true);

        let rows = begin(world, world.peer, ["Two".to_owned()].into_iter());
        let query = ask(world, world.peer, "SELECT Name FROM Account");
        world.update(world.admin, "User", world.peer, &[("IsActive", false.into())]).expect("a change");
        failed(rows, "The user who created the job is inactive");
        let query = world.ctx(world.admin).bulk_job(query, BulkJobKind::V2Query).expect("a job");
        assert_eq!((query.state, query.counts.rows_done), (BulkJobState::Failed, 0));
        assert_eq!(world.column(world.admin, "SELECT Name FROM Account"), Vec::<String>::new());
    });
}

#[test]
fn an_aborted_job_keeps_what_was_saved_and_does_no_more() {
    on_both_stores(|world| {
        let id = begin(world, world.rep, (0..3).map(|at| format!("Row {at}")));
        let held = world.org.store().write(|tx| tx.bulk_claim(60_000)).expect("a look").expect("a batch");
        let aborted = world.ctx(world.rep).bulk_abort(id, INGEST).expect("aborted");
        assert_eq!(aborted.state, BulkJobState::Aborted);
        let kept = world.org.store().write(|tx| tx.bulk_batch_advance(&held.batch, &held.batch.progress, 1));
        assert!(!kept.expect("a write"), "the step under way is not kept");
        world.clock.advance(LONG_MS);
        work(world);
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account"), Vec::<String>::new());
        assert_eq!(results(world, world.rep, id, IngestResults::Unprocessed).lines().count(), 4);
    });
}

#[test]
fn batches_of_a_serial_job_run_one_after_the_other_and_others_side_by_side() {
    on_both_stores(|world| {
        let ctx = world.ctx(world.rep);
        for (serial, at_once) in [(true, 1), (false, 3)] {
            let new = NewBulk { terms: terms(BulkOperation::Insert), serial };
            let id = ctx.bulk_create(new, BulkJobKind::Classic).expect("a job").id;
            for name in ["One", "Two", "Three"] {
                ctx.bulk_batch_add(id, &mut format!("Name\n{name}\n").as_bytes()).expect("a batch");
            }
            let claim = || world.org.store().write(|tx| tx.bulk_claim(1_000)).expect("a look");
            let held: Vec<_> = std::iter::from_fn(claim).collect();
            assert_eq!(held.len(), at_once);
            world.clock.advance(2_000);
            work(world);
            let names = world.column(world.rep, "SELECT Name FROM Account ORDER BY Id");
            assert_eq!(names[names.len() - 3..], ["One", "Two", "Three"]);
        }
    });
}

#[test]
fn a_long_job_has_turns_and_a_later_one_does_not_wait_for_its_end() {
    on_both_stores(|world| {
        let long = begin(world, world.rep, (0..1600).map(|at| format!("Row {at}")));
        let claim = world.org.store().write(|tx| tx.bulk_claim(60_000)).expect("a look").expect("a batch");
        let short = begin(world, world.rep, ["Short".to_owned()].into_iter());
        world.clock.advance(1_000);
        let now = world.org.now();
        world.org.store().write(|tx| tx.bulk_release(&claim.batch, now, false)).expect("given back");
        world.org.bulk_turn().expect("a turn");
        assert_eq!(job(world, world.rep, short).state, BulkJobState::JobComplete);
        assert_eq!(job(world, world.rep, long).counts.rows_done, 0);
        // Every look takes so long that a turn has one step.
        world.clock.tick(600);
        work(world);
        world.clock.tick(0);
        let done = job(world, world.rep, long);
        assert_eq!((done.state, done.counts.rows_done, done.counts.retries), (BulkJobState::JobComplete, 1600, 0));
    });
}

#[test]
fn a_broken_upload_leaves_no_content() {
    struct Breaks(usize);
    impl std::io::Read for Breaks {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or_else(|| std::io::Error::other("gone"))?;
            out.fill(b'x');
            Ok(out.len())
        }
    }
    on_both_stores(|world| {
        let ctx = world.ctx(world.rep);
        let new = NewBulk { terms: terms(BulkOperation::Insert), serial: false };
        let id = ctx.bulk_create(new, INGEST).expect("a job").id;
        assert!(ctx.bulk_upload(id, &mut Breaks(9), 1 << 30).is_err());
        let refused = ctx.bulk_upload(id, &mut "Name\n".repeat(50).as_bytes(), 100).expect_err("too large");
        assert_eq!(refused.code(), model::ErrorCode::ExceededMaxSizeRequest);
        world.clock.advance(3 * 86_400_000);
        assert_eq!(world.org.contents_sweep().expect("a look"), 0, "nothing was left for the sweep");
        ctx.bulk_upload(id, &mut "Name\nOne\n".as_bytes(), 100).expect("an upload");
    });
}

#[test]
fn jobs_outlive_new_keys_the_sweep_and_a_move_and_end_after_a_week() {
    on_each_store(|world| {
        let done = begin(&world, world.rep, (0..30).map(|at| format!("Row {at}")));
        work(&world);
        let query = ask(&world, world.rep, "SELECT Name FROM Account ORDER BY Name");
        work(&world);
        let waiting = begin(&world, world.rep, ["Later".to_owned()].into_iter());
        let org = world.org.id();
        let before = (results(&world, world.rep, done, IngestResults::Successful), rows(&world, world.rep, query));

        world.platform.key_rotate(org, Purpose::Files).expect("a new key");
        assert!(world.key_destroy(Purpose::Files, 1, false).is_err(), "it is in use");
        while world.org.rewrite_sealed().expect("a batch").is_some() {
            world.clock.advance(10_000);
        }
        world.key_destroy(Purpose::Files, 1, false).expect("nothing needs it");
        world.clock.advance(2 * 86_400_000);
        assert_eq!(world.org.contents_sweep().expect("a look"), 0);

        let world = if world.database.is_some() {
            world.platform.org_move(org, OrgBackend::Embedded, &mut |_| Ok(())).expect("a move");
            world.again()
        } else {
            world.restarted()
        };
        let after = (results(&world, world.rep, done, IngestResults::Successful), rows(&world, world.rep, query));
        assert!(before == after, "{after:?}");
        work(&world);
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account WHERE Name = 'Later'"), ["Later"]);
        assert_eq!(job(&world, world.rep, waiting).state, BulkJobState::JobComplete);

        assert_eq!(world.org.bulk_expire().expect("a look"), 0);
        world.clock.advance(BULK_DAYS * 86_400_000);
        assert_eq!(world.org.bulk_expire().expect("a look"), 3);
        assert!(world.ctx(world.rep).bulk_job(done, INGEST).is_err());
        world.platform.key_rotate(org, Purpose::Files).expect("a new key");
        world.key_destroy(Purpose::Files, 2, false).expect("nothing of the jobs is left under it");
    });
}

#[test]
fn rows_go_through_the_one_write_pipeline() {
    on_both_stores(|world| {
        let id = begin(world, world.rep, ["One".to_owned()].into_iter());
        work(world);
        let good = results(world, world.rep, id, IngestResults::Successful);
        let account =
            RecordId::parse(good.lines().nth(1).and_then(|row| row.get(1..19)).expect("a row")).expect("an id");
        let seen = |user| world.column(user, "SELECT OwnerId FROM Account");
        assert_eq!(seen(world.rep), [world.rep.to_string()]);
        assert_eq!(seen(world.peer), Vec::<String>::new(), "it is its creator's");
        let audit = world.org.store().read(|tx| tx.audit_rows(Some(account), 10)).expect("the log");
        assert!(audit.iter().any(|row| row.action == "record_create"), "{audit:?}");
    });
}

#[test]
fn rows_find_parents_among_the_rows_before_them_however_many_a_step_takes() {
    on_both_stores(|world| {
        let key = FieldDef::text("Key__c", "Key", 20).external_id();
        world.ctx(world.admin).fields_create("Account", vec![key]).expect("a field");
        let ctx = world.ctx(world.admin);
        let upsert = BulkTerms { external_id: Some("Key__c".to_owned()), ..terms(BulkOperation::Upsert) };
        let id = ctx.bulk_create(NewBulk { terms: upsert, serial: false }, INGEST).expect("a job").id;
        // The clock stands still, so that a step would take as many rows as it may.
        let rows = (0..2_400).fold("Name,Key__c,Parent.Key__c\n".to_owned(), |mut rows, at| {
            let parent = if at < 600 { String::new() } else { format!("k{}", at - 600) };
            let _ = writeln!(rows, "n{at},k{at},{parent}");
            rows
        });
        ctx.bulk_upload(id, &mut rows.as_bytes(), 1 << 20).expect("an upload");
        ctx.bulk_close(id, INGEST).expect("closed");
        work(world);
        let job = job(world, world.admin, id);
        assert_eq!((job.counts.rows_done, job.counts.rows_failed), (2_400, 0));
        let below = world.column(world.admin, "SELECT Id FROM Account WHERE ParentId != null");
        assert_eq!(below.len(), 1_800);
    });
}
