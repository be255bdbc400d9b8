//! What is drawn on one page, measured in points from its upper left corner.

use super::face::{self, Faces, Run};
use crate::font::Weight;
use pdf_writer::{Content, Name, Str, TextStr};

/// A colour as its parts from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Color(pub(super) [f32; 3]);

impl Color {
    pub(super) const INK: Self = Self::gray(0.12);
    pub(super) const MUTED: Self = Self::gray(0.38);
    pub(super) const RULE: Self = Self::gray(0.84);
    pub(super) const HEADING: Self = Self::gray(0.945);
    pub(super) const SUM: Self = Self::gray(0.97);

    const fn gray(level: f32) -> Self {
        Self([level; 3])
    }

    /// Reads `#1a1f29`; black for anything else.
    pub(super) fn hex(text: &str) -> Self {
        let part = |at: usize| {
            let digits = text.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
            f32::from(digits.unwrap_or_default()) / 255.0
        };
        Self([part(1), part(3), part(5)])
    }
}

/// How words look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) color: Color,
}

impl Type {
    pub(super) const fn new(size: f64, weight: Weight, color: Color) -> Self {
        Self { size, weight, color }
    }

    pub(super) fn width(&self, text: &str) -> f64 {
        face::width(text, self.size, self.weight)
    }
}

pub(super) struct Canvas {
    content: Content,
    height: f64,
}

/// Hundredths of a point are finer than any printer.
fn short(value: f64) -> f32 {
    ((value * 100.0).round() / 100.0) as f32
}

impl Canvas {
    pub(super) fn new(height: f64) -> Self {
        Self { content: Content::new(), height }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.content.finish().into_vec()
    }

    /// Everything drawn by `draw` stands scaled, with its upper left corner at a place.
    pub(super) fn placed(&mut self, (x, y): (f64, f64), scale: f64, draw: impl FnOnce(&mut Self)) {
        self.content.save_state();
        let factor = scale as f32;
        // Inside, the page ends where the drawing's own zero line is, so that both count downwards.
        self.content.transform([factor, 0.0, 0.0, factor, short(x), short(self.height - y)]);
        let outer = std::mem::replace(&mut self.height, 0.0);
        draw(self);
        self.height = outer;
        self.content.restore_state();
    }

    /// Words from a place on, turned clockwise by so many degrees; `y` is the baseline.
    pub(super) fn text(&mut self, faces: &mut Faces, (x, y): (f64, f64), words: &str, look: Type, degrees: f64) {
        if words.is_empty() {
            return;
        }
        let Color([r, g, b]) = look.color;
        let (sin, cos) = (-degrees.to_radians()).sin_cos();
        let fine = |value: f64| ((value * 10_000.0).round() / 10_000.0) as f32;
        self.content.begin_text();
        self.content.set_font(Name(face::name(look.weight)), short(look.size)).set_fill_rgb(r, g, b);
        self.content.set_text_matrix([fine(cos), fine(sin), fine(-sin), fine(cos), short(x), short(self.height - y)]);
        for run in faces.encode(words, look.weight) {
            match run {
                Run::Glyphs(glyphs) => {
                    self.content.show(Str(&glyphs));
                }
                Run::Missing { glyphs, text } => {
                    self.content
                        .begin_marked_content_with_properties(Name(b"Span"))
                        .properties()
                        .actual_text(TextStr(&text));
                    self.content.show(Str(&glyphs)).end_marked_content();
                }
            }
        }
        self.content.end_text();
    }

    pub(super) fn block(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), color: Color) {
        self.fill(color);
        self.content.rect(short(x), short(self.height - y - height), short(width), short(height)).fill_nonzero();
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), width: f64, color: Color) {
        self.stroke(color, width);
        self.move_to(from);
        self.line_to(to);
        self.content.stroke();
    }

    /// A drawing of its own, such as the number of pages, at a place.
    pub(super) fn object(&mut self, name: &[u8], (x, y): (f64, f64), (width, height): (f64, f64)) {
        self.content.save_state();
        self.content.transform([short(width), 0.0, 0.0, short(height), short(x), short(self.height - y)]);
        self.content.x_object(Name(name)).restore_state();
    }

    pub(super) fn fill(&mut self, Color([r, g, b]): Color) {
        self.content.set_fill_rgb(r, g, b);
    }

    pub(super) fn stroke(&mut self, Color([r, g, b]): Color, width: f64) {
        self.content.set_stroke_rgb(r, g, b).set_line_width(short(width));
    }

    pub(super) fn opacity(&mut self, name: &[u8]) {
        self.content.set_parameters(Name(name));
    }

    pub(super) fn move_to(&mut self, (x, y): (f64, f64)) {
        self.content.move_to(short(x), short(self.height - y));
    }

    pub(super) fn line_to(&mut self, (x, y): (f64, f64)) {
        self.content.line_to(short(x), short(self.height - y));
    }

    pub(super) fn curve_to(&mut self, a: (f64, f64), b: (f64, f64), to: (f64, f64)) {
        let y = |value: f64| short(self.height - value);
        let (ay, by, toy) = (y(a.1), y(b.1), y(to.1));
        self.content.cubic_to(short(a.0), ay, short(b.0), by, short(to.0), toy);
    }

    pub(super) fn close(&mut self) {
        self.content.close_path();
    }

    /// Ends the path that stands open.
    pub(super) fn paint(&mut self, filled: bool, stroked: bool) {
        match (filled, stroked) {
            (true, true) => self.content.fill_nonzero_and_stroke(),
            (true, false) => self.content.fill_nonzero(),
            (false, true) => self.content.stroke(),
            (false, false) => self.content.end_path(),
        };
    }

    pub(super) fn apart(&mut self, draw: impl FnOnce(&mut Self)) {
        self.content.save_state();
        draw(self);
        self.content.restore_state();
    }
}
