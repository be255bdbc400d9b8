//! The objects that tell what happened in the org: views of the lines that stand beside the audit log.

use crate::ddl::stored;
use crate::driver::{Connection, Dialect};
use crate::trail::Told;
use model::{Error, ObjectSchema, RecordId, Result};

/// Creates the view of such an object. What the org does not know of an act is empty.
pub(crate) fn create(connection: &mut dyn Connection, object: &ObjectSchema) -> Result<()> {
    let told = match object.name() {
        "LoginHistory" => Told::SignIn,
        "SetupAuditTrail" => Told::Setup,
        other => return Err(Error::internal(format!("{other} tells of nothing that is kept"))),
    };
    let dialect = connection.dialect();
    let columns: Vec<String> = stored(object)
        .map(|field| {
            let value = value(told, object, field.name(), dialect);
            let collated = match (dialect, field.data_type().is_text()) {
                (Dialect::Sqlite, true) => " COLLATE HF",
                _ => "",
            };
            format!("{value}{collated} AS \"{}\"", field.column)
        })
        .collect();
    connection.batch(&format!(
        "CREATE VIEW \"{}\" AS SELECT {} FROM hf_trail WHERE told = {}",
        object.table,
        columns.join(", "),
        told as i64
    ))
}

fn value(told: Told, object: &ObjectSchema, field: &str, dialect: Dialect) -> String {
    let of_both = match field {
        "Id" => format!("{} + seq", RecordId::range_of(object.key_prefix()).0.as_i64()),
        "IsDeleted" => "0".to_owned(),
        "CreatedDate" | "LastModifiedDate" | "SystemModstamp" | "LoginTime" => "at_ms".to_owned(),
        "CreatedById" | "LastModifiedById" => "actor_id".to_owned(),
        _ => String::new(),
    };
    if !of_both.is_empty() {
        return match dialect {
            Dialect::Postgres if field == "IsDeleted" => "0::bigint".to_owned(),
            _ => of_both,
        };
    }
    let column = match (told, field) {
        (Told::SignIn, "UserId") => return "subject".to_owned(),
        (Told::SignIn, "LoginType") | (Told::Setup, "Action") => "act",
        (Told::SignIn, "Status") | (Told::Setup, "Section") => "place",
        (Told::SignIn, "SourceIp") => "source",
        (Told::SignIn, "Application") | (Told::Setup, "Display") => "words",
        (Told::Setup, "CreatedByContext") => "context",
        _ => {
            return match dialect {
                Dialect::Sqlite => "NULL",
                Dialect::Postgres => "NULL::text",
            }
            .to_owned();
        }
    };
    format!("NULLIF({column}, '')")
}
