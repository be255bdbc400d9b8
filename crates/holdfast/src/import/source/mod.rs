//! Sources: files and inline rows, checked as a whole before the first row is used, then read row by row.

mod decode;
mod scan;

use super::mapping::{Mapping, Source};
use decode::{Decoding, Hashing};
use scan::{LineIndex, Scan, ScanFault};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A source that was found whole: it can be read from its first row to its last.
#[derive(Debug)]
pub(super) struct CheckedSource<'a> {
    spec: &'a Source,
    /// What messages call it.
    pub(super) name: String,
    /// SHA-256 of its bytes, hex.
    pub(super) hash: String,
    /// Rows, header not counted.
    pub(super) rows: u64,
    pub(super) columns: Columns,
    content: Content,
}

#[derive(Debug)]
enum Content {
    File { path: PathBuf, lines: LineIndex },
    Inline(Vec<InlineRow>),
}

#[derive(Debug)]
struct InlineRow {
    line: u64,
    cells: Vec<String>,
}

/// The place of each named column.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    by_name: BTreeMap<String, usize>,
    count: usize,
}

/// One row as it stands in the source: trimmed, its blank words blank.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// From 1, header not counted.
    pub(super) number: u64,
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
}

/// One step of reading.
pub(super) enum RowRead {
    Row(Row),
    /// A row with more or fewer values than the header has columns.
    Uneven {
        number: u64,
        line: u64,
        found: usize,
        expected: usize,
    },
}

impl Columns {
    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    pub(super) fn cell<'r>(&self, row: &'r Row, name: &str) -> &'r str {
        self.by_name.get(name).and_then(|at| row.cells.get(*at)).map_or("", String::as_str)
    }

    /// For messages: the columns there are.
    pub(super) fn listed(&self) -> String {
        let mut names: Vec<_> = self.by_name.iter().collect();
        names.sort_by_key(|(_, at)| **at);
        names.into_iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl<'a> CheckedSource<'a> {
    /// Looks at the whole source once.
    ///
    /// # Errors
    /// In plain words, with the line: a file that is missing, empty, not text in its encoding, or broken in its quotes.
    pub(super) fn open(mapping: &'a Mapping, name: &str, spec: &'a Source, dir: &Path) -> Result<Self, String> {
        match &spec.file {
            Some(file) => Self::open_file(spec, file, dir.join(file)),
            None => Ok(Self::inline(mapping, name, spec)),
        }
    }

    fn open_file(spec: &'a Source, name: &str, path: PathBuf) -> Result<Self, String> {
        let file = File::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                format!("{name}: there is no such file in {}; put it there or name another folder", folder_of(&path))
            }
            _ => format!("{name}: cannot be opened: {error}"),
        })?;
        let mut reader = Decoding::new(Hashing::new(file), spec.encoding);
        let mut scan = Scan::new(spec.delimiter.0);
        let mut chunk = vec![0; 64 * 1024];
        loop {
            match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => scan.feed(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    return Err(format!(
                        "{name} line {}: the file is not text in the declared encoding; save it as UTF-8 or declare \
                         another encoding for this source",
                        scan.line()
                    ));
                }
                Err(error) => return Err(format!("{name} line {}: cannot be read: {error}", scan.line())),
            }
        }
        let hash = reader.into_inner().finish();
        let (records, lines) = scan.finish().map_err(|fault| match fault {
            ScanFault::OpenQuote { line } => format!(
                "{name} line {line}: a quoted value that begins here is never closed; close the quote or remove it"
            ),
            ScanFault::TextAfterQuote { line } => format!(
                "{name} line {line}: text stands after a closing quote; a quote inside a quoted value is written twice"
            ),
        })?;
        if records == 0 {
            return Err(format!("{name}: the file is empty; it needs a first line with the names of the columns"));
        }
        let content = Content::File { path, lines };
        let mut source =
            Self { spec, name: name.to_owned(), hash, rows: records - 1, columns: Columns::default(), content };
        source.columns = source.read_header()?;
        Ok(source)
    }

    fn inline(mapping: &Mapping, name: &str, spec: &'a Source) -> Self {
        let names: BTreeSet<&String> = spec.rows.iter().flat_map(|row| row.get_ref().keys()).collect();
        let columns = Columns {
            count: names.len(),
            by_name: names.iter().enumerate().map(|(at, name)| ((*name).clone(), at)).collect(),
        };
        let mut digest = Sha256::new();
        let rows: Vec<_> = spec
            .rows
            .iter()
            .map(|row| {
                let cells = names.iter().map(|name| row.get_ref().get(*name).cloned().unwrap_or_default());
                let cells: Vec<String> = cells.collect();
                digest.update(format!("{cells:?}\n"));
                let line = mapping.problem_at(row.span().start, String::new()).line;
                InlineRow { line: line as u64, cells }
            })
            .collect();
        Self {
            spec,
            name: format!("rows of {name}"),
            hash: super::mapping::hex(&digest.finalize()),
            rows: rows.len() as u64,
            columns,
            content: Content::Inline(rows),
        }
    }

    fn read_header(&self) -> Result<Columns, String> {
        let mut reader = self.csv_reader().map_err(|error| format!("{}: {error}", self.name))?;
        let mut header = csv::StringRecord::new();
        reader.read_record(&mut header).map_err(|error| format!("{}: {error}", self.name))?;
        let mut columns = Columns { by_name: BTreeMap::new(), count: header.len() };
        for (at, name) in header.iter().map(str::trim).enumerate() {
            if !name.is_empty() && columns.by_name.insert(name.to_owned(), at).is_some() {
                return Err(format!("{} line 1: two columns are named {name:?}; rename one", self.name));
            }
        }
        Ok(columns)
    }

    fn csv_reader(&self) -> io::Result<csv::Reader<Box<dyn Read>>> {
        let bytes: Box<dyn Read> = match &self.content {
            Content::File { path, .. } => Box::new(Decoding::new(File::open(path)?, self.spec.encoding)),
            Content::Inline(_) => Box::new(io::empty()),
        };
        // Uneven rows are told one by one, so the reader must let them pass.
        Ok(csv::ReaderBuilder::new()
            .delimiter(self.spec.delimiter.0)
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes))
    }

    /// Starts reading at the first row.
    ///
    /// # Errors
    /// When the file can no longer be opened.
    pub(super) fn rows(&self) -> io::Result<Rows<'_>> {
        let mut reader = self.csv_reader()?;
        if matches!(self.content, Content::File { .. }) {
            reader.read_record(&mut csv::StringRecord::new())?;
        }
        Ok(Rows { source: self, reader, number: 0 })
    }

    fn clean(&self, cell: &str) -> String {
        let text = if self.spec.trim { cell.trim() } else { cell };
        if self.spec.blank_words.iter().any(|word| model::text::eq_fold(word, text)) {
            return String::new();
        }
        text.to_owned()
    }
}

fn folder_of(path: &Path) -> String {
    path.parent().unwrap_or(path).display().to_string()
}

/// Rows in the order of the source.
pub(super) struct Rows<'a> {
    source: &'a CheckedSource<'a>,
    reader: csv::Reader<Box<dyn Read>>,
    number: u64,
}

impl Rows<'_> {
    /// The next row.
    ///
    /// # Errors
    /// When the file cannot be read any further.
    pub(super) fn next(&mut self) -> io::Result<Option<RowRead>> {
        let source = self.source;
        let lines = match &source.content {
            Content::Inline(rows) => {
                let next = usize::try_from(self.number).ok().and_then(|at| rows.get(at));
                self.number += 1;
                return Ok(next.map(|row| {
                    let cells = row.cells.iter().map(|cell| source.clean(cell)).collect();
                    RowRead::Row(Row { number: self.number, line: row.line, cells })
                }));
            }
            Content::File { lines, .. } => lines,
        };
        let mut record = csv::StringRecord::new();
        if !self.reader.read_record(&mut record)? {
            // The journal's marks belong to the file that was looked at; another one must not be mixed in.
            if self.number != source.rows {
                return Err(io::Error::other("the file changed while it was being imported"));
            }
            return Ok(None);
        }
        self.number += 1;
        let (number, line) = (self.number, lines.line(self.number));
        if record.len() != source.columns.count {
            let (found, expected) = (record.len(), source.columns.count);
            return Ok(Some(RowRead::Uneven { number, line, found, expected }));
        }
        let cells = record.iter().map(|cell| source.clean(cell)).collect();
        Ok(Some(RowRead::Row(Row { number, line, cells })))
    }
}
