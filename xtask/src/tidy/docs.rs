//! What a reader can rely on: each file says what it is, and the architecture names each crate.

use super::Violation;
use super::crates::Crate;
use crate::workspace::SourceFile;

const FIRST_LINE: &str = "Every Rust file begins with `//!` and says in a sentence what it is.";
const NAMED: &str = "ARCHITECTURE.md is the map: it names every crate of crates/, in backticks.";

pub(super) fn check(files: &[SourceFile], crates: &[Crate]) -> Vec<Violation> {
    let mut violations: Vec<Violation> =
        files.iter().filter(|file| file.is_rust() && !says_what_it_is(&file.text)).map(no_first_line).collect();
    let Some(map) = files.iter().find(|file| file.path == "ARCHITECTURE.md") else {
        violations.push(Violation::new(NAMED, "ARCHITECTURE.md is missing"));
        return violations;
    };
    for found in crates.iter().filter(|found| found.name != "xtask") {
        if !map.text.contains(&format!("`{}`", found.name)) {
            violations.push(Violation::new(NAMED, format!("ARCHITECTURE.md does not name `{}`", found.name)));
        }
    }
    violations
}

fn says_what_it_is(text: &str) -> bool {
    let first = text.lines().next().and_then(|line| line.strip_prefix("//!"));
    first.is_some_and(|sentence| !sentence.trim().is_empty())
}

fn no_first_line(file: &SourceFile) -> Violation {
    Violation::new(FIRST_LINE, file.path.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(text: &str) -> SourceFile {
        SourceFile::new("ARCHITECTURE.md", text)
    }

    #[test]
    fn a_file_that_does_not_say_what_it_is_is_found() {
        let files = [
            map(""),
            SourceFile::new("crates/a/src/lib.rs", "//! Reads queries.\n"),
            SourceFile::new("crates/a/src/bare.rs", "fn main() {}\n"),
            SourceFile::new("crates/a/src/empty.rs", "//! \nfn main() {}\n"),
        ];
        let violations = check(&files, &[]);
        assert_eq!(violations.len(), 2);
        assert!(violations[0].says("bare.rs") && violations[1].says("empty.rs"));
    }

    #[test]
    fn a_crate_that_the_map_leaves_out_is_found() {
        let crates = [Crate::new("soql", &[]), Crate::new("store", &[]), Crate::new("xtask", &[])];
        let violations = check(&[map("| `soql` | reads queries | and the store")], &crates);
        assert_eq!(violations, [Violation::new(NAMED, "ARCHITECTURE.md does not name `store`")]);
    }

    #[test]
    fn a_missing_map_is_found() {
        assert!(check(&[], &[])[0].says("ARCHITECTURE.md is missing"));
    }
}
