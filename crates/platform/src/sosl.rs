//! SOSL: records whose fields hold the words of a search. The store narrows the rows by substrings; whether the words
//! are there as whole words is decided here.

use crate::ctx::Ctx;
use crate::query::QueryOptions;
use crate::view::Shape;
use model::{FieldIx, FieldType, ObjectSchema, Result};
use policy::authorize;
use soql::ast::search::{SearchScope, Term, WordPart};
use soql::plan::{Cond, Expr, FieldRef, Output, ResolvedPlan, SourceIx};
use store::{Cell, RecordRow};

/// What a search found of one object, in the order of the answer.
pub struct SearchFound {
    pub rows: Vec<RecordRow>,
    pub shape: Shape,
}

impl Ctx {
    /// Answers a search.
    ///
    /// # Errors
    /// `MALFORMED_SEARCH` with the position, and the codes of queries for what RETURNING says.
    pub fn search(&self, text: &str, options: QueryOptions) -> Result<Vec<SearchFound>> {
        let plan = soql::plan_search_visible(text, &self.schema, &self.resolve_context(options), self)?;
        let terms = Test::of(&plan.terms);
        let (mut to_skip, mut room) = (plan.offset, plan.limit);
        let mut answer = Vec::with_capacity(plan.returning.len());
        for part in plan.returning {
            let mut found = self.search_object(part, &terms, plan.scope)?;
            let skipped = to_skip.min(found.rows.len() as u64);
            to_skip -= skipped;
            found.rows.drain(..usize::try_from(skipped).unwrap_or(usize::MAX));
            found.rows.truncate(usize::try_from(room).unwrap_or(usize::MAX));
            room -= found.rows.len() as u64;
            answer.push(found);
        }
        Ok(answer)
    }

    fn search_object(&self, mut plan: ResolvedPlan, terms: &Test, scope: SearchScope) -> Result<SearchFound> {
        let shape = Shape::of(&plan.select);
        let object = plan.schema.object(plan.select.object());
        let fields = self.searched_fields(object, scope);
        let Some(narrow) = terms.narrowed(&fields).filter(|_| !fields.is_empty()) else {
            return Ok(SearchFound { rows: Vec::new(), shape });
        };
        let first = plan.select.output.len();
        plan.select.output.extend(fields.iter().map(|field| Output::Field {
            expr: Expr::Field(root_field(*field)),
            path: vec![object.field(*field).name().to_owned()],
        }));
        plan.select.filter = Some(match plan.select.filter.take() {
            Some(filter) => Cond::And(vec![filter, narrow]),
            None => narrow,
        });
        // Counted after the words were judged.
        let (limit, offset) = (plan.select.limit.take(), std::mem::take(&mut plan.select.offset));
        let plan = authorize(&self.identity, plan)?;
        let rows = self
            .records_of(&plan)?
            .into_iter()
            .filter(|row| terms.holds(&row.cells[first..].iter().map(words).collect::<Vec<_>>()))
            .skip(usize::try_from(offset).unwrap_or(usize::MAX))
            .take(limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)))
            .collect();
        Ok(SearchFound { rows, shape })
    }

    /// The text fields of an object that a search looks into, as far as the user may read them.
    fn searched_fields(&self, object: &ObjectSchema, scope: SearchScope) -> Vec<FieldIx> {
        let is_searched = |field: &&model::FieldSchema| match scope {
            SearchScope::Name => field.ix == object.name_field,
            SearchScope::Email => *field.data_type() == FieldType::Email,
            SearchScope::Phone => *field.data_type() == FieldType::Phone,
            SearchScope::All | SearchScope::Sidebar => {
                field.data_type().is_stored()
                    && field.data_type().is_text()
                    && field.data_type().picklist_values().is_empty()
            }
        };
        object
            .fields
            .iter()
            .filter(is_searched)
            .filter(|field| field.data_type().is_text() && field.data_type().is_filterable())
            .filter(|field| self.can_read_field(object.ix, field.ix))
            .map(|field| field.ix)
            .collect()
    }
}

fn root_field(field: FieldIx) -> FieldRef {
    FieldRef { source: SourceIx::ROOT, field, position: 0 }
}

/// The words of a field, folded.
fn words(cell: &Cell) -> Vec<String> {
    match cell.value().as_text() {
        Some(text) => split(&model::text::fold(text)),
        None => Vec::new(),
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A search term made ready: words folded and taken apart as fields are.
enum Test {
    /// Words side by side in one field.
    Words(Vec<Pattern>),
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
}

/// One word, in pieces.
type Pattern = Vec<WordPart>;

impl Test {
    fn of(term: &Term) -> Self {
        match term {
            Term::Word(parts) => Test::Words(patterns(parts)),
            Term::Phrase(text) => Test::Words(patterns(&[WordPart::Text(text.clone())])),
            Term::And(terms) => Test::And(terms.iter().map(Test::of).collect()),
            Term::Or(terms) => Test::Or(terms.iter().map(Test::of).collect()),
            Term::Not(term) => Test::Not(Box::new(Test::of(term))),
        }
    }

    /// Whether fields with these words satisfy the term; different words may stand in different fields.
    fn holds(&self, fields: &[Vec<String>]) -> bool {
        match self {
            Test::Words(patterns) => {
                !patterns.is_empty()
                    && fields.iter().any(|words| {
                        words
                            .windows(patterns.len())
                            .any(|run| run.iter().zip(patterns).all(|(word, pattern)| matches(pattern, word)))
                    })
            }
            Test::And(tests) => tests.iter().all(|test| test.holds(fields)),
            Test::Or(tests) => tests.iter().any(|test| test.holds(fields)),
            Test::Not(test) => !test.holds(fields),
        }
    }

    /// A condition that every record found satisfies, for the store; `None` when nothing can be found.
    fn narrowed(&self, fields: &[FieldIx]) -> Option<Cond> {
        match self {
            Test::Words(patterns) if patterns.is_empty() => None,
            Test::Words(patterns) => {
                Some(Cond::And(patterns.iter().map(|pattern| anywhere(pattern, fields)).collect()))
            }
            Test::And(tests) => {
                let wanted = tests.iter().filter(|test| !matches!(test, Test::Not(_)));
                Some(Cond::And(wanted.map(|test| test.narrowed(fields)).collect::<Option<_>>()?))
            }
            Test::Or(tests) => {
                let any: Vec<_> = tests.iter().filter_map(|test| test.narrowed(fields)).collect();
                if any.is_empty() { None } else { Some(Cond::Or(any)) }
            }
            Test::Not(_) => None,
        }
    }
}

/// Takes a term apart where fields are taken apart.
fn patterns(parts: &[WordPart]) -> Vec<Pattern> {
    let mut all: Vec<Pattern> = vec![Vec::new()];
    let mut add = |part: WordPart, starts: bool| {
        if starts {
            all.push(Vec::new());
        }
        if let Some(last) = all.last_mut() {
            last.push(part);
        }
    };
    for part in parts {
        let WordPart::Text(text) = part else {
            add(part.clone(), false);
            continue;
        };
        let folded = model::text::fold(text);
        for (at, word) in folded.split(|c: char| !c.is_alphanumeric()).enumerate() {
            add(WordPart::Text(word.to_owned()), at > 0);
        }
    }
    for pattern in &mut all {
        pattern.retain(|part| !matches!(part, WordPart::Text(text) if text.is_empty()));
    }
    all.retain(|pattern| !pattern.is_empty());
    all
}

/// Whether a word is as the pattern says from end to end. Letters and digits need no escape in a LIKE pattern, and its
/// matcher takes time linear in the word for each run.
fn matches(pattern: &[WordPart], word: &str) -> bool {
    model::text::like(word, &like_pattern(pattern))
}

fn like_pattern(pattern: &[WordPart]) -> String {
    pattern
        .iter()
        .map(|part| match part {
            WordPart::Text(text) => text.as_str(),
            WordPart::One => "_",
            WordPart::Run => "%",
        })
        .collect()
}

/// The word somewhere in some field.
fn anywhere(pattern: &[WordPart], fields: &[FieldIx]) -> Cond {
    let mut like = String::from("%");
    for part in pattern {
        match part {
            // Letters and digits alone: nothing to escape.
            WordPart::Text(text) => like.push_str(text),
            WordPart::One => like.push('_'),
            WordPart::Run => like.push('%'),
        }
    }
    like.push('%');
    let tests = fields.iter().map(|field| Cond::Like {
        left: Expr::Field(root_field(*field)),
        pattern: like.clone(),
        negated: false,
    });
    Cond::Or(tests.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(search: &str, fields: &[&str]) -> bool {
        let search = soql::parse_search(&format!("FIND {{{search}}}")).expect("a search");
        Test::of(&search.terms).holds(&fields.iter().map(|text| split(&model::text::fold(text))).collect::<Vec<_>>())
    }

    #[test]
    fn words_are_found_whole_and_in_any_field() {
        assert!(found("acme", &["ACME Corp."]));
        assert!(!found("acme", &["Acmecorp"]));
        assert!(found("acme*", &["Acmecorp"]));
        assert!(found("a?me", &["Acme"]));
        assert!(found("acme berlin", &["Acme", "Berlin"]));
        assert!(!found("acme berlin", &["Acme", "Paris"]));
        assert!(found("acme AND NOT paris", &["Acme", "Berlin"]));
        assert!(found("paris OR berlin", &["Acme", "Berlin"]));
    }

    #[test]
    fn a_phrase_stands_side_by_side_in_one_field() {
        assert!(found("\"united oil\"", &["United Oil & Gas"]));
        assert!(!found("\"united gas\"", &["United Oil & Gas"]));
        assert!(!found("\"united oil\"", &["United", "Oil"]));
    }

    #[test]
    fn an_address_is_taken_apart_like_the_field() {
        assert!(found("ada@example.com", &["mail: ada@example.com"]));
        assert!(!found("ada@example.com", &["example ada com"]));
    }
}
