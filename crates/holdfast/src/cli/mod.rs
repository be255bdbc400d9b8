//! The command line: what can be typed, and what each command does.

mod args;
mod backup;
mod demo;
mod failure;
mod import;
mod key_args;
mod keys;
mod listeners;
mod log;
mod migrate;
mod org;
mod place;
mod serve;
mod verify;

pub use args::Cli;
pub use failure::Failure;
pub use listeners::Listeners;
pub(crate) use place::only_org;

use args::Command;
use clap::{CommandFactory, Parser};
use std::process::ExitCode;

/// Reads the command line and does what it says.
pub fn main() -> ExitCode {
    // Not a command: how the server starts its own renderers, of which nobody else need know.
    if std::env::args_os().nth(1).is_some_and(|role| role == crate::sealed::ROLE) {
        let rendered =
            crate::sealed::run().map_err(|error| Failure::new(format!("The renderer cannot work: {error}.")));
        return ended(rendered.map(|()| ExitCode::SUCCESS));
    }
    ended(run(Cli::parse().command))
}

fn ended(outcome: Result<ExitCode, Failure>) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            crate::terminal::tell(format_args!("holdfast: {failure}"));
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    let done = |outcome: Result<(), Failure>| outcome.map(|()| ExitCode::SUCCESS);
    match command {
        Command::Demo(args) => done(demo::run(&args)),
        Command::Serve(args) => done(serve::run(&args)),
        Command::Org(command) => done(org::run(&command)),
        Command::Keys(command) => done(keys::run(&command)),
        Command::Migrate(args) => done(migrate::run(&args)),
        Command::Import(args) => import::run(&args),
        Command::Backup(command) => done(backup::run(&command)),
        Command::Restore(args) => done(backup::restore(&args)),
        Command::Verify(args) => done(verify::run(&args)),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "holdfast", &mut script);
            crate::terminal::say(String::from_utf8_lossy(&script).trim_end());
            Ok(ExitCode::SUCCESS)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_and_its_help_names_every_command() {
        let mut command = Cli::command();
        command.build();
        command.clone().debug_assert();
        let help = command.render_help().to_string();
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            assert!(help.contains(&format!("\n  {}", sub.get_name())), "{} is not in the help", sub.get_name());
        }
    }
}
