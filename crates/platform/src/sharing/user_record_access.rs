//! `UserRecordAccess`: what a user may do with given records, asked as a query. The rows are worked out for the users
//! and records that the query names; they are stored nowhere.

use crate::ctx::Ctx;
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result, Value};
use policy::AuthorizedPlan;
use soql::plan::{CompareOp, Cond, Expr, Operand, SourceIx};
use std::sync::Arc;
use store::{GivenRows, ReadOptions};

/// Records that one query may ask about.
const MOST_RECORDS: usize = 200;

impl Ctx {
    /// How a plan is to be run: with the rows that it needs and that no table holds.
    pub(crate) fn options_for(&self, plan: &AuthorizedPlan) -> Result<ReadOptions> {
        let mut options = self.read_options();
        let object = self.schema.object(plan.plan().select.object());
        if object.def.computed {
            let rows = self.access_rows(object, plan)?;
            options.given = Some(Arc::new(GivenRows { object: object.ix, rows }));
        }
        Ok(options)
    }

    fn access_rows(&self, object: &ObjectSchema, plan: &AuthorizedPlan) -> Result<Vec<Vec<Value>>> {
        let filter = plan.plan().select.filter.as_ref();
        let named = |field: &str| filter.map(|filter| named(object, filter, field)).unwrap_or_default();
        let (users, records) = (named("UserId"), named("RecordId"));
        let ([user], false) = (users.as_slice(), records.is_empty()) else {
            return Err(Error::new(
                ErrorCode::MalformedQuery,
                "UserRecordAccess is asked for one user and given records: WHERE UserId = '...' AND RecordId = '...', \
                 or RecordId IN (...)",
            ));
        };
        if records.len() > MOST_RECORDS {
            return Err(Error::new(
                ErrorCode::ExceededIdLimit,
                format!("UserRecordAccess is asked for at most {MOST_RECORDS} records at once"),
            ));
        }
        let verdicts = self.record_access(*user, &records)?;
        let rows = verdicts.iter().map(|verdict| {
            let mut row = vec![Value::Null; object.fields.len()];
            let values: [(&str, Value); 9] = [
                ("Id", verdict.id.into()),
                ("IsDeleted", false.into()),
                ("UserId", (*user).into()),
                ("RecordId", verdict.id.into()),
                ("HasReadAccess", verdict.read.into()),
                ("HasEditAccess", verdict.edit.into()),
                ("HasDeleteAccess", verdict.delete.into()),
                ("HasTransferAccess", verdict.transfer.into()),
                ("HasAllAccess", verdict.share.into()),
            ];
            let max = [("MaxAccessLevel", Value::from(verdict.max.as_str()))];
            for (name, value) in values.into_iter().chain(max) {
                if let Some(field) = object.find_field(name) {
                    row[field.ix.index()] = value;
                }
            }
            row
        });
        Ok(rows.collect())
    }
}

/// The ids that every row found must have in a field.
fn named(object: &ObjectSchema, cond: &Cond, name: &str) -> Vec<RecordId> {
    let is_field = |expr: &Expr| match expr {
        Expr::Field(field) => field.source == SourceIx::ROOT && object.field(field.field).name() == name,
        _ => false,
    };
    let id = |operand: &Operand| match operand {
        Operand::Value(Value::Id(id)) => Some(*id),
        _ => None,
    };
    match cond {
        Cond::And(parts) => {
            parts.iter().map(|part| named(object, part, name)).find(|ids| !ids.is_empty()).unwrap_or_default()
        }
        Cond::Compare { left, op: CompareOp::Eq, right } if is_field(left) => id(right).into_iter().collect(),
        Cond::In { left, values, negated: false } if is_field(left) => values.iter().filter_map(id).collect(),
        _ => Vec::new(),
    }
}
