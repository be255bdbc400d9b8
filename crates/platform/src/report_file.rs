//! The answer of a report as a file, made by the sealed renderer: the same for a download, a mail and a program.

use crate::ctx::Ctx;
use crate::report::ReportAnswer;
use model::{Result, random_bytes};
use render::protect::Protection;
use render::worker::{self, CsvFile, PdfFile, Rendered, XlsxFile};

/// What a report can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFileFormat {
    Xlsx,
    Csv,
    Pdf,
}

impl ReportFileFormat {
    pub const ALL: [Self; 3] = [Self::Xlsx, Self::Csv, Self::Pdf];

    /// As people name it: `XLSX`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xlsx => "XLSX",
            Self::Csv => "CSV",
            Self::Pdf => "PDF",
        }
    }

    /// The end of a file's name: `xlsx`.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Pdf => "pdf",
        }
    }

    /// The format of a name or an ending, in letters of either case.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
    }
}

impl Ctx {
    /// Writes what a report answered as a file. `zone` is the IANA zone that the reader is told the time of the rows in.
    ///
    /// # Errors
    /// More rows or columns than the format holds, or a renderer that fails.
    pub fn report_file(&self, answer: &ReportAnswer, format: ReportFileFormat, zone: &str) -> Result<Rendered> {
        self.rendered(self.request(answer, format, zone)?)
    }

    /// The same under a password, each format with AES-256: a workbook and a document as their programs encrypt them, CSV
    /// in a ZIP archive. Its media type is then that of the archive.
    ///
    /// # Errors
    /// A password that is too short; what [`Ctx::report_file`] says.
    pub fn report_file_protected(
        &self,
        answer: &ReportAnswer,
        format: ReportFileFormat,
        zone: &str,
        password: &str,
    ) -> Result<Rendered> {
        let protection = Protection::new(password, random_bytes(self.org().entropy()))?;
        let name = format!("{}.{}", answer.name, format.ending());
        self.rendered(worker::protected_request(&self.request(answer, format, zone)?, &name, &protection)?)
    }

    fn rendered(&self, request: Vec<u8>) -> Result<Rendered> {
        worker::read_answer(&self.org().renderer().render(request)?)
    }

    fn request(&self, answer: &ReportAnswer, format: ReportFileFormat, zone: &str) -> Result<Vec<u8>> {
        let (as_of, created) = (Some((answer.as_of, zone.to_owned())), answer.as_of);
        match format {
            ReportFileFormat::Xlsx => {
                worker::xlsx_report_request(&answer.table, answer.chart.as_ref(), &XlsxFile { as_of, created })
            }
            ReportFileFormat::Csv => {
                worker::csv_request(&answer.table, CsvFile { byte_order_mark: true, ..CsvFile::default() })
            }
            ReportFileFormat::Pdf => {
                let file = PdfFile {
                    as_of,
                    created,
                    locale: self.user().locale.clone(),
                    filters: answer.filters.clone(),
                    landscape: None,
                };
                worker::pdf_request(&answer.table, answer.chart.as_ref(), &file)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_found_by_its_name_and_its_ending() {
        for format in ReportFileFormat::ALL {
            assert_eq!(ReportFileFormat::find(format.name()), Some(format));
            assert_eq!(ReportFileFormat::find(format.ending()), Some(format));
        }
        assert_eq!(ReportFileFormat::find("docx"), None);
    }
}
