//! ROLLUP and CUBE: every row takes part once per grouping set, and a key that a set leaves out is null in it.
//!
//! A mask has one bit per key, set where the key is summed over. The rows are joined with the masks, so that one
//! statement reads them once on either store, and the groups differ by mask: a null key and a subtotal stay apart.

use super::Emitter;
use model::Result;
use soql::plan::{Expr, GroupMode, Select};

/// The keys of a grouping with subtotals, while a statement of groups is written.
#[derive(Default)]
pub(super) struct Subtotals {
    keys: Vec<Expr>,
    mode: Option<GroupMode>,
    /// Whether the clause that is written speaks of groups; in WHERE and inside aggregates a key is the row's own value.
    active: bool,
}

impl Subtotals {
    pub(super) fn of(keys: &[Expr], mode: GroupMode) -> Self {
        match mode {
            GroupMode::Plain => Self::default(),
            GroupMode::Rollup | GroupMode::Cube => Self { keys: keys.to_vec(), mode: Some(mode), active: false },
        }
    }

    pub(super) fn exist(&self) -> bool {
        self.mode.is_some()
    }

    /// The place of the key that an expression shows.
    fn key(&self, expr: &Expr) -> Option<usize> {
        if !self.active {
            return None;
        }
        let labelled = match expr {
            Expr::ToLabel(field) => Some(Expr::Field(field.clone())),
            _ => None,
        };
        self.keys.iter().position(|key| key.is_same(labelled.as_ref().unwrap_or(expr)))
    }

    fn masks(&self) -> Vec<u32> {
        let keys = self.keys.len();
        match self.mode {
            // The last key is summed over first.
            Some(GroupMode::Rollup) => (0..=keys).map(|out| ((1 << out) - 1) << (keys - out)).collect(),
            Some(GroupMode::Cube) => (0..1 << keys).collect(),
            Some(GroupMode::Plain) | None => Vec::new(),
        }
    }
}

impl Emitter<'_> {
    /// Writes what `write` writes as a clause over groups, or over rows, and returns to what was before.
    pub(super) fn over_groups<T>(&mut self, groups: bool, write: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let before = std::mem::replace(&mut self.subtotals.active, groups);
        let written = write(self);
        self.subtotals.active = before;
        written
    }

    /// The masks as one more table of FROM; nothing without subtotals.
    pub(super) fn grouping_sets(&mut self) {
        if !self.subtotals.exist() {
            return;
        }
        let int = if self.is_sqlite() { "" } else { "::bigint" };
        let rows: Vec<_> = self.subtotals.masks().iter().map(|mask| format!("SELECT {mask}{int} AS mask")).collect();
        self.out.push(&format!(" CROSS JOIN ({}) AS hf_set", rows.join(" UNION ALL ")));
    }

    /// `GROUPING(key)`: 1 where the row sums over the key.
    pub(super) fn grouping(&mut self, argument: &Expr) -> Result<()> {
        let at = self.over_groups(true, |emitter| Ok(emitter.subtotals.key(argument)))?;
        self.out.push(&grouping_bit(at.unwrap_or_default()));
        Ok(())
    }

    /// Opens the wrapping of a key that may be summed over; the answer says whether there is one to close.
    pub(super) fn open_key(&mut self, expr: &Expr) -> bool {
        let Some(at) = self.subtotals.key(expr) else { return false };
        self.out.push(&format!("CASE WHEN {} = 0 THEN ", grouping_bit(at)));
        true
    }

    pub(super) fn close_key(&mut self, select: &Select, expr: &Expr) -> Result<()> {
        // An expression has no collation of its own on SQLite; a column has.
        let text = self.is_sqlite() && self.codec(select, expr)?.is_text();
        self.out.push(if text { " END COLLATE HF" } else { " END" });
        Ok(())
    }
}

pub(super) fn grouping_bit(at: usize) -> String {
    format!("((hf_set.mask >> {at}) & 1)")
}
