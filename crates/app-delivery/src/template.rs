//! Subjects and messages with places to fill in. A template has values, conditions and loops over what it is given, and
//! no way to anything else; steps and length are bounded.

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error as TemplateError, ErrorKind, UndefinedBehavior, Value};
use model::{Decimal, Error, ErrorCode, Result, parse_decimal};
use render::format::{Formats, NumberStyle};
use serde::Serialize;
use std::io::{self, Write};

/// Steps of the template machine.
const FUEL: u64 = 50_000;
/// Characters of a finished text.
const MAX_CHARS: usize = 20_000;

/// All that a template can name.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Names {
    pub(crate) schedule: ScheduleNames,
    pub(crate) report: ReportNames,
    pub(crate) run: RunNames,
    pub(crate) recipient: RecipientNames,
    pub(crate) burst: BurstNames,
    pub(crate) link: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ScheduleNames {
    pub(crate) name: String,
    pub(crate) owner: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ReportNames {
    pub(crate) name: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RunNames {
    pub(crate) row_count: u64,
    pub(crate) as_of: String,
    pub(crate) scheduled_for: String,
    pub(crate) totals: Vec<TotalNames>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct TotalNames {
    pub(crate) label: String,
    /// As the running user's locale writes it.
    pub(crate) value: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct RecipientNames {
    pub(crate) name: String,
    pub(crate) email: String,
}

/// Of a schedule that sends one part for each; empty otherwise.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct BurstNames {
    pub(crate) key: String,
}

impl Names {
    /// Values of every kind, to try a template with.
    fn sample() -> Self {
        let text = || "x".to_owned();
        Self {
            schedule: ScheduleNames { name: text(), owner: text() },
            report: ReportNames { name: text() },
            run: RunNames {
                row_count: 1,
                as_of: text(),
                scheduled_for: text(),
                totals: vec![TotalNames { label: text(), value: text() }],
            },
            recipient: RecipientNames { name: text(), email: text() },
            burst: BurstNames { key: text() },
            link: text(),
        }
    }
}

/// Fills a template in.
///
/// # Errors
/// Names `field` and what is wrong with the template.
pub(crate) fn fill(template: &str, names: &Names, formats: Formats, field: &str) -> Result<String> {
    refuse_growth(template, field)?;
    let mut environment = Environment::empty();
    environment.set_fuel(Some(FUEL));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("default", |value: Value, other: Value| {
        if value.is_undefined() || value.is_none() || value.as_str() == Some("") { other } else { value }
    });
    environment.add_filter("upper", |value: Value| text_of(&value).map(str::to_uppercase));
    environment.add_filter("lower", |value: Value| text_of(&value).map(str::to_lowercase));
    environment.add_filter("length", |value: Value| value.len().unwrap_or(0));
    environment.add_filter("number", move |value: Value| {
        let number = decimal(&value)?;
        let scale = u8::try_from(number.normalize().scale()).unwrap_or(u8::MAX);
        Ok::<_, TemplateError>(formats.number(number, &NumberStyle::Plain { scale }))
    });
    environment.add_filter("currency", move |value: Value, code: String| {
        Ok::<_, TemplateError>(formats.number(decimal(&value)?, &NumberStyle::Currency { code }))
    });
    let mut made = Bounded { bytes: Vec::new(), is_full: false };
    let done = environment
        .template_from_str(template)
        .and_then(|template| {
            template.render_captured_to(Value::from(minijinja::value::Serde(names)), &mut made).map(|_| ())
        })
        .map_err(|error| refused(field, &error));
    let text = String::from_utf8(made.bytes).map_err(Error::internal)?;
    if made.is_full || text.chars().count() > MAX_CHARS {
        return Err(bad(field, &format!("the finished text is longer than {MAX_CHARS} characters.")));
    }
    done.map(|()| text)
}

/// A text that takes no more than a finished text may have.
struct Bounded {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        // A character has four bytes at most.
        if self.bytes.len() + more.len() > MAX_CHARS * 4 {
            self.is_full = true;
            return Err(io::Error::other("the text is full"));
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Steps are counted, and what is written is bounded; a value on the way is neither. So nothing that makes a larger value
/// of smaller ones is known to a template: it places and compares what it is given.
fn refuse_growth(template: &str, field: &str) -> Result<()> {
    for token in tokenize(template, false, SyntaxConfig::default()) {
        // What cannot be read is refused with its line where it is parsed.
        let Ok((token, span)) = token else { return Ok(()) };
        let word = match token {
            Token::Plus => "+",
            Token::Mul => "*",
            Token::Pow => "**",
            Token::Tilde => "~",
            Token::Comma => ",",
            Token::Ident(word @ ("set" | "filter" | "recursive" | "macro" | "call")) => word,
            _ => continue,
        };
        return Err(bad(field, &format!("\"{word}\" is nothing that a template can do (line {}).", span.start_line)));
    }
    Ok(())
}

fn text_of(value: &Value) -> std::result::Result<&str, TemplateError> {
    value.as_str().ok_or_else(|| TemplateError::new(ErrorKind::InvalidOperation, "only a text has letters"))
}

/// Tries a template before it is saved: every name in it must be known, also where this time's values do not lead.
///
/// # Errors
/// As [`fill`].
pub(crate) fn check(template: &str, field: &str) -> Result<()> {
    let environment = Environment::empty();
    let parsed = environment.template_from_str(template).map_err(|error| refused(field, &error))?;
    let known = serde_json::to_value(Names::sample()).map_err(Error::internal)?;
    let mut unknown: Vec<String> = parsed
        .undeclared_variables(true)
        .into_iter()
        .filter(|path| {
            let found = path.split('.').try_fold(&known, |value, step| value.get(step));
            found.is_none()
        })
        .collect();
    unknown.sort();
    if let Some(name) = unknown.first() {
        return Err(bad(field, &format!("\"{name}\" is no name that a template knows.")));
    }
    fill(template, &Names::sample(), Formats::default(), field).map(|_| ())
}

fn decimal(value: &Value) -> std::result::Result<Decimal, TemplateError> {
    let plain = value.as_str().is_some() || value.is_number();
    plain
        .then(|| value.to_string())
        .and_then(|text| parse_decimal(&text))
        .ok_or_else(|| TemplateError::new(ErrorKind::InvalidOperation, "what is to be written as a number is none"))
}

fn refused(field: &str, error: &TemplateError) -> Error {
    let line = error.line().map_or_else(String::new, |line| format!(" (line {line})"));
    let words = match error.kind() {
        ErrorKind::OutOfFuel => "the template takes too many steps".to_owned(),
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    };
    bad(field, &format!("{words}{line}."))
}

fn bad(field: &str, words: &str) -> Error {
    let label = if field == "SubjectTemplate" { "Subject" } else { "Message" };
    Error::new(ErrorCode::FieldIntegrityException, format!("{label}: {words}")).with_field(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_loops_and_filters_are_filled_in() {
        let template = "{{ report.name|upper }}: {{ run.rowCount|number }} rows\
                        {% for total in run.totals %}, {{ total.label }} {{ total.value }}{% endfor %}\
                        {% if recipient.name %} for {{ recipient.name }}{% endif %} {{ '1234.5'|currency('EUR') }}";
        check(template, "BodyTemplate").expect("a template");
        let made = fill(template, &Names::sample(), Formats::default(), "BodyTemplate").expect("a text");
        assert_eq!(made, "X: 1 rows, x x for x EUR 1,234.50");
    }

    #[test]
    fn what_a_template_may_not_do_is_refused_when_it_is_saved() {
        let error = |template: &str| check(template, "SubjectTemplate").expect_err("a refusal").message().to_owned();
        assert_eq!(error("{{ secret }}"), "Subject: \"secret\" is no name that a template knows.");
        assert_eq!(
            error("{% if false %}{{ report.owner }}{% endif %}"),
            "Subject: \"report.owner\" is no name that a template knows."
        );
        assert!(error("{{ report.name").starts_with("Subject: "));
        assert!(error("{{ report.name|shell }}").contains("shell"));
        assert!(error("{{ range(9) }}").contains("range"));
        assert!(error("{% include 'x' %}").starts_with("Subject: "));
        let nested = "{% for a in 'xxxxxxxxxxxxxxxxxxxx' %}{% for b in 'xxxxxxxxxxxxxxxxxxxx' %}{% for c in 'xxxxxxxxxxxxxxxxxxxx' %}\
                      {% for d in 'xxxxxxxxxxxxxxxxxxxx' %}.{% endfor %}{% endfor %}{% endfor %}{% endfor %}";
        assert!(error(nested).starts_with("Subject: "), "steps are bounded");
    }

    #[test]
    fn a_template_makes_no_large_value_out_of_small_ones() {
        let error = |template: &str| check(template, "BodyTemplate").expect_err("a refusal").message().to_owned();
        for (template, word) in [
            ("{{ 'x' * 100000000000 }}", "*"),
            ("{{ link ~ link }}", "~"),
            ("{{ link + link }}", "+"),
            ("{% set x %}{{ link }}{% endset %}", "set"),
            ("{% filter upper %}{{ link }}{% endfilter %}", "filter"),
            ("{% for x in run.totals recursive %}{% endfor %}", "recursive"),
            ("{% for a in [[link, link]] %}{{ a == a }}{% endfor %}", ","),
        ] {
            assert_eq!(error(template), format!("Message: \"{word}\" is nothing that a template can do (line 1)."));
        }
        let long = format!("{{% for a in 'xxxxxxxxxxxxxxxxxxxx' %}}{}{{% endfor %}}", "y".repeat(30_000));
        assert_eq!(error(&long), "Message: the finished text is longer than 20000 characters.");
        check("1 + 1, 2 * 2 ~ set {{ run.totals[0].value }}", "BodyTemplate").expect("words beside the places");
    }
}
