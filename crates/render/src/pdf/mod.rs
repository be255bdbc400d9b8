//! PDF documents: headings, paragraphs, facts, tables, pictures and charts flow onto pages, which leave as they are
//! filled. Memory holds the rows of one page, however long the document is.
//!
//! Objects are written by `pdf-writer` and fonts cut down by `subsetter`, the two crates below krilla. Krilla itself
//! keeps every page until the end and cannot encrypt, and both are promised here.

mod blocks;
mod canvas;
mod crypt;
mod drawing;
mod face;
mod file;
mod image;
mod pages;
mod plan;
mod rows;
mod words;
mod writer;

pub use blocks::{Block, Picture};
pub use pages::Paper;
pub use writer::{PdfOptions, PdfWriter, pdf_bytes};

/// Pages of a document. More is a file that nobody reads and no mail carries.
pub const MAX_PAGES: usize = 5_000;
/// Columns of a table; each band of them takes its own pages.
pub const MAX_COLUMNS: usize = 500;
