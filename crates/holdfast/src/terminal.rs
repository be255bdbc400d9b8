//! What the program says to the person at its terminal: results on standard output, everything else on standard error.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr, stdout};

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
