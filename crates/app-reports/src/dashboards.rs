//! Saved dashboards: found by id as records that the reader may see.

use crate::definition::DashboardMetadata;
use model::{Error, RecordId, Result};
use platform::{Ctx, QueryOptions};

/// A saved dashboard with its definition.
#[derive(Clone, Debug)]
pub struct SavedDashboard {
    pub id: RecordId,
    pub name: String,
    pub developer_name: String,
    pub description: Option<String>,
    pub owner: RecordId,
    /// The folder it is filed in; none for what is its owner's.
    pub folder: Option<RecordId>,
    pub definition: DashboardMetadata,
}

impl SavedDashboard {
    /// Finds a dashboard that the reader may see.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is none; a named property when its definition cannot be read.
    pub fn fetch(ctx: &Ctx, id: RecordId) -> Result<Self> {
        ctx.object("Dashboard")?;
        let text = format!(
            "SELECT Name, DeveloperName, Description, OwnerId, FolderId, Definition FROM Dashboard WHERE Id = '{id}'"
        );
        let (_, rows) = ctx.query_all_rows(&text, QueryOptions::default())?;
        let row = rows.into_iter().next().ok_or_else(Error::not_found)?;
        let text = |at: usize| row.cells[at].value().as_text().map(str::to_owned);
        Ok(Self {
            id: row.id,
            name: text(0).unwrap_or_default(),
            developer_name: text(1).unwrap_or_default(),
            description: text(2),
            owner: row.cells[3].value().as_id().ok_or_else(|| Error::internal("a dashboard without an owner"))?,
            folder: row.cells[4].value().as_id(),
            definition: DashboardMetadata::parse(&text(5).unwrap_or_default())?,
        })
    }
}

/// The name of a dashboard, among those that the reader may see, that shows a report.
///
/// # Errors
/// What the database reports.
pub fn dashboard_of(ctx: &Ctx, report: RecordId) -> Result<Option<String>> {
    if ctx.object("Dashboard").is_err() {
        return Ok(None);
    }
    let (_, rows) = ctx.query_all_rows("SELECT Name, Definition FROM Dashboard", QueryOptions::default())?;
    let shows = |text: &str| {
        // One that cannot be read shows nothing.
        DashboardMetadata::parse(text).is_ok_and(|found| found.components.iter().any(|one| one.report_id == report))
    };
    let found = rows.iter().find(|row| shows(row.cells[1].value().as_text().unwrap_or_default()));
    Ok(found.map(|row| row.cells[0].value().to_plain()))
}
