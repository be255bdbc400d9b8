//! Definitions are checked when they are saved, so that a report that cannot run is refused beside its field.

use crate::definition::{DashboardMetadata, ReportMetadata};
use crate::run;
use model::Result;
use platform::{Hook, HookCtx, HookRow, Service, ServiceGrant};

/// The first reads and writes nothing beside the row that is saved.
pub(crate) static SERVICES: [Service; 3] = [
    Service {
        name: "report-definitions",
        purpose: "Checks the definition of a report or dashboard while it is saved. It touches no other record.",
        grants: &[],
    },
    Service {
        name: "report-folders",
        purpose: "Looks up the folder that a report or dashboard is filed in, and keeps its name beside what is in it when \
                  the folder is renamed. It tells nobody what it read.",
        grants: &[ServiceGrant::read("Folder"), ServiceGrant::edit("Report"), ServiceGrant::edit("Dashboard")],
    },
    Service {
        name: "dashboard-agreements",
        purpose: "Reads the definitions of the reports on a dashboard to tell whether they are still those that the user with \
                  whose rights it is shown agreed to. It tells nobody what it read.",
        grants: &[ServiceGrant::read("Report")],
    },
];

pub(crate) struct DefinitionHook;

impl Hook for DefinitionHook {
    fn objects(&self) -> &'static [&'static str] {
        &["Report", "Dashboard"]
    }

    fn service(&self) -> &'static Service {
        &SERVICES[0]
    }

    fn before_save(&self, ctx: &mut HookCtx<'_, '_>, row: &mut HookRow<'_>) -> Result<()> {
        if !row.is_changed("Definition") {
            return Ok(());
        }
        let text = row.get("Definition").as_text().unwrap_or_default().to_owned();
        if row.object.name() == "Dashboard" {
            return DashboardMetadata::parse(&text).map(|_| ());
        }
        let definition = ReportMetadata::parse(&text)?;
        run::check(ctx.ctx(), &definition)?;
        row.set("Format", definition.report_format.as_str());
        Ok(())
    }
}
