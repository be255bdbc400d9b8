//! How long a Rust file may be.

use super::Violation;
use crate::workspace::SourceFile;

/// What a file aims at; longer ones are listed.
const AIM: usize = 400;
/// What no file may exceed.
const LIMIT: usize = 600;

pub(super) fn check(files: &[SourceFile]) -> Vec<Violation> {
    let reason = format!("A file has one job, and {LIMIT} lines are enough for it: split it where its jobs part.");
    longer_than(files, LIMIT)
        .map(|(file, lines)| Violation::new(reason.clone(), format!("{}: {lines} lines", file.path)))
        .collect()
}

/// The files that are longer than they should be, for the person who reads the output.
pub(super) fn notes(files: &[SourceFile]) -> Vec<String> {
    let mut long: Vec<(&SourceFile, usize)> = longer_than(files, AIM).collect();
    if long.is_empty() {
        return Vec::new();
    }
    long.sort_by_key(|(_, lines)| std::cmp::Reverse(*lines));
    let heading = format!("note: {} Rust files are longer than {AIM} lines:", long.len());
    std::iter::once(heading).chain(long.iter().map(|(file, lines)| format!("  {lines} {}", file.path))).collect()
}

fn longer_than(files: &[SourceFile], limit: usize) -> impl Iterator<Item = (&SourceFile, usize)> {
    let rust = files.iter().filter(|file| file.is_rust());
    rust.map(|file| (file, file.text.lines().count())).filter(move |(_, lines)| *lines > limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_length(lines: usize) -> SourceFile {
        SourceFile::new(&format!("crates/a/src/of_{lines}.rs"), &"x\n".repeat(lines))
    }

    #[test]
    fn a_file_over_the_limit_is_found() {
        let violations = check(&[of_length(LIMIT), of_length(LIMIT + 1)]);
        assert_eq!(violations.len(), 1);
        assert!(violations[0].says("of_601.rs: 601 lines"));
    }

    #[test]
    fn files_over_the_aim_are_listed_the_longest_first() {
        let notes = notes(&[of_length(AIM), of_length(AIM + 1), of_length(AIM + 50)]);
        assert_eq!(notes.len(), 3);
        assert!(notes[0].starts_with("note: 2 Rust files"));
        assert!(notes[1].contains("of_450.rs"));
    }

    #[test]
    fn other_files_may_be_as_long_as_they_are() {
        assert_eq!(check(&[SourceFile::new("Cargo.lock", &"x\n".repeat(5000))]), []);
    }
}
