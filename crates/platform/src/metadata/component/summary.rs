//! Roll-up summaries: what is counted or added up, of which details.

use super::{needed, refuse};
use model::schema::{RollUp, RollUpFilter, RollUpFunction, RollUpOperator};
use model::{FieldType, OrgSchema, Result};
use serde::{Deserialize, Serialize};

/// One condition on the details that count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SummaryFilter {
    /// `Detail__c.Field__c`
    pub field: String,
    pub operation: String,
    #[serde(default)]
    pub value: String,
}

const OPERATIONS: [(RollUpOperator, &str); 8] = [
    (RollUpOperator::Equals, "equals"),
    (RollUpOperator::NotEqual, "notEqual"),
    (RollUpOperator::LessThan, "lessThan"),
    (RollUpOperator::LessOrEqual, "lessOrEqual"),
    (RollUpOperator::GreaterThan, "greaterThan"),
    (RollUpOperator::GreaterOrEqual, "greaterOrEqual"),
    (RollUpOperator::Contains, "contains"),
    (RollUpOperator::StartsWith, "startsWith"),
];

/// What a summary field says in words of its own.
pub(super) struct Said<'a> {
    pub(super) foreign_key: Option<&'a String>,
    pub(super) operation: Option<&'a String>,
    pub(super) field: Option<&'a String>,
    pub(super) filters: &'a [SummaryFilter],
}

impl Said<'_> {
    pub(super) fn roll_up(&self, schema: &OrgSchema) -> Result<RollUp> {
        let (child, master) = parts("summaryForeignKey", needed("summaryForeignKey", self.foreign_key)?)?;
        let operation = needed("summaryOperation", self.operation)?;
        let function = [RollUpFunction::Count, RollUpFunction::Sum, RollUpFunction::Min, RollUpFunction::Max];
        let function = function.into_iter().find(|known| known.name().eq_ignore_ascii_case(operation));
        let function = function.ok_or_else(|| refuse("summaryOperation", "it is count, sum, min or max"))?;
        let detail = schema
            .find_object(&child)
            .ok_or_else(|| refuse("summaryForeignKey", format!("there is no object {child}")))?;
        let own = |word: &str, path: &str| {
            let (object, field) = parts(word, path)?;
            if !object.eq_ignore_ascii_case(&child) {
                return Err(refuse(word, format!("{path} is no field of {child}, whose records are summarised")));
            }
            match detail.find_field(&field) {
                Some(field) => Ok(field),
                None => Err(refuse(word, format!("{child} has no field {field}"))),
            }
        };
        let field = match (function, self.field) {
            (RollUpFunction::Count, None) => None,
            (RollUpFunction::Count, Some(_)) => {
                return Err(refuse("summarizedField", "a count is of records, not of a field"));
            }
            _ => Some(own("summarizedField", needed("summarizedField", self.field)?)?),
        };
        let filter = self.filters.iter().map(|filter| {
            let known = OPERATIONS.iter().find(|(_, name)| name.eq_ignore_ascii_case(&filter.operation));
            let (operator, _) = known.ok_or_else(|| {
                let names: Vec<&str> = OPERATIONS.iter().map(|(_, name)| *name).collect();
                refuse("summaryFilterItems", format!("{} is none of {}", filter.operation, names.join(", ")))
            })?;
            let field = own("summaryFilterItems", &filter.field)?.name().to_owned();
            Ok(RollUpFilter { field, operator: *operator, value: filter.value.clone() })
        });
        let returns = match field {
            Some(field) => field.data_type().value_type().clone(),
            None => FieldType::Number { precision: 18, scale: 0 },
        };
        Ok(RollUp {
            function,
            child: detail.name().to_owned(),
            master,
            field: field.map(|field| field.name().to_owned()),
            filter: filter.collect::<Result<_>>()?,
            returns: Box::new(returns),
        })
    }
}

/// A path such as `Detail__c.Field__c` in its two parts.
fn parts(word: &str, path: &str) -> Result<(String, String)> {
    match path.split_once('.') {
        Some((object, field)) if !object.is_empty() && !field.is_empty() => Ok((object.to_owned(), field.to_owned())),
        _ => Err(refuse(word, format!("{path} does not name an object and a field, such as Detail__c.Field__c"))),
    }
}

/// The words of a roll-up, into a component.
pub(super) fn tell(roll_up: &RollUp, into: &mut super::CustomField) {
    let path = |field: &str| format!("{}.{field}", roll_up.child);
    into.summary_foreign_key = Some(path(&roll_up.master));
    into.summary_operation = Some(roll_up.function.name().to_ascii_lowercase());
    into.summarized_field = roll_up.field.as_deref().map(path);
    into.summary_filter_items = roll_up
        .filter
        .iter()
        .map(|filter| {
            let name = OPERATIONS.iter().find(|(operator, _)| *operator == filter.operator);
            SummaryFilter {
                field: path(&filter.field),
                operation: name.map(|(_, name)| (*name).to_owned()).unwrap_or_default(),
                value: filter.value.clone(),
            }
        })
        .collect();
}
