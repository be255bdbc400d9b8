//! How text compares: one order and one equality for every store, list, filter and unique check.
//!
//! Equality ignores case by Unicode simple folding. Order is the Unicode root collation ignoring case, with the folded
//! text as a tie-break, so that two texts are equal in the order exactly when they are equal in a filter.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};
use std::cmp::Ordering;
use std::sync::LazyLock;

const CASE_MAPPER: CaseMapperBorrowed<'static> = CaseMapper::new();

/// Root collation at the level that sees accents and not case.
static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> = LazyLock::new(|| {
    let mut options = CollatorOptions::default();
    options.strength = Some(Strength::Secondary);
    Collator::try_new(CollatorPreferences::default(), options).ok()
});

/// The root collation's order of the ASCII characters that it does not ignore; letters once, for either case.
const ASCII_ORDER: &[u8] = b"\t\n\x0b\x0c\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz";

/// Rank of each ASCII byte in [`ASCII_ORDER`]; 0 for bytes that need the full collation.
const ASCII_RANK: [u8; 128] = {
    let mut rank = [0u8; 128];
    let mut at = 0;
    while at < ASCII_ORDER.len() {
        let byte = ASCII_ORDER[at];
        rank[byte as usize] = at as u8 + 1;
        rank[byte.to_ascii_uppercase() as usize] = at as u8 + 1;
        at += 1;
    }
    rank
};

/// Folds one character for comparison without case (Unicode simple folding).
pub fn fold_char(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { CASE_MAPPER.simple_fold(c) }
}

/// The text as it is compared for equality.
pub fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().map(fold_char).collect() }
}

/// Whether two texts are equal when case does not count.
pub fn eq_fold(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.chars().map(fold_char).eq(b.chars().map(fold_char))
}

/// Whether `text` contains `part` when case does not count.
pub fn contains_fold(text: &str, part: &str) -> bool {
    fold(text).contains(&fold(part))
}

/// The order of texts in lists, comparisons and groups.
pub fn compare(a: &str, b: &str) -> Ordering {
    match compare_ascii(a.as_bytes(), b.as_bytes()) {
        Some(order) => order,
        None => compare_full(a, b),
    }
}

/// The order where every byte up to the decision is plain ASCII; `None` where the full collation must decide.
fn compare_ascii(a: &[u8], b: &[u8]) -> Option<Ordering> {
    let mut decided = Ordering::Equal;
    let common = a.len().min(b.len());
    for at in 0..common {
        let (left, right) = (rank(a[at])?, rank(b[at])?);
        if decided == Ordering::Equal {
            decided = left.cmp(&right);
        }
    }
    for byte in &a[common..] {
        rank(*byte)?;
    }
    for byte in &b[common..] {
        rank(*byte)?;
    }
    Some(decided.then(a.len().cmp(&b.len())))
}

fn rank(byte: u8) -> Option<u8> {
    match ASCII_RANK.get(usize::from(byte)) {
        Some(0) | None => None,
        Some(rank) => Some(*rank),
    }
}

fn compare_full(a: &str, b: &str) -> Ordering {
    let by_collation = COLLATOR.as_ref().map_or(Ordering::Equal, |collator| collator.compare(a, b));
    by_collation.then_with(|| a.chars().map(fold_char).cmp(b.chars().map(fold_char)))
}

/// Whether `text` matches a SOQL LIKE pattern: `%` any run, `_` one character, `\` before either takes it literally.
pub fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().map(fold_char).collect();
    let mut tokens = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '%' => LikeToken::Run,
            '_' => LikeToken::One,
            '\\' => LikeToken::Char(fold_char(chars.next().unwrap_or('\\'))),
            other => LikeToken::Char(fold_char(other)),
        });
    }
    like_tokens(&text, &tokens)
}

#[derive(Clone, Copy, PartialEq)]
enum LikeToken {
    Run,
    One,
    Char(char),
}

/// Greedy match with one point of return: linear for one run, never exponential.
fn like_tokens(text: &[char], tokens: &[LikeToken]) -> bool {
    let (mut at, mut token) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while at < text.len() {
        match tokens.get(token) {
            Some(LikeToken::Run) => {
                back = Some((at, token));
                token += 1;
            }
            Some(LikeToken::One) => {
                at += 1;
                token += 1;
            }
            Some(LikeToken::Char(c)) if *c == text[at] => {
                at += 1;
                token += 1;
            }
            _ => match back {
                Some((from, run)) => {
                    at = from + 1;
                    token = run + 1;
                    back = Some((from + 1, run));
                }
                None => return false,
            },
        }
    }
    tokens[token..].iter().all(|token| *token == LikeToken::Run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_count_and_accents_do() {
        assert!(eq_fold("STRASSE", "strasse"));
        assert!(eq_fold("ÉCOLE", "école"));
        assert!(!eq_fold("ecole", "école"));
        assert_eq!(compare("ÉCOLE", "école"), Ordering::Equal);
        assert_eq!(compare("ecole", "école"), Ordering::Less);
        assert_eq!(compare("école", "edam"), Ordering::Less);
    }

    #[test]
    fn the_fast_path_is_the_root_collation() {
        let collator = COLLATOR.as_ref().expect("built-in collation data");
        let samples: Vec<String> = (0u32..128)
            .filter_map(char::from_u32)
            .filter(|c| ASCII_RANK[*c as usize] != 0)
            .flat_map(|c| [format!("{c}"), format!("a{c}b"), format!("{c}Z"), format!("1{c}")])
            .collect();
        for a in &samples {
            for b in &samples {
                assert_eq!(compare(a, b), collator.compare(a, b), "{a:?} against {b:?}");
            }
        }
    }

    #[test]
    fn equal_in_the_order_means_equal_in_a_filter() {
        let samples = ["", "a", "A", "ß", "ss", "ẞ", "é", "e\u{301}", "a\u{0}b", "ab", "Ω", "ω", "ς", "σ", "İ", "i"];
        for a in samples {
            for b in samples {
                assert_eq!(compare(a, b) == Ordering::Equal, eq_fold(a, b), "{a:?} against {b:?}");
            }
        }
    }

    #[test]
    fn like_knows_runs_single_characters_and_escapes() {
        assert!(like("Acme Corporation", "acme%"));
        assert!(like("Acme Corporation", "%corp%tion"));
        assert!(like("100%", "100\\%"));
        assert!(!like("100x", "100\\%"));
        assert!(like("cat", "c_t"));
        assert!(!like("cart", "c_t"));
        assert!(like("", "%"));
        assert!(!like("", "_"));
    }
}
