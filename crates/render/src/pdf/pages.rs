//! Pages one after the other: their margins, what stands at their foot, and the tree that holds them.

use super::MAX_PAGES;
use super::canvas::{Canvas, Color, Type};
use super::drawing::{Opacities, opacity_name};
use super::face::Faces;
use super::file::PdfFile;
use crate::font::{self, Weight};
use model::{Error, ErrorCode, Result};
use pdf_writer::{Name, Rect, Ref};
use serde::{Deserialize, Serialize};
use std::io::Write;

/// The sheet that a document is laid out for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    #[default]
    A4,
    Letter,
}

impl Paper {
    /// What printers hold where people of a locale live: `en_US`, `de-DE`.
    pub fn of_locale(locale: &str) -> Self {
        let region = locale.rsplit(['_', '-']).next().unwrap_or_default().to_ascii_uppercase();
        let letter = ["US", "CA", "MX", "PH", "CL", "CO", "VE", "CR", "GT", "PA", "SV", "NI", "DO", "PR"];
        if letter.contains(&region.as_str()) { Self::Letter } else { Self::A4 }
    }

    /// Width and height in points.
    pub(super) const fn size(self, landscape: bool) -> (f64, f64) {
        let (width, height) = match self {
            Self::A4 => (595.0, 842.0),
            Self::Letter => (612.0, 792.0),
        };
        if landscape { (height, width) } else { (width, height) }
    }
}

pub(super) const SIDE: f64 = 36.0;
const TOP: f64 = 36.0;
const FOOT: f64 = 46.0;
/// Pages under one node of the tree: readers find a page of thousands without reading all of them.
const NODE: usize = 64;
const SMALL: Type = Type::new(7.5, Weight::Regular, Color::MUTED);
/// What pages call the drawing with the number of pages.
const TOTAL: &[u8] = b"Total";

/// What is written at the end, when everything is known.
struct Numbers {
    root: Ref,
    resources: Ref,
    total: Ref,
    total_width: f64,
}

pub(super) struct Pages<W: Write> {
    pub(super) file: PdfFile<W>,
    pub(super) faces: Faces,
    pub(super) opacities: Opacities,
    /// Pictures by the number in their name.
    pictures: Vec<Ref>,
    numbers: Numbers,
    nodes: Vec<(Ref, Vec<Ref>)>,
    count: usize,
    size: (f64, f64),
    canvas: Canvas,
    /// Where the next thing goes.
    pub(super) y: f64,
    /// Stands at the right of every foot.
    foot: String,
}

impl<W: Write> Pages<W> {
    pub(super) fn begin(mut file: PdfFile<W>, size: (f64, f64), foot: String) -> Self {
        let faces = Faces::new(&mut file);
        let numbers =
            Numbers { root: file.reserve(), resources: file.reserve(), total: file.reserve(), total_width: 60.0 };
        Self {
            file,
            faces,
            opacities: Opacities::new(),
            pictures: Vec::new(),
            numbers,
            nodes: Vec::new(),
            count: 0,
            size,
            canvas: Canvas::new(size.1),
            y: TOP,
            foot,
        }
    }

    pub(super) fn width(&self) -> f64 {
        self.size.0 - 2.0 * SIDE
    }

    fn right(&self) -> f64 {
        self.size.0 - SIDE
    }

    fn bottom(&self) -> f64 {
        self.size.1 - FOOT
    }

    /// How much height this page has left.
    pub(super) fn room(&self) -> f64 {
        self.bottom() - self.y
    }

    /// How much height an empty page has.
    pub(super) fn whole(&self) -> f64 {
        self.bottom() - TOP
    }

    pub(super) fn at_top(&self) -> bool {
        self.y <= TOP
    }

    /// Goes on a new page unless this one has so much room.
    pub(super) fn need(&mut self, height: f64) -> Result<()> {
        if self.room() < height && !self.at_top() { self.turn() } else { Ok(()) }
    }

    /// Ends this page and begins the next.
    ///
    /// # Errors
    /// Beyond the most pages that a document may have.
    pub(super) fn turn(&mut self) -> Result<()> {
        self.close()?;
        if self.count >= MAX_PAGES {
            return Err(Error::new(
                ErrorCode::QueryTooComplicated,
                format!(
                    "The document has more than {MAX_PAGES} pages, the most that a PDF may have. Narrow the report, or choose XLSX or CSV."
                ),
            ));
        }
        Ok(())
    }

    pub(super) fn draw<T>(&mut self, draw: impl FnOnce(&mut Canvas, &mut Faces, &mut Opacities) -> T) -> T {
        draw(&mut self.canvas, &mut self.faces, &mut self.opacities)
    }

    /// A picture that pages can show, and its name.
    pub(super) fn picture(&mut self, id: Ref) -> Vec<u8> {
        self.pictures.push(id);
        picture_name(self.pictures.len() - 1)
    }

    fn close(&mut self) -> Result<()> {
        self.count += 1;
        let base = self.size.1 - FOOT / 2.0 - 2.0;
        let number = format!("Page {} of ", self.count);
        self.canvas.text(&mut self.faces, (SIDE, base), &number, SMALL, 0.0);
        self.canvas.object(TOTAL, (SIDE + SMALL.width(&number), base), (1.0, 1.0));
        let foot = font::fit(&self.foot, self.width() - 140.0, SMALL.size, SMALL.weight);
        let at = (self.right() - SMALL.width(&foot), base);
        self.canvas.text(&mut self.faces, at, &foot, SMALL, 0.0);
        let canvas = std::mem::replace(&mut self.canvas, Canvas::new(self.size.1));
        self.y = TOP;
        if self.count % NODE == 1 {
            self.nodes.push((self.file.reserve(), Vec::new()));
        }
        let [page, contents] = std::array::from_fn(|_| self.file.reserve());
        self.file.stream(contents, &canvas.finish(), |_| {})?;
        let (width, height) = (self.size.0 as f32, self.size.1 as f32);
        let Some((node, kids)) = self.nodes.last_mut() else { return Err(Error::internal("a page without a node")) };
        kids.push(page);
        let (node, resources) = (*node, self.numbers.resources);
        self.file.object(page, |chunk| {
            let mut dict = chunk.page(page);
            dict.parent(node).media_box(Rect::new(0.0, 0.0, width, height)).contents(contents);
            dict.pair(Name(b"Resources"), resources);
        })
    }

    /// Ends the last page and writes what all of them share. Gives the file and the root of its pages.
    pub(super) fn finish(mut self) -> Result<(PdfFile<W>, Ref)> {
        self.close()?;
        let Self { mut file, mut faces, opacities, pictures, numbers, nodes, count, .. } = self;
        let mut canvas = Canvas::new(0.0);
        canvas.text(&mut faces, (0.0, 0.0), &count.to_string(), SMALL, 0.0);
        let resources = numbers.resources;
        file.stream(numbers.total, &canvas.finish(), |stream| {
            stream.pair(Name(b"Type"), Name(b"XObject")).pair(Name(b"Subtype"), Name(b"Form"));
            stream.pair(Name(b"BBox"), Rect::new(0.0, -4.0, numbers.total_width as f32, 12.0));
            stream.pair(Name(b"Resources"), resources);
        })?;
        faces.write(&mut file)?;
        file.dict(resources, |dict| {
            dict.insert(Name(b"Font")).dict().pairs(faces.names().map(|(name, id)| (Name(name), id)));
            let mut drawings = dict.insert(Name(b"XObject")).dict();
            drawings.pair(Name(TOTAL), numbers.total);
            for (at, id) in pictures.iter().enumerate() {
                drawings.pair(Name(&picture_name(at)), *id);
            }
            drop(drawings);
            let mut states = dict.insert(Name(b"ExtGState")).dict();
            for hundredths in &opacities {
                let share = f32::from(*hundredths) / 100.0;
                let mut state = states.insert(Name(&opacity_name(*hundredths))).dict();
                state.pair(Name(b"ca"), share).pair(Name(b"CA"), share);
            }
        })?;
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        for (node, kids) in &nodes {
            file.object(*node, |chunk| {
                chunk.pages(*node).parent(numbers.root).kids(kids.iter().copied()).count(number(kids.len()));
            })?;
        }
        file.object(numbers.root, |chunk| {
            chunk.pages(numbers.root).kids(nodes.iter().map(|(node, _)| *node)).count(number(count));
        })?;
        Ok((file, numbers.root))
    }
}

fn picture_name(at: usize) -> Vec<u8> {
    format!("P{at}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_follows_the_region() {
        assert_eq!(["en_US", "en-CA", "en_GB", "de_DE", "en"].map(Paper::of_locale), {
            use Paper::{A4, Letter};
            [Letter, Letter, A4, A4, A4]
        });
    }
}
