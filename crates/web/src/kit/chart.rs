//! The frame of a chart: title, picture, and the numbers behind it.

use super::{Icon, Table};
use maud::{Markup, PreEscaped, Render, html};

/// A chart with its table.
#[derive(Clone, Debug)]
pub struct ChartFrame {
    title: String,
    subtitle: Option<String>,
    svg: Option<String>,
    table: Table,
    note: Option<String>,
    actions: Option<Markup>,
}

impl ChartFrame {
    /// `svg` is the renderer's picture. It is trusted markup: it comes from our own chart renderer, which escapes.
    pub fn new(title: impl Into<String>, svg: impl Into<String>, table: Table) -> Self {
        Self { title: title.into(), subtitle: None, svg: Some(svg.into()), table, note: None, actions: None }
    }

    /// A chart without rows.
    pub fn empty(title: impl Into<String>, table: Table) -> Self {
        Self { title: title.into(), subtitle: None, svg: None, table, note: None, actions: None }
    }

    /// What is measured, in which unit: "Sum of amount, EUR".
    #[must_use]
    pub fn subtitle(mut self, subtitle: impl Into<String>) -> Self {
        self.subtitle = Some(subtitle.into());
        self
    }

    /// What the reader must know: "As of 09:00", "12 more groups are in Other".
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    #[must_use]
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }
}

impl Render for ChartFrame {
    fn render(&self) -> Markup {
        html! {
            figure.panel.chart {
                figcaption.panel-head {
                    div.panel-title {
                        h2 { (self.title) }
                        @if let Some(subtitle) = &self.subtitle { p { (subtitle) } }
                    }
                    @if let Some(actions) = &self.actions { div.panel-actions { (actions) } }
                }
                @match &self.svg {
                    Some(svg) => div.chart-picture tabindex="0" role="group" aria-label=(self.title) { (PreEscaped(svg)) },
                    None => div.chart-none { (Icon::Chart.large()) p { "No rows match. Widen the period or the filter." } },
                }
                @if let Some(note) = &self.note { p.chart-note { (note) } }
                @if self.svg.is_some() {
                    details.chart-table { summary { (Icon::ChevronRight) "Show data" } (self.table) }
                }
            }
        }
    }
}
