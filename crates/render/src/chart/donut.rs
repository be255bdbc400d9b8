//! A ring of shares, each named beside it with its value and percentage.

use super::axis::float;
use super::frame::{Frame, LABEL};
use super::legend::swatch;
use super::scene::{Anchor, Paint, PathStep, Shape, Stroke, Words, weight};
use crate::font;
use crate::format::NumberStyle;
use model::Decimal;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

const ROW: f64 = 26.0;

pub(super) fn draw(frame: &mut Frame<'_>) {
    let slices: Vec<(usize, Decimal)> = frame
        .chart
        .series
        .first()
        .map(|series| series.values.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?))).collect())
        .unwrap_or_default();
    let total: Decimal = slices.iter().map(|(_, value)| *value).sum();
    let beside = frame.width >= 400.0;
    let rows = slices.len() as f64 * ROW;
    let diameter = if beside {
        frame.reserve(rows.max(150.0));
        (frame.bottom() - frame.top).min(frame.width * 0.42).min(260.0)
    } else {
        let diameter = (frame.width - 2.0 * frame.pad).min(200.0);
        frame.reserve(diameter + 16.0 + rows);
        diameter
    };
    let (x, y) = if beside {
        (frame.left() + diameter / 2.0 + 8.0, f64::midpoint(frame.top, frame.bottom()))
    } else {
        (frame.width / 2.0, frame.top + diameter / 2.0)
    };
    ring(frame, (x, y), diameter / 2.0, &slices, total);
    let key_left = if beside { x + diameter / 2.0 + 28.0 } else { frame.left() };
    let key_top = if beside { y - rows / 2.0 } else { y + diameter / 2.0 + 16.0 };
    key(frame, key_left, key_top, &slices, total);
}

fn ring(frame: &mut Frame<'_>, (x, y): (f64, f64), radius: f64, slices: &[(usize, Decimal)], total: Decimal) {
    let inner = radius * 0.66;
    let whole = float(total);
    let mut angle = -FRAC_PI_2;
    for (at, value) in slices.iter().filter(|(_, value)| !value.is_zero()) {
        let sweep = float(*value) / whole * TAU;
        let steps = sector((x, y), radius, inner, angle, sweep);
        // A line of ground between neighbours tells them apart without colour.
        let stroke = (sweep < TAU - 1e-6).then_some(Stroke { paint: Paint::Surface, width: 2.0 });
        let tip = Some(format!(
            "{}: {} ({})",
            frame.chart.categories[*at],
            frame.full(*value),
            percent(frame, *value, total)
        ));
        frame.push(Shape::Path { steps, fill: Some(slice_paint(frame, *at)), stroke, opacity: 1.0, tip });
        angle += sweep;
    }
    let label = frame.compact(total);
    // As large as the hole allows.
    let size = (22.0 * (inner * 1.6 / font::width(&label, 22.0, weight(true)))).clamp(11.0, 24.0);
    frame.push(Words::at(x, y + size * 0.2, label, size).bold().anchor(Anchor::Middle));
    frame.push(Words::at(x, y + size * 0.2 + 17.0, "Total", LABEL).muted().anchor(Anchor::Middle));
}

fn slice_paint(frame: &Frame<'_>, at: usize) -> Paint {
    if frame.chart.rest_group && at + 1 == frame.chart.categories.len() { Paint::Rest } else { Paint::Series(at) }
}

/// A piece of a ring from an angle, clockwise. An arc cannot end where it began, so a whole ring is two halves.
pub(super) fn sector((x, y): (f64, f64), outer: f64, inner: f64, from: f64, sweep: f64) -> Vec<PathStep> {
    let point = |radius: f64, angle: f64| (x + radius * angle.cos(), y + radius * angle.sin());
    if sweep >= TAU - 1e-6 {
        let mut steps = sector((x, y), outer, inner, from, PI);
        steps.extend(sector((x, y), outer, inner, from + PI, PI));
        return steps;
    }
    let (start, end) = (point(outer, from), point(outer, from + sweep));
    let (back, last) = (point(inner, from + sweep), point(inner, from));
    let large = sweep > PI;
    vec![
        PathStep::Move(start.0, start.1),
        PathStep::Arc { radius: outer, large, clockwise: true, x: end.0, y: end.1 },
        PathStep::Line(back.0, back.1),
        PathStep::Arc { radius: inner, large, clockwise: false, x: last.0, y: last.1 },
        PathStep::Close,
    ]
}

fn key(frame: &mut Frame<'_>, left: f64, top: f64, slices: &[(usize, Decimal)], total: Decimal) {
    let shares: Vec<String> = slices.iter().map(|(_, value)| percent(frame, *value, total)).collect();
    let values: Vec<String> = slices.iter().map(|(_, value)| frame.compact(*value)).collect();
    let widest = |texts: &[String]| texts.iter().map(|text| frame.label_width(text)).fold(0.0, f64::max);
    let (share_width, value_width) = (widest(&shares), widest(&values));
    let names: f64 = slices.iter().map(|(at, _)| frame.label_width(&frame.chart.categories[*at])).fold(0.0, f64::max);
    let most = frame.right() - left - 16.0 - share_width - value_width - 32.0;
    let name_width = names.clamp(0.0, most.max(40.0));
    let value_right = left + 16.0 + name_width + 20.0 + value_width;
    for (row, (at, _)) in slices.iter().enumerate() {
        let y = top + ROW * (row as f64 + 0.5) + 4.0;
        let paint = slice_paint(frame, *at);
        swatch(frame, left, y, paint);
        let name = font::fit(&frame.chart.categories[*at], name_width, LABEL, weight(false));
        frame.push(Words::at(left + 16.0, y, name, LABEL));
        frame.push(Words::at(value_right, y, values[row].clone(), LABEL).anchor(Anchor::End));
        frame.push(
            Words::at(value_right + 12.0 + share_width, y, shares[row].clone(), LABEL).muted().anchor(Anchor::End),
        );
    }
}

/// A share in percent; what rounds to nothing is still something.
pub(super) fn percent(frame: &Frame<'_>, part: Decimal, whole: Decimal) -> String {
    let style = NumberStyle::Percent { scale: 0 };
    if whole.is_zero() {
        return frame.options.formats.number(Decimal::ZERO, &style);
    }
    let share = part / whole * Decimal::ONE_HUNDRED;
    if share > Decimal::ZERO && share < Decimal::ONE {
        return format!("<{}", frame.options.formats.number(Decimal::ONE, &style));
    }
    frame.options.formats.number(share, &style)
}
