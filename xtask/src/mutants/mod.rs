//! `cargo xtask mutants`: plants faults in the code that decides who sees what, and counts how many the tests notice.
//!
//! All faults are compiled at once into a copy of the project, each behind a number that an environment variable turns
//! on, so that a run builds once and not once for each fault; and each fault is judged by the tests that come by it. The
//! kinds of fault are those of cargo-mutants, with the words of SQL added.

mod build;
mod copy;
mod find;
mod plant;
mod reach;
mod run;

use anyhow::{Result, bail};

use crate::programs::succeeds;
use crate::step::step;
use crate::workspace::{root, target_dir, text_files};
use find::Mutant;

/// Files whose faults the tests must notice, by the start of their path.
const JUDGED: [&str; 5] = [
    "crates/policy/src/",
    "crates/store/src/emit/access",
    "crates/store/src/system/access",
    "crates/store/src/sharing",
    "crates/platform/src/sharing",
];

/// Faults that nobody can notice by any answer, each with the reason. They are not planted.
const WITHOUT_EFFECT: &[(&str, &str, &str)] = &[
    (
        "crates/policy/src/access/algebra.rs",
        "is_personal gives true at once",
        "the place of the user in roles and groups is then looked up where no predicate asks for it",
    ),
    (
        "crates/store/src/emit/access/mod.rs",
        "parts.iter().all(|part| self.is_few(object, part)) instead of \
         parts.iter().any(|part| self.is_few(object, part))",
        "which table drives a statement changes how long it takes and not what it says",
    ),
    (
        "crates/platform/src/sharing/decide.rs",
        "seen.get(id).is_none_or(|verdict| verdict.read) instead of seen.get(id).is_some_and(|verdict| verdict.read)",
        "a record that is there has a verdict for everybody, and one that is not has none for anybody",
    ),
    (
        "crates/platform/src/sharing/explain/path.rs",
        "path.len() <= LONGEST instead of path.len() < LONGEST",
        "groups nest five deep, so that no way comes near the bound",
    ),
    (
        "crates/platform/src/sharing/user_record_access.rs",
        "true instead of false",
        "an id is only ever compared with a field",
    ),
];

/// The part of the faults that must be noticed.
const WANTED_PERCENT: usize = 95;

/// Plants faults in the judged files whose path contains `filter` and runs the tests against each; with `every`, against
/// one of so many, spread evenly.
pub(crate) fn run(filter: Option<&str>, every: usize) -> Result<()> {
    if !succeeds("cargo", &["nextest", "--version"]) {
        bail!("cargo-nextest is missing, which runs the tests for each fault: cargo install cargo-nextest --locked");
    }
    let mutants: Vec<Mutant> = found(filter)?.into_iter().step_by(every.max(1)).collect();
    println!("{} faults in {} files", mutants.len(), files_of(&mutants));
    let folder = target_dir().join("mutants");
    let built = step("Build with every fault planted", || build::all(&folder, &mutants))?;
    if built.left_out > 0 {
        println!("{} faults do not compile and are left out", built.left_out);
    }
    let outcome = step("The tests against each fault", || run::each(&folder, &mutants, &built))?;
    println!("\n{outcome}");
    match outcome.percent() {
        percent if percent < WANTED_PERCENT => {
            bail!("{percent} % of the faults were noticed; {WANTED_PERCENT} % must be")
        }
        _ => Ok(()),
    }
}

/// Only names the faults.
pub(crate) fn list(filter: Option<&str>) -> Result<()> {
    for mutant in found(filter)? {
        println!("{mutant}");
    }
    Ok(())
}

fn found(filter: Option<&str>) -> Result<Vec<Mutant>> {
    let mut mutants = Vec::new();
    for file in text_files(&root())? {
        let is_judged = file.is_rust() && !file.is_test() && !file.path.ends_with("/tests.rs");
        let is_named = JUDGED.iter().any(|start| file.path.starts_with(start));
        if is_judged && is_named && filter.is_none_or(|filter| file.path.contains(filter)) {
            mutants.extend(find::in_file(&file)?.into_iter().filter(has_effect));
        }
    }
    if mutants.is_empty() {
        bail!("no judged file has a path that contains \"{}\"", filter.unwrap_or_default());
    }
    Ok(mutants)
}

fn has_effect(mutant: &Mutant) -> bool {
    !WITHOUT_EFFECT.iter().any(|(file, what, _)| mutant.file == *file && mutant.what == *what)
}

fn files_of(mutants: &[Mutant]) -> usize {
    let mut files: Vec<&str> = mutants.iter().map(|mutant| mutant.file.as_str()).collect();
    files.dedup();
    files.len()
}
