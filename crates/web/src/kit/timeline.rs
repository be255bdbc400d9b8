//! The timeline of a record: what happened, newest first, under headings of time.

use super::{Icon, Tone};
use maud::{Markup, Render, html};

/// One thing that happened or is planned.
#[derive(Clone, Debug)]
pub struct Event {
    icon: Icon,
    tone: Tone,
    title: Markup,
    time: Markup,
    body: Option<Markup>,
    actions: Option<Markup>,
}

impl Event {
    /// `title` says who did what; `time` comes from [`super::moment`].
    pub fn new(icon: Icon, title: Markup, time: Markup) -> Self {
        Self { icon, tone: Tone::Neutral, title, time, body: None, actions: None }
    }

    #[must_use]
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// What was written: the text of a note, the change of a field.
    #[must_use]
    pub fn body(mut self, body: Markup) -> Self {
        self.body = Some(body);
        self
    }

    #[must_use]
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }
}

/// Events under headings.
#[derive(Clone, Debug, Default)]
pub struct Timeline(Vec<(String, Vec<Event>)>);

impl Timeline {
    pub fn new() -> Self {
        Self::default()
    }

    /// Events under a heading: "Next", "This week", "October 2026".
    #[must_use]
    pub fn group(mut self, heading: impl Into<String>, events: Vec<Event>) -> Self {
        self.0.push((heading.into(), events));
        self
    }
}

impl Render for Timeline {
    fn render(&self) -> Markup {
        html! {
            div.timeline {
                @for (heading, events) in &self.0 {
                    section {
                        h3.timeline-heading { (heading) }
                        ol {
                            @for event in events {
                                li.event data-tone=(event.tone.as_str()) {
                                    span.event-icon { (event.icon) }
                                    div.event-main {
                                        div.event-line {
                                            span.event-title { (event.title) }
                                            span.event-time { (event.time) }
                                        }
                                        @if let Some(body) = &event.body { div.event-body { (body) } }
                                        @if let Some(actions) = &event.actions { div.event-actions { (actions) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
