//! Opportunity products: price, total and product from the price book entry; the opportunity's amount is their sum.

use super::opportunity::note_steps;
use super::{Hook, HookCtx, HookRow, price};
use model::{Decimal, ObjectSchema, RecordId, Result, Value, round_to_scale};
use policy::{Service, ServiceGrant};
use std::collections::BTreeSet;

pub(super) struct LineItemHook;

pub(crate) static LINES: Service = Service {
    name: "opportunity-lines",
    purpose: "Keeps an opportunity's amount equal to the sum of its products, and copies price and product from the \
              price book entry; notes the new amount in the stage history. It tells nobody what it read.",
    grants: &[
        ServiceGrant::read("PricebookEntry"),
        ServiceGrant::read("Pricebook2"),
        ServiceGrant::read("Product2"),
        ServiceGrant::read("OpportunityLineItem"),
        ServiceGrant::edit("Opportunity"),
        ServiceGrant { object: "OpportunityHistory", create: true, edit: false, delete: false },
    ],
};

impl Hook for LineItemHook {
    fn objects(&self) -> &'static [&'static str] {
        &["OpportunityLineItem"]
    }

    fn service(&self) -> &'static Service {
        &LINES
    }

    fn derives(&self) -> &'static [&'static str] {
        &["UnitPrice", "TotalPrice"]
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        if row.is_changed("PricebookEntryId") {
            price::check_book(ctx, row, "OpportunityId", "Opportunity")?;
        }
        price::settle(ctx, row)
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        let Some(field) = object.find_field("OpportunityId") else { return Ok(()) };
        let opportunities: BTreeSet<RecordId> = rows
            .iter()
            .flat_map(|(before, after)| {
                [before.map(|before| &before[field.ix.index()]), Some(&after[field.ix.index()])]
            })
            .flatten()
            .filter_map(Value::as_id)
            .collect();
        opportunities.into_iter().try_for_each(|opportunity| total(ctx, opportunity))
    }

    fn after_delete(&self, ctx: &mut HookCtx<'_, '_>, object: &ObjectSchema, before: &[Value]) -> Result<()> {
        match object.find_field("OpportunityId").and_then(|field| before[field.ix.index()].as_id()) {
            Some(opportunity) => total(ctx, opportunity),
            None => Ok(()),
        }
    }
}

/// The opportunity's amount, expected amount and "has products" from its live lines.
fn total(ctx: &mut HookCtx<'_, '_>, opportunity: RecordId) -> Result<()> {
    let found = ctx.rows(&format!("SELECT Probability, Pricebook2Id FROM Opportunity WHERE Id = '{opportunity}'"))?;
    // The opportunity itself went away with its lines.
    let Some(record) = found.first() else { return Ok(()) };
    let sums = ctx.groups(&format!(
        "SELECT COUNT(Id) lines, SUM(TotalPrice) total FROM OpportunityLineItem WHERE OpportunityId = '{opportunity}'"
    ))?;
    let (lines, sum) = match sums.first() {
        Some(group) => (group[0].as_decimal().unwrap_or_default(), group[1].as_decimal()),
        None => (Decimal::ZERO, None),
    };
    if lines == Decimal::ZERO {
        return ctx.update("Opportunity", opportunity, &[("HasOpportunityLineItem", Value::Bool(false))]).map(|_| ());
    }
    let amount = sum.unwrap_or_default();
    let probability = record.cells[0].value().as_decimal().unwrap_or_default();
    let expected = round_to_scale(amount * probability / Decimal::ONE_HUNDRED, 2);
    let mut values = vec![
        ("HasOpportunityLineItem", Value::Bool(true)),
        ("Amount", Value::Number(amount)),
        ("ExpectedRevenue", Value::Number(expected)),
    ];
    if record.cells[1].value().is_null() {
        values.push(("Pricebook2Id", book_of_lines(ctx, opportunity)?));
    }
    let changed = ctx.update("Opportunity", opportunity, &values)?;
    match changed {
        Some(images) => note_steps(ctx, &[(Some(&images.before), &images.after)]),
        None => Ok(()),
    }
}

/// The price book that the first product of an opportunity came from is the opportunity's from then on.
fn book_of_lines(ctx: &mut HookCtx<'_, '_>, opportunity: RecordId) -> Result<Value> {
    let found = ctx.rows(&format!(
        "SELECT PricebookEntry.Pricebook2Id FROM OpportunityLineItem WHERE OpportunityId = '{opportunity}' \
         AND PricebookEntryId != null ORDER BY CreatedDate, Id LIMIT 1"
    ))?;
    Ok(found.first().map_or(Value::Null, |row| row.cells[0].value().clone()))
}
