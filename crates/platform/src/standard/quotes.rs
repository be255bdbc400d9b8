//! Quotes and their lines: an offer under an opportunity, seen and changed with it.

use super::common::{address, description, picklist_from, record_type};
use model::FieldType;
use model::schema::{FieldDef, ObjectDef, OnDelete, RollUp, RollUpFunction};

const MONEY: FieldType = FieldType::Currency { precision: 18, scale: 2 };

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![quote(), line()]
}

/// What the lines add up to.
fn of_lines(name: &str, label: &str, function: RollUpFunction, field: Option<&str>, returns: FieldType) -> FieldDef {
    let roll_up = RollUp {
        function,
        child: "QuoteLineItem".to_owned(),
        master: "QuoteId".to_owned(),
        field: field.map(str::to_owned),
        filter: Vec::new(),
        returns: Box::new(returns),
    };
    FieldDef::roll_up(name, label, roll_up)
}

fn quote() -> ObjectDef {
    let whole = FieldType::Number { precision: 18, scale: 0 };
    let percent = FieldType::Percent { precision: 5, scale: 2 };
    ObjectDef::new("Quote", "Quote", "Quotes", "0Q0")
        .detail_of("OpportunityId")
        .field(FieldDef::text("Name", "Quote name", 255).required().indexed())
        .field(FieldDef::auto_number("QuoteNumber", "Quote number", "{00000000}"))
        .field(record_type())
        .field(FieldDef::master("OpportunityId", "Opportunity", "Opportunity").children("Quotes"))
        .field(FieldDef::lookup("AccountId", "Account", "Account").children("Quotes").system())
        .field(FieldDef::lookup("ContactId", "Contact", "Contact").children("Quotes"))
        .field(
            FieldDef::lookup("Pricebook2Id", "Price book", "Pricebook2")
                .children("Quotes")
                .on_delete(OnDelete::Restrict),
        )
        .field(
            picklist_from(
                "Status",
                "Status",
                &["Draft", "Needs Review", "In Review", "Approved", "Rejected", "Presented", "Accepted", "Denied"],
                "Draft",
            )
            .indexed(),
        )
        .field(FieldDef::date("ExpirationDate", "Expiration date"))
        .field(FieldDef::boolean("IsSyncing", "Syncing", false).system())
        .field(description())
        .field(FieldDef::email("Email", "Email"))
        .field(FieldDef::phone("Phone", "Phone"))
        .field(FieldDef::phone("Fax", "Fax"))
        .field(of_lines("LineItemCount", "Line items", RollUpFunction::Count, None, whole))
        .field(of_lines("Subtotal", "Subtotal", RollUpFunction::Sum, Some("Subtotal"), MONEY))
        .field(of_lines("TotalPrice", "Total price", RollUpFunction::Sum, Some("TotalPrice"), MONEY))
        .field(
            FieldDef::formula(
                "Discount",
                "Discount",
                "IF(Subtotal = 0, 0, (Subtotal - TotalPrice) / Subtotal)",
                percent,
            )
            .help("What the discounts of the lines come to, of the subtotal."),
        )
        .field(FieldDef::currency("Tax", "Tax"))
        .field(FieldDef::currency("ShippingHandling", "Shipping and handling"))
        .field(
            FieldDef::formula("GrandTotal", "Grand total", "TotalPrice + Tax + ShippingHandling", MONEY)
                .help("Total price, tax, shipping and handling."),
        )
        .field(FieldDef::text("BillingName", "Bill to name", 255))
        .fields(address("Billing", "Bill to"))
        .field(FieldDef::text("ShippingName", "Ship to name", 255))
        .fields(address("Shipping", "Ship to"))
        .field(FieldDef::text("QuoteToName", "Quote to name", 255))
        .fields(address("QuoteTo", "Quote to"))
        .field(FieldDef::text("AdditionalName", "Additional to name", 255))
        .fields(address("Additional", "Additional to"))
}

fn line() -> ObjectDef {
    ObjectDef::new("QuoteLineItem", "Quote line item", "Quote line items", "0QL")
        .detail_of("QuoteId")
        .not_searchable()
        .name_field("LineNumber")
        .field(FieldDef::auto_number("LineNumber", "Line item number", "{00000000}"))
        .field(FieldDef::master("QuoteId", "Quote", "Quote").children("QuoteLineItems"))
        .field(
            FieldDef::lookup("PricebookEntryId", "Price book entry", "PricebookEntry")
                .children("QuoteLineItems")
                .on_delete(OnDelete::Restrict)
                .required(),
        )
        .field(FieldDef::lookup("Product2Id", "Product", "Product2").on_delete(OnDelete::Restrict).system())
        .field(FieldDef::number("Quantity", "Quantity", 12, 2).required())
        .field(FieldDef::currency("UnitPrice", "Sales price").required())
        .field(FieldDef::currency("ListPrice", "List price").system())
        .field(FieldDef::percent("Discount", "Discount", 5, 2))
        .field(FieldDef::currency("Subtotal", "Subtotal").system())
        .field(FieldDef::currency("TotalPrice", "Total price").system())
        .field(FieldDef::date("ServiceDate", "Date"))
        .field(FieldDef::text("Description", "Line item description", 255))
        .field(FieldDef::int("SortOrder", "Sort order"))
}
