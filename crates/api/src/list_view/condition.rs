//! The condition of a list as clients read it.

use platform::ListCondition;
use serde_json::{Value as Json, json};

pub(super) fn shown(condition: &ListCondition) -> Json {
    match condition {
        ListCondition::All(parts) => group("and", parts),
        ListCondition::Any(parts) => group("or", parts),
        ListCondition::Not(inner) => json!({"condition": shown(inner), "operator": "not"}),
        ListCondition::Test { field, operator, values } => {
            json!({"field": field, "operator": operator, "values": values})
        }
        ListCondition::Found { field, operator, query } => {
            json!({"field": field, "operator": operator, "subQuery": query})
        }
    }
}

fn group(conjunction: &str, parts: &[ListCondition]) -> Json {
    json!({"conditions": parts.iter().map(shown).collect::<Vec<_>>(), "conjunction": conjunction})
}
