//! Steps: the stages of a deal, the stations of an approval, the pages of a wizard.

use super::{Icon, visually_hidden};
use maud::{Markup, Render, html};

/// More steps than this do not fit a row with all their words: those done keep a mark alone.
const MANY: usize = 6;

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    label: String,
    href: Option<String>,
}

impl Step {
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }

    /// Where the step can be seen or taken.
    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

/// A row of steps and how far it has come.
#[derive(Clone, Debug)]
pub struct Steps {
    label: String,
    steps: Vec<Step>,
    current: usize,
    finished: bool,
    failed: bool,
}

impl Steps {
    /// `current` counts from zero.
    pub fn new(label: impl Into<String>, steps: Vec<Step>, current: usize) -> Self {
        Self { label: label.into(), steps, current, finished: false, failed: false }
    }

    /// The current step is the good end: won, approved.
    #[must_use]
    pub fn finished(mut self) -> Self {
        self.finished = true;
        self
    }

    /// The current step is the bad end: lost, rejected.
    #[must_use]
    pub fn failed(mut self) -> Self {
        self.failed = true;
        self
    }
}

impl Render for Steps {
    fn render(&self) -> Markup {
        html! {
            nav.steps.many[self.steps.len() > MANY] aria-label=(self.label) tabindex="0" {
                ol {
                    @for (at, step) in self.steps.iter().enumerate() {
                        @let now = at == self.current;
                        @let state = match (at.cmp(&self.current), self.finished, self.failed) {
                            (std::cmp::Ordering::Less, ..) => "done",
                            (std::cmp::Ordering::Equal, true, _) => "good",
                            (std::cmp::Ordering::Equal, _, true) => "bad",
                            (std::cmp::Ordering::Equal, ..) => "current",
                            (std::cmp::Ordering::Greater, ..) => "ahead",
                        };
                        @let words = html! {
                            @match state {
                                "done" | "good" => { (Icon::Check) },
                                "bad" => { (Icon::Close) },
                                _ => {},
                            }
                            span { (step.label) }
                            @if state == "done" { (visually_hidden(" (done)")) }
                        };
                        li data-state=(state) aria-current=[now.then_some("step")] {
                            @match &step.href { Some(href) => a href=(href) title=(step.label) { (words) }, None => span.step title=(step.label) { (words) } }
                        }
                    }
                }
            }
        }
    }
}
