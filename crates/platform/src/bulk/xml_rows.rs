//! Rows of XML, as the older interface takes them: `<sObjects><sObject><Name>Acme</Name></sObject></sObjects>`. Each
//! becomes what the same row of JSON is, so that both are judged alike.

use super::json_rows::Stretch;
use model::{Error, ErrorCode, Result};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value as Json};

const ROOT: &str = "sObjects";
const ROW: &str = "sObject";
/// A row, a relationship, the parent in it, its key.
const MOST_DEPTH: usize = 5;

fn broken(why: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::InvalidBatch, format!("The batch is not a list of records in XML: {why}"))
}

/// Reads up to `most` rows behind the first `skipped`.
///
/// # Errors
/// `InvalidBatch` for a body that is no such document.
pub(super) fn stretch(body: &[u8], skipped: u64, most: usize) -> Result<Stretch> {
    let text = std::str::from_utf8(body).map_err(|_| broken("it is not UTF-8."))?;
    let mut reader = Rows { reader: Reader::from_str(text.trim_start_matches('\u{feff}').trim_start()), read: 0 };
    let mut found = Stretch { rows: Vec::new(), is_last: true };
    reader.root()?;
    // The rest is read too, so that a body that is broken further on is told in one way.
    while let Some(row) = reader.next()? {
        if reader.read <= skipped {
            continue;
        }
        if found.rows.len() == most {
            found.is_last = false;
        } else {
            found.rows.push(row);
        }
    }
    Ok(found)
}

struct Rows<'a> {
    reader: Reader<&'a [u8]>,
    read: u64,
}

/// What an element holds so far.
struct Open {
    name: String,
    is_nil: bool,
    fields: Map<String, Json>,
    text: String,
}

impl Open {
    fn of(start: &BytesStart<'_>) -> Result<Self> {
        let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
        let mut is_nil = false;
        for attribute in start.attributes() {
            let attribute = attribute.map_err(broken)?;
            is_nil |= attribute.key.local_name().as_ref() == b"nil" && matches!(&*attribute.value, b"true" | b"1");
        }
        Ok(Self { name, is_nil, fields: Map::new(), text: String::new() })
    }

    /// What it stands for; an element without a text says nothing.
    fn value(self) -> Option<Json> {
        if self.is_nil {
            Some(Json::Null)
        } else if !self.fields.is_empty() {
            Some(Json::Object(self.fields))
        } else {
            Some(self.text).filter(|text| !text.trim().is_empty()).map(Json::String)
        }
    }
}

impl Rows<'_> {
    /// Passes over what stands before the rows.
    fn root(&mut self) -> Result<()> {
        loop {
            match self.reader.read_event().map_err(broken)? {
                Event::Start(start) if start.local_name().as_ref() == ROOT.as_bytes() => return Ok(()),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                Event::Text(text) if text.iter().all(u8::is_ascii_whitespace) => {}
                Event::DocType(_) => return Err(broken("it must not have a document type.")),
                _ => return Err(broken(format!("it begins with something else than {ROOT}."))),
            }
        }
    }

    fn next(&mut self) -> Result<Option<Json>> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            let event = self.reader.read_event().map_err(broken)?;
            match event {
                Event::Start(start) => {
                    if open.len() == MOST_DEPTH {
                        return Err(broken("it is nested too deeply."));
                    }
                    open.push(Open::of(&start)?);
                }
                Event::Empty(start) => {
                    open.push(Open::of(&start)?);
                    if let Some(row) = self.close(&mut open)? {
                        return Ok(Some(row));
                    }
                }
                Event::End(_) if open.is_empty() => return self.end().map(|()| None),
                Event::End(_) => {
                    if let Some(row) = self.close(&mut open)? {
                        return Ok(Some(row));
                    }
                }
                Event::Text(part) => add(&mut open, &part.decode().map_err(broken)?)?,
                Event::CData(part) => add(&mut open, &part.decode().map_err(broken)?)?,
                Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(broken)? {
                    Some(character) => add(&mut open, character.encode_utf8(&mut [0; 4]))?,
                    None => {
                        let name = reference.decode().map_err(broken)?;
                        let known = resolve_predefined_entity(&name);
                        add(&mut open, known.ok_or_else(|| broken("it uses an entity that is not defined."))?)?;
                    }
                },
                Event::DocType(_) => return Err(broken("it must not have a document type.")),
                Event::Eof => return Err(broken("it ends too early.")),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
    }

    /// Ends the innermost element; a row when it was the outermost.
    fn close(&mut self, open: &mut Vec<Open>) -> Result<Option<Json>> {
        let Some(done) = open.pop() else { return Ok(None) };
        let Some(around) = open.last_mut() else {
            if done.name != ROW {
                return Err(broken(format!("its rows are called {ROW}, not {}.", shown(&done.name))));
            }
            if !done.text.trim().is_empty() {
                return Err(broken("a row holds fields, and no text of its own."));
            }
            self.read += 1;
            return Ok(Some(Json::Object(done.fields)));
        };
        let name = done.name.clone();
        if let Some(value) = done.value() {
            // `<Parent__r><sObject><Key__c>` names a parent by its key; `type` says of which object it is.
            match value {
                Json::Object(parent) if name == ROW => around.fields.extend(parent.into_iter().map(as_parent)),
                value if around.fields.contains_key(&name) => {
                    let _ = value;
                    return Err(broken(format!("{} is given twice in one row.", shown(&name))));
                }
                value => {
                    around.fields.insert(name, value);
                }
            }
        }
        Ok(None)
    }

    /// Nothing but space and comments follows the rows.
    fn end(&mut self) -> Result<()> {
        loop {
            match self.reader.read_event().map_err(broken)? {
                Event::Eof => return Ok(()),
                Event::Comment(_) | Event::PI(_) => {}
                Event::Text(text) if text.iter().all(u8::is_ascii_whitespace) => {}
                _ => return Err(broken("something stands behind the last row.")),
            }
        }
    }
}

fn as_parent((name, value): (String, Json)) -> (String, Json) {
    if name != "type" {
        return (name, value);
    }
    let attributes = [("type".to_owned(), value)].into_iter().collect();
    ("attributes".to_owned(), Json::Object(attributes))
}

fn add(open: &mut [Open], text: &str) -> Result<()> {
    match open.last_mut() {
        Some(inner) => inner.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(broken("text stands between its rows.")),
    }
    Ok(())
}

fn shown(name: &str) -> String {
    name.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rows(body: &str) -> std::result::Result<Vec<Json>, String> {
        stretch(body.as_bytes(), 0, 100).map(|found| found.rows).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn rows_are_read_with_empty_values_escapes_and_parents_named_by_key() {
        let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- two -->\n<a:sObjects xmlns:a=\"x\" xmlns:xsi=\"y\">\n\
            <a:sObject><a:Name>A &amp; B &#x26; &lt;C&gt;</a:Name><Phone xsi:nil=\"true\"/><Fax></Fax>\n\
            <Parent__r><sObject><type>Thing__c</type><Key__c>k</Key__c></sObject></Parent__r></a:sObject>\n\
            <sObject><Name><![CDATA[<raw>]]></Name></sObject><sObject/></a:sObjects>\n";
        let expected = [
            json!({"Name": "A & B & <C>", "Phone": null,
                   "Parent__r": {"attributes": {"type": "Thing__c"}, "Key__c": "k"}}),
            json!({"Name": "<raw>"}),
            json!({}),
        ];
        assert_eq!(rows(body).expect("rows"), expected);
    }

    #[test]
    fn a_stretch_says_whether_more_rows_follow() {
        let body = format!("<sObjects>{}</sObjects>", "<sObject><Name>x</Name></sObject>".repeat(5));
        for (skipped, most, count, is_last) in [(0, 2, 2, false), (3, 2, 2, true), (4, 2, 1, true), (5, 2, 0, true)] {
            let found = stretch(body.as_bytes(), skipped, most).expect("rows");
            assert_eq!((found.rows.len(), found.is_last), (count, is_last), "{skipped} {most}");
        }
    }

    #[test]
    fn what_is_no_list_of_records_is_refused_whatever_it_is() {
        for body in [
            "",
            "x",
            "<sObjects>",
            "<sObject></sObject>",
            "<sObjects></sObjects><sObjects></sObjects>",
            "<sObjects>x</sObjects>",
            "<sObjects><other/></sObjects>",
            "<sObjects><sObject>text</sObject></sObjects>",
            "<sObjects><sObject><Name>a</Name><Name>b</Name></sObject></sObjects>",
            "<sObjects><sObject><Name>&unknown;</Name></sObject></sObjects>",
            "<sObjects><sObject><Name>a</Other></sObject></sObjects>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><sObjects></sObjects>",
            "<sObjects><sObject><a><b><c><d><e>1</e></d></c></b></a></sObject></sObjects>",
        ] {
            assert!(rows(body).is_err(), "{body}");
        }
        assert_eq!(rows("<sObjects></sObjects>"), Ok(Vec::new()));
    }
}
