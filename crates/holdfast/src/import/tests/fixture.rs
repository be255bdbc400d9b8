//! Small folders of files for one test each.

use std::path::Path;
use tempfile::TempDir;

/// A folder with these files.
pub(super) fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().expect("a folder for the test");
    for (name, content) in files {
        write(dir.path(), name, content.as_bytes());
    }
    dir
}

pub(super) fn write(dir: &Path, name: &str, content: &[u8]) {
    std::fs::write(dir.join(name), content).expect("a file of the test");
}

/// A mapping of `a.csv` onto accounts, with further lines for the step and its fields.
pub(super) fn account_mapping(step: &str, fields: &str) -> String {
    format!(
        "format = 1\n[source.a]\nfile = \"a.csv\"\n[[step]]\nname = \"accounts\"\nsource = \"a\"\n\
         object = \"Account\"\n{step}\n[step.field]\nName = {{ column = \"name\" }}\n{fields}\n"
    )
}
