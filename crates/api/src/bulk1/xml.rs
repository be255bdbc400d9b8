//! The XML of the older interface: a root element with texts in it.

use model::{Error, ErrorCode, Result};
use quick_xml::Reader;
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::Event;

const NAMESPACE: &str = "http://www.force.com/2009/06/asyncapi/dataload";
pub(super) const CONTENT_TYPE: &str = "application/xml";

/// `<name>text</name>`, escaped.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// A document of one root.
pub(super) fn document(root: &str, inner: &str) -> String {
    format!("{}{inner}</{root}>", opening(root))
}

/// The beginning of a document, up to what its root holds.
pub(super) fn opening(root: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><{root} xmlns=\"{NAMESPACE}\">")
}

/// The texts below the root of a document, by name; prefixes mean nothing.
///
/// # Errors
/// `INVALIDJOB` for what is no such document.
pub(super) fn read(body: &[u8], root: &str) -> Result<Vec<(String, String)>> {
    let refuse = |why: &str| Error::new(ErrorCode::InvalidJob, format!("The request is not a {root} in XML: {why}"));
    let text = std::str::from_utf8(body).map_err(|_| refuse("it is not UTF-8."))?;
    let mut reader = Reader::from_str(text.trim_start());
    let (mut path, mut fields, mut content, mut begun) = (Vec::<String>::new(), Vec::new(), String::new(), false);
    loop {
        match reader.read_event().map_err(|error| refuse(&error.to_string()))? {
            Event::Start(start) => {
                let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                if path.is_empty() && name != root {
                    return Err(refuse("it begins with another element."));
                }
                if path.len() > 2 {
                    return Err(refuse("it is nested too deeply."));
                }
                begun = true;
                content.clear();
                path.push(name);
            }
            Event::Text(part) => content.push_str(&part.decode().map_err(|error| refuse(&error.to_string()))?),
            Event::CData(part) => content.push_str(&part.decode().map_err(|error| refuse(&error.to_string()))?),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => content.push(character),
                Ok(None) => {
                    let name = reference.decode().map_err(|error| refuse(&error.to_string()))?;
                    let known = resolve_predefined_entity(&name);
                    content.push_str(known.ok_or_else(|| refuse("it uses an entity that is not defined."))?);
                }
                Err(error) => return Err(refuse(&error.to_string())),
            },
            Event::End(_) => {
                if let Some(name) = path.pop()
                    && path.len() == 1
                {
                    fields.push((name, content.trim().to_owned()));
                }
                content.clear();
            }
            Event::DocType(_) => return Err(refuse("it must not have a document type.")),
            Event::Eof => break,
            Event::Empty(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
    if path.is_empty() && begun { Ok(fields) } else { Err(refuse("it ends too early.")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_whatever_the_prefix_and_broken_documents_are_refused() {
        let text =
            b" \n<?xml version=\"1.0\"?><a:jobInfo xmlns:a=\"x\"><a:object>A&amp;B</a:object><state/></a:jobInfo>";
        assert_eq!(read(text, "jobInfo").expect("a document"), [("object".to_owned(), "A&B".to_owned())]);
        for text in ["", "x", "<jobInfo>", "<other/>", "<other></other>", "<!DOCTYPE a><jobInfo></jobInfo>"] {
            assert!(read(text.as_bytes(), "jobInfo").is_err(), "{text}");
        }
    }
}
