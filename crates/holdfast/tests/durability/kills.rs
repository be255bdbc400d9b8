//! `kill -9` under load, again and again: no acknowledged write is lost, no transaction is there by half.

use crate::client::{Client, Step};
use crate::place::Site;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};
use test_support::Dice;
use test_support::ServerProcess;

/// Kills of one test when `HOLDFAST_KILLS` says nothing else.
const KILLS: u64 = 150;
const CLIENTS: u64 = 3;
/// The audit log is walked from end to end after so many kills.
const VERIFY_EVERY: u64 = 25;

fn kills() -> u64 {
    std::env::var("HOLDFAST_KILLS").ok().map_or(KILLS, |text| text.parse().expect("HOLDFAST_KILLS is a number"))
}

/// Lets every client work until `acknowledgements` have come in, then ends the server without warning.
fn load_and_kill(site: &Site, server: ServerProcess, clients: &mut [Client], acknowledgements: u64, spin: u64) {
    let (sender, received) = mpsc::channel();
    thread::scope(|scope| {
        for client in clients.iter_mut() {
            let (sender, api) = (sender.clone(), site.api(&server));
            scope.spawn(move || {
                loop {
                    match client.step(&api) {
                        // After the kill nobody counts any more.
                        Step::Acknowledged | Step::Declined => drop(sender.send(())),
                        Step::Lost => return,
                        Step::Refused(status, text) => panic!("a sound request was refused: {status} {text}"),
                    }
                }
            });
        }
        drop(sender);
        for _ in 0..acknowledgements {
            received.recv().expect("clients work until the server is gone");
        }
        // Not always right after an acknowledgement: somewhere in the requests that follow.
        for turn in 0..spin {
            std::hint::black_box(turn);
        }
        server.kill();
    });
}

fn survives(site: &Site, seed: u64) {
    let mut dice = Dice::new(seed);
    let server = site.serve();
    let api = site.api(&server);
    let mut clients: Vec<Client> = (0..CLIENTS).map(|number| Client::new(&api, number, seed)).collect();
    server.kill();
    let mut slowest = Duration::ZERO;
    for round in 0..=kills() {
        #[expect(clippy::disallowed_methods, reason = "the time of a start is reported, not judged")]
        let begun = Instant::now();
        let server = site.serve();
        slowest = slowest.max(begun.elapsed());
        let api = site.api(&server);
        clients.iter_mut().for_each(|client| client.check(&api));
        load_and_kill(site, server, &mut clients, 1 + dice.below(20), dice.below(20_000_000));
        if round % VERIFY_EVERY == 0 || round == kills() {
            site.verify();
        }
    }
    #[expect(clippy::print_stdout, reason = "shown by --no-capture")]
    {
        println!("{} kills; slowest start {slowest:?}", kills());
    }
}

#[test]
fn a_killed_server_keeps_every_acknowledged_write_in_its_file() {
    survives(&Site::embedded(), 1);
}

#[test]
fn a_killed_server_keeps_every_acknowledged_write_in_postgresql() {
    survives(&Site::postgres(), 2);
}
