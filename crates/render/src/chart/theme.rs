//! The colours of charts. Eight for series, chosen so that any two can be told apart with normal sight, without red
//! and without green receptors, and each stands out from its ground.

use super::{Paint, Tone};

/// How many series have a colour of their own.
pub const SERIES_COLORS: usize = 8;

/// Concrete colours, for pictures and paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    Light,
    Dark,
}

/// Where colours come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colors {
    /// From the page's custom properties (`--chart-1` … `--chart-8`, `--chart-ink`, …), light where the page sets none.
    #[default]
    Page,
    /// As they are, on a ground of their own.
    Fixed(Theme),
}

impl Theme {
    /// The colours of series, in order.
    pub const fn series(self) -> [&'static str; SERIES_COLORS] {
        match self {
            Self::Light => LIGHT,
            Self::Dark => DARK,
        }
    }

    pub const fn surface(self) -> &'static str {
        self.color(Paint::Surface)
    }

    /// The concrete colour of a role.
    pub const fn color(self, paint: Paint) -> &'static str {
        let pick = |light, dark| match self {
            Self::Light => light,
            Self::Dark => dark,
        };
        match paint {
            Paint::Series(at) => self.series()[at % SERIES_COLORS],
            Paint::Ink => pick("#1a1f29", "#eceef2"),
            Paint::Muted => pick("#5b6472", "#a3abb8"),
            Paint::Grid => pick("#e9ebef", "#2b303a"),
            Paint::Axis => pick("#aab1bd", "#565e6c"),
            Paint::Surface => pick("#ffffff", "#171a21"),
            Paint::Track => pick("#eceef2", "#2b303a"),
            Paint::Tone(Tone::Good) => pick("#1a7f4b", "#3fbf7f"),
            Paint::Tone(Tone::Warn) => pick("#b86e00", "#e6a23c"),
            Paint::Tone(Tone::Bad) => pick("#c23b32", "#f07a70"),
        }
    }
}

impl Colors {
    /// The value of a `fill` or `stroke` attribute.
    pub(super) fn value(self, paint: Paint) -> String {
        match self {
            Self::Fixed(theme) => theme.color(paint).to_owned(),
            Self::Page => format!("var(--chart-{}, {})", token(paint), Theme::Light.color(paint)),
        }
    }
}

fn token(paint: Paint) -> String {
    match paint {
        Paint::Series(at) => return (at % SERIES_COLORS + 1).to_string(),
        Paint::Ink => "ink",
        Paint::Muted => "muted",
        Paint::Grid => "grid",
        Paint::Axis => "axis",
        Paint::Surface => "surface",
        Paint::Track => "track",
        Paint::Tone(Tone::Good) => "good",
        Paint::Tone(Tone::Warn) => "warn",
        Paint::Tone(Tone::Bad) => "bad",
    }
    .to_owned()
}
