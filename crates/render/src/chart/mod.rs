//! Charts: one model, laid out to a scene of plain shapes, drawn as SVG for the page, and from that as PNG for mail. A
//! PDF draws the same scene.
//!
//! Every chart stands beside its table; colour never carries a meaning alone.

mod axis;
mod bar;
mod column;
mod definition;
mod donut;
mod frame;
mod funnel;
mod gauge;
mod legend;
mod line;
mod metric;

mod scene;
mod svg;
mod theme;

pub use definition::{Break, Chart, ChartKind, MAX_GROUPS, Series, Stacking, Tone};
pub use scene::{Anchor, Paint, PathStep, Scene, Shape, Stroke};
pub use svg::SvgOptions;
pub use theme::{Colors, SERIES_COLORS, Theme};

use frame::Frame;

impl Chart {
    /// Lays the chart out as plain shapes. The scene's height may exceed the height asked for, where bars would become
    /// too thin to read.
    pub fn to_scene(&self, options: &SvgOptions) -> Scene {
        let chart = self.prepared();
        let mut frame = Frame::new(&chart, options);
        if let Some(problem) = chart.problem() {
            frame.message(&problem);
            return frame.finish();
        }
        match &chart.kind {
            ChartKind::Bar { stacking } => bar::draw(&mut frame, *stacking),
            ChartKind::Column { stacking } => column::draw(&mut frame, *stacking),
            ChartKind::Line => line::draw(&mut frame),
            ChartKind::Donut => donut::draw(&mut frame),
            ChartKind::Funnel => funnel::draw(&mut frame),
            ChartKind::Gauge { min, max, breaks } => gauge::draw(&mut frame, *min, *max, breaks),
            ChartKind::Metric { previous, breaks } => metric::draw(&mut frame, *previous, breaks),
        }
        frame.finish()
    }

    /// The chart as an SVG document, with a title and a description for those who cannot see it.
    pub fn to_svg(&self, options: &SvgOptions) -> String {
        svg::write(&self.to_scene(options), options)
    }

    /// What the chart shows, in words: the alternative text of its picture.
    pub fn description(&self, options: &SvgOptions) -> String {
        self.to_scene(options).description
    }
}
