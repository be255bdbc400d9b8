//! The program. Everything it can do is in the library, where tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    holdfast::cli::main()
}
