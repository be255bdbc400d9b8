//! Reports and a dashboard that every sales team starts with.

use crate::definition::{
    ChartSpec, Component, DashboardMetadata, DateGranularity, Direction, Grouping, Operator, ReportFilter,
    ReportFormat, ReportMetadata, SortBy, StandardDateFilter, StandardFilter,
};
use crate::saved::SavedReport;
use model::{RecordId, Result};
use platform::{Ctx, RecordDraft};

const FOLDER: &str = "Sales";

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn report(object: &str, name: &str, developer_name: &str) -> ReportMetadata {
    ReportMetadata { name: name.to_owned(), developer_name: developer_name.to_owned(), ..ReportMetadata::new(object) }
}

fn chart(chart_type: &str) -> Option<ChartSpec> {
    Some(ChartSpec { chart_type: chart_type.to_owned(), title: None, groupings: Vec::new(), summaries: Vec::new() })
}

fn open() -> Vec<StandardFilter> {
    vec![StandardFilter { name: "open".to_owned(), value: "open".to_owned() }]
}

/// The definitions, each complete and named.
pub fn sample_reports() -> Vec<ReportMetadata> {
    vec![pipeline_by_stage(), won_by_month(), top_owners(), closing_this_month(), cases_by_priority()]
}

fn pipeline_by_stage() -> ReportMetadata {
    ReportMetadata {
        report_format: ReportFormat::Summary,
        standard_filters: open(),
        groupings_down: vec![Grouping::by("StageName")],
        aggregates: texts(&["s!Amount", "s!ExpectedRevenue", "RowCount"]),
        detail_columns: texts(&[
            "Name",
            "Account.Name",
            "Owner.Name",
            "Amount",
            "ExpectedRevenue",
            "Probability",
            "CloseDate",
        ]),
        sort_by: vec![SortBy { sort_column: "CloseDate".to_owned(), sort_order: Direction::Asc }],
        chart: chart("Horizontal Bar"),
        ..report("Opportunity", "Pipeline by stage", "Pipeline_by_stage")
    }
}

fn won_by_month() -> ReportMetadata {
    ReportMetadata {
        report_format: ReportFormat::Summary,
        report_filters: vec![ReportFilter::new("IsWon", Operator::Equals, "true")],
        standard_date_filter: Some(StandardDateFilter::during("CloseDate", "LAST_N_DAYS:365")),
        groupings_down: vec![Grouping { date_granularity: DateGranularity::Month, ..Grouping::by("CloseDate") }],
        aggregates: texts(&["s!Amount", "RowCount"]),
        detail_columns: texts(&["Name", "Account.Name", "Owner.Name", "Amount", "CloseDate"]),
        sort_by: vec![SortBy { sort_column: "CloseDate".to_owned(), sort_order: Direction::Asc }],
        chart: chart("Vertical Column"),
        ..report("Opportunity", "Won by month", "Won_by_month")
    }
}

fn top_owners() -> ReportMetadata {
    ReportMetadata {
        report_format: ReportFormat::Summary,
        report_filters: vec![ReportFilter::new("IsWon", Operator::Equals, "true")],
        standard_date_filter: Some(StandardDateFilter::during("CloseDate", "THIS_FISCAL_YEAR")),
        groupings_down: vec![Grouping {
            sort_order: Direction::Desc,
            sort_aggregate: Some("s!Amount".to_owned()),
            ..Grouping::by("Owner.Name")
        }],
        aggregates: texts(&["s!Amount", "a!Amount", "RowCount"]),
        has_detail_rows: false,
        detail_columns: texts(&["Name", "Account.Name", "Amount", "CloseDate"]),
        chart: chart("Horizontal Bar"),
        ..report("Opportunity", "Top owners", "Top_owners")
    }
}

fn closing_this_month() -> ReportMetadata {
    ReportMetadata {
        standard_filters: open(),
        standard_date_filter: Some(StandardDateFilter::during("CloseDate", "THIS_MONTH")),
        aggregates: texts(&["s!Amount", "RowCount"]),
        detail_columns: texts(&[
            "Name",
            "Account.Name",
            "Owner.Name",
            "StageName",
            "Amount",
            "Probability",
            "CloseDate",
        ]),
        sort_by: vec![SortBy { sort_column: "Amount".to_owned(), sort_order: Direction::Desc }],
        chart: chart("Metric"),
        ..report("Opportunity", "Closing this month", "Closing_this_month")
    }
}

fn cases_by_priority() -> ReportMetadata {
    ReportMetadata {
        report_format: ReportFormat::Summary,
        standard_filters: open(),
        groupings_down: vec![Grouping::by("Priority")],
        aggregates: texts(&["RowCount"]),
        detail_columns: texts(&["CaseNumber", "Subject", "Account.Name", "Owner.Name", "Status", "CreatedDate"]),
        chart: chart("Donut"),
        ..report("Case", "Cases by priority", "Cases_by_priority")
    }
}

/// How the sample dashboard shows each report: title, API name of the report, visualization, row, column, columns wide.
pub(crate) const CARDS: [(&str, &str, &str, u32, u32, u32); 5] = [
    ("Closing this month", "Closing_this_month", "Metric", 0, 0, 4),
    ("Pipeline by stage", "Pipeline_by_stage", "Horizontal Bar", 0, 4, 8),
    ("Won by month", "Won_by_month", "Vertical Column", 4, 0, 8),
    ("Open cases by priority", "Cases_by_priority", "Donut", 4, 8, 4),
    ("Top owners this year", "Top_owners", "Table", 8, 0, 12),
];

/// The folder of the samples of a kind, made when it is first needed; whoever owns it says who else sees them.
fn folder(ctx: &Ctx, kind: &str) -> Result<RecordId> {
    let api_name = format!("{FOLDER}_{kind}s");
    let text = format!("SELECT Id FROM Folder WHERE DeveloperName = '{api_name}' AND Type = '{kind}' LIMIT 1");
    if let Some(known) = ctx.query_all_rows(&text, platform::QueryOptions::default())?.1.first() {
        return Ok(known.id);
    }
    let object = ctx.object("Folder")?;
    let draft = RecordDraft::new()
        .set(object, "Name", FOLDER)?
        .set(object, "DeveloperName", api_name.as_str())?
        .set(object, "Type", kind)?
        .set(object, "AccessType", "Hidden")?;
    ctx.record_create("Folder", draft)
}

/// Creates the sample reports that are not there yet, and the dashboard of them. Returns the reports in the order of
/// [`sample_reports`].
///
/// # Errors
/// As any create.
pub fn ensure_samples(ctx: &Ctx) -> Result<Vec<RecordId>> {
    let mut ids = Vec::new();
    for definition in sample_reports() {
        let found = SavedReport::find(ctx, &definition.developer_name)?;
        ids.push(match found {
            Some(saved) => saved.id,
            None => {
                let object = ctx.object("Report")?;
                let draft = RecordDraft::new()
                    .set(object, "Name", definition.name.as_str())?
                    .set(object, "DeveloperName", definition.developer_name.as_str())?
                    .set(object, "FolderId", folder(ctx, "Report")?)?
                    .set(object, "Definition", definition.to_json()?)?;
                ctx.record_create("Report", draft)?
            }
        });
    }
    let text = "SELECT Id FROM Dashboard WHERE DeveloperName = 'Sales' LIMIT 1";
    if ctx.query_all_rows(text, platform::QueryOptions::default())?.1.is_empty() {
        let names: Vec<String> = sample_reports().into_iter().map(|definition| definition.developer_name).collect();
        let component = |&(title, name, visualization, row, column, colspan): &(&str, &str, &str, u32, u32, u32)| {
            let at = names.iter().position(|known| known == name)?;
            Some(Component {
                title: title.to_owned(),
                report_id: *ids.get(at)?,
                visualization_type: visualization.to_owned(),
                row,
                column,
                rowspan: 4,
                colspan,
                footer: None,
            })
        };
        let dashboard = DashboardMetadata {
            components: CARDS.iter().filter_map(component).collect(),
            ..DashboardMetadata::default()
        };
        let object = ctx.object("Dashboard")?;
        let draft = RecordDraft::new()
            .set(object, "Name", "Sales")?
            .set(object, "DeveloperName", "Sales")?
            .set(object, "FolderId", folder(ctx, "Dashboard")?)?
            .set(object, "Definition", dashboard.to_json()?)?;
        ctx.record_create("Dashboard", draft)?;
    }
    Ok(ids)
}
