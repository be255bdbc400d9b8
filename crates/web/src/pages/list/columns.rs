//! Which columns a list shows, and which it could.

use model::schema::FieldType;
use model::{FieldSchema, ObjectSchema};
use platform::Ctx;
use platform::layout::is_presentable;
pub(crate) use platform::layout::{usual, usual_order};

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
