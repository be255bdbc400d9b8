//! SOAP envelopes: reading by namespace whatever the prefixes, writing with the element names that clients look for.

use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

const ENVELOPE: &[u8] = b"http://schemas.xmlsoap.org/soap/envelope/";
const PARTNER: &str = "urn:partner.soap.sforce.com";
const ENTERPRISE: &str = "urn:enterprise.soap.sforce.com";
const FAULTS: &str = "urn:fault.partner.soap.sforce.com";

/// Deeper than any of the calls goes.
const MOST_DEPTH: usize = 16;

/// A call: the first element of the body, its direct children as text, and what the header says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) operation: String,
    pub(super) session_id: Option<String>,
    pub(super) organization_id: Option<String>,
    fields: Vec<(String, String)>,
}

impl Request {
    /// The text of a child of the call.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// Reads an envelope.
    ///
    /// # Errors
    /// In words for the client.
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(body).map_err(|_| "The envelope is not UTF-8.".to_owned())?;
        let mut reader = NsReader::from_str(text);
        let mut request = Self::default();
        let mut path: Vec<Element> = Vec::new();
        let mut content = String::new();
        loop {
            let (namespace, event) =
                reader.read_resolved_event().map_err(|error| format!("The envelope is not well formed: {error}"))?;
            match event {
                Event::Start(start) => {
                    if path.len() >= MOST_DEPTH {
                        return Err("The envelope is nested too deeply.".to_owned());
                    }
                    content.clear();
                    path.push(Element::of(&namespace, start.local_name().as_ref()));
                    request.enter(&path);
                }
                Event::Empty(start) => {
                    path.push(Element::of(&namespace, start.local_name().as_ref()));
                    request.enter(&path);
                    request.leave(&path, "");
                    path.pop();
                }
                Event::Text(part) => content.push_str(&part.decode().map_err(|error| error.to_string())?),
                Event::CData(part) => content.push_str(&part.decode().map_err(|error| error.to_string())?),
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(character)) => content.push(character),
                    Ok(None) => {
                        let name = reference.decode().map_err(|error| error.to_string())?;
                        let known = resolve_predefined_entity(&name);
                        content.push_str(
                            known.ok_or_else(|| "The envelope uses an entity that is not defined.".to_owned())?,
                        );
                    }
                    Err(error) => return Err(error.to_string()),
                },
                Event::End(_) => {
                    request.leave(&path, &content);
                    path.pop();
                    content.clear();
                }
                Event::DocType(_) => return Err("The envelope must not have a document type.".to_owned()),
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
        if request.operation.is_empty() {
            return Err("The envelope has no call in its body.".to_owned());
        }
        Ok(request)
    }

    fn enter(&mut self, path: &[Element]) {
        if let [envelope, body, call] = path
            && envelope.is_soap("Envelope")
            && body.is_soap("Body")
            && call.is_ours()
            && self.operation.is_empty()
        {
            self.operation.clone_from(&call.name);
        }
    }

    fn leave(&mut self, path: &[Element], content: &str) {
        let [envelope, part, group, field] = path else { return };
        if !envelope.is_soap("Envelope") || !group.is_ours() {
            return;
        }
        if part.is_soap("Body") && group.name == self.operation {
            self.fields.push((field.name.clone(), content.to_owned()));
        } else if part.is_soap("Header") {
            let value = content.trim();
            match (group.name.as_str(), field.name.as_str()) {
                ("SessionHeader", "sessionId") => self.session_id = Some(value.to_owned()),
                ("LoginScopeHeader", "organizationId") if !value.is_empty() => {
                    self.organization_id = Some(value.to_owned())
                }
                _ => {}
            }
        }
    }
}

struct Element {
    soap: bool,
    ours: bool,
    name: String,
}

impl Element {
    fn of(namespace: &ResolveResult<'_>, name: &[u8]) -> Self {
        let bound = match namespace {
            ResolveResult::Bound(bound) => bound.as_ref(),
            ResolveResult::Unbound | ResolveResult::Unknown(_) => b"",
        };
        Self {
            soap: bound == ENVELOPE,
            ours: bound == PARTNER.as_bytes() || bound == ENTERPRISE.as_bytes(),
            name: String::from_utf8_lossy(name).into_owned(),
        }
    }

    fn is_soap(&self, name: &str) -> bool {
        self.soap && self.name == name
    }

    fn is_ours(&self) -> bool {
        self.ours
    }
}

/// `<name>text</name>`, escaped.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// A reply: `response` with the content of its result.
pub(super) fn result(response: &str, content: &str) -> String {
    let content = if content.is_empty() { String::new() } else { format!("<result>{content}</result>") };
    envelope(&format!(" xmlns=\"{PARTNER}\""), &format!("<{response}>{content}</{response}>"))
}

/// A fault. Clients look for `faultstring` without and `sf:exceptionCode` with exactly these prefixes.
pub(super) fn fault(code: &str, message: &str) -> String {
    let (code, message) = (escape(code), escape(message));
    envelope(
        &format!(" xmlns:sf=\"{FAULTS}\""),
        &format!(
            "<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {message}</faultstring><detail>\
             <sf:UnexpectedErrorFault xsi:type=\"sf:UnexpectedErrorFault\"><sf:exceptionCode>{code}</sf:exceptionCode>\
             <sf:exceptionMessage>{message}</sf:exceptionMessage></sf:UnexpectedErrorFault></detail></soapenv:Fault>"
        ),
    )
}

fn envelope(namespaces: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope \
         xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"{namespaces} \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: &str = r#"<?xml version="1.0" encoding="utf-8" ?>
        <x:Envelope xmlns:x="http://schemas.xmlsoap.org/soap/envelope/" xmlns:u="urn:partner.soap.sforce.com">
          <x:Header><u:LoginScopeHeader><u:organizationId>00D000000000001</u:organizationId></u:LoginScopeHeader></x:Header>
          <x:Body><n1:login xmlns:n1="urn:partner.soap.sforce.com">
            <n1:username>a&amp;b&#64;c.de</n1:username><n1:password><![CDATA[p<w]]></n1:password>
          </n1:login></x:Body>
        </x:Envelope>"#;

    #[test]
    fn prefixes_do_not_matter_and_entities_are_resolved() {
        let request = Request::read(LOGIN.as_bytes()).expect("an envelope");
        assert_eq!(request.operation, "login");
        assert_eq!(request.field("username"), Some("a&b@c.de"));
        assert_eq!(request.field("password"), Some("p<w"));
        assert_eq!(request.organization_id.as_deref(), Some("00D000000000001"));
    }

    #[test]
    fn the_default_namespace_serves_as_well() {
        let text = r#"<se:Envelope xmlns:se="http://schemas.xmlsoap.org/soap/envelope/"><se:Header><SessionHeader
            xmlns="urn:partner.soap.sforce.com"><sessionId>00D!x</sessionId></SessionHeader></se:Header><se:Body><logout
            xmlns="urn:partner.soap.sforce.com"/></se:Body></se:Envelope>"#;
        let request = Request::read(text.as_bytes()).expect("an envelope");
        assert_eq!((request.operation.as_str(), request.session_id.as_deref()), ("logout", Some("00D!x")));
    }

    #[test]
    fn other_documents_are_refused_in_words() {
        let entity = "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>";
        for text in ["", "hello", "<a>", "<a></b>", "<a/>", entity] {
            assert!(Request::read(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Request::read("<a>".repeat(1000).as_bytes()).is_err());
    }

    #[test]
    fn a_fault_carries_code_and_message_escaped() {
        let text = fault("INVALID_LOGIN", "a < b");
        assert!(text.contains("<faultcode>sf:INVALID_LOGIN</faultcode>"));
        assert!(text.contains("<faultstring>INVALID_LOGIN: a &lt; b</faultstring>"));
        assert!(text.contains("<sf:exceptionMessage>a &lt; b</sf:exceptionMessage>"));
    }
}
