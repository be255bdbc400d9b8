//! Small sample pictures for the frames of the gallery. Real charts come from the chart renderer.

use std::fmt::Write;

const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 240.0;
const BASE: f64 = 208.0;
const TOP: f64 = 24.0;

fn open(title: &str) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}" font-size="12">"#
    )
}

fn grid(svg: &mut String, labels: [&str; 4]) {
    for (at, label) in labels.iter().enumerate() {
        let y = BASE - (BASE - TOP) * at as f64 / 3.0;
        let _ = write!(
            svg,
            r#"<line x1="44" x2="{WIDTH}" y1="{y:.1}" y2="{y:.1}" stroke="var(--chart-grid)"/><text x="36" y="{:.1}" text-anchor="end" fill="var(--chart-axis)">{label}</text>"#,
            y + 4.0
        );
    }
}

/// Columns with a share on top of each other: (label, lower, upper) in percent of the axis.
pub(super) fn columns(title: &str, axis: [&str; 4], bars: &[(&str, f64, f64)]) -> String {
    let mut svg = open(title);
    grid(&mut svg, axis);
    let step = (WIDTH - 52.0) / bars.len() as f64;
    for (at, (label, lower, upper)) in bars.iter().enumerate() {
        let width = (step * 0.56).min(44.0);
        let middle = 52.0 + step * (at as f64 + 0.5);
        let x = middle - width / 2.0;
        let (low, high) = (lower * (BASE - TOP) / 100.0, upper * (BASE - TOP) / 100.0);
        let _ = write!(
            svg,
            r#"<rect x="{x:.1}" y="{:.1}" width="{width:.1}" height="{low:.1}" rx="2" fill="var(--chart-1)"/><rect x="{x:.1}" y="{:.1}" width="{width:.1}" height="{high:.1}" rx="2" fill="var(--chart-5)"/><text x="{middle:.1}" y="228" text-anchor="middle" fill="var(--chart-muted)">{label}</text>"#,
            BASE - low,
            BASE - low - high - 1.5,
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Two lines over the same axis, the second one dashed.
pub(super) fn lines(title: &str, axis: [&str; 4], labels: &[&str], actual: &[f64], goal: &[f64]) -> String {
    let mut svg = open(title);
    grid(&mut svg, axis);
    let step = (WIDTH - 110.0) / (labels.len() - 1).max(1) as f64;
    let points = |values: &[f64]| {
        values
            .iter()
            .enumerate()
            .map(|(at, value)| format!("{:.1},{:.1}", 60.0 + step * at as f64, BASE - value * (BASE - TOP) / 100.0))
            .collect::<Vec<_>>()
    };
    let (actual_points, goal_points) = (points(actual), points(goal));
    let _ = write!(
        svg,
        r#"<polyline points="{}" fill="none" stroke="var(--chart-8)" stroke-width="1.5" stroke-dasharray="4 4"/><polyline points="{}" fill="none" stroke="var(--chart-1)" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"/>"#,
        goal_points.join(" "),
        actual_points.join(" "),
    );
    for (words, points, colour) in [("Won", &actual_points, "--chart-1"), ("Goal", &goal_points, "--chart-8")] {
        if let Some((x, y)) = points.last().and_then(|point| point.split_once(',')) {
            let _ = write!(svg, r#"<circle cx="{x}" cy="{y}" r="3.5" fill="var({colour})"/>"#);
            let _ = write!(
                svg,
                r#"<text x="{x}" y="{y}" dx="8" dy="4" font-weight="600" fill="var({colour})">{words}</text>"#
            );
        }
    }
    for (at, label) in labels.iter().enumerate() {
        let x = 60.0 + step * at as f64;
        let _ =
            write!(svg, r#"<text x="{x:.1}" y="228" text-anchor="middle" fill="var(--chart-muted)">{label}</text>"#);
    }
    svg.push_str("</svg>");
    svg
}

/// A line without axes, for a key figure.
pub(super) fn spark(values: &[f64]) -> String {
    let step = 92.0 / (values.len() - 1).max(1) as f64;
    let points: Vec<String> = values
        .iter()
        .enumerate()
        .map(|(at, value)| format!("{:.1},{:.1}", 2.0 + step * at as f64, 26.0 - value * 0.24))
        .collect();
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 28" preserveAspectRatio="none"><polyline points="{}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/></svg>"#,
        points.join(" ")
    )
}
