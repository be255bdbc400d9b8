//! Names in the code that only some places may use: a table of patterns, the places, and the reason.

use super::Violation;
use crate::workspace::SourceFile;

struct Name {
    /// Any of these in a line of code breaks the rule.
    patterns: &'static [&'static str],
    /// Beginnings of the paths that may.
    allowed: &'static [&'static str],
    /// Whether tests must keep the rule too: those in `tests/`, in `tests.rs` and in `mod tests`.
    in_tests: bool,
    reason: &'static str,
}

const RULES: &[Name] = &[
    Name {
        patterns: &["Identity::establish"],
        allowed: &["crates/policy/", "crates/identity/", "crates/platform/"],
        in_tests: false,
        reason: "An identity comes from a sign-in, or from the platform for work that a person scheduled.",
    },
    Name {
        patterns: &["Identity::service"],
        allowed: &["crates/policy/", "crates/platform/"],
        in_tests: false,
        reason: "Work without a person runs as a service that the platform declares and logs.",
    },
    Name {
        patterns: &["SteppedUp::after_proof"],
        allowed: &["crates/identity/"],
        in_tests: false,
        reason: "That somebody gave their password again is known to the sign-in alone.",
    },
    Name {
        patterns: &["rusqlite::", "tokio_postgres::", "deadpool_postgres::", "use rusqlite", "use tokio_postgres"],
        // The bench compares with SQL written by hand, and fills the file of PocketBase; it never ships.
        allowed: &["crates/store/", "bench/src/raw/", "bench/src/http/pocketbase/"],
        in_tests: false,
        reason: "One gate: only `store` speaks to a database.",
    },
    Name {
        patterns: &["axum::", "tower_http::", "hyper::"],
        allowed: &["crates/api/", "crates/web/", "crates/holdfast/"],
        in_tests: false,
        reason: "HTTP stays at the edge: the same operation serves pages, API, jobs and mail.",
    },
    Name {
        patterns: &["println!(", "print!(", "dbg!("],
        // The folder and port helpers say on the terminal why a test was passed over.
        allowed: &["crates/holdfast/", "xtask/", "bench/src/main.rs", "crates/test-support/src/paths.rs"],
        in_tests: false,
        reason: "Only the binary speaks to the terminal; a library returns values and writes to the log.",
    },
    Name {
        patterns: &[".unwrap()"],
        allowed: &[],
        in_tests: false,
        reason: "A failure is handed on or excluded: `?`, or `expect` with the reason why it cannot happen.",
    },
];

pub(super) fn check(files: &[SourceFile]) -> Vec<Violation> {
    files.iter().filter(|file| file.is_rust() && file.path != THIS_FILE).flat_map(check_file).collect()
}

/// The one file that is left out, because it has to name what it forbids.
const THIS_FILE: &str = "xtask/src/tidy/names.rs";

fn check_file(file: &SourceFile) -> Vec<Violation> {
    let mut violations = Vec::new();
    let test_file = file.is_test() || file.path.ends_with("/tests.rs");
    let first_test_line = if test_file { 1 } else { unit_tests_begin(&file.text) };
    for (number, line) in (1..).zip(file.text.lines()) {
        if line.trim_start().starts_with("//") {
            continue;
        }
        for rule in RULES {
            let excused = number >= first_test_line && !rule.in_tests
                || rule.allowed.iter().any(|beginning| file.path.starts_with(beginning));
            if excused {
                continue;
            }
            if let Some(pattern) = rule.patterns.iter().find(|pattern| names(line, pattern)) {
                violations.push(Violation::new(rule.reason, format!("{}:{number}: {pattern}", file.path)));
            }
        }
    }
    violations
}

/// Whether the pattern stands in the line and does not merely end a longer name.
fn names(line: &str, pattern: &str) -> bool {
    if pattern.starts_with('.') {
        return line.contains(pattern);
    }
    line.match_indices(pattern).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        // `eprintln!` is meant where `println!` is.
        let before = if line[..start].ends_with('e') && pattern.contains("print") {
            line[..start - 1].chars().next_back()
        } else {
            before
        };
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// The line on which a file's `#[cfg(test)] mod … {` begins, or one past its end.
fn unit_tests_begin(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let module = lines
        .windows(2)
        .position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{'));
    module.map_or(lines.len() + 1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_file(path: &str, text: &str) -> Vec<Violation> {
        check(&[SourceFile::new(path, text)])
    }

    #[test]
    fn every_pattern_is_found_where_it_is_planted() {
        for rule in RULES {
            for pattern in rule.patterns {
                let violations = in_file("crates/app-quotes/src/lib.rs", &format!("//! x\n    {pattern}\n"));
                assert!(violations.iter().any(|found| found.reason == rule.reason), "{pattern}: {violations:?}");
                assert!(violations[0].says("crates/app-quotes/src/lib.rs:2"));
            }
        }
    }

    #[test]
    fn the_places_that_may_are_left_alone() {
        for rule in RULES {
            for beginning in rule.allowed {
                let violations = in_file(beginning, &format!("{}\n", rule.patterns[0]));
                assert_eq!(violations, [], "{beginning}");
            }
        }
        let in_store = in_file("crates/store/src/lite/open.rs", "use rusqlite::Connection;\n");
        assert_eq!(in_store, []);
    }

    #[test]
    fn printing_to_either_output_is_found() {
        for macro_name in ["println", "eprintln", "print", "eprint"] {
            let violations = in_file("crates/web/src/lib.rs", &format!("{macro_name}!(\"here\");\n"));
            assert_eq!(violations.len(), 1, "{macro_name}");
        }
    }

    #[test]
    fn comments_longer_names_and_tests_are_left_alone() {
        let text = "//! x\n// println!(\"here\")\nmy_println!(\"here\");\n\n#[cfg(test)]\nmod tests {\n    println!(\"\");\n}\n";
        assert_eq!(in_file("crates/web/src/lib.rs", text), []);
        assert_eq!(in_file("crates/web/tests/it/main.rs", "println!(\"here\");\n"), []);
    }

    #[test]
    fn code_before_a_files_tests_is_not_a_test() {
        let text = "#[cfg(test)]\nuse std::fs;\nprintln!(\"here\");\n#[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(in_file("crates/web/src/lib.rs", text).len(), 1);
    }
}
