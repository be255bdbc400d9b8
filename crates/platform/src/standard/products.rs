//! Products, price books and the price of each product in each book.

use super::common::{searchable, setting};
use model::schema::{FieldDef, ObjectDef, OnDelete};

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![product(), pricebook(), entry()]
}

fn product() -> ObjectDef {
    searchable(setting("Product2", "Product", "Products", "01t"))
        .field(FieldDef::text("Name", "Product name", 255).required().indexed())
        .field(FieldDef::text("ProductCode", "Product code", 255).indexed())
        .field(FieldDef::text("StockKeepingUnit", "Product SKU", 180))
        .field(FieldDef::text_area("Description", "Product description", 4_000))
        .field(FieldDef::picklist("Family", "Product family", &["None"]))
        .field(FieldDef::picklist("QuantityUnitOfMeasure", "Quantity unit of measure", &["Each"]))
        .field(FieldDef::url("DisplayUrl", "Display URL"))
        .field(FieldDef::text("ExternalId", "External ID", 255))
        .field(FieldDef::boolean("IsActive", "Active", false))
}

fn pricebook() -> ObjectDef {
    searchable(setting("Pricebook2", "Price book", "Price books", "01s"))
        .field(FieldDef::text("Name", "Price book name", 255).required())
        .field(FieldDef::text("Description", "Description", 255))
        .field(FieldDef::boolean("IsActive", "Active", false))
        .field(
            FieldDef::boolean("IsStandard", "Is standard price book", false)
                .system()
                .help("The one book that holds every product's standard price."),
        )
}

fn entry() -> ObjectDef {
    setting("PricebookEntry", "Price book entry", "Price book entries", "01u")
        .field(FieldDef::text("Name", "Product name", 255).system())
        .field(
            FieldDef::lookup("Pricebook2Id", "Price book", "Pricebook2")
                .children("PricebookEntries")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(
            FieldDef::lookup("Product2Id", "Product", "Product2")
                .children("PricebookEntries")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(FieldDef::text("ProductCode", "Product code", 255).system())
        .field(FieldDef::currency("UnitPrice", "List price").required())
        .field(FieldDef::boolean("IsActive", "Active", false))
        .field(FieldDef::boolean("UseStandardPrice", "Use standard price", false))
}
