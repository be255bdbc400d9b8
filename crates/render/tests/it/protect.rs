//! Files under a password, opened by msoffcrypto-tool, pyzipper and qpdf.

use crate::number;
use model::Instant;
use render::protect::Protection;
use render::worker::{self, CsvFile, PDF, PdfFile, Rendered, XLSX, XlsxFile, protected_request, read_answer};
use render::{Column, Table};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const PASSWORD: &str = "Grüße an alle 42";

fn protection(seed: u8) -> Protection {
    Protection::new(PASSWORD, [seed; 32]).expect("a password")
}

fn deals(rows: usize) -> Table {
    Table {
        title: "Deals".into(),
        columns: vec![Column::text("Name"), Column::currency("Amount", "EUR")],
        rows: (0..rows).map(|_| vec!["Canary deal".into(), number("150.5")].into()).collect(),
        ..Table::default()
    }
}

fn made(request: &[u8], seed: u8) -> Rendered {
    let request = protected_request(request, "Deals 2026.csv", &protection(seed)).expect("a request");
    read_answer(&worker::answer(&request)).expect("a file")
}

fn pdf_file() -> PdfFile {
    let created = Instant::from_ms(1_795_000_000_000);
    PdfFile {
        as_of: Some((created, "Europe/Berlin".into())),
        created,
        locale: "en_GB".into(),
        filters: Vec::new(),
        landscape: None,
    }
}

fn workbook(table: &Table, seed: u8) -> Rendered {
    let file = XlsxFile { as_of: None, created: Instant::from_ms(0) };
    made(&worker::xlsx_request(table, &file).expect("a request"), seed)
}

fn archive(table: &Table, seed: u8) -> Rendered {
    made(&worker::csv_request(table, CsvFile { byte_order_mark: true, ..CsvFile::default() }).expect("a request"), seed)
}

fn document(table: &Table, seed: u8) -> Rendered {
    made(&worker::pdf_request(table, None, &pdf_file()).expect("a request"), seed)
}

#[test]
fn workbooks_and_archives_open_with_their_password_and_no_other() {
    // Enough rows that the package has many segments, and one that is no whole block.
    for rows in [1, 2_001] {
        let table = deals(rows);
        let folder = test_support::temp_dir().expect("a folder");
        let written = |name: &str, file: Rendered, media_type: &str| {
            assert_eq!(file.media_type, media_type);
            let path = folder.path().join(name);
            std::fs::write(&path, file.bytes).expect("written");
            path.to_str().expect("text").to_owned()
        };
        let workbook = written("deals.xlsx", workbook(&table, 3), XLSX);
        let archive = written("deals.zip", archive(&table, 3), "application/zip");
        let rows = rows.to_string();
        let env = [("XLSX_FILE", &*workbook), ("ZIP_FILE", &archive), ("FILE_PASSWORD", PASSWORD), ("ROWS", &rows)];
        let limit = Duration::from_secs(60);
        test_support::python_script("crates/render/tests/clients/protected.py", &env, limit)
            .unwrap_or_else(|error| panic!("{error}"));
    }
}

fn qpdf(path: &Path, password: &str, act: &str) -> (bool, String) {
    let output = Command::new("qpdf").arg(format!("--password={password}")).arg(act).arg(path).output();
    let output = output.expect("qpdf; `cargo xtask setup` installs it");
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn a_document_opens_with_its_password_and_no_other() {
    let folder = test_support::temp_dir().expect("a folder");
    let path = folder.path().join("deals.pdf");
    let file = document(&deals(120), 5);
    assert_eq!(file.media_type, PDF);
    std::fs::write(&path, &file.bytes).expect("written");
    let (good, words) = qpdf(&path, PASSWORD, "--check");
    assert!(good && words.contains("No syntax or stream encoding errors found"), "{words}");
    let (_, words) = qpdf(&path, PASSWORD, "--show-encryption");
    assert!(words.contains("R = 6") && words.contains("stream encryption method: AESv3"), "{words}");
    assert!(words.contains("string encryption method: AESv3"), "{words}");
    for wrong in ["", "another password"] {
        assert!(!qpdf(&path, wrong, "--check").0, "it opened with {wrong:?}");
    }
    let read = |password: &str| {
        let output = Command::new("pdftotext").args(["-upw", password, "-layout"]).arg(&path).arg("-").output();
        String::from_utf8_lossy(&output.expect("pdftotext").stdout).into_owned()
    };
    assert!(read(PASSWORD).contains("Canary deal") && read(PASSWORD).contains("Page 1 of 3"), "{}", read(PASSWORD));
    assert_eq!(read("another password"), "");
    let title = Command::new("pdfinfo").args(["-upw", PASSWORD]).arg(&path).output().expect("pdfinfo");
    assert!(String::from_utf8_lossy(&title.stdout).contains("Deals"), "texts of the file open too");
}

#[test]
fn the_same_chance_gives_the_same_bytes_and_another_gives_others() {
    let table = deals(30);
    for make in [workbook, archive, document] {
        assert_eq!(make(&table, 1).bytes, make(&table, 1).bytes);
        assert_ne!(make(&table, 1).bytes, make(&table, 2).bytes);
    }
}
