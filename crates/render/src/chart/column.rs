//! Columns over a category axis.

use super::axis::{Axis, float};
use super::definition::Stacking;
use super::frame::{Frame, LABEL, wrap};
use super::legend;
use super::scene::{Anchor, Paint, Round, Shape, Words, block, weight};
use crate::font;
use crate::format::NumberStyle;
use model::Decimal;

const MAX_THICKNESS: f64 = 56.0;
/// Slope of labels that do not fit under their column.
const SLOPE: f64 = 38.0;
const MAX_SLOPED: f64 = 130.0;
/// A band that holds a word or two in a line.
const ROOMY: f64 = 84.0;
const MAX_LINES: usize = 3;

/// The plot and its value axis, shared by columns and lines.
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) axis: Axis,
}

impl Plot {
    pub(super) fn y(&self, value: f64) -> f64 {
        self.bottom - self.axis.share(value) * (self.bottom - self.top)
    }
}

/// How category labels stand.
enum Labels {
    /// In one or two lines under their column.
    Flat(Vec<Vec<String>>),
    /// Sloped, every n-th of them.
    Sloped { every: usize },
}

/// Draws grid and value labels; returns the plot between them.
pub(super) fn value_grid(
    frame: &mut Frame<'_>,
    (low, high): (f64, f64),
    style: &NumberStyle,
    below: f64,
    beside: f64,
) -> Plot {
    let top = frame.top + 8.0;
    let bottom = (frame.bottom() - below).max(top + 40.0);
    let axis = Axis::over(low, high, ((bottom - top) / 52.0).clamp(2.0, 6.0), style, &frame.options.formats);
    let gutter = axis.ticks.iter().map(|(_, label)| frame.label_width(label)).fold(0.0, f64::max);
    let left = frame.left() + gutter + 10.0;
    let plot = Plot { left, right: frame.right() - beside, top, bottom, axis };
    for (value, label) in plot.axis.ticks.clone() {
        let y = plot.y(value);
        let paint = if value == 0.0 { Paint::Axis } else { Paint::Grid };
        frame.line((plot.left, y), (plot.right, y), paint, 1.0);
        frame.push(Words::at(left - 10.0, y + 4.0, label, LABEL).muted().anchor(Anchor::End));
    }
    plot
}

pub(super) fn draw(frame: &mut Frame<'_>, stacking: Stacking) {
    legend::draw(frame);
    let groups = frame.chart.categories.len();
    let style =
        if stacking == Stacking::Percent { NumberStyle::Percent { scale: 0 } } else { frame.chart.number.clone() };
    // A first guess of the gutter decides how labels stand; the true one differs by a few pixels.
    let band = (frame.right() - frame.left() - 56.0) / groups as f64;
    let labels = stand(frame, band);
    let below = match &labels {
        Labels::Flat(lines) => 12.0 + 15.0 * lines.iter().map(Vec::len).max().unwrap_or(1) as f64,
        Labels::Sloped { .. } => {
            let widest = frame.chart.categories.iter().map(|label| frame.label_width(label)).fold(0.0, f64::max);
            18.0 + widest.min(MAX_SLOPED) * SLOPE.to_radians().sin()
        }
    };
    let least = frame.height.max(frame.top + 150.0 + below);
    frame.reserve(least - frame.top - frame.pad);
    let extent = frame.extent(stacking);
    let plot = value_grid(frame, extent, &style, below, 0.0);
    let band = (plot.right - plot.left) / groups as f64;
    let labelled = values_fit(frame, stacking, band);
    for group in 0..groups {
        let middle = plot.left + band * (group as f64 + 0.5);
        match stacking {
            Stacking::None => side_by_side(frame, &plot, group, middle, band, labelled),
            Stacking::Stacked | Stacking::Percent => stacked(frame, &plot, group, middle, band, stacking, labelled),
        }
    }
    let zero = plot.y(0.0);
    frame.line((plot.left, zero), (plot.right, zero), Paint::Axis, 1.0);
    category_labels(frame, &plot, band, labels);
}

/// Values stand at the columns when all of them fit; some with and some without would look like an accident.
fn values_fit(frame: &Frame<'_>, stacking: Stacking, band: f64) -> bool {
    let fits = |value: Decimal| frame.label_width(&frame.compact(value)) <= band - 6.0;
    match stacking {
        Stacking::None => {
            frame.chart.series.len() == 1 && frame.chart.series[0].values.iter().flatten().all(|value| fits(*value))
        }
        // A sum of gains and losses has no place on a column that shows both.
        Stacking::Stacked => {
            let mut values = frame.chart.series.iter().flat_map(|series| series.values.iter().flatten());
            let whole = values.all(|value| !value.is_sign_negative() || value.is_zero());
            whole && (0..frame.chart.categories.len()).all(|group| fits(sum(frame, group)))
        }
        Stacking::Percent => false,
    }
}

fn sum(frame: &Frame<'_>, group: usize) -> Decimal {
    frame.chart.series.iter().filter_map(|series| series.values[group]).sum()
}

fn side_by_side(frame: &mut Frame<'_>, plot: &Plot, group: usize, middle: f64, band: f64, labelled: bool) {
    let count = frame.chart.series.len() as f64;
    let gap = if count > 1.0 { (band * 0.02).clamp(0.5, 2.0) } else { 0.0 };
    let thickness = ((band * 0.7 - gap * (count - 1.0)) / count).clamp(1.0, MAX_THICKNESS);
    let start = middle - (thickness * count + gap * (count - 1.0)) / 2.0;
    let zero = plot.y(0.0);
    for series in 0..frame.chart.series.len() {
        let Some(value) = frame.chart.series[series].values[group] else { continue };
        let (x, end) = (start + series as f64 * (thickness + gap), plot.y(float(value)));
        let negative = end > zero;
        push_block(frame, (x, end.min(zero), thickness, (end - zero).abs()), negative, series, group);
        if labelled {
            let label = frame.compact(value);
            let y = if negative { end + 14.0 } else { end - 6.0 };
            frame.push(Words::at(middle, y, label, LABEL).anchor(Anchor::Middle));
        }
    }
}

fn stacked(
    frame: &mut Frame<'_>,
    plot: &Plot,
    group: usize,
    middle: f64,
    band: f64,
    stacking: Stacking,
    labelled: bool,
) {
    let thickness = (band * 0.7).clamp(1.0, MAX_THICKNESS);
    let values: Vec<Option<f64>> = frame.chart.series.iter().map(|series| series.values[group].map(float)).collect();
    let total: f64 = values.iter().flatten().sum();
    let factor = if stacking == Stacking::Percent && total > 0.0 { 100.0 / total } else { 1.0 };
    let (last_up, last_down) = (
        values.iter().rposition(|value| value.is_some_and(|value| value > 0.0)),
        values.iter().rposition(|value| value.is_some_and(|value| value < 0.0)),
    );
    let (mut up, mut down) = (0.0, 0.0);
    for (series, value) in values.iter().enumerate() {
        let Some(value) = value.map(|value| value * factor).filter(|value| *value != 0.0) else { continue };
        let from = if value < 0.0 { &mut down } else { &mut up };
        let (start, end) = (plot.y(*from), plot.y(*from + value));
        *from += value;
        let outermost = Some(series) == last_up || Some(series) == last_down;
        // A hairline of ground between neighbours tells them apart without colour.
        let (upper, height) = (start.min(end), (start - end).abs());
        let gap = if outermost || height < 3.0 { 0.0 } else { 1.0 };
        let (tip, paint) = (frame.tip(group, series), frame.paint(series, group));
        let round = match (outermost, value < 0.0) {
            (false, _) => Round::None,
            (true, false) => Round::Top,
            (true, true) => Round::Bottom,
        };
        let upper = if value < 0.0 { upper } else { upper + gap };
        let steps = block(middle - thickness / 2.0, upper, thickness, height - gap, 3.0, round);
        frame.push(Shape::Path { steps, fill: Some(paint), stroke: None, opacity: 1.0, tip });
    }
    if labelled && up > 0.0 {
        let label = frame.compact(sum(frame, group));
        frame.push(Words::at(middle, plot.y(up) - 6.0, label, LABEL).anchor(Anchor::Middle));
    }
}

fn push_block(
    frame: &mut Frame<'_>,
    (x, y, width, height): (f64, f64, f64, f64),
    negative: bool,
    series: usize,
    group: usize,
) {
    let (tip, paint) = (frame.tip(group, series), frame.paint(series, group));
    let round = if negative { Round::Bottom } else { Round::Top };
    let steps = block(x, y, width, height, 3.0, round);
    frame.push(Shape::Path { steps, fill: Some(paint), stroke: None, opacity: 1.0, tip });
}

/// Flat where every label fits into two lines of its band, else sloped.
fn stand(frame: &Frame<'_>, band: f64) -> Labels {
    let lines: Vec<Vec<String>> = frame.chart.categories.iter().map(|label| wrap(label, band - 8.0, LABEL)).collect();
    let fits =
        lines.iter().all(|lines| lines.len() <= 2 && lines.iter().all(|line| frame.label_width(line) <= band - 6.0));
    if fits {
        return Labels::Flat(lines);
    }
    if band >= ROOMY {
        // Few and long: whole words on three lines read better than a slope.
        let shorten = |mut lines: Vec<String>| {
            if lines.len() > MAX_LINES {
                lines[MAX_LINES - 1] = lines[MAX_LINES - 1..].join(" ");
                lines.truncate(MAX_LINES);
            }
            lines.into_iter().map(|line| font::fit(&line, band - 8.0, LABEL, weight(false))).collect()
        };
        return Labels::Flat(lines.into_iter().map(shorten).collect());
    }
    // Sloped lines need their height across the slope.
    Labels::Sloped { every: ((15.0 / SLOPE.to_radians().sin() / band).ceil() as usize).max(1) }
}

fn category_labels(frame: &mut Frame<'_>, plot: &Plot, band: f64, labels: Labels) {
    match labels {
        Labels::Flat(all) => {
            for (group, lines) in all.into_iter().enumerate() {
                let x = plot.left + band * (group as f64 + 0.5);
                for (at, line) in lines.into_iter().enumerate() {
                    let y = plot.bottom + 18.0 + at as f64 * 15.0;
                    frame.push(Words::at(x, y, line, LABEL).muted().anchor(Anchor::Middle));
                }
            }
        }
        Labels::Sloped { every } => {
            let count = frame.chart.categories.len();
            // What gathers others is always named, in the place of a neighbour too close to it.
            let named = |group: usize| {
                let last = frame.chart.rest_group && group + 1 == count;
                let crowded = frame.chart.rest_group && count - 1 - group < every;
                last || (group.is_multiple_of(every) && !crowded)
            };
            for group in (0..count).filter(|group| named(*group)).collect::<Vec<_>>() {
                let x = plot.left + band * (group as f64 + 0.5) + 4.0;
                // Sloped words reach to the left, and must stay inside the picture.
                let room = MAX_SLOPED.min((x - 2.0) / SLOPE.to_radians().cos());
                let label = font::fit(&frame.chart.categories[group], room, LABEL, weight(false));
                let words = Words::at(x, plot.bottom + 16.0, label, LABEL).muted().anchor(Anchor::End).turned(-SLOPE);
                frame.push(words);
            }
        }
    }
}
