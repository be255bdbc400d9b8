//! Bars from left to right: a label before each, its value behind it.

use super::axis::{Axis, float};
use super::definition::Stacking;
use super::frame::{Frame, LABEL};
use super::legend;
use super::scene::{Anchor, Paint, Round, Shape, Words, block, weight};
use crate::font;
use crate::format::NumberStyle;
use model::Decimal;

/// The plot of horizontal bars.
struct Plot {
    left: f64,
    right: f64,
    axis: Axis,
}

impl Plot {
    fn x(&self, value: f64) -> f64 {
        self.left + self.axis.share(value) * (self.right - self.left)
    }
}

pub(super) fn draw(frame: &mut Frame<'_>, stacking: Stacking) {
    legend::draw(frame);
    let groups = frame.chart.categories.len();
    let lanes = if stacking == Stacking::None { frame.chart.series.len() } else { 1 };
    let scale_height = if stacking == Stacking::Percent { 24.0 } else { 0.0 };
    // Lanes get thinner as they get more, and stay wide enough for a label of their own.
    let least_row = if lanes == 1 { 26.0 } else { lanes as f64 * 16.0 + 10.0 };
    frame.reserve(groups as f64 * least_row + scale_height + 4.0);
    let row = ((frame.bottom() - frame.top - scale_height) / groups as f64).min(least_row * 1.8);
    let widest = frame.chart.categories.iter().map(|label| frame.label_width(label)).fold(0.0, f64::max);
    let gutter = widest.min((frame.right() - frame.left()) * 0.36) + 10.0;
    let values = if stacking == Stacking::Percent { 0.0 } else { widest_value(frame, stacking) + 8.0 };
    let (low, high) = frame.extent(stacking);
    let style =
        if stacking == Stacking::Percent { NumberStyle::Percent { scale: 0 } } else { frame.chart.number.clone() };
    let plot = Plot {
        left: frame.left() + gutter + if low < 0.0 { values } else { 0.0 },
        right: frame.right()
            - if high > 0.0 { values } else { 4.0 }
            - if stacking == Stacking::Percent { 14.0 } else { 0.0 },
        axis: if stacking == Stacking::Percent {
            Axis::over(0.0, 100.0, 4.0, &style, &frame.options.formats)
        } else {
            // Values stand at the bars, so the axis needs no round ends, and bars take the whole width.
            Axis { ticks: Vec::new(), low, high: if high > low { high } else { low + 1.0 } }
        },
    };
    let bottom = frame.top + row * groups as f64;
    for (value, label) in plot.axis.ticks.clone() {
        let x = plot.x(value);
        frame.line((x, frame.top), (x, bottom + 4.0), Paint::Grid, 1.0);
        frame.push(Words::at(x, bottom + 20.0, label, LABEL).muted().anchor(Anchor::Middle));
    }
    for group in 0..groups {
        let middle = frame.top + row * (group as f64 + 0.5);
        let label = font::fit(&frame.chart.categories[group], gutter - 10.0, LABEL, weight(false));
        let label_x = frame.left() + gutter - 10.0;
        frame.push(Words::at(label_x, middle + 4.0, label, LABEL).anchor(Anchor::End));
        if stacking == Stacking::None {
            side_by_side(frame, &plot, group, middle, row);
        } else {
            stacked(frame, &plot, group, middle, row, stacking);
        }
    }
    if low < 0.0 {
        let zero = plot.x(0.0);
        frame.line((zero, frame.top), (zero, bottom), Paint::Axis, 1.0);
    }
}

fn widest_value(frame: &Frame<'_>, stacking: Stacking) -> f64 {
    let width = |value: Decimal| frame.label_width(&frame.compact(value));
    if stacking == Stacking::None {
        let values = frame.chart.series.iter().flat_map(|series| series.values.iter().flatten());
        return values.map(|value| width(*value)).fold(0.0, f64::max);
    }
    (0..frame.chart.categories.len()).map(|group| width(total(frame, group))).fold(0.0, f64::max)
}

fn total(frame: &Frame<'_>, group: usize) -> Decimal {
    frame.chart.series.iter().filter_map(|series| series.values[group]).sum()
}

fn side_by_side(frame: &mut Frame<'_>, plot: &Plot, group: usize, middle: f64, row: f64) {
    let count = frame.chart.series.len() as f64;
    let gap = if count > 1.0 { 2.0 } else { 0.0 };
    let share = if count > 1.0 { row - 8.0 } else { row * 0.68 };
    let thickness = ((share - gap * (count - 1.0)) / count).clamp(2.0, 26.0);
    let start = middle - (thickness * count + gap * (count - 1.0)) / 2.0;
    let zero = plot.x(0.0);
    for series in 0..frame.chart.series.len() {
        let Some(value) = frame.chart.series[series].values[group] else { continue };
        let (y, end) = (start + series as f64 * (thickness + gap), plot.x(float(value)));
        let negative = end < zero;
        let (tip, paint) = (frame.tip(group, series), frame.paint(series, group));
        let round = if negative { Round::Left } else { Round::Right };
        let steps = block(end.min(zero), y, (end - zero).abs(), thickness, 3.0, round);
        frame.push(Shape::Path { steps, fill: Some(paint), stroke: None, opacity: 1.0, tip });
        value_label(frame, end, y + thickness / 2.0, value, negative);
    }
}

fn value_label(frame: &mut Frame<'_>, end: f64, middle: f64, value: Decimal, negative: bool) {
    let (x, anchor) = if negative { (end - 6.0, Anchor::End) } else { (end + 6.0, Anchor::Start) };
    let label = frame.compact(value);
    frame.push(Words::at(x, middle + 4.0, label, LABEL).muted().anchor(anchor));
}

fn stacked(frame: &mut Frame<'_>, plot: &Plot, group: usize, middle: f64, row: f64, stacking: Stacking) {
    let thickness = (row * 0.68).clamp(2.0, 26.0);
    let values: Vec<Option<f64>> = frame.chart.series.iter().map(|series| series.values[group].map(float)).collect();
    let sum: f64 = values.iter().flatten().sum();
    let factor = if stacking == Stacking::Percent && sum > 0.0 { 100.0 / sum } else { 1.0 };
    let (last_up, last_down) = (
        values.iter().rposition(|value| value.is_some_and(|value| value > 0.0)),
        values.iter().rposition(|value| value.is_some_and(|value| value < 0.0)),
    );
    let (mut up, mut down) = (0.0, 0.0);
    for (series, value) in values.iter().enumerate() {
        let Some(value) = value.map(|value| value * factor).filter(|value| *value != 0.0) else { continue };
        let from = if value < 0.0 { &mut down } else { &mut up };
        let (start, end) = (plot.x(*from), plot.x(*from + value));
        *from += value;
        let outermost = Some(series) == last_up || Some(series) == last_down;
        let width = (start - end).abs();
        // A hairline of ground between neighbours tells them apart without colour.
        let gap = if outermost || width < 3.0 { 0.0 } else { 1.0 };
        let round = match (outermost, value < 0.0) {
            (false, _) => Round::None,
            (true, false) => Round::Right,
            (true, true) => Round::Left,
        };
        let x = start.min(end) + if value < 0.0 { gap } else { 0.0 };
        let (tip, paint) = (frame.tip(group, series), frame.paint(series, group));
        let steps = block(x, middle - thickness / 2.0, width - gap, thickness, 3.0, round);
        frame.push(Shape::Path { steps, fill: Some(paint), stroke: None, opacity: 1.0, tip });
    }
    if stacking == Stacking::Stacked && values.iter().any(Option::is_some) {
        let (sum, negative) = (total(frame, group), up == 0.0 && down < 0.0);
        value_label(frame, plot.x(if negative { down } else { up }), middle, sum, negative);
    }
}
