//! The parser beside the grammar that editors use for SOQL (tree-sitter-sfapex): texts made from the grammar both know
//! are accepted by both, and texts with something broken are accepted or refused by both, but for the differences named
//! in [`KNOWN`].
//!
//! `HOLDFAST_GRAMMAR_CASES` asks for more texts than the few thousand of an ordinary run.

use crate::grammar_texts::{broken, query};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;
use tree_sitter::Parser;

/// A difference that is meant.
struct Known {
    why: &'static str,
    /// Whether it is we who accept.
    ours: bool,
    /// Whether it explains this text and, where we refuse, this refusal.
    explains: fn(&str, &str) -> bool,
}

const KNOWN: &[Known] = &[
    Known {
        why: "reserved words are no names, says the reference; an editor need not know",
        ours: false,
        explains: |text, refusal| {
            let words = "and asc desc end excludes first from group having in includes last like limit not null nulls offset or order \
                         select using where with";
            let token = refusal.rsplit("unexpected token: ").next().unwrap_or_default().to_lowercase();
            let reserved = |word: &str| words.split_whitespace().any(|known| known == word);
            let texts: Vec<_> = text.split_whitespace().collect();
            reserved(token.trim_matches('\''))
                || texts.last().is_some_and(|word| reserved(word))
                || (text.contains(" having") && !text.contains("group by"))
                || texts.windows(2).any(|two| two[0] == two[1] && reserved(two[0]))
        },
    },
    Known { why: "a path has no blanks in it", ours: false, explains: |text, _| text.contains(" . ") },
    Known {
        why: "an escaped wildcard stands in a pattern of LIKE alone",
        ours: false,
        explains: |text, _| text.contains("\\%"),
    },
    Known {
        why: "LIKE, INCLUDES and EXCLUDES take texts",
        ours: false,
        explains: |text, _| {
            text.split(" like ").skip(1).any(|value| !value.starts_with('\''))
                || [" includes ", " excludes "].iter().any(|word| text.contains(word))
        },
    },
    Known {
        why: "what a function takes is judged by its name, in words, once the query is read",
        ours: true,
        explains: |text, _| {
            let words: Vec<_> = text.split_whitespace().collect();
            let lists = ["in", "includes", "excludes"];
            let value = |word: &str| word.starts_with(|letter: char| letter == '\'' || letter.is_ascii_digit());
            ["( )", "count()", "distance (", "geolocation ("].iter().any(|call| text.contains(call))
                || words.windows(3).any(|three| three[1] == "(" && !lists.contains(&three[0]) && value(three[2]))
        },
    },
    Known {
        why: "FIELDS() of an unknown set, or with an alias, is refused in words once the query is read",
        ours: true,
        explains: |text, _| text.contains("fields ("),
    },
    Known {
        why: "an unknown scope is refused in words once the query is read",
        ours: true,
        explains: |text, _| {
            let known = ["mine", "everything", "team", "delegated"];
            text.split("using scope ")
                .skip(1)
                .any(|rest| !known.contains(&rest.split_whitespace().next().unwrap_or_default()))
        },
    },
    Known {
        why: "NOT binds to the next condition, and others may follow: the reference has such examples",
        ours: true,
        explains: |text, _| text.match_indices("not (").any(|(at, _)| is_in_a_chain(text, at)),
    },
];

/// Whether the condition in parentheses after the NOT that begins at `at` has a neighbour.
fn is_in_a_chain(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end();
    let mut open = 0_i32;
    let end = text[at..].find(|letter| {
        open += i32::from(letter == '(') - i32::from(letter == ')');
        letter == ')' && open == 0
    });
    let after = end.map_or("", |end| text[at + end + 1..].trim_start());
    [" and", " or"].iter().any(|word| before.ends_with(word))
        || ["and ", "or "].iter().any(|word| after.starts_with(word))
}

fn cases() -> u32 {
    std::env::var("HOLDFAST_GRAMMAR_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2000)
}

fn parser() -> Parser {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_sfapex::soql::LANGUAGE.into()).expect("a grammar of this version");
    parser
}

fn accepts(parser: &mut Parser, text: &str) -> bool {
    let tree = parser.parse(text, None).expect("a parser without a time limit");
    !tree.root_node().has_error()
}

fn runner() -> TestRunner {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(Config { cases: cases(), failure_persistence: None, ..Config::default() }, rng)
}

#[test]
fn both_grammars_accept_what_they_share() {
    let theirs = RefCell::new(parser());
    let outcome = runner().run(&query(), |text| {
        prop_assert!(accepts(&mut theirs.borrow_mut(), &text), "the other grammar refuses: {}", text);
        let ours = soql::parse(&text);
        prop_assert!(ours.is_ok(), "{}\n{:?}", text, ours.err());
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn both_grammars_judge_broken_texts_alike() {
    let theirs = RefCell::new(parser());
    let met: RefCell<BTreeMap<&str, u32>> = RefCell::default();
    let refused = RefCell::new(0_u32);
    let outcome = runner().run(&broken(), |text| {
        let (ours, other) = (soql::parse(&text), accepts(&mut theirs.borrow_mut(), &text));
        if ours.is_ok() == other {
            *refused.borrow_mut() += u32::from(!other);
            return Ok(());
        }
        let accepted = ours.is_ok();
        let refusal = ours.err().map(|refusal| refusal.to_string()).unwrap_or_default();
        let lower = text.to_lowercase();
        match KNOWN.iter().find(|known| known.ours == accepted && (known.explains)(&lower, &refusal)) {
            Some(known) => *met.borrow_mut().entry(known.why).or_default() += 1,
            None => prop_assert!(false, "{text}\nwe accept: {accepted}, the other: {other}\n{refusal}"),
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(*refused.borrow() > cases() / 4, "too few of the texts are broken: {}", refused.borrow());
    let met = met.into_inner();
    assert!(met.values().sum::<u32>() < cases() / 20, "too many texts are judged differently: {met:#?}");
}
