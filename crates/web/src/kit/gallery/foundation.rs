//! Colours, type and icons.

use crate::kit::Icon;
use maud::{Markup, html};

const GROUNDS: &[&str] = &[
    "ground",
    "surface",
    "sunken",
    "raised",
    "hover",
    "pressed",
    "selected",
    "line",
    "line-strong",
    "line-control",
    "text",
    "text-soft",
    "text-faint",
    "accent",
    "accent-hover",
    "accent-ink",
    "accent-soft",
    "focus",
];
const MEANINGS: &[&str] = &[
    "good",
    "good-ink",
    "good-soft",
    "warn",
    "warn-ink",
    "warn-soft",
    "bad",
    "bad-ink",
    "bad-soft",
    "info",
    "info-ink",
    "info-soft",
];
const CHARTS: &[&str] = &["chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-6", "chart-7", "chart-8"];

pub(super) fn colours() -> Markup {
    let row = |names: &[&str]| {
        html! {
            ul.swatches {
                @for name in names {
                    li.swatch {
                        svg viewBox="0 0 1 1" aria-hidden="true" { rect width="1" height="1" fill=(format!("var(--{name})")) {} }
                        span { (name) }
                    }
                }
            }
        }
    };
    html! {
        h3 { "Grounds, lines, text, accent" } (row(GROUNDS))
        h3 { "Meanings" } (row(MEANINGS))
        h3 { "Charts" } (row(CHARTS))
    }
}

pub(super) fn type_scale() -> Markup {
    html! {
        div.stack.type-scale {
            @for (class, words) in [
                ("type-3xl", "Step 4 · 1,284,500.00"),
                ("type-2xl", "Step 3 · Figures of a dashboard"),
                ("type-xl", "Step 2 · Title of a page"),
                ("type-l", "Step 1 · Title of a section"),
                ("type-m", "Base · Everything that is worked with, 0123456789"),
                ("type-s", "Half a step down · Labels, help, times"),
                ("type-xs", "Step −1 · Counts, keys, group headings"),
            ] { p class=(class) { (words) } }
        }
    }
}

pub(super) fn icons() -> Markup {
    html! { ul.icon-grid { @for icon in Icon::ALL { li { (icon) (icon.name()) } } } }
}
