//! The fonts inside a document: each in the letters it used, with what they mean for those who search and copy.

use super::file::PdfFile;
use crate::font::{self, Weight};
use model::{Error, Result};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Name, Rect, Ref, Str};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use subsetter::GlyphRemapper;

/// Stands where the font has no letter; what belongs there is told beside it and kept for who copies the text.
const SUBSTITUTE: char = '?';

/// A stretch of text that is drawn alike.
pub(super) enum Run {
    Glyphs(Vec<u8>),
    /// Drawn as the substitute, and read as what it is.
    Missing {
        glyphs: Vec<u8>,
        text: String,
    },
}

struct Face {
    weight: Weight,
    id: Ref,
    glyphs: GlyphRemapper,
    /// By number in the document: the advance in thousandths, and the character it was drawn for.
    used: BTreeMap<u16, (f32, char)>,
}

pub(super) struct Faces {
    faces: [Face; 2],
    missing: BTreeSet<char>,
}

impl Faces {
    pub(super) fn new<W: Write>(file: &mut PdfFile<W>) -> Self {
        let mut face =
            |weight| Face { weight, id: file.reserve(), glyphs: GlyphRemapper::new(), used: BTreeMap::new() };
        Self { faces: [face(Weight::Regular), face(Weight::Bold)], missing: BTreeSet::new() }
    }

    /// The fonts by the name that pages call them by.
    pub(super) fn names(&self) -> [(&'static [u8], Ref); 2] {
        [(name(Weight::Regular), self.faces[0].id), (name(Weight::Bold), self.faces[1].id)]
    }

    /// The characters that no font here has, in order.
    pub(super) fn missing(&self) -> String {
        self.missing.iter().collect()
    }

    /// A text in the numbers of the document's font.
    pub(super) fn encode(&mut self, text: &str, weight: Weight) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for c in text.chars() {
            let drawn = if c.is_control() { ' ' } else { c };
            if let Some(number) = self.number(drawn, weight) {
                match runs.last_mut() {
                    Some(Run::Glyphs(glyphs)) => glyphs.extend(number),
                    _ => runs.push(Run::Glyphs(number.to_vec())),
                }
                continue;
            }
            self.missing.insert(c);
            let number = self.number(SUBSTITUTE, weight).unwrap_or_default();
            match runs.last_mut() {
                Some(Run::Missing { glyphs, text }) => {
                    glyphs.extend(number);
                    text.push(c);
                }
                _ => runs.push(Run::Missing { glyphs: number.to_vec(), text: c.to_string() }),
            }
        }
        runs
    }

    fn number(&mut self, c: char, weight: Weight) -> Option<[u8; 2]> {
        let (glyph, advance) = font::glyph(c, weight)?;
        let face = &mut self.faces[usize::from(weight == Weight::Bold)];
        let number = face.glyphs.remap(glyph);
        face.used.entry(number).or_insert((advance, c));
        Some(number.to_be_bytes())
    }

    /// Writes the fonts: done last, when every letter that is used is known.
    pub(super) fn write<W: Write>(&self, file: &mut PdfFile<W>) -> Result<()> {
        self.faces.iter().try_for_each(|face| face.write(file))
    }
}

/// What pages call a font.
pub(super) const fn name(weight: Weight) -> &'static [u8] {
    match weight {
        Weight::Regular => b"R",
        Weight::Bold => b"B",
    }
}

/// How wide a text is as it will be drawn, with the substitute where the font has no letter.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let advance = |c: char| font::glyph(c, weight).map(|(_, advance)| f64::from(advance));
    let of =
        |c: char| advance(if c.is_control() { ' ' } else { c }).or_else(|| advance(SUBSTITUTE)).unwrap_or_default();
    text.chars().map(of).sum::<f64>() * size / 1000.0
}

impl Face {
    fn write<W: Write>(&self, file: &mut PdfFile<W>) -> Result<()> {
        let [descendant, descriptor, program, unicode] = std::array::from_fn(|_| file.reserve());
        let base: &[u8] = match self.weight {
            Weight::Regular => b"HLDFST+NotoSans",
            Weight::Bold => b"HLDFSU+NotoSans-Bold",
        };
        let cut = subsetter::subset(font::bytes(self.weight), 0, &self.glyphs).map_err(Error::internal)?;
        let length = i32::try_from(cut.len()).map_err(Error::internal)?;
        file.stream(program, &cut, |stream| {
            stream.pair(Name(b"Length1"), length);
        })?;
        let (registry, ordering) = (file.text("Adobe")?, file.text("Identity")?);
        let system = SystemInfo { registry: Str(&registry), ordering: Str(&ordering), supplement: 0 };
        file.object(self.id, |chunk| {
            let mut font = chunk.type0_font(self.id);
            font.base_font(Name(base)).encoding_predefined(Name(b"Identity-H"));
            font.descendant_font(descendant).to_unicode(unicode);
        })?;
        file.object(descendant, |chunk| {
            let mut font = chunk.cid_font(descendant);
            font.subtype(CidFontType::Type2).base_font(Name(base)).system_info(system);
            font.font_descriptor(descriptor).default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
            let mut widths = font.widths();
            for (number, (advance, _)) in &self.used {
                widths.same(*number, *number, *advance);
            }
        })?;
        let shape = font::shape(self.weight);
        file.object(descriptor, |chunk| {
            let mut font = chunk.font_descriptor(descriptor);
            font.name(Name(base)).flags(FontFlags::SYMBOLIC).italic_angle(0.0);
            let [left, bottom, right, top] = shape.bounds;
            font.bbox(Rect::new(left, bottom, right, top)).ascent(shape.ascent).descent(shape.descent);
            let stem = if self.weight == Weight::Bold { 140.0 } else { 80.0 };
            font.cap_height(shape.cap_height).stem_v(stem).font_file2(program);
        })?;
        let plain = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"UCS"), supplement: 0 };
        let mut map = UnicodeCmap::new(Name(b"Holdfast-UCS"), plain);
        for (number, (_, c)) in &self.used {
            map.pair(*number, *c);
        }
        file.stream(unicode, &map.finish(), |_| {})
    }
}
