//! Charts, drawn and looked at by machine: the SVG parses, the picture shows something, words stay inside it.

use crate::decimal;
use model::Decimal;
use proptest::prelude::*;
use render::chart::{Break, Chart, ChartKind, Colors, Scene, Series, Shape, Stacking, SvgOptions, Theme, Tone};
use render::format::NumberStyle;
use render::png::{png_from_chart, png_from_svg};

fn euro() -> NumberStyle {
    NumberStyle::Currency { code: "EUR".into() }
}

fn chart(kind: ChartKind, points: &[(&str, &str)]) -> Chart {
    Chart::single(
        "Amount by stage",
        kind,
        euro(),
        points.iter().map(|(name, value)| ((*name).to_owned(), Some(decimal(value)))),
    )
}

const STAGES: &[(&str, &str)] =
    &[("Prospecting", "1250000"), ("Qualification", "840000.50"), ("Proposal", "610000"), ("Closed won", "420000")];

fn kinds() -> Vec<ChartKind> {
    let breaks = vec![
        Break { up_to: Some(Decimal::from(500_000)), tone: Tone::Bad, label: "Behind".into() },
        Break { up_to: Some(Decimal::from(900_000)), tone: Tone::Warn, label: "At risk".into() },
        Break { up_to: None, tone: Tone::Good, label: "On target".into() },
    ];
    vec![
        ChartKind::Bar { stacking: Stacking::None },
        ChartKind::Bar { stacking: Stacking::Stacked },
        ChartKind::Bar { stacking: Stacking::Percent },
        ChartKind::Column { stacking: Stacking::None },
        ChartKind::Column { stacking: Stacking::Stacked },
        ChartKind::Column { stacking: Stacking::Percent },
        ChartKind::Line,
        ChartKind::Donut,
        ChartKind::Funnel,
        ChartKind::Gauge { min: Decimal::ZERO, max: Decimal::from(1_500_000), breaks: breaks.clone() },
        ChartKind::Metric { previous: Some(Decimal::from(1_000_000)), breaks },
    ]
}

fn words(scene: &Scene) -> Vec<&str> {
    scene
        .shapes
        .iter()
        .filter_map(|shape| if let Shape::Text { text, .. } = shape { Some(text.as_str()) } else { None })
        .collect()
}

#[test]
fn every_kind_is_a_picture_in_both_themes() {
    for kind in kinds() {
        for theme in [Theme::Light, Theme::Dark] {
            let png =
                png_from_chart(&chart(kind.clone(), STAGES), &SvgOptions::default(), theme, 1.0).expect("a picture");
            let pixels = resvg::tiny_skia::Pixmap::decode_png(&png.bytes).expect("a PNG");
            let first = pixels.pixels()[0];
            let drawn = pixels.pixels().iter().filter(|pixel| **pixel != first).count();
            assert!(drawn > 500, "{kind:?} {theme:?}: {drawn} pixels drawn");
            assert!(png.missing.is_empty());
        }
    }
}

#[test]
fn the_same_chart_gives_the_same_bytes() {
    for kind in kinds() {
        let chart = chart(kind, STAGES);
        let draw = || png_from_chart(&chart, &SvgOptions::default(), Theme::Light, 1.0).expect("a picture");
        assert_eq!(chart.to_svg(&SvgOptions::default()), chart.to_svg(&SvgOptions::default()));
        assert_eq!(draw(), draw());
    }
}

#[test]
fn a_chart_on_a_page_takes_its_colours_from_the_page_and_speaks_to_screen_readers() {
    let options = SvgOptions { id: "c7\"><script>".into(), ..SvgOptions::default() };
    let mut named = chart(ChartKind::Bar { stacking: Stacking::None }, STAGES);
    named.title = "Won & <lost>".into();
    let svg = named.to_svg(&options);
    assert!(svg.contains("fill=\"var(--chart-1, #096ccb)\""), "{svg}");
    assert!(svg.contains("role=\"img\" aria-labelledby=\"c7script-title c7script-desc\""));
    assert!(svg.contains("<title id=\"c7script-title\">Won &amp; &lt;lost&gt;</title>"));
    assert!(
        svg.contains("<desc id=\"c7script-desc\">Bar chart. Prospecting €1,250,000.00; Qualification €840,000.50;")
    );
    assert!(!svg.contains("style=") && !svg.contains("<script"));
}

#[test]
fn a_picture_for_mail_has_concrete_colours() {
    for kind in kinds() {
        let svg =
            chart(kind, STAGES).to_svg(&SvgOptions { colors: Colors::Fixed(Theme::Dark), ..SvgOptions::default() });
        assert!(!svg.contains("var("), "{svg}");
    }
}

#[test]
fn no_values_are_a_clear_picture_and_not_an_empty_one() {
    for kind in kinds() {
        let scene = chart(kind, &[]).to_scene(&SvgOptions::default());
        assert!(words(&scene).contains(&"No data"), "{:?}", words(&scene));
        assert!(scene.description.ends_with("No data"));
    }
}

#[test]
fn an_empty_bucket_is_a_gap_in_the_line_and_not_a_zero() {
    let mut gap = chart(ChartKind::Line, &[("Jan", "1"), ("Feb", "2"), ("Mar", "0"), ("Apr", "4"), ("May", "5")]);
    gap.series[0].values[2] = None;
    let lines = |chart: &Chart| {
        chart
            .to_scene(&SvgOptions::default())
            .shapes
            .iter()
            .filter(|shape| matches!(shape, Shape::Path { fill: None, stroke: Some(_), .. }))
            .count()
    };
    assert_eq!(lines(&gap), 2);
    gap.series[0].values[2] = Some(Decimal::ZERO);
    assert_eq!(lines(&gap), 1);
    assert!(gap.description(&SvgOptions::default()).contains("Mar €0.00"));
}

#[test]
fn a_gauge_beyond_its_end_prints_the_true_value() {
    let gauge = chart(
        ChartKind::Gauge { min: Decimal::ZERO, max: Decimal::from(100), breaks: Vec::new() },
        &[("Total", "12345678.9")],
    );
    assert!(words(&gauge.to_scene(&SvgOptions::default())).contains(&"€12,345,678.90"));
}

#[test]
fn characters_without_a_glyph_are_told() {
    let png = png_from_chart(&chart(ChartKind::Donut, &[("株式会社", "1")]), &SvgOptions::default(), Theme::Light, 1.0);
    assert_eq!(png.expect("a picture").missing.into_iter().collect::<String>(), "会式株社");
}

#[test]
fn an_svg_can_load_nothing_and_cannot_be_too_large() {
    let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10" height="10"><image xlink:href="/etc/hostname.png" width="10" height="10"/></svg>"#;
    let png = png_from_svg(svg, 1.0).expect("a picture");
    let pixels = resvg::tiny_skia::Pixmap::decode_png(&png.bytes).expect("a PNG");
    assert!(pixels.pixels().iter().all(|pixel| pixel.alpha() == 0));
    assert!(png_from_svg(r#"<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"/>"#, 1.0).is_err());
}

#[test]
fn a_chart_crosses_a_process_boundary_as_json_unchanged() {
    for kind in kinds() {
        let chart = chart(kind, STAGES);
        let json = serde_json::to_string(&chart).expect("JSON");
        assert_eq!(serde_json::from_str::<Chart>(&json).expect("the same chart"), chart);
    }
}

/// Every point of every shape lies in the picture.
fn inside(scene: &Scene) -> Result<(), TestCaseError> {
    for shape in &scene.shapes {
        let coordinates: Vec<(f64, f64)> = match shape {
            Shape::Text { x, y, .. } | Shape::Circle { x, y, .. } => vec![(*x, *y)],
            Shape::Line { x1, y1, x2, y2, .. } => vec![(*x1, *y1), (*x2, *y2)],
            Shape::Path { steps, .. } => steps
                .iter()
                .filter_map(|step| match step {
                    render::chart::PathStep::Move(x, y)
                    | render::chart::PathStep::Line(x, y)
                    | render::chart::PathStep::Arc { x, y, .. } => Some((*x, *y)),
                    render::chart::PathStep::Close => None,
                })
                .collect(),
        };
        for (x, y) in coordinates {
            prop_assert!(x.is_finite() && y.is_finite(), "{shape:?}");
            prop_assert!(x >= -1.0 && x <= scene.width + 1.0, "{shape:?} in {}", scene.width);
            prop_assert!(y >= -1.0 && y <= scene.height + 1.0, "{shape:?} in {}", scene.height);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_values_make_a_well_formed_picture_that_stays_inside_its_frame(
        kind in 0usize..11,
        groups in 0usize..70,
        series in 1usize..11,
        numbers in prop::collection::vec(prop::option::weighted(0.9, -10_000_000_000_000_000i64..10_000_000_000_000_000), 770),
        shrink in 0u32..14,
        name in "\\PC{0,40}",
        width in 160.0f64..1400.0,
    ) {
        let value = |at: usize| numbers[at].map(|number| Decimal::new(number, 2) / Decimal::from(10i64.pow(shrink)));
        let chart = Chart {
            title: name.clone(),
            subtitle: None,
            kind: kinds().swap_remove(kind),
            categories: (0..groups).map(|at| format!("{name} {at}")).collect(),
            series: (0..series)
                .map(|row| Series { name: format!("{name} {row}"), values: (0..groups).map(|at| value(row * 70 + at)).collect() })
                .collect(),
            number: euro(),
            additive: true,
        };
        let options = SvgOptions { width, colors: Colors::Fixed(Theme::Light), ..SvgOptions::default() };
        inside(&chart.to_scene(&options))?;
        let svg = chart.to_svg(&options);
        prop_assert!(!svg.contains("NaN") && !svg.contains("inf"));
        let parsed = resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default());
        prop_assert!(parsed.is_ok(), "{:?}", parsed.err());
    }
}
