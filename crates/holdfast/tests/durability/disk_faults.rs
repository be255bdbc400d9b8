//! A disk that fails under a running server: each system call on the org's file may report an error, run out of space
//! or write less than it was asked to. The server answers with an error in words or ends; it never shows wrong records.

use crate::api::Api;
use crate::client::{Client, Step};
use crate::place::Site;
use std::process::Command;
use test_support::ServerProcess;

/// Where Debian's package `fiu-utils` puts what stands between a program and its system calls.
const PRELOAD: &str = "/usr/lib/fiu/fiu_run_preload.so /usr/lib/fiu/fiu_posix_preload.so";
const EIO: i32 = 5;
const ENOSPC: i32 = 28;
const CLIENTS: u64 = 2;
/// Requests of each client while the fault is on.
const REQUESTS: u64 = 40;

/// A server whose system calls this test can make fail.
struct Faulty {
    server: ServerProcess,
    control: tempfile::TempDir,
}

impl Faulty {
    fn start(site: &Site) -> Self {
        let control = test_support::temp_dir().expect("a folder");
        let mut command = site.command();
        command.env("LD_PRELOAD", PRELOAD).env("FIU_ENABLE", "").env("FIU_CTRL_FIFO", control.path().join("fiu"));
        let server = ServerProcess::start(&mut command).unwrap_or_else(|error| panic!("{error:#}"));
        let loaded = std::fs::read_to_string(format!("/proc/{}/maps", server.process_id())).expect("its maps");
        assert!(loaded.contains("fiu_posix_preload"), "fiu-utils is missing: run `cargo xtask test` once");
        Self { server, control }
    }

    fn tell(&self, order: &str) {
        let told = Command::new("fiu-ctrl")
            .args(["-c", order, "-f"])
            .arg(self.control.path().join("fiu"))
            .arg(self.server.process_id().to_string())
            .output()
            .expect("fiu-ctrl of the package fiu-utils; `cargo xtask test` installs it");
        assert!(told.status.success(), "{order}: {}", String::from_utf8_lossy(&told.stderr));
    }
}

/// What came of the requests while a fault was on.
#[derive(Debug, Default)]
struct Outcome {
    acknowledged: u64,
    refused: u64,
    lost: u64,
    /// Questions that were answered with an error.
    unanswered: u64,
}

/// Lets clients work while `call` fails with `probability`, then looks whether ledger and records agree: at once, when
/// the server is still there, and again after a start on a sound disk.
fn work_on_a_faulty_disk(call: &str, error: i32, probability: f64) -> Outcome {
    let site = Site::embedded();
    let faulty = Faulty::start(&site);
    let api = site.api(&faulty.server);
    let mut clients: Vec<Client> = (0..CLIENTS).map(|number| Client::new(&api, number, 5)).collect();
    for client in &mut clients {
        for _ in 0..10 {
            assert!(matches!(client.step(&api), Step::Acknowledged | Step::Declined));
        }
    }

    faulty.tell(&format!("enable_random name={call},probability={probability},failinfo={error}"));
    let outcome = work(&mut clients, &api);
    if outcome.lost == 0 {
        faulty.tell(&format!("disable name={call}"));
        clients.iter_mut().for_each(|client| client.check(&api));
        for client in &mut clients {
            let step = client.step(&api);
            assert!(matches!(step, Step::Acknowledged | Step::Declined), "the disk is sound, the server not: {step:?}");
        }
    }
    faulty.server.kill();

    let server = site.serve();
    let api = site.api(&server);
    clients.iter_mut().for_each(|client| client.check(&api));
    server.kill();
    site.verify();
    outcome
}

fn work(clients: &mut [Client], api: &Api) -> Outcome {
    let mut outcome = Outcome::default();
    for client in clients.iter_mut() {
        for _ in 0..REQUESTS {
            match client.step(api) {
                Step::Acknowledged => outcome.acknowledged += 1,
                Step::Declined => {}
                Step::Refused(status, text) => {
                    outcome.refused += 1;
                    let clear = status == 503 && (text.contains("The disk") || text.contains("The org file"));
                    assert!(clear, "{status} {text}");
                }
                Step::Lost => {
                    outcome.lost += 1;
                    break;
                }
            }
            outcome.unanswered += u64::from(!client.count(api));
        }
    }
    outcome
}

#[test]
fn a_write_error_is_told_and_the_record_is_as_it_was() {
    let outcome = work_on_a_faulty_disk("posix/io/rw/pwrite", EIO, 0.1);
    assert!(outcome.refused > 0 && outcome.acknowledged > 0, "{outcome:?}");
}

#[test]
fn a_full_disk_is_told_and_the_record_is_as_it_was() {
    let outcome = work_on_a_faulty_disk("posix/io/rw/pwrite", ENOSPC, 0.1);
    assert!(outcome.refused > 0 && outcome.acknowledged > 0, "{outcome:?}");
}

#[test]
fn a_disk_that_is_full_for_good_takes_nothing_and_shows_everything() {
    let outcome = work_on_a_faulty_disk("posix/io/rw/pwrite", ENOSPC, 1.0);
    assert_eq!((outcome.acknowledged, outcome.lost), (0, 0), "{outcome:?}");
}

#[test]
fn a_write_that_is_cut_short_is_finished() {
    let outcome = work_on_a_faulty_disk("posix/io/rw/pwrite/reduce", 0, 0.5);
    assert_eq!((outcome.refused, outcome.lost), (0, 0), "{outcome:?}");
}

#[test]
fn a_read_error_is_never_an_empty_answer() {
    let outcome = work_on_a_faulty_disk("posix/io/rw/pread", EIO, 0.02);
    assert!(outcome.unanswered > 0 && outcome.unanswered < CLIENTS * REQUESTS, "{outcome:?}");
}

#[test]
fn a_flush_that_fails_ends_the_process_before_anything_is_acknowledged() {
    let outcome = work_on_a_faulty_disk("posix/io/sync/*", EIO, 1.0);
    assert_eq!((outcome.acknowledged, outcome.refused), (0, 0), "{outcome:?}");
    assert!(outcome.lost > 0, "{outcome:?}");
}
