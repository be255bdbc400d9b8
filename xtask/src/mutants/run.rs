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

/// The tests that speak of access.
const TESTS: &str = "package(policy) + (package(store) & (test(emit) + test(access))) \
                     + (package(platform) & (binary(record_access) + test(access) + test(guards) + test(unit)))";

/// Longest time the tests may take under one fault; a fault that makes them hang is noticed.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(240);

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

/// Runs the tests under each fault that was built, after a run without any.
pub(super) fn each(folder: &Path, mutants: &[Mutant], built: &Built) -> Result<Outcome> {
    prepare(folder)?;
    if tests_fail(folder, None)? {
        bail!(
            "the tests fail without any fault; mend that first: cargo nextest run {}",
            TESTED.map(|name| format!("-p {name}")).join(" ")
        );
    }
    let mut outcome = Outcome { noticed: 0, missed: Vec::new() };
    for (number, mutant) in mutants.iter().enumerate().filter(|(number, _)| !built.without.contains(number)) {
        let noticed = tests_fail(folder, Some(number))?;
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
fn tests_fail(folder: &Path, fault: Option<usize>) -> Result<bool> {
    let mut command = cargo();
    command.current_dir(folder.join("project"));
    command.args(["nextest", "run", "--fail-fast", "--no-tests=fail", "--show-progress=none", "--status-level=none"]);
    command.args(["--final-status-level=none", "--failure-output=never", "--success-output=never", "-E", TESTS]);
    command.arg("--binaries-metadata").arg(folder.join("binaries.json"));
    command.arg("--cargo-metadata").arg(folder.join("metadata.json"));
    match fault {
        Some(number) => command.env("HOLDFAST_MUTANT", number.to_string()),
        None => command.env_remove("HOLDFAST_MUTANT"),
    };
    // A failing comparison need not be made small: that it fails is all that counts.
    command.env("HOLDFAST_ACCESS_SHRINK", "0").stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().context("cargo nextest could not be started")?;
    ends_badly(child)
}

fn ends_badly(mut child: Child) -> Result<bool> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().context("the tests could not be waited for")? {
            return Ok(!status.success());
        }
        if begun.elapsed() > GIVEN_UP_AFTER {
            child.kill().context("the tests could not be stopped")?;
            child.wait().context("the tests could not be waited for")?;
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
