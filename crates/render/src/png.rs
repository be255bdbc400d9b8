//! SVG becomes PNG, with the fonts carried along and none of the machine's.

use crate::chart::{Chart, SvgOptions, Theme};
use crate::font;
use model::{Error, ErrorCode, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

/// More pixels than any chart needs: a guard against a size from outside.
const MAX_PIXELS: u64 = 40_000_000;

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_source(fontdb::Source::Binary(Arc::new(notosans::REGULAR_TTF)));
    fonts.load_font_source(fontdb::Source::Binary(Arc::new(notosans::BOLD_TTF)));
    fonts.set_sans_serif_family(font::FAMILY);
    Arc::new(fonts)
});

/// A picture, and the characters of its words that the font does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Png {
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
    /// Characters that show as empty boxes: something to tell the reader.
    pub missing: BTreeSet<char>,
}

/// Draws an SVG at `scale` pixels for each of its units; 2 looks sharp on any screen.
///
/// # Errors
/// Text that is no SVG, or a picture of no or too many pixels.
pub fn png_from_svg(svg: &str, scale: f32) -> Result<Png> {
    let options = usvg::Options {
        font_family: font::FAMILY.to_owned(),
        fontdb: Arc::clone(&FONTS),
        // Neither files nor addresses are read, whatever an SVG names.
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).map_err(Error::internal)?;
    let size = tree.size().to_int_size().scale_by(scale).ok_or_else(|| Error::internal("a picture without a size"))?;
    if u64::from(size.width()) * u64::from(size.height()) > MAX_PIXELS {
        return Err(Error::new(
            ErrorCode::QueryTooComplicated,
            "The chart is too large for a picture. Choose a smaller size.",
        ));
    }
    let mut pixmap =
        Pixmap::new(size.width(), size.height()).ok_or_else(|| Error::internal("a picture without a size"))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    let bytes = pixmap.encode_png().map_err(Error::internal)?;
    Ok(Png { bytes, width: size.width(), height: size.height(), missing: missing(svg) })
}

/// A chart as a picture in the colours of a theme, on its background.
///
/// # Errors
/// As [`png_from_svg`].
pub fn png_from_chart(chart: &Chart, options: &SvgOptions, theme: Theme, scale: f32) -> Result<Png> {
    png_from_svg(&chart.to_svg(&SvgOptions { colors: crate::chart::Colors::Fixed(theme), ..options.clone() }), scale)
}

fn missing(svg: &str) -> BTreeSet<char> {
    font::missing(svg).filter(|c| !c.is_whitespace()).collect()
}
