//! Which tests come by which faults: no other test can notice one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result};

/// A test's faults and a fault's tests.
#[derive(Debug, Default)]
pub(super) struct Reach {
    by_test: BTreeMap<String, BTreeSet<usize>>,
}

impl Reach {
    /// Reads what a run without faults left in a folder.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut reach = Self::default();
        for entry in std::fs::read_dir(folder).context("the notes of the tests could not be listed")? {
            let text = std::fs::read_to_string(entry?.path()).context("a note of a test could not be read")?;
            reach.add(&text);
        }
        Ok(reach)
    }

    fn add(&mut self, note: &str) {
        let mut lines = note.lines();
        let Some(test) = lines.next() else { return };
        self.by_test.entry(test.to_owned()).or_default().extend(lines.filter_map(|line| line.parse::<usize>().ok()));
    }

    /// The tests that come by a fault; first those that come by few others, which ask about it in particular.
    pub(super) fn tests_of(&self, fault: usize) -> Vec<&str> {
        let mut tests: Vec<_> = self.by_test.iter().filter(|(_, faults)| faults.contains(&fault)).collect();
        tests.sort_by_key(|(_, faults)| faults.len());
        tests.into_iter().map(|(test, _)| test.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_of_a_fault_begin_with_the_most_particular() {
        let mut reach = Reach::default();
        ["all\n1\n2\n3\n", "two\n2\n3\n", "one\n3\n", "one\n3\n", "none\n"].iter().for_each(|note| reach.add(note));
        assert_eq!(reach.tests_of(3), ["one", "two", "all"]);
        assert_eq!(reach.tests_of(1), ["all"]);
        assert!(reach.tests_of(4).is_empty());
    }
}
