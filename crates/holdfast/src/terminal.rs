//! What the program says to the person at its terminal: results on standard output, everything else on standard error.
//! And the secrets that a person types.

use crate::cli::Failure;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr, stdin, stdout};
use zeroize::Zeroizing;

/// A line of a result. A reader that went away (`| head`) is no error of ours.
pub fn say(line: impl Display) {
    let _ = writeln!(stdout().lock(), "{line}");
}

/// A line beside the result: progress, notes, warnings.
pub fn tell(line: impl Display) {
    let _ = writeln!(stderr().lock(), "{line}");
}

/// Whether a person watches standard error.
pub fn is_watched() -> bool {
    stderr().is_terminal()
}

/// A secret: a line of standard input. At a terminal it is asked for by `prompt`, and what is typed does not show.
///
/// # Errors
/// In words, when there is nothing to read.
pub fn secret_line(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let unreadable = |error: std::io::Error| Failure::new(format!("Standard input cannot be read: {error}."));
    let hidden = if stdin().is_terminal() {
        let _ = write!(stderr().lock(), "{prompt}: ");
        Some(Hidden::new().map_err(unreadable)?)
    } else {
        None
    };
    let mut line = Zeroizing::new(String::new());
    let read = stdin().read_line(&mut line).map_err(unreadable)?;
    if hidden.is_some() {
        let _ = writeln!(stderr().lock());
    }
    if read == 0 {
        return Err(Failure::new(format!("{prompt}: standard input has ended; a line with it is needed.")));
    }
    Ok(line)
}

/// A terminal that does not show what is typed, until this is dropped.
struct Hidden(Termios);

impl Hidden {
    fn new() -> std::io::Result<Self> {
        let before = tcgetattr(stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // The terminal may be gone; then there is nothing to restore.
        let _ = tcsetattr(stdin(), OptionalActions::Flush, &self.0);
    }
}
