//! The crates of the workspace and what each depends on, as cargo sees them.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::programs::cargo;
use crate::workspace::root;

/// A crate of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a crate's dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Whether only tests, examples and benchmarks see it.
    pub(crate) dev: bool,
}

/// The crates of this workspace, sorted by name.
pub(crate) fn read() -> Result<Vec<Crate>> {
    let mut command = cargo();
    command.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).current_dir(root());
    let output = command.output().context("cargo metadata could not be started")?;
    if !output.status.success() {
        bail!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    parse(&serde_json::from_slice(&output.stdout).context("cargo metadata wrote no JSON")?)
}

fn parse(metadata: &Value) -> Result<Vec<Crate>> {
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    let mut crates = packages.iter().map(parse_package).collect::<Result<Vec<_>>>()?;
    crates.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(crates)
}

fn parse_package(package: &Value) -> Result<Crate> {
    let name = |value: &Value| value["name"].as_str().map(str::to_owned).context("cargo metadata leaves out a name");
    let dependencies = package["dependencies"].as_array().context("cargo metadata names no dependencies")?;
    let dependencies = dependencies
        .iter()
        .map(|dependency| Ok(Dependency { name: name(dependency)?, dev: dependency["kind"] == "dev" }))
        .collect::<Result<_>>()?;
    Ok(Crate { name: name(package)?, dependencies })
}

#[cfg(test)]
impl Crate {
    /// A crate for a rule's test; a dependency that begins with `dev:` is only for its tests.
    pub(crate) fn new(name: &str, dependencies: &[&str]) -> Self {
        let dependencies = dependencies.iter().map(|dependency| match dependency.strip_prefix("dev:") {
            Some(name) => Dependency { name: name.to_owned(), dev: true },
            None => Dependency { name: (*dependency).to_owned(), dev: false },
        });
        Self { name: name.to_owned(), dependencies: dependencies.collect() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_kinds_are_read_from_the_metadata() {
        let metadata = json!({ "packages": [
            { "name": "store", "dependencies": [{ "name": "model", "kind": null }, { "name": "cc", "kind": "build" }] },
            { "name": "model", "dependencies": [{ "name": "proptest", "kind": "dev" }] },
        ]});
        let expected = [Crate::new("model", &["dev:proptest"]), Crate::new("store", &["model", "cc"])];
        assert_eq!(parse(&metadata).expect("well-formed metadata"), expected);
    }

    #[test]
    fn this_workspace_can_be_read() {
        let crates = read().expect("cargo knows the workspace");
        assert!(crates.iter().any(|found| found.name == "xtask"));
    }
}
