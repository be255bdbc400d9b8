//! Stages that lose on the way: the width of each is its value, and the share that got there stands beside it.

use super::axis::float;
use super::donut::percent;
use super::frame::{Frame, LABEL};
use super::scene::{Anchor, Paint, PathStep, Round, Shape, Words, block, weight};
use crate::font;
use model::Decimal;

const ROW: f64 = 46.0;
const BLOCK: f64 = 30.0;

pub(super) fn draw(frame: &mut Frame<'_>) {
    let stages: Vec<(usize, Decimal)> = frame
        .chart
        .series
        .first()
        .map(|series| series.values.iter().enumerate().map(|(at, value)| (at, value.unwrap_or_default())).collect())
        .unwrap_or_default();
    frame.reserve(stages.len() as f64 * ROW);
    let row = ((frame.bottom() - frame.top) / stages.len() as f64).min(ROW * 1.5);
    let first = stages.first().map_or(Decimal::ZERO, |(_, value)| *value);
    let most = stages.iter().map(|(_, value)| float(*value)).fold(0.0, f64::max);
    let notes: Vec<(String, String)> = stages
        .iter()
        .enumerate()
        .map(|(at, (_, value))| {
            let kept = if at == 0 || first.is_zero() {
                String::new()
            } else {
                format!("{} of first", percent(frame, *value, first))
            };
            (frame.compact(*value), kept)
        })
        .collect();
    let name_width =
        frame.chart.categories.iter().map(|name| frame.label_width(name)).fold(0.0, f64::max).min(frame.width * 0.28);
    let note_width = notes
        .iter()
        .map(|(value, kept)| font::width(value, LABEL, weight(true)).max(frame.label_width(kept)))
        .fold(0.0, f64::max);
    let (left, right) = (frame.left() + name_width + 14.0, frame.right() - note_width - 14.0);
    let (middle, room) = (f64::midpoint(left, right), (right - left).max(20.0));
    // The smallest stage can still be seen.
    let width = |value: Decimal| (float(value) / most * room).max(2.0);
    for (at, (stage, value)) in stages.iter().enumerate() {
        let centre = frame.top + row * (at as f64 + 0.5);
        let (own, upper) = (width(*value), centre - BLOCK / 2.0);
        let steps = block(middle - own / 2.0, upper, own, BLOCK, 4.0, Round::All);
        let tip = frame.tip(*stage, 0);
        frame.push(Shape::Path { steps, fill: Some(Paint::Series(0)), stroke: None, opacity: 1.0, tip });
        if let Some((_, next)) = stages.get(at + 1) {
            let (next, lower) = (width(*next), upper + BLOCK);
            let end = lower + row - BLOCK;
            let steps = vec![
                PathStep::Move(middle - own / 2.0 + 3.0_f64.min(own / 2.0), lower + 2.0),
                PathStep::Line(middle + own / 2.0 - 3.0_f64.min(own / 2.0), lower + 2.0),
                PathStep::Line(middle + next / 2.0 - 3.0_f64.min(next / 2.0), end - 2.0),
                PathStep::Line(middle - next / 2.0 + 3.0_f64.min(next / 2.0), end - 2.0),
                PathStep::Close,
            ];
            frame.push(Shape::Path { steps, fill: Some(Paint::Series(0)), stroke: None, opacity: 0.16, tip: None });
        }
        let name = font::fit(&frame.chart.categories[*stage], name_width, LABEL, weight(false));
        frame.push(Words::at(frame.left() + name_width, centre + 4.0, name, LABEL).anchor(Anchor::End));
        let (value, kept) = notes[at].clone();
        let alone = kept.is_empty();
        let x = right + 14.0;
        frame.push(Words::at(x, centre + if alone { 4.0 } else { -3.0 }, value, LABEL).bold());
        if !alone {
            frame.push(Words::at(x, centre + 13.0, kept, 11.0).muted());
        }
    }
}
