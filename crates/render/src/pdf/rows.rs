//! Rows of a table on pages: the heading comes again on each page, a row stays whole unless a page cannot hold it, and
//! bands of columns that do not fit beside each other follow on pages of their own.

use super::canvas::{Color, Type};
use super::face;
use super::pages::{Pages, SIDE};
use super::plan::{self, Band, PAD, SIZE};
use super::words::lines;
use crate::font::Weight;
use crate::format::Formats;
use crate::table::{Column, ColumnKind, Row, RowRole, check_width};
use model::{Result, Value, Zone};
use std::io::Write;

/// Rows that are looked at before the widths are set.
const SAMPLE: usize = 200;
const LEADING: f64 = 10.6;
/// Room above and below the words of a row.
const RISE: f64 = 2.4;
/// From the top of a line to its baseline.
const BASE: f64 = 8.2;
const INDENT: f64 = 8.0;
/// A number is drawn smaller rather than cut, down to this size; then it wraps.
const LEAST_SIZE: f64 = 5.0;
const BAND_LINE: f64 = 12.0;

struct Cell {
    lines: Vec<String>,
    size: f64,
    right: bool,
}

struct LaidRow {
    role: RowRole,
    cells: Vec<Cell>,
    height: f64,
}

/// A table on its way to the pages.
pub(super) struct Flow {
    columns: Vec<Column>,
    zones: Vec<Zone>,
    formats: Formats,
    sample: Vec<Row>,
    bands: Vec<Band>,
    widths: Vec<f64>,
    headings: Vec<Cell>,
    head: f64,
    /// Rows of the page that is being filled, and the height they may take.
    held: Vec<LaidRow>,
    used: f64,
    room: f64,
    rows: u64,
    /// Whether pages were filled before: what follows begins a new one.
    continued: bool,
}

const fn weight(role: RowRole) -> Weight {
    if role.is_summary() { Weight::Bold } else { Weight::Regular }
}

fn height(cells: &[Cell]) -> f64 {
    cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(1) as f64 * LEADING + 2.0 * RISE
}

impl Flow {
    /// # Errors
    /// An unknown zone.
    pub(super) fn new(columns: &[Column], formats: Formats) -> Result<Self> {
        let zones =
            columns.iter().map(|column| Ok(column.kind.zone()?.unwrap_or(Zone::UTC))).collect::<Result<Vec<_>>>()?;
        Ok(Self {
            columns: columns.to_vec(),
            zones,
            formats,
            sample: Vec::with_capacity(SAMPLE),
            bands: Vec::new(),
            widths: Vec::new(),
            headings: Vec::new(),
            head: 0.0,
            held: Vec::new(),
            used: 0.0,
            room: 0.0,
            rows: 0,
            continued: false,
        })
    }

    /// Takes a row to look at; true when enough were seen to set the widths.
    ///
    /// # Errors
    /// A row of the wrong width.
    pub(super) fn see(&mut self, role: RowRole, cells: &[Value]) -> Result<bool> {
        check_width(self.columns.len(), cells.len(), self.rows)?;
        self.rows += 1;
        self.sample.push(Row { role, cells: cells.to_vec() });
        Ok(self.sample.len() >= SAMPLE)
    }

    /// The width that the table would take on paper without an end.
    pub(super) fn natural_width(&self) -> f64 {
        plan::natural_width(&self.columns, &self.seen())
    }

    fn shown(&self, at: usize, value: &Value) -> String {
        self.formats.value(value, &self.columns[at].kind, Some(&self.zones[at]))
    }

    /// The widest value of each column so far.
    fn seen(&self) -> Vec<f64> {
        let mut seen = vec![0.0f64; self.columns.len()];
        for row in self.sample.iter().filter(|row| !matches!(row.role, RowRole::GroupHeading { .. })) {
            for (at, value) in row.cells.iter().enumerate().filter(|(_, value)| !value.is_null()) {
                let widest = self
                    .shown(at, value)
                    .lines()
                    .map(|line| face::width(line, SIZE, weight(row.role)))
                    .fold(0.0, f64::max);
                seen[at] = seen[at].max(widest);
            }
        }
        seen
    }

    /// Sets the widths and puts the rows seen so far onto pages.
    pub(super) fn begin<W: Write>(&mut self, pages: &mut Pages<W>) -> Result<()> {
        self.bands = plan::bands(&self.columns, &self.seen(), pages.width());
        self.widths = vec![0.0; self.columns.len()];
        for (at, width) in self.bands.iter().flat_map(|band| &band.columns) {
            self.widths[*at] = *width;
        }
        let heading = |(column, width): (&Column, &f64)| Cell {
            lines: lines(&column.heading(), width - 2.0 * PAD, SIZE, Weight::Bold),
            size: SIZE,
            right: column.kind.is_numeric(),
        };
        self.headings = self.columns.iter().zip(&self.widths).map(heading).collect();
        self.head = height(&self.headings) + if self.bands.len() > 1 { BAND_LINE } else { 0.0 };
        // A heading alone at the end of a page names nothing.
        pages.need(self.head + 3.0 * (LEADING + 2.0 * RISE))?;
        self.room = pages.room() - self.head;
        for row in std::mem::take(&mut self.sample) {
            self.place(pages, row.role, &row.cells)?;
        }
        Ok(())
    }

    /// # Errors
    /// A row of the wrong width; what turning a page may say.
    pub(super) fn row<W: Write>(&mut self, pages: &mut Pages<W>, role: RowRole, cells: &[Value]) -> Result<()> {
        check_width(self.columns.len(), cells.len(), self.rows)?;
        self.rows += 1;
        self.place(pages, role, cells)
    }

    fn lay(&self, role: RowRole, cells: &[Value]) -> LaidRow {
        let weight = weight(role);
        let lay = |(at, value): (usize, &Value)| {
            let text = if value.is_null() { String::new() } else { self.shown(at, value) };
            let typed = self.columns[at].kind.is_numeric() || matches!(value, Value::Int(_) | Value::Number(_));
            let right = typed && !matches!(value, Value::Text(_));
            let mut room = self.widths[at] - 2.0 * PAD;
            if let (RowRole::GroupHeading { level }, 0) = (role, at) {
                let narrowest = self.bands.iter().map(Band::width).fold(f64::INFINITY, f64::min);
                room = (narrowest - 2.0 * PAD - f64::from(level) * INDENT).max(room);
            }
            let wraps = matches!(value, Value::Text(_)) || matches!(self.columns[at].kind, ColumnKind::Text);
            let wide = face::width(&text, SIZE, weight);
            let size = if wraps || wide <= room { SIZE } else { (SIZE * room / wide * 0.999).max(LEAST_SIZE) };
            Cell { lines: lines(&text, room, size, weight), size, right }
        };
        let cells: Vec<Cell> = cells.iter().enumerate().map(lay).collect();
        LaidRow { role, height: height(&cells), cells }
    }

    fn place<W: Write>(&mut self, pages: &mut Pages<W>, role: RowRole, cells: &[Value]) -> Result<()> {
        let row = self.lay(role, cells);
        let whole = pages.whole() - self.head;
        if row.height <= whole {
            return self.hold(pages, row);
        }
        // Taller than a page: it goes on over as many as it takes.
        let most = (((whole - 2.0 * RISE) / LEADING).floor() as usize).max(1);
        let parts = row.cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(1).div_ceil(most);
        for part in 0..parts {
            let piece = |cell: &Cell| Cell {
                lines: cell.lines.iter().skip(part * most).take(most).cloned().collect(),
                size: cell.size,
                right: cell.right,
            };
            let cells: Vec<Cell> = row.cells.iter().map(piece).collect();
            self.hold(pages, LaidRow { role, height: height(&cells), cells })?;
        }
        Ok(())
    }

    fn hold<W: Write>(&mut self, pages: &mut Pages<W>, row: LaidRow) -> Result<()> {
        if self.used + row.height > self.room {
            // The heading of a group goes over the page together with its first row.
            let kept = self.held.iter().rposition(|held| !matches!(held.role, RowRole::GroupHeading { .. }));
            let carried = kept.map(|last| self.held.split_off(last + 1)).unwrap_or_default();
            if !self.held.is_empty() {
                self.flush(pages)?;
            }
            if self.continued || !pages.at_top() {
                pages.turn()?;
            }
            self.room = pages.room() - self.head;
            self.used = carried.iter().map(|row| row.height).sum();
            self.held = carried;
        }
        self.used += row.height;
        self.held.push(row);
        Ok(())
    }

    /// Draws the rows of a page, band after band.
    fn flush<W: Write>(&mut self, pages: &mut Pages<W>) -> Result<()> {
        let rows = std::mem::take(&mut self.held);
        let top = pages.y;
        for (at, band) in self.bands.iter().enumerate() {
            if at > 0 {
                pages.turn()?;
            }
            self.draw(pages, at, band, &rows);
        }
        if self.bands.len() == 1 {
            pages.y = top + self.head + self.used;
        }
        self.used = 0.0;
        self.continued = true;
        Ok(())
    }

    fn draw<W: Write>(&self, pages: &mut Pages<W>, at: usize, band: &Band, rows: &[LaidRow]) {
        let mut y = pages.y;
        let count = self.bands.len();
        pages.draw(|canvas, faces, _| {
            let wide = band.width();
            if count > 1 {
                let words = format!("Part {} of {count} of the columns", at + 1);
                canvas.text(faces, (SIDE, y + 7.0), &words, Type::new(6.5, Weight::Regular, Color::MUTED), 0.0);
                y += BAND_LINE;
            }
            let head = height(&self.headings);
            canvas.block((SIDE, y), (wide, head), Color::HEADING);
            self.cells(canvas, faces, band, &self.headings, y, head, Weight::Bold, 0.0);
            y += head;
            canvas.line((SIDE, y), (SIDE + wide, y), 0.7, Color::MUTED);
            for row in rows {
                match row.role {
                    RowRole::Detail => {}
                    RowRole::GroupHeading { .. } | RowRole::Subtotal { .. } => {
                        canvas.block((SIDE, y), (wide, row.height), Color::SUM);
                    }
                    RowRole::Total => canvas.line((SIDE, y), (SIDE + wide, y), 0.8, Color::INK),
                }
                let indent = match row.role {
                    RowRole::GroupHeading { level } => f64::from(level) * INDENT,
                    _ => 0.0,
                };
                self.cells(canvas, faces, band, &row.cells, y, 0.0, weight(row.role), indent);
                y += row.height;
                canvas.line((SIDE, y), (SIDE + wide, y), 0.35, Color::RULE);
            }
        });
        pages.y = y;
    }

    /// `height` above zero stands cells on its ground; else they hang from the top.
    fn cells(
        &self,
        canvas: &mut super::canvas::Canvas,
        faces: &mut face::Faces,
        band: &Band,
        cells: &[Cell],
        y: f64,
        height: f64,
        weight: Weight,
        indent: f64,
    ) {
        let mut x = SIDE;
        for (column, width) in &band.columns {
            let cell = &cells[*column];
            let look = Type::new(cell.size, weight, Color::INK);
            let stand = if height > 0.0 { height - 2.0 * RISE - cell.lines.len() as f64 * LEADING } else { 0.0 };
            let mut base = y + RISE + BASE + stand;
            for line in &cell.lines {
                let at = if cell.right { x + width - PAD - look.width(line) } else { x + PAD + indent };
                canvas.text(faces, (at, base), line, look, 0.0);
                base += LEADING;
            }
            x += width;
        }
    }

    /// Puts what is held onto the page.
    ///
    /// # Errors
    /// What turning a page may say.
    pub(super) fn end<W: Write>(&mut self, pages: &mut Pages<W>) -> Result<()> {
        // A table without rows still shows what its columns are.
        if !self.held.is_empty() || self.rows == 0 {
            self.flush(pages)?;
        }
        pages.y += 14.0;
        Ok(())
    }
}
