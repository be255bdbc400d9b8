//! Opportunities: what the stage decides (probability, forecast category, closed, won), the expected amount, the
//! fiscal period of the close date.

use super::{Hook, HookCtx, HookRow, refuse};
use crate::literal::quoted;
use model::{Decimal, Error, FieldIx, ObjectSchema, Result, Value, round_to_scale};
use policy::{Service, ServiceGrant};

pub(super) struct OpportunityHook;

pub(crate) static STAGES: Service = Service {
    name: "opportunity-stages",
    purpose: "Looks up what a stage means while an opportunity is saved, and notes each step of its way in the stage \
              history, which is read with the opportunity.",
    grants: &[
        ServiceGrant::read("OpportunityStage"),
        ServiceGrant { object: "OpportunityHistory", create: true, edit: false, delete: false },
    ],
};

impl Hook for OpportunityHook {
    fn objects(&self) -> &'static [&'static str] {
        &["Opportunity"]
    }

    fn service(&self) -> &'static Service {
        &STAGES
    }

    fn derives(&self) -> &'static [&'static str] {
        &["Probability", "ForecastCategoryName"]
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        if row.is_changed("StageName") {
            apply_stage(ctx, row)?;
        }
        let has_lines = *row.get("HasOpportunityLineItem") == Value::Bool(true);
        if let (true, Some(before)) = (has_lines, row.before_value("Amount")) {
            // The sum of its products, whatever is given.
            row.set("Amount", before.clone());
        }
        let book = row.before_value("Pricebook2Id").is_some_and(|before| !before.is_null());
        if has_lines && book && row.is_changed("Pricebook2Id") {
            return Err(refuse("Pricebook2Id", "Price book: it cannot change while the opportunity has products"));
        }
        let amount = row.get("Amount").as_decimal();
        let probability = row.get("Probability").as_decimal();
        if probability.is_some_and(|percent| percent < Decimal::ZERO || percent > Decimal::ONE_HUNDRED) {
            return Err(refuse("Probability", "Probability (%): must be from 0 to 100"));
        }
        let expected = amount
            .zip(probability)
            .map(|(amount, probability)| round_to_scale(amount * probability / Decimal::ONE_HUNDRED, 2));
        row.set("ExpectedRevenue", expected);
        if let Some(close) = row.get("CloseDate").as_date() {
            let start = i32::from(ctx.ctx().settings().fiscal_start_month);
            let day = close.to_civil();
            let month = i32::from(day.month());
            let quarter = (month - start).rem_euclid(12) / 3 + 1;
            let year = i32::from(day.year()) - i32::from(month < start);
            row.set("FiscalQuarter", Value::Int(i64::from(quarter)));
            row.set("FiscalYear", Value::Int(i64::from(year)));
            row.set("Fiscal", format!("{year} {quarter}"));
        }
        Ok(())
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        _object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        note_steps(ctx, rows)
    }
}

/// What the stage history keeps of an opportunity.
const STEPS: [&str; 6] = ["StageName", "Amount", "ExpectedRevenue", "Probability", "CloseDate", "ForecastCategory"];

/// Notes where each opportunity stands, when it is new or one of these moved.
pub(super) fn note_steps(ctx: &mut HookCtx<'_, '_>, rows: &[(Option<&[Value]>, &[Value])]) -> Result<()> {
    let schema = ctx.ctx().schema().clone();
    let object = schema.find_object("Opportunity").ok_or_else(|| Error::internal("no object Opportunity"))?;
    let fields: Vec<_> = STEPS.iter().filter_map(|name| object.find_field(name)).collect();
    let steps: Vec<Vec<(&str, Value)>> = rows
        .iter()
        .filter(|(before, after)| {
            before.is_none_or(|before| fields.iter().any(|field| before[field.ix.index()] != after[field.ix.index()]))
        })
        .map(|(_, after)| {
            let mut step = vec![("OpportunityId", after[FieldIx::ID.index()].clone())];
            step.extend(fields.iter().map(|field| (field.name(), after[field.ix.index()].clone())));
            step
        })
        .collect();
    ctx.create("OpportunityHistory", &steps).map(|_| ())
}

fn apply_stage(ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
    let name = row.get("StageName").as_text().unwrap_or_default().to_owned();
    let stages = ctx.rows(&format!(
        "SELECT DefaultProbability, IsClosed, IsWon, ForecastCategory, ForecastCategoryName FROM OpportunityStage \
         WHERE MasterLabel = {}",
        quoted(&name)
    ))?;
    // A stage that is not set up is open and in the pipeline, as an unrestricted picklist allows.
    let (probability, closed, won, category, category_name) = match stages.first() {
        Some(stage) => (
            stage.cells[0].value().clone(),
            stage.cells[1].value().clone(),
            stage.cells[2].value().clone(),
            stage.cells[3].value().clone(),
            stage.cells[4].value().clone(),
        ),
        None => (Value::Null, Value::Bool(false), Value::Bool(false), "Pipeline".into(), "Pipeline".into()),
    };
    if !row.is_given("Probability") && !probability.is_null() {
        row.set("Probability", probability);
    }
    row.set("IsClosed", closed);
    row.set("IsWon", won);
    row.set("ForecastCategory", category);
    if !row.is_given("ForecastCategoryName") {
        row.set("ForecastCategoryName", category_name);
    }
    Ok(())
}
