//! What every crate's manifest says: the lints of the workspace, and what the crate is for.

use super::Violation;
use crate::workspace::SourceFile;

const LINTS: &str = "One set of lints for all: every manifest has `[lints] workspace = true`, or, outside the workspace, forbids `unsafe_code`.";
const DESCRIPTION: &str =
    "A crate's description is its one line in the table of the architecture; it may not be empty.";

pub(super) fn check(files: &[SourceFile]) -> Vec<Violation> {
    files.iter().filter(|file| file.path.ends_with("/Cargo.toml")).flat_map(check_manifest).collect()
}

fn check_manifest(file: &SourceFile) -> Vec<Violation> {
    let manifest: toml::Table = match file.text.parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![Violation::new("A manifest is TOML.", format!("{}: {error}", file.path))],
    };
    let mut violations = Vec::new();
    let lints = manifest.get("lints");
    let shares = lints.and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool) == Some(true);
    let forbids = lints.and_then(|lints| lints.get("rust")?.get("unsafe_code")?.as_str()) == Some("forbid");
    if !(shares || manifest.contains_key("workspace") && forbids) {
        violations.push(Violation::new(LINTS, file.path.clone()));
    }
    let description = manifest.get("package").and_then(|package| package.get("description"));
    if description.and_then(toml::Value::as_str).is_none_or(|text| text.trim().is_empty()) {
        violations.push(Violation::new(DESCRIPTION, file.path.clone()));
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(text: &str) -> Vec<Violation> {
        check(&[SourceFile::new("crates/soql/Cargo.toml", text)])
    }

    #[test]
    fn a_manifest_without_the_lints_is_found() {
        let violations = manifest("[package]\ndescription = \"Reads queries.\"\n[lints.rust]\nunused = \"allow\"\n");
        assert_eq!(violations, [Violation::new(LINTS, "crates/soql/Cargo.toml")]);
    }

    #[test]
    fn a_crate_outside_the_workspace_forbids_unsafe_code_itself() {
        let outside = "[package]\ndescription = \"Breaks texts.\"\n[workspace]\n";
        assert_eq!(manifest(outside), [Violation::new(LINTS, "crates/soql/Cargo.toml")]);
        assert_eq!(manifest(&format!("{outside}[lints.rust]\nunsafe_code = \"forbid\"\n")), []);
    }

    #[test]
    fn an_empty_description_is_found() {
        let violations = manifest("[package]\ndescription = \" \"\n[lints]\nworkspace = true\n");
        assert_eq!(violations, [Violation::new(DESCRIPTION, "crates/soql/Cargo.toml")]);
    }

    #[test]
    fn a_sound_manifest_and_the_root_pass() {
        assert_eq!(manifest("[package]\ndescription = \"Reads queries.\"\n[lints]\nworkspace = true\n"), []);
        assert_eq!(check(&[SourceFile::new("Cargo.toml", "[workspace]\n")]), []);
    }
}
