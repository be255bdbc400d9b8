//! `cargo xtask tidy`: the Architecture Invariants that can be read off the source, each as a rule with its reason.
//!
//! A rule is a function over texts, so that a test can show it a violation. To add one, write it in a file of its own
//! or as a row of the tables in `names` and `words`, and name it in `check`.

mod crates;
mod docs;
mod drivers;
mod edges;
mod lengths;
mod manifests;
mod names;
mod words;

use anyhow::{Result, bail};

use crate::workspace::{SourceFile, root, text_files};
use crates::Crate;

/// A place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    /// The reason of the rule in one line; violations are shown together under it.
    reason: String,
    /// What is wrong where: `path:line: what`.
    what: String,
}

impl Violation {
    fn new(reason: impl Into<String>, what: impl Into<String>) -> Self {
        Self { reason: reason.into(), what: what.into() }
    }

    #[cfg(test)]
    fn says(&self, text: &str) -> bool {
        self.what.contains(text) || self.reason.contains(text)
    }
}

/// Checks the project and prints what it finds; a violation is an error.
pub(crate) fn run() -> Result<()> {
    let files = text_files(&root())?;
    let crates = crates::read()?;
    for note in lengths::notes(&files) {
        println!("{note}");
    }
    let violations = check(&files, &crates);
    if violations.is_empty() {
        println!("{} files and {} crates keep the rules of the house", files.len(), crates.len());
        return Ok(());
    }
    let mut reason = "";
    for violation in &violations {
        if violation.reason != reason {
            reason = &violation.reason;
            println!("\n{reason}");
        }
        println!("  {}", violation.what);
    }
    match violations.len() {
        1 => bail!("one rule of the house is broken, see above"),
        count => bail!("the rules of the house are broken in {count} places, see above"),
    }
}

fn check(files: &[SourceFile], crates: &[Crate]) -> Vec<Violation> {
    let mut violations = Vec::new();
    violations.extend(edges::check(crates));
    violations.extend(drivers::check(crates));
    violations.extend(manifests::check(files));
    violations.extend(docs::check(files, crates));
    violations.extend(lengths::check(files));
    violations.extend(words::check(files));
    violations.extend(names::check(files));
    violations.sort();
    violations
}
