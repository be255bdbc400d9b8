//! Tables from metadata. An object is a table, a stored field is a column; references, unique, external-id and marked
//! fields have an index. All of it runs inside the transaction that changes the metadata.

use crate::codec::{Codec, codec_of};
use crate::driver::{Connection, Dialect, collect};
use crate::{history_view, log_view};
use model::schema::Form;
use model::{FieldSchema, FieldType, ObjectSchema, OrgSchema, Result, Value};

/// Creates the table of an object with its indexes; field history has a view instead, which needs the table of the
/// object that it tells of.
pub(crate) fn create_object(connection: &mut dyn Connection, schema: &OrgSchema, object: &ObjectSchema) -> Result<()> {
    if object.is_field_history() {
        return history_view::create(connection, schema, object);
    }
    if !object.members().is_empty() {
        // A query puts it together, for each asker anew.
        return Ok(());
    }
    if object.is_view() {
        return log_view::create(connection, object);
    }
    let dialect = connection.dialect();
    let mut columns = Vec::new();
    for field in stored(object) {
        for form in field.form.iter().chain(&field.next_form) {
            columns.extend(form_columns(dialect, field, form)?.into_iter().map(|(_, column)| column));
        }
    }
    // Two forms may share a column.
    columns.dedup();
    connection.batch(&format!("CREATE TABLE \"{}\" (\n  {}\n)", object.table, columns.join(",\n  ")))?;
    for field in stored(object) {
        create_index(connection, object, field)?;
    }
    Ok(())
}

/// Adds the columns of a new field.
pub(crate) fn add_field(connection: &mut dyn Connection, object: &ObjectSchema, field: &FieldSchema) -> Result<()> {
    let Some(form) = &field.form else { return Ok(()) };
    add_form(connection, object, field, form, None)?;
    if field.def.default == Value::Bool(true) && !field.is_sealed() {
        // A box is ticked or not, never empty: records that are there already get what a new one would.
        connection.batch(&format!("UPDATE \"{}\" SET \"{}\" = 1", object.table, field.column))?;
    }
    create_index(connection, object, field)
}

/// Objects in the order in which their tables are made: views stand on tables.
pub(crate) fn tables_first(schema: &OrgSchema) -> impl Iterator<Item = &ObjectSchema> {
    let (views, tables): (Vec<_>, Vec<_>) = schema.objects().iter().partition(|object| object.is_view());
    tables.into_iter().chain(views)
}

/// Adds the columns that a form of a field's values has and `beside` has not.
pub(crate) fn add_form(
    connection: &mut dyn Connection,
    object: &ObjectSchema,
    field: &FieldSchema,
    form: &Form,
    beside: Option<&Form>,
) -> Result<()> {
    let there = beside.map(names).unwrap_or_default();
    for (name, column) in form_columns(connection.dialect(), field, form)? {
        if !there.contains(&name) {
            connection.batch(&format!("ALTER TABLE \"{}\" ADD COLUMN {column}", object.table))?;
        }
    }
    Ok(())
}

/// The columns of a form.
fn names(form: &Form) -> Vec<&str> {
    std::iter::once(form.column()).chain(form.token().map(|token| token.column.as_str())).collect()
}

/// The columns of a form with how each is declared.
fn form_columns<'f>(dialect: Dialect, field: &FieldSchema, form: &'f Form) -> Result<Vec<(&'f str, String)>> {
    let bytes = match dialect {
        Dialect::Sqlite => "BLOB",
        Dialect::Postgres => "bytea",
    };
    Ok(match form {
        Form::Plain { column } => vec![(column.as_str(), plain_column(dialect, field, column)?)],
        Form::Sealed { .. } => names(form).into_iter().map(|name| (name, format!("\"{name}\" {bytes}"))).collect(),
    })
}

pub(crate) fn stored(object: &ObjectSchema) -> impl Iterator<Item = &FieldSchema> {
    object.fields.iter().filter(|field| !field.column.is_empty())
}

fn plain_column(dialect: Dialect, field: &FieldSchema, name: &str) -> Result<String> {
    let codec = codec_of(field)?;
    let data_type = match (dialect, codec) {
        (Dialect::Sqlite, Codec::Text) => "TEXT COLLATE HF",
        (Dialect::Sqlite, _) => "INTEGER",
        (Dialect::Postgres, Codec::Text) => "text",
        (Dialect::Postgres, _) => "bigint",
    };
    let constraint = match codec {
        Codec::Id if field.name() == "Id" => " PRIMARY KEY",
        Codec::Bool => " NOT NULL DEFAULT 0",
        _ => "",
    };
    Ok(format!("\"{name}\" {data_type}{constraint}"))
}

/// Whether a field's column has an index.
pub(crate) fn wants_index(object: &ObjectSchema, field: &FieldSchema) -> bool {
    if field.is_sealed() {
        // A ciphertext is never looked for, a token always.
        return field.sealing().has_token();
    }
    let is_reference = !field.targets.is_empty();
    // The sweep of contents asks for each whether something names it.
    let is_content = *field.data_type() == FieldType::Base64;
    let is_name = field.ix == object.name_field;
    let wanted = field.def.unique
        || field.def.external_id
        || field.def.indexed
        || is_name
        || is_content
        || object.listed_by == Some(field.ix)
        || (is_reference && !field.def.system);
    wanted && field.name() != "Id" && !object.is_view()
}

/// The columns behind the value in an index that lists are read off: the date that orders them, so that a page needs no
/// sort. A file's index also has what decides whether a record is shown at all, and what reports add up, so that records
/// which are not shown, and totals, are never looked up. (PostgreSQL folds texts in its indexes and would look all the
/// same.)
fn list_columns<'a>(dialect: Dialect, object: &'a ObjectSchema, field: &FieldSchema) -> Vec<&'a FieldSchema> {
    let Some(by) = object.listed_by.filter(|_| serves_lists(object, field)) else { return Vec::new() };
    let by = Some(by).filter(|by| *by != field.ix);
    let mut columns: Vec<&FieldSchema> = by.map(|by| object.field(by)).into_iter().collect();
    if dialect == Dialect::Sqlite && object.owner_field != Some(field.ix) {
        columns.extend(object.find_field("IsDeleted"));
        columns.extend(object.owner_field.map(|owner| object.field(owner)));
        columns.extend(object.def.totalled_by.as_deref().and_then(|total| object.find_field(total)));
    }
    columns.retain(|column| !column.column.is_empty() && !column.is_sealed());
    columns
}

/// Whether lists are narrowed or ordered by a field: the owner, marked picklists, the date itself.
fn serves_lists(object: &ObjectSchema, field: &FieldSchema) -> bool {
    let choices = field.def.indexed && matches!(field.data_type(), FieldType::Picklist { .. });
    let serves = choices || object.owner_field == Some(field.ix) || object.listed_by == Some(field.ix);
    object.listed_by.is_some_and(|by| !object.field(by).is_sealed()) && serves && !field.def.unique
}

/// Whether empty values have no entry: most references of most records are empty, each entry is one more page to write,
/// and nobody looks a record up by what it does not point to.
fn leaves_out_empty(object: &ObjectSchema, field: &FieldSchema) -> bool {
    let plain = !field.def.unique && !field.def.external_id && !field.def.indexed;
    !field.targets.is_empty() && plain && object.owner_field != Some(field.ix) && object.name_field != field.ix
}

pub(crate) fn create_index(connection: &mut dyn Connection, object: &ObjectSchema, field: &FieldSchema) -> Result<()> {
    let Some(index) = index_sql(object, field)? else { return Ok(()) };
    let sql = match connection.dialect() {
        Dialect::Sqlite => index.sqlite,
        Dialect::Postgres => index.postgres,
    };
    connection.batch(&sql)
}

/// Drops the index of a field, if it has one.
pub(crate) fn drop_index(connection: &mut dyn Connection, object: &ObjectSchema, field: &FieldSchema) -> Result<()> {
    connection.batch(&format!("DROP INDEX IF EXISTS \"{}\"", index_name(object, field)))
}

/// The columns that a table has.
pub(crate) fn columns_of(connection: &mut dyn Connection, table: &str) -> Result<Vec<String>> {
    let sql = match connection.dialect() {
        Dialect::Sqlite => "SELECT name FROM pragma_table_info(?1)",
        Dialect::Postgres => {
            "SELECT column_name::text FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = $1::text"
        }
    };
    collect(connection, sql, &[table.into()], |row| Ok(row.text(0)?.unwrap_or_default().to_owned()))
}

/// Drops a column with its indexes.
pub(crate) fn drop_column(connection: &mut dyn Connection, table: &str, column: &str) -> Result<()> {
    if connection.dialect() == Dialect::Sqlite {
        // PostgreSQL drops them with the column; SQLite drops no column that an index holds.
        let held = "SELECT DISTINCT l.name FROM pragma_index_list(?1) l, pragma_index_info(l.name) i WHERE i.name = ?2";
        let indexes =
            collect(connection, held, &[table.into(), column.into()], |row| Ok(row.text(0)?.map(str::to_owned)))?;
        for index in indexes.into_iter().flatten() {
            connection.batch(&format!("DROP INDEX \"{index}\""))?;
        }
    }
    connection.batch(&format!("ALTER TABLE \"{table}\" DROP COLUMN \"{column}\""))
}

/// The index of a field in both dialects.
#[derive(PartialEq, Eq)]
pub(crate) struct IndexSql {
    sqlite: String,
    postgres: String,
}

/// How a field's index is made; none for a field without one.
pub(crate) fn index_sql(object: &ObjectSchema, field: &FieldSchema) -> Result<Option<IndexSql>> {
    if !wants_index(object, field) {
        return Ok(None);
    }
    let token = field.form.as_ref().and_then(Form::token);
    let column = token.map_or(&field.column, |token| &token.column);
    let text = codec_of(field)?.is_text() && token.is_none();
    let sql = |dialect: Dialect| {
        let mut columns = match (dialect, text, field.def.case_sensitive) {
            (Dialect::Sqlite, true, true) => format!("\"{column}\" COLLATE BINARY"),
            (Dialect::Postgres, true, true) => format!("\"{column}\" COLLATE \"C\""),
            (Dialect::Postgres, true, false) => format!("hf_fold(\"{column}\")"),
            _ => format!("\"{column}\""),
        };
        for behind in list_columns(dialect, object, field) {
            columns.push_str(&format!(", \"{}\"", behind.column));
        }
        let unique = if field.def.unique { " UNIQUE" } else { "" };
        let only = if field.def.unique {
            format!(" WHERE \"IsDeleted\" = 0 AND \"{column}\" IS NOT NULL")
        } else if leaves_out_empty(object, field) {
            format!(" WHERE \"{column}\" IS NOT NULL")
        } else {
            String::new()
        };
        let name = index_name(object, field);
        format!("CREATE{unique} INDEX \"{name}\" ON \"{}\" ({columns}){only}", object.table)
    };
    Ok(Some(IndexSql { sqlite: sql(Dialect::Sqlite), postgres: sql(Dialect::Postgres) }))
}

/// Whether the field's index has its values in the order of lists, empty ones included.
pub(crate) fn index_keeps_order(dialect: Dialect, object: &ObjectSchema, field: &FieldSchema) -> bool {
    let folded = dialect == Dialect::Postgres && field.data_type().is_text();
    let choices = matches!(field.data_type(), FieldType::Picklist { .. });
    !field.is_sealed()
        && !folded
        && !choices
        && !field.def.case_sensitive
        && !field.def.unique
        && !leaves_out_empty(object, field)
}

/// The name of a field's index. An index of another make has another name, so that a database that has the one is seen
/// to lack the other.
pub(crate) fn index_name(object: &ObjectSchema, field: &FieldSchema) -> String {
    if let Some(token) = field.form.as_ref().and_then(Form::token) {
        return shortened(format!("hx_{}_{}", object.table, token.column));
    }
    if leaves_out_empty(object, field) {
        return shortened(format!("hp_{}_{}", object.table, field.column));
    }
    if serves_lists(object, field) {
        return shortened(format!("hl_{}_{}", object.table, field.column));
    }
    plain_index_name(object, field)
}

/// The name of an index over the column alone, empty values included.
pub(crate) fn plain_index_name(object: &ObjectSchema, field: &FieldSchema) -> String {
    shortened(format!("hx_{}_{}", object.table, field.column))
}

/// PostgreSQL cuts names at 63 bytes, so long ones end in a hash of the whole.
fn shortened(full: String) -> String {
    if full.len() <= 60 {
        return full;
    }
    let hash = full
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{}_{hash:016x}", &full[..43])
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::OrgSchema;
    use model::schema::{AccessDefault, FieldDef, ObjectDef};

    #[test]
    fn indexes_have_the_order_of_lists_and_leave_empty_references_out() {
        let deal = ObjectDef::new("Deal", "Deal", "Deals", "006")
            .listed_by("CloseDate")
            .totalled_by("Amount")
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::currency("Amount", "Amount"))
            .field(FieldDef::picklist("Stage", "Stage", &["Open", "Won"]).indexed())
            .field(FieldDef::date("CloseDate", "Close date"))
            .field(FieldDef::lookup("PartnerId", "Partner", "User"))
            .field(FieldDef::text("Number", "Number", 20).unique());
        let user = ObjectDef::new("User", "User", "Users", "005")
            .setting(AccessDefault::PublicRead)
            .field(FieldDef::text("Name", "Name", 80));
        let schema = OrgSchema::build(1, [deal, user]).expect("a sound schema");
        let deal = schema.find_object("Deal").expect("the object");
        let indexes = || stored(deal).filter_map(|field| index_sql(deal, field).expect("an index"));
        let texts: Vec<String> =
            indexes().map(|index| index.sqlite).chain(indexes().map(|index| index.postgres)).collect();
        insta::assert_snapshot!(texts.join("\n"), @r#"
        CREATE INDEX "hl_Deal_OwnerId" ON "Deal" ("OwnerId", "CloseDate")
        CREATE INDEX "hx_Deal_Name" ON "Deal" ("Name")
        CREATE INDEX "hl_Deal_Stage" ON "Deal" ("Stage", "CloseDate", "IsDeleted", "OwnerId", "Amount")
        CREATE INDEX "hl_Deal_CloseDate" ON "Deal" ("CloseDate", "IsDeleted", "OwnerId", "Amount")
        CREATE INDEX "hp_Deal_PartnerId" ON "Deal" ("PartnerId") WHERE "PartnerId" IS NOT NULL
        CREATE UNIQUE INDEX "hx_Deal_Number" ON "Deal" ("Number") WHERE "IsDeleted" = 0 AND "Number" IS NOT NULL
        CREATE INDEX "hx_Deal_SystemModstamp" ON "Deal" ("SystemModstamp")
        CREATE INDEX "hl_Deal_OwnerId" ON "Deal" ("OwnerId", "CloseDate")
        CREATE INDEX "hx_Deal_Name" ON "Deal" (hf_fold("Name"))
        CREATE INDEX "hl_Deal_Stage" ON "Deal" (hf_fold("Stage"), "CloseDate")
        CREATE INDEX "hl_Deal_CloseDate" ON "Deal" ("CloseDate")
        CREATE INDEX "hp_Deal_PartnerId" ON "Deal" ("PartnerId") WHERE "PartnerId" IS NOT NULL
        CREATE UNIQUE INDEX "hx_Deal_Number" ON "Deal" (hf_fold("Number")) WHERE "IsDeleted" = 0 AND "Number" IS NOT NULL
        CREATE INDEX "hx_Deal_SystemModstamp" ON "Deal" ("SystemModstamp")
        "#);
    }

    #[test]
    fn lists_are_ordered_by_a_date_alone() {
        let deal =
            ObjectDef::new("Deal", "Deal", "Deals", "006").listed_by("Name").field(FieldDef::text("Name", "Name", 80));
        let error = OrgSchema::build(1, [deal]).expect_err("a text is no date");
        assert!(error.message().contains("ordered by Name"), "{error}");
    }
}
