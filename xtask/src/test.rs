//! `cargo xtask test`: everything that must hold before a change is accepted, in the order that fails soonest.

use std::io::{BufRead as _, BufReader, IsTerminal as _};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::programs::{cargo, succeeds};
use crate::step::{run, shown, step};
use crate::tally::Tally;
use crate::{setup, tidy};

/// The whole of it.
pub(crate) fn everything() -> Result<()> {
    setup::run()?;
    step("Format", || run(cargo().args(["fmt", "--all", "--check"])))?;
    step("Rules of the house", tidy::run)?;
    step("Lints", || run(cargo().args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])))?;
    let mut tally = Tally::default();
    let outcome = step("Tests", || run_tests(None, &mut tally))
        .and_then(|()| step("Examples in the documentation", || run_doc_tests(&mut tally)));
    println!("\n{tally}");
    outcome
}

/// Only the tests whose names contain the filter.
pub(crate) fn matching(filter: &str) -> Result<()> {
    setup::run()?;
    let mut tally = Tally::default();
    let outcome = step("Tests", || run_tests(Some(filter), &mut tally));
    println!("\n{tally}");
    outcome?;
    if tally == Tally::default() {
        bail!("no test has a name that contains \"{filter}\"");
    }
    Ok(())
}

fn run_tests(filter: Option<&str>, tally: &mut Tally) -> Result<()> {
    let mut command = cargo();
    if succeeds("cargo", &["nextest", "--version"]) {
        command.args(["nextest", "run", "--workspace", "--no-tests=pass"]).args(filter);
        if std::io::stderr().is_terminal() {
            command.args(["--color", "always"]);
        }
        // nextest writes its progress to standard error.
        command.stderr(Stdio::piped());
    } else {
        println!("(cargo-nextest would run them faster: cargo install cargo-nextest --locked)");
        command.args(["test", "--workspace", "--all-targets", "--no-fail-fast"]).args(filter);
        command.stdout(Stdio::piped());
    }
    counted(&mut command, tally)
}

/// Examples in the documentation are compiled one by one, which only cargo's own runner does.
fn run_doc_tests(tally: &mut Tally) -> Result<()> {
    counted(cargo().args(["test", "--workspace", "--doc", "--quiet"]).stdout(Stdio::piped()), tally)
}

/// Runs a test runner, passes its output on, and counts what it says. One of its outputs is piped.
fn counted(command: &mut Command, tally: &mut Tally) -> Result<()> {
    let shown = shown(command);
    let mut child = command.spawn().with_context(|| format!("{shown} could not be started"))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.with_context(|| format!("the output of {shown} could not be read"))?;
            println!("{line}");
            tally.add_line(&line);
        }
    }
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines() {
            let line = line.with_context(|| format!("the output of {shown} could not be read"))?;
            eprintln!("{line}");
            tally.add_line(&line);
        }
    }
    let status = child.wait().with_context(|| format!("{shown} could not be waited for"))?;
    if !status.success() {
        bail!("{shown} failed ({status})");
    }
    Ok(())
}
