//! Regular expressions: matched in time linear in the text, compiled once when they are constant.

use super::Fault;
use regex::{Regex, RegexBuilder};
use std::collections::HashMap;

/// The most memory a compiled expression may take.
const MAX_BYTES: usize = 1 << 20;

/// The constant expressions of a formula, by their text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patterns(HashMap<String, Regex>);

impl Patterns {
    /// Compiles a constant expression ahead of evaluation, or says what is wrong with it.
    pub(crate) fn keep(&mut self, pattern: &str) -> Result<(), String> {
        if !self.0.contains_key(pattern) {
            self.0.insert(pattern.to_owned(), whole_match(pattern)?);
        }
        Ok(())
    }

    /// Whether the whole text matches.
    pub(crate) fn matches(&self, pattern: &str, text: &str) -> Result<bool, Fault> {
        match self.0.get(pattern) {
            Some(regex) => Ok(regex.is_match(text)),
            None => Ok(whole_match(pattern).map_err(Fault::BadPattern)?.is_match(text)),
        }
    }
}

fn whole_match(pattern: &str) -> Result<Regex, String> {
    // Alone first: an unbalanced expression could come out sound between the parentheses put around it.
    build(pattern)?;
    build(&format!("\\A(?:{pattern})\\z"))
}

fn build(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).size_limit(MAX_BYTES).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "The regular expression is too complicated".to_owned(),
        other => {
            let text = other.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("The regular expression is not valid: {reason}")
        }
    })
}
