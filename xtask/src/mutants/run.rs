//! The tests, once for each fault.
#![expect(clippy::disallowed_methods, reason = "a test run under a fault may never end and is given up after a while")]

use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::build::{Built, TESTED};
use super::find::Mutant;
use super::reach::Reach;
use crate::programs::cargo;

/// How many of the tests that come by a fault are tried in each round; most faults are noticed in the first.
const ROUNDS: [usize; 4] = [12, 40, 120, usize::MAX];

/// How much longer than without a fault the tests may take; a fault that makes them hang is noticed.
const PATIENCE: u32 = 4;
const LEAST_PATIENCE: Duration = Duration::from_secs(240);

pub(super) struct Outcome {
    noticed: usize,
    missed: Vec<String>,
}

impl Outcome {
    pub(super) fn percent(&self) -> usize {
        let all = self.noticed + self.missed.len();
        (self.noticed * 100).checked_div(all).unwrap_or(100)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for missed in &self.missed {
            writeln!(f, "missed  {missed}")?;
        }
        let all = self.noticed + self.missed.len();
        write!(f, "{} of {all} faults noticed: {} %", self.noticed, self.percent())
    }
}

/// Runs all tests without a fault, and under each fault those that come by it, until one fails.
pub(super) fn each(folder: &Path, mutants: &[Mutant], built: &Built) -> Result<Outcome> {
    prepare(folder)?;
    let begun = Instant::now();
    let reach = reach(folder)?;
    let patience = LEAST_PATIENCE.max(begun.elapsed() * PATIENCE);
    let mut outcome = Outcome { noticed: 0, missed: Vec::new() };
    for (number, mutant) in mutants.iter().enumerate().filter(|(number, _)| !built.without.contains(number)) {
        let tests = reach.tests_of(number);
        let noticed = tests_fail(folder, number, &tests, patience)?;
        let verdict = if noticed { "noticed" } else { "MISSED " };
        println!("{verdict} {number:>4}  {mutant} (of {} tests)", tests.len());
        std::io::stdout().flush().context("nobody reads the output")?;
        if noticed {
            outcome.noticed += 1;
        } else {
            outcome.missed.push(mutant.to_string());
        }
    }
    Ok(outcome)
}

/// The run without a fault, in which each test notes what it comes by.
fn reach(folder: &Path) -> Result<Reach> {
    let notes = folder.join("reached");
    if notes.exists() {
        std::fs::remove_dir_all(&notes).context("the notes of an earlier run could not be removed")?;
    }
    std::fs::create_dir_all(&notes).context("the folder of the notes could not be made")?;
    let mut command = tests(folder);
    command.env("HOLDFAST_MUTANTS_REACHED", &notes);
    let all = TESTED.map(|name| format!("package({name})")).join(" + ");
    command.args(["-E", &all]);
    if ends_badly(command, Duration::MAX)? {
        bail!(
            "the tests fail without any fault; mend that first: cargo nextest run {}",
            TESTED.map(|name| format!("-p {name}")).join(" ")
        );
    }
    Reach::read(&notes)
}

/// Notes where the built tests lie, so that cargo has nothing to look up for each fault.
fn prepare(folder: &Path) -> Result<()> {
    let mut metadata = cargo();
    metadata.args(["metadata", "--format-version=1"]);
    written(folder, metadata, "metadata.json")?;
    let mut binaries = cargo();
    binaries.args(["nextest", "list", "--list-type=binaries-only", "--message-format=json"]);
    for name in TESTED {
        binaries.args(["-p", name]);
    }
    written(folder, binaries, "binaries.json")
}

fn written(folder: &Path, mut command: Command, name: &str) -> Result<()> {
    command.current_dir(folder.join("project")).env("CARGO_TARGET_DIR", folder.join("target"));
    let output = command.stderr(Stdio::inherit()).output().context("cargo could not be started")?;
    if !output.status.success() {
        bail!("{} failed", crate::step::shown(&command));
    }
    std::fs::write(folder.join(name), output.stdout).with_context(|| format!("{name} could not be written"))
}

/// Whether one of the tests fails, or none comes to an end, under a fault.
fn tests_fail(folder: &Path, fault: usize, all: &[&str], patience: Duration) -> Result<bool> {
    let mut left = all;
    for size in ROUNDS {
        let (round, rest) = left.split_at(size.min(left.len()));
        if round.is_empty() {
            break;
        }
        let mut command = tests(folder);
        command.env("HOLDFAST_MUTANT", fault.to_string()).arg("--").arg("--exact").args(round);
        if ends_badly(command, patience)? {
            return Ok(true);
        }
        left = rest;
    }
    Ok(false)
}

/// A run of built tests, still without saying which.
fn tests(folder: &Path) -> Command {
    let mut command = cargo();
    command.current_dir(folder.join("project"));
    command.args([
        "nextest",
        "run",
        "--profile=long",
        "--fail-fast",
        "--no-tests=fail",
        "--show-progress=none",
        "--status-level=none",
    ]);
    command.args(["--final-status-level=none", "--failure-output=never", "--success-output=never"]);
    command.arg("--binaries-metadata").arg(folder.join("binaries.json"));
    command.arg("--cargo-metadata").arg(folder.join("metadata.json"));
    // A failing comparison need not be made small: that it fails is all that counts.
    command.env_remove("HOLDFAST_MUTANT").env("HOLDFAST_ACCESS_SHRINK", "0");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn ends_badly(mut command: Command, patience: Duration) -> Result<bool> {
    let mut child = command.spawn().context("cargo nextest could not be started")?;
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().context("the tests could not be waited for")? {
            return Ok(!status.success());
        }
        if begun.elapsed() > patience {
            child.kill().context("the tests could not be stopped")?;
            child.wait().context("the tests could not be waited for")?;
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
