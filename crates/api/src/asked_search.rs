//! `parameterizedSearch`: a search told by parameters in place of SOSL. It becomes SOSL and is answered as such.

use crate::call::{Call, comma_list, is_true};
use crate::reply::Reply;
use crate::search;
use crate::sobject::check_path;
use model::{Error, ErrorCode, Result};
use platform::{Ctx, QueryOptions};
use serde_json::{Map, Value as Json};

/// Characters that SOSL gives a meaning which no word of a search needs: they are searched for as they are.
const PLAIN: &str = "&|!{}[]^~:'+-";

/// What is searched for, and where.
#[derive(Default)]
struct Asked {
    words: String,
    scope: Option<String>,
    objects: Vec<AskedObject>,
    /// Rows of all objects, and of each that names no number of its own.
    overall: Option<u64>,
    each: Option<u64>,
    /// Further clauses, in the words of SOSL.
    with: Vec<String>,
}

#[derive(Default)]
struct AskedObject {
    name: String,
    fields: Vec<String>,
    filter: Option<String>,
    order: Option<String>,
    limit: Option<u64>,
    offset: Option<u64>,
}

/// `GET`: `q=…&sobject=Account&Account.fields=Id,Name&Account.limit=10`
pub(crate) fn by_parameters(ctx: &Ctx, call: &Call) -> Result<Reply> {
    let mut body = Map::new();
    let mut objects: Vec<Map<String, Json>> = Vec::new();
    for (name, value) in &call.query {
        match name.split_once('.') {
            Some((object, part)) => entry(&mut objects, object).insert(part.to_owned(), value.as_str().into()),
            None if name.eq_ignore_ascii_case("sobject") => {
                for object in comma_list(value) {
                    entry(&mut objects, &object);
                }
                None
            }
            None => body.insert(name.clone(), value.as_str().into()),
        };
    }
    if !objects.is_empty() {
        body.insert("sobjects".to_owned(), objects.into_iter().map(Json::Object).collect());
    }
    answer(ctx, call, &body)
}

/// `POST`: the same as JSON.
pub(crate) fn by_body(ctx: &Ctx, call: &Call) -> Result<Reply> {
    answer(ctx, call, &call.json_object()?)
}

fn entry<'a>(objects: &'a mut Vec<Map<String, Json>>, name: &str) -> &'a mut Map<String, Json> {
    let is_it = |object: &Map<String, Json>| {
        object.get("name").and_then(Json::as_str).is_some_and(|known| known.eq_ignore_ascii_case(name))
    };
    let at = objects.iter().position(is_it).unwrap_or_else(|| {
        objects.push(Map::from_iter([("name".to_owned(), name.into())]));
        objects.len() - 1
    });
    &mut objects[at]
}

fn answer(ctx: &Ctx, call: &Call, body: &Map<String, Json>) -> Result<Reply> {
    let asked = read(body)?;
    // A part that says more than its place allows would change the search around it: each object is judged by itself.
    for object in &asked.objects {
        ctx.plan(&object.as_query(), QueryOptions { api_version: call.version, ..QueryOptions::default() })?;
    }
    search::answer(ctx, call, &asked.to_sosl())
}

fn read(body: &Map<String, Json>) -> Result<Asked> {
    let mut asked = Asked::default();
    let mut fields = Vec::new();
    for (name, value) in body {
        match name.to_ascii_lowercase().as_str() {
            "q" => asked.words = text(name, value)?,
            "in" => asked.scope = Some(scope(&text(name, value)?)?),
            "fields" => fields = names(name, value)?,
            "sobjects" => {
                let Json::Array(objects) = value else { return Err(wrong(name, "a list")) };
                asked.objects = objects.iter().map(read_object).collect::<Result<_>>()?;
            }
            "overalllimit" => asked.overall = Some(number(name, value)?),
            "defaultlimit" => asked.each = Some(number(name, value)?),
            "spellcorrection" => {
                let on = value.as_bool().unwrap_or_else(|| is_true(value.as_str()));
                asked.with.push(format!("SPELL_CORRECTION = {on}"));
            }
            "metadata" => asked.with.push(format!("METADATA = {}", platform::literal::quoted(&text(name, value)?))),
            "division" => asked.with.push(format!("DIVISION = {}", platform::literal::quoted(&text(name, value)?))),
            "pricebookid" => {
                asked.with.push(format!("PRICEBOOKID = {}", platform::literal::quoted(&text(name, value)?)))
            }
            "snippet" => asked.with.push(format!("SNIPPET (target_length = {})", number(name, value)?)),
            "datacategories" | "networkids" | "updatetracking" | "updateviewstat" => {
                return Err(Error::new(
                    ErrorCode::FunctionalityNotEnabled,
                    format!("The parameter {name} is not enabled in this org."),
                ));
            }
            _ => return Err(unknown(name)),
        }
    }
    if asked.words.trim().is_empty() {
        return Err(Error::new(ErrorCode::MalformedSearch, "A search string has to be specified in q."));
    }
    if !fields.is_empty() && asked.objects.is_empty() {
        return Err(Error::new(ErrorCode::InvalidField, "fields needs objects to be of: name them in sobjects."));
    }
    for object in asked.objects.iter_mut().filter(|object| object.fields.is_empty()) {
        object.fields = if fields.is_empty() { vec!["Id".to_owned()] } else { fields.clone() };
    }
    for object in &mut asked.objects {
        object.limit = object.limit.or(asked.each);
    }
    Ok(asked)
}

fn read_object(json: &Json) -> Result<AskedObject> {
    let Json::Object(given) = json else { return Err(wrong("sobjects", "a list of objects")) };
    let mut object = AskedObject::default();
    for (name, value) in given {
        match name.to_ascii_lowercase().as_str() {
            "name" => object.name = text(name, value)?,
            "fields" => object.fields = names(name, value)?,
            "where" => object.filter = Some(text(name, value)?),
            "orderby" => object.order = Some(text(name, value)?),
            "limit" => object.limit = Some(number(name, value)?),
            "offset" => object.offset = Some(number(name, value)?),
            _ => return Err(unknown(name)),
        }
    }
    check_path(&object.name)?;
    Ok(object)
}

impl Asked {
    fn to_sosl(&self) -> String {
        let mut words = String::with_capacity(self.words.len() + 8);
        let mut escaped = false;
        for c in self.words.chars() {
            if !escaped && PLAIN.contains(c) {
                words.push('\\');
            }
            escaped = !escaped && c == '\\';
            words.push(c);
        }
        let mut sosl = format!("FIND {{{words}}} IN {} FIELDS", self.scope.as_deref().unwrap_or("ALL"));
        if !self.objects.is_empty() {
            let objects: Vec<String> = self.objects.iter().map(AskedObject::returning).collect();
            sosl.push_str(&format!(" RETURNING {}", objects.join(", ")));
        }
        for with in &self.with {
            sosl.push_str(&format!(" WITH {with}"));
        }
        if let Some(limit) = self.overall {
            sosl.push_str(&format!(" LIMIT {limit}"));
        }
        sosl
    }
}

impl AskedObject {
    fn returning(&self) -> String {
        format!("{}({}{})", self.name, self.fields.join(", "), self.clauses())
    }

    fn as_query(&self) -> String {
        format!("SELECT {} FROM {}{}", self.fields.join(", "), self.name, self.clauses())
    }

    fn clauses(&self) -> String {
        let filter = self.filter.iter().map(|filter| format!(" WHERE ({filter})"));
        let order = self.order.iter().map(|order| format!(" ORDER BY {order}"));
        let limit = self.limit.iter().map(|limit| format!(" LIMIT {limit}"));
        filter.chain(order).chain(limit).chain(self.offset.iter().map(|offset| format!(" OFFSET {offset}"))).collect()
    }
}

fn scope(text: &str) -> Result<String> {
    let scope = text.trim().to_ascii_uppercase();
    let scope = scope.strip_suffix(" FIELDS").unwrap_or(&scope);
    if ["ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"].contains(&scope) {
        return Ok(scope.to_owned());
    }
    Err(wrong("in", "one of ALL, NAME, EMAIL, PHONE, SIDEBAR"))
}

/// A list of names, or a text with commas between them.
fn names(name: &str, value: &Json) -> Result<Vec<String>> {
    let list = match value {
        Json::String(text) => comma_list(text),
        Json::Array(items) => items.iter().map(|item| text(name, item)).collect::<Result<_>>()?,
        _ => return Err(wrong(name, "a list of names")),
    };
    list.iter().try_for_each(|field| check_path(field))?;
    Ok(list)
}

fn text(name: &str, value: &Json) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong(name, "a text"))
}

fn number(name: &str, value: &Json) -> Result<u64> {
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    number.ok_or_else(|| wrong(name, "a whole number"))
}

fn wrong(name: &str, what: &str) -> Error {
    let shown: String = name.chars().take(80).collect();
    Error::new(ErrorCode::InvalidField, format!("{shown} must be {what}.")).with_field(shown)
}

fn unknown(name: &str) -> Error {
    let shown: String = name.chars().take(80).collect();
    Error::new(ErrorCode::InvalidField, format!("There is no parameter {shown}.")).with_field(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parameters_become_a_search() {
        let body = json!({
            "q": "Acme* O'Neil \\- x-y",
            "in": "name",
            "fields": ["Id", "Name"],
            "sobjects": [{"name": "Account", "where": "Rating = 'Hot'", "orderBy": "Name", "limit": 5}, {"name": "Contact", "fields": "Email"}],
            "defaultLimit": "7",
            "overallLimit": 9,
        });
        let asked = read(body.as_object().expect("an object")).expect("a search");
        assert_eq!(
            asked.to_sosl(),
            "FIND {Acme* O\\'Neil \\- x\\-y} IN NAME FIELDS RETURNING Account(Id, Name WHERE (Rating = 'Hot') ORDER BY Name \
             LIMIT 5), Contact(Email LIMIT 7) LIMIT 9"
        );
    }

    #[test]
    fn what_is_no_parameter_is_refused() {
        for body in [
            json!({"q": ""}),
            json!({"q": "acme", "colour": "red"}),
            json!({"q": "acme", "fields": ["Name"]}),
            json!({"q": "acme", "sobjects": [{"name": "Account) , Contact(Id"}]}),
            json!({"q": "acme", "overallLimit": "many"}),
            json!({"q": "acme", "in": "EVERYTHING"}),
        ] {
            assert!(read(body.as_object().expect("an object")).is_err(), "{body}");
        }
    }
}
