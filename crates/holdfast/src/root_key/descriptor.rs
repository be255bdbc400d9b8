//! The root key from a descriptor that was open when the process started.

use crate::cli::Failure;
use rustix::fd::{OwnedFd, RawFd};
use std::fs::File;
use std::io::Read as _;
use zeroize::Zeroizing;

/// The most that is read: a key with white space around it is far shorter.
const LONGEST: u64 = 4096;

/// Reads a descriptor to its end and closes it: no child can inherit it, and nobody reads it a second time.
pub(super) fn read(number: RawFd) -> Result<Zeroizing<String>, Failure> {
    let broken = |why: &str| Failure::new(format!("--root-key-fd: descriptor {number} cannot be read: {why}."));
    let mut text = Zeroizing::new(String::new());
    let outcome = duplicate(number).and_then(|own| File::from(own).take(LONGEST + 1).read_to_string(&mut text));
    // Closed whatever came of it.
    let closed = nix::unistd::close(number);
    let read = outcome.map_err(|error| broken(&error.to_string()))?;
    closed.map_err(|error| broken(&error.to_string()))?;
    if read as u64 > LONGEST {
        return Err(broken("it holds more than a key"));
    }
    Ok(text)
}

/// A descriptor of ours for the same open file, position included.
#[cfg(target_os = "linux")]
fn duplicate(number: RawFd) -> std::io::Result<OwnedFd> {
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
    let duplicated =
        pidfd_open(getpid(), PidfdFlags::empty()).and_then(|own| pidfd_getfd(own, number, PidfdGetfdFlags::empty()));
    match duplicated {
        Ok(own) => Ok(own),
        Err(rustix::io::Errno::BADF) => Err(std::io::Error::other("it is not open; open it as in 3<FILE")),
        // Some containers forbid the call. The file can still be opened anew where its rights allow that.
        Err(_) => reopened(number),
    }
}

#[cfg(not(target_os = "linux"))]
fn duplicate(number: RawFd) -> std::io::Result<OwnedFd> {
    reopened(number)
}

fn reopened(number: RawFd) -> std::io::Result<OwnedFd> {
    File::open(format!("/dev/fd/{number}")).map(OwnedFd::from)
}
