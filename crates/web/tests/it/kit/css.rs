//! The stylesheet: nothing outside of the tokens.

use model::Decimal;
use render::chart::{Chart, ChartKind, Stacking, SvgOptions};
use render::format::NumberStyle;
use std::collections::HashSet;
use web::kit::assets::{STYLES, find, href};

fn without_comments(css: &str) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").expect("a comment ends").1;
    }
    kept + rest
}

fn parts() -> impl Iterator<Item = (&'static str, String)> {
    STYLES.iter().map(|(name, css)| (*name, without_comments(css)))
}

/// The values of all declarations, as (property, value).
fn declarations(css: &str) -> Vec<(&str, &str)> {
    css.split(['{', '}', ';'])
        .filter_map(|piece| piece.trim().split_once(':'))
        .map(|(property, value)| (property.trim(), value.trim()))
        .filter(|(property, _)| property.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'))
        .collect()
}

#[test]
fn colours_stand_in_the_tokens_alone() {
    const FUNCTIONS: &[&str] =
        &["oklch(", "rgb(", "rgba(", "hsl(", "hsla(", "oklab(", "lab(", "lch(", "color(", "color-mix(", "light-dark("];
    const NAMES: &[&str] = &["white", "black", "red", "green", "blue", "gray", "grey", "orange", "yellow", "purple"];
    for (name, css) in parts().filter(|(name, _)| *name != "tokens.css") {
        for (property, value) in declarations(&css) {
            let named = value.split(|c: char| !c.is_ascii_alphabetic()).any(|word| NAMES.contains(&word))
                && !value.contains("var(");
            let hex =
                value.split('#').skip(1).any(|after| after.chars().take_while(char::is_ascii_hexdigit).count() >= 3);
            assert!(
                !hex && !named && !FUNCTIONS.iter().any(|function| value.contains(function)),
                "{name}: {property}: {value}"
            );
        }
    }
}

#[test]
fn fonts_sizes_of_text_and_lines_come_from_the_tokens() {
    for (name, css) in parts().filter(|(name, _)| *name != "tokens.css") {
        for (property, value) in declarations(&css) {
            let free = ["inherit", "1", "0.92em", "0.625rem", "1lh", "1.125rem", "1.25rem", "1.0625rem"];
            if matches!(property, "font-family" | "font-size" | "font-weight") {
                assert!(value.contains("var(--") || free.contains(&value), "{name}: {property}: {value}");
            }
            let pixels = value.match_indices("px").any(|(at, _)| value[..at].ends_with(|c: char| c.is_ascii_digit()));
            assert!(!pixels, "{name}: {property}: {value}");
        }
    }
}

#[test]
fn every_property_used_is_defined_and_every_token_is_used() {
    let all: String = parts().map(|(_, css)| css).collect();
    let local: HashSet<&str> = declarations(&all)
        .into_iter()
        .map(|(property, _)| property)
        .filter(|property| property.starts_with("--"))
        .collect();
    let used: HashSet<&str> = all
        .split("var(")
        .skip(1)
        .filter_map(|after| after.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next())
        .collect();
    for property in &used {
        assert!(local.contains(property), "{property} is used and never defined");
    }
    let elsewhere = ["--chart-", "--shadow", "--layer"];
    for property in local {
        assert!(
            used.contains(property) || elsewhere.iter().any(|prefix| property.starts_with(prefix)),
            "{property} is never used"
        );
    }
}

#[test]
fn charts_use_colours_that_the_tokens_define() {
    let tokens = parts().find(|(name, _)| *name == "tokens.css").expect("the tokens").1;
    let kinds = [
        ChartKind::Bar { stacking: Stacking::None },
        ChartKind::Column { stacking: Stacking::Stacked },
        ChartKind::Line,
        ChartKind::Donut,
        ChartKind::Funnel,
        ChartKind::Gauge { min: Decimal::ZERO, max: Decimal::TEN, breaks: Vec::new() },
        ChartKind::Metric { previous: Some(Decimal::ONE), breaks: Vec::new() },
    ];
    for kind in kinds {
        let points = (1..20).map(|at| (format!("Group {at}"), Some(Decimal::from(at))));
        let svg = Chart::single("Groups", kind.clone(), NumberStyle::Plain { scale: 0 }, points)
            .to_svg(&SvgOptions::default());
        assert!(!svg.contains("style="), "{kind:?} carries a style that the policy forbids");
        for property in svg.split("var(").skip(1).filter_map(|after| after.split([',', ')']).next()) {
            assert!(tokens.contains(&format!("{property}:")), "{kind:?} uses {property}");
        }
    }
}

#[test]
fn braces_and_brackets_are_balanced() {
    for (name, css) in parts() {
        for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
            assert_eq!(css.matches(open).count(), css.matches(close).count(), "{name}: {open}{close}");
        }
    }
}

#[test]
fn motion_stops_and_paper_is_light() {
    let sheet = find(&href("app.css")).expect("the stylesheet is an asset").content;
    for needed in
        ["prefers-reduced-motion", "@media print", "forced-colors", ":focus-visible", "color-scheme: light dark"]
    {
        assert!(sheet.contains(needed), "{needed}");
    }
}
