//! What a document is made of. Reports use it today; quotes and statements are the same parts in another order.

use crate::chart::Chart;
use crate::table::Table;

/// A part of a document, from the top down.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// Level 1 is the largest.
    Heading {
        level: u8,
        text: String,
    },
    Paragraph(String),
    /// What must be said and is not the matter itself: a limit that was met, a column that was left out.
    Note(String),
    /// Names with their values beside them.
    Facts(Vec<(String, String)>),
    Table(Table),
    Picture(Picture),
    /// Drawn as vectors over the width of the page.
    Chart(Chart),
}

/// A PNG or JPEG file, so many points wide, or as wide as the page where it is narrower.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub file: Vec<u8>,
    pub width: f64,
}
