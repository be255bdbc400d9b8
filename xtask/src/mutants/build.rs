//! The copy with all faults in it, built once. A fault that does not compile is left out and the build tried again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use super::copy;
use super::find::Mutant;
use super::plant::{Planted, SWITCH, plant};
use crate::programs::cargo;
use crate::workspace::root;

/// The crates whose tests judge a fault.
pub(super) const TESTED: [&str; 3] = ["policy", "store", "platform"];

/// Rounds of leaving out what does not compile.
const MOST_ROUNDS: usize = 25;

pub(super) struct Built {
    pub(super) without: BTreeSet<usize>,
    pub(super) left_out: usize,
}

pub(super) fn all(folder: &Path, mutants: &[Mutant]) -> Result<Built> {
    let mut without = BTreeSet::new();
    for _ in 0..MOST_ROUNDS {
        let planted = planted_files(mutants, &without)?;
        copy::refresh(&root(), &folder.join("project"), &|path| planted.get(path).map(|file| file.text.clone()))?;
        let bad = compile(folder, &planted)?;
        if bad.is_empty() {
            let left_out = without.len();
            return Ok(Built { without, left_out });
        }
        without.extend(bad);
    }
    bail!("after {MOST_ROUNDS} rounds there are still faults that do not compile")
}

/// Every file with faults, and the root file of each of their crates with the switch.
fn planted_files(mutants: &[Mutant], without: &BTreeSet<usize>) -> Result<BTreeMap<String, Planted>> {
    let mut by_file: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (number, mutant) in mutants.iter().enumerate() {
        by_file.entry(&mutant.file).or_default().push((number, mutant));
    }
    let read =
        |path: &str| std::fs::read_to_string(root().join(path)).with_context(|| format!("{path} could not be read"));
    let mut planted = BTreeMap::new();
    for (path, mutants) in by_file {
        planted.insert(path.to_owned(), plant(&read(path)?, &mutants, without));
        let crate_root = path.split("/src/").next().map(|folder| format!("{folder}/src/lib.rs")).unwrap_or_default();
        if !planted.contains_key(&crate_root) {
            planted.insert(crate_root.clone(), Planted { text: read(&crate_root)?, places: Vec::new() });
        }
    }
    for (path, file) in &mut planted {
        if path.ends_with("/src/lib.rs") {
            file.text.push_str(SWITCH);
        }
    }
    Ok(planted)
}

/// Builds the tests; gives the faults that the compiler objects to.
fn compile(folder: &Path, planted: &BTreeMap<String, Planted>) -> Result<BTreeSet<usize>> {
    let mut command = cargo();
    // A build directory of its own: cargo tells a crate of the copy from that of the project by its path inside the
    // workspace, which is the same, and would hand the faulty one to the next ordinary build.
    command.current_dir(folder.join("project")).env("CARGO_TARGET_DIR", folder.join("target"));
    command.args(["test", "--no-run", "--message-format=json"]);
    for name in TESTED {
        command.args(["-p", name]);
    }
    let output = command.stderr(Stdio::inherit()).output().context("cargo could not be started")?;
    if output.status.success() {
        return Ok(BTreeSet::new());
    }
    let mut bad = BTreeSet::new();
    let mut unknown = Vec::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let message = &message["message"];
        if message["level"] != "error" {
            continue;
        }
        let spans = message["spans"].as_array().into_iter().flatten();
        let found: Vec<usize> = spans
            .filter_map(|span| {
                let file = planted.get(span["file_name"].as_str()?)?;
                file.fault_at(usize::try_from(span["byte_start"].as_u64()?).ok()?)
            })
            .collect();
        if found.is_empty() && message["code"].is_object() {
            unknown.push(message["rendered"].as_str().unwrap_or_default().to_owned());
        }
        bad.extend(found);
    }
    if bad.is_empty() {
        bail!("the copy does not compile:\n{}", unknown.join("\n"));
    }
    Ok(bad)
}
