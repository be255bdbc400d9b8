//! A search's terms made ready: words folded and taken apart as fields are.

use super::words::each_word;
use model::{Error, ErrorCode, Result};
use soql::ast::search::{Term, WordPart};

/// The most words of one search.
const MAX_WORDS: usize = 200;

/// What a record must hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wanted {
    /// Words side by side in one field; at least one.
    Words(Vec<Word>),
    And(Vec<Wanted>),
    Or(Vec<Wanted>),
    Not(Box<Wanted>),
    /// No word is left of what was asked, so that nothing is found.
    Nothing,
}

/// One word: how it begins, and what may follow.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    pub(super) start: String,
    pub(super) rest: Rest,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rest {
    Nothing,
    Anything,
    /// A LIKE pattern of the rest; it holds letters, digits and wildcards alone.
    Like(String),
}

impl Word {
    /// The whole word as a LIKE pattern.
    pub(crate) fn like(&self) -> String {
        match &self.rest {
            Rest::Nothing => self.start.clone(),
            Rest::Anything => format!("{}%", self.start),
            Rest::Like(pattern) => format!("{}{pattern}", self.start),
        }
    }
}

impl Wanted {
    /// # Errors
    /// `QUERY_TOO_COMPLICATED` for more than [`MAX_WORDS`] words.
    pub(crate) fn of(term: &Term) -> Result<Self> {
        let mut left = MAX_WORDS;
        read(term, &mut left).ok_or_else(|| {
            Error::new(ErrorCode::QueryTooComplicated, format!("A search takes at most {MAX_WORDS} words."))
        })
    }

    /// The first word that a record must hold.
    pub(crate) fn first_word(&self) -> Option<&Word> {
        match self {
            Wanted::Words(words) => words.first(),
            Wanted::And(parts) | Wanted::Or(parts) => parts.first().and_then(Wanted::first_word),
            Wanted::Not(_) | Wanted::Nothing => None,
        }
    }
}

/// `None` when there are more words than are left.
fn read(term: &Term, left: &mut usize) -> Option<Wanted> {
    let all = |terms: &[Term], left: &mut usize| -> Option<Vec<Wanted>> {
        terms.iter().map(|term| read(term, left)).collect()
    };
    Some(match term {
        Term::Word(parts) => words(parts, left)?,
        Term::Phrase(text) => words(&[WordPart::Text(text.clone())], left)?,
        Term::And(terms) => {
            let parts = all(terms, left)?;
            if parts.contains(&Wanted::Nothing) {
                return Some(Wanted::Nothing);
            }
            // What excludes nothing says nothing.
            let parts: Vec<_> = parts
                .into_iter()
                .filter(|part| !matches!(part, Wanted::Not(inner) if **inner == Wanted::Nothing))
                .collect();
            Wanted::And(parts)
        }
        Term::Or(terms) => {
            let parts: Vec<_> = all(terms, left)?.into_iter().filter(|part| *part != Wanted::Nothing).collect();
            if parts.is_empty() { Wanted::Nothing } else { Wanted::Or(parts) }
        }
        Term::Not(term) => Wanted::Not(Box::new(read(term, left)?)),
    })
}

fn words(parts: &[WordPart], left: &mut usize) -> Option<Wanted> {
    let mut all: Vec<Word> = Vec::new();
    // Whether the last word may go on: a wildcard stood behind it, or the text ended in it.
    let mut open = false;
    for part in parts {
        match part {
            WordPart::Text(text) => {
                let starts_inside = open && text.chars().next().is_some_and(char::is_alphanumeric);
                let mut first = true;
                each_word(text, |word| {
                    match all.last_mut() {
                        Some(last) if first && starts_inside => last.push(word),
                        _ => all.push(Word { start: word.to_owned(), rest: Rest::Nothing }),
                    }
                    first = false;
                    all.len() <= MAX_WORDS
                });
                open = text.chars().last().is_some_and(char::is_alphanumeric) && !all.is_empty();
            }
            wildcard => {
                // Behind something that is no word a wildcard has nothing to go on from.
                if open && let Some(last) = all.last_mut() {
                    last.wildcard(*wildcard == WordPart::Run);
                }
            }
        }
    }
    *left = left.checked_sub(all.len())?;
    Some(if all.is_empty() { Wanted::Nothing } else { Wanted::Words(all) })
}

impl Word {
    fn push(&mut self, text: &str) {
        match &mut self.rest {
            Rest::Nothing => self.start.push_str(text),
            Rest::Anything => self.rest = Rest::Like(format!("%{text}")),
            Rest::Like(pattern) => pattern.push_str(text),
        }
    }

    fn wildcard(&mut self, any_number: bool) {
        let mark = if any_number { '%' } else { '_' };
        match (&mut self.rest, any_number) {
            (Rest::Nothing, true) => self.rest = Rest::Anything,
            (Rest::Anything, true) => {}
            (Rest::Nothing, false) => self.rest = Rest::Like(mark.to_string()),
            (Rest::Anything, false) => self.rest = Rest::Like("%_".to_owned()),
            (Rest::Like(pattern), _) => pattern.push(mark),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(search: &str) -> String {
        let search = soql::parse_search(&format!("FIND {{{search}}}")).expect("a search");
        show(&Wanted::of(&search.terms).expect("few words"))
    }

    fn show(wanted: &Wanted) -> String {
        let list = |parts: &[Wanted]| parts.iter().map(show).collect::<Vec<_>>().join(" ");
        match wanted {
            Wanted::Words(words) => words.iter().map(Word::like).collect::<Vec<_>>().join("+"),
            Wanted::And(parts) => format!("(and {})", list(parts)),
            Wanted::Or(parts) => format!("(or {})", list(parts)),
            Wanted::Not(inner) => format!("(not {})", show(inner)),
            Wanted::Nothing => "nothing".to_owned(),
        }
    }

    #[test]
    fn terms_are_taken_apart_like_fields() {
        assert_eq!(shown("ACME"), "acme");
        assert_eq!(shown("ada@example.com"), "ada+example+com");
        assert_eq!(shown("\"united  oil\" OR acm*"), "(or united+oil acm%)");
        assert_eq!(shown("a?me foo\\-b*"), "(and a_me foo+b%)");
        assert_eq!(shown("a*b*?c"), "a%b%_c");
        assert_eq!(shown("acme AND NOT berlin"), "(and acme (not berlin))");
        assert_eq!(shown("東京"), "東+京");
    }

    #[test]
    fn what_holds_no_word_finds_nothing() {
        assert_eq!(shown("\"%%\""), "nothing");
        assert_eq!(shown("acme \"%%\""), "nothing");
        assert_eq!(shown("acme OR \"%%\""), "(or acme)");
        assert_eq!(shown("acme AND NOT \"%%\""), "(and acme)");
        assert_eq!(shown("%%*"), "nothing");
    }

    #[test]
    fn too_many_words_are_refused() {
        let words = vec!["ab"; MAX_WORDS + 1].join(" ");
        let search = soql::parse_search(&format!("FIND {{{words}}}")).expect("a search");
        let refused = Wanted::of(&search.terms).expect_err("too many");
        assert_eq!(refused.code(), ErrorCode::QueryTooComplicated);
    }
}
