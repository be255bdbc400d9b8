//! The gate for reading: every node of a plan is visited, and a node without a rule is an error.

use crate::{Access, Identity, Level, Service, record_access};
use model::{Error, ErrorCode, FieldIx, ObjectIx, OrgSchema, Result};
use soql::plan::{
    Cond, Expr, FieldRef, GroupMode, Output, ResolvedPlan, Select, SelectId, SelectKind, SourceIx, Target,
};
use std::collections::HashMap;
use std::sync::Arc;

/// In whose name the criteria of sharing rules are evaluated.
pub(crate) static SHARING_RULES: Service = Service {
    name: "sharing-rules",
    purpose: "Evaluates the criteria of sharing rules on a record's own fields, inside the decision whether a user may \
              see it; reads nothing by itself.",
    grants: &[],
};

/// A plan that its asker may run, with the record access of every source. Nothing else makes one.
#[derive(Debug, Clone)]
pub struct AuthorizedPlan {
    plan: ResolvedPlan,
    access: HashMap<(SelectId, SourceIx), Vec<(ObjectIx, Access)>>,
    identity: Identity,
}

impl AuthorizedPlan {
    /// The condition of a sharing rule: it reads its own record, which the statement it stands in reads anyway, and is
    /// evaluated without field permissions. It yields no row by itself.
    pub(crate) fn of_rule(plan: ResolvedPlan, identity: Identity) -> Self {
        let access = HashMap::from([((plan.select.id, SourceIx::ROOT), vec![(plan.select.object(), Access::Nothing)])]);
        Self { plan, access, identity }
    }

    pub fn plan(&self) -> &ResolvedPlan {
        &self.plan
    }

    pub fn schema(&self) -> &Arc<OrgSchema> {
        &self.plan.schema
    }

    /// The objects that take part, in any place.
    pub fn objects(&self) -> impl Iterator<Item = ObjectIx> {
        self.access.values().flatten().map(|(object, _)| *object)
    }

    /// Whether the answer depends on the asker's place in roles and groups.
    pub fn is_personal(&self) -> bool {
        self.access.values().flatten().any(|(_, access)| access.is_personal())
    }

    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Which records of a source may take part, per object it can be.
    ///
    /// # Errors
    /// An internal error when the source was never visited: such a plan must not run.
    pub fn access(&self, select: SelectId, source: SourceIx) -> Result<&[(ObjectIx, Access)]> {
        self.access
            .get(&(select, source))
            .map(Vec::as_slice)
            .ok_or_else(|| Error::internal(format!("source {source:?} of {select:?} was not authorized")))
    }
}

/// Checks a plan for an identity: objects readable, every used field readable, record access attached.
///
/// What the identity may not see answers exactly as what does not exist.
///
/// # Errors
/// `INVALID_TYPE` or `INVALID_FIELD` as for a missing object, relationship or field; an internal error for a plan made
/// for another schema version than the identity's permissions.
pub fn authorize(identity: &Identity, plan: ResolvedPlan) -> Result<AuthorizedPlan> {
    if identity.permissions().schema_version() != plan.schema.version() {
        return Err(Error::internal("the plan and the permissions belong to different versions of the metadata"));
    }
    let mut visit = Visit { identity, plan: &plan, access: HashMap::new() };
    visit.select(&plan.select)?;
    let access = visit.access;
    Ok(AuthorizedPlan { access, identity: identity.clone(), plan })
}

struct Visit<'a> {
    identity: &'a Identity,
    plan: &'a ResolvedPlan,
    access: HashMap<(SelectId, SourceIx), Vec<(ObjectIx, Access)>>,
}

impl Visit<'_> {
    fn select(&mut self, select: &Select) -> Result<()> {
        for (at, source) in select.sources.iter().enumerate() {
            let ix = SourceIx(u32::try_from(at).map_err(Error::internal)?);
            let objects = match &source.target {
                Target::Object(object) => self.members(*object),
                Target::AnyOf(objects) => objects.clone(),
            };
            let readable: Vec<_> = objects.into_iter().filter(|object| self.readable_object(*object)).collect();
            if readable.is_empty() {
                return Err(self.unreadable_source(select, ix));
            }
            let access = readable
                .into_iter()
                .map(|object| (object, record_access(self.identity, &self.plan.schema, object, Level::Read)))
                .collect();
            self.access.insert((select.id, ix), access);
            if let Some((from, field)) = source.via {
                self.field(select, &FieldRef { source: from, field, position: source.position })?;
            }
        }
        match &select.kind {
            SelectKind::Records | SelectKind::Count => {}
            SelectKind::Groups { keys, mode: GroupMode::Plain | GroupMode::Rollup | GroupMode::Cube } => {
                keys.iter().try_for_each(|key| self.expr(select, key))?;
            }
        }
        select.output.iter().try_for_each(|output| self.output(select, output))?;
        for field in select.search.iter().flat_map(|search| &search.fields) {
            self.field(
                select,
                &FieldRef { source: SourceIx::ROOT, field: *field, position: select.sources[0].position },
            )?;
        }
        for cond in select.filter.iter().chain(&select.having) {
            self.cond(select, cond)?;
        }
        select.order_by.iter().try_for_each(|sort| self.expr(select, &sort.expr))
    }

    /// The object itself, or the objects whose records it shows together.
    fn members(&self, object: ObjectIx) -> Vec<ObjectIx> {
        let members = self.plan.schema.object(object).members();
        if members.is_empty() {
            return vec![object];
        }
        members.iter().filter_map(|member| Some(self.plan.schema.find_object(&member.object)?.ix)).collect()
    }

    fn output(&mut self, select: &Select, output: &Output) -> Result<()> {
        match output {
            Output::Field { expr, .. } | Output::Named { expr, .. } => self.expr(select, expr),
            Output::Children { name, select: children, link } => {
                let child = children.object();
                if !self.readable_object(child) || !self.readable_field(child, *link) {
                    let parent = self.plan.schema.object(select.object());
                    return Err(soql::no_such_relationship(
                        &self.plan.text,
                        children.sources[0].position,
                        name,
                        parent.name(),
                    ));
                }
                self.select(children)
            }
            Output::TypeOf { source, arms, otherwise, .. } => {
                for arm in arms {
                    for field in &arm.fields {
                        if !self.readable_object(arm.object) || !self.readable_field(arm.object, *field) {
                            return Err(self.no_such_column(arm.object, *field, arm.position));
                        }
                    }
                }
                let position = select.source(*source).position;
                otherwise.iter().try_for_each(|field| self.name_field(&field.fields, position))
            }
        }
    }

    fn expr(&mut self, select: &Select, expr: &Expr) -> Result<()> {
        match expr {
            Expr::Field(field) | Expr::ToLabel(field) => self.field(select, field),
            Expr::NameField { fields, position, .. } => self.name_field(fields, *position),
            // The type of a reference is known from the lookup itself, which the source's own check covers.
            Expr::TypeName { .. } => Ok(()),
            Expr::Date { argument, .. }
            | Expr::Grouping(argument)
            | Expr::Format(argument)
            | Expr::ConvertCurrency(argument) => self.expr(select, argument),
            Expr::Aggregate { argument, .. } => argument.as_deref().map_or(Ok(()), |inner| self.expr(select, inner)),
            Expr::Distance { latitude, longitude, .. } => {
                self.field(select, latitude)?;
                self.field(select, longitude)
            }
        }
    }

    fn cond(&mut self, select: &Select, cond: &Cond) -> Result<()> {
        match cond {
            Cond::And(parts) | Cond::Or(parts) => parts.iter().try_for_each(|part| self.cond(select, part)),
            Cond::Not(inner) => self.cond(select, inner),
            Cond::Compare { left, .. } | Cond::In { left, .. } | Cond::Like { left, .. } => self.expr(select, left),
            Cond::Includes { left, .. } => self.field(select, left),
            Cond::SemiJoin { left, select: inner_select, inner, .. } => {
                self.expr(select, left)?;
                self.select(inner_select)?;
                self.field(inner_select, inner)
            }
            Cond::TypeIs { .. } => Ok(()),
        }
    }

    fn field(&self, select: &Select, field: &FieldRef) -> Result<()> {
        match &select.source(field.source).target {
            Target::Object(object) if self.readable_field(*object, field.field) => Ok(()),
            Target::Object(object) => Err(self.no_such_column(*object, field.field, field.position)),
            Target::AnyOf(_) => Err(Error::internal("a plain field was asked of a polymorphic source")),
        }
    }

    /// A field of the pseudo-object Name: readable when it is on every object that has it and is readable itself.
    fn name_field(&self, fields: &[(ObjectIx, Option<FieldIx>)], position: u32) -> Result<()> {
        for (object, field) in fields {
            if let Some(field) = field
                && self.readable_object(*object)
                && !self.readable_field(*object, *field)
            {
                return Err(self.no_such_column(*object, *field, position));
            }
        }
        Ok(())
    }

    fn readable_object(&self, object: ObjectIx) -> bool {
        self.identity.permissions().object(object).read
    }

    fn readable_field(&self, object: ObjectIx, field: FieldIx) -> bool {
        self.identity.permissions().field(object, field).read
    }

    fn no_such_column(&self, object: ObjectIx, field: FieldIx, position: u32) -> Error {
        let object = self.plan.schema.object(object);
        soql::no_such_column(&self.plan.text, position, object.field(field).name(), object.name())
    }

    fn unreadable_source(&self, select: &Select, ix: SourceIx) -> Error {
        let source = select.source(ix);
        let Some((from, via)) = source.via else {
            return soql::unsupported_object(self.plan.schema.object(select.object()).name());
        };
        let Target::Object(from) = select.source(from).target else {
            return Error::new(ErrorCode::InvalidField, "This relationship cannot be followed.");
        };
        let from = self.plan.schema.object(from);
        let step = from.field(via).data_type().as_reference().and_then(|reference| reference.relationship.clone());
        soql::no_such_relationship(&self.plan.text, source.position, &step.unwrap_or_default(), from.name())
    }
}
