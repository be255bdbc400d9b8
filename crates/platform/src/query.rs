//! Queries: text → plan → gate → rows, in pages that show the rows of the first call.

use crate::ctx::Ctx;
use crate::org::Org;
use crate::reach::Reach;
use model::{Error, ErrorCode, ObjectSchema, OrgSchema, RecordId, Result, Value};
use policy::{AuthorizedPlan, Identity, Service, authorize};
use soql::plan::{
    CompareOp, Cond, Expr, FieldRef, Operand, Output, ResolvedPlan, RowScope, Select, SelectId, SelectKind, Source,
    SourceIx, Target,
};
use soql::{ResolveContext, ast};
use std::sync::Arc;
use store::RecordRow;

/// How a query is to be answered.
#[derive(Debug, Clone, Copy)]
pub struct QueryOptions {
    /// The recycle bin too (`queryAll`).
    pub with_deleted: bool,
    /// Rows of a page, 200 to 2,000.
    pub batch_size: usize,
    /// Major version of the API the query came by.
    pub api_version: u16,
}

impl Default for QueryOptions {
    fn default() -> Self {
        Self { with_deleted: false, batch_size: MAX_BATCH, api_version: 60 }
    }
}

pub(crate) const MAX_BATCH: usize = 2000;
pub(crate) const MIN_BATCH: usize = 200;

/// Where the next page of an answer begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locator {
    pub cursor: i64,
    pub offset: usize,
}

/// One page of an answer.
#[derive(Debug)]
pub struct QueryAnswer {
    pub plan: AuthorizedPlan,
    /// Rows of the whole answer.
    pub total: u64,
    pub next: Option<Locator>,
    pub body: QueryBody,
}

#[derive(Debug)]
pub enum QueryBody {
    Records(Vec<RecordRow>),
    /// `SELECT COUNT()`: `total` is the answer.
    Count,
    /// One value per output.
    Groups(Vec<Vec<Value>>),
}

impl QueryAnswer {
    /// The records of the page; none for counts and groups.
    pub fn records(&self) -> &[RecordRow] {
        match &self.body {
            QueryBody::Records(rows) => rows,
            QueryBody::Count | QueryBody::Groups(_) => &[],
        }
    }

    /// The groups of the page; none for counts and records.
    pub fn groups(&self) -> &[Vec<Value>] {
        match &self.body {
            QueryBody::Groups(groups) => groups,
            QueryBody::Count | QueryBody::Records(_) => &[],
        }
    }
}

impl Ctx {
    pub(crate) fn resolve_context(&self, options: QueryOptions) -> ResolveContext {
        ResolveContext {
            now: self.now(),
            zone: self.user.zone.clone(),
            first_weekday: self.user.first_weekday(),
            fiscal_start_month: self.settings().fiscal_start_month,
            api_version: options.api_version,
            rows: if options.with_deleted { RowScope::WithDeleted } else { RowScope::Live },
            currency: Some(self.settings().currency.clone()),
        }
    }

    /// Reads, resolves and authorizes a query.
    ///
    /// # Errors
    /// The API's codes, with the position in the text.
    pub fn plan(&self, text: &str, options: QueryOptions) -> Result<AuthorizedPlan> {
        let plan = soql::plan_visible(text, &self.schema, &self.resolve_context(options), self)?;
        authorize(&self.identity, plan)
    }

    /// As [`Ctx::plan`], from a tree made in code.
    ///
    /// # Errors
    /// As [`Ctx::plan`], without positions.
    pub fn plan_tree(&self, query: &ast::Query, options: QueryOptions) -> Result<AuthorizedPlan> {
        let plan = soql::resolve_visible(query, "", &self.schema, &self.resolve_context(options), self)?;
        authorize(&self.identity, plan)
    }

    /// Answers a query with its first page.
    ///
    /// # Errors
    /// The API's codes, with the position in the text.
    pub fn query(&self, text: &str, options: QueryOptions) -> Result<QueryAnswer> {
        self.query_within(&mut &*self.org.store, text, options)
    }

    pub(crate) fn query_within(
        &self,
        reach: &mut impl Reach,
        text: &str,
        options: QueryOptions,
    ) -> Result<QueryAnswer> {
        let plan = self.plan(text, options)?;
        let batch = options.batch_size.clamp(MIN_BATCH, MAX_BATCH);
        match plan.plan().select.kind {
            SelectKind::Count => {
                let read_options = self.options_for(&plan)?;
                let total = reach.read(|tx| tx.count(&plan, &read_options))?;
                Ok(QueryAnswer { plan, total, next: None, body: QueryBody::Count })
            }
            SelectKind::Groups { .. } => self.first_groups(reach, plan, text, options, batch),
            SelectKind::Records => {
                let answer = self.first_records(reach, plan, text, options, batch)?;
                self.remember(reach, &answer)?;
                Ok(answer)
            }
        }
    }

    /// Every row of a record query at once: for reports and exports, whose own limits apply.
    ///
    /// # Errors
    /// As [`Ctx::query`].
    pub fn query_all_rows(&self, text: &str, options: QueryOptions) -> Result<(AuthorizedPlan, Vec<RecordRow>)> {
        let plan = self.plan(text, options)?;
        let rows = self.records_of(&plan)?;
        Ok((plan, rows))
    }

    /// Every row of several record queries made in code, all from one snapshot: for reports, whose own limits apply.
    ///
    /// # Errors
    /// As [`Ctx::plan_tree`].
    pub fn rows_of_trees(&self, queries: &[&ast::Query], options: QueryOptions) -> Result<Vec<Vec<RecordRow>>> {
        let mut plans = Vec::with_capacity(queries.len());
        for query in queries {
            let plan = self.plan_tree(query, options)?;
            let read_options = self.options_for(&plan)?;
            plans.push((plan, read_options));
        }
        let mut answers = self.org.store.read(|tx| {
            plans.iter().map(|(plan, read_options)| tx.records(plan, read_options, None)).collect::<Result<Vec<_>>>()
        })?;
        for ((plan, _), rows) in plans.iter().zip(&mut answers) {
            self.localize_records(plan.plan(), rows);
        }
        Ok(answers)
    }

    /// Every group of a grouped query made in code, one value per output.
    ///
    /// # Errors
    /// As [`Ctx::plan_tree`].
    pub fn groups_of_tree(&self, query: &ast::Query, options: QueryOptions) -> Result<Vec<Vec<Value>>> {
        self.groups_of(&self.plan_tree(query, options)?)
    }

    pub(crate) fn records_of(&self, plan: &AuthorizedPlan) -> Result<Vec<RecordRow>> {
        let read_options = self.options_for(plan)?;
        let mut rows = self.org.store.read(|tx| tx.records(plan, &read_options, None))?;
        self.localize_records(plan.plan(), &mut rows);
        Ok(rows)
    }

    pub(crate) fn groups_of(&self, plan: &AuthorizedPlan) -> Result<Vec<Vec<Value>>> {
        self.groups_within(&mut &*self.org.store, plan)
    }

    pub(crate) fn groups_within(&self, reach: &mut impl Reach, plan: &AuthorizedPlan) -> Result<Vec<Vec<Value>>> {
        let read_options = self.options_for(plan)?;
        let mut groups = reach.read(|tx| tx.groups(plan, &read_options))?;
        self.localize_groups(plan.plan(), &mut groups);
        Ok(groups)
    }

    /// One record with the given fields, or with every field that the user may read.
    ///
    /// # Errors
    /// `NOT_FOUND` for a record that is not there or that the user may not see; `ENTITY_IS_DELETED` for one in the
    /// recycle bin that the user could see; `INVALID_FIELD` for a field.
    pub fn record_get(&self, object: &str, id: RecordId, fields: Option<&[String]>) -> Result<QueryAnswer> {
        self.record_get_within(&mut &*self.org.store, object, id, fields)
    }

    pub(crate) fn record_get_within(
        &self,
        reach: &mut impl Reach,
        object: &str,
        id: RecordId,
        fields: Option<&[String]>,
    ) -> Result<QueryAnswer> {
        let object = self.object(object)?;
        if id.prefix() != object.key_prefix() {
            return Err(Error::not_found());
        }
        let outputs = match fields {
            None => object.fields.iter().filter(|field| self.can_read_field(object.ix, field.ix)).map(output).collect(),
            Some(names) => {
                let list = names.join(", ");
                let text = format!("SELECT {list} FROM {} WHERE Id = '{id}'", object.name());
                let answer = self.query_within(reach, &text, QueryOptions::default())?;
                return if answer.records().is_empty() { Err(self.absent(reach, object, id)) } else { Ok(answer) };
            }
        };
        let plan = authorize(&self.identity, by_id(&self.schema, object, id, outputs, RowScope::Live))?;
        let read_options = self.read_options();
        let rows = reach.read(|tx| tx.records(&plan, &read_options, Some(1)))?;
        if rows.is_empty() {
            return Err(self.absent(reach, object, id));
        }
        Ok(QueryAnswer { plan, total: 1, next: None, body: QueryBody::Records(rows) })
    }

    /// The ids among `ids` of records of `object` that exist and that the user may read.
    ///
    /// # Errors
    /// What the database reports.
    pub fn readable_among(&self, object: &ObjectSchema, ids: &[RecordId]) -> Result<Vec<RecordId>> {
        let mut plan = by_id(&self.schema, object, RecordId::from_i64(0), Vec::new(), RowScope::Live);
        plan.select.filter = None;
        let plan = authorize(&self.identity, plan)?;
        let read_options = self.read_options();
        let rows = self.org.store.read(|tx| tx.records_by_id(&plan, &read_options, ids))?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// Why a record cannot be had: deleted, where the user could see it, else simply not found.
    fn absent(&self, reach: &mut impl Reach, object: &ObjectSchema, id: RecordId) -> Error {
        let plan = authorize(&self.identity, by_id(&self.schema, object, id, Vec::new(), RowScope::WithDeleted));
        let read_options = self.read_options();
        let deleted = plan.and_then(|plan| reach.read(|tx| tx.count(&plan, &read_options)));
        match deleted {
            Ok(0) | Err(_) => Error::not_found(),
            Ok(_) => Error::new(ErrorCode::EntityIsDeleted, "entity is deleted"),
        }
    }

    /// Notes that the user looked at a record.
    ///
    /// # Errors
    /// What the database reports.
    pub fn record_viewed(&self, id: RecordId) -> Result<()> {
        match self.user_id() {
            Some(user) => self.org.store.write(|tx| tx.recent_put(user, id)),
            None => Ok(()),
        }
    }
}

fn output(field: &model::FieldSchema) -> Output {
    let expr = Expr::Field(FieldRef { source: SourceIx::ROOT, field: field.ix, position: 0 });
    Output::Field { expr, path: vec![field.name().to_owned()] }
}

/// A plan for one record, made in code.
pub(crate) fn by_id(
    schema: &Arc<OrgSchema>,
    object: &ObjectSchema,
    id: RecordId,
    output: Vec<Output>,
    rows: RowScope,
) -> ResolvedPlan {
    let left = Expr::Field(FieldRef { source: SourceIx::ROOT, field: model::FieldIx::ID, position: 0 });
    let select = Select {
        id: SelectId(0),
        sources: vec![Source { target: Target::Object(object.ix), via: None, position: 0 }],
        kind: SelectKind::Records,
        output,
        search: None,
        filter: Some(Cond::Compare { left, op: CompareOp::Eq, right: Operand::Value(Value::Id(id)) }),
        having: None,
        order_by: Vec::new(),
        limit: None,
        offset: 0,
        rows,
        mine: false,
        for_view: false,
        for_reference: false,
    };
    ResolvedPlan { schema: schema.clone(), text: Arc::from(""), select }
}

/// A query of a service, for the platform's own look-ups.
pub(crate) fn plan_for_service(
    org: &Org,
    schema: &Arc<OrgSchema>,
    service: &'static Service,
    text: &str,
) -> Result<AuthorizedPlan> {
    let identity = crate::access::identity_of_service(org, schema, service);
    plan_for_identity(org, schema, &identity, text)
}

/// The same with what lies in the recycle bin.
pub(crate) fn plan_with_deleted_for_service(
    org: &Org,
    schema: &Arc<OrgSchema>,
    service: &'static Service,
    text: &str,
) -> Result<AuthorizedPlan> {
    let identity = crate::access::identity_of_service(org, schema, service);
    plan_of_rows(org, schema, &identity, text, RowScope::WithDeleted)
}

pub(crate) fn plan_for_identity(
    org: &Org,
    schema: &Arc<OrgSchema>,
    identity: &Identity,
    text: &str,
) -> Result<AuthorizedPlan> {
    plan_of_rows(org, schema, identity, text, RowScope::Live)
}

fn plan_of_rows(
    org: &Org,
    schema: &Arc<OrgSchema>,
    identity: &Identity,
    text: &str,
    rows: RowScope,
) -> Result<AuthorizedPlan> {
    let context = ResolveContext {
        now: org.now(),
        zone: model::Zone::UTC,
        first_weekday: jiff::civil::Weekday::Monday,
        fiscal_start_month: org.settings().fiscal_start_month,
        api_version: 60,
        rows,
        currency: None,
    };
    authorize(identity, soql::plan(text, schema, &context)?)
}
