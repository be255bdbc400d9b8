//! Dashboards as people make them: the list, the editor, and agreements to lend one's rights.

mod agreement;
mod edit;
mod layout;
mod options;
mod page;
mod parts;
mod state;

pub(crate) use agreement::answer as agreement;
pub(crate) use edit::{create, edit, new, save};
pub(crate) use page::{actions, dashboard, refresh};

use crate::kit::Icon;
use crate::pages::reports::list::{Filed, page_below};
use crate::server::{Call, PageResult};

pub(crate) fn list(call: &Call<'_>) -> PageResult {
    call.ctx.object("Dashboard")?;
    let filed = Filed {
        object: "Dashboard",
        path: "/dashboards",
        icon: Icon::Dashboard,
        empty: "A dashboard shows several reports on one page. Make the first from the reports that you look at each morning.",
    };
    page_below(call, &filed, &agreement::asked(call)?)
}
