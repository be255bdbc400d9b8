//! The sharing rules of an org, compiled against one version of its metadata.

use super::AccountChild;
use crate::authorize::SHARING_RULES;
use crate::{AuthorizedPlan, Identity, Level};
use model::schema::{GrantLevel, RuleSource, SharingRule};
use model::{Error, ErrorCode, Instant, ObjectIx, ObjectSchema, OrgId, OrgSchema, RecordId, Result, Zone};
use soql::plan::{Cond, Expr, Operand, SourceIx};
use soql::{ResolveContext, ResolvedPlan};
use std::sync::Arc;

/// Rules by object.
#[derive(Debug, Default)]
pub struct RuleBook {
    objects: Vec<Vec<CompiledRule>>,
}

/// A sharing rule whose condition is ready to become SQL.
#[derive(Debug)]
pub struct CompiledRule {
    pub rule: SharingRule,
    pub source: CompiledSource,
}

#[derive(Debug)]
pub enum CompiledSource {
    /// Records of owners that are members of this user or group, or are this queue.
    Owner(RecordId),
    /// Records that the filter of this plan admits; it looks at nothing but the record's own stored fields.
    Criteria(Box<AuthorizedPlan>),
}

impl CompiledRule {
    /// What the rule gives on the record, or on a child of the account that the record is.
    pub fn level(&self, child: Option<AccountChild>) -> GrantLevel {
        match child {
            None => self.rule.level,
            Some(AccountChild::Contact) => self.rule.contacts,
            Some(AccountChild::Opportunity) => self.rule.opportunities,
            Some(AccountChild::Case) => self.rule.cases,
        }
    }

    pub fn gives(&self, child: Option<AccountChild>, at_least: Level) -> bool {
        match at_least {
            Level::Read => self.level(child) >= GrantLevel::Read,
            Level::Edit => self.level(child) >= GrantLevel::Edit,
            Level::All => false,
        }
    }
}

/// The most rules an object may have, and how many of them may go by criteria.
const MOST_RULES: usize = 300;
const MOST_CRITERIA: usize = 50;

impl RuleBook {
    /// Compiles every rule of a schema; metadata is kept only when this succeeds.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` naming object, rule and what is wrong with it.
    pub fn compile(schema: &Arc<OrgSchema>) -> Result<Self> {
        let identity = Identity::service(OrgId::new(0), &SHARING_RULES, schema);
        let objects =
            schema.objects().iter().map(|object| compile_object(schema, &identity, object)).collect::<Result<_>>()?;
        Ok(Self { objects })
    }

    pub fn of(&self, object: ObjectIx) -> &[CompiledRule] {
        self.objects.get(object.index()).map(Vec::as_slice).unwrap_or_default()
    }
}

fn compile_object(schema: &Arc<OrgSchema>, identity: &Identity, object: &ObjectSchema) -> Result<Vec<CompiledRule>> {
    let rules = &object.def.sharing_rules;
    let criteria = rules.iter().filter(|rule| matches!(rule.source, RuleSource::Criteria(_))).count();
    if rules.len() > MOST_RULES || criteria > MOST_CRITERIA {
        return Err(Error::new(
            ErrorCode::FieldIntegrityException,
            format!(
                "{}: an object has at most {MOST_RULES} sharing rules, {MOST_CRITERIA} of them by criteria",
                object.name()
            ),
        ));
    }
    rules.iter().map(|rule| compile(schema, identity, object, rule)).collect()
}

fn compile(
    schema: &Arc<OrgSchema>,
    identity: &Identity,
    object: &ObjectSchema,
    rule: &SharingRule,
) -> Result<CompiledRule> {
    let source = match &rule.source {
        RuleSource::Owner(grantee) => CompiledSource::Owner(*grantee),
        RuleSource::Criteria(text) => {
            let plan = criteria(schema, object, rule, text)?;
            CompiledSource::Criteria(Box::new(AuthorizedPlan::of_rule(plan, identity.clone())))
        }
    };
    Ok(CompiledRule { rule: rule.clone(), source })
}

fn criteria(schema: &Arc<OrgSchema>, object: &ObjectSchema, rule: &SharingRule, text: &str) -> Result<ResolvedPlan> {
    let unsound = |why: &str| {
        Error::new(ErrorCode::FieldIntegrityException, format!("{}: sharing rule {}: {why}", object.name(), rule.name))
    };
    // Literals that move with the clock are refused below, so no clock is needed.
    let context = ResolveContext::new(Instant::from_ms(0), Zone::UTC);
    let query = format!("SELECT Id FROM {} WHERE {text}", object.name());
    let plan = soql::plan(&query, schema, &context).map_err(|error| unsound(error.message()))?;
    let select = &plan.select;
    let plain = select.order_by.is_empty() && select.limit.is_none() && select.offset == 0 && select.sources.len() == 1;
    let Some(filter) = select.filter.as_ref().filter(|_| plain && !select.mine && !select.for_view) else {
        return Err(unsound("the criteria must be one condition over the record's own fields"));
    };
    check(object, filter).map_err(|why| unsound(&why))?;
    Ok(plan)
}

/// Only stored fields of the record itself, compared with fixed values.
fn check(object: &ObjectSchema, cond: &Cond) -> std::result::Result<(), String> {
    let field = |expr: &Expr| match expr {
        Expr::Field(field) if field.source == SourceIx::ROOT => {
            let field = object.field(field.field);
            if field.keeps_secret() {
                Err(format!("field '{}' is encrypted and does not support sharing criteria", field.name()))
            } else if field.data_type().is_stored() {
                Ok(())
            } else {
                Err(format!("{} is computed; criteria look at stored fields only", field.name()))
            }
        }
        _ => Err("criteria look at the record's own fields, without functions".to_owned()),
    };
    let value = |operand: &Operand| match operand {
        Operand::Value(_) => Ok(()),
        Operand::Range { .. } => Err("criteria compare with fixed values; a date such as TODAY moves".to_owned()),
    };
    match cond {
        Cond::And(parts) | Cond::Or(parts) => parts.iter().try_for_each(|part| check(object, part)),
        Cond::Not(inner) => check(object, inner),
        Cond::Compare { left, right, .. } => field(left).and_then(|()| value(right)),
        Cond::In { left, values, .. } => field(left).and_then(|()| values.iter().try_for_each(value)),
        Cond::Like { left, .. } => field(left),
        Cond::Includes { left, .. } => field(&Expr::Field(left.clone())),
        Cond::SemiJoin { .. } | Cond::TypeIs { .. } => Err("criteria look at no other record".to_owned()),
    }
}
