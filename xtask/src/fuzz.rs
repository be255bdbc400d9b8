//! `cargo xtask fuzz`: guided fuzzing of what reads texts from outside, by cargo-fuzz with a nightly compiler. What it finds
//! is kept under `target/fuzz`, where the next run goes on from it.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::programs::{cargo, succeeds};
use crate::step::run;
use crate::workspace::{root, target_dir};

const TARGETS: [&str; 4] = ["query", "search", "formula", "values"];

/// Seconds for each target when none are named.
const SECONDS: u32 = 60;

/// Fuzzes one target, or each in turn.
pub(crate) fn run_fuzz(options: &[&str]) -> Result<()> {
    let (targets, seconds) = wanted(options)?;
    if !succeeds("rustc", &["+nightly", "--version"]) {
        bail!("fuzzing needs a nightly compiler; install it by: rustup toolchain install nightly --profile minimal");
    }
    let program = target_dir().join("tools/cargo-fuzz/bin/cargo-fuzz");
    if !program.is_file() {
        let folder = target_dir().join("tools/cargo-fuzz");
        run(cargo().args(["install", "cargo-fuzz", "--locked", "--root"]).arg(&folder))?;
    }
    for target in targets {
        let [corpus, broken] = ["corpus", "broken"].map(|kind| target_dir().join("fuzz").join(kind).join(target));
        for folder in [&corpus, &broken] {
            std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        run(Command::new(&program)
            .args(["run", target, "--fuzz-dir", "fuzz", "--target-dir"])
            .arg(target_dir().join("fuzz"))
            .arg(&corpus)
            .args(["--", "-max_len=4096", &format!("-max_total_time={seconds}")])
            .arg(format!("-artifact_prefix={}/", broken.display()))
            .env("RUSTUP_TOOLCHAIN", "nightly")
            .current_dir(root()))?;
    }
    Ok(())
}

/// `[target] [--seconds N]`.
fn wanted(options: &[&str]) -> Result<(Vec<&'static str>, u32)> {
    let (mut targets, mut seconds) = (TARGETS.to_vec(), SECONDS);
    let mut options = options.iter();
    while let Some(option) = options.next() {
        if *option == "--seconds" {
            let text = options.next().context("--seconds needs a number")?;
            seconds = text.parse().with_context(|| format!("--seconds {text} is no number"))?;
        } else {
            targets.retain(|target| target == option);
            if targets.is_empty() {
                bail!("there is no target \"{option}\"; the targets are {}", TARGETS.join(", "));
            }
        }
    }
    Ok((targets, seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_and_a_time_can_be_chosen() {
        assert_eq!(wanted(&[]).expect("all of them"), (TARGETS.to_vec(), SECONDS));
        assert_eq!(wanted(&["formula", "--seconds", "5"]).expect("one of them"), (vec!["formula"], 5));
        let message = wanted(&["mail"]).expect_err("there is none of that name").to_string();
        assert!(message.contains("mail") && message.contains("query, search"), "{message}");
    }
}
