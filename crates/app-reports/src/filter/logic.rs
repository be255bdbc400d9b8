//! Filter logic: `1 AND (2 OR NOT 3)` over the report's numbered filters.

use crate::definition::refused;
use model::{Error, Result};
use soql::ast::Cond;

const PROPERTY: &str = "reportBooleanFilter";
/// Parentheses inside each other; twenty filters need far fewer.
const MAX_DEPTH: usize = 30;

/// Puts conditions together as the logic says; without one, all of them must hold.
///
/// # Errors
/// For logic that cannot be read, that leaves a filter out, or that mixes AND and OR without parentheses.
pub(crate) fn combine(logic: Option<&str>, conds: Vec<Cond>) -> Result<Vec<Cond>> {
    let Some(logic) = logic.map(str::trim).filter(|logic| !logic.is_empty()) else { return Ok(conds) };
    let tokens = tokens(logic)?;
    let mut reader = Reader { tokens: &tokens, at: 0, used: vec![false; conds.len()], conds: &conds };
    let cond = reader.chain(0)?;
    if reader.at < tokens.len() {
        return Err(refuse("has a part that does not belong to it."));
    }
    if let Some(unused) = reader.used.iter().position(|used| !used) {
        return Err(refuse(format!("leaves out filter {}.", unused + 1)));
    }
    Ok(vec![cond])
}

fn refuse(words: impl std::fmt::Display) -> Error {
    refused(PROPERTY, words)
}

#[derive(Clone, Copy, PartialEq)]
enum Token {
    Number(usize),
    And,
    Or,
    Not,
    Open,
    Close,
}

fn tokens(text: &str) -> Result<Vec<Token>> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    spaced
        .split_whitespace()
        .map(|word| match word.to_ascii_uppercase().as_str() {
            "AND" => Ok(Token::And),
            "OR" => Ok(Token::Or),
            "NOT" => Ok(Token::Not),
            "(" => Ok(Token::Open),
            ")" => Ok(Token::Close),
            number => number.parse().map(Token::Number).map_err(|_| {
                refuse(format!("\"{}\" is no filter number, AND, OR or NOT.", crate::column::shown(word)))
            }),
        })
        .collect()
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    used: Vec<bool>,
    conds: &'a [Cond],
}

impl Reader<'_> {
    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).copied();
        self.at += 1;
        token
    }

    fn chain(&mut self, depth: usize) -> Result<Cond> {
        let mut conds = vec![self.term(depth)?];
        let mut joint = None;
        while let Some(token @ (Token::And | Token::Or)) = self.tokens.get(self.at).copied() {
            self.at += 1;
            if *joint.get_or_insert(token) != token {
                return Err(refuse("mixes AND and OR; put parentheses around one of them."));
            }
            conds.push(self.term(depth)?);
        }
        Ok(match joint {
            None => conds.remove(0),
            Some(Token::Or) => Cond::Or(conds),
            Some(_) => Cond::And(conds),
        })
    }

    fn term(&mut self, depth: usize) -> Result<Cond> {
        if depth > MAX_DEPTH {
            return Err(refuse(format!("has more than {MAX_DEPTH} parentheses inside each other.")));
        }
        match self.take() {
            Some(Token::Number(number)) => {
                let at = number.checked_sub(1).filter(|at| *at < self.conds.len());
                let at = at.ok_or_else(|| refuse(format!("names filter {number}; there are {}.", self.conds.len())))?;
                self.used[at] = true;
                Ok(self.conds[at].clone())
            }
            Some(Token::Not) => Ok(Cond::Not(Box::new(self.term(depth + 1)?))),
            Some(Token::Open) => {
                let inner = self.chain(depth + 1)?;
                match self.take() {
                    Some(Token::Close) => Ok(inner),
                    _ => Err(refuse("has a parenthesis that is not closed.")),
                }
            }
            _ => Err(refuse("ends where a filter number is needed.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use soql::ast::{CompareOp, Expr, Literal, LiteralValue};

    fn filters() -> Vec<Cond> {
        let test = |name: &str| Cond::compare(Expr::field(name), CompareOp::Eq, Literal::new(LiteralValue::Bool(true)));
        vec![test("A"), test("B"), test("C")]
    }

    fn shown(logic: &str) -> std::result::Result<String, String> {
        let made = combine(Some(logic), filters()).map_err(|error| error.message().to_owned())?;
        let mut query = soql::ast::Query::new(vec![soql::ast::Item::field("Id")], "X");
        query.filter = made.into_iter().next();
        Ok(query.to_string())
    }

    #[test]
    fn logic_is_read_with_its_parentheses() {
        assert_eq!(
            shown("1 and (2 OR NOT 3)").as_deref(),
            Ok("SELECT Id FROM X WHERE A = true AND (B = true OR NOT C = true)")
        );
        assert_eq!(combine(None, filters()).expect("all").len(), 3);
    }

    #[test]
    fn logic_that_says_nothing_clear_is_refused_with_the_reason() {
        let cases = [
            ("1 AND 2", "reportBooleanFilter: leaves out filter 3."),
            ("1 AND 2 OR 3", "reportBooleanFilter: mixes AND and OR; put parentheses around one of them."),
            ("1 AND 2 AND 4", "reportBooleanFilter: names filter 4; there are 3."),
            ("(1 AND 2 AND 3", "reportBooleanFilter: has a parenthesis that is not closed."),
            ("1 AND 2 AND", "reportBooleanFilter: ends where a filter number is needed."),
            ("1 XOR 2", "reportBooleanFilter: \"XOR\" is no filter number, AND, OR or NOT."),
            ("1 AND 2 AND 3)", "reportBooleanFilter: has a part that does not belong to it."),
        ];
        for (logic, expected) in cases {
            assert_eq!(shown(logic), Err(expected.to_owned()), "{logic}");
        }
    }
}
