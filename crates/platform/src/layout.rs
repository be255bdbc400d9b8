//! How the fields of an object stand on a page, alike in the browser and in what programs are told of layouts: the columns
//! of a list, the sections of a record.

use crate::ctx::Ctx;
use model::schema::{Compound, FieldType};
use model::{FieldSchema, ObjectSchema};

/// The standard objects that have a place in the navigation, in its order.
pub const PLACES: [&str; 8] = ["Account", "Contact", "Opportunity", "Lead", "Case", "Task", "Event", "Product2"];

/// Whether an object of the org's own has one: not the parts of others, not the platform's own tables.
pub fn has_place(object: &ObjectSchema) -> bool {
    !object.def.read_only && object.def.package == "org" && object.masters.is_empty()
}

/// Whether a field can be shown as it is: readable, with a value of its own.
pub fn is_presentable(ctx: &Ctx, object: &ObjectSchema, field: &FieldSchema) -> bool {
    ctx.can_read_field(object.ix, field.ix)
        && !field.data_type().is_shown_from_parts()
        && *field.data_type() != FieldType::Base64
}

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
pub fn usual<'o>(ctx: &Ctx, object: &'o ObjectSchema) -> Vec<&'o FieldSchema> {
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
pub fn usual_order(object: &ObjectSchema) -> (String, bool) {
    let known = STANDARD.iter().find(|(name, ..)| *name == object.name()).map(|(_, _, order)| *order);
    match known {
        Some(order) => order.strip_prefix('-').map_or((order.to_owned(), false), |field| (field.to_owned(), true)),
        None if object.name_field().is_sortable() => (object.name_field().name().to_owned(), false),
        None => ("LastModifiedDate".to_owned(), true),
    }
}

/// Fields under one title. `whole` is the compound field whose parts they are: an address.
pub struct FieldGroup<'o> {
    pub title: String,
    pub fields: Vec<&'o FieldSchema>,
    pub whole: Option<&'o FieldSchema>,
}

/// Names that say nothing to a reader, or that have their own place on the page.
const UNSHOWN: [&str; 12] = [
    "Id",
    "IsDeleted",
    "SystemModstamp",
    "CreatedDate",
    "CreatedById",
    "LastModifiedDate",
    "LastModifiedById",
    "Jigsaw",
    "JigsawCompanyId",
    "ForecastCategory",
    "FiscalQuarter",
    "FiscalYear",
];

/// The groups of an object's fields that `keep` lets through; empty groups are left out.
pub fn groups<'o>(ctx: &Ctx, object: &'o ObjectSchema, keep: impl Fn(&FieldSchema) -> bool) -> Vec<FieldGroup<'o>> {
    let usual: Vec<_> = usual(ctx, object).iter().map(|field| field.ix).collect();
    let mut main = FieldGroup { title: object.label().to_owned(), fields: Vec::new(), whole: None };
    let mut more = FieldGroup { title: "More".to_owned(), fields: Vec::new(), whole: None };
    let mut texts = FieldGroup { title: "Notes".to_owned(), fields: Vec::new(), whole: None };
    let mut addresses: Vec<FieldGroup<'o>> = Vec::new();
    for field in object.fields.iter().filter(|field| !UNSHOWN.contains(&field.name()) && keep(field)) {
        let whole = field.part_of.map(|ix| object.field(ix));
        let is_part_of_name =
            whole.is_some_and(|whole| matches!(whole.data_type(), FieldType::Compound(Compound::PersonName)));
        if matches!(field.data_type(), FieldType::Compound(_)) {
            continue;
        }
        if let (Some(whole), false) = (whole, is_part_of_name) {
            if field.name().ends_with("Latitude") || field.name().ends_with("Longitude") {
                continue;
            }
            match addresses.iter_mut().find(|group| group.whole.is_some_and(|known| known.ix == whole.ix)) {
                Some(group) => group.fields.push(field),
                None => addresses.push(FieldGroup {
                    title: whole.label().to_owned(),
                    fields: vec![field],
                    whole: Some(whole),
                }),
            }
        } else if field.data_type().is_long_text() {
            texts.fields.push(field);
        } else if field.def.required || is_part_of_name || field.ix == object.name_field || usual.contains(&field.ix) {
            main.fields.push(field);
        } else {
            more.fields.push(field);
        }
    }
    let rank = |field: &FieldSchema| {
        let is_name = field.ix == object.name_field || field.part_of == Some(object.name_field);
        let place = usual.iter().position(|ix| *ix == field.ix).unwrap_or(usual.len());
        // The name first, then what must be filled in, then what lists show.
        (!is_name, !field.def.required, place)
    };
    main.fields.sort_by_key(|field| rank(field));
    let texts_last = [more, texts].into_iter();
    std::iter::once(main).chain(addresses).chain(texts_last).filter(|group| !group.fields.is_empty()).collect()
}
