//! The content of one table cell.

use super::{Badge, moment, visually_hidden};
use maud::{Markup, Render, html};

/// The number of characters that fit any column.
const WIDEST: usize = 28;

/// The content of one cell. Its column decides how it is aligned.
#[derive(Clone, Debug)]
pub struct Cell {
    pub(super) content: Markup,
    pub(super) blank: bool,
}

impl Cell {
    /// Text. What is longer than a column is cut with an ellipsis on screen and shown in full on hover.
    pub fn text(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        let long = text.chars().count() > WIDEST;
        Self { content: html! { @if long { span title=(text) { (text) } } @else { (text) } }, blank: false }
    }

    /// A value that is not set.
    pub fn blank() -> Self {
        Self { content: html! { span.blank { "–" (visually_hidden(" no value")) } }, blank: true }
    }

    /// The text, or blank.
    pub fn or_blank(text: Option<impl AsRef<str>>) -> Self {
        text.map_or_else(Self::blank, Self::text)
    }

    pub fn link(text: impl AsRef<str>, href: impl AsRef<str>) -> Self {
        Self { content: html! { a href=(href.as_ref()) { (Self::text(text).content) } }, blank: false }
    }

    pub fn badge(badge: Badge) -> Self {
        Self::of(badge)
    }

    /// A date or instant; see [`moment`].
    pub fn moment(shown: &str, machine: &str, exact: &str) -> Self {
        Self { content: moment(shown, machine, exact), blank: false }
    }

    /// Any part of the kit, or `html!`.
    pub fn of(content: impl Render) -> Self {
        Self { content: content.render(), blank: false }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::text(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::text(text)
    }
}
