//! Draws every kind of chart over many shapes of input, in both themes, as contact sheets to look at:
//! `cargo run -p render --example chart_gallery -- <folder> [width of a chart]`.

use model::Decimal;
use render::chart::{Break, Chart, ChartKind, Colors, Series, Stacking, SvgOptions, Theme, Tone};
use render::format::NumberStyle;
use render::png::png_from_svg;
use std::fmt::Write;
use std::path::PathBuf;

const COLUMNS: usize = 3;
const GAP: f64 = 16.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder to draw into")?);
    let width = std::env::args().nth(2).map_or(Ok(560.0), |width| width.parse::<f64>())?;
    std::fs::create_dir_all(&folder)?;
    for (theme, name, ground) in [(Theme::Light, "light", "#f4f5f7"), (Theme::Dark, "dark", "#0e1015")] {
        for (page, charts) in gallery().chunks(9).enumerate() {
            let svg = sheet(charts, theme, ground, width);
            std::fs::write(folder.join(format!("{name}-{}.png", page + 1)), png_from_svg(&svg, 1.5)?.bytes)?;
        }
    }
    Ok(())
}

/// Charts in rows, each as an SVG inside the sheet's.
fn sheet(charts: &[Chart], theme: Theme, ground: &str, chart_width: f64) -> String {
    let options = |at: usize| SvgOptions {
        width: chart_width,
        id: format!("c{at}"),
        colors: Colors::Fixed(theme),
        ..SvgOptions::default()
    };
    let (mut y, mut inner) = (GAP, String::new());
    for (row, charts) in charts.chunks(COLUMNS).enumerate() {
        let mut tallest: f64 = 0.0;
        for (column, chart) in charts.iter().enumerate() {
            let options = options(row * COLUMNS + column);
            let x = GAP + column as f64 * (chart_width + GAP);
            tallest = tallest.max(chart.to_scene(&options).height);
            let svg = chart.to_svg(&options).replacen("<svg ", &format!("<svg x=\"{x}\" y=\"{y}\" "), 1);
            inner.push_str(&svg);
        }
        y += tallest + GAP;
    }
    let width = GAP + COLUMNS as f64 * (chart_width + GAP);
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}"><rect width="100%" height="100%" fill="{ground}"/>{inner}</svg>"#
    );
    out
}

fn euro() -> NumberStyle {
    NumberStyle::Currency { code: "EUR".into() }
}

fn single(title: &str, kind: ChartKind, number: NumberStyle, points: &[(&str, i64)]) -> Chart {
    let points = points.iter().map(|(name, value)| ((*name).to_owned(), Some(Decimal::from(*value))));
    Chart {
        subtitle: Some("Data as of 21 Nov 2026, 09:00 Europe/Berlin".into()),
        ..Chart::single(title, kind, number, points)
    }
}

/// Repeatable numbers that look like a business.
fn wave(at: usize, seed: usize) -> i64 {
    let turn = ((at * 7919 + seed * 104_729) % 1000) as i64;
    200_000 + turn * 900 + (at as i64) * 12_000
}

fn many(title: &str, kind: ChartKind, groups: usize, series: &[&str], name: impl Fn(usize) -> String) -> Chart {
    Chart {
        title: title.into(),
        subtitle: None,
        kind,
        categories: (0..groups).map(name).collect(),
        series: series
            .iter()
            .enumerate()
            .map(|(seed, name)| Series {
                name: (*name).to_owned(),
                values: (0..groups).map(|at| Some(Decimal::from(wave(at, seed)))).collect(),
            })
            .collect(),
        number: euro(),
        additive: true,
    }
}

fn breaks() -> Vec<Break> {
    vec![
        Break { up_to: Some(Decimal::from(500_000)), tone: Tone::Bad, label: "Behind plan".into() },
        Break { up_to: Some(Decimal::from(900_000)), tone: Tone::Warn, label: "At risk".into() },
        Break { up_to: None, tone: Tone::Good, label: "On target".into() },
    ]
}

fn gallery() -> Vec<Chart> {
    const STAGES: &[(&str, i64)] = &[
        ("Prospecting", 1_250_000),
        ("Qualification", 980_500),
        ("Needs analysis", 743_000),
        ("Proposal", 412_900),
        ("Negotiation", 198_000),
        ("Closed won", 121_400),
    ];
    const LONG: &[(&str, i64)] = &[
        ("Global Consolidated Industries Holding AG", 1_250_000),
        ("Müller, Schmidt & Söhne Maschinenbau GmbH", 640_000),
        ("The Very Long Named Account of Northern Europe", 410_000),
        ("Acme", 12_000),
    ];
    const SWINGS: &[(&str, i64)] =
        &[("Jan", 420_000), ("Feb", -180_000), ("Mar", 90_000), ("Apr", -310_000), ("May", 505_000), ("Jun", 0)];
    const HUGE: &[(&str, i64)] = &[("EMEA", 123_456_789_012), ("Americas", 98_765_432_109), ("APAC", 45_678_901_234)];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let bar = || ChartKind::Bar { stacking: Stacking::None };
    let column = || ChartKind::Column { stacking: Stacking::None };
    let count = || NumberStyle::Plain { scale: 0 };
    let month = |at: usize| MONTHS[at % 12].to_owned();
    let rep = |at: usize| format!("Representative {}", at + 1);
    let mut gaps = many("Pipeline by day, with gaps", ChartKind::Line, 12, &["Amount"], month);
    gaps.series[0].values[4] = None;
    gaps.series[0].values[6] = None;
    let mut flat = many("Renewal rate", ChartKind::Line, 12, &["Rate"], month);
    flat.number = NumberStyle::Percent { scale: 1 };
    flat.series[0].values = (0..12).map(|at| Some(Decimal::new(975 + (at * 37) % 17, 1))).collect();
    let mut mixed = many(
        "Stacked with negatives",
        ChartKind::Column { stacking: Stacking::Stacked },
        6,
        &["New", "Upgrade", "Churn"],
        month,
    );
    mixed.series[2].values.iter_mut().for_each(|value| *value = value.map(|value| -value / Decimal::TWO));
    vec![
        single("Amount by stage", bar(), euro(), STAGES),
        single("Amount by stage", column(), euro(), STAGES),
        single("Pipeline", ChartKind::Funnel, euro(), STAGES),
        single("Amount by account", bar(), euro(), LONG),
        single("Amount by account", column(), euro(), LONG),
        single("Share by account", ChartKind::Donut, euro(), LONG),
        single("Net change", bar(), euro(), SWINGS),
        single("Net change", column(), euro(), SWINGS),
        single("Net change", ChartKind::Line, euro(), SWINGS),
        single("Twelve digits", bar(), euro(), HUGE),
        single("Twelve digits", column(), euro(), HUGE),
        single("Twelve digits", ChartKind::Donut, euro(), HUGE),
        single("One group", bar(), count(), &[("Only", 7)]),
        single("One group", column(), count(), &[("Only", 7)]),
        single("One group", ChartKind::Donut, count(), &[("Only", 7)]),
        many("By region and quarter", column(), 4, &["EMEA", "Americas", "APAC"], |at| format!("Q{}", at + 1)),
        many(
            "By region, stacked",
            ChartKind::Column { stacking: Stacking::Stacked },
            12,
            &["EMEA", "Americas", "APAC", "Partners"],
            month,
        ),
        many(
            "By region, shares",
            ChartKind::Column { stacking: Stacking::Percent },
            6,
            &["EMEA", "Americas", "APAC", "Partners"],
            month,
        ),
        many("By owner and year", bar(), 5, &["2025", "2026"], rep),
        many(
            "By owner, stacked",
            ChartKind::Bar { stacking: Stacking::Stacked },
            7,
            &["New", "Upgrade", "Renewal"],
            rep,
        ),
        many(
            "By owner, shares",
            ChartKind::Bar { stacking: Stacking::Percent },
            7,
            &["New", "Upgrade", "Renewal"],
            rep,
        ),
        many("Amount by month", ChartKind::Line, 12, &["EMEA", "Americas", "APAC"], month),
        many("Amount by day", ChartKind::Line, 120, &["Amount"], |at| format!("{} {}", MONTHS[at / 30], at % 30 + 1)),
        many("Eight lines", ChartKind::Line, 10, &["A", "B", "C", "D", "E", "F", "G", "H"], month),
        gaps,
        flat,
        mixed,
        many("Thirty columns", column(), 30, &["Amount"], rep),
        many("Sixty columns", column(), 60, &["Amount"], rep),
        many("Thirty bars", bar(), 30, &["Amount"], rep),
        many("Share by owner", ChartKind::Donut, 14, &["Amount"], rep),
        single(
            "Quota",
            ChartKind::Gauge { min: Decimal::ZERO, max: Decimal::from(1_500_000), breaks: breaks() },
            euro(),
            &[("Total", 1_120_400)],
        ),
        single(
            "Quota, without bands",
            ChartKind::Gauge { min: Decimal::ZERO, max: Decimal::from(100), breaks: Vec::new() },
            NumberStyle::Percent { scale: 1 },
            &[("Total", 62)],
        ),
        single(
            "Closed won",
            ChartKind::Metric { previous: Some(Decimal::from(1_000_000)), breaks: breaks() },
            euro(),
            &[("Total", 1_120_400)],
        ),
        single(
            "Open cases",
            ChartKind::Metric { previous: Some(Decimal::from(420)), breaks: Vec::new() },
            count(),
            &[("Total", 395)],
        ),
        single("Nothing", column(), euro(), &[]),
        single("Negative shares", ChartKind::Donut, euro(), SWINGS),
    ]
}
