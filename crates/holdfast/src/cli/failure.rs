//! How a command ends when it does not end well: one paragraph for the person at the terminal and an exit code.

use model::ErrorCode;
use std::fmt;

/// Any error that a command reports by itself.
const FAILED: u8 = 1;

/// Why a command ended, in words that stand for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    words: String,
    exit_code: u8,
}

impl Failure {
    pub fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), exit_code: FAILED }
    }

    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for Failure {}

impl From<model::Error> for Failure {
    fn from(error: model::Error) -> Self {
        let cause = error.internal_cause();
        Self::new(match (error.code(), cause) {
            // The reader is the operator: what the log would say is for them.
            (ErrorCode::UnknownException, Some(cause)) => format!("Something unexpected went wrong: {cause}"),
            _ => error.message().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_reads_the_cause_of_an_internal_error() {
        let failure = Failure::from(model::Error::internal("database disk image is malformed"));
        assert_eq!(failure.to_string(), "Something unexpected went wrong: database disk image is malformed");
        assert_eq!(failure.exit_code(), 1);
    }

    #[test]
    fn an_error_in_words_is_told_in_those_words_alone() {
        let error = model::Error::unavailable("The root key file x is missing.", "os error 2");
        assert_eq!(Failure::from(error).to_string(), "The root key file x is missing.");
    }
}
