//! What a page shows when it cannot show its content: what happened, what to do, and who can help.

use super::{Button, Icon};
use maud::{Markup, Render, html};

/// The content of an error page. Put it into a [`super::Page`] or a [`super::BarePage`].
#[derive(Clone, Debug)]
pub struct ErrorPage {
    title: String,
    advice: String,
    status: Option<u16>,
    reference: Option<String>,
    actions: Vec<Button>,
}

impl ErrorPage {
    /// `advice` says what the reader can do next.
    pub fn new(title: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { title: title.into(), advice: advice.into(), status: None, reference: None, actions: Vec::new() }
    }

    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// What the operator finds the cause by in the log.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    #[must_use]
    pub fn action(mut self, action: Button) -> Self {
        self.actions.push(action);
        self
    }
}

impl Render for ErrorPage {
    fn render(&self) -> Markup {
        html! {
            section.error-page {
                @if let Some(status) = self.status { p.error-status { (status) } }
                h1 { (self.title) }
                p { (self.advice) }
                @if !self.actions.is_empty() { div.error-actions { @for action in &self.actions { (action) } } }
                @if let Some(reference) = &self.reference { p.error-reference { "Reference " code { (reference) } } }
            }
        }
    }
}

/// A refused action: the permission that is missing, and who can grant it.
#[derive(Clone, Debug)]
pub struct Refusal {
    action: String,
    permission: String,
    granted_by: Vec<String>,
}

impl Refusal {
    /// `action` completes "You cannot …"; `permission` is the permission's name as administrators know it.
    pub fn new(action: impl Into<String>, permission: impl Into<String>, granted_by: Vec<String>) -> Self {
        Self { action: action.into(), permission: permission.into(), granted_by }
    }
}

impl Render for Refusal {
    fn render(&self) -> Markup {
        html! {
            div.refusal {
                (Icon::Lock)
                div {
                    p { "You cannot " (self.action) ". It needs the permission " strong { (self.permission) } "." }
                    @if !self.granted_by.is_empty() { p.muted { (self.granted_by.join(", ")) " can grant it." } }
                }
            }
        }
    }
}
