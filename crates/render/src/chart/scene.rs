//! A picture as plain shapes with colours by role: what SVG and PDF draw alike.

use super::Tone;
use crate::font::Weight;

/// A colour by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// The n-th series, from 0.
    Series(usize),
    /// What was gathered under "Other".
    Rest,
    /// Words that are read first.
    Ink,
    /// Words that are read second.
    Muted,
    Grid,
    /// The zero line and ticks.
    Axis,
    /// What the chart stands on; also the gap between touching shapes.
    Surface,
    /// The empty part of a dial.
    Track,
    Tone(Tone),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    pub paint: Paint,
    pub width: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PathStep {
    Move(f64, f64),
    Line(f64, f64),
    /// A circular arc: radius, whether the long way, whether clockwise, end.
    Arc {
        radius: f64,
        large: bool,
        clockwise: bool,
        x: f64,
        y: f64,
    },
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Path { steps: Vec<PathStep>, fill: Option<Paint>, stroke: Option<Stroke>, opacity: f64, tip: Option<String> },
    Circle { x: f64, y: f64, radius: f64, fill: Paint, stroke: Option<Stroke>, tip: Option<String> },
    Line { x1: f64, y1: f64, x2: f64, y2: f64, stroke: Stroke },
    Text { x: f64, y: f64, text: String, size: f64, bold: bool, paint: Paint, anchor: Anchor, degrees: f64 },
}

/// A laid-out picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    pub width: f64,
    pub height: f64,
    pub title: String,
    pub description: String,
    pub shapes: Vec<Shape>,
}

/// Words at a place; `y` is the baseline.
#[derive(Clone, Debug)]
pub(super) struct Words {
    shape: Shape,
}

impl Words {
    pub(super) fn at(x: f64, y: f64, text: impl Into<String>, size: f64) -> Self {
        let shape = Shape::Text {
            x,
            y,
            text: text.into(),
            size,
            bold: false,
            paint: Paint::Ink,
            anchor: Anchor::Start,
            degrees: 0.0,
        };
        Self { shape }
    }

    pub(super) fn bold(mut self) -> Self {
        if let Shape::Text { bold, .. } = &mut self.shape {
            *bold = true;
        }
        self
    }

    pub(super) fn paint(mut self, new: Paint) -> Self {
        if let Shape::Text { paint, .. } = &mut self.shape {
            *paint = new;
        }
        self
    }

    pub(super) fn muted(self) -> Self {
        self.paint(Paint::Muted)
    }

    pub(super) fn anchor(mut self, new: Anchor) -> Self {
        if let Shape::Text { anchor, .. } = &mut self.shape {
            *anchor = new;
        }
        self
    }

    pub(super) fn turned(mut self, new: f64) -> Self {
        if let Shape::Text { degrees, .. } = &mut self.shape {
            *degrees = new;
        }
        self
    }
}

impl From<Words> for Shape {
    fn from(words: Words) -> Self {
        words.shape
    }
}

pub(super) const fn weight(bold: bool) -> Weight {
    if bold { Weight::Bold } else { Weight::Regular }
}

/// Which corners of a box are round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Round {
    None,
    Top,
    Bottom,
    Right,
    Left,
    All,
}

/// A box as a path, its corners round where a value ends.
pub(super) fn block(x: f64, y: f64, width: f64, height: f64, radius: f64, round: Round) -> Vec<PathStep> {
    use PathStep::{Arc, Close, Line, Move};
    let radius = radius.min(width / 2.0).min(height / 2.0).max(0.0);
    let on = |corner: bool| if corner { radius } else { 0.0 };
    let top_left = on(matches!(round, Round::Top | Round::Left | Round::All));
    let top_right = on(matches!(round, Round::Top | Round::Right | Round::All));
    let bottom_right = on(matches!(round, Round::Bottom | Round::Right | Round::All));
    let bottom_left = on(matches!(round, Round::Bottom | Round::Left | Round::All));
    let (right, bottom) = (x + width, y + height);
    let mut steps = vec![Move(x + top_left, y), Line(right - top_right, y)];
    let mut corner = |radius: f64, end: (f64, f64), next: (f64, f64)| {
        if radius > 0.0 {
            steps.push(Arc { radius, large: false, clockwise: true, x: end.0, y: end.1 });
        }
        steps.push(Line(next.0, next.1));
    };
    corner(top_right, (right, y + top_right), (right, bottom - bottom_right));
    corner(bottom_right, (right - bottom_right, bottom), (x + bottom_left, bottom));
    corner(bottom_left, (x, bottom - bottom_left), (x, y + top_left));
    if top_left > 0.0 {
        steps.push(Arc { radius: top_left, large: false, clockwise: true, x: x + top_left, y });
    }
    steps.push(Close);
    steps
}
