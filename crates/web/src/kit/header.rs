//! The header of a page's content: where it is, what it is, its key facts and what can be done.

use super::{Avatar, Crumbs, Icon, KeyFacts, Tabs};
use maud::{Markup, Render, html};

#[derive(Clone, Debug)]
enum Emblem {
    Icon(Icon),
    Avatar(Avatar),
}

/// Title, key facts and actions.
#[derive(Clone, Debug)]
pub struct Header {
    title: String,
    emblem: Option<Emblem>,
    kind: Option<String>,
    crumbs: Option<Crumbs>,
    subtitle: Option<Markup>,
    badge: Option<Markup>,
    actions: Option<Markup>,
    facts: Option<KeyFacts>,
    below: Option<Markup>,
    tabs: Option<Tabs>,
}

impl Header {
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            emblem: None,
            kind: None,
            crumbs: None,
            subtitle: None,
            badge: None,
            actions: None,
            facts: None,
            below: None,
            tabs: None,
        }
    }

    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.emblem = Some(Emblem::Icon(icon));
        self
    }

    #[must_use]
    pub fn avatar(mut self, avatar: Avatar) -> Self {
        self.emblem = Some(Emblem::Avatar(avatar.large()));
        self
    }

    /// What the page shows, over the title: "Opportunity".
    #[must_use]
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    #[must_use]
    pub fn crumbs(mut self, crumbs: Crumbs) -> Self {
        self.crumbs = Some(crumbs);
        self
    }

    /// One line under the title.
    #[must_use]
    pub fn subtitle(mut self, subtitle: Markup) -> Self {
        self.subtitle = Some(subtitle);
        self
    }

    /// Beside the title: a state.
    #[must_use]
    pub fn badge(mut self, badge: impl Render) -> Self {
        self.badge = Some(badge.render());
        self
    }

    /// Buttons at the end of the title's line; the main one last.
    #[must_use]
    pub fn actions(mut self, actions: Markup) -> Self {
        self.actions = Some(actions);
        self
    }

    #[must_use]
    pub fn facts(mut self, facts: KeyFacts) -> Self {
        self.facts = Some(facts);
        self
    }

    /// Between the facts and the tabs: a path of steps.
    #[must_use]
    pub fn below(mut self, below: impl Render) -> Self {
        self.below = Some(below.render());
        self
    }

    #[must_use]
    pub fn tabs(mut self, tabs: Tabs) -> Self {
        self.tabs = Some(tabs);
        self
    }
}

impl Render for Header {
    fn render(&self) -> Markup {
        html! {
            header.page-header.has-tabs[self.tabs.is_some()] {
                @if let Some(crumbs) = &self.crumbs { (crumbs) }
                div.page-heading {
                    @match &self.emblem {
                        Some(Emblem::Icon(icon)) => span.page-emblem { (icon.large()) },
                        Some(Emblem::Avatar(avatar)) => (avatar),
                        None => {},
                    }
                    div.page-title {
                        @if let Some(kind) = &self.kind { p.page-kind { (kind) } }
                        div.page-title-line {
                            h1 { (self.title) }
                            @if let Some(badge) = &self.badge { (badge) }
                        }
                        @if let Some(subtitle) = &self.subtitle { p.page-subtitle { (subtitle) } }
                    }
                    @if let Some(actions) = &self.actions { div.page-actions { (actions) } }
                }
                @if let Some(facts) = &self.facts { (facts) }
                @if let Some(below) = &self.below { (below) }
                @if let Some(tabs) = &self.tabs { (tabs) }
            }
        }
    }
}
