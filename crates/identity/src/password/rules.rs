//! Which passwords are good enough: long, not made of the person's own names, and not among those that everybody tries.

use model::{Error, ErrorCode, Result};

pub(crate) const MIN_CHARACTERS: usize = 10;

/// Longer ones only cost time to hash.
pub(crate) const MAX_CHARACTERS: usize = 128;

/// Guesses, as powers of ten, that a password must be expected to withstand.
const MIN_GUESSES_LOG10: f64 = 8.0;

/// Checks a new password.
///
/// `own_words` are texts that a guesser knows of the person: username, address, names, the org's name.
///
/// # Errors
/// `FIELD_INTEGRITY_EXCEPTION` saying which rule it breaks.
pub(crate) fn check(password: &str, own_words: &[&str]) -> Result<()> {
    let characters = password.chars().count();
    if characters < MIN_CHARACTERS {
        return Err(refuse(&format!("has {characters} characters; use at least {MIN_CHARACTERS}")));
    }
    if characters > MAX_CHARACTERS {
        return Err(refuse(&format!("has {characters} characters; use at most {MAX_CHARACTERS}")));
    }
    let folded = model::text::fold(password);
    let is_own = |word: &&&str| !word.is_empty() && model::text::fold(word) == folded;
    if own_words.iter().any(|word| is_own(&word)) {
        return Err(refuse("is your username, address or name; use something else"));
    }
    let strength = zxcvbn::zxcvbn(password, own_words);
    if strength.guesses_log10() < MIN_GUESSES_LOG10 {
        return Err(refuse(
            "is too easy to guess: it is common, or made of common words, names, dates or keys in a row. Use a longer one, such as four unrelated words",
        ));
    }
    Ok(())
}

fn refuse(why: &str) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, format!("The password {why}.")).with_field("Password")
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn short_common_and_own_passwords_are_refused() {
        let own = ["ada.lovelace@test.example", "Lovelace"];
        for weak in [
            "",
            "kurz",
            "123456789",
            "1234567890",
            "password123",
            "qwertyuiop",
            "iloveyou12",
            "Password1!",
            "aaaaaaaaaaaaaaaa",
            "ada.lovelace@test.example",
            "ADA.LOVELACE@test.example",
            "Lovelace2026",
            "1qaz2wsx3edc",
        ] {
            assert!(check(weak, &own).is_err(), "{weak} was accepted");
        }
        assert!(check(&"xk7 Qv".repeat(40), &own).is_err());
    }

    #[test]
    fn long_unrelated_words_are_accepted() {
        let own = ["ada.lovelace@test.example"];
        for good in ["correct horse battery staple", "gelbe-Tassen 42 am Fenster", "Zr7!kQ0x#pLm", "дом у синей реки"]
        {
            assert!(check(good, &own).is_ok(), "{good} was refused");
        }
    }

    #[test]
    fn a_refusal_never_repeats_the_password() {
        let refused = check("password123", &[]).expect_err("a common password");
        assert!(!refused.message().contains("password123"), "{refused}");
    }
}
