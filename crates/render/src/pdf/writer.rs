//! The writer of documents: parts go in from the top down, pages come out.

use super::blocks::{Block, Picture};
use super::canvas::{Color, Type};
use super::crypt::Cipher;
use super::file::PdfFile;
use super::pages::{Pages, Paper, SIDE};
use super::rows::Flow;
use super::words::lines;
use super::{MAX_COLUMNS, drawing, image};
use crate::chart::{Chart, Colors, SvgOptions, Theme};
use crate::font::Weight;
use crate::format::Formats;
use crate::protect::Protection;
use crate::table::{Column, RowRole, Table};
use model::{Error, ErrorCode, Instant, Result, Value, Zone};
use pdf_writer::{Name, Str};
use std::io::Write;

/// Missing characters that are named one by one.
const NAMED: usize = 40;

/// What a document says of itself, and for whom it is laid out.
#[derive(Clone, Debug)]
pub struct PdfOptions {
    pub title: String,
    /// The instant the rows were read, and the zone to tell it in: on the first page and at every foot.
    pub as_of: Option<(Instant, Zone)>,
    /// The document's date of creation: a parameter, so that the same input gives the same bytes.
    pub created: Instant,
    pub paper: Paper,
    /// Lying or standing; none takes what suits the first table.
    pub landscape: Option<bool>,
    pub formats: Formats,
    /// A document that opens with a password alone.
    pub protection: Option<Protection>,
}

/// Writes a document to any writer, without seeking.
pub struct PdfWriter<W: Write> {
    options: PdfOptions,
    /// Until the first page is begun.
    out: Option<W>,
    pending: Vec<Block>,
    pages: Option<Pages<W>>,
    /// The table that is open, and whether its widths are set.
    table: Option<(Flow, bool)>,
}

impl<W: Write> PdfWriter<W> {
    pub fn begin(out: W, options: PdfOptions) -> Self {
        Self { options, out: Some(out), pending: Vec::new(), pages: None, table: None }
    }

    /// Adds a part below those before.
    ///
    /// # Errors
    /// A table or picture that cannot be laid out, too many pages, or a writer that fails.
    pub fn block(&mut self, block: Block) -> Result<()> {
        if let Block::Table(table) = block {
            self.table(&table.columns)?;
            table.rows_with_totals().try_for_each(|(role, cells)| self.row(role, cells))?;
            self.end_table()?;
            return table.notes.into_iter().try_for_each(|note| self.block(Block::Note(note)));
        }
        match &mut self.pages {
            Some(pages) => draw(pages, self.options.formats, block),
            // The first table decides how the paper lies, and with it how wide everything is.
            None if self.options.landscape.is_none() => {
                self.pending.push(block);
                Ok(())
            }
            None => {
                let formats = self.options.formats;
                draw(self.start(0.0)?, formats, block)
            }
        }
    }

    /// Opens a table whose rows come one by one.
    ///
    /// # Errors
    /// More columns than a document lays out, or an unknown zone.
    pub fn table(&mut self, columns: &[Column]) -> Result<()> {
        if columns.len() > MAX_COLUMNS {
            return Err(Error::new(
                ErrorCode::QueryTooComplicated,
                format!(
                    "The table has {} columns. A PDF lays out {MAX_COLUMNS}. Remove some columns, or choose XLSX or CSV.",
                    columns.len()
                ),
            ));
        }
        self.table = Some((Flow::new(columns, self.options.formats)?, false));
        Ok(())
    }

    /// Adds a row to the table that is open.
    ///
    /// # Errors
    /// A row of the wrong width, too many pages, or a writer that fails.
    pub fn row(&mut self, role: RowRole, cells: &[Value]) -> Result<()> {
        let Some((mut flow, begun)) = self.table.take() else { return Err(Error::internal("a row without a table")) };
        let mut begun = begun;
        if !begun {
            if flow.see(role, cells)? {
                flow.begin(self.start(flow.natural_width())?)?;
                begun = true;
            }
        } else if let Some(pages) = &mut self.pages {
            flow.row(pages, role, cells)?;
        }
        self.table = Some((flow, begun));
        Ok(())
    }

    /// Closes the table.
    ///
    /// # Errors
    /// As [`PdfWriter::row`].
    pub fn end_table(&mut self) -> Result<()> {
        let Some((mut flow, begun)) = self.table.take() else { return Ok(()) };
        let pages = self.start(flow.natural_width())?;
        if !begun {
            flow.begin(pages)?;
        }
        flow.end(pages)
    }

    /// Closes the document. Gives the writer under it, and what its reader must be told.
    ///
    /// # Errors
    /// A writer that fails, or too many pages.
    pub fn finish(mut self) -> Result<(W, Vec<String>)> {
        self.end_table()?;
        self.start(0.0)?;
        let Some(mut pages) = self.pages.take() else { return Err(Error::internal("a document without pages")) };
        let mut notes = Vec::new();
        // The title stands in the file's own words too, and no font is asked for those.
        let missing = pages.faces.missing();
        if !missing.is_empty() {
            let note = missing_note(&missing);
            draw(&mut pages, self.options.formats, Block::Note(note.clone()))?;
            notes.push(note);
        }
        let (mut file, root) = pages.finish()?;
        let [catalog, information] = std::array::from_fn(|_| file.reserve());
        let language = file.text(self.options.formats.locale.tag)?;
        file.dict(catalog, |dict| {
            dict.pair(Name(b"Type"), Name(b"Catalog")).pair(Name(b"Pages"), root).pair(Name(b"Lang"), Str(&language));
            dict.insert(Name(b"ViewerPreferences")).dict().pair(Name(b"DisplayDocTitle"), true);
        })?;
        let created = self.options.created.to_timestamp().strftime("D:%Y%m%d%H%M%SZ").to_string();
        let (title, producer) = (file.text(&self.options.title)?, file.text("Holdfast")?);
        // Each text is sealed by itself, so that the two dates are made apart though they say the same.
        let (created, changed) = (file.text(&created)?, file.text(&created)?);
        file.dict(information, |dict| {
            dict.pair(Name(b"Title"), Str(&title)).pair(Name(b"Producer"), Str(&producer));
            dict.pair(Name(b"CreationDate"), Str(&created)).pair(Name(b"ModDate"), Str(&changed));
        })?;
        Ok((file.finish(catalog, information)?, notes))
    }

    /// The pages, begun with the document's title and what waited for them.
    fn start(&mut self, natural_width: f64) -> Result<&mut Pages<W>> {
        if self.pages.is_none() {
            let out = self.out.take().ok_or_else(|| Error::internal("a document that was begun twice"))?;
            let (upright, _) = self.options.paper.size(false);
            let landscape = self.options.landscape.unwrap_or(natural_width > upright - 2.0 * SIDE);
            let as_of = self.as_of();
            let foot = match &as_of {
                Some(as_of) => format!("{} · {as_of}", self.options.title),
                None => self.options.title.clone(),
            };
            let cipher = self.options.protection.as_ref().map(Cipher::new).transpose()?;
            let mut pages = Pages::begin(PdfFile::begin(out, cipher)?, self.options.paper.size(landscape), foot);
            let title = Block::Heading { level: 1, text: self.options.title.clone() };
            let under = as_of.map(|as_of| Block::Note(format!("Data as of {as_of}")));
            for block in [title].into_iter().chain(under).chain(std::mem::take(&mut self.pending)) {
                draw(&mut pages, self.options.formats, block)?;
            }
            self.pages = Some(pages);
        }
        self.pages.as_mut().ok_or_else(|| Error::internal("a document without pages"))
    }

    fn as_of(&self) -> Option<String> {
        let (instant, zone) = self.options.as_of.as_ref()?;
        let shown = self.options.formats.date_time(*instant, zone);
        Some(format!("{shown} ({})", zone.iana_name().unwrap_or("UTC")))
    }
}

fn missing_note(missing: &str) -> String {
    let count = missing.chars().count();
    let named: Vec<String> = missing.chars().take(NAMED).map(|c| format!("U+{:04X}", u32::from(c))).collect();
    let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
    format!(
        "Shown as \"?\", because the font of the document lacks them: {}{more}. Copied text has the true characters.",
        named.join(", ")
    )
}

fn draw<W: Write>(pages: &mut Pages<W>, formats: Formats, block: Block) -> Result<()> {
    match block {
        Block::Heading { level, text } => {
            let size = [17.0, 13.0, 11.0][usize::from(level.clamp(1, 3) - 1)];
            let look = Type::new(size, Weight::Bold, Color::INK);
            // A heading stays with what it is above.
            pages.need(size * 1.3 + 40.0)?;
            words(pages, &text, look, size * 1.3, 0.0)?;
            pages.y += 4.0;
        }
        Block::Paragraph(text) => {
            words(pages, &text, Type::new(9.5, Weight::Regular, Color::INK), 13.0, 0.0)?;
            pages.y += 6.0;
        }
        Block::Note(text) => {
            words(pages, &text, Type::new(8.5, Weight::Regular, Color::MUTED), 11.5, 0.0)?;
            pages.y += 3.0;
        }
        Block::Facts(facts) => {
            let name = Type::new(8.5, Weight::Bold, Color::INK);
            let widest = facts.iter().map(|(label, _)| name.width(label)).fold(0.0, f64::max);
            let beside = (widest + 14.0).min(pages.width() * 0.4);
            for (label, value) in facts {
                let labels = lines(&label, beside - 8.0, name.size, name.weight);
                pages.need(labels.len() as f64 * 12.0)?;
                let top = pages.y;
                for (at, line) in labels.iter().enumerate() {
                    let base = top + 9.0 + at as f64 * 12.0;
                    pages.draw(|canvas, faces, _| canvas.text(faces, (SIDE, base), line, name, 0.0));
                }
                words(pages, &value, Type::new(8.5, Weight::Regular, Color::INK), 12.0, beside)?;
                // A long value may have gone over the page; then its label stands on the one before.
                pages.y = if pages.y < top { pages.y } else { pages.y.max(top + labels.len() as f64 * 12.0) };
            }
            pages.y += 6.0;
        }
        Block::Picture(picture) => place(pages, &picture)?,
        Block::Chart(chart) => chart_on(pages, formats, &chart)?,
        Block::Table(_) => return Err(Error::internal("a table is laid out row by row")),
    }
    Ok(())
}

/// Lines of text over the page's width, less what stands beside them.
fn words<W: Write>(pages: &mut Pages<W>, text: &str, look: Type, leading: f64, beside: f64) -> Result<()> {
    for line in lines(text, pages.width() - beside, look.size, look.weight) {
        pages.need(leading)?;
        let base = pages.y + leading * 0.76;
        pages.draw(|canvas, faces, _| canvas.text(faces, (SIDE + beside, base), &line, look, 0.0));
        pages.y += leading;
    }
    Ok(())
}

/// A chart is laid out in units of the screen, of which four are three points.
const CHART_WIDTH: f64 = 700.0;

fn chart_on<W: Write>(pages: &mut Pages<W>, formats: Formats, chart: &Chart) -> Result<()> {
    let drawn = SvgOptions {
        width: CHART_WIDTH,
        formats: Formats { money: crate::format::MoneyStyle::Symbol, ..formats },
        colors: Colors::Fixed(Theme::Light),
        margin: Some(4.0),
        ..SvgOptions::default()
    };
    let scene = chart.to_scene(&drawn);
    let fit = |room: f64| (pages.width().min(540.0) / scene.width).min(room / scene.height);
    // On the first page below the title a chart may be made a little smaller before it goes over.
    let mut scale = fit(pages.whole());
    if scene.height * scale > pages.room() {
        let smaller = fit(pages.room());
        if smaller >= scale * 0.7 {
            scale = smaller;
        }
    }
    let height = scene.height * scale;
    pages.need(height)?;
    let at = (SIDE, pages.y);
    pages.draw(|canvas, faces, opacities| {
        canvas.placed(at, scale, |canvas| drawing::draw(canvas, faces, opacities, &scene));
    });
    pages.y += height + 10.0;
    Ok(())
}

fn place<W: Write>(pages: &mut Pages<W>, picture: &Picture) -> Result<()> {
    let placed = image::place(pages, &picture.file)?;
    let ratio = f64::from(placed.size.1) / f64::from(placed.size.0.max(1));
    let width = picture.width.min(pages.width()).min(pages.whole() / ratio.max(0.01));
    let height = width * ratio;
    pages.need(height)?;
    // A picture's own zero line is its lower edge.
    let at = (SIDE, pages.y + height);
    pages.draw(|canvas, _, _| canvas.object(&placed.name, at, (width, height)));
    pages.y += height + 8.0;
    Ok(())
}

/// A whole table as one document, with a chart above it.
///
/// # Errors
/// As the writer's.
pub fn pdf_bytes(table: &Table, chart: Option<&Chart>, options: PdfOptions) -> Result<(Vec<u8>, Vec<String>)> {
    let mut writer = PdfWriter::begin(Vec::new(), options);
    chart.cloned().map(Block::Chart).into_iter().try_for_each(|chart| writer.block(chart))?;
    writer.block(Block::Table(table.clone()))?;
    writer.finish()
}
