//! The key of series colours, in as many lines as it takes.

use super::frame::{Frame, LABEL};
use super::scene::{Paint, Round, Shape, Words, block, weight};
use crate::font;

const SWATCH: f64 = 10.0;
const LINE: f64 = 20.0;
/// No name takes more of a line.
const MAX_NAME: f64 = 200.0;

/// A square of a series' colour; `y` is the baseline of the words beside it.
pub(super) fn swatch(frame: &mut Frame<'_>, x: f64, y: f64, paint: Paint) {
    let steps = block(x, y - SWATCH + 1.0, SWATCH, SWATCH, 2.5, Round::All);
    frame.push(Shape::Path { steps, fill: Some(paint), stroke: None, opacity: 1.0, tip: None });
}

/// Draws the key above the plot, where there is more than one series to tell apart.
pub(super) fn draw(frame: &mut Frame<'_>) {
    if frame.chart.series.len() < 2 {
        return;
    }
    let names: Vec<String> =
        frame.chart.series.iter().map(|series| font::fit(&series.name, MAX_NAME, LABEL, weight(false))).collect();
    let (mut x, mut y) = (frame.left(), frame.top + 11.0);
    for (at, name) in names.into_iter().enumerate() {
        let width = SWATCH + 6.0 + frame.label_width(&name);
        if x > frame.left() && x + width > frame.right() {
            x = frame.left();
            y += LINE;
        }
        let paint = frame.series_paint(at);
        swatch(frame, x, y, paint);
        frame.push(Words::at(x + SWATCH + 6.0, y, name, LABEL).muted());
        x += width + 16.0;
    }
    frame.top = y + 14.0;
}
