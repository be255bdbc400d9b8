//! Reports and dashboards.

use super::route;
use crate::analytics::{dashboards, instances, reports, save, types};
use crate::route::Handler::Data;
use crate::route::Route;
use crate::route::Verb::{Delete, Get, Patch, Post, Put};

const DETAILS: (&str, &str) = ("includeDetails", "true: the records too");
const REPORTS: &str = "/services/data/v{version}/analytics/reports";
const REPORT: &str = "/services/data/v{version}/analytics/reports/{id}";
const DASHBOARDS: &str = "/services/data/v{version}/analytics/dashboards";
const DASHBOARD: &str = "/services/data/v{version}/analytics/dashboards/{id}";
const SEEN: &[(&str, &str)] = &[
    ("runningUser", "The user as whom it is shown, or left out"),
    ("filter1", "The id of an option of the first filter; filter2 to filter5 likewise"),
    ("filter2", "An option of the second"),
    ("filter3", "An option of the third"),
    ("filter4", "An option of the fourth"),
    ("filter5", "An option of the fifth"),
];

pub(super) const ANALYTICS: &[Route] = &[
    route(Get, REPORTS, "report_list", "The reports that the caller looked at last", Data(reports::list))
        .gives(&[(200, "ReportList")]),
    route(Post, REPORTS, "report_create", "Make a report, or copy one", Data(save::create))
        .takes("ReportBody")
        .gives(&[(200, "ReportDescription"), (501, "Errors")])
        .with(&[("cloneId", "The report to copy")]),
    route(
        Post,
        "/services/data/v{version}/analytics/reports/query",
        "report_query",
        "Run a report that is not saved",
        Data(reports::query),
    )
    .takes("ReportBody")
    .gives(&[(200, "ReportResult"), (501, "Errors")])
    .with(&[DETAILS]),
    route(Get, REPORT, "report_run", "Run a report", Data(reports::run))
        .gives(&[(200, "ReportResult"), (501, "Errors")])
        .with(&[DETAILS]),
    route(
        Post,
        REPORT,
        "report_run_changed",
        "Run a report with some of its properties replaced for this once",
        Data(reports::run),
    )
    .takes("ReportBody")
    .gives(&[(200, "ReportResult"), (501, "Errors")])
    .with(&[DETAILS]),
    route(Patch, REPORT, "report_update", "Replace some properties of a report", Data(save::update))
        .takes("ReportBody")
        .gives(&[(200, "ReportDescription"), (501, "Errors")]),
    route(Delete, REPORT, "report_delete", "Move a report to the recycle bin", Data(reports::delete))
        .gives(&[(204, "")]),
    route(
        Get,
        "/services/data/v{version}/analytics/reports/{id}/describe",
        "report_describe",
        "What a report asks, and what its type offers",
        Data(reports::describe),
    )
    .gives(&[(200, "ReportDescription")]),
    route(
        Get,
        "/services/data/v{version}/analytics/reports/{id}/instances",
        "report_instance_list",
        "The caller's runs of a report in the background, kept for a day",
        Data(instances::list),
    )
    .gives(&[(200, "ReportInstances")]),
    route(
        Post,
        "/services/data/v{version}/analytics/reports/{id}/instances",
        "report_instance_create",
        "Run a report in the background",
        Data(instances::start),
    )
    .takes("ReportBody")
    .gives(&[(200, "ReportInstance")])
    .with(&[DETAILS]),
    route(
        Get,
        "/services/data/v{version}/analytics/reports/{id}/instances/{instance}",
        "report_instance_get",
        "What a report run in the background answered",
        Data(instances::get),
    )
    .gives(&[(200, "ReportInstanceResult")]),
    route(
        Delete,
        "/services/data/v{version}/analytics/reports/{id}/instances/{instance}",
        "report_instance_delete",
        "Forget a run in the background",
        Data(instances::delete),
    )
    .gives(&[(204, "")]),
    route(
        Post,
        "/services/data/v{version}/analytics/reports/{id}/fields",
        "report_field_list",
        "The columns that a report could have",
        Data(types::fields),
    )
    .gives(&[(200, "ReportType")]),
    route(
        Get,
        "/services/data/v{version}/analytics/reportTypes",
        "report_type_list",
        "What reports can be made of",
        Data(types::list),
    )
    .gives(&[(200, "ReportTypes")]),
    route(
        Get,
        "/services/data/v{version}/analytics/reportTypes/{report_type}",
        "report_type_get",
        "The columns of a report type",
        Data(types::get),
    )
    .gives(&[(200, "ReportType")]),
    route(
        Get,
        "/services/data/v{version}/analytics/filteroperators",
        "filter_operator_list",
        "The operators of filters by type of column",
        Data(types::operators),
    )
    .gives(&[(200, "FilterOperators")])
    .with(&[("forDashboards", "true: those of a dashboard's filters")]),
    route(Get, DASHBOARDS, "dashboard_list", "The dashboards that the caller looked at last", Data(dashboards::list))
        .gives(&[(200, "DashboardList")]),
    route(Post, DASHBOARDS, "dashboard_clone", "Copy a dashboard", Data(dashboards::clone))
        .takes("DashboardBody")
        .gives(&[(200, "DashboardDescription")])
        .with(&[("cloneId", "The dashboard to copy")]),
    route(Get, DASHBOARD, "dashboard_get", "What the components of a dashboard answer", Data(dashboards::get))
        .gives(&[(200, "DashboardResult")])
        .with(SEEN),
    route(
        Post,
        DASHBOARD,
        "dashboard_component_list",
        "What some components of a dashboard answer",
        Data(dashboards::components),
    )
    .takes("ComponentIds")
    .gives(&[(200, "DashboardResult")])
    .with(SEEN),
    route(Put, DASHBOARD, "dashboard_refresh", "Ask the reports of a dashboard anew", Data(dashboards::refresh))
        .takes("ComponentIds")
        .gives(&[(200, "DashboardRefresh")]),
    route(Patch, DASHBOARD, "dashboard_update", "Rename or move a dashboard", Data(dashboards::update))
        .takes("DashboardBody")
        .gives(&[(200, "DashboardDescription")]),
    route(Delete, DASHBOARD, "dashboard_delete", "Move a dashboard to the recycle bin", Data(dashboards::delete))
        .gives(&[(204, "")]),
    route(
        Get,
        "/services/data/v{version}/analytics/dashboards/{id}/status",
        "dashboard_status_get",
        "When the components of a dashboard were asked last",
        Data(dashboards::status),
    )
    .gives(&[(200, "DashboardStatus")]),
    route(
        Get,
        "/services/data/v{version}/analytics/dashboards/{id}/describe",
        "dashboard_describe",
        "What a dashboard shows",
        Data(dashboards::describe),
    )
    .gives(&[(200, "DashboardDescription")]),
];
