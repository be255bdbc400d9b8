//! CSV files, read back by a CSV reader.

use crate::{DANGEROUS, number};
use model::{Date, Instant, Value};
use proptest::prelude::*;
use render::csv::{CsvOptions, CsvWriter, csv_bytes, is_dangerous_text};
use render::{Column, ColumnKind, Row, RowRole, Table};

fn text_table(rows: Vec<Vec<Value>>, columns: usize) -> Table {
    Table {
        title: "Accounts".into(),
        columns: (0..columns).map(|at| Column::text(format!("Column {at}"))).collect(),
        rows: rows.into_iter().map(Row::from).collect(),
        ..Table::default()
    }
}

fn read(bytes: &[u8]) -> Vec<Vec<String>> {
    ::csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes)
        .records()
        .map(|record| record.expect("a record").iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn every_type_is_written_as_the_cell_rules_say() {
    let table = Table {
        title: "Deals".into(),
        columns: vec![
            Column::text("Name"),
            Column::number("Score", 2),
            Column::currency("Amount", "KWD"),
            Column::percent("Probability", 0),
            Column::date("Close date"),
            Column::date_time("Created", "Europe/Berlin"),
            Column::new("Won", ColumnKind::Boolean),
        ],
        rows: vec![
            vec![
                "00042".into(),
                number("-5.25"),
                number("-1500.5"),
                Value::Int(60),
                Value::Date(Date::parse("2026-03-29").expect("a date")),
                Value::DateTime(Instant::parse("2026-03-29T00:30:00Z").expect("an instant")),
                Value::Bool(true),
            ]
            .into(),
            Row { role: RowRole::Subtotal { level: 0 }, cells: vec![Value::Null; 7] },
        ],
        totals: Some(vec![Value::Null; 7]),
        notes: Vec::new(),
    };
    let bytes = csv_bytes(&table, CsvOptions::default()).expect("a file");
    assert_eq!(
        String::from_utf8(bytes).expect("UTF-8"),
        "Name,Score,Amount,Amount Currency,Probability,Close date,Created,Won\r\n\
         00042,-5.25,-1500.500,KWD,60,2026-03-29,2026-03-29T01:30:00+01:00,true\r\n"
    );
    let all = csv_bytes(&table, CsvOptions { summary_rows: true, ..CsvOptions::default() }).expect("a file");
    assert_eq!(read(&all).len(), 4);
}

#[test]
fn a_byte_order_mark_is_written_when_asked_for() {
    let options = CsvOptions { byte_order_mark: true, ..CsvOptions::default() };
    let bytes = csv_bytes(&text_table(Vec::new(), 1), options).expect("a file");
    assert!(bytes.starts_with(&[0xef, 0xbb, 0xbf]));
    assert!(bytes.ends_with(b"\r\n"));
}

#[test]
fn text_that_could_be_a_formula_gets_an_apostrophe_and_numbers_never_do() {
    for text in DANGEROUS {
        let table = text_table(vec![vec![(*text).into()]], 1);
        let guarded = read(&csv_bytes(&table, CsvOptions::default()).expect("a file"));
        assert_eq!(guarded[1][0], format!("'{text}"));
        let raw = read(&csv_bytes(&table, CsvOptions { raw: true, ..CsvOptions::default() }).expect("a file"));
        assert_eq!(raw[1][0], *text);
    }
    let numbers = Table {
        columns: vec![Column::number("=Score", 0), Column::date("Day")],
        rows: vec![vec![Value::Int(-5), Value::Date(Date::from_days(-1))].into()],
        ..Table::default()
    };
    let read = read(&csv_bytes(&numbers, CsvOptions::default()).expect("a file"));
    assert_eq!(read, [["'=Score", "Day"], ["-5", "1969-12-31"]]);
}

#[test]
fn a_row_of_the_wrong_width_is_refused_in_the_middle_of_a_stream() {
    let mut writer = CsvWriter::begin(Vec::new(), &[Column::text("Name")], CsvOptions::default()).expect("a writer");
    assert!(writer.row(RowRole::Detail, &["Acme".into()]).is_ok());
    assert!(writer.row(RowRole::Detail, &["Acme".into(), "Berlin".into()]).is_err());
}

proptest! {
    #[test]
    fn whatever_the_text_a_reader_gets_it_back(rows in prop::collection::vec(prop::collection::vec(any::<String>(), 2), 0..20)) {
        let table = text_table(rows.iter().map(|row| row.iter().map(|text| text.as_str().into()).collect()).collect(), 2);
        let bytes = csv_bytes(&table, CsvOptions::default()).expect("a file");
        let expected: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|text| if is_dangerous_text(text) { format!("'{text}") } else { text.clone() }).collect())
            .collect();
        prop_assert_eq!(&read(&bytes)[1..], &expected[..]);
        let again = csv_bytes(&table, CsvOptions::default()).expect("a file");
        prop_assert_eq!(bytes, again);
    }
}
