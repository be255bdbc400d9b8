//! The tests, once for each fault.
#![expect(clippy::disallowed_methods, reason = "a test run under a fault may never end and is given up after a while")]

use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::build::{Built, TESTED};
use super::find::Mutant;
use crate::programs::cargo;

/// The tests in rounds: those that speak of access and take a moment, those that take seconds, and all. Most faults are
/// noticed in the first.
const ROUNDS: [&str; 3] = [
    "package(policy) + (package(store) & (test(emit::tests) + test(access)))",
    "package(platform) & (test(every_scene_agrees_with_the_model_on_the) + test(large_worlds_on_the_encrypted_file))",
    "package(policy) + package(store) + package(platform)",
];

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

/// Runs the tests under each fault that was built, after a run without any; a quick look leaves out the last round.
pub(super) fn each(folder: &Path, mutants: &[Mutant], built: &Built, quick: bool) -> Result<Outcome> {
    prepare(folder)?;
    let rounds = if quick { &ROUNDS[..ROUNDS.len() - 1] } else { &ROUNDS };
    let begun = Instant::now();
    let fails = tests_fail(folder, None, rounds, Duration::MAX)?;
    let patience = LEAST_PATIENCE.max(begun.elapsed() * PATIENCE);
    if fails {
        bail!(
            "the tests fail without any fault; mend that first: cargo nextest run {}",
            TESTED.map(|name| format!("-p {name}")).join(" ")
        );
    }
    let mut outcome = Outcome { noticed: 0, missed: Vec::new() };
    for (number, mutant) in mutants.iter().enumerate().filter(|(number, _)| !built.without.contains(number)) {
        let noticed = tests_fail(folder, Some(number), rounds, patience)?;
        println!("{} {number:>4}  {mutant}", if noticed { "noticed" } else { "MISSED " });
        std::io::stdout().flush().context("nobody reads the output")?;
        if noticed {
            outcome.noticed += 1;
        } else {
            outcome.missed.push(mutant.to_string());
        }
    }
    Ok(outcome)
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

/// Whether a test fails, or none comes to an end, under a fault.
fn tests_fail(folder: &Path, fault: Option<usize>, rounds: &[&str], patience: Duration) -> Result<bool> {
    for round in rounds {
        if round_fails(folder, fault, round, patience)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn round_fails(folder: &Path, fault: Option<usize>, tests: &str, patience: Duration) -> Result<bool> {
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
    command.args(["--final-status-level=none", "--failure-output=never", "--success-output=never", "-E", tests]);
    command.arg("--binaries-metadata").arg(folder.join("binaries.json"));
    command.arg("--cargo-metadata").arg(folder.join("metadata.json"));
    match fault {
        Some(number) => command.env("HOLDFAST_MUTANT", number.to_string()),
        None => command.env_remove("HOLDFAST_MUTANT"),
    };
    // A failing comparison need not be made small: that it fails is all that counts.
    command.env("HOLDFAST_ACCESS_SHRINK", "0").stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().context("cargo nextest could not be started")?;
    ends_badly(child, patience)
}

fn ends_badly(mut child: Child, patience: Duration) -> Result<bool> {
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
