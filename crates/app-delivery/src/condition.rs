//! When a run sends: always, when there are rows, or when a figure passes a threshold.

use model::{Decimal, Error, ErrorCode, Result};
use platform::ReportAnswer;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Condition {
    #[default]
    Always,
    NotEmpty,
    Threshold {
        /// `rowCount`, or one of the report's aggregates: `s!Amount`.
        aggregate: String,
        #[serde(default)]
        scope: Scope,
        op: Comparison,
        value: Decimal,
    },
}

/// Which figures are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// The figure over all rows.
    #[default]
    Grand,
    AnyGroup,
    AllGroups,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Comparison {
    Equals,
    NotEqual,
    LessThan,
    GreaterThan,
    LessOrEqual,
    GreaterOrEqual,
}

impl Comparison {
    fn holds(self, left: Decimal, right: Decimal) -> bool {
        match self {
            Self::Equals => left == right,
            Self::NotEqual => left != right,
            Self::LessThan => left < right,
            Self::GreaterThan => left > right,
            Self::LessOrEqual => left <= right,
            Self::GreaterOrEqual => left >= right,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Equals => "equal to",
            Self::NotEqual => "other than",
            Self::LessThan => "less than",
            Self::GreaterThan => "greater than",
            Self::LessOrEqual => "at most",
            Self::GreaterOrEqual => "at least",
        }
    }
}

fn refused(words: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, format!("Condition: {words}")).with_field("Condition")
}

impl Condition {
    /// Reads a saved condition; empty text is [`Condition::Always`].
    ///
    /// # Errors
    /// For text that is no condition.
    pub fn parse(json: &str) -> Result<Self> {
        if json.trim().is_empty() {
            return Ok(Self::Always);
        }
        serde_json::from_str(json).map_err(|error| {
            let words = error.to_string();
            refused(words.split(" at line ").next().unwrap_or_default())
        })
    }

    /// Why nothing is to be sent, with the values seen; none when the condition holds.
    ///
    /// # Errors
    /// For a figure that the report does not have.
    pub(crate) fn unmet(&self, answer: &ReportAnswer) -> Result<Option<String>> {
        let Self::Threshold { aggregate, scope, op, value } = self else {
            let is_unmet = *self == Self::NotEmpty && answer.row_count == 0;
            return Ok(is_unmet.then(|| "The report has no rows.".to_owned()));
        };
        let is_count = aggregate.eq_ignore_ascii_case("rowCount");
        let place = answer.figures.iter().position(|figure| figure.name == *aggregate);
        if !is_count && place.is_none() {
            return Err(refused(format!("the report has no aggregate \"{aggregate}\".")));
        }
        // A group without a value passes no threshold, as a blank passes no filter.
        let seen: Vec<Option<Decimal>> = match scope {
            Scope::Grand if is_count => vec![Some(Decimal::from(answer.row_count))],
            Scope::Grand => vec![place.and_then(|at| answer.figures[at].value.as_decimal())],
            Scope::AnyGroup | Scope::AllGroups => answer
                .groups
                .iter()
                .map(|group| match place {
                    Some(at) if !is_count => group.values.get(at).and_then(model::Value::as_decimal),
                    _ => Some(Decimal::from(group.row_count)),
                })
                .collect(),
        };
        let mut passes = seen.iter().map(|figure| figure.is_some_and(|figure| op.holds(figure, *value)));
        let holds = match scope {
            Scope::Grand | Scope::AnyGroup => passes.any(|passes| passes),
            Scope::AllGroups => !seen.is_empty() && passes.all(|passes| passes),
        };
        let shown: Vec<String> = seen
            .iter()
            .take(10)
            .map(|figure| figure.map_or_else(|| "blank".to_owned(), |figure| figure.normalize().to_string()))
            .collect();
        let more =
            if seen.len() > shown.len() { format!(" and {} more", seen.len() - shown.len()) } else { String::new() };
        Ok((!holds)
            .then(|| format!("{aggregate} is not {} {}: {}{more}.", op.words(), value.normalize(), shown.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Instant, Value};
    use platform::{ReportFigure, ReportGroup};
    use render::{ColumnKind, Table};

    fn answer(sums: &[i64]) -> ReportAnswer {
        let figure = |value: i64| Value::Number(Decimal::from(value));
        ReportAnswer {
            name: "Deals".into(),
            definition: String::new(),
            changed_by: None,
            table: Table::default(),
            summary: Table::default(),
            is_matrix: false,
            chart: None,
            row_count: sums.len() as u64,
            figures: vec![ReportFigure {
                name: "s!Amount".into(),
                label: "Sum".into(),
                kind: ColumnKind::Number { scale: 0 },
                value: figure(sums.iter().sum()),
            }],
            groups: sums
                .iter()
                .map(|sum| ReportGroup { label: "G".into(), row_count: 1, values: vec![figure(*sum)] })
                .collect(),
            notices: Vec::new(),
            filters: Vec::new(),
            as_of: Instant::from_ms(0),
        }
    }

    fn unmet(json: &str, sums: &[i64]) -> Option<String> {
        Condition::parse(json).expect("a condition").unmet(&answer(sums)).expect("an answer")
    }

    #[test]
    fn a_threshold_is_compared_with_the_whole_or_with_groups() {
        let threshold = |scope: &str| {
            format!(
                r#"{{"kind":"threshold","aggregate":"s!Amount","scope":"{scope}","op":"greaterThan","value":"10"}}"#
            )
        };
        assert_eq!(unmet(&threshold("grand"), &[6, 7]), None);
        assert_eq!(unmet(&threshold("anyGroup"), &[6, 7]).as_deref(), Some("s!Amount is not greater than 10: 6, 7."));
        assert_eq!(unmet(&threshold("anyGroup"), &[6, 11]), None);
        assert!(unmet(&threshold("allGroups"), &[6, 11]).is_some());
        assert!(unmet(&threshold("allGroups"), &[]).is_some(), "no group passes nothing");
    }

    #[test]
    fn an_empty_report_can_be_kept_back() {
        assert_eq!(unmet(r#"{"kind":"notEmpty"}"#, &[]).as_deref(), Some("The report has no rows."));
        assert_eq!(unmet("", &[]), None);
    }

    #[test]
    fn a_figure_that_the_report_lacks_is_an_error_and_no_silence() {
        let json = r#"{"kind":"threshold","aggregate":"s!Gone","op":"equals","value":"1"}"#;
        assert!(Condition::parse(json).expect("a condition").unmet(&answer(&[1])).is_err());
        assert!(Condition::parse(r#"{"kind":"sometimes"}"#).is_err());
    }
}
