//! `query?columns=true`: what the columns of an answer are.

use model::schema::FieldType;
use platform::columns::{Column, ColumnKind, columns, is_grouped};
use platform::{Ctx, Select};
use serde_json::{Map, Value as Json, json};

pub(crate) fn describe(ctx: &Ctx, select: &Select) -> Json {
    let object = ctx.schema().object(select.object());
    let columns = columns(select);
    let id_selected = columns.iter().any(|column| matches!(column.kind, ColumnKind::Field(_, model::FieldIx::ID)));
    json!({
        "columnMetadata": columns.iter().map(|column| shown(ctx, column)).collect::<Vec<_>>(),
        "entityName": object.name(),
        "groupBy": is_grouped(select),
        "idSelected": id_selected,
        "keyPrefix": object.key_prefix().to_string(),
    })
}

fn shown(ctx: &Ctx, column: &Column) -> Json {
    let name = column.name.as_str();
    match &column.kind {
        ColumnKind::Field(object, field) => {
            let (object, permission) = (ctx.schema().object(*object), ctx.object_permission(*object));
            let field = object.field(*field);
            let changes = !object.def.read_only && ctx.can_edit_field(object.ix, field.ix);
            let foreign_key = field.data_type().as_reference().and_then(|reference| reference.relationship.as_deref());
            let mut entry = plain(name, name, false, &[]);
            entry.insert("apexType".to_owned(), apex_type(field.data_type()).into());
            entry.insert("booleanType".to_owned(), (*field.data_type().value_type() == FieldType::Boolean).into());
            entry.insert("numberType".to_owned(), field.data_type().is_number().into());
            entry.insert("textType".to_owned(), field.data_type().is_text().into());
            entry.insert("custom".to_owned(), field.def.is_custom().into());
            entry.insert("foreignKeyName".to_owned(), foreign_key.into());
            entry.insert("insertable".to_owned(), (changes && permission.create).into());
            entry.insert("updatable".to_owned(), (changes && permission.edit).into());
            Json::Object(entry)
        }
        ColumnKind::Parent(inner) => Json::Object(plain(name, name, false, &joined(ctx, inner))),
        ColumnKind::Children(inner) => Json::Object(plain(name, name, true, &joined(ctx, inner))),
        ColumnKind::Function(function) => Json::Object(plain(name, function, true, &[])),
        ColumnKind::Mixed => Json::Object(plain(name, name, false, &[])),
    }
}

fn joined(ctx: &Ctx, columns: &[Column]) -> Vec<Json> {
    columns.iter().map(|column| shown(ctx, column)).collect()
}

/// The keys that every column has.
fn plain(name: &str, display_name: &str, aggregate: bool, joined: &[Json]) -> Map<String, Json> {
    let entry = json!({
        "aggregate": aggregate,
        "apexType": null,
        "booleanType": false,
        "columnName": name,
        "custom": name.ends_with("__c") || name.ends_with("__r"),
        "displayName": display_name,
        "foreignKeyName": null,
        "insertable": false,
        "joinColumns": joined,
        "numberType": false,
        "textType": false,
        "updatable": false,
    });
    match entry {
        Json::Object(entry) => entry,
        _ => Map::new(),
    }
}

fn apex_type(data_type: &FieldType) -> &'static str {
    match data_type.api_name() {
        "id" | "reference" => "Id",
        "boolean" => "Boolean",
        "int" => "Integer",
        "double" | "percent" => "Double",
        "currency" => "Decimal",
        "date" => "Date",
        "datetime" => "Datetime",
        "time" => "Time",
        "address" => "Address",
        "location" => "Location",
        _ => "String",
    }
}
