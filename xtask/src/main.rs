//! `cargo xtask`: everything the project asks of a change, in commands that work on a fresh machine.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to the person who runs it")]

mod bench;
mod client_tools;
mod fuzz;
mod jsforce_suite;
mod mutants;
mod prerequisites;
mod programs;
mod setup;
mod step;
mod tally;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
cargo xtask <command>

  test [filter]   everything that must hold: format, house rules, lints, all tests
                  (with a filter, only the tests whose names contain it)
  ci              the same as test
  bench [options] what the engine costs beside hand-written SQL; --help names the options
  tidy            the rules of the house alone
  mutants [part]  plants faults in the code that decides who sees what, and counts those the tests notice
                  (with a part of a path, only in those files; `mutants --list [part]` only names them;
                  `mutants --every N [part]` judges one of N, spread evenly)
  fuzz [target]   searches for texts that break a reader of texts, --seconds N for each target (60)
  jsforce-suite   jsforce's own tests against a demo server: --from DIR, a clone of its repository
                  (--only FILE runs one of its files)
  setup           what the tests need: Debian packages, client libraries under target/tools
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    match arguments {
        ["test" | "ci"] => test::everything(),
        ["test", filter] => test::matching(filter),
        ["bench", options @ ..] => bench::run_bench(options),
        ["fuzz", options @ ..] => fuzz::run_fuzz(options),
        ["jsforce-suite", options @ ..] => jsforce_suite::run_suite(options),
        ["tidy"] => tidy::run(),
        ["setup"] => setup::run(),
        ["mutants", "--list"] => mutants::list(None),
        ["mutants", "--list", part] => mutants::list(Some(part)),
        ["mutants"] => mutants::run(None, 1),
        ["mutants", "--every", count] => mutants::run(None, every(count)?),
        ["mutants", "--every", count, part] => mutants::run(Some(part), every(count)?),
        ["mutants", part] => mutants::run(Some(part), 1),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        other => bail!("there is no command \"{}\"\n\n{USAGE}", other.join(" ")),
    }
}

fn every(count: &str) -> Result<usize> {
    match count.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => bail!("--every takes a number from 1 on, not \"{count}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_command_is_answered_with_the_usage() {
        let message = run(&["polish"]).expect_err("there is none of that name").to_string();
        assert!(message.contains("polish") && message.contains("cargo xtask <command>"), "{message}");
    }
}
