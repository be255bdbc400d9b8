//! Dashboards as cards: each report run with the rights of who looks, and drawn as its component asks. A card that fails
//! says so; the others still answer.

use crate::board::Board;
use crate::definition::{Component, ReportMetadata};
use crate::run::{self, ReportRun, RunOptions};
use crate::samples::{CARDS, sample_reports};
use crate::saved::SavedReport;
use model::{Error, Instant, RecordId, Result};
use platform::Ctx;
use render::Table;
use render::chart::{Chart, ChartKind};
use render::format::NumberStyle;

/// One component, ready to be drawn.
#[derive(Clone, Debug)]
pub struct DashboardCard {
    pub title: String,
    /// The saved report behind it, where the reader may open one.
    pub report: Option<RecordId>,
    /// Place and size on the grid of twelve columns: row, column, rows, columns.
    pub place: (u32, u32, u32, u32),
    pub footer: Option<String>,
    /// When its report was asked.
    pub asked: Option<Instant>,
    /// Filters of the dashboard that its report has no column for.
    pub unfiltered: Vec<String>,
    pub body: CardBody,
}

#[derive(Clone, Debug)]
pub enum CardBody {
    /// A figure as the reader's locale writes it, and what it counts.
    Figure {
        value: String,
        label: String,
    },
    /// A chart with its table.
    Chart {
        chart: Box<Chart>,
        table: Table,
    },
    Table(Table),
    /// Nothing passed the filters.
    Empty,
    /// Why it could not be made.
    Problem(String),
}

/// The cards of the home page: the sample reports over what the reader may see, whether or not they were saved.
///
/// # Errors
/// What the database reports while it looks for saved reports.
pub fn home_dashboard(ctx: &Ctx) -> Result<Vec<DashboardCard>> {
    let definitions = sample_reports();
    let mut cards = Vec::with_capacity(CARDS.len());
    for (title, name, visualization, row, column, colspan) in CARDS {
        let Some(sample) = definitions.iter().find(|definition| definition.developer_name == name) else { continue };
        let saved = SavedReport::find(ctx, name)?;
        let report = saved.as_ref().map(|saved| saved.id);
        let definition = saved.as_ref().map_or(sample, |saved| &saved.definition);
        let component = Component {
            title: title.to_owned(),
            report_id: report.unwrap_or(RecordId::from_i64(0)),
            visualization_type: visualization.to_owned(),
            row,
            column,
            rowspan: 4,
            colspan,
            footer: None,
        };
        cards.push(card(ctx, &component, report, definition));
    }
    Ok(cards)
}

/// The cards of a dashboard that is open before somebody, in the order of their components.
///
/// # Errors
/// A failure of ours; what is wrong with a report stands in its card.
pub fn board_cards(board: &Board) -> Result<Vec<DashboardCard>> {
    let components = board.saved.definition.components.iter().enumerate();
    components
        .map(|(at, component)| {
            let answer = match board.answer(at) {
                Ok(answer) => answer,
                Err(error) if error.code().http_status() >= 500 && error.code() != model::ErrorCode::NotImplemented => {
                    return Err(error);
                }
                Err(error) => return Ok(placed(component, None, CardBody::Problem(problem(&error)))),
            };
            let report = Some(component.report_id).filter(|report| board.may_open(*report));
            let card = placed(component, report, body(component, &answer.run));
            Ok(DashboardCard { asked: Some(answer.asked), unfiltered: answer.unfiltered, ..card })
        })
        .collect()
}

fn placed(component: &Component, report: Option<RecordId>, body: CardBody) -> DashboardCard {
    let place = (component.row, component.column, component.rowspan, component.colspan);
    let footer = component.footer.clone();
    DashboardCard { title: component.title.clone(), report, place, footer, asked: None, unfiltered: Vec::new(), body }
}

fn card(ctx: &Ctx, component: &Component, report: Option<RecordId>, definition: &ReportMetadata) -> DashboardCard {
    // A list of records on a dashboard is a table; everything else needs figures alone.
    let details = component.chart_kind().is_ok_and(|kind| kind.is_none()) && definition.groupings_down.is_empty();
    let options = RunOptions { details: Some(details), ..RunOptions::default() };
    let body = match run::run(ctx, definition, &options) {
        Ok(run) => body(component, &run),
        Err(error) => CardBody::Problem(problem(&error)),
    };
    placed(component, report, body)
}

fn body(component: &Component, run: &ReportRun) -> CardBody {
    match component.chart_kind() {
        Err(error) => CardBody::Problem(problem(&error)),
        Ok(Some(ChartKind::Metric { .. })) => {
            let figure = run.aggregates.first().zip(run.totals.first());
            let Some((aggregate, total)) = figure else { return CardBody::Empty };
            let value = match (total.as_decimal(), NumberStyle::of(&aggregate.kind)) {
                (Some(number), Some(style)) => run.around.formats.compact(number, &style),
                _ => run.around.formats.value(total, &aggregate.kind, Some(&run.around.zone)),
            };
            CardBody::Figure { value, label: aggregate.label.clone() }
        }
        Ok(_) if run.row_count == 0 => CardBody::Empty,
        Ok(None) => CardBody::Table(run.to_summary()),
        Ok(Some(_)) => match run.chart_as(&component.chart_spec()) {
            Some(chart) => CardBody::Chart { chart: Box::new(chart), table: run.to_summary() },
            None => CardBody::Table(run.to_summary()),
        },
    }
}

/// A report that is not there and one that may not be seen answer alike.
fn problem(error: &Error) -> String {
    match error.code() {
        model::ErrorCode::NotFound => "The report is not there, or you may not see it.".to_owned(),
        _ => error.message().to_owned(),
    }
}
