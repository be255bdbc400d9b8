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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::font;
    use crate::format::NumberStyle;
    use ::model::Decimal;

    /// How far a text reaches to the left and right of its picture.
    fn overhang(scene: &Scene, shape: &Shape) -> f64 {
        let Shape::Text { x, text, size, bold, anchor, degrees, .. } = shape else { return 0.0 };
        let width = font::width(text, *size, scene::weight(*bold)) * degrees.to_radians().cos();
        let left = match anchor {
            Anchor::Start => *x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        (-left).max(left + width - scene.width)
    }

    #[test]
    fn words_stay_inside_the_picture_however_long_they_and_their_numbers_are() {
        let none = Stacking::None;
        let gauge = ChartKind::Gauge { min: Decimal::ZERO, max: Decimal::from(900_000_000_000i64), breaks: Vec::new() };
        let metric = ChartKind::Metric { previous: Some(Decimal::from(7)), breaks: Vec::new() };
        let kinds = [
            ChartKind::Bar { stacking: none },
            ChartKind::Bar { stacking: Stacking::Stacked },
            ChartKind::Column { stacking: none },
            ChartKind::Column { stacking: Stacking::Percent },
            ChartKind::Line,
            ChartKind::Donut,
            ChartKind::Funnel,
            gauge,
            metric,
        ];
        for kind in kinds {
            for groups in [1usize, 4, 9, 30, 60] {
                for series in [1usize, 2, 9] {
                    let chart = Chart {
                        title: "Amounts of the consolidated industries of the north and the south by owner and stage"
                            .into(),
                        subtitle: Some(
                            "As of 21 November 2026, 09:00 Europe/Berlin, all accounts of the region".into(),
                        ),
                        kind: kind.clone(),
                        categories: (0..groups)
                            .map(|at| format!("Global Consolidated Industries Holding {at}"))
                            .collect(),
                        series: (0..series)
                            .map(|row| Series {
                                name: format!("Opportunities of the year {row}"),
                                values: (0..groups)
                                    .map(|at| Some(Decimal::from(987_654_321_012i64 - (at + row) as i64)))
                                    .collect(),
                            })
                            .collect(),
                        number: NumberStyle::Currency { code: "CHF".into() },
                        additive: true,
                    };
                    for width in [300.0, 420.0, 640.0, 1200.0] {
                        let options =
                            SvgOptions { width, colors: Colors::Fixed(Theme::Light), ..SvgOptions::default() };
                        let scene = chart.to_scene(&options);
                        for shape in &scene.shapes {
                            let over = overhang(&scene, shape);
                            assert!(
                                over <= 1.0,
                                "{kind:?}, {groups} groups, {series} series, {width} wide: {shape:?} by {over:.1}"
                            );
                        }
                    }
                }
            }
        }
    }
}
