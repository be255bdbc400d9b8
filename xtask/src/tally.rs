//! Counts of passed and failed tests, read from what the test runners print.

use std::fmt;

/// How many tests passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Adds what a line of a test runner says, when it is a summary:
    /// `Summary [ 1.4s] 9 tests run: 8 passed (1 slow), 1 failed, 38 skipped` of nextest, or
    /// `test result: ok. 9 passed; 0 failed; …` of cargo's own runner.
    pub(crate) fn add_line(&mut self, line: &str) {
        let line = without_colors(line);
        let line = line.trim();
        let summary = match line.strip_prefix("Summary [").and_then(|rest| rest.split_once("run: ")) {
            Some((_, counts)) => counts,
            None => match line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) {
                Some((_, counts)) => counts,
                None => return,
            },
        };
        for count in summary.split([',', ';']) {
            let mut words = count.split_whitespace();
            let Some(number) = words.next().and_then(|number| number.parse::<u64>().ok()) else { continue };
            match words.next() {
                Some("passed") => self.passed += number,
                // nextest counts tests over their time and tests that could not be started apart from failures.
                Some("failed" | "timed" | "exec") => self.failed += number,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The line without the escape sequences that colour it on a terminal.
fn without_colors(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            for inside in characters.by_ref() {
                if inside.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        for line in lines {
            tally.add_line(line);
        }
        tally
    }

    #[test]
    fn the_summary_of_nextest_is_read() {
        let line = "     Summary [   1.400s] 12 tests run: 9 passed (1 slow), 2 failed, 1 timed out, 38 skipped";
        assert_eq!(tally(&[line]), Tally { passed: 9, failed: 3 });
    }

    #[test]
    fn a_coloured_summary_is_read() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   1.4s] \u{1b}[1m9\u{1b}[0m tests run: \u{1b}[1m9\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped";
        assert_eq!(tally(&[line]), Tally { passed: 9, failed: 0 });
    }

    #[test]
    fn the_summaries_of_several_test_binaries_add_up() {
        let lines = [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        ];
        assert_eq!(tally(&lines).to_string(), "4 passed, 2 failed");
    }

    #[test]
    fn other_lines_say_nothing() {
        assert_eq!(tally(&["9 passed", "Summary of the run", ""]), Tally::default());
    }
}
