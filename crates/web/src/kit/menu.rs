//! Menus: a few actions behind one button, open and usable without script.

use super::Icon;
use maud::{Markup, Render, html};

/// One entry of a menu.
#[derive(Clone, Debug)]
pub enum MenuItem {
    #[doc(hidden)]
    Link { label: String, href: String, icon: Option<Icon>, current: bool, dialog: Option<String> },
    #[doc(hidden)]
    Post { label: String, action: String, token: String, icon: Option<Icon>, danger: bool },
    #[doc(hidden)]
    Command { label: String, command: &'static str, icon: Option<Icon> },
    /// A title over the entries that follow.
    Heading(String),
    /// A line between entries.
    Separator,
}

impl MenuItem {
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        MenuItem::Link { label: label.into(), href: href.into(), icon: None, current: false, dialog: None }
    }

    /// An action: posts to an address with an anti-forgery token.
    pub fn post(label: impl Into<String>, action: impl Into<String>, token: impl Into<String>) -> Self {
        MenuItem::Post { label: label.into(), action: action.into(), token: token.into(), icon: None, danger: false }
    }

    /// A command of the page's script.
    pub fn command(label: impl Into<String>, command: &'static str) -> Self {
        MenuItem::Command { label: label.into(), command, icon: None }
    }

    #[must_use]
    pub fn icon(mut self, with: Icon) -> Self {
        match &mut self {
            MenuItem::Link { icon, .. } | MenuItem::Post { icon, .. } | MenuItem::Command { icon, .. } => {
                *icon = Some(with)
            }
            MenuItem::Heading(_) | MenuItem::Separator => {}
        }
        self
    }

    /// Marks the entry that the page already shows.
    #[must_use]
    pub fn current(mut self, is_current: bool) -> Self {
        if let MenuItem::Link { current, .. } = &mut self {
            *current = is_current;
        }
        self
    }

    /// Opens the dialog with this id, where there is script.
    #[must_use]
    pub fn opens(mut self, dialog_id: impl Into<String>) -> Self {
        if let MenuItem::Link { dialog, .. } = &mut self {
            *dialog = Some(dialog_id.into());
        }
        self
    }

    /// Marks an action that takes something away.
    #[must_use]
    pub fn danger(mut self) -> Self {
        if let MenuItem::Post { danger, .. } = &mut self {
            *danger = true;
        }
        self
    }
}

impl Render for MenuItem {
    fn render(&self) -> Markup {
        let face = |icon: &Option<Icon>, label: &str| {
            html! {
                @match icon { Some(icon) => (icon), None => span.icon-space {} }
                span { (label) }
            }
        };
        match self {
            MenuItem::Link { label, href, icon, current, dialog } => html! {
                li {
                    a.menu-item href=(href) aria-current=[current.then_some("true")] data-dialog=[dialog] {
                        (face(icon, label))
                        @if *current { (Icon::Check) }
                    }
                }
            },
            MenuItem::Post { label, action, token, icon, danger } => html! {
                li {
                    form method="post" action=(action) {
                        input type="hidden" name="csrf_token" value=(token);
                        button.menu-item.danger[*danger] type="submit" { (face(icon, label)) }
                    }
                }
            },
            MenuItem::Command { label, command, icon } => html! {
                li data-needs-script { button.menu-item type="button" data-command=(command) { (face(icon, label)) } }
            },
            MenuItem::Heading(label) => html! { li.menu-heading { (label) } },
            MenuItem::Separator => html! { li.menu-separator role="separator" {} },
        }
    }
}

/// A button that opens a list of actions.
#[derive(Clone, Debug)]
pub struct Menu {
    label: String,
    face: Option<Markup>,
    icon: Option<Icon>,
    icon_only: bool,
    quiet: bool,
    small: bool,
    start: bool,
    open: bool,
    items: Vec<MenuItem>,
}

impl Menu {
    pub fn new(label: impl Into<String>, items: Vec<MenuItem>) -> Self {
        Self {
            label: label.into(),
            face: None,
            icon: None,
            icon_only: false,
            quiet: false,
            small: false,
            start: false,
            open: false,
            items,
        }
    }

    /// Three dots; the label becomes the accessible name.
    pub fn more(label: impl Into<String>, items: Vec<MenuItem>) -> Self {
        let mut menu = Self::new(label, items);
        menu.icon = Some(Icon::More);
        menu.icon_only = true;
        menu
    }

    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Shows this instead of the label, which stays the accessible name.
    #[must_use]
    pub fn face(mut self, face: Markup) -> Self {
        self.face = Some(face);
        self
    }

    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    #[must_use]
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// Opens towards the end of the line, for menus at its start.
    #[must_use]
    pub fn start(mut self) -> Self {
        self.start = true;
        self
    }

    /// Is open when the page arrives, for the gallery.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.open = true;
        self
    }
}

impl Render for Menu {
    fn render(&self) -> Markup {
        let named = self.icon_only || self.face.is_some();
        html! {
            details.menu.menu-start[self.start] open[self.open] data-menu {
                summary.button.quiet[self.quiet].small[self.small].icon-only[self.icon_only]
                    aria-label=[named.then_some(&self.label)] title=[self.icon_only.then_some(&self.label)] {
                    @if let Some(icon) = self.icon { (icon) }
                    @match &self.face {
                        Some(face) => (face),
                        None if self.icon_only => {},
                        None => { span { (self.label) } (Icon::ChevronDown) },
                    }
                }
                ul.menu-list { @for item in &self.items { (item) } }
            }
        }
    }
}
