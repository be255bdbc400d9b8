//! Headings of the steps of a long command, with how long each took.
#![expect(clippy::disallowed_methods, reason = "how long a step took is for the person who waits, not for the product")]

use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

/// Runs one step under its heading.
pub(crate) fn step<T>(heading: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("\n=== {heading}");
    let begun = Instant::now();
    let outcome = work();
    let seconds = begun.elapsed().as_secs_f64();
    match &outcome {
        Ok(_) => println!("--- {heading}: done in {seconds:.1} s"),
        Err(_) => println!("--- {heading}: failed after {seconds:.1} s"),
    }
    outcome
}

/// Runs a program with the terminal's own input and output; a status other than 0 is an error that names the command.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("{shown} could not be started"))?;
    if !status.success() {
        bail!("{shown} failed ({status})");
    }
    Ok(())
}

/// A command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_named_with_its_arguments() {
        let message = run(Command::new("false").arg("--now")).expect_err("false fails").to_string();
        assert_eq!(message, "false --now failed (exit status: 1)");
    }

    #[test]
    fn a_step_hands_on_what_its_work_gave() {
        assert_eq!(step("Counting", || Ok(3)).expect("the work succeeds"), 3);
    }
}
