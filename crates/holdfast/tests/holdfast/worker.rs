//! The thread that does what is due.

use crate::world::World;
use holdfast::worker::Worker;
use model::{Instant, Result};
use platform::{App, Ctx, Job, JobOutcome, MailReply, MailTransport, NewMail, Org, OrgTx, OutboxItem, OutboxSummary};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

/// An app whose one job writes a letter, or panics when it is told to.
struct Letters(Mutex<Sender<String>>);

impl Letters {
    fn tell(&self, what: String) {
        // The test may have heard enough.
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).send(what);
    }
}

impl App for Letters {
    fn name(&self) -> &'static str {
        "letters"
    }

    fn label(&self) -> &'static str {
        "Letters"
    }

    fn job_kinds(&self) -> &'static [&'static str] {
        &["letter"]
    }

    fn run_job(&self, _ctx: &Ctx, job: &Job) -> Result<JobOutcome> {
        assert!(job.key != "bad", "this job panics");
        let summary = OutboxSummary {
            from: "a@corvane.example".to_owned(),
            to: "b@corvane.example".to_owned(),
            subject: job.key.clone(),
            message_id: format!("<{}@corvane.example>", job.key),
            bytes: 4,
            return_path: String::new(),
        };
        let mail = NewMail { summary, message: b"text".to_vec(), reference: None };
        Ok(JobOutcome { words: "written".to_owned(), mail: vec![mail] })
    }

    fn tick(&self, _org: &Arc<Org>, _now: Instant) -> Result<Option<Instant>> {
        self.tell("tick".to_owned());
        Ok(None)
    }

    fn mail_settled(
        &self,
        _tx: &mut OrgTx<'_, '_>,
        _item: &OutboxItem,
        reply: &MailReply,
        _is_over: bool,
    ) -> Result<()> {
        self.tell(format!("settled {reply:?}"));
        Ok(())
    }
}

struct Accepting;

impl MailTransport for Accepting {
    fn send(&self, _from: &str, _to: &str, _message: &[u8], _may_end: &mut dyn FnMut() -> bool) -> MailReply {
        MailReply::Accepted("250 ok".to_owned())
    }
}

fn started() -> (World, Worker, Receiver<String>) {
    let (sender, told) = channel();
    let world = World::with_apps(vec![Arc::new(Letters(Mutex::new(sender)))]);
    let worker = Worker::start(world.platform.clone(), Arc::new(Accepting)).expect("a thread");
    assert_eq!(told.recv_timeout(SOON).as_deref(), Ok("tick"), "apps are asked at the start");
    (world, worker, told)
}

fn settled(told: &Receiver<String>) -> String {
    loop {
        let what = told.recv_timeout(SOON).expect("the letter is settled");
        if what != "tick" {
            return what;
        }
    }
}

#[test]
fn what_is_put_into_the_queue_is_done_without_waiting_for_the_next_minute() {
    let (world, worker, told) = started();
    world
        .org
        .job_enqueue_as(world.admin, "letter", "first", &serde_json::json!({}), crate::world::NOW)
        .expect("queued");
    worker.wake();
    assert_eq!(settled(&told), "settled Accepted(\"250 ok\")");
}

#[test]
fn a_job_that_panics_does_not_stop_the_others() {
    let (world, worker, told) = started();
    let payload = serde_json::json!({});
    world.org.job_enqueue_as(world.admin, "letter", "bad", &payload, crate::world::NOW).expect("queued");
    world.org.job_enqueue_as(world.admin, "letter", "good", &payload, crate::world::NOW).expect("queued");
    worker.wake();
    assert_eq!(settled(&told), "settled Accepted(\"250 ok\")");
    drop(worker);
}
