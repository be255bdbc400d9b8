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

/// The measures of a face that a document states of it, in thousandths of the font size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) ascent: f32,
    pub(crate) descent: f32,
    pub(crate) cap_height: f32,
    /// Left, bottom, right, top of the largest letters.
    pub(crate) bounds: [f32; 4],
}

struct Face {
    charmap: Charmap<'static>,
    /// Advances in thousandths of the font size.
    metrics: GlyphMetrics<'static>,
    shape: Shape,
    /// Glyphs of the characters that nearly every text is made of: looking one up in the font takes far longer.
    common: Vec<Option<(u16, f32)>>,
}

/// Latin, Greek and Cyrillic.
const COMMON: u32 = 0x530;

static REGULAR: LazyLock<Option<Face>> = LazyLock::new(|| Face::read(notosans::REGULAR_TTF));
static BOLD: LazyLock<Option<Face>> = LazyLock::new(|| Face::read(notosans::BOLD_TTF));

impl Face {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let font = FontRef::new(bytes).ok()?;
        let size = Size::new(1000.0);
        let whole = font.metrics(size, LocationRef::default());
        let bounds = whole.bounds.map_or([0.0, whole.descent, 1000.0, whole.ascent], |bounds| {
            [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max]
        });
        let cap_height = whole.cap_height.unwrap_or(whole.ascent);
        let shape = Shape { ascent: whole.ascent, descent: whole.descent, cap_height, bounds };
        let metrics = font.glyph_metrics(size, LocationRef::default());
        let mut face = Self { charmap: font.charmap(), metrics, shape, common: Vec::new() };
        face.common = (0..COMMON).map(|code| face.look_up(char::from_u32(code)?)).collect();
        Some(face)
    }

    fn look_up(&self, c: char) -> Option<(u16, f32)> {
        let glyph = self.charmap.map(c)?;
        Some((u16::try_from(glyph.to_u32()).ok()?, self.metrics.advance_width(glyph)?))
    }

    fn glyph(&self, c: char) -> Option<(u16, f32)> {
        self.common.get(u32::from(c) as usize).copied().unwrap_or_else(|| self.look_up(c))
    }

    fn advance(&self, c: char) -> Option<f64> {
        self.glyph(c).map(|(_, advance)| f64::from(advance))
    }
}

fn face(weight: Weight) -> Option<&'static Face> {
    match weight {
        Weight::Regular => REGULAR.as_ref(),
        Weight::Bold => BOLD.as_ref(),
    }
}

/// The file of a face, to be carried inside a document.
pub(crate) const fn bytes(weight: Weight) -> &'static [u8] {
    match weight {
        Weight::Regular => notosans::REGULAR_TTF,
        Weight::Bold => notosans::BOLD_TTF,
    }
}

pub(crate) fn shape(weight: Weight) -> Shape {
    let none = Shape { ascent: 1000.0, descent: 0.0, cap_height: 1000.0, bounds: [0.0, 0.0, 1000.0, 1000.0] };
    face(weight).map_or(none, |face| face.shape)
}

/// The number of a character's glyph, and its advance in thousandths of the font size.
pub(crate) fn glyph(c: char, weight: Weight) -> Option<(u16, f32)> {
    face(weight)?.glyph(c)
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
