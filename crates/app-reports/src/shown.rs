//! What a dashboard shows, as who lends their rights agrees to it.

use crate::dashboards::SavedDashboard;
use crate::definition::ReportMetadata;
use crate::hook::SERVICES;
use model::{Error, RecordId, Result};
use platform::{Ctx, QueryOptions};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};

/// The reports of a dashboard as they were defined at one moment, and a print of all that is agreed to: those definitions,
/// whether records are listed or figures shown alone, and the filters. How it is laid out is no part of it.
#[derive(Clone, Debug)]
pub struct Shown {
    print: String,
    definitions: HashMap<RecordId, String>,
}

impl Shown {
    /// # Errors
    /// What the database reports.
    pub fn of(ctx: &Ctx, saved: &SavedDashboard) -> Result<Self> {
        let components = &saved.definition.components;
        let definitions = definitions(ctx, &components.iter().map(|component| component.report_id).collect())?;
        let mut parts: BTreeSet<(RecordId, bool)> = BTreeSet::new();
        for component in components {
            let report = definitions.get(&component.report_id).and_then(|text| ReportMetadata::parse(text).ok());
            // One that cannot be read shows nothing either way.
            parts.insert((component.report_id, report.is_some_and(|report| component.lists_records(&report))));
        }
        let mut digest = Sha256::new();
        for (report, lists_records) in parts {
            let text = definitions.get(&report).map(String::as_str).unwrap_or_default();
            digest.update(format!("{report} {lists_records} {}\n{text}\n", text.len()));
        }
        digest.update(serde_json::to_string(&saved.definition.filters).map_err(Error::internal)?);
        let print = digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { print, definitions })
    }

    pub fn print(&self) -> &str {
        &self.print
    }

    /// How a report was defined at that moment; none for one that was not there.
    pub(crate) fn definition(&self, report: RecordId) -> Option<&str> {
        self.definitions.get(&report).map(String::as_str)
    }
}

fn definitions(ctx: &Ctx, reports: &BTreeSet<RecordId>) -> Result<HashMap<RecordId, String>> {
    if reports.is_empty() {
        return Ok(HashMap::new());
    }
    let service = Ctx::for_service(ctx.org(), &SERVICES[2])?;
    let ids: Vec<String> = reports.iter().map(|report| format!("'{report}'")).collect();
    let text = format!("SELECT Definition FROM Report WHERE Id IN ({})", ids.join(", "));
    let (_, rows) = service.query_all_rows(&text, QueryOptions::default())?;
    Ok(rows.iter().map(|row| (row.id, row.cells[0].value().as_text().unwrap_or_default().to_owned())).collect())
}
