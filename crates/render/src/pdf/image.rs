//! Pictures inside a document: a JPEG as it is, a PNG as its colours and, where it is see-through, a mask.

use super::pages::Pages;
use model::{Error, ErrorCode, Result};
use pdf_writer::{Filter, Name, Ref, Stream};
use resvg::tiny_skia::Pixmap;
use std::io::Write;

/// More pixels than a page can show sharply.
const MAX_PIXELS: u64 = 40_000_000;

/// A picture that was put into the file: its name on pages, and its size in pixels.
pub(super) struct Placed {
    pub(super) name: Vec<u8>,
    pub(super) size: (u32, u32),
}

/// # Errors
/// A file that is neither PNG nor JPEG, or too large.
pub(super) fn place<W: Write>(pages: &mut Pages<W>, file: &[u8]) -> Result<Placed> {
    let id = pages.file.reserve();
    let size = if file.starts_with(b"\xff\xd8") { jpeg(pages, id, file)? } else { png(pages, id, file)? };
    Ok(Placed { name: pages.picture(id), size })
}

fn refused(what: &str) -> Error {
    Error::new(ErrorCode::UnsupportedMediaType, format!("A picture of the document {what}. Choose a PNG or JPEG file."))
}

fn describe(stream: &mut Stream<'_>, (width, height): (u32, u32), space: &[u8]) {
    let number = |pixels: u32| i32::try_from(pixels).unwrap_or(i32::MAX);
    stream.pair(Name(b"Type"), Name(b"XObject")).pair(Name(b"Subtype"), Name(b"Image"));
    stream.pair(Name(b"Width"), number(width)).pair(Name(b"Height"), number(height));
    stream.pair(Name(b"ColorSpace"), Name(space)).pair(Name(b"BitsPerComponent"), 8);
}

fn png<W: Write>(pages: &mut Pages<W>, id: Ref, file: &[u8]) -> Result<(u32, u32)> {
    let header = file.get(16..24).filter(|_| file.starts_with(b"\x89PNG")).ok_or_else(|| refused("cannot be read"))?;
    let side = |at: usize| header[at..at + 4].iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    if side(0) * side(4) > MAX_PIXELS {
        return Err(refused("has more than 40 million pixels"));
    }
    let pixels = Pixmap::decode_png(file).map_err(|cause| refused("cannot be read").with_internal(cause))?;
    let size = (pixels.width(), pixels.height());
    let mut colors = Vec::with_capacity(pixels.pixels().len() * 3);
    let mut mask = Vec::with_capacity(pixels.pixels().len());
    for pixel in pixels.pixels() {
        let plain = pixel.demultiply();
        colors.extend([plain.red(), plain.green(), plain.blue()]);
        mask.push(plain.alpha());
    }
    let see_through = mask.iter().any(|alpha| *alpha < 255);
    let soft = see_through.then(|| pages.file.reserve());
    if let Some(soft) = soft {
        pages.file.stream(soft, &mask, |stream| describe(stream, size, b"DeviceGray"))?;
    }
    pages.file.stream(id, &colors, |stream| {
        describe(stream, size, b"DeviceRGB");
        if let Some(soft) = soft {
            stream.pair(Name(b"SMask"), soft);
        }
    })?;
    Ok(size)
}

fn jpeg<W: Write>(pages: &mut Pages<W>, id: Ref, file: &[u8]) -> Result<(u32, u32)> {
    let (size, parts) = jpeg_size(file).ok_or_else(|| refused("cannot be read"))?;
    let space: &[u8] = match parts {
        1 => b"DeviceGray",
        3 => b"DeviceRGB",
        _ => return Err(refused("has colours for print (CMYK)")),
    };
    pages.file.packed_stream(id, file, |stream| {
        stream.filter(Filter::DctDecode);
        describe(stream, size, space);
    })?;
    Ok(size)
}

/// Size and number of colours, from the frame's header.
fn jpeg_size(file: &[u8]) -> Option<((u32, u32), u8)> {
    let mut at = 2;
    loop {
        let [mark, kind, high, low] = *file.get(at..at + 4)?.first_chunk::<4>()?;
        if mark != 0xff {
            return None;
        }
        // Every frame header but the ones for tables and lossless arithmetic, which no camera writes.
        if matches!(kind, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf) {
            let frame = file.get(at + 4..at + 10)?;
            let side = |at: usize| u32::from(frame[at]) << 8 | u32::from(frame[at + 1]);
            return Some(((side(3), side(1)), frame[5]));
        }
        at += 2 + (usize::from(high) << 8 | usize::from(low));
    }
}
