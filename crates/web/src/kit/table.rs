//! Tables: sortable, selectable, keyboard-walkable, and cards on a phone.

use super::{Button, Cell, Empty, Icon, visually_hidden};
use maud::{Markup, Render, html};

/// The direction a column is sorted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Column {
    label: String,
    unit: Option<String>,
    numeric: bool,
    label_hidden: bool,
    wide_only: bool,
    sort: Option<(String, Option<Order>)>,
}

impl Column {
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), unit: None, numeric: false, label_hidden: false, wide_only: false, sort: None }
    }

    /// Aligned at the end, with digits of equal width.
    pub fn number(label: impl Into<String>) -> Self {
        let mut column = Self::text(label);
        column.numeric = true;
        column
    }

    /// The unit or currency of every value, shown once.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// Makes the heading a link to the list sorted by this column; `order` is how it is sorted now.
    #[must_use]
    pub fn sort(mut self, href: impl Into<String>, order: Option<Order>) -> Self {
        self.sort = Some((href.into(), order));
        self
    }

    /// Keeps the heading for assistive technology only: columns of actions.
    #[must_use]
    pub fn label_hidden(mut self) -> Self {
        self.label_hidden = true;
        self
    }

    /// Shown on wide screens only. For secondary columns whose value the record page shows too.
    #[must_use]
    pub fn wide_only(mut self) -> Self {
        self.wide_only = true;
        self
    }

    /// The label in front of a value where the heading is not in sight.
    fn card_label(&self) -> String {
        match &self.unit {
            Some(unit) => format!("{}, {unit}", self.label),
            None => self.label.clone(),
        }
    }

    fn head(&self) -> Markup {
        let words = html! {
            span {
                span.visually-hidden[self.label_hidden] { (self.label) }
                @if let Some(unit) = &self.unit { " " span.unit { (unit) } }
            }
        };
        let sorted = self.sort.as_ref().and_then(|(_, order)| *order).map(|order| match order {
            Order::Ascending => "ascending",
            Order::Descending => "descending",
        });
        html! {
            th scope="col" role="columnheader" class=[class_of(self)] aria-sort=[sorted] {
                @match &self.sort {
                    Some((href, order)) => a.sort href=(href) {
                        (words)
                        @match order {
                            Some(Order::Ascending) => { (Icon::ArrowUp) },
                            Some(Order::Descending) => { (Icon::ArrowDown) },
                            None => { (Icon::Sort) },
                        }
                    },
                    None => (words),
                }
            }
        }
    }
}

fn class_of(column: &Column) -> Option<&'static str> {
    match (column.numeric, column.wide_only) {
        (true, true) => Some("numeric wide-only"),
        (true, false) => Some("numeric"),
        (false, true) => Some("wide-only"),
        (false, false) => None,
    }
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    cells: Vec<Cell>,
    href: Option<String>,
    /// The way there is a link in one of the cells.
    has_own_link: bool,
    edit: Option<String>,
    select: Option<(String, String, bool)>,
    heading: bool,
    subtotal: bool,
}

impl Row {
    pub fn new(cells: Vec<Cell>) -> Self {
        Self { cells, href: None, has_own_link: false, edit: None, select: None, heading: false, subtotal: false }
    }

    /// Where the row leads. The first cell becomes the link; with script the whole row does.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// Where the row leads, with the link in one of its cells.
    #[must_use]
    pub fn leads_to(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self.has_own_link = true;
        self
    }

    /// Where `e` leads when the row has the focus.
    #[must_use]
    pub fn edit(mut self, href: impl Into<String>) -> Self {
        self.edit = Some(href.into());
        self
    }

    /// Lets the row be selected: its id, and the name its checkbox is read out with.
    #[must_use]
    pub fn select(mut self, id: impl Into<String>, name: impl Into<String>, selected: bool) -> Self {
        self.select = Some((id.into(), name.into(), selected));
        self
    }

    /// A heading over the rows of a group: its first cell takes the whole width.
    #[must_use]
    pub fn heading(mut self) -> Self {
        self.heading = true;
        self
    }

    /// The subtotal of the rows before it.
    #[must_use]
    pub fn subtotal(mut self) -> Self {
        self.subtotal = true;
        self
    }
}

/// What can be done with selected rows: a form whose buttons appear with the first selection.
#[derive(Clone, Debug)]
pub struct Selection {
    form_id: String,
    token: String,
    actions: Vec<Button>,
}

impl Selection {
    /// Buttons name their address with [`Button::form_action`]. The chosen ids are sent as `ids`.
    pub fn new(form_id: impl Into<String>, token: impl Into<String>, actions: Vec<Button>) -> Self {
        Self { form_id: form_id.into(), token: token.into(), actions }
    }

    fn markup(&self) -> Markup {
        html! {
            form.selection-bar id=(self.form_id) method="post" {
                input type="hidden" name="csrf_token" value=(self.token);
                span.selection-count role="status" data-selection-count { "Selected rows" }
                @for action in &self.actions { (action) }
                button.button.quiet.small type="reset" { "Clear" }
            }
        }
    }
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    label: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
    totals: Option<Vec<Cell>>,
    empty: Option<Empty>,
    selection: Option<Selection>,
    grid: bool,
    note: Option<String>,
}

impl Table {
    /// `label` says what the rows are, for assistive technology.
    pub fn new(label: impl Into<String>, columns: Vec<Column>, rows: Vec<Row>) -> Self {
        Self { label: label.into(), columns, rows, totals: None, empty: None, selection: None, grid: false, note: None }
    }

    /// A row under the others that stays in sight.
    #[must_use]
    pub fn totals(mut self, totals: Vec<Cell>) -> Self {
        self.totals = Some(totals);
        self
    }

    /// What stands in place of no rows.
    #[must_use]
    pub fn empty(mut self, empty: Empty) -> Self {
        self.empty = Some(empty);
        self
    }

    #[must_use]
    pub fn selection(mut self, selection: Selection) -> Self {
        self.selection = Some(selection);
        self
    }

    /// Stays a table on a phone and scrolls sideways: reports, where columns are compared.
    #[must_use]
    pub fn grid(mut self) -> Self {
        self.grid = true;
        self
    }

    /// A visible note under the table: a limit that was reached.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    fn row(&self, row: &Row) -> Markup {
        let span = self.columns.len() + usize::from(self.selection.is_some());
        if row.heading {
            return html! {
                tr.group-row role="row" {
                    th scope="colgroup" role="rowheader" colspan=(span) { @if let Some(cell) = row.cells.first() { (cell.content) } }
                }
            };
        }
        html! {
            tr.subtotal[row.subtotal] role="row" data-href=[&row.href] data-edit=[&row.edit] {
                @if let Some(selection) = &self.selection {
                    td.pick role="cell" {
                        @if let Some((id, name, selected)) = &row.select {
                            input.checkbox type="checkbox" name="ids" value=(id) form=(selection.form_id) checked[*selected]
                                aria-label=(format!("Select {name}"));
                        }
                    }
                }
                @for (at, cell) in row.cells.iter().enumerate() {
                    @let column = self.columns.get(at);
                    @let class = column.and_then(class_of);
                    @let label = column.filter(|column| at > 0 && !column.label_hidden).map(Column::card_label);
                    @if at == 0 {
                        th scope="row" role="rowheader" class=[class] {
                            @match row.href.as_ref().filter(|_| !row.has_own_link) { Some(href) => a.row-link href=(href) { (cell.content) }, None => (cell.content) }
                        }
                    } @else {
                        td role="cell" class=[class] data-label=[label] data-blank[cell.blank] { (cell.content) }
                    }
                }
            }
        }
    }

    fn head(&self) -> Markup {
        html! {
            thead role="rowgroup" {
                tr role="row" {
                    @if let Some(selection) = &self.selection {
                        th.pick scope="col" role="columnheader" {
                            (visually_hidden("Selection"))
                            input.checkbox type="checkbox" data-select-all=(selection.form_id) data-needs-script
                                aria-label="Select all rows on this page";
                        }
                    }
                    @for column in &self.columns { (column.head()) }
                }
            }
        }
    }
}

impl Render for Table {
    fn render(&self) -> Markup {
        if let (true, Some(empty)) = (self.rows.is_empty(), &self.empty) {
            return empty.render();
        }
        html! {
            div.table-frame {
                div.table-scroll role="region" aria-label=(self.label) tabindex="0" {
                    table.table.grid[self.grid] role="table" data-rows {
                        caption.visually-hidden { (self.label) }
                        (self.head())
                        tbody role="rowgroup" { @for row in &self.rows { (self.row(row)) } }
                        @if let Some(totals) = &self.totals {
                            tfoot role="rowgroup" {
                                tr role="row" {
                                    @if self.selection.is_some() { td.pick role="cell" {} }
                                    @for (at, cell) in totals.iter().enumerate() {
                                        @let column = self.columns.get(at);
                                        @let label = column.filter(|_| at > 0).map(Column::card_label);
                                        td role="cell" class=[column.and_then(class_of)] data-label=[label] data-blank[cell.blank] {
                                            (cell.content)
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                @if let Some(note) = &self.note { p.table-note { (Icon::Info) (note) } }
                @if let Some(selection) = &self.selection { (selection.markup()) }
            }
        }
    }
}
