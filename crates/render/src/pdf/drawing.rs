//! A chart's scene as vectors: the same shapes that a page draws as SVG.

use super::canvas::{Canvas, Color, Type};
use super::face::{self, Faces};
use crate::chart::{Anchor, Paint, PathStep, Scene, Shape, Stroke, Theme};
use crate::font::Weight;
use std::collections::BTreeSet;

/// The degrees of transparency that a document uses, in hundredths.
pub(super) type Opacities = BTreeSet<u8>;

pub(super) fn opacity_name(hundredths: u8) -> Vec<u8> {
    format!("O{hundredths}").into_bytes()
}

fn color(paint: Paint) -> Color {
    Color::hex(Theme::Light.color(paint))
}

/// Draws a scene with its upper left corner at zero.
pub(super) fn draw(canvas: &mut Canvas, faces: &mut Faces, opacities: &mut Opacities, scene: &Scene) {
    for shape in &scene.shapes {
        match shape {
            // What only listens for a pointer has nothing to do on paper.
            Shape::Path { opacity, stroke: None, .. } if *opacity <= 0.0 => {}
            Shape::Path { steps, fill, stroke, opacity, .. } => canvas.apart(|canvas| {
                if *opacity < 1.0 {
                    let hundredths = (opacity * 100.0).round().clamp(0.0, 100.0) as u8;
                    opacities.insert(hundredths);
                    canvas.opacity(&opacity_name(hundredths));
                }
                dress(canvas, *fill, *stroke);
                path(canvas, steps);
                canvas.paint(fill.is_some(), stroke.is_some());
            }),
            Shape::Circle { x, y, radius, fill, stroke, .. } => {
                dress(canvas, Some(*fill), *stroke);
                path(canvas, &circle(*x, *y, *radius));
                canvas.paint(true, stroke.is_some());
            }
            Shape::Line { x1, y1, x2, y2, stroke } => {
                canvas.line((*x1, *y1), (*x2, *y2), stroke.width, color(stroke.paint));
            }
            Shape::Text { x, y, text, size, bold, paint, anchor, degrees } => {
                let weight = if *bold { Weight::Bold } else { Weight::Regular };
                let back = match anchor {
                    Anchor::Start => 0.0,
                    Anchor::Middle => face::width(text, *size, weight) / 2.0,
                    Anchor::End => face::width(text, *size, weight),
                };
                let (sin, cos) = degrees.to_radians().sin_cos();
                let at = (x - back * cos, y - back * sin);
                canvas.text(faces, at, text, Type::new(*size, weight, color(*paint)), *degrees);
            }
        }
    }
}

fn dress(canvas: &mut Canvas, fill: Option<Paint>, stroke: Option<Stroke>) {
    if let Some(fill) = fill {
        canvas.fill(color(fill));
    }
    if let Some(stroke) = stroke {
        canvas.stroke(color(stroke.paint), stroke.width);
    }
}

fn circle(x: f64, y: f64, radius: f64) -> [PathStep; 4] {
    let half = |x| PathStep::Arc { radius, large: false, clockwise: true, x, y };
    [PathStep::Move(x - radius, y), half(x + radius), half(x - radius), PathStep::Close]
}

fn path(canvas: &mut Canvas, steps: &[PathStep]) {
    let mut at = (0.0, 0.0);
    for step in steps {
        match *step {
            PathStep::Move(x, y) => {
                at = (x, y);
                canvas.move_to(at);
            }
            PathStep::Line(x, y) => {
                at = (x, y);
                canvas.line_to(at);
            }
            PathStep::Arc { radius, large, clockwise, x, y } => {
                for [a, b, to] in arc(at, radius, large, clockwise, (x, y)) {
                    canvas.curve_to(a, b, to);
                }
                at = (x, y);
            }
            PathStep::Close => canvas.close(),
        }
    }
}

type Point = (f64, f64);

/// A circular arc as Bézier curves of at most a quarter each: two control points and an end.
fn arc(from: Point, radius: f64, large: bool, clockwise: bool, to: Point) -> Vec<[Point; 3]> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let chord = dx.hypot(dy);
    if chord < 1e-9 || radius < 1e-9 {
        return vec![[from, to, to]];
    }
    // A radius too small to span the chord is widened until it does, as SVG does.
    let radius = radius.max(chord / 2.0);
    let rise = (radius * radius - chord * chord / 4.0).max(0.0).sqrt();
    let side = if large == clockwise { -1.0 } else { 1.0 };
    let center = ((from.0 + to.0) / 2.0 - side * rise * dy / chord, (from.1 + to.1) / 2.0 + side * rise * dx / chord);
    let start = (from.1 - center.1).atan2(from.0 - center.0);
    let mut sweep = (to.1 - center.1).atan2(to.0 - center.0) - start;
    let turn = std::f64::consts::TAU;
    // The vertical axis points down, so that growing angles go clockwise.
    if clockwise && sweep < 0.0 {
        sweep += turn;
    } else if !clockwise && sweep > 0.0 {
        sweep -= turn;
    }
    let pieces = (sweep.abs() / std::f64::consts::FRAC_PI_2).ceil().max(1.0);
    let step = sweep / pieces;
    let reach = 4.0 / 3.0 * (step / 4.0).tan() * radius;
    let on = |angle: f64| (center.0 + radius * angle.cos(), center.1 + radius * angle.sin());
    (0..pieces as usize)
        .map(|piece| {
            let (a, b) = (start + step * piece as f64, start + step * (piece + 1) as f64);
            let (p, q) = (on(a), on(b));
            [(p.0 - reach * a.sin(), p.1 + reach * a.cos()), (q.0 + reach * b.sin(), q.1 - reach * b.cos()), q]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: Point, b: Point) -> f64 {
        (a.0 - b.0).hypot(a.1 - b.1)
    }

    #[test]
    fn an_arc_stays_on_its_circle_and_goes_the_way_it_was_asked() {
        // From the left of a circle of radius ten to its top, clockwise where the vertical axis points down.
        let quarter = arc((-10.0, 0.0), 10.0, false, true, (0.0, -10.0));
        assert_eq!(quarter.len(), 1);
        let [a, b, to] = quarter[0];
        let middle = |f: fn(Point) -> f64| (f((-10.0, 0.0)) + 3.0 * f(a) + 3.0 * f(b) + f(to)) / 8.0;
        let at = (middle(|p| p.0), middle(|p| p.1));
        assert!((distance(at, (0.0, 0.0)) - 10.0).abs() < 0.01, "{at:?}");
        assert!(at.0 < 0.0 && at.1 < 0.0, "{at:?}");
        let rest = arc((-10.0, 0.0), 10.0, true, false, (0.0, -10.0));
        assert_eq!(rest.len(), 3, "the long way round");
        let ends: Vec<f64> = rest.iter().map(|[_, _, end]| distance(*end, (0.0, 0.0))).collect();
        assert!(ends.iter().all(|radius| (radius - 10.0).abs() < 1e-6), "{ends:?}");
        assert!(rest[0][2].1 > 0.0, "it starts downwards: {:?}", rest[0]);
    }
}
