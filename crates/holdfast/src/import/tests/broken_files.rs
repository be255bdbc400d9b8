//! Files that cannot be trusted: each is named with its line and what to do, and nothing is written.

use super::fixture::{account_mapping, folder, write};
use super::memory_sink::MemorySink;
use super::{NoteKind, run, run_error};
use crate::import::Options;

fn error_for(content: &[u8]) -> String {
    let dir = folder(&[]);
    write(dir.path(), "a.csv", content);
    run_error(&account_mapping("", ""), dir.path())
}

#[test]
fn a_missing_file_is_named_with_its_folder() {
    let dir = folder(&[]);
    let said = run_error(&account_mapping("", ""), dir.path());
    assert_eq!(
        said,
        format!("a.csv: there is no such file in {}; put it there or name another folder", dir.path().display())
    );
}

#[test]
fn an_empty_file_lacks_its_header() {
    assert_eq!(error_for(b""), "a.csv: the file is empty; it needs a first line with the names of the columns");
    assert_eq!(error_for(b"\n\n"), "a.csv: the file is empty; it needs a first line with the names of the columns");
}

#[test]
fn an_open_quote_is_named_by_the_line_it_begins_on() {
    assert_eq!(
        error_for(b"name\nAcme\n\"Beta\nGamma\n"),
        "a.csv line 3: a quoted value that begins here is never closed; close the quote or remove it"
    );
    assert_eq!(
        error_for(b"name\n\"12\" screens\"\n"),
        "a.csv line 2: text stands after a closing quote; a quote inside a quoted value is written twice"
    );
}

#[test]
fn bytes_of_another_encoding_are_named_by_line() {
    assert_eq!(
        error_for(b"name\nAcme\nCaf\xE9\n"),
        "a.csv line 3: the file is not text in the declared encoding; save it as UTF-8 or declare another encoding for \
         this source"
    );
}

#[test]
fn a_missing_column_is_named_with_those_there_are() {
    assert_eq!(
        error_for(b"title,size\nx,1\n"),
        "a.csv: step accounts needs column \"name\"; the file has: title, size"
    );
    assert_eq!(error_for(b"name,name\nx,1\n"), "a.csv line 1: two columns are named \"name\"; rename one");
}

#[test]
fn all_broken_sources_are_told_at_once() {
    let mapping = format!(
        "{}\n[source.b]\nfile = \"b.csv\"\n[[step]]\nname = \"b\"\nsource = \"b\"\nobject = \"Account\"\n\
         [step.field]\nName = {{ column = \"name\" }}\n",
        account_mapping("", "")
    );
    let said = run_error(&mapping, folder(&[]).path());
    assert_eq!(said.lines().count(), 2, "{said}");
}

#[test]
fn a_row_of_another_width_is_refused_and_the_others_go_in() {
    let dir = folder(&[("a.csv", "name,size\nAcme,1\nBeta, Inc.,2\nGamma\n\nDelta,4\n")]);
    let mut org = MemorySink::standard();
    let (summary, notebook) = run(&account_mapping("", ""), dir.path(), &mut org, Options::default());
    assert_eq!((summary.steps[0].created, summary.refused(), summary.exit_code()), (2, 2, 3));
    assert_eq!(
        notebook.lines(NoteKind::Refused),
        [
            "a.csv line 3, accounts: refused: the row has 3 values and the header 2 columns; look for a missing quote \
             or a stray delimiter",
            "a.csv line 4, accounts: refused: the row has 1 values and the header 2 columns; look for a missing quote \
             or a stray delimiter",
        ]
    );
}

#[test]
fn marks_delimiters_and_encodings_are_understood_where_declared() {
    let semicolons = account_mapping("", "").replace("file = \"a.csv\"", "file = \"a.csv\"\ndelimiter = \";\"");
    let latin = semicolons.replace("delimiter", "encoding = \"windows-1252\"\ndelimiter");
    let utf16 = semicolons.replace("delimiter", "encoding = \"utf-16\"\ndelimiter");
    let text = "name;note\r\n\"Café; Ltd\";x\r\n";
    let utf16_bytes: Vec<u8> = "\u{feff}".chars().chain(text.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    let latin_bytes: Vec<u8> = text.chars().map(|c| u8::try_from(c as u32).expect("latin")).collect();
    let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    for (mapping, bytes) in [(&semicolons, marked), (&latin, latin_bytes), (&utf16, utf16_bytes)] {
        let dir = folder(&[]);
        write(dir.path(), "a.csv", &bytes);
        let mut org = MemorySink::standard();
        run(mapping, dir.path(), &mut org, Options::default());
        assert_eq!(org.records("Account").iter().map(|record| record.text("Name")).collect::<Vec<_>>(), ["Café; Ltd"]);
    }
}

#[test]
fn a_header_without_rows_is_an_import_of_nothing() {
    let dir = folder(&[("a.csv", "name\n")]);
    let (summary, _) = run(&account_mapping("", ""), dir.path(), &mut MemorySink::standard(), Options::default());
    assert_eq!((summary.steps[0].rows, summary.exit_code()), (0, 0));
}

#[test]
fn lines_are_counted_through_quoted_line_breaks_and_blank_lines() {
    let dir = folder(&[("a.csv", "name,size\r\n\"Acme\r\nLtd\",1\r\n\r\nBeta,x\r\n")]);
    let mapping = account_mapping("", "NumberOfEmployees = { column = \"size\" }");
    let (_, notebook) = run(&mapping, dir.path(), &mut MemorySink::standard(), Options::default());
    assert_eq!(
        notebook.lines(NoteKind::Refused),
        ["a.csv line 5, accounts: refused: NumberOfEmployees (column size): \"x\" is not a number"]
    );
}
