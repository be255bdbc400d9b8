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

    pub fn surface(self) -> &'static str {
        self.color(Paint::Surface)
    }

    /// The concrete colour of a role.
    pub fn color(self, paint: Paint) -> &'static str {
        let pick = |light, dark| match self {
            Self::Light => light,
            Self::Dark => dark,
        };
        match paint {
            Paint::Series(at) => self.series()[at % SERIES_COLORS],
            Paint::Rest => pick("#848d9c", "#7b8494"),
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
        Paint::Rest => "rest",
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

const LIGHT: [&str; SERIES_COLORS] =
    ["#096ccb", "#e3740c", "#0aa87e", "#522997", "#ad4587", "#9f85e1", "#865d00", "#8a0022"];
const DARK: [&str; SERIES_COLORS] =
    ["#5f89e4", "#fdc756", "#72ecb9", "#c2b3fe", "#a2519d", "#ae9a04", "#b7531a", "#04b3a5"];

#[cfg(test)]
mod tests {
    use super::*;

    type Rgb = [f64; 3];

    /// Simulations of missing red and green receptors at full severity (Machado, Oliveira, Fernandes 2009).
    const NORMAL: [Rgb; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    const NO_RED: [Rgb; 3] =
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]];
    const NO_GREEN: [Rgb; 3] =
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]];

    fn linear(hex: &str) -> Rgb {
        [1, 3, 5].map(|at| {
            let channel = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("a hexadecimal colour")) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn seen(matrix: [Rgb; 3], color: Rgb) -> Rgb {
        matrix.map(|row| row.iter().zip(color).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0))
    }

    fn oklab([r, g, b]: Rgb) -> Rgb {
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        [
            0.210_454_255_3 * l + 0.793_617_785 * m - 0.004_072_046_8 * s,
            1.977_998_495_1 * l - 2.428_592_205 * m + 0.450_593_709_9 * s,
            0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766 * s,
        ]
    }

    fn distance(a: Rgb, b: Rgb) -> f64 {
        100.0 * a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let luminance = |hex| {
            let [r, g, b] = linear(hex);
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn any_two_series_can_be_told_apart_by_every_kind_of_sight() {
        for theme in [Theme::Light, Theme::Dark] {
            for (sight, matrix) in [("normal", NORMAL), ("no red", NO_RED), ("no green", NO_GREEN)] {
                let colors = theme.series().map(|hex| oklab(seen(matrix, linear(hex))));
                for (i, a) in colors.iter().enumerate() {
                    for (j, b) in colors.iter().enumerate().skip(i + 1) {
                        let distance = distance(*a, *b);
                        assert!(
                            distance >= 10.0,
                            "{theme:?}, {sight}: {} and {} are {distance:.1} apart",
                            i + 1,
                            j + 1
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn marks_and_words_stand_out_from_their_ground() {
        for theme in [Theme::Light, Theme::Dark] {
            for hex in theme.series().into_iter().chain([theme.color(Paint::Rest)]) {
                assert!(contrast(hex, theme.surface()) >= 3.0, "{theme:?} {hex}");
            }
            for paint in [Paint::Ink, Paint::Muted, Paint::Tone(Tone::Good), Paint::Tone(Tone::Bad)] {
                assert!(contrast(theme.color(paint), theme.surface()) >= 4.5, "{theme:?} {paint:?}");
            }
        }
    }
}
