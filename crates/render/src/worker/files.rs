//! How each kind of file is made, beside its rows.

use crate::chart::{Colors, SvgOptions, Theme};
use crate::format::{Formats, Locale, MoneyStyle};
use model::Instant;
use serde::{Deserialize, Serialize};

/// What a workbook is told beside its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct XlsxFile {
    /// When the rows were read, and the IANA zone to tell it in.
    pub as_of: Option<(Instant, String)>,
    pub created: Instant,
}

/// How a CSV file is written; see [`CsvOptions`](crate::csv::CsvOptions).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CsvFile {
    #[serde(default)]
    pub byte_order_mark: bool,
    #[serde(default)]
    pub raw: bool,
    #[serde(default)]
    pub summary_rows: bool,
}

/// What a document is told beside its rows and its chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PdfFile {
    /// When the rows were read, and the IANA zone to tell it in.
    pub as_of: Option<(Instant, String)>,
    pub created: Instant,
    /// A language tag or locale, which also chooses the paper: `en-GB`, `en_US`.
    pub locale: String,
    /// What was asked, in words, for the first page.
    #[serde(default)]
    pub filters: Vec<String>,
    /// Lying or standing; none takes what suits the table.
    #[serde(default)]
    pub landscape: Option<bool>,
}

/// How a chart is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartFile {
    pub width: f64,
    #[serde(default)]
    pub height: Option<f64>,
    /// Pixels of a PNG for each unit of the drawing.
    #[serde(default = "two")]
    pub scale: f32,
    /// A language tag or locale: `en-GB`, `en_GB`.
    pub locale: String,
    #[serde(default)]
    pub dark: bool,
    #[serde(default = "yes")]
    pub heading: bool,
}

const fn two() -> f32 {
    2.0
}

const fn yes() -> bool {
    true
}

impl ChartFile {
    /// A light picture of this width for readers of a locale, sharp on any screen.
    pub fn new(width: f64, locale: &str) -> Self {
        Self { width, height: None, scale: two(), locale: locale.to_owned(), dark: false, heading: true }
    }

    pub(super) fn options(&self) -> SvgOptions {
        SvgOptions {
            width: self.width,
            height: self.height,
            heading: self.heading,
            formats: Formats { locale: locale(&self.locale), money: MoneyStyle::Symbol },
            colors: Colors::Fixed(self.theme()),
            ..SvgOptions::default()
        }
    }

    pub(super) fn theme(&self) -> Theme {
        if self.dark { Theme::Dark } else { Theme::Light }
    }
}

/// The conventions of a locale; those of the United States where it is not known.
pub(super) fn locale(tag: &str) -> Locale {
    Locale::find(tag).unwrap_or_default()
}
