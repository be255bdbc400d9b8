//! How the org shows its records: layouts, saved lists, places, quick actions.

use super::route;
use crate::route::Handler::{Data, Records};
use crate::route::Route;
use crate::route::Verb::{Get, Post};
use crate::{list_view, page_layout, quick_action, tabs};

const ROWS: &[(&str, &str)] = &[
    ("limit", "The most rows, from 1 to 2,000; 25 when left out"),
    ("offset", "Rows to leave out before the first, at most 2,000"),
];

pub(super) const PAGES: &[Route] = &[
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/describe/layouts",
        "layout_list",
        "The layout of the object's page, and which record type has it",
        Data(page_layout::layouts),
    )
    .gives(&[(200, "Layouts"), (304, "")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/describe/layouts/{record_type}",
        "layout_get",
        "The layout of a record type",
        Data(page_layout::layout_of_type),
    )
    .gives(&[(200, "Layout"), (304, "")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/describe/namedLayouts/{layout_name}",
        "named_layout_get",
        "A layout by its name",
        Data(page_layout::named_layouts),
    )
    .gives(&[(200, "Layouts"), (304, "")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/describe/compactLayouts",
        "compact_layout_list",
        "What a record shows in brief",
        Data(page_layout::compact_layouts),
    )
    .gives(&[(200, "CompactLayouts"), (304, "")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/describe/compactLayouts/{record_type}",
        "compact_layout_get",
        "What a record of a type shows in brief; `primary` for the usual one",
        Data(page_layout::compact_layout_of_type),
    )
    .gives(&[(200, "CompactLayout"), (304, "")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/describe/approvalLayouts",
        "approval_layout_list",
        "Layouts of approvals: none, since nothing is approved here",
        Data(page_layout::approval_layouts),
    )
    .gives(&[(200, "ApprovalLayouts"), (304, "")]),
    route(
        Get,
        "/services/data/v{version}/compactLayouts",
        "compact_layout_list_of",
        "What records of several objects show in brief",
        Data(page_layout::compact_layouts_of),
    )
    .gives(&[(200, "CompactLayoutMap"), (304, "")])
    .with(&[("q", "Names of objects, separated by commas")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/listviews",
        "list_view_list",
        "The saved lists of an object that the caller may see",
        Data(list_view::list),
    )
    .gives(&[(200, "ListViews")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/listviews/{id}",
        "list_view_get",
        "A saved list",
        Data(list_view::get),
    )
    .gives(&[(200, "ListView")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/listviews/{id}/describe",
        "list_view_describe",
        "What a saved list says: columns, condition, order, and all of it as a query",
        Data(list_view::describe),
    )
    .gives(&[(200, "ListViewDescription")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/listviews/{id}/results",
        "list_view_results",
        "The rows of a saved list",
        Data(list_view::results),
    )
    .gives(&[(200, "ListViewRows")])
    .with(ROWS),
    route(Get, "/services/data/v{version}/tabs", "tab_list", "The places of the org's pages", Data(tabs::tabs))
        .gives(&[(200, "Tabs")]),
    route(Get, "/services/data/v{version}/theme", "theme_get", "How objects look on the pages", Data(tabs::theme))
        .gives(&[(200, "Theme")]),
    route(
        Get,
        "/services/data/v{version}/quickActions",
        "quick_action_list",
        "The actions that make a record in one step",
        Data(quick_action::list),
    )
    .gives(&[(200, "QuickActions")]),
    route(
        Get,
        "/services/data/v{version}/quickActions/{action}",
        "quick_action_get",
        "An action",
        Data(quick_action::get),
    )
    .gives(&[(200, "QuickAction")]),
    route(
        Post,
        "/services/data/v{version}/quickActions/{action}",
        "quick_action_execute",
        "Make the action's record",
        Records(quick_action::execute),
    )
    .takes("QuickActionBody")
    .gives(&[(201, "QuickActionResult")]),
    route(
        Get,
        "/services/data/v{version}/quickActions/{action}/describe",
        "quick_action_describe",
        "What an action asks for",
        Data(quick_action::describe),
    )
    .gives(&[(200, "QuickActionDescription")]),
    route(
        Get,
        "/services/data/v{version}/quickActions/{action}/defaultValues",
        "quick_action_defaults",
        "What an action's record begins with",
        Data(quick_action::default_values),
    )
    .gives(&[(200, "DefaultValues")]),
    route(
        Get,
        "/services/data/v{version}/quickActions/{action}/defaultValues/{id}",
        "quick_action_defaults_for",
        "What an action's record begins with, about the record in view",
        Data(quick_action::default_values),
    )
    .gives(&[(200, "DefaultValues")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/quickActions",
        "object_quick_action_list",
        "The actions on the object's page",
        Data(quick_action::list),
    )
    .gives(&[(200, "QuickActions")]),
    route(
        Post,
        "/services/data/v{version}/sobjects/{object}/quickActions/{action}",
        "object_quick_action_execute",
        "Make the action's record, from the object's page",
        Records(quick_action::execute),
    )
    .takes("QuickActionBody")
    .gives(&[(201, "QuickActionResult")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/quickActions/{action}/describe",
        "object_quick_action_describe",
        "What an action on the object's page asks for",
        Data(quick_action::describe),
    )
    .gives(&[(200, "QuickActionDescription")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/quickActions/{action}/defaultValues",
        "object_quick_action_defaults",
        "What the record of an action on the object's page begins with",
        Data(quick_action::default_values),
    )
    .gives(&[(200, "DefaultValues")]),
    route(
        Get,
        "/services/data/v{version}/sobjects/{object}/quickActions/{action}/defaultValues/{id}",
        "object_quick_action_defaults_for",
        "What the record of an action on the object's page begins with, about the record in view",
        Data(quick_action::default_values),
    )
    .gives(&[(200, "DefaultValues")]),
];
