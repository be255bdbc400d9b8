//! Reading a table row by row, and the one encoding of a row: what is hashed, compared and backed up.

use super::shape::{Kind, Table};
use crate::driver::{Connection, Dialect, Param, RowView};
use model::{Error, Result};
use sha2::{Digest, Sha256};

/// How many rows a table has, and the hash of all of them in the order of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableDigest {
    pub(crate) rows: u64,
    pub(crate) sha256: [u8; 32],
}

/// Hands every row of the table to `each`, in the order of its key: cells in the order of the columns.
pub(crate) fn each_row(
    connection: &mut dyn Connection,
    table: &Table,
    each: &mut dyn FnMut(&[Param]) -> Result<()>,
) -> Result<()> {
    // The order of bytes, which is the same everywhere.
    let bytewise = match connection.dialect() {
        Dialect::Sqlite => " COLLATE BINARY",
        Dialect::Postgres => " COLLATE \"C\"",
    };
    let columns: Vec<_> = table.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let kind_of = |name: &String| table.columns.iter().find(|(known, _)| known == name).map(|(_, kind)| *kind);
    let key: Vec<_> = table
        .key
        .iter()
        .map(|name| format!("\"{name}\"{}", if kind_of(name) == Some(Kind::Text) { bytewise } else { "" }))
        .collect();
    let sql = format!("SELECT {} FROM \"{}\" ORDER BY {}", columns.join(", "), table.name, key.join(", "));
    let mut cells = Vec::with_capacity(table.columns.len());
    connection.query(&sql, &[], &mut |row| {
        cells.clear();
        for (at, (_, kind)) in table.columns.iter().enumerate() {
            cells.push(cell(row, at, *kind)?);
        }
        each(&cells)
    })
}

fn cell(row: &dyn RowView, at: usize, kind: Kind) -> Result<Param> {
    Ok(match kind {
        Kind::Int => row.int(at)?.into(),
        Kind::Text => row.text(at)?.into(),
        Kind::Blob => row.blob(at)?.map(<[u8]>::to_vec).into(),
    })
}

/// Appends a row: a mark for each cell (0 null, 1 number, 2 text, 3 bytes), then eight bytes, or a length and as many.
pub(crate) fn encode_row(cells: &[Param], out: &mut Vec<u8>) -> Result<()> {
    for cell in cells {
        match cell {
            Param::Null => out.push(0),
            Param::Int(number) => {
                out.push(1);
                out.extend(number.to_be_bytes());
            }
            Param::Text(text) => long(out, 2, text.as_bytes()),
            Param::Blob(bytes) => long(out, 3, bytes),
            Param::Ints(_) | Param::Texts(_) => return Err(Error::internal("a list in a row")),
        }
    }
    Ok(())
}

fn long(out: &mut Vec<u8>, mark: u8, bytes: &[u8]) {
    out.push(mark);
    out.extend((bytes.len() as u64).to_be_bytes());
    out.extend(bytes);
}

/// Reads a row of so many cells off the front of `bytes`; nothing when they are no such row.
pub(crate) fn decode_row(bytes: &mut &[u8], columns: usize) -> Option<Vec<Param>> {
    let mut cells = Vec::with_capacity(columns);
    for _ in 0..columns {
        let (mark, rest) = bytes.split_first()?;
        *bytes = rest;
        cells.push(match mark {
            0 => Param::Null,
            1 => Param::Int(i64::from_be_bytes(take(bytes, 8)?.try_into().ok()?)),
            2 | 3 => {
                let length = u64::from_be_bytes(take(bytes, 8)?.try_into().ok()?);
                let content = take(bytes, usize::try_from(length).ok()?)?.to_vec();
                if *mark == 2 { Param::Text(String::from_utf8(content).ok()?) } else { Param::Blob(content) }
            }
            _ => return None,
        });
    }
    Some(cells)
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (front, rest) = bytes.split_at_checked(count)?;
    *bytes = rest;
    Some(front)
}

/// A digest under way.
#[derive(Default)]
pub(crate) struct Digesting {
    rows: u64,
    hasher: Sha256,
    buffer: Vec<u8>,
}

impl Digesting {
    pub(crate) fn add(&mut self, cells: &[Param]) -> Result<()> {
        self.buffer.clear();
        encode_row(cells, &mut self.buffer)?;
        self.hasher.update(&self.buffer);
        self.rows += 1;
        Ok(())
    }

    pub(crate) fn finish(self) -> TableDigest {
        TableDigest { rows: self.rows, sha256: self.hasher.finalize().into() }
    }
}

/// The digest of each of these tables as the connection sees them now.
pub(crate) fn digest_tables(connection: &mut dyn Connection, tables: &[Table]) -> Result<Vec<TableDigest>> {
    tables
        .iter()
        .map(|table| {
            let mut digest = Digesting::default();
            each_row(connection, table, &mut |cells| digest.add(cells))?;
            Ok(digest.finish())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_back_from_its_encoding_and_no_part_of_it_does() {
        let cells = vec![
            Param::Null,
            Param::Int(i64::MIN),
            Param::Text("Zoë\u{0}\n".to_owned()),
            Param::Blob(vec![0, 255, 2]),
            Param::Text(String::new()),
        ];
        let mut bytes = Vec::new();
        encode_row(&cells, &mut bytes).expect("plain cells");
        let mut rest = bytes.as_slice();
        assert_eq!(decode_row(&mut rest, cells.len()), Some(cells.clone()));
        assert!(rest.is_empty());
        for cut in 0..bytes.len() {
            assert_eq!(decode_row(&mut &bytes[..cut], cells.len()), None, "cut at {cut}");
        }
    }
}
