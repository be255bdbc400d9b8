//! Documents, read back by qpdf and pdftotext.

use crate::{decimal, number};
use model::{Date, Instant, Value, Zone};
use render::chart::{Chart, ChartKind, Stacking};
use render::format::{Formats, Locale, NumberStyle};
use render::pdf::{Block, Paper, PdfOptions, PdfWriter, Picture, pdf_bytes};
use render::{Column, Row, RowRole, Table};
use std::io::Write as _;
use std::process::{Command, Stdio};

fn options(title: &str) -> PdfOptions {
    let created = Instant::parse("2026-11-21T08:00:00Z").expect("an instant");
    PdfOptions {
        title: title.into(),
        as_of: Some((created, Zone::get("Europe/Berlin").expect("a zone"))),
        created,
        paper: Paper::A4,
        landscape: None,
        formats: Formats::new(Locale::EN_GB),
        protection: None,
    }
}

/// What a program says of a file that it reads from its standard input.
fn told(program: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} does not start ({error}); `cargo xtask setup` installs it"));
    let mut input = child.stdin.take().expect("a pipe");
    std::thread::scope(|scope| {
        scope.spawn(move || input.write_all(pdf));
        let output = child.wait_with_output().expect("it ends");
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{program}: {}{words}", String::from_utf8_lossy(&output.stderr));
        words
    })
}

/// The text of each page.
fn pages(pdf: &[u8]) -> Vec<String> {
    let text = told("pdftotext", &["-layout", "-", "-"], pdf);
    text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect()
}

/// The file as qpdf checks it: any fault it finds fails the test.
fn checked(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("checked.pdf");
    std::fs::write(&path, pdf).expect("written");
    told("qpdf", &["--check", path.to_str().expect("a path")], b"")
}

fn deals(rows: usize) -> Table {
    let row = |at: usize| {
        let cells = vec![
            Value::from(format!("Deal {at}")),
            "Acme Größe Łódź Ελλάδα Россия".into(),
            number(&format!("{}.5", at * 1000)),
            Value::Date(Date::parse("2026-03-29").expect("a date")),
        ];
        Row { role: RowRole::Detail, cells }
    };
    Table {
        title: "Deals".into(),
        columns: vec![
            Column::text("Name"),
            Column::text("Account"),
            Column::currency("Amount", "EUR"),
            Column::date("Close date"),
        ],
        rows: (1..=rows).map(row).collect(),
        totals: Some(vec!["Total".into(), Value::Null, number("4711.25"), Value::Null]),
        notes: vec!["One column was removed.".into()],
    }
}

#[test]
fn every_page_has_its_number_and_the_heading_and_no_row_is_lost() {
    let (pdf, notes) = pdf_bytes(&deals(300), None, options("Pipeline by stage")).expect("a document");
    assert_eq!(notes, Vec::<String>::new());
    let report = checked(&pdf);
    assert!(report.contains("No syntax or stream encoding errors found"), "{report}");
    let pages = pages(&pdf);
    assert!(pages.len() > 4, "{}", pages.len());
    for (at, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {} of {}", at + 1, pages.len())), "{page}");
        for heading in ["Name", "Account", "Amount", "Close date"] {
            assert!(page.contains(heading), "page {} lacks {heading}: {page}", at + 1);
        }
    }
    let all = pages.concat();
    let mut names: Vec<&str> =
        all.lines().filter_map(|line| line.trim().strip_prefix("Deal ")?.split_whitespace().next()).collect();
    assert_eq!(names.len(), 300);
    names.dedup();
    assert_eq!(names.len(), 300);
    assert!(pages[0].contains("Pipeline by stage") && pages[0].contains("21/11/2026 09:00 (Europe/Berlin)"));
    assert!(all.contains("Acme Größe Łódź Ελλάδα Россия"), "letters come back as they went in");
    assert!(all.contains("EUR 300,000.50") && all.contains("29/03/2026") && all.contains("EUR 4,711.25"));
    assert!(all.contains("One column was removed."));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let chart = Chart::single(
        "Amount by stage",
        ChartKind::Donut,
        NumberStyle::Plain { scale: 0 },
        [("Won", 3), ("Lost", 4)].map(|(name, value)| (name.to_owned(), Some(value.into()))),
    );
    let make = || pdf_bytes(&deals(120), Some(&chart), options("Deals")).expect("a document").0;
    assert_eq!(make(), make());
}

#[test]
fn wide_tables_go_on_in_bands_that_repeat_the_first_column() {
    let columns: Vec<Column> = (0..30).map(|at| Column::text(format!("Column {at:02}"))).collect();
    let row = |row: usize| {
        let key = [Value::from(format!("Key{row}"))];
        key.into_iter().chain((1..30).map(|at| format!("cell {row}/{at} with some words").into())).collect::<Vec<_>>()
    };
    let table =
        Table { title: "Wide".into(), columns, rows: (0..60).map(|at| row(at).into()).collect(), ..Table::default() };
    let (pdf, _) = pdf_bytes(&table, None, options("Wide")).expect("a document");
    let pages = pages(&pdf);
    let keys = |page: &str| {
        page.split_whitespace().filter(|word| word.starts_with("Key")).map(str::to_owned).collect::<Vec<_>>()
    };
    for page in &pages {
        assert!(page.contains("Column") && page.contains("of the columns"), "{page}");
        assert!(!keys(page).is_empty(), "{page}");
    }
    let mut seen: Vec<String> = pages.concat().lines().flat_map(keys).collect();
    let bands = seen.len() / 60;
    assert!(bands >= 2 && seen.len() == bands * 60, "{} keys", seen.len());
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 60);
    // The bands of the same rows follow each other.
    assert_eq!(keys(&pages[0]), keys(&pages[1]));
    let words: Vec<String> = pages.concat().split_whitespace().map(str::to_owned).collect();
    for row in [0, 31, 59] {
        for at in 1..30 {
            assert!(words.contains(&format!("{row}/{at}")), "cell {row}/{at} is missing");
        }
    }
}

#[test]
fn numbers_stand_on_the_right_of_their_column() {
    let (pdf, _) = pdf_bytes(&deals(12), None, options("Deals")).expect("a document");
    let boxes = told("pdftotext", &["-bbox", "-", "-"], &pdf);
    let right_edges: Vec<f64> = boxes
        .lines()
        .filter(|line| line.contains(",000.50<") || line.contains(",500.50<"))
        .map(|line| {
            let edge = line.split("xMax=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an edge");
            edge.parse().expect("a number")
        })
        .collect();
    assert!(right_edges.len() >= 10, "{boxes}");
    assert!(right_edges.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 0.1), "{right_edges:?}");
}

#[test]
fn a_row_stays_whole_and_a_heading_of_a_group_stays_with_its_first_row() {
    let mut rows = Vec::new();
    for group in 0..40 {
        let heading = RowRole::GroupHeading { level: 0 };
        rows.push(Row { role: heading, cells: vec![format!("Group{group}").into(), Value::Null, Value::Null] });
        for row in 0..3 {
            let words = format!("first{group}x{row} {} last{group}x{row}", "words in between ".repeat(14));
            rows.push(vec![format!("Row{group}x{row}").into(), words.into(), number("1")].into());
        }
        let cells = vec![format!("Group{group} total").into(), Value::Null, number("3")];
        rows.push(Row { role: RowRole::Subtotal { level: 0 }, cells });
    }
    let columns = vec![Column::text("Name"), Column::text("Words"), Column::number("Count", 0)];
    let table = Table { title: "Groups".into(), columns, rows, ..Table::default() };
    let (pdf, _) = pdf_bytes(&table, None, options("Groups")).expect("a document");
    let pages = pages(&pdf);
    assert!(pages.len() > 3);
    for group in 0..40 {
        let with = |word: &str| {
            let has = |page: &String| page.split_whitespace().any(|found| found == word);
            pages.iter().position(has).unwrap_or_else(|| panic!("{word} is on no page"))
        };
        assert_eq!(with(&format!("Group{group}")), with(&format!("Row{group}x0")), "group {group}");
        for row in 0..3 {
            assert_eq!(with(&format!("first{group}x{row}")), with(&format!("last{group}x{row}")), "{group}x{row}");
        }
    }
}

#[test]
fn a_row_taller_than_a_page_goes_on_over_as_many_as_it_takes() {
    let words: Vec<String> = (0..4000).map(|at| format!("word{at}")).collect();
    let table = Table {
        title: "Tall".into(),
        columns: vec![Column::text("Name"), Column::text("Words")],
        rows: vec![vec!["Tall".into(), words.join(" ").into()].into()],
        ..Table::default()
    };
    let (pdf, _) = pdf_bytes(&table, None, options("Tall")).expect("a document");
    let text = pages(&pdf).concat();
    let found: Vec<&str> = text.split_whitespace().filter(|word| word.starts_with("word")).collect();
    assert_eq!(found, words);
}

#[test]
fn a_letter_that_the_font_lacks_is_told_and_kept_for_who_copies_it() {
    let table = Table {
        title: "Accounts".into(),
        columns: vec![Column::text("Name")],
        rows: vec![vec!["株式会社 Acme".into()].into()],
        ..Table::default()
    };
    let (pdf, notes) = pdf_bytes(&table, None, options("Accounts")).expect("a document");
    assert_eq!(notes.len(), 1);
    assert!(notes[0].contains("U+4F1A, U+5F0F, U+682A, U+793E"), "{}", notes[0]);
    let text = pages(&pdf).concat();
    assert!(text.contains("株式会社 Acme"), "{text}");
    assert!(text.contains("lacks them"), "the document says so itself: {text}");
}

#[test]
fn a_chart_is_drawn_as_vectors_above_the_table() {
    let values = [("Prospecting", 1200), ("Qualification", 800), ("Closed", -300)];
    let chart = Chart::single(
        "Amount by stage",
        ChartKind::Column { stacking: Stacking::None },
        NumberStyle::Currency { code: "EUR".into() },
        values.map(|(name, value)| (name.to_owned(), Some(value.into()))),
    );
    let (pdf, _) = pdf_bytes(&deals(3), Some(&chart), options("Deals")).expect("a document");
    checked(&pdf);
    let page = &pages(&pdf)[0];
    let of = |word: &str| page.find(word).unwrap_or_else(|| panic!("{word} is missing: {page}"));
    assert!(of("Amount by stage") < of("Prospecting") && of("Prospecting") < of("Close date"));
    let pictures = told("pdfimages", &["-list", "-"], &pdf);
    assert_eq!(pictures.lines().count(), 2, "no pixels: {pictures}");
}

#[test]
fn documents_have_headings_facts_and_pictures() {
    let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="20" height="20" fill="#c00"/></svg>"##;
    let png = render::png::png_from_svg(svg, 1.0).expect("a picture").bytes;
    let mut writer = PdfWriter::begin(Vec::new(), PdfOptions { landscape: Some(false), ..options("Quote Q-1001") });
    let parts = [
        Block::Picture(Picture { file: png, width: 120.0 }),
        Block::Heading { level: 2, text: "For Acme Industries".into() },
        Block::Paragraph("Thank you for your inquiry. ".repeat(12)),
        Block::Facts(vec![("Valid until".into(), "31/12/2026".into()), ("Sales".into(), "Ada Lovelace".into())]),
        Block::Table(deals(2)),
    ];
    parts.into_iter().try_for_each(|part| writer.block(part)).expect("it is laid out");
    let (pdf, _) = writer.finish().expect("a document");
    checked(&pdf);
    let page = &pages(&pdf)[0];
    for words in ["Quote Q-1001", "For Acme Industries", "Thank you for your", "Valid until", "Ada Lovelace", "Deal 2"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let pictures = told("pdfimages", &["-list", "-"], &pdf);
    assert!(pictures.contains("image") && pictures.contains("smask"), "{pictures}");
    assert!(told("pdffonts", &["-"], &pdf).lines().skip(2).all(|font| font.contains("yes yes yes")), "embedded");
}

#[test]
fn a_document_beyond_its_most_pages_names_the_limit() {
    let row = [Value::from("x\n".repeat(30))];
    let mut writer = PdfWriter::begin(std::io::sink(), PdfOptions { landscape: Some(true), ..options("Long") });
    writer.table(&[Column::text("Name")]).expect("a table");
    let refused = (0..6000).find_map(|_| writer.row(RowRole::Detail, &row).err()).expect("a refusal");
    assert!(refused.message().contains("5000 pages"), "{}", refused.message());
}

#[test]
fn amounts_of_any_size_keep_every_digit() {
    let table = Table {
        title: "Amounts".into(),
        columns: vec![Column::text("Name"), Column::currency("A", "EUR")],
        rows: (0..300)
            .map(|at| {
                vec!["Deal".into(), Value::Number(if at == 299 { decimal("123456789012345.67") } else { decimal("1") })]
                    .into()
            })
            .collect(),
        ..Table::default()
    };
    let (pdf, _) = pdf_bytes(&table, None, options("Amounts")).expect("a document");
    let text: String = pages(&pdf).concat().split_whitespace().collect();
    assert!(
        text.contains("123,456,789,012,345.67"),
        "a number wider than the sample's is neither cut nor wrapped away"
    );
}
