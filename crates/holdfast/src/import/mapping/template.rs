//! Text with columns in it: `"{first|lower}.{last|lower}@example.com"`.

use super::{TextOp, apply_all};
use serde::Deserialize;

/// A template as parts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Column { name: String, ops: Vec<TextOp> },
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '{' | '}' if chars.peek() == Some(&c) => {
                    chars.next();
                    literal.push(c);
                }
                '{' => {
                    let mut inside = String::new();
                    loop {
                        match chars.next() {
                            Some('}') => break,
                            Some(c) => inside.push(c),
                            None => return Err(format!("template {text:?}: a {{ is not closed")),
                        }
                    }
                    if !literal.is_empty() {
                        parts.push(Part::Literal(std::mem::take(&mut literal)));
                    }
                    parts.push(column(&inside, &text)?);
                }
                '}' => return Err(format!("template {text:?}: a }} is not opened; write }}}} for the character")),
                other => literal.push(other),
            }
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        if !parts.iter().any(|part| matches!(part, Part::Column { .. })) {
            return Err(format!("template {text:?} names no column; use constant for a fixed value"));
        }
        Ok(Self { parts })
    }
}

fn column(inside: &str, template: &str) -> Result<Part, String> {
    let mut pieces = inside.split('|');
    let name = pieces.next().unwrap_or_default().trim().to_owned();
    if name.is_empty() {
        return Err(format!("template {template:?}: {{}} names no column"));
    }
    let ops = pieces.map(TextOp::parse).collect::<Result<Vec<_>, _>>()?;
    Ok(Part::Column { name, ops })
}

impl Template {
    /// The columns it names.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Column { name, .. } => Some(name.as_str()),
            Part::Literal(_) => None,
        })
    }

    /// The text for one row; blank when one of its columns is.
    pub fn fill<'a>(&self, cell: impl Fn(&str) -> &'a str) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Column { name, ops } => {
                    let text = apply_all(ops, cell(name));
                    if text.is_empty() {
                        return String::new();
                    }
                    out.push_str(&text);
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Result<Template, String> {
        Template::try_from(text.to_owned())
    }

    #[test]
    fn columns_are_filled_in_and_changed() {
        let mail = template("{name|lower|replace: =>.}@{host}").expect("a template");
        let row = |name: &str| match name {
            "name" => "Anna Snelling",
            _ => "example.com",
        };
        assert_eq!(mail.fill(row), "anna.snelling@example.com");
        assert_eq!(mail.columns().collect::<Vec<_>>(), ["name", "host"]);
    }

    #[test]
    fn a_blank_column_makes_the_whole_blank() {
        assert_eq!(template("{a}-{b}").expect("a template").fill(|name| if name == "a" { "x" } else { "" }), "");
    }

    #[test]
    fn braces_are_doubled_to_stand_for_themselves() {
        assert_eq!(template("{{{a}}}").expect("a template").fill(|_| "x"), "{x}");
        for broken in ["{a", "a}", "{}", "plain", "{a|shout}"] {
            assert!(template(broken).is_err(), "{broken}");
        }
    }
}
