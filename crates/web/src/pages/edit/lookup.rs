//! Finding the record that a reference is to point to.

use crate::kit::LookupChoice;
use crate::server::{Call, PageResult, reply};
use model::{Error, FieldSchema, ObjectSchema, RecordId, Result};
use platform::literal::pattern;
use platform::{Ctx, QueryOptions};
use serde_json::json;

/// How many records are offered.
const OFFERED: usize = 10;

struct Found {
    id: RecordId,
    name: String,
    detail: String,
}

/// What a typed name means.
pub(crate) enum Matched {
    None,
    One(RecordId, String),
    Several(Vec<LookupChoice>),
}

/// `/lookup/{object}?q=`: records of an object; with `field`, records that this field of the object may point to.
pub(crate) fn lookup(call: &Call<'_>) -> PageResult {
    let ctx = call.ctx;
    let object = ctx.listed_object(call.visit.captured("object")?)?;
    let targets = match call.visit.query.given("field") {
        Some(name) => {
            let field = object
                .find_field(name)
                .filter(|field| ctx.can_read_field(object.ix, field.ix))
                .ok_or_else(Error::not_found)?;
            targets(ctx, field)
        }
        None => vec![object],
    };
    let several = targets.len() > 1;
    let words = call.visit.query.given("q").unwrap_or_default();
    let mut choices = Vec::new();
    for target in targets {
        for found in find(ctx, target, words)? {
            let mut choice = json!({ "id": found.id.to_string(), "label": found.name });
            if !found.detail.is_empty() {
                choice["detail"] = found.detail.into();
            }
            if several {
                choice["group"] = target.def.label_plural.clone().into();
            }
            choices.push(choice);
        }
    }
    Ok(reply::json(&json!(choices)))
}

fn targets<'a>(ctx: &'a Ctx, field: &FieldSchema) -> Vec<&'a ObjectSchema> {
    field
        .targets
        .iter()
        .map(|target| ctx.schema().object(*target))
        .filter(|target| ctx.object_permission(target.ix).read)
        .collect()
}

/// Records whose name contains every word; without words the first ones. Names that begin with the text come first.
fn find(ctx: &Ctx, object: &ObjectSchema, words: &str) -> Result<Vec<Found>> {
    let name = object.name_field();
    if !name.data_type().is_text() || !ctx.can_read_field(object.ix, name.ix) {
        return Ok(Vec::new());
    }
    let tests: Vec<_> =
        words.split_whitespace().take(8).map(|word| format!("{} LIKE {}", name.name(), pattern(word, true))).collect();
    let mut condition = tests.join(" AND ");
    // People who left own nothing new.
    if object.name() == "User" {
        condition = if condition.is_empty() {
            "IsActive = true".to_owned()
        } else {
            format!("{condition} AND IsActive = true")
        };
    }
    let condition = if condition.is_empty() { String::new() } else { format!(" WHERE {condition}") };
    let detail = detail_path(ctx, object);
    let columns = detail.map(|path| format!(", {path}")).unwrap_or_default();
    let text = format!(
        "SELECT {}{columns} FROM {}{condition} ORDER BY {} LIMIT {OFFERED}",
        name.name(),
        object.name(),
        name.name()
    );
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
    let plain = |row: &platform::RecordRow, at: usize| {
        row.cells.get(at).map(|cell| cell.value().to_plain()).unwrap_or_default()
    };
    let mut found: Vec<_> =
        rows.iter().map(|row| Found { id: row.id, name: plain(row, 0), detail: plain(row, 1) }).collect();
    let start = model::text::fold(words.trim());
    found.sort_by_key(|found| !model::text::fold(&found.name).starts_with(&start));
    Ok(found)
}

/// What tells records of one name apart.
fn detail_path(ctx: &Ctx, object: &ObjectSchema) -> Option<&'static str> {
    let (field, path) = match object.name() {
        "Contact" | "Opportunity" => ("AccountId", "Account.Name"),
        "Account" => ("BillingCity", "BillingCity"),
        "User" => ("Username", "Username"),
        "Lead" => ("Company", "Company"),
        "Case" => ("Subject", "Subject"),
        "Product2" => ("ProductCode", "ProductCode"),
        _ => return None,
    };
    let field = object.find_field(field)?;
    ctx.can_read_field(object.ix, field.ix).then_some(path)
}

/// The record that a name typed without script means.
pub(super) fn resolve(ctx: &Ctx, _object: &ObjectSchema, field: &FieldSchema, text: &str) -> Result<Matched> {
    named(ctx, &targets(ctx, field), text)
}

/// The person that a name typed without script means.
pub(crate) fn person(ctx: &Ctx, text: &str) -> Result<Matched> {
    record(ctx, ctx.object("User")?, text)
}

/// The record of an object that a name typed without script means.
pub(crate) fn record(ctx: &Ctx, object: &ObjectSchema, text: &str) -> Result<Matched> {
    named(ctx, &[object], text)
}

fn named(ctx: &Ctx, targets: &[&ObjectSchema], text: &str) -> Result<Matched> {
    let mut found = Vec::new();
    for target in targets {
        found.extend(find(ctx, target, text)?);
    }
    let exact: Vec<&Found> = found.iter().filter(|found| model::text::eq_fold(&found.name, text)).collect();
    Ok(match (found.as_slice(), exact.as_slice()) {
        ([], _) => Matched::None,
        ([one], _) => Matched::One(one.id, one.name.clone()),
        (_, [one]) => Matched::One(one.id, one.name.clone()),
        _ => Matched::Several(
            found
                .iter()
                .map(|found| LookupChoice::new(found.id.to_string(), found.name.clone()).detail(found.detail.clone()))
                .collect(),
        ),
    })
}
