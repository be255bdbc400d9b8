//! `cargo xtask bench`: builds the bench and the server that it asks, both optimised, and runs it.

use anyhow::Result;

use crate::programs::cargo;
use crate::step::run;
use crate::workspace::root;

/// As fast as a release to within a few percent.
const PROFILE: &str = "bench-run";

/// Runs the bench with its own options.
pub(crate) fn run_bench(options: &[&str]) -> Result<()> {
    run(cargo()
        .args(["build", "--package", "holdfast", "--bin", "holdfast", "--profile", PROFILE])
        .current_dir(root()))?;
    run(cargo().args(["run", "--package", "bench", "--profile", PROFILE, "--"]).args(options).current_dir(root()))
}
