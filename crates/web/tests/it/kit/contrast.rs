//! The colours of the tokens are readable, in light and in dark: WCAG 2.2 AA, computed.

use std::collections::HashMap;
use web::kit::assets::STYLES;

#[derive(Clone, Copy)]
struct Oklch(f64, f64, f64);

impl Oklch {
    fn parse(text: &str) -> Option<Self> {
        let inner = text.trim().strip_prefix("oklch(")?.strip_suffix(')')?;
        let mut numbers = inner.split_whitespace().map(str::parse::<f64>);
        match (numbers.next()?, numbers.next()?, numbers.next()?, numbers.next()) {
            (Ok(lightness), Ok(chroma), Ok(hue), None) => Some(Self(lightness, chroma, hue)),
            _ => None,
        }
    }

    fn linear_rgb(self) -> [f64; 3] {
        let Self(lightness, chroma, hue) = self;
        let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
        let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
        ]
    }

    fn luminance(self) -> f64 {
        let [r, g, b] = self.linear_rgb().map(|channel| channel.clamp(0.0, 1.0));
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

fn contrast(a: Oklch, b: Oklch) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Every token that is a pair of opaque colours: name → (light, dark).
fn pairs() -> HashMap<&'static str, (Oklch, Oklch)> {
    let (_, tokens) = STYLES.iter().find(|(name, _)| *name == "tokens.css").expect("the tokens are a part");
    tokens
        .split(';')
        .filter_map(|piece| {
            let (name, value) = piece.trim().rsplit_once("--")?.1.split_once(':')?;
            let inner = value.trim().strip_prefix("light-dark(")?.strip_suffix(')')?;
            let (light, dark) = inner.split_once("), ")?;
            Some((name, (Oklch::parse(&format!("{light})"))?, Oklch::parse(dark)?)))
        })
        .collect()
}

fn assert_contrast(front: &str, back: &str, least: f64) {
    let pairs = pairs();
    let of = |name: &str| *pairs.get(name).unwrap_or_else(|| panic!("no colour --{name}"));
    let ((front_light, front_dark), (back_light, back_dark)) = (of(front), of(back));
    for (theme, ratio) in [("light", contrast(front_light, back_light)), ("dark", contrast(front_dark, back_dark))] {
        assert!(ratio >= least, "--{front} on --{back} in {theme}: {ratio:.2}, {least} is needed");
    }
}

#[test]
fn text_is_readable_on_every_ground_it_stands_on() {
    for text in ["text", "text-soft", "text-faint", "accent-ink"] {
        for ground in ["ground", "surface", "sunken", "raised", "hover"] {
            assert_contrast(text, ground, 4.5);
        }
    }
    for text in ["text", "text-soft"] {
        for ground in ["pressed", "selected"] {
            assert_contrast(text, ground, 4.5);
        }
    }
}

#[test]
fn words_of_each_tone_are_readable_on_their_own_ground_and_on_the_surface() {
    for tone in ["good", "warn", "bad", "info", "accent"] {
        for ground in [&*format!("{tone}-soft"), "surface", "raised"] {
            assert_contrast(&format!("{tone}-ink"), ground, 4.5);
        }
    }
    for tint in 1..=8 {
        assert_contrast(&format!("tint-{tint}-ink"), &format!("tint-{tint}"), 4.5);
    }
}

#[test]
fn words_on_filled_buttons_are_readable() {
    for (words, ground) in
        [("on-accent", "accent"), ("on-accent", "accent-hover"), ("on-bad", "bad"), ("on-bad", "bad-hover")]
    {
        assert_contrast(words, ground, 4.5);
    }
}

#[test]
fn controls_and_focus_stand_out_from_their_ground() {
    for ground in ["surface", "raised"] {
        assert_contrast("line-control", ground, 3.0);
        assert_contrast("focus", ground, 3.0);
        assert_contrast("accent", ground, 3.0);
        assert_contrast("bad", ground, 3.0);
    }
    assert_contrast("focus", "ground", 3.0);
}

#[test]
fn colours_stay_inside_what_every_screen_can_show() {
    for (name, (light, dark)) in pairs() {
        for colour in [light, dark] {
            let inside = colour.linear_rgb().iter().all(|channel| (-0.006..=1.006).contains(channel));
            assert!(inside, "--{name}: oklch({} {} {})", colour.0, colour.1, colour.2);
        }
    }
}

#[test]
fn neighbouring_chart_colours_differ_in_lightness() {
    let pairs = pairs();
    for at in 1..8 {
        let (a, b) = (pairs[&*format!("chart-{at}")], pairs[&*format!("chart-{}", at + 1)]);
        assert!((a.0.0 - b.0.0).abs() >= 0.02, "--chart-{at} and the next one");
        assert!(contrast(a.0, b.0) >= 1.08 && contrast(a.1, b.1) >= 1.08, "--chart-{at} and the next one");
    }
}
