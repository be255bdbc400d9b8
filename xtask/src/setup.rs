//! `cargo xtask setup`: brings everything the tests need onto this machine. Needs no network when it is all there.

use anyhow::Result;

use crate::step::step;
use crate::{client_tools, prerequisites};

pub(crate) fn run() -> Result<()> {
    step("Programs of this machine", prerequisites::ensure)?;
    step("Client libraries for Node", client_tools::ensure_node)?;
    step("The sf command line", client_tools::ensure_sf)?;
    step("Client libraries for Python", client_tools::ensure_python)
}
