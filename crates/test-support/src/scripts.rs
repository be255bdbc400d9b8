//! Node and Python scripts that use the public client libraries, with a time bound and their output on failure.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::{paths, process};

/// The environment variable that tells scripts where the Node packages are; `tests/clients/packages.mjs` reads it.
pub(crate) const NODE_PACKAGES: &str = "HOLDFAST_NODE_PACKAGES";

/// Runs a Node script of the project with these environment variables and gives what it printed.
///
/// `script` is relative to the project's root. It loads packages with `load("jsforce")` from
/// `tests/clients/packages.mjs`. A status other than 0, or more time than `within`, is an error with all its output.
pub fn node_script(script: impl AsRef<Path>, env: &[(&str, &str)], within: Duration) -> Result<String> {
    let mut command = Command::new(paths::program("node")?);
    command.env(NODE_PACKAGES, paths::node_packages()?);
    run(command, &paths::project_root(), script.as_ref(), env, within)
}

/// Runs a Python script of the project with these environment variables and gives what it printed.
///
/// `script` is relative to the project's root; the packages of `tests/clients/requirements.txt` can be imported.
pub fn python_script(script: impl AsRef<Path>, env: &[(&str, &str)], within: Duration) -> Result<String> {
    python_script_in("python", &paths::project_root(), script, env, within)
}

/// As [`python_script`], with the packages of another environment (`dlt` holds those of `tests/clients/dlt.txt`), in the
/// folder that takes what the script writes.
pub fn python_script_in(
    environment: &str,
    folder: &Path,
    script: impl AsRef<Path>,
    env: &[(&str, &str)],
    within: Duration,
) -> Result<String> {
    let mut command = Command::new(paths::of_python(environment, "python")?);
    // Compiled files would appear between the sources.
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUNBUFFERED", "1");
    run(command, folder, script.as_ref(), env, within)
}

fn run(mut command: Command, folder: &Path, script: &Path, env: &[(&str, &str)], within: Duration) -> Result<String> {
    command.arg(paths::project_root().join(script)).envs(env.iter().copied()).current_dir(folder);
    let name = script.display().to_string();
    process::run(&name, &mut command, b"", within)?.success(&name)
}

/// Runs the singer tap with these arguments and gives what it wrote.
pub fn singer_tap(arguments: &[&str], env: &[(&str, &str)], within: Duration) -> Result<String> {
    let name = format!("tap-salesforce {}", arguments.join(" "));
    let mut command = Command::new(paths::of_python("singer", "tap-salesforce")?);
    command.args(arguments).envs(env.iter().copied());
    process::run(&name, &mut command, b"", within)?.success(&name)
}
