//! The one font family that pictures carry: Noto Sans (SIL Open Font License), in two weights, with figures of one
//! width. Text is measured with it too, so a label that is laid out to fit does fit.

use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider, charmap::Charmap};
use std::sync::LazyLock;

/// The family's name, as SVG asks for it.
pub(crate) const FAMILY: &str = "Noto Sans";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

struct Face {
    charmap: Charmap<'static>,
    /// Advances in thousandths of the font size.
    metrics: GlyphMetrics<'static>,
}

static REGULAR: LazyLock<Option<Face>> = LazyLock::new(|| Face::read(notosans::REGULAR_TTF));
static BOLD: LazyLock<Option<Face>> = LazyLock::new(|| Face::read(notosans::BOLD_TTF));

impl Face {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let font = FontRef::new(bytes).ok()?;
        Some(Self { charmap: font.charmap(), metrics: font.glyph_metrics(Size::new(1000.0), LocationRef::default()) })
    }

    fn advance(&self, c: char) -> Option<f64> {
        let glyph = self.charmap.map(c)?;
        Some(f64::from(self.metrics.advance_width(glyph)?))
    }
}

fn face(weight: Weight) -> Option<&'static Face> {
    match weight {
        Weight::Regular => REGULAR.as_ref(),
        Weight::Bold => BOLD.as_ref(),
    }
}

/// How wide a text is at a size, in pixels. A character the font does not have counts as a full square.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let face = face(weight);
    let thousandths: f64 = text.chars().map(|c| face.and_then(|face| face.advance(c)).unwrap_or(1000.0)).sum();
    thousandths * size / 1000.0
}

/// The text if it fits into a width, else as much of it as fits with an ellipsis.
pub(crate) fn fit(text: &str, room: f64, size: f64, weight: Weight) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = width("…", size, weight);
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), size, weight);
        if used > room {
            break;
        }
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

/// The characters of a text that a picture cannot show.
pub(crate) fn missing(text: &str) -> impl Iterator<Item = char> {
    let face = face(Weight::Regular);
    text.chars().filter(move |c| !c.is_control() && face.is_none_or(|face| face.charmap.map(*c).is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_one_width() {
        for weight in [Weight::Regular, Weight::Bold] {
            let widths: Vec<f64> = ('0'..='9').map(|digit| width(&digit.to_string(), 12.0, weight)).collect();
            assert!(widths.windows(2).all(|pair| pair[0].total_cmp(&pair[1]).is_eq()), "{widths:?}");
            assert!(widths[0] > 5.0 && widths[0] < 9.0, "{widths:?}");
        }
    }

    #[test]
    fn a_long_text_is_shortened_to_its_room() {
        let short = fit("Global Consolidated Industries", 80.0, 12.0, Weight::Regular);
        assert!(short.ends_with('…') && width(&short, 12.0, Weight::Regular) <= 80.0, "{short}");
        assert_eq!(fit("Acme", 80.0, 12.0, Weight::Regular), "Acme");
    }

    #[test]
    fn what_the_font_lacks_is_told() {
        assert_eq!(missing("Größe 株").collect::<String>(), "株");
    }
}
