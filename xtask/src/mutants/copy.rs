//! A copy of the project that faults can be planted in.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Brings `to` to the state of `from`, which are folders; files that did not change are not touched, so that a second
/// build is a short one. Build results and version control stay behind.
pub(super) fn refresh(from: &Path, to: &Path, changed: &dyn Fn(&str) -> Option<String>) -> Result<()> {
    folder(from, to, "", changed)
}

fn folder(from: &Path, to: &Path, path: &str, changed: &dyn Fn(&str) -> Option<String>) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("{} could not be made", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("{} could not be listed", from.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let path = format!("{path}/{}", name.to_string_lossy());
        if matches!(path.as_str(), "/target" | "/.git") || path.ends_with("/node_modules") {
            continue;
        }
        let target = to.join(&name);
        if entry.file_type()?.is_dir() {
            folder(&entry.path(), &target, &path, changed)?;
            continue;
        }
        let bytes = match changed(path.trim_start_matches('/')) {
            Some(text) => text.into_bytes(),
            None => fs::read(entry.path()).with_context(|| format!("{path} could not be read"))?,
        };
        if fs::read(&target).ok().as_ref() != Some(&bytes) {
            fs::write(&target, bytes).with_context(|| format!("{} could not be written", target.display()))?;
        }
    }
    Ok(())
}
