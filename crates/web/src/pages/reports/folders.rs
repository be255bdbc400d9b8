//! The folders that reports and dashboards are filed in.

use model::Result;
use platform::literal::quoted;
use platform::{Ctx, QueryOptions};

/// The folders of a kind that the reader may see: id and name.
///
/// # Errors
/// What the database reports.
pub(crate) fn of(ctx: &Ctx, kind: &str) -> Result<Vec<(String, String)>> {
    if ctx.object("Folder").is_err() {
        return Ok(Vec::new());
    }
    let text = format!("SELECT Name FROM Folder WHERE Type = {} ORDER BY Name", quoted(kind));
    let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
    Ok(rows.iter().map(|row| (row.id.to_string(), row.cells[0].value().to_plain())).collect())
}
