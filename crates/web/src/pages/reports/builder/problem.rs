//! What is wrong with a definition, and which part it is about.

use model::Error;

/// A refusal, with the property of the definition that it names: `reportFilters[0].value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) property: String,
    pub(crate) words: String,
    /// What was typed, where the definition cannot hold it.
    pub(crate) typed: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn add(&mut self, property: impl Into<String>, words: impl Into<String>) {
        self.0.push(Problem { property: property.into(), words: words.into(), typed: None });
    }

    pub(crate) fn add_typed(&mut self, property: impl Into<String>, typed: &str, words: impl Into<String>) {
        self.0.push(Problem { property: property.into(), words: words.into(), typed: Some(typed.to_owned()) });
    }

    /// What the engine said. Its messages begin with the property that they are about. `kept` are the places that the
    /// filters of the question have in the definition.
    pub(crate) fn add_error(&mut self, error: &Error, kept: &[usize]) {
        let (property, words) = match error.message().split_once(": ") {
            Some((property, words)) if is_property(property) => (property.to_owned(), words),
            _ => ("report".to_owned(), error.message()),
        };
        let property = match (property.strip_prefix("reportFilters["), kept) {
            (Some(rest), kept) if !kept.is_empty() => match rest.split_once(']') {
                Some((at, after)) => {
                    let place = at.parse().ok().and_then(|at: usize| kept.get(at).copied()).unwrap_or_default();
                    format!("reportFilters[{place}]{after}")
                }
                None => property,
            },
            _ => property,
        };
        if !self.0.iter().any(|known| known.property == property) {
            self.add(property, crate::server::failure::sentence(words));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with exactly this property.
    pub(crate) fn at(&self, property: &str) -> Option<&Problem> {
        self.0.iter().find(|problem| problem.property == property)
    }

    pub(crate) fn words_at(&self, property: &str) -> Option<String> {
        self.at(property).map(|problem| problem.words.clone())
    }

    /// What was typed into a control whose value the definition cannot hold.
    pub(crate) fn typed_at(&self, property: &str) -> Option<String> {
        self.at(property).and_then(|problem| problem.typed.clone())
    }

    /// What is wrong with an item of a list as a whole or with a part of it that shows no errors of its own.
    pub(crate) fn of_item(&self, list: &str, at: usize) -> Option<&str> {
        let item = format!("{list}[{at}]");
        let is_it =
            |property: &str| property.strip_prefix(&item).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        self.0.iter().find(|problem| is_it(&problem.property)).map(|problem| problem.words.as_str())
    }

    /// What is wrong with one of these properties as a whole, or with an item that is not there.
    pub(crate) fn of_part(&self, lists: &[(&str, usize)]) -> Option<&str> {
        let is_it = |property: &str| {
            lists.iter().any(|(list, len)| {
                let Some(rest) = property.strip_prefix(list) else { return false };
                match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                    Some((at, _)) => at.parse::<usize>().is_ok_and(|at| at >= *len),
                    None => rest.is_empty() || rest.starts_with('.'),
                }
            })
        };
        self.0.iter().find(|problem| is_it(&problem.property)).map(|problem| problem.words.as_str())
    }

    /// Whether anything of these properties is wrong.
    pub(crate) fn touches(&self, properties: &[&str]) -> bool {
        self.0.iter().any(|problem| properties.iter().any(|property| problem.property.starts_with(property)))
    }

    /// What belongs to no part that is shown.
    pub(crate) fn others(&self, known: &[&str]) -> impl Iterator<Item = &str> {
        let is_known = |problem: &&Problem| !known.iter().any(|property| problem.property.starts_with(property));
        self.0.iter().filter(is_known).map(|problem| problem.words.as_str()).collect::<Vec<_>>().into_iter()
    }
}

/// Whether a text is the path of a property and no sentence.
fn is_property(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ErrorCode;

    #[test]
    fn an_error_stands_beside_the_part_that_it_names() {
        let mut problems = Problems::default();
        let error = |message: &str| Error::new(ErrorCode::FieldIntegrityException, message);
        problems.add_error(&error("reportFilters[0].value: Amount: is no number."), &[0, 2]);
        problems.add_error(&error("reportFilters[1].value: Amount: is no number."), &[0, 2]);
        problems.add_error(&error("groupingsDown: a matrix has one or two groupings down, not 0."), &[]);
        problems.add_error(&error("A report can only be sorted by one column."), &[]);
        assert_eq!(problems.of_item("reportFilters", 0), Some("Amount: is no number."));
        assert_eq!(problems.of_item("reportFilters", 1), None);
        assert_eq!(problems.of_item("reportFilters", 2), Some("Amount: is no number."));
        let grouped = problems.of_part(&[("groupingsDown", 0), ("groupingsAcross", 1)]);
        assert_eq!(grouped, Some("A matrix has one or two groupings down, not 0."));
        let others: Vec<_> = problems.others(&["reportFilters[", "groupings"]).collect();
        assert_eq!(others, ["A report can only be sorted by one column."]);
    }
}
