//! Small changes of a text: `"lower"`, `"first_word"`, `"replace: =>."`.

use serde::Deserialize;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum TextOp {
    Trim,
    Lower,
    Upper,
    /// The first letter of each word in upper case, the others as they are.
    Title,
    CollapseSpaces,
    RemoveSpaces,
    Digits,
    /// ASCII letters and digits; every other run becomes one underscore.
    Slug,
    FirstWord,
    LastWord,
    WithoutFirstWord,
    WithoutLastWord,
    /// The first so many characters.
    Take(usize),
    /// What stands before the first occurrence; blank when there is none.
    Before(String),
    /// What stands after the first occurrence; blank when there is none.
    After(String),
    Remove(String),
    Replace(String, String),
    Prefix(String),
    Suffix(String),
}

const NAMES: &str = "trim, lower, upper, title, collapse_spaces, remove_spaces, digits, slug, first_word, last_word, \
    without_first_word, without_last_word, take:N, before:TEXT, after:TEXT, remove:TEXT, replace:FROM=>TO, \
    prefix:TEXT, suffix:TEXT";

impl TryFrom<String> for TextOp {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl TextOp {
    /// Reads `name` or `name:argument`; spaces in the argument count.
    ///
    /// # Errors
    /// Names the operations there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name, Some(argument)),
            None => (text, None),
        };
        let given = |what: &str| match argument {
            Some(argument) if !argument.is_empty() => Ok(argument.to_owned()),
            _ => Err(format!("text operation {name:?} needs {what} after a colon")),
        };
        let plain = |op: TextOp| match argument {
            None => Ok(op),
            Some(_) => Err(format!("text operation {name:?} takes nothing after a colon")),
        };
        match name {
            "trim" => plain(TextOp::Trim),
            "lower" => plain(TextOp::Lower),
            "upper" => plain(TextOp::Upper),
            "title" => plain(TextOp::Title),
            "collapse_spaces" => plain(TextOp::CollapseSpaces),
            "remove_spaces" => plain(TextOp::RemoveSpaces),
            "digits" => plain(TextOp::Digits),
            "slug" => plain(TextOp::Slug),
            "first_word" => plain(TextOp::FirstWord),
            "last_word" => plain(TextOp::LastWord),
            "without_first_word" => plain(TextOp::WithoutFirstWord),
            "without_last_word" => plain(TextOp::WithoutLastWord),
            "take" => {
                let count = given("a count")?;
                count.parse().map(TextOp::Take).map_err(|_| format!("take: {count:?} is not a count"))
            }
            "before" => given("a text").map(TextOp::Before),
            "after" => given("a text").map(TextOp::After),
            "remove" => given("a text").map(TextOp::Remove),
            "replace" => match given("FROM=>TO")?.split_once("=>") {
                Some((from, to)) if !from.is_empty() => Ok(TextOp::Replace(from.to_owned(), to.to_owned())),
                _ => Err("replace is written replace:FROM=>TO".to_owned()),
            },
            "prefix" => given("a text").map(TextOp::Prefix),
            "suffix" => given("a text").map(TextOp::Suffix),
            _ => Err(format!("unknown text operation {name:?}; there are {NAMES}")),
        }
    }

    pub fn apply(&self, text: &str) -> String {
        match self {
            TextOp::Trim => text.trim().to_owned(),
            TextOp::Lower => text.to_lowercase(),
            TextOp::Upper => text.to_uppercase(),
            TextOp::Title => title(text),
            TextOp::CollapseSpaces => text.split_whitespace().collect::<Vec<_>>().join(" "),
            TextOp::RemoveSpaces => text.chars().filter(|c| !c.is_whitespace()).collect(),
            TextOp::Digits => text.chars().filter(char::is_ascii_digit).collect(),
            TextOp::Slug => slug(text),
            TextOp::FirstWord => text.split_whitespace().next().unwrap_or_default().to_owned(),
            TextOp::LastWord => text.split_whitespace().next_back().unwrap_or_default().to_owned(),
            TextOp::WithoutFirstWord => words(text).split_first().map(|(_, rest)| rest.join(" ")).unwrap_or_default(),
            TextOp::WithoutLastWord => words(text).split_last().map(|(_, rest)| rest.join(" ")).unwrap_or_default(),
            TextOp::Take(count) => text.chars().take(*count).collect(),
            TextOp::Before(mark) => text.split_once(mark.as_str()).map_or("", |(before, _)| before).to_owned(),
            TextOp::After(mark) => text.split_once(mark.as_str()).map_or("", |(_, after)| after).to_owned(),
            TextOp::Remove(part) => text.replace(part.as_str(), ""),
            TextOp::Replace(from, to) => text.replace(from.as_str(), to),
            TextOp::Prefix(part) => format!("{part}{text}"),
            TextOp::Suffix(part) => format!("{text}{part}"),
        }
    }
}

/// Applies changes in order; a text that has become blank stays blank, so that a prefix makes nothing out of nothing.
pub fn apply_all(ops: &[TextOp], text: &str) -> String {
    ops.iter().fold(text.to_owned(), |text, op| if text.is_empty() { text } else { op.apply(&text) })
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn title(text: &str) -> String {
    let mut start = true;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        start = c.is_whitespace();
    }
    out
}

fn slug(text: &str) -> String {
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    parts.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(ops: &[&str], text: &str) -> String {
        let ops: Vec<_> = ops.iter().map(|op| TextOp::parse(op).expect("an operation")).collect();
        apply_all(&ops, text)
    }

    #[test]
    fn names_are_split_into_first_and_last() {
        assert_eq!(run(&["first_word"], "Mei-Mei Johns"), "Mei-Mei");
        assert_eq!(run(&["without_first_word"], "Ana de la Cruz"), "de la Cruz");
        assert_eq!(run(&["last_word"], "Ana de la Cruz"), "Cruz");
        assert_eq!(run(&["without_last_word"], "Ana de la Cruz"), "Ana de la");
        assert_eq!(run(&["without_first_word"], "Cher"), "");
    }

    #[test]
    fn operations_run_in_order() {
        assert_eq!(run(&["lower", "replace: =>."], "Anna Snelling"), "anna.snelling");
        assert_eq!(run(&["slug", "take:9"], "  Gekko & Co, Ltd."), "Gekko_Co_");
        assert_eq!(run(&["after:@", "before:."], "a@shop.example"), "shop");
        assert_eq!(run(&["collapse_spaces", "title"], "united   states"), "United States");
    }

    #[test]
    fn a_blank_text_stays_blank() {
        assert_eq!(run(&["after:@", "prefix:x"], "nobody"), "");
    }

    #[test]
    fn an_unknown_operation_names_those_there_are() {
        let outcome = TextOp::parse("shout").expect_err("unknown");
        assert!(outcome.contains("unknown text operation \"shout\"") && outcome.contains("collapse_spaces"));
        assert!(TextOp::parse("lower:x").is_err());
        assert!(TextOp::parse("take:many").is_err());
        assert!(TextOp::parse("replace:a").is_err());
    }
}
