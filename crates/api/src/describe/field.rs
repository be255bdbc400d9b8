//! One field in full.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::schema::{Blanks, Dependency, FieldType, OnDelete, PicklistValue, controlling_values};
use model::{FieldSchema, ObjectSchema, Value};
use platform::Ctx;
use serde_json::{Map, Value as Json, json};

/// Fields that the caller may read and a query can select.
pub(super) fn is_shown(ctx: &Ctx, object: &ObjectSchema, field: &FieldSchema) -> bool {
    ctx.can_read_field(object.ix, field.ix)
}

pub(crate) fn describe(ctx: &Ctx, object: &ObjectSchema, field: &FieldSchema) -> Json {
    let mut described = Map::new();
    for part in [absent(), nature(object, field), use_of(ctx, object, field), reference(ctx, object, field)] {
        if let Json::Object(part) = part {
            described.extend(part);
        }
    }
    Json::Object(described)
}

/// What the field holds.
fn nature(object: &ObjectSchema, field: &FieldSchema) -> Json {
    let data_type = field.data_type();
    let is_int = *data_type.value_type() == FieldType::Int;
    // For everybody who may read the field: it says what the value means, not what it is made from in any record.
    let formula = match data_type {
        FieldType::Formula { source, blanks, .. } => Some((source.as_str(), *blanks)),
        _ => None,
    };
    let controlled = field.def.dependency.as_ref().and_then(|dependency| {
        let controller = object.find_field(&dependency.controller)?;
        Some((controller, dependency, controlling_values(controller.data_type())?))
    });
    let picklist = data_type.picklist_values().iter().map(|value| {
        let valid_for = controlled.as_ref().map(|(_, dependency, values)| valid_for(dependency, values, &value.value));
        picklist_value(value, valid_for)
    });
    let picklist: Vec<Json> = picklist.collect();
    json!({
        "name": field.name(),
        "label": field.label(),
        "type": data_type.api_name(),
        "soapType": soap_type(data_type),
        "length": data_type.length(),
        "byteLength": data_type.length() * 3,
        "digits": if is_int { data_type.precision() } else { 0 },
        "precision": if is_int { 0 } else { data_type.precision() },
        "scale": data_type.scale(),
        "custom": field.def.is_custom(),
        "nameField": field.ix == object.name_field,
        "compoundFieldName": field.part_of.map(|whole| object.field(whole).name()),
        "autoNumber": matches!(data_type, FieldType::AutoNumber { .. }),
        "calculated": data_type.is_calculated(),
        "displayLocationInDecimal": data_type.api_name() == "location",
        "calculatedFormula": formula.map(|(source, _)| source),
        "formulaTreatNullNumberAsZero": formula.is_some_and(|(_, blanks)| blanks == Blanks::AsZero),
        "externalId": field.def.external_id,
        "idLookup": field.def.external_id || *data_type == FieldType::Id,
        "unique": field.def.unique,
        "caseSensitive": field.def.case_sensitive,
        "picklistValues": picklist,
        "controllerName": controlled.as_ref().map(|(controller, ..)| controller.name()),
        "dependentPicklist": controlled.is_some(),
        "restrictedPicklist": data_type.is_restricted(),
        "encrypted": field.is_sealed(),
        "mask": data_type.mask().map(|mask| mask.character.as_char()),
        "maskType": data_type.mask().map(|mask| mask.kind.name()),
        "defaultValue": default_value(field),
        "inlineHelpText": if field.def.help.is_empty() { None } else { Some(field.def.help.as_str()) },
    })
}

/// What query and write accept of it, from this caller.
fn use_of(ctx: &Ctx, object: &ObjectSchema, field: &FieldSchema) -> Json {
    let data_type = field.data_type();
    let permission = ctx.object_permission(object.ix);
    let changes = !object.def.read_only && ctx.can_edit_field(object.ix, field.ix);
    let always_there = matches!(data_type, FieldType::Boolean | FieldType::Id) || is_stamped(field);
    let only_shown = ctx.reads_sealed(object.ix, field.ix);
    json!({
        "aggregatable": field.is_aggregatable() && !only_shown,
        "filterable": field.is_filterable() && !only_shown,
        "groupable": field.is_groupable() && !only_shown,
        "sortable": field.is_sortable() && !only_shown,
        "queryByDistance": matches!(data_type.api_name(), "address" | "location"),
        "createable": changes && permission.create,
        "updateable": changes && permission.edit,
        "nillable": !field.def.required && !always_there,
        "defaultedOnCreate": is_defaulted(object, field),
        "permissionable": is_permissionable(object, field),
    })
}

/// Where it points to.
fn reference(ctx: &Ctx, object: &ObjectSchema, field: &FieldSchema) -> Json {
    let reference = field.data_type().as_reference();
    // What is said of users, who are deactivated and not deleted, never comes to pass.
    let on_delete = reference.filter(|_| field.is_writable()).map(|reference| reference.on_delete);
    let targets: Vec<&str> = field
        .targets
        .iter()
        .map(|target| ctx.schema().object(*target))
        .filter(|target| ctx.object_permission(target.ix).read)
        .map(ObjectSchema::name)
        .collect();
    json!({
        "referenceTo": targets,
        "relationshipName": reference.and_then(|reference| reference.relationship.as_deref()),
        "relationshipOrder": relationship_order(object, field),
        "polymorphicForeignKey": field.is_polymorphic(),
        "namePointing": field.is_polymorphic(),
        "cascadeDelete": on_delete == Some(OnDelete::Cascade),
        "restrictedDelete": on_delete == Some(OnDelete::Restrict),
        "searchPrefilterable": reference.is_some(),
        "writeRequiresMasterRead": false,
    })
}

/// What no field has here; clients expect the keys.
fn absent() -> Json {
    json!({
        "aiPredictionField": false,
        "defaultValueFormula": null,
        "deprecatedAndHidden": false,
        "extraTypeInfo": null,
        "filteredLookupInfo": null,
        "highScaleNumber": false,
        "htmlFormatted": false,
        "referenceTargetField": null,
    })
}

fn picklist_value(value: &PicklistValue, valid_for: Option<String>) -> Json {
    json!({
        "active": value.active,
        "defaultValue": value.default,
        "label": value.label,
        "validFor": valid_for,
        "value": value.value,
    })
}

/// The controlling values that a choice goes with: a bit for each in the order of the controlling list, the highest of
/// the first byte first, in base64. Bytes come in threes, so that the text needs no padding.
fn valid_for(dependency: &Dependency, controlling: &[&str], choice: &str) -> String {
    let mut bits = vec![0_u8; controlling.len().div_ceil(24).max(1) * 3];
    for (at, value) in controlling.iter().enumerate() {
        if dependency.allows(choice, &Value::from(*value)) {
            bits[at / 8] |= 0x80 >> (at % 8);
        }
    }
    BASE64.encode(bits)
}

/// Whether its permission is set on its own: a location has one, its parts follow it.
fn is_permissionable(object: &ObjectSchema, field: &FieldSchema) -> bool {
    let is_location = field.data_type().api_name() == "location";
    let settable = is_location || (field.is_writable() && object.location_of(field).is_none());
    settable && !field.def.required
}

/// Fields that a create fills when the caller does not.
fn is_defaulted(object: &ObjectSchema, field: &FieldSchema) -> bool {
    *field.data_type() == FieldType::Boolean
        || *field.data_type() == FieldType::Id
        || !field.def.default.is_null()
        || object.owner_field == Some(field.ix)
        || matches!(field.data_type(), FieldType::AutoNumber { .. })
        || is_stamped(field)
}

/// The stamps that every record carries.
fn is_stamped(field: &FieldSchema) -> bool {
    let stamps = ["CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp", "IsDeleted"];
    field.def.system && stamps.contains(&field.name())
}

fn default_value(field: &FieldSchema) -> Json {
    match (&field.def.default, field.data_type()) {
        (Value::Null, FieldType::Boolean) => Json::Bool(false),
        (Value::Null, _) => Json::Null,
        (Value::Bool(flag), _) => Json::Bool(*flag),
        (Value::Int(number), _) => (*number).into(),
        (other, _) => other.to_plain().into(),
    }
}

/// 0 for the first master of a detail, 1 for the second.
fn relationship_order(object: &ObjectSchema, field: &FieldSchema) -> Option<usize> {
    let is_master = field.data_type().as_reference().is_some_and(|reference| reference.master_detail);
    object.masters.iter().position(|master| *master == field.ix).filter(|_| is_master)
}

fn soap_type(data_type: &FieldType) -> &'static str {
    match data_type.api_name() {
        "id" | "reference" => "tns:ID",
        "boolean" => "xsd:boolean",
        "int" => "xsd:int",
        "double" | "currency" | "percent" => "xsd:double",
        "date" => "xsd:date",
        "datetime" => "xsd:dateTime",
        "time" => "xsd:time",
        "address" => "urn:address",
        "base64" => "xsd:base64Binary",
        "location" => "urn:location",
        _ => "xsd:string",
    }
}
