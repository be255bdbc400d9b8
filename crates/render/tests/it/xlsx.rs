//! Workbooks, read back by calamine and by their raw XML.

use crate::{DANGEROUS, decimal, number};
use calamine::{Data, Range, Reader, Xlsx};
use model::{Date, Instant, Value, Zone};
use proptest::prelude::*;
use render::chart::{Chart, ChartKind, Series, Stacking};
use render::format::NumberStyle;
use render::xlsx::{XlsxOptions, XlsxWriter, xlsx_bytes};
use render::{Column, ColumnKind, Row, RowRole, Table};
use std::io::{Cursor, Read};

fn options(title: &str) -> XlsxOptions {
    let created = Instant::parse("2026-11-21T08:00:00Z").expect("an instant");
    XlsxOptions {
        title: title.into(),
        as_of: Some((created, Zone::get("Europe/Berlin").expect("a zone"))),
        created,
        chart: None,
    }
}

fn sheets(bytes: &[u8]) -> Vec<(String, Range<Data>)> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    workbook.worksheets()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut text = String::new();
    archive.by_name(name).expect("the part").read_to_string(&mut text).expect("UTF-8");
    text
}

fn deals() -> Table {
    Table {
        title: "Deals".into(),
        columns: vec![
            Column::text("Name"),
            Column::number("Score", 2),
            Column::currency("Amount", "JPY"),
            Column::percent("Probability", 1),
            Column::date("Close date"),
            Column::date_time("Created", "Europe/Berlin"),
            Column::new("Won", ColumnKind::Boolean),
        ],
        rows: vec![
            Row {
                role: RowRole::GroupHeading { level: 0 },
                cells: vec![
                    "West".into(),
                    Value::Null,
                    Value::Null,
                    Value::Null,
                    Value::Null,
                    Value::Null,
                    Value::Null,
                ],
            },
            vec![
                "00042".into(),
                number("-5.25"),
                number("1500"),
                number("62.5"),
                Value::Date(Date::parse("2026-03-29").expect("a date")),
                Value::DateTime(Instant::parse("2026-03-29T10:00:00Z").expect("an instant")),
                Value::Bool(true),
            ]
            .into(),
            vec![
                "Acme <&> \"Söhne\"\nGmbH".into(),
                number("12345678901234.56"),
                Value::Null,
                Value::Null,
                Value::Date(Date::parse("1899-12-31").expect("a date")),
                Value::Null,
                Value::Bool(false),
            ]
            .into(),
        ],
        totals: Some(vec![
            "Total".into(),
            number("7"),
            number("1500"),
            Value::Null,
            Value::Null,
            Value::Null,
            Value::Null,
        ]),
        notes: vec!["The column Margin was removed: you may not read it.".into()],
    }
}

#[test]
fn cells_have_the_types_of_their_columns() {
    let bytes = xlsx_bytes(&deals(), options("Deals")).expect("a workbook");
    let sheets = sheets(&bytes);
    let (name, range) = &sheets[0];
    assert_eq!(name, "Deals");
    let cell = |row: usize, column: usize| range.get((row, column)).cloned().unwrap_or(Data::Empty);
    assert_eq!(cell(0, 5), Data::String("Created (Europe/Berlin)".into()));
    assert_eq!(cell(2, 0), Data::String("00042".into()));
    assert_eq!(cell(2, 1), Data::Float(-5.25));
    assert_eq!(cell(2, 2), Data::Float(1500.0));
    assert_eq!(cell(2, 3), Data::Float(0.625));
    let Data::DateTime(day) = cell(2, 4) else { panic!("{:?} is no date", cell(2, 4)) };
    assert!((day.as_f64() - 46_110.0).abs() < 1e-9);
    let Data::DateTime(instant) = cell(2, 5) else { panic!("{:?} is no date-time", cell(2, 5)) };
    assert!((instant.as_f64() - 46_110.5).abs() < 1e-9, "noon in Berlin, where summer time began that day");
    assert_eq!(cell(2, 6), Data::Bool(true));
    assert_eq!(cell(3, 0), Data::String("Acme <&> \"Söhne\"\nGmbH".into()));
    assert_eq!(cell(3, 1), Data::String("12345678901234.56".into()));
    assert_eq!(cell(3, 4), Data::String("1899-12-31".into()));
    assert_eq!(cell(4, 0), Data::String("Total".into()));
    let styles = part(&bytes, "xl/styles.xml");
    assert!(styles.contains("[$JPY] #,##0\"") && styles.contains("0.0%"), "{styles}");
}

#[test]
fn what_was_not_kept_as_it_was_stands_on_the_notes_sheet() {
    let mut table = deals();
    table.rows.push(
        vec!["x".repeat(40_000).into(), Value::Null, Value::Null, Value::Null, Value::Null, Value::Null, Value::Null]
            .into(),
    );
    let sheets = sheets(&xlsx_bytes(&table, options("Deals")).expect("a workbook"));
    let (name, notes) = &sheets[1];
    assert_eq!(name, "Notes");
    let lines: Vec<String> =
        notes.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect();
    assert_eq!(
        lines,
        [
            "Sheet|Cell|Note",
            "||Data as of 2026-11-21 09:00:00 +01:00 (Europe/Berlin).",
            "||The column Margin was removed: you may not read it.",
            "Deals|B4 (first)|Score: 1 value kept as text, because Excel holds fifteen digits of a number.",
            "Deals|E4 (first)|Close date: 1 value kept as text, because Excel has no true days before 1 March 1900.",
            "Deals|A5|Name: cut from 40000 characters to 32767, the most a cell holds.",
        ]
    );
    let cut = sheets[0].1.get((4, 0)).map(ToString::to_string).expect("the cell");
    assert_eq!(cut.encode_utf16().count(), 32_767);
    assert!(cut.ends_with("… [cut, see Notes]"));
}

#[test]
fn dangerous_text_is_a_quoted_string_and_never_a_formula() {
    let table = Table {
        title: "=cmd".into(),
        columns: vec![Column::text("=1+1"), Column::number("Score", 0)],
        rows: DANGEROUS.iter().map(|text| vec![(*text).into(), Value::Int(-5)].into()).collect(),
        ..Table::default()
    };
    let bytes = xlsx_bytes(&table, options("=cmd")).expect("a workbook");
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!xml.contains("<f"), "{xml}");
    assert!(part(&bytes, "xl/styles.xml").contains("quotePrefix=\"1\""));
    let sheets = sheets(&bytes);
    for (at, text) in DANGEROUS.iter().enumerate() {
        let row = at + 1;
        assert_eq!(sheets[0].1.get((row, 1)), Some(&Data::Float(-5.0)));
        // The XML escape of control characters is undone by Excel; calamine hands it out as it stands.
        let shown = sheets[0].1.get((row, 0)).map(ToString::to_string).expect("the cell");
        let plain = shown.replace("_x0000_", "\0").replace("_x000D_", "\r");
        assert_eq!(plain, *text);
        // Style 4 is quoted text, style 6 the same with line ends.
        let start = format!("<c r=\"A{}\" s=\"{}\" t=\"inlineStr\">", row + 1, if text.contains('\n') { 6 } else { 4 });
        assert!(xml.contains(&start), "{text:?}: {start}");
    }
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    let first = xlsx_bytes(&deals(), options("Deals")).expect("a workbook");
    let second = xlsx_bytes(&deals(), options("Deals")).expect("a workbook");
    assert_eq!(first, second);
    assert!(
        part(&first, "docProps/core.xml").contains("<dcterms:created xsi:type=\"dcterms:W3CDTF\">2026-11-21T08:00:00Z")
    );
}

#[test]
fn a_table_without_rows_is_a_workbook_with_a_heading() {
    let table = Table { columns: vec![Column::text("Name")], ..Table::default() };
    let sheets = sheets(&xlsx_bytes(&table, options("")).expect("a workbook"));
    assert_eq!(sheets[0].0, "Report");
    assert_eq!(sheets[0].1.get((0, 0)), Some(&Data::String("Name".into())));
}

#[test]
fn the_heading_is_frozen_and_filtered_without_the_totals() {
    let bytes = xlsx_bytes(&deals(), options("Deals")).expect("a workbook");
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(xml.contains("state=\"frozen\""));
    assert!(xml.contains("<autoFilter ref=\"A1:G4\"/>"), "{xml}");
    assert!(part(&bytes, "xl/workbook.xml").contains("'Deals'!$A$1:$G$4"));
}

#[test]
fn a_long_table_streams_without_being_held() {
    struct Counting(u64);
    impl std::io::Write for Counting {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len() as u64;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let columns = [Column::text("Name"), Column::number("Score", 2)];
    let mut writer = XlsxWriter::begin(Counting(0), &columns, options("Long")).expect("a writer");
    for at in 0..5_000i64 {
        writer.row(RowRole::Detail, &[format!("Account {at}").into(), Value::Int(at)]).expect("a row");
    }
    assert!(writer.finish().expect("a workbook").0 > 10_000);
}

#[test]
fn too_many_columns_are_refused_in_plain_words() {
    let columns = vec![Column::text("Name"); 16_385];
    let error = XlsxWriter::begin(Vec::new(), &columns, options("Wide")).err().expect("an error");
    assert_eq!(
        error.message(),
        "The table has 16385 columns. An Excel sheet holds 16384. Remove some columns, or choose CSV."
    );
}

proptest! {
    #[test]
    fn whatever_the_text_a_reader_gets_it_back_as_text(texts in prop::collection::vec("\\PC{1,30}", 1..20)) {
        let table = Table {
            columns: vec![Column::text("Name")],
            rows: texts.iter().map(|text| vec![text.as_str().into()].into()).collect(),
            ..Table::default()
        };
        let bytes = xlsx_bytes(&table, options("Texts")).expect("a workbook");
        let sheets = sheets(&bytes);
        for (at, text) in texts.iter().enumerate() {
            prop_assert_eq!(sheets[0].1.get((at + 1, 0)), Some(&Data::String(text.clone())));
        }
    }
}

#[test]
fn a_chart_is_the_programs_own_beside_its_values() {
    let chart = |kind: ChartKind, series: usize| Chart {
        title: "Amount by stage".into(),
        subtitle: None,
        kind,
        categories: ["=Prospecting", "Größe & <Co>", "Closed"].map(str::to_owned).to_vec(),
        series: (0..series)
            .map(|at| Series {
                name: format!("Year {at}"),
                values: vec![Some(decimal("1200.5")), Some(decimal("80")), (at == 0).then(|| decimal("30"))],
            })
            .collect(),
        number: NumberStyle::Currency { code: "EUR".into() },
        additive: true,
    };
    let (none, stacked) = (Stacking::None, Stacking::Stacked);
    let gauge = ChartKind::Gauge { min: decimal("0"), max: decimal("9000"), breaks: Vec::new() };
    let charts = [
        ("column", Some(chart(ChartKind::Column { stacking: none }, 2))),
        ("stacked", Some(chart(ChartKind::Column { stacking: stacked }, 2))),
        ("bar", Some(chart(ChartKind::Bar { stacking: none }, 1))),
        ("line", Some(chart(ChartKind::Line, 2))),
        ("donut", Some(chart(ChartKind::Donut, 1))),
        ("gauge", Some(chart(gauge, 1))),
        ("none", None),
    ];
    let folder = test_support::temp_dir().expect("a folder");
    for (name, chart) in charts {
        let bytes = xlsx_bytes(&deals(), XlsxOptions { chart, ..options("Deals") }).expect("a workbook");
        std::fs::write(folder.path().join(format!("{name}.xlsx")), bytes).expect("written");
    }
    let env = [("FOLDER", folder.path().to_str().expect("text"))];
    let limit = std::time::Duration::from_secs(150);
    test_support::python_script("crates/render/tests/clients/charts.py", &env, limit)
        .unwrap_or_else(|error| panic!("{error}"));
}
