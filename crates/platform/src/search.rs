//! Search by the words of names over every object that the user may read.

use crate::ctx::Ctx;
use crate::query::QueryOptions;
use model::{ObjectSchema, RecordId, Result};
use soql::ast::search::{Returning, Search, SearchScope, Term, WordPart};
use soql::ast::{Item, Name, RowCount};

/// A record whose name was found.
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

/// Characters of a text that is searched for.
const MOST_CHARS: usize = 200;

impl Ctx {
    /// Records with a word for each word of `text`, of which it may be the beginning, at most `per_object` of each
    /// object, found by the index of search. Names that begin with the text come first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn search_names(&self, text: &str, objects: Option<&[&str]>, per_object: usize) -> Result<Vec<SearchHit>> {
        let Some(terms) = beginnings(text) else { return Ok(Vec::new()) };
        let mut searched: Vec<_> = self
            .readable_objects()
            .filter(|object| object.def.searchable)
            .filter(|object| {
                objects.is_none_or(|wanted| wanted.iter().any(|name| name.eq_ignore_ascii_case(object.name())))
            })
            .filter(|object| {
                let name = object.name_field();
                name.is_searched() && self.can_read_field(object.ix, name.ix)
            })
            .collect();
        if searched.is_empty() {
            return Ok(Vec::new());
        }
        searched.sort_by_key(|object| FIRST.iter().position(|name| *name == object.name()).unwrap_or(FIRST.len()));
        let returning = |object: &&ObjectSchema| Returning {
            object: Name::new(object.name()),
            select: [Some(object.name_field().name().to_owned()), detail_path(self, object)]
                .into_iter()
                .flatten()
                .map(Item::field)
                .collect(),
            list_view: None,
            filter: None,
            order_by: Vec::new(),
            limit: Some(RowCount::new(per_object as u64)),
            offset: None,
        };
        let search = Search {
            terms,
            scope: SearchScope::Name,
            returning: searched.iter().map(returning).collect(),
            with: Vec::new(),
            limit: None,
            offset: None,
            update: Vec::new(),
        };
        let mut hits = Vec::new();
        for (object, found) in searched.iter().zip(self.search_tree(&search, "", QueryOptions::default())?) {
            hits.extend(found.rows.into_iter().map(|row| SearchHit {
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

/// The words of a text as terms of a search that finds what begins with them; `None` without letter or digit.
fn beginnings(text: &str) -> Option<Term> {
    if text.chars().count() > MOST_CHARS {
        return None;
    }
    let mut words: Vec<_> = text
        .split(|c: char| !c.is_alphanumeric() && !matches!(u32::from(c), 0x300..=0x36F))
        .filter(|word| !word.is_empty())
        .map(|word| Term::Word(vec![WordPart::Text(word.to_owned()), WordPart::Run]))
        .collect();
    let last = words.pop()?;
    if words.is_empty() {
        return Some(last);
    }
    words.push(last);
    Some(Term::And(words))
}

fn detail_path(ctx: &Ctx, object: &ObjectSchema) -> Option<String> {
    ["AccountId", "Email", "Company", "Subject", "StageName", "Industry", "ProductCode"]
        .into_iter()
        .filter_map(|name| object.find_field(name))
        // The name of an account shows only where accounts may be read at all.
        .filter(|field| field.name() != "AccountId" || ctx.object("Account").is_ok())
        .find(|field| field.ix != object.name_field && ctx.can_read_field(object.ix, field.ix))
        .map(|field| match field.name() {
            "AccountId" => "Account.Name".to_owned(),
            name => name.to_owned(),
        })
}
