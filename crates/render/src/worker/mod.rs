//! The sealed renderer's protocol: one request in, one answer out, both as bytes over a pipe. A request is the length of
//! its header (four bytes, little-endian), the header as JSON, and rows as lines of JSON. Neither side holds a whole table:
//! the file leaves while rows still come in.

mod answer;
mod files;
mod request;

pub use answer::{Rendered, answer, read_answer, serve};
pub use files::{ChartFile, CsvFile, PdfFile, XlsxFile};
pub use request::{
    chart_png_request, chart_svg_request, csv_request, pdf_request, protected_request, xlsx_report_request,
    xlsx_request,
};

/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The media type of a document.
pub const PDF: &str = "application/pdf";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Chart, ChartKind};
    use crate::format::NumberStyle;
    use crate::table::{Column, Table};
    use crate::xlsx::XlsxOptions;
    use model::{Decimal, Instant, Value, Zone};

    fn table() -> Table {
        Table {
            title: "Deals".into(),
            columns: vec![Column::text("Name"), Column::currency("Amount", "EUR")],
            rows: vec![vec!["Acme\n=1+1".into(), Value::Number(Decimal::new(15050, 2))].into()],
            totals: Some(vec!["Total".into(), Value::Number(Decimal::new(15050, 2))]),
            notes: vec!["One column was removed.".into()],
        }
    }

    #[test]
    fn a_workbook_made_through_the_pipe_is_the_one_made_in_the_process() {
        let file =
            XlsxFile { as_of: Some((Instant::from_ms(0), "Europe/Berlin".into())), created: Instant::from_ms(0) };
        let made = read_answer(&answer(&xlsx_request(&table(), &file).expect("a request"))).expect("a workbook");
        let zone = Zone::get("Europe/Berlin").expect("a zone");
        let options = XlsxOptions {
            title: "Deals".into(),
            as_of: Some((Instant::from_ms(0), zone)),
            created: Instant::from_ms(0),
            chart: None,
        };
        assert_eq!(made.bytes, crate::xlsx::xlsx_bytes(&table(), options).expect("a workbook"));
        assert_eq!(made.media_type, XLSX);
    }

    #[test]
    fn a_csv_file_made_through_the_pipe_keeps_line_ends_inside_cells() {
        let request = csv_request(&table(), CsvFile::default()).expect("a request");
        let made = read_answer(&answer(&request)).expect("a file");
        let text = String::from_utf8(made.bytes).expect("text");
        assert_eq!(text, "Name,Amount,Amount Currency\r\n\"Acme\n=1+1\",150.50,EUR\r\n");
    }

    #[test]
    fn a_chart_becomes_a_picture_of_the_size_asked_for() {
        let points = [("A".to_owned(), Some(Decimal::ONE)), ("B".to_owned(), Some(Decimal::TEN))];
        let chart = Chart::single("Deals", ChartKind::Donut, NumberStyle::Plain { scale: 0 }, points);
        let request = chart_png_request(&chart, &ChartFile::new(300.0, "en_GB")).expect("a request");
        let made = read_answer(&answer(&request)).expect("a picture");
        assert_eq!(made.size.map(|(width, _)| width), Some(600));
        assert!(made.bytes.starts_with(b"\x89PNG"));
        let request = chart_svg_request(&chart, &ChartFile::new(300.0, "en_GB")).expect("a request");
        assert!(read_answer(&answer(&request)).expect("a drawing").bytes.starts_with(b"<svg"));
    }

    #[test]
    fn what_cannot_be_done_is_answered_with_why() {
        let mut bad = table();
        bad.columns.push(Column::date_time("Created", "Mars/Olympus"));
        let request = csv_request(&bad, CsvFile::default()).expect("a request");
        let error = read_answer(&answer(&request)).expect_err("a refusal");
        assert!(error.internal_cause().is_some_and(|cause| cause.contains("Mars/Olympus")));
        for cut in [&[][..], &[1, 0, 0][..], &[9, 0, 0, 0, b'{'][..]] {
            assert!(read_answer(&answer(cut)).is_err());
        }
    }
}
