//! What every chart has around it: heading, room, notes, and the words that describe it.

use super::axis::float;
use super::definition::{ChartKind, Prepared, Stacking};
use super::scene::{Anchor, Paint, Scene, Shape, Stroke, Words, weight};
use super::{Colors, SvgOptions};
use crate::font;
use model::Decimal;

/// Size of labels at axes and marks.
pub(super) const LABEL: f64 = 12.0;
const TITLE: f64 = 15.0;
/// Points that a description names before it counts the rest.
const DESCRIBED: usize = 12;

pub(super) struct Frame<'a> {
    pub(super) chart: &'a Prepared,
    pub(super) options: &'a SvgOptions,
    shapes: Vec<Shape>,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) pad: f64,
    /// Where the chart itself may begin.
    pub(super) top: f64,
}

impl<'a> Frame<'a> {
    pub(super) fn new(chart: &'a Prepared, options: &'a SvgOptions) -> Self {
        // A picture stands on its own ground and needs a margin; on a page the card around it has one.
        let natural = if matches!(options.colors, Colors::Fixed(_)) { 16.0 } else { 2.0 };
        let pad = options.margin.unwrap_or(natural).clamp(0.0, 100.0);
        let width = options.width.clamp(160.0, 4000.0);
        let height = options.height.unwrap_or(natural_height(&chart.kind)).clamp(80.0, 4000.0);
        let mut frame = Self { chart, options, shapes: Vec::new(), width, height, pad, top: pad };
        if options.heading {
            frame.heading();
        }
        frame
    }

    fn heading(&mut self) {
        let room = self.width - 2.0 * self.pad;
        if !self.chart.title.is_empty() {
            let title = font::fit(&self.chart.title, room, TITLE, weight(true));
            self.push(Words::at(self.pad, self.top + TITLE, title, TITLE).bold());
            self.top += 22.0;
        }
        if let Some(subtitle) = &self.chart.subtitle {
            let subtitle = font::fit(subtitle, room, LABEL, weight(false));
            self.push(Words::at(self.pad, self.top + LABEL, subtitle, LABEL).muted());
            self.top += 18.0;
        }
        if self.top > self.pad {
            self.top += 10.0;
        }
    }

    pub(super) fn push(&mut self, shape: impl Into<Shape>) {
        self.shapes.push(shape.into());
    }

    pub(super) fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), paint: Paint, width: f64) {
        self.push(Shape::Line { x1, y1, x2, y2, stroke: Stroke { paint, width } });
    }

    pub(super) fn left(&self) -> f64 {
        self.pad
    }

    pub(super) fn right(&self) -> f64 {
        self.width - self.pad
    }

    /// Where the chart must end: above the notes.
    pub(super) fn bottom(&self) -> f64 {
        self.height - self.pad - self.notes_height()
    }

    fn notes_height(&self) -> f64 {
        if self.chart.notes.is_empty() { 0.0 } else { self.chart.notes.len() as f64 * 16.0 + 6.0 }
    }

    /// Grows the picture until the chart has `needed` pixels.
    pub(super) fn reserve(&mut self, needed: f64) {
        self.height = self.height.max(self.top + needed + self.pad + self.notes_height());
    }

    pub(super) fn compact(&self, value: Decimal) -> String {
        self.options.formats.compact(value, &self.chart.number)
    }

    pub(super) fn full(&self, value: Decimal) -> String {
        self.options.formats.number(value, &self.chart.number)
    }

    pub(super) fn label_width(&self, text: &str) -> f64 {
        font::width(text, LABEL, weight(false))
    }

    /// The colour of a series in one group: what was gathered is neutral, so that it is not taken for one of its own.
    pub(super) fn paint(&self, series: usize, group: usize) -> Paint {
        let alone = self.chart.series.len() == 1;
        let gathered = alone && self.chart.rest_group && group + 1 == self.chart.categories.len();
        if gathered { Paint::Rest } else { self.series_paint(series) }
    }

    /// The colour of a whole series.
    pub(super) fn series_paint(&self, series: usize) -> Paint {
        let gathered = self.chart.rest_series && series + 1 == self.chart.series.len();
        if gathered { Paint::Rest } else { Paint::Series(series) }
    }

    /// The words that show on a mark when it is pointed at.
    pub(super) fn tip(&self, category: usize, series: usize) -> Option<String> {
        let value = self.chart.series.get(series)?.values.get(category).copied().flatten()?;
        let category = self.chart.categories.get(category)?;
        let value = self.full(value);
        if self.chart.series.len() > 1 {
            return Some(format!("{category} · {}: {value}", self.chart.series[series].name));
        }
        Some(format!("{category}: {value}"))
    }

    /// Says in the middle why there is no chart.
    pub(super) fn message(&mut self, text: &str) {
        let lines = wrap(text, (self.width - 2.0 * self.pad - 24.0).min(420.0), 13.0);
        self.reserve(lines.len() as f64 * 18.0 + 60.0);
        let (x, middle) = (self.width / 2.0, f64::midpoint(self.top, self.bottom()));
        let baseline = middle - lines.len() as f64 * 9.0 + 22.0;
        // Three faint columns: an empty chart and not a broken one.
        for (at, height) in [10.0, 18.0, 13.0].into_iter().enumerate() {
            let left = x - 17.0 + at as f64 * 12.0;
            let steps = super::scene::block(left, baseline - 24.0 - height, 9.0, height, 2.0, super::scene::Round::Top);
            self.push(Shape::Path { steps, fill: Some(Paint::Axis), stroke: None, opacity: 0.7, tip: None });
        }
        for (at, line) in lines.into_iter().enumerate() {
            let words = Words::at(x, baseline + at as f64 * 18.0, line, 13.0).muted().anchor(Anchor::Middle);
            self.push(words);
        }
    }

    pub(super) fn finish(mut self) -> Scene {
        let start = self.bottom() + 18.0;
        for (at, note) in self.chart.notes.iter().enumerate() {
            let note = font::fit(note, self.width - 2.0 * self.pad, 11.0, weight(false));
            self.push(Words::at(self.pad, start + at as f64 * 16.0, note, 11.0).muted());
        }
        let description = self.describe();
        Scene {
            width: self.width,
            height: self.height,
            title: self.chart.title.clone(),
            description,
            shapes: self.shapes,
        }
    }

    fn describe(&self) -> String {
        if let Some(problem) = self.chart.problem() {
            return format!("{}. {problem}", kind_name(&self.chart.kind));
        }
        let mut parts = vec![format!("{}.", kind_name(&self.chart.kind))];
        for series in &self.chart.series {
            let points: Vec<String> = self
                .chart
                .categories
                .iter()
                .zip(&series.values)
                .map(|(category, value)| match value {
                    Some(value) => format!("{category} {}", self.full(*value)),
                    None => format!("{category} no value"),
                })
                .collect();
            let rest = points.len().saturating_sub(DESCRIBED);
            let shown = points[..points.len() - rest].join("; ");
            let name = if self.chart.series.len() > 1 { format!("{}: ", series.name) } else { String::new() };
            let more = if rest > 0 { format!("; and {rest} more in the table") } else { String::new() };
            parts.push(format!("{name}{shown}{more}."));
        }
        parts.extend(self.chart.notes.iter().map(|note| format!("{note}.")));
        parts.join(" ")
    }

    /// The lowest and highest value that marks reach, zero included.
    pub(super) fn extent(&self, stacking: Stacking) -> (f64, f64) {
        let (mut low, mut high) = (0f64, 0f64);
        match stacking {
            Stacking::Percent => return (0.0, 100.0),
            Stacking::None => {
                for value in self.chart.series.iter().flat_map(|series| series.values.iter().flatten()) {
                    low = low.min(float(*value));
                    high = high.max(float(*value));
                }
            }
            Stacking::Stacked => {
                for at in 0..self.chart.categories.len() {
                    let values = || self.chart.series.iter().filter_map(|series| series.values[at]).map(float);
                    low = low.min(values().filter(|value| *value < 0.0).sum());
                    high = high.max(values().filter(|value| *value > 0.0).sum());
                }
            }
        }
        (low, high)
    }
}

fn natural_height(kind: &ChartKind) -> f64 {
    match kind {
        ChartKind::Column { .. } | ChartKind::Line => 320.0,
        ChartKind::Donut => 280.0,
        ChartKind::Gauge { .. } => 280.0,
        // These grow with their rows.
        ChartKind::Bar { .. } | ChartKind::Funnel | ChartKind::Metric { .. } => 120.0,
    }
}

fn kind_name(kind: &ChartKind) -> &'static str {
    match kind {
        ChartKind::Bar { .. } => "Bar chart",
        ChartKind::Column { .. } => "Column chart",
        ChartKind::Line => "Line chart",
        ChartKind::Donut => "Donut chart",
        ChartKind::Funnel => "Funnel chart",
        ChartKind::Gauge { .. } => "Gauge",
        ChartKind::Metric { .. } => "Figure",
    }
}

/// Breaks a text at its spaces into lines of a width.
pub(super) fn wrap(text: &str, room: f64, size: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if font::width(&format!("{line} {word}"), size, weight(false)) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
