//! Quotes: their account and price book come from the opportunity; the prices of their lines as those of opportunity
//! lines do. Totals are roll-ups.

use super::{Hook, HookCtx, HookRow, price};
use model::{ObjectSchema, Result, Value};
use policy::{Service, ServiceGrant};

pub(super) struct QuoteHook;
pub(super) struct QuoteLineHook;

pub(crate) static QUOTES: Service = Service {
    name: "quotes",
    purpose: "Gives a quote the account and price book of its opportunity, also when the opportunity gets another \
              account, and copies price and product of its lines from the price book entry. It tells nobody what it read.",
    grants: &[
        ServiceGrant::read("Opportunity"),
        ServiceGrant::edit("Quote"),
        ServiceGrant::read("PricebookEntry"),
        ServiceGrant::read("Pricebook2"),
        ServiceGrant::read("Product2"),
    ],
};

impl Hook for QuoteHook {
    fn objects(&self) -> &'static [&'static str] {
        &["Quote", "Opportunity"]
    }

    fn service(&self) -> &'static Service {
        &QUOTES
    }

    fn derives(&self) -> &'static [&'static str] {
        &["Pricebook2Id"]
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        let Some(opportunity) = row.get("OpportunityId").as_id().filter(|_| row.object.name() == "Quote") else {
            return Ok(());
        };
        if !row.is_changed("OpportunityId") {
            return Ok(());
        }
        let found = ctx.rows(&format!("SELECT AccountId, Pricebook2Id FROM Opportunity WHERE Id = '{opportunity}'"))?;
        if let Some(found) = found.first() {
            row.set("AccountId", found.cells[0].value().clone());
            if row.get("Pricebook2Id").is_null() {
                row.set("Pricebook2Id", found.cells[1].value().clone());
            }
        }
        Ok(())
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        match object.name() {
            "Opportunity" => ctx.pass_on(object, rows, "AccountId", &[("Quote", "OpportunityId", "AccountId")]),
            _ => Ok(()),
        }
    }
}

impl Hook for QuoteLineHook {
    fn objects(&self) -> &'static [&'static str] {
        &["QuoteLineItem"]
    }

    fn service(&self) -> &'static Service {
        &QUOTES
    }

    fn derives(&self) -> &'static [&'static str] {
        &["UnitPrice"]
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        if row.is_changed("PricebookEntryId") {
            price::check_book(ctx, row, "QuoteId", "Quote")?;
        }
        price::settle(ctx, row)
    }
}
