//! Row results, as JSON, CSV or XML, written while they are read.

use super::xml;
use model::Result;
use platform::{BulkFormat, BulkOutcomes, BulkRow, BulkStream};
use serde_json::{Value as Json, json};

/// Bytes that are put together before they are sent.
const CHUNK: usize = 64 * 1024;

pub(super) struct Outcomes {
    rows: BulkOutcomes,
    format: BulkFormat,
    first: bool,
    over: bool,
}

impl Outcomes {
    pub(super) fn new(rows: BulkOutcomes, format: BulkFormat) -> Self {
        Self { rows, format, first: true, over: false }
    }
}

impl BulkStream for Outcomes {
    fn chunk(&mut self) -> Result<Option<Vec<u8>>> {
        if self.over {
            return Ok(None);
        }
        let mut out = String::with_capacity(CHUNK + CHUNK / 4);
        let first = std::mem::replace(&mut self.first, false);
        if first {
            match self.format {
                BulkFormat::Json => out.push('['),
                BulkFormat::Csv => out.push_str("\"Id\",\"Success\",\"Created\",\"Error\"\n"),
                BulkFormat::Xml => out.push_str(&xml::opening("results")),
            }
        }
        let mut alone = first;
        while out.len() < CHUNK {
            let Some(row) = self.rows.next_row()? else {
                self.over = true;
                match self.format {
                    BulkFormat::Json => out.push(']'),
                    BulkFormat::Csv => {}
                    BulkFormat::Xml => out.push_str("</results>"),
                }
                break;
            };
            match self.format {
                BulkFormat::Json => {
                    if !std::mem::replace(&mut alone, false) {
                        out.push(',');
                    }
                    out.push_str(&json_of(&row).to_string());
                }
                BulkFormat::Csv => csv_of(&mut out, &row),
                BulkFormat::Xml => xml_of(&mut out, &row),
            }
        }
        Ok(Some(out.into_bytes()).filter(|out| !out.is_empty()))
    }
}

/// The record of a row that was saved; this interface names none of one that was not.
fn id_of(row: &BulkRow) -> Option<String> {
    row.id.filter(|_| row.is_success()).map(|id| id.to_string())
}

fn json_of(row: &BulkRow) -> Json {
    let errors: Vec<Json> = row
        .errors
        .iter()
        .map(|error| {
            json!({
                "statusCode": error.code.as_str(),
                "message": error.message,
                "fields": error.fields,
                "extendedErrorDetails": null,
            })
        })
        .collect();
    json!({"success": row.is_success(), "created": row.created, "id": id_of(row), "errors": errors})
}

fn csv_of(out: &mut String, row: &BulkRow) {
    let (success, created) = (row.is_success().to_string(), row.created.to_string());
    let cells = [id_of(row).unwrap_or_default(), success, created, row.error_text()];
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    }
    out.push('\n');
}

fn xml_of(out: &mut String, row: &BulkRow) {
    out.push_str("<result>");
    for error in &row.errors {
        out.push_str("<errors>");
        error.fields.iter().for_each(|field| out.push_str(&xml::element("fields", field)));
        out.push_str(&xml::element("message", &error.message));
        out.push_str(&xml::element("statusCode", error.code.as_str()));
        out.push_str("</errors>");
    }
    if let Some(id) = id_of(row) {
        out.push_str(&xml::element("id", &id));
    }
    out.push_str(&xml::element("success", &row.is_success().to_string()));
    out.push_str(&xml::element("created", &row.created.to_string()));
    out.push_str("</result>");
}
