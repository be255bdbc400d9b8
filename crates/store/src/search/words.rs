//! Text → words, the same for what is indexed and for what is asked.

use model::text::fold_char;

/// Characters of a word that count.
const WORD_CHARS: usize = 100;

/// A character that is a word of its own: ideographs and kana.
fn stands_alone(c: char) -> bool {
    matches!(
        u32::from(c),
        0x3041..=0x309F | 0x30A1..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF
    )
}

/// Letters, digits, and the accents that follow a letter as characters of their own.
fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(u32::from(c), 0x300..=0x36F)
}

/// Hands each word of a text to `each`, folded, in order; ends when it says so.
pub(super) fn each_word(text: &str, mut each: impl FnMut(&str) -> bool) {
    let mut word = String::new();
    let mut length = 0;
    for c in text.chars() {
        let alone = stands_alone(c);
        if is_word_char(c) && !alone {
            length += 1;
            if length <= WORD_CHARS {
                word.push(fold_char(c));
            }
            continue;
        }
        if length > 0 {
            if !each(&word) {
                return;
            }
            word.clear();
            length = 0;
        }
        if alone {
            let mut buffer = [0; 4];
            if !each(fold_char(c).encode_utf8(&mut buffer)) {
                return;
            }
        }
    }
    if length > 0 {
        each(&word);
    }
}

/// The digits of a phone number as one word; `None` when they are one word already.
pub(super) fn phone_digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(WORD_CHARS).collect();
    (!digits.is_empty() && !text.contains(digits.as_str())).then_some(digits)
}

/// Whether some word of a field is as the LIKE pattern says.
pub(crate) fn word_like(text: &str, is_phone: bool, pattern: &str) -> bool {
    let mut found = is_phone && phone_digits(text).is_some_and(|digits| model::text::like(&digits, pattern));
    each_word(text, |word| {
        found = found || model::text::like(word, pattern);
        !found
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        each_word(text, |word| {
            all.push(word.to_owned());
            true
        });
        all
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_without_case() {
        assert_eq!(words("  ACME Söhne & Co.KG, x_1 "), ["acme", "söhne", "co", "kg", "x", "1"]);
        assert_eq!(words("e\u{301}COLE"), ["e\u{301}cole"]);
        assert_eq!(words(""), Vec::<String>::new());
        assert_eq!(words(&"x".repeat(150)), ["x".repeat(100)]);
    }

    #[test]
    fn ideographs_are_words_of_their_own() {
        assert_eq!(words("東京タワー 2nd"), ["東", "京", "タ", "ワ", "ー", "2nd"]);
    }

    #[test]
    fn a_phone_number_is_also_one_word() {
        assert_eq!(phone_digits("+49 (30) 123-45").as_deref(), Some("493012345"));
        assert_eq!(phone_digits("12345"), None);
        assert!(word_like("+49 30 12", true, "4930%"));
        assert!(!word_like("+49 30 12", false, "4930%"));
    }
}
