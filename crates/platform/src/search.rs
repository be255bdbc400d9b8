//! Search by name over every object that the user may read.

use crate::ctx::Ctx;
use crate::literal::pattern;
use crate::query::QueryOptions;
use model::{RecordId, Result};

/// A record whose name matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHit {
    pub id: RecordId,
    pub object: String,
    pub object_label: String,
    pub name: String,
    /// A second line: the account, the e-mail address, the stage.
    pub detail: String,
}

/// Objects that people look for first.
const FIRST: [&str; 6] = ["Account", "Contact", "Opportunity", "Lead", "Case", "User"];

impl Ctx {
    /// Records whose name contains every word of `text`, at most `per_object` of each object. Names that begin with
    /// the text come first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn search_names(&self, text: &str, objects: Option<&[&str]>, per_object: usize) -> Result<Vec<SearchHit>> {
        let words: Vec<&str> = text.split_whitespace().take(8).collect();
        if words.is_empty() || text.chars().count() > 200 {
            return Ok(Vec::new());
        }
        let mut searched: Vec<_> = self
            .readable_objects()
            .filter(|object| object.def.searchable)
            .filter(|object| {
                objects.is_none_or(|wanted| wanted.iter().any(|name| name.eq_ignore_ascii_case(object.name())))
            })
            .collect();
        searched.sort_by_key(|object| FIRST.iter().position(|name| *name == object.name()).unwrap_or(FIRST.len()));
        let mut hits = Vec::new();
        for object in searched {
            let name = object.name_field();
            if !name.data_type().is_text() || !self.can_read_field(object.ix, name.ix) {
                continue;
            }
            let tests: Vec<_> =
                words.iter().map(|word| format!("{} LIKE {}", name.name(), quoted_pattern(word))).collect();
            let detail = detail_path(self, object);
            let detail_column = detail.as_deref().map(|path| format!(", {path}")).unwrap_or_default();
            let soql = format!(
                "SELECT {}{detail_column} FROM {} WHERE {} ORDER BY {} LIMIT {per_object}",
                name.name(),
                object.name(),
                tests.join(" AND "),
                name.name()
            );
            let (_, rows) = self.query_all_rows(&soql, QueryOptions::default())?;
            hits.extend(rows.into_iter().map(|row| SearchHit {
                id: row.id,
                object: object.name().to_owned(),
                object_label: object.label().to_owned(),
                name: row.cells[0].value().to_plain(),
                detail: row.cells.get(1).map(|cell| cell.value().to_plain()).unwrap_or_default(),
            }));
        }
        let wanted = model::text::fold(text.trim());
        hits.sort_by_key(|hit| !model::text::fold(&hit.name).starts_with(&wanted));
        Ok(hits)
    }
}

fn detail_path(ctx: &Ctx, object: &model::ObjectSchema) -> Option<String> {
    ["AccountId", "Email", "Company", "Subject", "StageName", "Industry", "ProductCode"]
        .into_iter()
        .filter_map(|name| object.find_field(name))
        .find(|field| field.ix != object.name_field && ctx.can_read_field(object.ix, field.ix))
        .map(|field| match field.name() {
            "AccountId" => "Account.Name".to_owned(),
            name => name.to_owned(),
        })
}

/// A LIKE pattern that finds the word anywhere, as a text literal. Names hold no control characters.
fn quoted_pattern(word: &str) -> String {
    let visible: String = word.chars().filter(|c| !c.is_control()).collect();
    pattern(&visible, true)
}
