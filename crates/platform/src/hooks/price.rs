//! What the lines of opportunities and quotes have in common: product and list price from the price book entry, and the
//! total from quantity, price and discount.

use super::{HookCtx, HookRow, refuse};
use model::{Decimal, Error, ErrorCode, RecordId, Result, round_to_scale};

/// What moves the price of a line.
const PRICED: [&str; 5] = ["Quantity", "UnitPrice", "TotalPrice", "Discount", "PricebookEntryId"];

/// A line comes from the price book of what it is a line of, once that has one.
///
/// # Errors
/// When it comes from another.
pub(super) fn check_book(
    ctx: &mut HookCtx<'_, '_>,
    row: &HookRow<'_>,
    reference: &str,
    parent: &'static str,
) -> Result<()> {
    let (Some(of), Some(entry)) = (row.get(reference).as_id(), row.get("PricebookEntryId").as_id()) else {
        return Ok(());
    };
    let mut book = |object: &str, id: RecordId| -> Result<Option<RecordId>> {
        let found = ctx.rows(&format!("SELECT Pricebook2Id FROM {object} WHERE Id = '{id}'"))?;
        Ok(found.first().and_then(|row| row.cells[0].value().as_id()))
    };
    match (book(parent, of)?, book("PricebookEntry", entry)?) {
        (Some(of_parent), Some(of_entry)) if of_parent != of_entry => Err(refuse(
            "PricebookEntryId",
            format!(
                "Price book entry: it is of another price book than the one assigned to the {}",
                parent.to_lowercase()
            ),
        )),
        _ => Ok(()),
    }
}

/// Fills a line in from its entry and computes its total.
///
/// # Errors
/// What is wrong with quantity, price or discount.
pub(super) fn settle(ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
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
    // A total that was given stays to the cent: nothing else about the line may move it.
    if PRICED.iter().any(|field| row.is_changed(field)) { price(row) } else { Ok(()) }
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
    row.set("Subtotal", round_to_scale(quantity * unit, 2));
    row.set("TotalPrice", round_to_scale(quantity * unit * kept, 2));
    Ok(())
}
