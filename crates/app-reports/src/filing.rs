//! Reports and dashboards in folders: of the folder's own kind, and under its name.

use crate::hook::SERVICES;
use model::{Error, ErrorCode, ObjectSchema, Result, Value};
use platform::{Hook, HookCtx, HookRow, Service};

pub(crate) struct FilingHook;

/// What folders hold.
const FILED: [&str; 2] = ["Report", "Dashboard"];

impl Hook for FilingHook {
    fn objects(&self) -> &'static [&'static str] {
        &["Report", "Dashboard", "Folder"]
    }

    fn service(&self) -> &'static Service {
        &SERVICES[1]
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        if row.object.name() == "Folder" {
            return check_folder(ctx, row);
        }
        // A name without a folder is what was written before there were any; it stays until the record is filed.
        let is_new = row.before.is_none();
        if !row.is_changed("FolderId") || (is_new && row.get("FolderId").is_null()) {
            return Ok(());
        }
        let Some(folder) = row.get("FolderId").as_id() else {
            row.set("FolderName", Value::Null);
            return Ok(());
        };
        let found = ctx.rows(&format!("SELECT Name, Type FROM Folder WHERE Id = '{folder}'"))?;
        let Some(found) = found.first() else { return Ok(()) };
        if found.cells[1].value().as_text() != Some(row.object.name()) {
            let message =
                format!("Folder: it is a folder for other things than a {}", row.object.label().to_lowercase());
            return Err(Error::new(ErrorCode::FieldIntegrityException, message).with_field("FolderId"));
        }
        row.set("FolderName", found.cells[0].value().clone());
        Ok(())
    }

    fn after_save(
        &self,
        ctx: &mut HookCtx<'_, '_>,
        object: &ObjectSchema,
        rows: &[(Option<&[Value]>, &[Value])],
    ) -> Result<()> {
        match object.name() {
            "Folder" => ctx.pass_on(object, rows, "Name", &FILED.map(|filed| (filed, "FolderId", "FolderName"))),
            _ => Ok(()),
        }
    }
}

/// A folder keeps its kind while something is in it.
fn check_folder(ctx: &mut HookCtx<'_, '_>, row: &HookRow<'_>) -> Result<()> {
    let (Some(_), Some(id)) = (row.before, row.get("Id").as_id()) else { return Ok(()) };
    if !row.is_changed("Type") {
        return Ok(());
    }
    for filed in FILED {
        if !ctx.rows(&format!("SELECT Id FROM {filed} WHERE FolderId = '{id}' LIMIT 1"))?.is_empty() {
            let message = "Type: the folder is not empty; it keeps its type while something is in it";
            return Err(Error::new(ErrorCode::FieldIntegrityException, message).with_field("Type"));
        }
    }
    Ok(())
}
