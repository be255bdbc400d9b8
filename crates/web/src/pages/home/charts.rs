//! The pictures of the numbers, each with its table.

use super::figures::Figures;
use crate::kit::{Cell, ChartFrame, Column, Panel, Row, Table};
use crate::pages::list::address::ListAddress;
use crate::pages::list::filter::{Filter, Op};
use crate::show::{CHART_MARGIN, Show};
use maud::Render;
use model::Decimal;
use render::chart::{Chart, ChartKind, Stacking, SvgOptions};
use render::format::NumberStyle;

fn options(show: &Show, id: &str) -> SvgOptions {
    SvgOptions {
        id: id.to_owned(),
        formats: show.formats,
        heading: false,
        margin: Some(CHART_MARGIN),
        height: Some(260.0),
        ..SvgOptions::default()
    }
}

fn frame(
    show: &Show,
    id: &str,
    title: &str,
    kind: ChartKind,
    points: Vec<(String, Decimal)>,
    table: Table,
) -> ChartFrame {
    let subtitle = format!("Sum of amount, {}", show.currency);
    if points.iter().all(|(_, amount)| amount.is_zero()) {
        return ChartFrame::empty(title, table).subtitle(subtitle);
    }
    let points = points.into_iter().map(|(label, amount)| (label, (!amount.is_zero()).then_some(amount)));
    let chart = Chart::single(title, kind, NumberStyle::Plain { scale: 0 }, points);
    ChartFrame::new(title, chart.to_svg(&options(show, id)), table).subtitle(subtitle)
}

pub(super) fn pipeline(show: &Show, figures: &Figures) -> ChartFrame {
    let rows = figures.stages.iter().map(|(stage, sum)| {
        let list =
            ListAddress::of("Opportunity").changed(|list| list.filters = vec![Filter::new("StageName", Op::Is, stage)]);
        Row::new(vec![
            stage.as_str().into(),
            show.amount(sum.amount).as_str().into(),
            show.whole(sum.count).as_str().into(),
        ])
        .href(list.href())
    });
    let columns =
        vec![Column::text("Stage"), Column::number("Amount").unit(show.currency.clone()), Column::number("Deals")];
    let table = Table::new("Open pipeline by stage", columns, rows.collect()).grid();
    let points = figures.stages.iter().map(|(stage, sum)| (stage.clone(), sum.amount)).collect();
    frame(show, "pipeline", "Open pipeline by stage", ChartKind::Bar { stacking: Stacking::None }, points, table)
}

pub(super) fn won(show: &Show, figures: &Figures) -> ChartFrame {
    let rows = figures.months.iter().map(|(month, sum)| {
        let label = month.to_civil().strftime("%B %Y").to_string();
        Row::new(vec![label.into(), show.amount(sum.amount).into(), show.whole(sum.count).into()])
    });
    let columns =
        vec![Column::text("Month"), Column::number("Amount").unit(show.currency.clone()), Column::number("Deals")];
    let table = Table::new("Won by month", columns, rows.collect()).grid();
    let points =
        figures.months.iter().map(|(month, sum)| (month.to_civil().strftime("%b").to_string(), sum.amount)).collect();
    frame(show, "won", "Won by month", ChartKind::Column { stacking: Stacking::None }, points, table)
}

pub(super) fn leaders(show: &Show, figures: &Figures) -> Panel {
    let rows = figures.leaders.iter().map(|leader| {
        let list = ListAddress::of("Opportunity").changed(|list| {
            list.filters = vec![
                Filter::new("OwnerId", Op::Is, &leader.id),
                Filter::new("IsWon", Op::Is, "true"),
                Filter::new("CloseDate", Op::During, "THIS_QUARTER"),
            ];
        });
        Row::new(vec![
            Cell::text(&leader.name),
            show.amount(leader.sum.amount).into(),
            show.whole(leader.sum.count).into(),
        ])
        .href(list.href())
    });
    let columns =
        vec![Column::text("Owner"), Column::number("Won").unit(show.currency.clone()), Column::number("Deals")];
    let empty = crate::kit::Empty::new(crate::kit::Icon::Star, "Nobody closed a deal yet this quarter.");
    Panel::new(Table::new("Leaders this quarter", columns, rows.collect()).empty(empty).render())
        .title("Leaders")
        .subtitle("Won this quarter")
        .flush()
}
