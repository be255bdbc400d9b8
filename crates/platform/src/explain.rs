//! How a query would be answered: by an index or by reading the whole table, and how many rows that touches.

use crate::ctx::Ctx;
use crate::query::QueryOptions;
use model::{FieldIx, FieldType, ObjectIx, ObjectSchema, Result};
use policy::authorize;
use soql::plan::{CompareOp, Cond, Expr, ResolvedPlan, SelectKind, SourceIx};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryExplanation {
    pub object: ObjectIx,
    /// Indexed fields of the object that the filter narrows by; none means that the table is read.
    pub indexed: Vec<FieldIx>,
    /// Records of the object that the user may see.
    pub object_rows: u64,
    /// Those that pass the filter.
    pub rows: u64,
}

impl Ctx {
    /// Explains a query without answering it.
    ///
    /// # Errors
    /// As [`Ctx::query`].
    pub fn query_explain(&self, text: &str, options: QueryOptions) -> Result<QueryExplanation> {
        let plan = soql::plan_visible(text, &self.schema, &self.resolve_context(options), self)?;
        let object = self.schema.object(plan.select.object());
        let mut indexed = Vec::new();
        if let Some(filter) = &plan.select.filter {
            collect_indexed(object, filter, &mut indexed);
        }
        let rows = self.count_of(plan.clone())?;
        let mut whole = plan;
        whole.select.filter = None;
        let object_rows = self.count_of(whole)?;
        Ok(QueryExplanation { object: object.ix, indexed, object_rows, rows })
    }

    /// The records behind a plan, whatever it makes of them.
    fn count_of(&self, mut plan: ResolvedPlan) -> Result<u64> {
        plan.select.kind = SelectKind::Count;
        plan.select.output.clear();
        plan.select.order_by.clear();
        plan.select.having = None;
        plan.select.limit = None;
        plan.select.offset = 0;
        let plan = authorize(&self.identity, plan)?;
        let read_options = self.read_options();
        self.org.store.read(|tx| tx.count(&plan, &read_options))
    }
}

/// Fields that every row found must match by an index: those of AND, never of OR or NOT.
fn collect_indexed(object: &ObjectSchema, cond: &Cond, indexed: &mut Vec<FieldIx>) {
    let left = match cond {
        Cond::And(parts) => {
            parts.iter().for_each(|part| collect_indexed(object, part, indexed));
            return;
        }
        Cond::Compare { left, op, .. } if *op != CompareOp::Ne => left,
        Cond::In { left, negated: false, .. } | Cond::SemiJoin { left, negated: false, .. } => left,
        _ => return,
    };
    if let Expr::Field(field) = left
        && field.source == SourceIx::ROOT
        && is_indexed(object, field.field)
        && !indexed.contains(&field.field)
    {
        indexed.push(field.field);
    }
}

fn is_indexed(object: &ObjectSchema, field: FieldIx) -> bool {
    let field = object.field(field);
    let def = &field.def;
    *field.data_type() == FieldType::Id || !field.targets.is_empty() || def.unique || def.external_id || def.indexed
}
