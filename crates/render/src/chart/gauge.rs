//! A dial with bands. The needle stays on the dial; the figure below it is the true value.

use super::axis::float;
use super::definition::{Break, band};
use super::donut::sector;
use super::frame::{Frame, LABEL};
use super::scene::{Anchor, Paint, PathStep, Shape, Stroke, Words, weight};
use crate::font;
use model::Decimal;
use std::f64::consts::PI;

pub(super) fn draw(frame: &mut Frame<'_>, min: Decimal, max: Decimal, breaks: &[Break]) {
    let value = frame.chart.first_value();
    frame.reserve(180.0);
    let (low, high) = (float(min), float(max).max(float(min) + f64::EPSILON));
    let share = |value: f64| ((value - low) / (high - low)).clamp(0.0, 1.0);
    let space = frame.bottom() - frame.top;
    let radius = ((frame.width - 2.0 * frame.pad) / 2.0 - 56.0).min(space - 92.0).clamp(50.0, 170.0);
    let inner = radius * 0.74;
    let centre = (frame.width / 2.0, frame.top + (space - radius - 80.0).max(0.0) / 2.0 + radius + 16.0);
    let mut from = 0.0;
    let mut push_band = |frame: &mut Frame<'_>, to: f64, paint: Paint, tip: Option<String>| {
        if to > from {
            let steps = sector(centre, radius, inner, PI + from * PI, (to - from) * PI);
            let stroke = Some(Stroke { paint: Paint::Surface, width: 2.0 });
            frame.push(Shape::Path { steps, fill: Some(paint), stroke, opacity: 1.0, tip });
            from = to;
        }
    };
    if breaks.is_empty() {
        push_band(frame, share(float(value)), Paint::Series(0), None);
    }
    for band in breaks {
        let to = band.up_to.map_or(1.0, |up_to| share(float(up_to)));
        push_band(frame, to, Paint::Tone(band.tone), Some(band.label.clone()));
    }
    push_band(frame, 1.0, Paint::Track, None);
    for band in breaks {
        if let Some(up_to) = band.up_to.filter(|up_to| *up_to > min && *up_to < max) {
            let angle = PI + share(float(up_to)) * PI;
            let (x, y) = (centre.0 + (radius + 8.0) * angle.cos(), centre.1 + (radius + 8.0) * angle.sin());
            let anchor = match angle.cos() {
                side if side < -0.25 => Anchor::End,
                side if side > 0.25 => Anchor::Start,
                _ => Anchor::Middle,
            };
            let label = frame.compact(up_to);
            frame.push(Words::at(x, y + 2.0, label, 11.0).muted().anchor(anchor));
        }
    }
    if !breaks.is_empty() {
        needle(frame, centre, inner, share(float(value)));
    }
    ends(frame, centre, f64::midpoint(radius, inner), min, max);
    let label = frame.full(value);
    let size = (26.0 * (frame.width * 0.6 / font::width(&label, 26.0, weight(true)))).clamp(12.0, 26.0);
    frame.push(Words::at(centre.0, centre.1 + 48.0, label, size).bold().anchor(Anchor::Middle));
    if let Some(band) = band(breaks, value) {
        let words = Words::at(centre.0, centre.1 + 68.0, band.label.clone(), 13.0);
        frame.push(words.paint(Paint::Tone(band.tone)).bold().anchor(Anchor::Middle));
    }
}

fn needle(frame: &mut Frame<'_>, (x, y): (f64, f64), length: f64, share: f64) {
    let angle = PI + share * PI;
    let (along, across) = ((angle.cos(), angle.sin()), (-angle.sin(), angle.cos()));
    let tip = (x + along.0 * (length - 6.0), y + along.1 * (length - 6.0));
    let steps = vec![
        PathStep::Move(tip.0, tip.1),
        PathStep::Line(x + across.0 * 4.0, y + across.1 * 4.0),
        PathStep::Line(x - across.0 * 4.0, y - across.1 * 4.0),
        PathStep::Close,
    ];
    frame.push(Shape::Path { steps, fill: Some(Paint::Ink), stroke: None, opacity: 1.0, tip: None });
    frame.push(Shape::Circle { x, y, radius: 6.5, fill: Paint::Ink, stroke: None, tip: None });
}

fn ends(frame: &mut Frame<'_>, (x, y): (f64, f64), radius: f64, min: Decimal, max: Decimal) {
    for (side, value) in [(-1.0, min), (1.0, max)] {
        let label = frame.compact(value);
        frame.push(Words::at(x + side * radius, y + 17.0, label, LABEL).muted().anchor(Anchor::Middle));
    }
}
