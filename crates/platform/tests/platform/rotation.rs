//! Keys of sealed fields rotate while people write: nothing is lost, and what it costs them is told.

use crate::sealed::places_with;
use crate::world::{World, draft, on_both_stores};
use model::schema::{FieldDef, Sealing};
use model::{Clock, Value};
use platform::{RecordDraft, SaveOptions, SystemClock};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use store::Purpose;

fn records() -> usize {
    std::env::var("HOLDFAST_TEST_ROTATED").ok().and_then(|text| text.parse().ok()).unwrap_or(150)
}

/// Accounts with a number that is found by its token, and a salary.
fn fill(world: &World, count: usize) {
    let fields = vec![
        FieldDef::text("Ssn__c", "Number", 40).external_id().unique().sealed(Sealing::Token { case_sensitive: false }),
        FieldDef::currency("Salary__c", "Salary").sealed(Sealing::Probabilistic),
    ];
    world.ctx(world.admin).fields_create("Account", fields).expect("fields");
    let ctx = world.ctx(world.admin);
    let drafts = |from: usize| -> Vec<RecordDraft> {
        let one = |n: usize| {
            let values = [
                ("Name", Value::from(format!("n{n:06}"))),
                ("Ssn__c", format!("CANARY-{n}").into()),
                ("Salary__c", Value::Number((n as i64).into())),
            ];
            draft(&ctx, "Account", None, &values)
        };
        (from..count.min(from + 200)).map(one).collect()
    };
    for from in (0..count).step_by(200) {
        ctx.records_create("Account", drafts(from), SaveOptions::ALL).expect("accounts");
    }
}

/// Tells the writer to stop, also when what goes on beside it fails: the test would wait for it for ever.
struct Stops<'a>(&'a AtomicBool);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Writes of one person after another until told to stop; the clock of the world goes on with that of the machine.
struct Writer<'a> {
    world: &'a World,
    stop: &'a AtomicBool,
    written: &'a AtomicU64,
    /// How long the longest write took, in milliseconds.
    longest: &'a AtomicU64,
    /// Says that one more is written.
    said: Sender<()>,
}

impl Writer<'_> {
    fn run(&self, from: usize) {
        let mut n = from;
        let mut last = SystemClock.now().ms();
        while !self.stop.load(Ordering::Relaxed) {
            let began = SystemClock.now().ms();
            let number = format!("CANARY-{n}");
            let values =
                [("Name", "meanwhile".into()), ("Ssn__c", number.into()), ("Salary__c", Value::Number(7.into()))];
            self.world.create(self.world.admin, "Account", &values);
            let now = SystemClock.now().ms();
            self.longest.fetch_max(u64::try_from(now - began).unwrap_or(0), Ordering::Relaxed);
            self.world.clock.advance(now - last);
            last = now;
            n += 1;
            self.written.fetch_add(1, Ordering::Relaxed);
            // Nobody listens any more at the end.
            let _ = self.said.send(());
        }
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "what it cost is what the test is run for at size")]
fn keys_rotate_while_people_write_and_nothing_is_lost() {
    on_both_stores(|world| {
        let count = records();
        fill(world, count);
        let (stop, written, longest) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
        let report = Arc::new(Mutex::new(String::new()));
        let (said, written_one) = channel();
        std::thread::scope(|scope| {
            let writer = Writer { world, stop: &stop, written: &written, longest: &longest, said };
            scope.spawn(move || writer.run(count));
            let stops = Stops(&stop);
            // As many writes undisturbed as give a rate to compare with.
            let began = SystemClock.now().ms();
            let sample = (count as u64 / 20).clamp(20, 2_000);
            (0..sample).for_each(|_| written_one.recv().expect("a write"));
            let (alone, alone_ms) = (written.load(Ordering::Relaxed), SystemClock.now().ms() - began);
            let undisturbed = longest.swap(0, Ordering::Relaxed);
            let id = world.org.id();
            for purpose in [Purpose::Field, Purpose::Token] {
                assert_eq!(world.platform.key_rotate(id, purpose).expect("a version"), 2);
            }
            let began = SystemClock.now().ms();
            let (mut busy, mut rounds) = (0, 0);
            loop {
                let round = SystemClock.now().ms();
                let next = world.org.rewrite_sealed().expect("a round");
                busy += SystemClock.now().ms() - round;
                rounds += 1;
                if next.is_none() {
                    break;
                }
                while next.is_some_and(|next| world.clock.now() < next) {
                    written_one.recv().expect("a write");
                }
            }
            let (during, during_ms) = (written.load(Ordering::Relaxed) - alone, SystemClock.now().ms() - began);
            drop(stops);
            let rate = |writes: u64, ms: i64| writes as f64 * 1000.0 / ms.max(1) as f64;
            *report.lock().expect("no panic") = format!(
                "{}: {count} records rewritten in {during_ms} ms and {rounds} rounds, {busy} ms of it at work; writes \
                 {:.1}/s alone, {:.1}/s meanwhile; the longest took {undisturbed} ms alone, {} ms meanwhile",
                if world.database.is_some() { "PostgreSQL" } else { "file" },
                rate(alone, alone_ms),
                rate(during, during_ms),
                longest.load(Ordering::Relaxed),
            );
        });
        eprintln!("{}", report.lock().expect("no panic"));
        world.org.forget_permissions();
        let all = count + usize::try_from(written.load(Ordering::Relaxed)).expect("small");
        let id = world.org.id();
        let overview = world.platform.key_list(id).expect("a list");
        let uses = |purpose: Purpose| -> Vec<u64> {
            let of = overview.keys.iter().filter(|key| key.key.purpose == purpose);
            of.filter_map(|key| key.uses).collect()
        };
        // Everything stands under the new keys, and the old ones can go.
        assert_eq!(uses(Purpose::Field), [0, 2 * all as u64]);
        assert_eq!(uses(Purpose::Token), [0, all as u64]);
        for purpose in [Purpose::Field, Purpose::Token] {
            world.key_destroy(purpose, 1, false).expect("nothing stands under it");
        }
        for n in [0, 1, count / 2, count - 1, count, all - 1] {
            let soql = format!("SELECT Salary__c FROM Account WHERE Ssn__c = 'canary-{n}'");
            let expected = if n < count { n.to_string() } else { "7".to_owned() };
            assert_eq!(world.column(world.admin, &soql), [expected], "{n}");
        }
        assert_eq!(places_with(world, "CANARY"), Vec::<String>::new());
    });
}
