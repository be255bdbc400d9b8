//! The rail: the apps and places of the org. Icons alone at a middle width, a bar at the foot on a phone.

use super::{Icon, visually_hidden};
use maud::{Markup, html};

/// How many places fit the bar of a phone beside "More".
const PHONE_PLACES: usize = 4;

/// One place.
#[derive(Clone, Debug)]
pub struct RailItem {
    label: String,
    href: String,
    icon: Icon,
    current: bool,
    count: Option<String>,
    go_key: Option<char>,
}

impl RailItem {
    pub fn new(label: impl Into<String>, href: impl Into<String>, icon: Icon) -> Self {
        Self { label: label.into(), href: href.into(), icon, current: false, count: None, go_key: None }
    }

    /// Marks the place that the page belongs to.
    #[must_use]
    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }

    /// What waits there.
    #[must_use]
    pub fn count(mut self, count: impl Into<String>) -> Self {
        self.count = Some(count.into());
        self
    }

    /// The key that goes there after `g`.
    #[must_use]
    pub fn go_key(mut self, key: char) -> Self {
        self.go_key = Some(key);
        self
    }

    /// The label and key, for the list of keys.
    pub(super) fn go(&self) -> Option<(char, &str)> {
        self.go_key.map(|key| (key, self.label.as_str()))
    }

    fn markup(&self, class: &str, first: bool) -> Markup {
        html! {
            li {
                a class=(class) href=(self.href) title=(self.label) aria-current=[self.current.then_some("page")]
                    data-go=[self.go_key.filter(|_| first)] {
                    (self.icon)
                    span.rail-label { (self.label) }
                    @if let Some(count) = &self.count { span.rail-count { (count) (visually_hidden(" waiting")) } }
                }
            }
        }
    }
}

/// Places that belong together: an app.
#[derive(Clone, Debug)]
pub struct RailGroup {
    label: Option<String>,
    items: Vec<RailItem>,
}

impl RailGroup {
    /// The places above all apps.
    pub fn top(items: Vec<RailItem>) -> Self {
        Self { label: None, items }
    }

    pub fn new(label: impl Into<String>, items: Vec<RailItem>) -> Self {
        Self { label: Some(label.into()), items }
    }

    pub(super) fn items(&self) -> &[RailItem] {
        &self.items
    }
}

/// The rail and, for a phone, the bar.
pub(super) fn rail(groups: &[RailGroup], home: &str, org: &str) -> Markup {
    let all: Vec<&RailItem> = groups.iter().flat_map(|group| &group.items).collect();
    let (bar, more) = all.split_at(all.len().min(PHONE_PLACES));
    html! {
        nav.rail aria-label="Main" {
            a.rail-org href=(home) title=(org) { (super::icon::mark()) span.rail-label { (org) } }
            div.rail-groups {
                @for group in groups {
                    div.rail-group {
                        @if let Some(label) = &group.label { p.rail-heading { (label) } }
                        ul { @for item in &group.items { (item.markup("rail-item", true)) } }
                    }
                }
            }
        }
        nav.bottom-bar aria-label="Main, short" {
            ul { @for item in bar { (item.markup("bar-item", false)) } }
            @if !more.is_empty() {
                details.bar-more data-menu {
                    summary.bar-item { (Icon::Menu) span.rail-label { "More" } }
                    ul.bar-sheet { @for item in more { (item.markup("rail-item", false)) } }
                }
            }
        }
    }
}
