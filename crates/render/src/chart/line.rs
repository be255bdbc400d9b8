//! Lines over an ordered axis. An empty value is a gap.

use super::axis::float;
use super::column::{Plot, value_grid};
use super::frame::{Frame, LABEL};
use super::legend;
use super::scene::{Anchor, Paint, PathStep, Round, Shape, Stroke, Words, block, weight};
use crate::font;

const WIDTH: f64 = 2.25;
/// Lines whose points can all show without a crowd.
const MAX_DOTTED: usize = 3;
/// Pixels between points that can show as dots without becoming a string of beads.
const DOT_STEP: f64 = 22.0;
/// Points that can be pointed at one by one.
const MAX_TIPS: usize = 400;
const NAME_LINE: f64 = 15.0;

pub(super) fn draw(frame: &mut Frame<'_>) {
    let count = frame.chart.series.len();
    let names = end_labels(frame);
    if names.is_empty() {
        legend::draw(frame);
    }
    let beside = names.iter().map(|name| font::width(name, LABEL, weight(true)) + 14.0).fold(0.0, f64::max);
    let least = frame.height.max(frame.top + 160.0);
    frame.reserve(least - frame.top - frame.pad);
    let extent = extent(frame);
    let style = frame.chart.number.clone();
    let plot = value_grid(frame, extent, &style, 26.0, beside.max(8.0));
    let places = places(frame.chart.categories.len(), &plot);
    category_labels(frame, &plot, &places);
    for series in 0..count {
        draw_series(frame, &plot, &places, series, count == 1);
    }
    if !names.is_empty() {
        name_lines(frame, &plot, &names);
    }
    tips(frame, &plot, &places);
}

/// What stands at the ends of the lines: the names of several, or the last value of one that runs to the end. Nothing
/// where it would not fit.
fn end_labels(frame: &Frame<'_>) -> Vec<String> {
    let series = &frame.chart.series;
    if series.len() == 1 {
        return series[0].values.last().copied().flatten().map(|value| frame.compact(value)).into_iter().collect();
    }
    let high_enough = series.len() as f64 * NAME_LINE <= frame.bottom() - frame.top - 60.0;
    if frame.width < 420.0 || !high_enough {
        return Vec::new();
    }
    series.iter().map(|series| font::fit(&series.name, frame.width * 0.22, LABEL, weight(true))).collect()
}

/// A line shows change, so it needs no zero when all its values are far from it and close together.
fn extent(frame: &Frame<'_>) -> (f64, f64) {
    let values =
        || frame.chart.series.iter().flat_map(|series| series.values.iter().flatten()).map(|value| float(*value));
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let near = (high - low) < 0.2 * low.abs().min(high.abs()) && low * high > 0.0 && high > low;
    if near { (low, high) } else { (low.min(0.0), high.max(0.0)) }
}

fn places(count: usize, plot: &Plot) -> Vec<f64> {
    let width = plot.right - plot.left;
    let inset = 6.0;
    if count == 1 {
        return vec![plot.left + width / 2.0];
    }
    let step = (width - 2.0 * inset) / (count as f64 - 1.0);
    (0..count).map(|at| plot.left + inset + step * at as f64).collect()
}

fn draw_series(frame: &mut Frame<'_>, plot: &Plot, places: &[f64], series: usize, alone: bool) {
    let points: Vec<Option<(f64, f64)>> = frame.chart.series[series]
        .values
        .iter()
        .zip(places)
        .map(|(value, x)| value.map(|value| (*x, plot.y(float(value)))))
        .collect();
    let runs: Vec<Vec<(f64, f64)>> = points
        .split(Option::is_none)
        .map(|run| run.iter().copied().flatten().collect())
        .filter(|run: &Vec<_>| !run.is_empty())
        .collect();
    let ground = plot.y(plot.axis.low.max(0.0).min(plot.axis.high));
    let paint = frame.series_paint(series);
    for run in &runs {
        let (first, last) = (run[0], run[run.len() - 1]);
        let line: Vec<PathStep> = run
            .iter()
            .enumerate()
            .map(|(at, (x, y))| if at == 0 { PathStep::Move(*x, *y) } else { PathStep::Line(*x, *y) })
            .collect();
        if alone && run.len() > 1 {
            let mut area = line.clone();
            area.extend([PathStep::Line(last.0, ground), PathStep::Line(first.0, ground), PathStep::Close]);
            frame.push(Shape::Path { steps: area, fill: Some(paint), stroke: None, opacity: 0.1, tip: None });
        }
        if run.len() > 1 {
            let stroke = Some(Stroke { paint, width: WIDTH });
            frame.push(Shape::Path { steps: line, fill: None, stroke, opacity: 1.0, tip: None });
        }
    }
    let roomy = places.windows(2).all(|pair| pair[1] - pair[0] >= DOT_STEP);
    let dots = roomy && frame.chart.series.len() <= MAX_DOTTED;
    for run in &runs {
        let ends = [run.len() - 1];
        let shown = if dots { (0..run.len()).collect::<Vec<_>>() } else { ends.to_vec() };
        for at in shown {
            let (x, y) = run[at];
            let stroke = Some(Stroke { paint: Paint::Surface, width: 1.5 });
            frame.push(Shape::Circle { x, y, radius: 3.75, fill: paint, stroke, tip: None });
        }
    }
    // One line that ends early says its last value at its end.
    let last = frame.chart.series[series].values.iter().rposition(Option::is_some);
    if let Some(at) = last.filter(|at| alone && at + 1 < points.len())
        && let (Some((x, y)), Some(value)) = (points[at], frame.chart.series[series].values[at])
    {
        let label = frame.compact(value);
        frame.push(Words::at(x, y - 10.0, label, LABEL).bold().anchor(Anchor::Middle));
    }
}

/// Names at the ends of their lines, moved apart where they would touch.
fn name_lines(frame: &mut Frame<'_>, plot: &Plot, names: &[String]) {
    let mut ends: Vec<(usize, f64)> = frame
        .chart
        .series
        .iter()
        .enumerate()
        .filter_map(|(at, series)| {
            Some((at, plot.y(float((*series.values.iter().rev().find(|value| value.is_some())?)?))))
        })
        .collect();
    ends.sort_by(|a, b| a.1.total_cmp(&b.1));
    for at in 1..ends.len() {
        ends[at].1 = ends[at].1.max(ends[at - 1].1 + NAME_LINE);
    }
    let over = ends.last().map_or(0.0, |last| (last.1 - plot.bottom).max(0.0));
    if over > 0.0 {
        let mut limit = plot.bottom;
        for end in ends.iter_mut().rev() {
            end.1 = end.1.min(limit);
            limit = end.1 - NAME_LINE;
        }
    }
    for (series, y) in ends {
        let words = Words::at(plot.right + 8.0, y + 4.0, names[series].clone(), LABEL);
        let paint = if names.len() == 1 { Paint::Ink } else { frame.series_paint(series) };
        frame.push(words.paint(paint).bold());
    }
}

/// As many labels as stand side by side, evenly spaced, the last one among them where it has room.
fn category_labels(frame: &mut Frame<'_>, plot: &Plot, places: &[f64]) {
    let labels = &frame.chart.categories;
    let widest = labels.iter().map(|label| frame.label_width(label)).fold(0.0, f64::max).min(140.0);
    let step = if places.len() > 1 { places[1] - places[0] } else { plot.right - plot.left };
    let every = (((widest + 14.0) / step).ceil() as usize).max(1);
    for at in (0..places.len()).step_by(every) {
        let label = font::fit(&labels[at], 140.0, LABEL, weight(false));
        let half = frame.label_width(&label) / 2.0;
        let x = places[at].clamp(frame.left() + half, (frame.right() - half).max(frame.left() + half));
        frame.push(Words::at(x, plot.bottom + 20.0, label, LABEL).muted().anchor(Anchor::Middle));
    }
}

/// An unseen strip over each point, so that pointing anywhere near it tells its values.
fn tips(frame: &mut Frame<'_>, plot: &Plot, places: &[f64]) {
    if places.len() > MAX_TIPS {
        return;
    }
    let step = if places.len() > 1 { places[1] - places[0] } else { plot.right - plot.left };
    for (at, x) in places.iter().enumerate() {
        let lines: Vec<String> = (0..frame.chart.series.len()).filter_map(|series| frame.tip(at, series)).collect();
        if lines.is_empty() {
            continue;
        }
        let (left, right) = ((x - step / 2.0).max(plot.left), (x + step / 2.0).min(plot.right));
        let steps = block(left, plot.top, right - left, plot.bottom - plot.top, 0.0, Round::None);
        let tip = Some(lines.join(", "));
        frame.push(Shape::Path { steps, fill: Some(Paint::Surface), stroke: None, opacity: 0.0, tip });
    }
}
