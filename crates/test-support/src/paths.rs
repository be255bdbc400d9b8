//! Where things are: the project, its build directory, the prepared client tools, data kept beside the project.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::FIX;

/// The root of the project: the folder of the workspace's `Cargo.toml`.
pub fn project_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate lives two folders below the project's root").to_owned()
}

/// The build directory, where prepared tools and the shared test server's state are kept.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        // A relative setting is relative to where cargo was started, which is the project's root in practice.
        Some(dir) => project_root().join(dir),
        None => project_root().join("target"),
    }
}

/// A new empty folder that is removed with everything in it when the value is dropped.
pub fn temp_dir() -> Result<TempDir> {
    tempfile::Builder::new().prefix("holdfast-test-").tempdir().context("no temporary folder could be made")
}

/// A TCP port on 127.0.0.1 that nobody listens on at this moment.
///
/// Another process may take it before its user does, so prefer to listen on port 0 and ask which one it became.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port of 127.0.0.1 could be listened on")?;
    Ok(listener.local_addr()?.port())
}

/// A folder of sample data kept beside the project in `../shared/data`, when this machine has it.
///
/// Such data is not the project's to ship. A test that wants it returns early on `None`; the reason is printed here.
#[expect(clippy::print_stderr, reason = "a test that is passed over must say so in its output")]
pub fn shared_data(name: &str) -> Option<PathBuf> {
    let folder = project_root().join("../shared/data").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("passed over: this machine has no sample data at {}", folder.display());
    None
}

/// The folder of the client programs and their manifests.
pub(crate) fn clients_dir() -> PathBuf {
    project_root().join("tests/clients")
}

/// The folder whose `node_modules` holds the Node packages that the tests use.
pub(crate) fn node_packages() -> Result<PathBuf> {
    let folder = target_dir().join("tools/node");
    if !folder.join("node_modules/playwright-core/package.json").is_file() {
        bail!("the Node packages of tests/clients are not installed under {}; {FIX}", folder.display());
    }
    Ok(folder)
}

/// A program of one of the virtual environments that hold the Python packages of `tests/clients`.
pub(crate) fn of_python(environment: &str, program: &str) -> Result<PathBuf> {
    let found = target_dir().join("tools").join(environment).join("bin").join(program);
    if !found.is_file() {
        bail!("the Python packages of tests/clients are not installed at {}; {FIX}", found.display());
    }
    Ok(found)
}

/// A program of this name in the folders of `PATH`.
pub(crate) fn program(name: &str) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
        .with_context(|| format!("{name} is not installed; {FIX}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_root_holds_the_workspace_manifest() {
        let manifest = std::fs::read_to_string(project_root().join("Cargo.toml")).expect("the manifest is readable");
        assert!(manifest.contains("[workspace]"));
    }

    #[test]
    fn a_free_port_can_be_listened_on() {
        let port = free_port().expect("a port");
        TcpListener::bind(("127.0.0.1", port)).expect("nobody else listens there");
    }

    #[test]
    fn a_temporary_folder_goes_away_with_its_value() {
        let folder = temp_dir().expect("a folder");
        let path = folder.path().to_owned();
        assert!(path.is_dir());
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn absent_sample_data_is_none() {
        assert_eq!(shared_data("no-such-data-set"), None);
    }

    #[test]
    fn a_missing_program_is_named_with_the_fix() {
        let message = program("no-such-program").expect_err("it does not exist").to_string();
        assert!(message.contains("no-such-program is not installed"), "{message}");
        assert!(message.contains("cargo xtask test"), "{message}");
    }
}
