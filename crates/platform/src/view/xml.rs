//! Records as XML, for the batches of the older bulk interface: elements named as fields, parents nested as records.

use super::{Node, Shape, name_of};
use model::{OrgSchema, Value, format_decimal};
use quick_xml::escape::escape;
use store::RecordRow;

/// One record: `<records xsi:type="sObject"><type>Account</type><Name>Acme</Name></records>`.
pub(crate) fn xml_record(out: &mut String, schema: &OrgSchema, shape: &Shape, row: &RecordRow) {
    let shown_as = schema.object(shape.object);
    let name = if shown_as.def.computed { shown_as.name() } else { name_of(schema, row.id) };
    object(out, schema, "records", name, &shape.nodes, row);
}

fn object(out: &mut String, schema: &OrgSchema, element: &str, type_name: &str, nodes: &[Node], row: &RecordRow) {
    out.push_str(&format!("<{element} xsi:type=\"sObject\"><type>{type_name}</type>"));
    for node in nodes {
        match node {
            Node::Field { name, output } => field(out, name, row.cells[*output].value()),
            Node::Parent { name, source, inner } => match row.parents.get(source.index()).copied().flatten() {
                Some(parent) => object(out, schema, name, name_of(schema, parent), inner, row),
                None => field(out, name, &Value::Null),
            },
            // No bulk query has them.
            Node::Children { name, .. } => field(out, name, &Value::Null),
        }
    }
    out.push_str(&format!("</{element}>"));
}

fn field(out: &mut String, name: &str, value: &Value) {
    let plain = match value {
        Value::Null => {
            out.push_str(&format!("<{name} xsi:nil=\"true\"/>"));
            return;
        }
        Value::Number(number) => {
            let plain = format_decimal(*number, None);
            if plain.contains('.') { plain } else { plain + ".0" }
        }
        Value::DateTime(instant) => {
            let text = instant.to_string();
            format!("{}Z", text.strip_suffix("+0000").unwrap_or(&text))
        }
        Value::Text(text) => sound(text),
        other => other.to_plain(),
    };
    out.push_str(&format!("<{name}>{}</{name}>", escape(&plain)));
}

/// A text without the control characters that no XML can hold; in their place stands the mark of a lost one.
fn sound(text: &str) -> String {
    let holds = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().map(|c| if holds(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}
