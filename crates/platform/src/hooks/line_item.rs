//! Opportunity products: price, total and product from the price book entry; the opportunity's amount is their sum.

use super::opportunity::note_steps;
use super::{Hook, HookCtx, HookRow, refuse};
use model::{Decimal, Error, ErrorCode, ObjectSchema, RecordId, Result, Value, round_to_scale};
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
        if row.is_changed("PricebookEntryId")
            && let Some(entry) = row.get("PricebookEntryId").as_id()
        {
            let found = ctx.rows(&format!(
                "SELECT UnitPrice, Product2Id, Product2.Name, Product2.ProductCode FROM PricebookEntry WHERE Id = '{entry}'"
            ))?;
            if let Some(entry) = found.first() {
                row.set("ListPrice", entry.cells[0].value().clone());
                row.set("Product2Id", entry.cells[1].value().clone());
                row.set("Name", entry.cells[2].value().clone());
                row.set("ProductCode", entry.cells[3].value().clone());
                if row.get("UnitPrice").is_null() && row.get("TotalPrice").is_null() {
                    row.set("UnitPrice", entry.cells[0].value().clone());
                }
            }
        }
        let priced = ["Quantity", "UnitPrice", "TotalPrice", "Discount", "PricebookEntryId"];
        // A total that was given stays to the cent: nothing else about the line may move it.
        if priced.iter().any(|field| row.is_changed(field)) { price(row) } else { Ok(()) }
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

/// Total = quantity × price × (1 − discount), rounded to cents; given only a total, the price follows from it.
fn price(row: &mut HookRow<'_>) -> Result<()> {
    let quantity = row.get("Quantity").as_decimal().unwrap_or_default();
    if quantity == Decimal::ZERO && !row.get("Quantity").is_null() {
        return Err(refuse("Quantity", "Quantity: must not be zero"));
    }
    let discount = row.get("Discount").as_decimal().unwrap_or_default();
    let kept = Decimal::ONE - discount / Decimal::ONE_HUNDRED;
    let total_given = row.is_given("TotalPrice") && !row.is_given("UnitPrice") && !row.get("TotalPrice").is_null();
    if total_given {
        let total = row.get("TotalPrice").as_decimal().unwrap_or_default();
        let Some(unit) = total.checked_div(quantity * kept) else {
            return Err(refuse("Discount", "Discount: at 100 % there is no price that gives this total"));
        };
        row.set("UnitPrice", round_to_scale(unit, 2));
        return Ok(());
    }
    let Some(unit) = row.get("UnitPrice").as_decimal() else {
        return Err(Error::new(ErrorCode::RequiredFieldMissing, "Required fields are missing: [UnitPrice]")
            .with_field("UnitPrice"));
    };
    row.set("TotalPrice", round_to_scale(quantity * unit * kept, 2));
    Ok(())
}

/// The opportunity's amount, expected amount and "has products" from its live lines.
fn total(ctx: &mut HookCtx<'_, '_>, opportunity: RecordId) -> Result<()> {
    let found = ctx.rows(&format!("SELECT Probability, Amount FROM Opportunity WHERE Id = '{opportunity}'"))?;
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
    let changed = ctx.update(
        "Opportunity",
        opportunity,
        &[
            ("HasOpportunityLineItem", Value::Bool(true)),
            ("Amount", Value::Number(amount)),
            ("ExpectedRevenue", Value::Number(expected)),
        ],
    )?;
    match changed {
        Some(images) => note_steps(ctx, &[(Some(&images.before), &images.after)]),
        None => Ok(()),
    }
}
