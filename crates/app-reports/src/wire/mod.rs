//! Reports as the analytics API shows them, without its addresses.

mod describe;
mod facts;
mod metadata;

pub(crate) use metadata::extended;

pub use describe::{operators_json, type_json};
pub use metadata::metadata_json;

use crate::run::ReportRun;
use serde_json::{Map, Value as Json, json};

/// The most records of one answer; a file has all of them.
pub const MAX_ROWS: usize = 100_000;

/// The answer of a run, without attributes. `metadata` is the definition as [`metadata_json`] shows it.
pub fn run_json(run: &ReportRun, mut metadata: Map<String, Json>, details: bool) -> Map<String, Json> {
    // Columns that the reader may not see are not in the answer, and so not in what describes it.
    if details {
        metadata.insert("detailColumns".to_owned(), run.columns.iter().map(|column| column.name.clone()).collect());
    }
    metadata.insert("aggregates".to_owned(), run.aggregates.iter().map(|one| one.name.clone()).collect());
    metadata.insert("hasDetailRows".to_owned(), details.into());
    let (fact_map, is_whole) = facts::fact_map(run, details);
    let axis = |groups| json!({"groupings": facts::groupings(groups, "")});
    let mut reply = Map::new();
    reply.insert("allData".to_owned(), is_whole.into());
    reply.insert("hasDetailRows".to_owned(), details.into());
    reply.insert("hasExceededTabularRowLimit".to_owned(), (!is_whole).into());
    reply.insert("groupingsDown".to_owned(), axis(&run.groups));
    reply.insert("groupingsAcross".to_owned(), axis(&run.groups_across));
    reply.insert("factMap".to_owned(), Json::Object(fact_map));
    reply.insert("reportMetadata".to_owned(), Json::Object(metadata));
    reply.insert("reportExtendedMetadata".to_owned(), run.extended.clone());
    if !run.notices.is_empty() {
        reply.insert("notices".to_owned(), run.notices.clone().into());
    }
    reply
}
