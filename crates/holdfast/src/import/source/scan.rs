//! One look at the whole of a CSV file before any row is used: quotes, records, and the line each record begins on.

/// A fault that makes the rest of a file untrustworthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScanFault {
    /// The quote on this line is never closed.
    OpenQuote { line: u64 },
    /// Text stands after the quote that closes a value on this line.
    TextAfterQuote { line: u64 },
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    RecordStart,
    FieldStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}

/// Reads the shape of a file byte by byte, as RFC 4180 has it.
pub(super) struct Scan {
    delimiter: u8,
    state: State,
    line: u64,
    last_was_return: bool,
    quote_line: u64,
    records: u64,
    last_start: u64,
    lines: LineIndex,
    fault: Option<ScanFault>,
}

impl Scan {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            state: State::RecordStart,
            line: 1,
            last_was_return: false,
            quote_line: 0,
            records: 0,
            last_start: 0,
            lines: LineIndex::default(),
            fault: None,
        }
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.step(*byte);
        }
    }

    /// The line that the next byte stands on.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The number of records, header included, and the lines they begin on.
    pub(super) fn finish(self) -> Result<(u64, LineIndex), ScanFault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if self.state == State::Quoted {
            return Err(ScanFault::OpenQuote { line: self.quote_line });
        }
        Ok((self.records, self.lines))
    }

    fn step(&mut self, byte: u8) {
        let line_end = matches!(byte, b'\n' | b'\r');
        if self.state == State::RecordStart && !line_end {
            if self.line != self.last_start + 1 {
                self.lines.jumps.push((self.records, self.line));
            }
            self.last_start = self.line;
            self.records += 1;
            self.state = State::FieldStart;
        }
        self.state = match (self.state, byte) {
            (State::Quoted, b'"') => State::QuoteInQuoted,
            (State::Quoted, _) => State::Quoted,
            (State::QuoteInQuoted, b'"') => State::Quoted,
            (_, b'\n' | b'\r') => State::RecordStart,
            (_, byte) if byte == self.delimiter => State::FieldStart,
            (State::FieldStart, b'"') => {
                self.quote_line = self.line;
                State::Quoted
            }
            (State::QuoteInQuoted, _) => {
                self.fault.get_or_insert(ScanFault::TextAfterQuote { line: self.line });
                State::Plain
            }
            _ => State::Plain,
        };
        // A carriage return ends a line by itself, but with a line feed after it only once.
        if byte == b'\r' || (byte == b'\n' && !self.last_was_return) {
            self.line += 1;
        }
        self.last_was_return = byte == b'\r';
    }
}

/// The line on which each record begins, kept only where it is not the line after the record before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LineIndex {
    jumps: Vec<(u64, u64)>,
}

impl LineIndex {
    /// The first line of a record; the header is record 0.
    pub(super) fn line(&self, record: u64) -> u64 {
        let after = self.jumps.partition_point(|(from, _)| *from <= record);
        let (from, line) = if after == 0 { (0, 1) } else { self.jumps[after - 1] };
        line + (record - from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> Result<(u64, LineIndex), ScanFault> {
        let mut scan = Scan::new(b',');
        scan.feed(text.as_bytes());
        scan.finish()
    }

    #[test]
    fn records_know_the_line_they_begin_on() {
        for text in ["h\na\n\n\"b\nb\"\nc\n", "h\r\na\r\n\r\n\"b\r\nb\"\r\nc", "h\ra\r\r\"b\rb\"\rc\r"] {
            let (records, lines) = scan(text).expect("sound");
            assert_eq!(records, 4, "{text:?}");
            assert_eq!((0..4).map(|record| lines.line(record)).collect::<Vec<_>>(), [1, 2, 4, 6], "{text:?}");
        }
    }

    #[test]
    fn quotes_must_close_and_nothing_follows_them() {
        assert_eq!(scan("h\n\"a\nb\n"), Err(ScanFault::OpenQuote { line: 2 }));
        assert_eq!(scan("h\nx\n\"12\" screen\",1\n"), Err(ScanFault::TextAfterQuote { line: 3 }));
        assert!(scan("h\n\"say \"\"hi\"\"\",12\" screen\n").is_ok());
    }

    #[test]
    fn an_empty_file_has_no_record() {
        assert_eq!(scan("").map(|(records, _)| records), Ok(0));
        assert_eq!(scan("\n\n").map(|(records, _)| records), Ok(0));
    }

    #[test]
    fn records_are_counted_as_the_csv_reader_counts_them() {
        const ALPHABET: [char; 5] = ['a', ',', '"', '\n', '\r'];
        let mut texts = vec![String::new()];
        for _ in 0..6 {
            texts = texts.iter().flat_map(|text| ALPHABET.map(|c| format!("{text}{c}"))).collect();
            for text in &texts {
                if let Ok((records, _)) = scan(text) {
                    let mut reader =
                        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
                    assert_eq!(reader.byte_records().count() as u64, records, "{text:?}");
                }
            }
        }
    }
}
