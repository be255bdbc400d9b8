//! How wide the columns of a table are, and into which bands those go that do not fit beside each other.

use super::face;
use super::words::longest_word;
use crate::font::Weight;
use crate::table::{Column, ColumnKind};

/// Room beside the words of a cell, on either side.
pub(super) const PAD: f64 = 4.0;
/// The size of a table's words.
pub(super) const SIZE: f64 = 8.0;
/// Text wider than this wraps, even where there is room for it.
const WIDE_TEXT: f64 = 200.0;
/// Text is not squeezed below this.
const NARROW_TEXT: f64 = 64.0;
/// No column is wider than this share of the page when there are several bands.
const KEY_SHARE: f64 = 0.3;
/// A table grows to at most this times its natural width: numbers far from their names are hard to follow.
const STRETCH: f64 = 1.5;

/// Columns beside each other, with their widths.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Band {
    pub(super) columns: Vec<(usize, f64)>,
}

impl Band {
    pub(super) fn width(&self) -> f64 {
        self.columns.iter().map(|(_, width)| width).sum()
    }
}

/// The natural and the least width of a column.
#[derive(Clone, Copy, Debug)]
struct Measure {
    natural: f64,
    least: f64,
}

/// The natural width of the whole table: what it would take on paper without an end.
pub(super) fn natural_width(columns: &[Column], seen: &[f64]) -> f64 {
    measures(columns, seen).iter().map(|measure| measure.natural).sum()
}

fn measures(columns: &[Column], seen: &[f64]) -> Vec<Measure> {
    let measure = |(column, seen): (&Column, &f64)| {
        let heading = column.heading();
        let whole = face::width(&heading, SIZE, Weight::Bold);
        let word = longest_word(&heading, SIZE, Weight::Bold);
        // A heading may take two lines before it widens a column of short values.
        let headed = word.max(whole.min(whole / 2.0 + word / 2.0));
        let wraps = matches!(column.kind, ColumnKind::Text);
        let content = if wraps { seen.min(WIDE_TEXT) } else { *seen };
        let natural = headed.max(content) + 2.0 * PAD + 1.0;
        let least = if wraps { natural.min(NARROW_TEXT.max(word + 2.0 * PAD)) } else { natural };
        Measure { natural, least }
    };
    columns.iter().zip(seen).map(measure).collect()
}

/// The bands of a table on a page of some width. The first column stands in every band: it names the row. `seen` says how
/// wide the widest value of each column is.
pub(super) fn bands(columns: &[Column], seen: &[f64], room: f64) -> Vec<Band> {
    let measures = measures(columns, seen);
    let natural: f64 = measures.iter().map(|measure| measure.natural).sum();
    let least: f64 = measures.iter().map(|measure| measure.least).sum();
    if natural <= room {
        let factor = (room / natural.max(1.0)).min(STRETCH);
        return vec![Band { columns: measures.iter().map(|m| m.natural * factor).enumerate().collect() }];
    }
    if least <= room {
        let share = (room - least) / (natural - least);
        let width = |m: &Measure| m.least + (m.natural - m.least) * share;
        return vec![Band { columns: measures.iter().map(width).enumerate().collect() }];
    }
    let Some(key) = measures.first() else { return Vec::new() };
    let key_width = key.natural.min(room * KEY_SHARE);
    let rest = room - key_width;
    let mut bands = Vec::new();
    let mut open: Vec<(usize, f64)> = Vec::new();
    let mut used = 0.0;
    for (at, measure) in measures.iter().enumerate().skip(1) {
        let width = measure.natural.min(WIDE_TEXT.max(measure.least)).min(rest);
        if used + width > rest && !open.is_empty() {
            bands.push(std::mem::take(&mut open));
            used = 0.0;
        }
        open.push((at, width));
        used += width;
    }
    if !open.is_empty() || bands.is_empty() {
        bands.push(open);
    }
    let banded = |columns: Vec<(usize, f64)>| Band { columns: [(0, key_width)].into_iter().chain(columns).collect() };
    bands.into_iter().map(banded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_stands_in_one_band_and_the_first_in_all() {
        let columns: Vec<Column> = (0..40).map(|at| Column::text(format!("Column {at}"))).collect();
        let seen = vec![150.0; 40];
        let bands = bands(&columns, &seen, 780.0);
        assert!(bands.len() > 3, "{}", bands.len());
        assert!(bands.iter().all(|band| band.width() <= 780.5 && band.columns[0].0 == 0 && band.columns.len() > 1));
        let rest: Vec<usize> = bands.iter().flat_map(|band| band.columns[1..].iter().map(|(at, _)| *at)).collect();
        assert_eq!(rest, (1..40).collect::<Vec<_>>());
    }

    #[test]
    fn text_gives_way_before_the_table_is_cut_into_bands() {
        let columns = [Column::text("Name"), Column::text("Notes"), Column::currency("Amount", "EUR")];
        let seen = [180.0, 190.0, 90.0];
        let squeezed = bands(&columns, &seen, 380.0);
        assert_eq!(squeezed.len(), 1);
        assert!((squeezed[0].width() - 380.0).abs() < 0.5, "{squeezed:?}");
        assert!(squeezed[0].columns[2].1 >= 90.0 + 2.0 * PAD, "numbers keep their width: {squeezed:?}");
    }
}
