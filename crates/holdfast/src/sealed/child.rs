//! The side that answers: limits first, then one request from standard input, one answer to standard output.

use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{stdin, stdout};

/// The argument that makes this program a renderer.
pub const ROLE: &str = "render-worker";

/// Bytes of address space: workbooks and documents are written row by row, a picture is a few megabytes.
const MEMORY: u64 = 2 << 30;
/// Seconds of computing.
const COMPUTING: u64 = 100;
/// Open files: the standard three. A render opens neither file nor socket, and here it could not.
const FILES: u64 = 3;
/// Bytes of a file that is written. Answers leave through a pipe, which is none.
const FILE_SIZE: u64 = 0;

/// Answers one request.
///
/// # Errors
/// When the limits cannot be set, or the pipes break; nothing is rendered without limits.
pub fn run() -> std::io::Result<()> {
    limit()?;
    render::worker::serve(stdin().lock(), &mut stdout().lock())
}

fn limit() -> std::io::Result<()> {
    let limits = [
        (Resource::As, MEMORY),
        (Resource::Cpu, COMPUTING),
        (Resource::Nofile, FILES),
        (Resource::Fsize, FILE_SIZE),
        // A crash must not leave rows of a report on the disk.
        (Resource::Core, 0),
    ];
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    rustix::thread::set_no_new_privs(true)?;
    Ok(())
}
