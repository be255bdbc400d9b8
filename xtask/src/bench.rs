//! `cargo xtask bench`: builds the bench optimised and runs it.

use anyhow::Result;

use crate::programs::cargo;
use crate::step::run;
use crate::workspace::root;

/// Runs the bench with its own options.
pub(crate) fn run_bench(options: &[&str]) -> Result<()> {
    run(cargo().args(["run", "--package", "bench", "--profile", "bench-run", "--"]).args(options).current_dir(root()))
}
