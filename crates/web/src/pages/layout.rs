//! How the fields of an object are put into sections, alike on its record page and in its form.

use crate::pages::list::columns;
use model::schema::{Compound, FieldType};
use model::{FieldSchema, ObjectSchema};
use platform::Ctx;

/// Fields under one title. `whole` is the compound field whose parts they are: an address.
pub(crate) struct FieldGroup<'o> {
    pub(crate) title: String,
    pub(crate) fields: Vec<&'o FieldSchema>,
    pub(crate) whole: Option<&'o FieldSchema>,
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
pub(crate) fn groups<'o>(
    ctx: &Ctx,
    object: &'o ObjectSchema,
    keep: impl Fn(&FieldSchema) -> bool,
) -> Vec<FieldGroup<'o>> {
    let usual: Vec<_> = columns::usual(ctx, object).iter().map(|field| field.ix).collect();
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
