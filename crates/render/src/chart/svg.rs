//! A scene as an SVG document. No script, no style, no reference to anything outside.

use super::scene::{Anchor, PathStep, Scene, Shape, Stroke};
use super::{Colors, Paint};
use crate::font;
use crate::format::{Formats, MoneyStyle};
use std::fmt::Write;

/// How a chart is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct SvgOptions {
    pub width: f64,
    /// At least this high; none takes what suits the kind.
    pub height: Option<f64>,
    /// Prefix of the ids inside, unique on its page. Letters, digits, `-` and `_`.
    pub id: String,
    pub colors: Colors,
    pub formats: Formats,
    /// Whether title and subtitle are drawn; off where the page has its own heading. They are always told to screen
    /// readers.
    pub heading: bool,
    /// Room around everything; none takes 16 where the chart has a ground of its own and almost nothing on a page.
    pub margin: Option<f64>,
}

impl Default for SvgOptions {
    fn default() -> Self {
        Self {
            width: 640.0,
            height: None,
            id: "chart".into(),
            colors: Colors::Page,
            formats: Formats { money: MoneyStyle::Symbol, ..Formats::default() },
            heading: true,
            margin: None,
        }
    }
}

pub(super) fn write(scene: &Scene, options: &SvgOptions) -> String {
    let id: String = options.id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    let family = match options.colors {
        Colors::Fixed(_) => format!("'{}', sans-serif", font::FAMILY),
        Colors::Page => "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif".to_owned(),
    };
    let mut out = String::with_capacity(256 + scene.shapes.len() * 120);
    // Writing to a String cannot fail, here and below.
    let _ = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-labelledby="{id}-title {id}-desc" font-family="{family}">"#,
        w = round(scene.width),
        h = round(scene.height),
    );
    let _ = write!(
        out,
        r#"<title id="{id}-title">{}</title><desc id="{id}-desc">{}</desc>"#,
        escape(&scene.title),
        escape(&scene.description)
    );
    if let Colors::Fixed(theme) = options.colors {
        let _ = write!(out, r#"<rect width="100%" height="100%" fill="{}"/>"#, theme.surface());
    }
    for shape in &scene.shapes {
        push_shape(&mut out, shape, options.colors);
    }
    out.push_str("</svg>");
    out
}

fn push_shape(out: &mut String, shape: &Shape, colors: Colors) {
    match shape {
        Shape::Path { steps, fill, stroke, opacity, tip } => {
            let _ = write!(out, r#"<path d="{}" fill="{}""#, path(steps), paint(*fill, colors));
            push_stroke(out, *stroke, colors);
            if *opacity < 1.0 {
                let _ = write!(out, r#" fill-opacity="{}""#, round(*opacity));
            }
            push_end(out, "path", tip.as_deref());
        }
        Shape::Circle { x, y, radius, fill, stroke, tip } => {
            let _ = write!(
                out,
                r#"<circle cx="{}" cy="{}" r="{}" fill="{}""#,
                round(*x),
                round(*y),
                round(*radius),
                colors.value(*fill)
            );
            push_stroke(out, *stroke, colors);
            push_end(out, "circle", tip.as_deref());
        }
        Shape::Line { x1, y1, x2, y2, stroke } => {
            let _ =
                write!(out, r#"<line x1="{}" y1="{}" x2="{}" y2="{}""#, round(*x1), round(*y1), round(*x2), round(*y2));
            push_stroke(out, Some(*stroke), colors);
            out.push_str("/>");
        }
        Shape::Text { x, y, text, size, bold, paint, anchor, degrees } => {
            let _ = write!(out, r#"<text x="{}" y="{}" font-size="{}""#, round(*x), round(*y), round(*size));
            if *bold {
                out.push_str(r#" font-weight="700""#);
            }
            match anchor {
                Anchor::Start => {}
                Anchor::Middle => out.push_str(r#" text-anchor="middle""#),
                Anchor::End => out.push_str(r#" text-anchor="end""#),
            }
            if *degrees != 0.0 {
                let _ = write!(out, r#" transform="rotate({} {} {})""#, round(*degrees), round(*x), round(*y));
            }
            let _ = write!(out, r#" fill="{}">{}</text>"#, colors.value(*paint), escape(text));
        }
    }
}

fn push_end(out: &mut String, element: &str, tip: Option<&str>) {
    match tip {
        None => out.push_str("/>"),
        Some(tip) => {
            let _ = write!(out, "><title>{}</title></{element}>", escape(tip));
        }
    }
}

fn push_stroke(out: &mut String, stroke: Option<Stroke>, colors: Colors) {
    if let Some(stroke) = stroke {
        let _ = write!(
            out,
            r#" stroke="{}" stroke-width="{}" stroke-linejoin="round" stroke-linecap="round""#,
            colors.value(stroke.paint),
            round(stroke.width)
        );
    }
}

fn paint(paint: Option<Paint>, colors: Colors) -> String {
    paint.map_or_else(|| "none".to_owned(), |paint| colors.value(paint))
}

fn path(steps: &[PathStep]) -> String {
    let mut out = String::new();
    for step in steps {
        let _ = match step {
            PathStep::Move(x, y) => write!(out, "M{} {}", round(*x), round(*y)),
            PathStep::Line(x, y) => write!(out, "L{} {}", round(*x), round(*y)),
            PathStep::Arc { radius, large, clockwise, x, y } => write!(
                out,
                "A{r} {r} 0 {} {} {} {}",
                u8::from(*large),
                u8::from(*clockwise),
                round(*x),
                round(*y),
                r = round(*radius)
            ),
            PathStep::Close => write!(out, "Z"),
        };
    }
    out
}

/// Two decimals are finer than any screen, and keep the document small.
fn round(number: f64) -> f64 {
    let rounded = (number * 100.0).round() / 100.0;
    // Minus nought prints a sign that means nothing.
    if rounded == 0.0 { 0.0 } else { rounded }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
