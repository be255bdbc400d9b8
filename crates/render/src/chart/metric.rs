//! One figure, large, with its movement and its band in words.

use super::definition::{Break, band};
use super::frame::Frame;
use super::scene::{Paint, PathStep, Shape, Words, weight};
use crate::font;
use crate::format::NumberStyle;
use model::Decimal;

const FIGURE: f64 = 40.0;

pub(super) fn draw(frame: &mut Frame<'_>, previous: Option<Decimal>, breaks: &[Break]) {
    let value = frame.chart.first_value();
    let room = frame.right() - frame.left();
    // The full figure where it fits, the short one where it does not.
    let full = frame.full(value);
    let label = if font::width(&full, FIGURE, weight(true)) <= room { full } else { frame.compact(value) };
    let size = (FIGURE * (room / font::width(&label, FIGURE, weight(true)))).clamp(14.0, FIGURE);
    let lines = 1.0 + f64::from(u8::from(previous.is_some())) + f64::from(u8::from(!breaks.is_empty()));
    frame.reserve(size * 0.6 + lines * 22.0 + 12.0);
    let paint = band(breaks, value).map_or(Paint::Ink, |band| Paint::Tone(band.tone));
    let mut y = frame.top + size * 0.8 + 4.0;
    frame.push(Words::at(frame.left(), y, label, size).bold().paint(paint));
    if let Some(band) = band(breaks, value) {
        y += 24.0;
        frame.push(Shape::Circle {
            x: frame.left() + 4.0,
            y: y - 4.5,
            radius: 4.0,
            fill: paint,
            stroke: None,
            tip: None,
        });
        frame.push(Words::at(frame.left() + 14.0, y, band.label.clone(), 13.0));
    }
    if let Some(previous) = previous {
        y += 24.0;
        movement(frame, y, value, previous);
    }
}

/// An arrow, the change in percent, and what it is measured against. Up is not always good, so it has no colour.
fn movement(frame: &mut Frame<'_>, y: f64, value: Decimal, previous: Decimal) {
    let change = value - previous;
    let left = frame.left();
    let words = if change.is_zero() {
        format!("No change from {}", frame.compact(previous))
    } else {
        let size = if previous.is_zero() {
            frame.compact(change.abs())
        } else {
            let share = (change / previous.abs() * Decimal::ONE_HUNDRED).abs();
            frame.options.formats.number(share, &NumberStyle::Percent { scale: 1 })
        };
        format!("{size} {} {}", if change > Decimal::ZERO { "up from" } else { "down from" }, frame.compact(previous))
    };
    let mut x = left;
    if !change.is_zero() {
        let (base, tip) = if change > Decimal::ZERO { (y - 1.0, y - 9.0) } else { (y - 9.0, y - 1.0) };
        let steps = vec![
            PathStep::Move(left, base),
            PathStep::Line(left + 9.0, base),
            PathStep::Line(left + 4.5, tip),
            PathStep::Close,
        ];
        frame.push(Shape::Path { steps, fill: Some(Paint::Muted), stroke: None, opacity: 1.0, tip: None });
        x += 15.0;
    }
    frame.push(Words::at(x, y, words, 13.0).muted());
}
