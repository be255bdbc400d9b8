//! What a workbook could not keep as it was. Every cut text has its line on the `Notes` sheet; numbers and dates that
//! stand as text lose nothing and are counted by column.

use super::xml::address;
use crate::table::Column;

/// Something about one cell that its reader must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// More than fifteen digits: kept as text, every digit of it.
    LongNumber,
    /// Before Excel's calendar: kept as text.
    EarlyDate,
    /// Longer than a cell can be: cut. `from` is the length it had.
    CutText { from: usize },
}

#[derive(Clone, Copy, Debug)]
struct Cut {
    sheet: u32,
    row: u32,
    column: u32,
    from: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    count: u64,
    first: Option<(u32, u32)>,
}

#[derive(Debug)]
pub(super) struct Notes {
    cuts: Vec<Cut>,
    long_numbers: Vec<Tally>,
    early_dates: Vec<Tally>,
}

/// One line of the `Notes` sheet: where, what.
pub(super) type NoteLine = [String; 3];

impl Notes {
    pub(super) fn new(columns: usize) -> Self {
        Self {
            cuts: Vec::new(),
            long_numbers: vec![Tally::default(); columns],
            early_dates: vec![Tally::default(); columns],
        }
    }

    pub(super) fn add(&mut self, sheet: u32, row: u32, column: usize, kept: Kept) {
        let tally = match kept {
            Kept::CutText { from } => {
                return self.cuts.push(Cut {
                    sheet,
                    row,
                    column: u32::try_from(column).unwrap_or(u32::MAX),
                    from: u32::try_from(from).unwrap_or(u32::MAX),
                });
            }
            Kept::LongNumber => &mut self.long_numbers[column],
            Kept::EarlyDate => &mut self.early_dates[column],
        };
        tally.count += 1;
        tally.first.get_or_insert((sheet, row));
    }

    /// The lines in reading order. `sheet` names a sheet by its number.
    pub(super) fn lines(&self, columns: &[Column], sheet: impl Fn(u32) -> String) -> Vec<NoteLine> {
        let mut lines = Vec::new();
        for (tallies, what) in [
            (&self.long_numbers, "kept as text, because Excel holds fifteen digits of a number"),
            (&self.early_dates, "kept as text, because Excel has no true days before 1 March 1900"),
        ] {
            for (at, tally) in tallies.iter().enumerate() {
                if let Some((first_sheet, row)) = tally.first {
                    lines.push([
                        sheet(first_sheet),
                        format!("{} (first)", address(row, at)),
                        format!("{}: {} {what}.", columns[at].label, counted(tally.count)),
                    ]);
                }
            }
        }
        for cut in &self.cuts {
            let column = cut.column as usize;
            lines.push([
                sheet(cut.sheet),
                address(cut.row, column),
                format!(
                    "{}: cut from {} characters to {}, the most a cell holds.",
                    columns[column].label,
                    cut.from,
                    super::MAX_CELL_CHARS
                ),
            ]);
        }
        lines
    }
}

fn counted(count: u64) -> String {
    if count == 1 { "1 value".into() } else { format!("{count} values") }
}
