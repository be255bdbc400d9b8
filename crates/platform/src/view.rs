//! Answers as the JSON of the record API, written straight into a string.

mod xml;

pub(crate) use xml::xml_record;

use crate::query::{QueryAnswer, QueryBody};
use model::schema::FieldType;
use model::{ObjectIx, OrgSchema, RecordId, Value, format_decimal};
use soql::plan::{Expr, Output, Select, SourceIx};
use store::{Cell, RecordRow};

/// What the URLs in a reply need.
#[derive(Debug, Clone, Copy)]
pub struct ApiBase {
    /// Major version: 60 stands for `v60.0`.
    pub version: u16,
}

/// How the outputs of one level nest: parents become objects in the place where a path first names them.
enum Node {
    Field { name: String, output: usize },
    Parent { name: String, source: SourceIx, inner: Vec<Node> },
    Children { name: String, output: usize, shape: Shape },
}

/// The layout of the records of one level.
pub struct Shape {
    object: ObjectIx,
    nodes: Vec<Node>,
}

impl Shape {
    pub fn of(select: &Select) -> Self {
        let mut nodes = Vec::new();
        for (at, output) in select.output.iter().enumerate() {
            match output {
                Output::Field { expr, path } => insert(&mut nodes, select, source_of(expr), path, at),
                Output::Named { alias, .. } => nodes.push(Node::Field { name: alias.clone(), output: at }),
                Output::Children { name, select, .. } => {
                    nodes.push(Node::Children { name: name.clone(), output: at, shape: Shape::of(select) });
                }
                Output::TypeOf { name, .. } => nodes.push(Node::Field { name: name.clone(), output: at }),
            }
        }
        Self { object: select.object(), nodes }
    }
}

fn source_of(expr: &Expr) -> SourceIx {
    match expr {
        Expr::Field(field) | Expr::ToLabel(field) => field.source,
        Expr::NameField { source, .. } | Expr::TypeName { source, .. } => *source,
        Expr::Format(inner) | Expr::ConvertCurrency(inner) | Expr::Grouping(inner) => source_of(inner),
        Expr::Date { .. } | Expr::Aggregate { .. } | Expr::Distance { .. } => SourceIx::ROOT,
    }
}

fn insert(nodes: &mut Vec<Node>, select: &Select, source: SourceIx, path: &[String], output: usize) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        nodes.push(Node::Field { name: first.clone(), output });
        return;
    }
    let known = nodes.iter().position(|node| matches!(node, Node::Parent { name, .. } if name == first));
    let at = known.unwrap_or_else(|| {
        nodes.push(Node::Parent {
            name: first.clone(),
            source: ancestor(select, source, rest.len() - 1),
            inner: Vec::new(),
        });
        nodes.len() - 1
    });
    if let Some(Node::Parent { inner, .. }) = nodes.get_mut(at) {
        insert(inner, select, source, rest, output);
    }
}

/// The source so many steps above `source`.
fn ancestor(select: &Select, mut source: SourceIx, steps: usize) -> SourceIx {
    for _ in 0..steps {
        match select.source(source).via {
            Some((from, _)) => source = from,
            None => break,
        }
    }
    source
}

/// `{"totalSize":…,"done":…,"records":[…]}`
pub fn query_answer(answer: &QueryAnswer, base: ApiBase, next_url: Option<&str>) -> String {
    let mut out = String::with_capacity(256 + answer.records().len() * 256);
    out.push_str("{\"totalSize\":");
    out.push_str(&answer.total.to_string());
    out.push_str(if next_url.is_some() { ",\"done\":false" } else { ",\"done\":true" });
    if let Some(url) = next_url {
        out.push_str(",\"nextRecordsUrl\":");
        text(&mut out, url);
    }
    out.push_str(",\"records\":[");
    let plan = answer.plan.plan();
    match &answer.body {
        QueryBody::Count => {}
        QueryBody::Records(rows) => {
            let shape = Shape::of(&plan.select);
            for (at, row) in rows.iter().enumerate() {
                separator(&mut out, at);
                record(&mut out, &plan.schema, base, &shape, row);
            }
        }
        QueryBody::Groups(groups) => {
            for (at, group) in groups.iter().enumerate() {
                separator(&mut out, at);
                out.push_str("{\"attributes\":{\"type\":\"AggregateResult\"}");
                for (output, cell) in plan.select.output.iter().zip(group) {
                    out.push(',');
                    text(&mut out, output_name(output));
                    out.push(':');
                    value(&mut out, cell);
                }
                out.push('}');
            }
        }
    }
    out.push_str("]}");
    out
}

fn output_name(output: &Output) -> &str {
    match output {
        Output::Field { path, .. } => path.last().map(String::as_str).unwrap_or_default(),
        Output::Named { alias, .. } => alias,
        Output::Children { name, .. } | Output::TypeOf { name, .. } => name,
    }
}

/// The first record of an answer, alone.
pub fn single_record(answer: &QueryAnswer, base: ApiBase) -> Option<String> {
    let row = answer.records().first()?;
    let plan = answer.plan.plan();
    let mut out = String::with_capacity(1024);
    record(&mut out, &plan.schema, base, &Shape::of(&plan.select), row);
    Some(out)
}

/// One record with its attributes.
pub fn record(out: &mut String, schema: &OrgSchema, base: ApiBase, shape: &Shape, row: &RecordRow) {
    // A row that was put together for the question is shown as one of that, though its id is that of another record.
    let shown_as = schema.object(shape.object);
    let name = if shown_as.def.computed { shown_as.name() } else { name_of(schema, row.id) };
    object(out, schema, base, &shape.nodes, (name, row.id), row);
}

fn object(
    out: &mut String,
    schema: &OrgSchema,
    base: ApiBase,
    nodes: &[Node],
    (name, id): (&str, RecordId),
    row: &RecordRow,
) {
    out.push('{');
    attributes(out, name, base, id);
    for node in nodes {
        out.push(',');
        node_of(out, schema, base, node, row);
    }
    out.push('}');
}

fn name_of(schema: &OrgSchema, id: RecordId) -> &str {
    schema.find_by_prefix(id.prefix()).map_or("Name", |object| object.name())
}

fn attributes(out: &mut String, name: &str, base: ApiBase, id: RecordId) {
    out.push_str("\"attributes\":{\"type\":\"");
    out.push_str(name);
    out.push_str("\",\"url\":\"/services/data/v");
    out.push_str(&base.version.to_string());
    out.push_str(".0/sobjects/");
    out.push_str(name);
    out.push('/');
    out.push_str(&id.to_string());
    out.push_str("\"}");
}

fn node_of(out: &mut String, schema: &OrgSchema, base: ApiBase, node: &Node, row: &RecordRow) {
    match node {
        Node::Field { name, output } => {
            text(out, name);
            out.push(':');
            cell(out, schema, base, &row.cells[*output]);
        }
        Node::Parent { name, source, inner } => {
            text(out, name);
            out.push(':');
            match row.parents.get(source.index()).copied().flatten() {
                Some(parent) => object(out, schema, base, inner, (name_of(schema, parent), parent), row),
                None => out.push_str("null"),
            }
        }
        Node::Children { name, output, shape } => {
            text(out, name);
            out.push(':');
            match &row.cells[*output] {
                Cell::Children(rows) if !rows.is_empty() => {
                    out.push_str(&format!("{{\"totalSize\":{},\"done\":true,\"records\":[", rows.len()));
                    for (at, child) in rows.iter().enumerate() {
                        separator(out, at);
                        record(out, schema, base, shape, child);
                    }
                    out.push_str("]}");
                }
                _ => out.push_str("null"),
            }
        }
    }
}

fn separator(out: &mut String, at: usize) {
    if at > 0 {
        out.push(',');
    }
}

fn cell(out: &mut String, schema: &OrgSchema, base: ApiBase, shown: &Cell) {
    match shown {
        Cell::Value(inner) => value(out, inner),
        Cell::Address(parts) => address(out, parts),
        Cell::Location(parts) => location(out, parts),
        Cell::Content { record, field } => content(out, schema, base, *record, field),
        Cell::TypeOf(Some(record)) => {
            out.push('{');
            attributes(out, name_of(schema, record.id), base, record.id);
            for (name, field) in &record.fields {
                out.push(',');
                text(out, name);
                out.push(':');
                cell(out, schema, base, field);
            }
            out.push('}');
        }
        Cell::Children(_) | Cell::TypeOf(None) => out.push_str("null"),
    }
}

fn address(out: &mut String, parts: &[Value; 7]) {
    if parts.iter().all(Value::is_null) {
        out.push_str("null");
        return;
    }
    let [street, city, state, postal_code, country, latitude, longitude] = parts;
    let named = [
        ("city", city),
        ("country", country),
        ("latitude", latitude),
        ("longitude", longitude),
        ("postalCode", postal_code),
        ("state", state),
        ("street", street),
    ];
    out.push_str("{\"geocodeAccuracy\":null");
    for (name, part) in named {
        out.push_str(",\"");
        out.push_str(name);
        out.push_str("\":");
        value(out, part);
    }
    out.push('}');
}

/// The address of the bytes.
fn content(out: &mut String, schema: &OrgSchema, base: ApiBase, record: RecordId, field: &str) {
    let object = schema.find_by_prefix(record.prefix()).map_or("", |object| object.name());
    text(out, &format!("/services/data/v{}.0/sobjects/{object}/{record}/{field}", base.version));
}

fn location(out: &mut String, [latitude, longitude]: &[Value; 2]) {
    if latitude.is_null() && longitude.is_null() {
        out.push_str("null");
        return;
    }
    out.push_str("{\"latitude\":");
    value(out, latitude);
    out.push_str(",\"longitude\":");
    value(out, longitude);
    out.push('}');
}

/// A value in the form of the JSON API: ints without a point, other numbers with one, instants in UTC.
pub fn value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(number) => out.push_str(&number.to_string()),
        Value::Number(number) => {
            let plain = format_decimal(*number, None);
            out.push_str(&plain);
            if !plain.contains('.') {
                out.push_str(".0");
            }
        }
        Value::Text(content) => text(out, content),
        Value::Date(date) => {
            out.push('"');
            out.push_str(&date.to_string());
            out.push('"');
        }
        Value::DateTime(instant) => {
            out.push('"');
            out.push_str(&instant.to_string());
            out.push('"');
        }
        Value::Time(time) => {
            out.push('"');
            out.push_str(&time.to_string());
            out.push_str("Z\"");
        }
        Value::Id(id) => {
            out.push('"');
            out.push_str(&id.to_string());
            out.push('"');
        }
    }
}

/// A JSON string.
pub fn text(out: &mut String, content: &str) {
    out.push('"');
    for c in content.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Whether a field's numbers travel without a point.
pub fn is_whole(data_type: &FieldType) -> bool {
    *data_type.value_type() == FieldType::Int
}
