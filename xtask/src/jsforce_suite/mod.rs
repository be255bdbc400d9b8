//! `cargo xtask jsforce-suite --from DIR`: jsforce's own tests, from a clone of its repository, against a demo server.
//!
//! Nothing of the clone belongs to this project. Which of its cases do not pass yet stands in a file of ours that may only
//! shrink: a case that passes must leave it, and one that fails must not be missing from it.

mod demo;
mod verdict;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::client_tools;
use crate::programs::{cargo, find, output};
use crate::step::{run, shown, step};
use crate::workspace::{root, target_dir};
use demo::Demo;
use verdict::Case;

/// The files that judge what the API is for; the others need Apex, streaming or a deployment.
const JUDGES: [&str; 9] = [
    "connection-crud",
    "connection-meta",
    "connection-session",
    "sobject",
    "schema",
    "query",
    "quick-action",
    "bulk",
    "bulk2",
];

/// Cases that do not pass yet.
const NOT_PASSED: &str = "crates/api/tests/jsforce-not-passed.toml";

/// The oldest Node that the suite runs on.
const NODE: (u32, u32) = (22, 19);

/// Runs the suite and holds its outcome against the list.
pub(crate) fn run_suite(options: &[&str]) -> Result<()> {
    let (from, only) = match options {
        ["--from", from] => (Path::new(from), None),
        ["--from", from, "--only", file] => (Path::new(from), Some(*file)),
        _ => bail!("cargo xtask jsforce-suite --from DIR [--only FILE], where DIR is a clone of jsforce/jsforce"),
    };
    if !from.join("test/connection-crud.test.ts").is_file() {
        println!("skipped: {} holds no clone of jsforce's repository, and nothing else can judge this", from.display());
        return Ok(());
    }
    let node = node()?;
    step("jsforce, from its sources", || build(from, &node))?;
    step("The server", || run(cargo().args(["build", "--quiet", "--package", "holdfast"]).current_dir(root())))?;
    let demo = Demo::start(&target_dir().join("debug/holdfast"), &target_dir().join("jsforce-suite"))?;
    let judges: Vec<&str> = JUDGES.into_iter().filter(|name| only.is_none_or(|only| only == *name)).collect();
    let cases = step("Its tests", || judge(from, &node, &demo, &judges))?;
    drop(demo);
    let text =
        fs::read_to_string(root().join(NOT_PASSED)).with_context(|| format!("{NOT_PASSED} could not be read"))?;
    let mut listed = verdict::read_listed(&text)?;
    listed.retain(|case| judges.contains(&case.file.as_str()));
    let passed = cases.iter().filter(|(_, passed)| *passed).count();
    println!("\n{passed} of {} cases passed, {} are listed as not passed", cases.len(), listed.len());
    verdict::compare(&cases, &listed)
}

/// Installs what the clone needs, once, and compiles it.
fn build(from: &Path, node: &Path) -> Result<()> {
    if !from.join("node_modules/jest").is_dir() {
        let npm = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        run(Command::new("npm").args(npm).current_dir(from))?;
    }
    run(Command::new(node).args(["node_modules/typescript/bin/tsc", "-p", "."]).current_dir(from))
}

/// Runs the files of tests and gives every case with whether it passed. Cases that the suite itself leaves out are none.
fn judge(from: &Path, node: &Path, demo: &Demo, files: &[&str]) -> Result<Vec<(Case, bool)>> {
    let report = target_dir().join("jsforce-suite/report.json");
    let mut command = Command::new(node);
    command.args(["node_modules/jest/bin/jest.js", "--forceExit", "--runInBand", "--json", "--outputFile"]);
    command.arg(&report).arg("--").args(files.iter().map(|name| format!("/{name}\\.test\\.ts$")));
    command.envs(demo.env()).env_remove("CI").env("NO_PROXY", "127.0.0.1,localhost").current_dir(from);
    println!("{}", shown(&command));
    // A failing case fails jest as a whole: the report tells which.
    let status = command.status().context("jest could not be started")?;
    let text = fs::read_to_string(&report)
        .with_context(|| format!("jest ({status}) wrote no report to {}", report.display()))?;
    verdict::read_report(&text)
}

/// A Node that is new enough: the one in the path, or one of our own under `target/tools`.
fn node() -> Result<PathBuf> {
    let new_enough = |node: &Path| {
        let version = output(&node.to_string_lossy(), &["--version"])?;
        let mut parts = version.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
        Some((parts.next()?, parts.next()?) >= NODE)
    };
    match find("node") {
        Some(node) if new_enough(&node) == Some(true) => Ok(node),
        _ => client_tools::ensure_newer_node(),
    }
}
