//! Rows of CSV, a few at a time, judged more strictly than the reader of the `csv` crate does by itself: a value that is
//! quoted in half, a quote that is never closed, another line ending than was announced. Whoever reads can begin again at
//! any row.

use super::bytes::{ContentBytes, cause_of};
use super::terms::{BulkTerms, Delimiter, LineEnding};
use ::csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder, Terminator};
use model::{Error, Result};
use std::io::{self, Read};

/// The most bytes of one row: it is held in memory.
const MOST_ROW_BYTES: u64 = 10 * 1024 * 1024;
const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// The form of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct CsvForm {
    pub(super) delimiter: Delimiter,
    /// None takes either.
    pub(super) line_ending: Option<LineEnding>,
}

impl CsvForm {
    pub(super) fn of(terms: &BulkTerms) -> Self {
        Self { delimiter: terms.delimiter, line_ending: terms.line_ending }
    }

    pub(super) fn terminator(self) -> Terminator {
        match self.line_ending {
            Some(LineEnding::Lf) => Terminator::Any(b'\n'),
            Some(LineEnding::Crlf) | None => Terminator::CRLF,
        }
    }
}

/// Why a file cannot be read on from a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed {
    /// The first byte of the row.
    start: u64,
    pub(super) words: String,
}

/// What comes next in a file.
pub(super) enum Next {
    Row,
    End,
    Malformed(String),
}

/// A file that is read row by row.
pub(super) struct CsvRows<R: Read = ContentBytes> {
    reader: Reader<Strict<R>>,
    base: u64,
    base_line: u64,
}

impl CsvRows {
    /// Reads a content from a place where a row begins, or from its beginning.
    ///
    /// # Errors
    /// What the database reports.
    pub(super) fn open(mut bytes: ContentBytes, form: CsvForm, place: u64, line: u64) -> Result<Self> {
        let mut skipped = 0;
        if place == 0 {
            skipped = bytes.skip_start(&BOM)?;
        }
        Ok(Self::over(bytes, form, place + skipped, line))
    }
}

impl<R: Read> CsvRows<R> {
    fn over(bytes: R, form: CsvForm, place: u64, line: u64) -> Self {
        let strict = Strict::new(bytes, form, place, line);
        let terminator = form.terminator();
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(form.delimiter.byte())
            .terminator(terminator)
            .buffer_capacity(64 * 1024)
            .from_reader(strict);
        Self { reader, base: place, base_line: line }
    }

    /// Reads the next row; empty lines are none.
    ///
    /// # Errors
    /// What reading reports.
    pub(super) fn next(&mut self, row: &mut ByteRecord) -> Result<Next> {
        let read = self.reader.read_byte_record(row).map_err(|error| match error.into_kind() {
            ErrorKind::Io(error) => cause_of(error),
            other => Error::internal(format!("{other:?}")),
        })?;
        let bad = self.reader.get_ref().bad.as_ref();
        match bad {
            // What the reader was given of a row that is malformed further on is no row.
            Some(bad) if !read || self.place() > bad.start => Ok(Next::Malformed(bad.words.clone())),
            _ if !read => Ok(Next::End),
            _ => Ok(Next::Row),
        }
    }

    /// Where the next row begins.
    pub(super) fn place(&self) -> u64 {
        self.base + self.reader.position().byte()
    }

    /// The line in which the next row begins, from 1.
    pub(super) fn line(&self) -> u64 {
        self.base_line + self.reader.position().line() - 1
    }
}

/// How many rows a file has behind its header, as far as it can be read.
pub(super) fn count_rows(body: &[u8], terms: &BulkTerms) -> u64 {
    let form = CsvForm::of(terms);
    let (mut rows, mut row, mut count) = (CsvRows::over(body, form, 0, 1), ByteRecord::new(), 0_u64);
    while matches!(rows.next(&mut row), Ok(Next::Row)) {
        count += 1;
    }
    count.saturating_sub(1)
}

impl ContentBytes {
    /// Passes over these bytes where they are the first. Returns how many were passed.
    fn skip_start(&mut self, bytes: &[u8]) -> Result<u64> {
        if !self.begins_with(bytes)? {
            return Ok(0);
        }
        let mut passed = vec![0; bytes.len()];
        self.read_exact(&mut passed).map_err(cause_of)?;
        Ok(bytes.len() as u64)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first byte of a value.
    Start,
    Plain,
    Quoted,
    /// Behind a quote in a quoted value: its end, or the first of two.
    Closed,
    /// Behind a carriage return that follows a quoted value.
    Return,
}

/// Passes bytes on up to the first that breaks the rules.
struct Strict<R> {
    inner: R,
    form: CsvForm,
    state: State,
    at: u64,
    line: u64,
    row_start: u64,
    row_line: u64,
    after_return: bool,
    /// Whether the ending of a line was looked at.
    ending_known: bool,
    bad: Option<Malformed>,
}

impl<R: Read> Strict<R> {
    fn new(inner: R, form: CsvForm, at: u64, line: u64) -> Self {
        Self {
            inner,
            form,
            state: State::Start,
            at,
            line,
            row_start: at,
            row_line: line,
            after_return: false,
            // Further on in a file, the line before has ended as it should.
            ending_known: at > BOM.len() as u64,
            bad: None,
        }
    }

    fn refuse(&mut self, words: String) {
        self.bad = Some(Malformed { start: self.row_start, words });
    }

    /// Looks at a byte; false ends the file before it.
    fn pass(&mut self, byte: u8) -> bool {
        let delimiter = self.form.delimiter.byte();
        self.state = match (self.state, byte) {
            (State::Quoted, b'"') => State::Closed,
            (State::Quoted, byte) => {
                self.line += u64::from(byte == b'\n');
                State::Quoted
            }
            (_, b'\n') => return self.end_line(),
            (State::Start | State::Closed, b'"') => State::Quoted,
            (State::Return, _) => {
                self.refuse(format!("Line {}: a carriage return stands behind a quoted value.", self.row_line));
                return false;
            }
            (_, byte) if byte == delimiter => State::Start,
            (State::Closed, b'\r') => State::Return,
            (State::Closed, _) => {
                let words = "a value goes on behind its closing quote; a quote inside of a value is written twice.";
                self.refuse(format!("Line {}: {words}", self.row_line));
                return false;
            }
            (State::Start | State::Plain, _) => State::Plain,
        };
        self.after_return = byte == b'\r';
        if self.at - self.row_start > MOST_ROW_BYTES {
            self.refuse(format!("Line {}: a row has at most {MOST_ROW_BYTES} bytes.", self.row_line));
            return false;
        }
        true
    }

    fn end_line(&mut self) -> bool {
        let crlf = self.after_return || self.state == State::Return;
        if let Some(expected) = self.form.line_ending.filter(|_| !self.ending_known)
            && crlf != (expected == LineEnding::Crlf)
        {
            let expected = expected.as_str();
            self.refuse(format!("LineEnding is invalid on user data. Current LineEnding setting is {expected}"));
            return false;
        }
        self.ending_known = true;
        self.line += 1;
        self.state = State::Start;
        self.after_return = false;
        self.row_start = self.at + 1;
        self.row_line = self.line;
        true
    }
}

impl<R: Read> Read for Strict<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.bad.is_some() {
            return Ok(0);
        }
        let count = self.inner.read(out)?;
        if count == 0 && !out.is_empty() && self.state == State::Quoted {
            self.refuse(format!("Line {}: a quoted value is not closed.", self.row_line));
        }
        for (index, byte) in out[..count].iter().enumerate() {
            if !self.pass(*byte) {
                return Ok(index);
            }
            self.at += 1;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMAS: CsvForm = CsvForm { delimiter: Delimiter::Comma, line_ending: Some(LineEnding::Lf) };

    /// Every row, and how the file ended.
    fn rows(form: CsvForm, text: &str) -> (Vec<Vec<String>>, Option<String>) {
        let mut reader = CsvRows::over(text.as_bytes(), form, 0, 1);
        let (mut found, mut row) = (Vec::new(), ByteRecord::new());
        loop {
            match reader.next(&mut row).expect("bytes") {
                Next::Row => {
                    found.push(row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect());
                }
                Next::End => return (found, None),
                Next::Malformed(words) => return (found, Some(words)),
            }
        }
    }

    #[test]
    fn rows_are_read_whatever_stands_in_quotes() {
        let (found, bad) = rows(COMMAS, "a,b\n\"x\ny\",\"say \"\"hi\"\"\"\n\n,last");
        assert_eq!(bad, None);
        assert_eq!(found, [vec!["a", "b"], vec!["x\ny", "say \"hi\""], vec!["", "last"]]);
    }

    #[test]
    fn a_row_that_breaks_the_rules_ends_the_file_before_it() {
        for (text, words) in [
            ("a,b\n1,2\n\"x\"y,3\n4,5\n", "Line 3: a value goes on behind its closing quote"),
            ("a,b\n1,2\n\"x,3\n4,5\n", "Line 3: a quoted value is not closed."),
            ("a,b\n1,2\n3,\"x\"\r4\n", "Line 3: a carriage return"),
        ] {
            let (found, bad) = rows(COMMAS, text);
            assert_eq!(found, [vec!["a", "b"], vec!["1", "2"]], "{text:?}");
            assert!(bad.as_deref().is_some_and(|bad| bad.starts_with(words)), "{text:?}: {bad:?}");
        }
    }

    #[test]
    fn another_line_ending_than_was_announced_is_refused() {
        let crlf = CsvForm { line_ending: Some(LineEnding::Crlf), ..COMMAS };
        assert_eq!(rows(crlf, "a,b\r\n1,\"2\"\r\n").0, [vec!["a", "b"], vec!["1", "2"]]);
        for (form, text) in [(COMMAS, "a,b\r\n1,2\r\n"), (crlf, "a,b\n1,2\n"), (COMMAS, "\"a\"\r\n1\r\n")] {
            let (found, bad) = rows(form, text);
            assert!(found.is_empty(), "{text:?}");
            assert!(bad.is_some_and(|bad| bad.starts_with("LineEnding is invalid on user data.")), "{text:?}");
        }
    }

    #[test]
    fn reading_goes_on_at_the_place_and_line_where_it_stopped() {
        for (form, text) in [
            (COMMAS, "h\n\"a\nb\"\nc\n\"d\"x\n"),
            (CsvForm { line_ending: Some(LineEnding::Crlf), ..COMMAS }, "h\r\n\"a\nb\"\r\nc\r\n\"d\"x\r\n"),
        ] {
            let mut row = ByteRecord::new();
            let mut first = CsvRows::over(text.as_bytes(), form, 0, 1);
            for _ in 0..2 {
                assert!(matches!(first.next(&mut row).expect("bytes"), Next::Row));
            }
            let place = first.place();
            let rest = &text.as_bytes()[usize::try_from(place).expect("small")..];
            let mut second = CsvRows::over(rest, form, place, first.line());
            assert!(matches!(second.next(&mut row).expect("bytes"), Next::Row));
            assert_eq!(&row[0], b"c");
            match second.next(&mut row).expect("bytes") {
                Next::Malformed(words) => assert!(words.starts_with("Line 5:"), "{words}"),
                _ => panic!("the last row is malformed"),
            }
        }
    }
}
