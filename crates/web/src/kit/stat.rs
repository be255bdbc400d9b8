//! Key figures.

use super::{Icon, Tone, why};
use maud::{Markup, PreEscaped, Render, html};

/// How a figure moved. Up is not always good: the tone says which it is.
#[derive(Clone, Debug)]
pub struct Trend {
    words: String,
    rising: Option<bool>,
    tone: Tone,
    against: Option<String>,
}

impl Trend {
    pub fn up(words: impl Into<String>, tone: Tone) -> Self {
        Self { words: words.into(), rising: Some(true), tone, against: None }
    }

    pub fn down(words: impl Into<String>, tone: Tone) -> Self {
        Self { words: words.into(), rising: Some(false), tone, against: None }
    }

    pub fn flat(words: impl Into<String>) -> Self {
        Self { words: words.into(), rising: None, tone: Tone::Neutral, against: None }
    }

    /// What it is compared with: "last quarter".
    #[must_use]
    pub fn against(mut self, against: impl Into<String>) -> Self {
        self.against = Some(against.into());
        self
    }
}

/// One figure with its name.
#[derive(Clone, Debug)]
pub struct Stat {
    label: String,
    value: String,
    unit: Option<String>,
    trend: Option<Trend>,
    note: Option<String>,
    spark: Option<String>,
    href: Option<String>,
    why: Option<String>,
    below: Option<Markup>,
}

impl Stat {
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            unit: None,
            trend: None,
            note: None,
            spark: None,
            href: None,
            why: None,
            below: None,
        }
    }

    /// A currency or unit, shown small in front of the figure.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    #[must_use]
    pub fn trend(mut self, trend: Trend) -> Self {
        self.trend = Some(trend);
        self
    }

    /// A line of context where there is no trend: "of EUR 1,200,000".
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// One more line, such as a link to the rows that need attention.
    #[must_use]
    pub fn below(mut self, below: Markup) -> Self {
        self.below = Some(below);
        self
    }

    /// A small trusted SVG of how the figure came about.
    #[must_use]
    pub fn spark(mut self, svg: impl Into<String>) -> Self {
        self.spark = Some(svg.into());
        self
    }

    /// Where the rows behind the figure are listed.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    #[must_use]
    pub fn why(mut self, href: impl Into<String>) -> Self {
        self.why = Some(href.into());
        self
    }
}

impl Render for Stat {
    fn render(&self) -> Markup {
        let figure = html! {
            @if let Some(unit) = &self.unit { span.stat-unit { (unit) } " " }
            (self.value)
        };
        html! {
            div.stat {
                div.stat-label { span { (self.label) } @if let Some(href) = &self.why { (why(href, &self.label)) } }
                div.stat-value {
                    @match &self.href { Some(href) => a href=(href) { (figure) }, None => (figure) }
                }
                @if let Some(svg) = &self.spark { div.stat-spark aria-hidden="true" { (PreEscaped(svg)) } }
                @if let Some(trend) = &self.trend {
                    p.stat-note {
                        span.trend data-tone=(trend.tone.as_str()) {
                            @match trend.rising {
                                Some(true) => (Icon::ArrowUp.labelled("Up")),
                                Some(false) => (Icon::ArrowDown.labelled("Down")),
                                None => (Icon::ArrowRight.labelled("Unchanged")),
                            }
                            (trend.words)
                        }
                        @if let Some(against) = &trend.against { " vs " (against) }
                    }
                }
                @if let Some(note) = &self.note { p.stat-note { (note) } }
                @if let Some(below) = &self.below { p.stat-note { (below) } }
            }
        }
    }
}
