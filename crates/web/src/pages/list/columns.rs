//! Which columns a list shows when nobody chose any, and in which order it stands.

use crate::show::is_presentable;
use model::schema::FieldType;
use model::{FieldSchema, ObjectSchema};
use platform::Ctx;

/// Columns of the standard objects, the name first, and the field they are ordered by.
const STANDARD: [(&str, &[&str], &str); 17] = [
    ("DeliverySchedule", &["Name", "ReportId", "State", "NextRun", "LastRun", "LastOutcome", "OwnerId"], "Name"),
    ("DeliveryRun", &["Name", "Slot", "State", "RowCount", "Reason", "CreatedDate"], "-CreatedDate"),
    ("Delivery", &["Name", "Address", "State", "Attempts", "Reply", "CreatedDate"], "-CreatedDate"),
    ("Report", &["Name", "FolderName", "Format", "Description", "OwnerId", "LastModifiedDate"], "Name"),
    ("Dashboard", &["Name", "FolderName", "Description", "OwnerId", "LastModifiedDate"], "Name"),
    ("Account", &["Name", "Industry", "Type", "BillingCity", "AnnualRevenue", "OwnerId", "LastActivityDate"], "Name"),
    ("Contact", &["Name", "AccountId", "Title", "Email", "Phone", "OwnerId"], "Name"),
    (
        "Opportunity",
        &["Name", "AccountId", "StageName", "Amount", "Probability", "CloseDate", "OwnerId", "NextStep"],
        "-CloseDate",
    ),
    ("OpportunityLineItem", &["Name", "ProductCode", "Quantity", "UnitPrice", "TotalPrice"], "SortOrder"),
    ("OpportunityContactRole", &["Role", "ContactId", "IsPrimary"], "Role"),
    ("Lead", &["Name", "Company", "Status", "Rating", "Email", "Phone", "OwnerId", "CreatedDate"], "-CreatedDate"),
    (
        "Case",
        &["CaseNumber", "Subject", "AccountId", "ContactId", "Status", "Priority", "OwnerId", "CreatedDate"],
        "-CreatedDate",
    ),
    ("Task", &["Subject", "WhoId", "WhatId", "ActivityDate", "Status", "Priority", "OwnerId"], "ActivityDate"),
    ("Event", &["Subject", "WhoId", "WhatId", "StartDateTime", "EndDateTime", "Location", "OwnerId"], "-StartDateTime"),
    ("Product2", &["Name", "ProductCode", "Family", "IsActive", "Description"], "Name"),
    ("User", &["Name", "Title", "Username", "Email", "ProfileId", "UserRoleId", "IsActive"], "Name"),
    ("PricebookEntry", &["Product2Id", "Pricebook2Id", "UnitPrice", "IsActive"], "Product2Id"),
];

/// How many columns an object gets of which nothing else is known.
const USUAL: usize = 6;

/// The fields shown for an object when nobody chose others: those that the reader may see.
pub(crate) fn usual<'o>(ctx: &Ctx, object: &'o ObjectSchema) -> Vec<&'o FieldSchema> {
    let visible = |field: &&FieldSchema| is_presentable(ctx, object, field);
    if let Some((_, names, _)) = STANDARD.iter().find(|(name, ..)| *name == object.name()) {
        return names.iter().filter_map(|name| object.find_field(name)).filter(visible).collect();
    }
    let plain = object.fields.iter().filter(|field| {
        !field.def.system
            && field.ix != object.name_field
            && !field.data_type().is_long_text()
            && field.name() != "RecordTypeId"
            && Some(field.ix) != object.owner_field
    });
    let last = ["OwnerId", "LastModifiedDate"].into_iter().filter_map(|name| object.find_field(name));
    std::iter::once(object.name_field())
        .chain(plain.filter(visible).take(USUAL - 1))
        .chain(last)
        .filter(visible)
        .collect()
}

/// The field that an object's list is ordered by, descending when marked.
pub(crate) fn usual_order(object: &ObjectSchema) -> (String, bool) {
    let known = STANDARD.iter().find(|(name, ..)| *name == object.name()).map(|(_, _, order)| *order);
    match known {
        Some(order) => order.strip_prefix('-').map_or((order.to_owned(), false), |field| (field.to_owned(), true)),
        None if object.name_field().is_sortable() => (object.name_field().name().to_owned(), false),
        None => ("LastModifiedDate".to_owned(), true),
    }
}

/// The chosen columns, or the usual ones. The name always stands first: it is the way to the record.
pub(crate) fn chosen<'o>(ctx: &Ctx, object: &'o ObjectSchema, names: Option<&[String]>) -> Vec<&'o FieldSchema> {
    let Some(names) = names else { return usual(ctx, object) };
    let mut fields = vec![object.name_field()];
    for field in names.iter().filter_map(|name| object.find_field(name)) {
        if is_presentable(ctx, object, field) && !fields.iter().any(|known| known.ix == field.ix) {
            fields.push(field);
        }
    }
    fields.retain(|field| is_presentable(ctx, object, field));
    fields
}

/// The fields that can be columns, by label.
pub(crate) fn possible<'o>(ctx: &Ctx, object: &'o ObjectSchema) -> Vec<&'o FieldSchema> {
    let mut fields: Vec<_> = object
        .fields
        .iter()
        .filter(|field| {
            is_presentable(ctx, object, field)
                && !field.data_type().is_long_text()
                && !matches!(field.data_type(), FieldType::Id)
                && !matches!(field.name(), "IsDeleted" | "SystemModstamp")
        })
        .collect();
    fields.sort_by_key(|field| model::text::fold(field.label()));
    fields
}
