//! Buttons, and links that look like buttons.

use super::Icon;
use maud::{Markup, Render, html};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    Primary,
    Secondary,
    Quiet,
    Danger,
}

impl Weight {
    const fn class(self) -> &'static str {
        match self {
            Weight::Primary => "primary",
            Weight::Secondary => "secondary",
            Weight::Quiet => "quiet",
            Weight::Danger => "danger",
        }
    }
}

#[derive(Clone, Debug)]
enum Act {
    Submit,
    Script(&'static str),
    Link(String),
    CloseDialog(String),
}

/// A button. A page has one primary button at most.
#[derive(Clone, Debug)]
pub struct Button {
    label: String,
    act: Act,
    weight: Weight,
    icon: Option<Icon>,
    trailing: Option<Icon>,
    icon_only: bool,
    small: bool,
    wide: bool,
    refusal: Option<String>,
    dialog: Option<String>,
    form: Option<String>,
    form_action: Option<String>,
    named: Option<(String, String)>,
    shortcut: Option<&'static str>,
    partial: Option<String>,
}

impl Button {
    fn new(label: impl Into<String>, act: Act) -> Self {
        Self {
            label: label.into(),
            act,
            weight: Weight::Secondary,
            icon: None,
            trailing: None,
            icon_only: false,
            small: false,
            wide: false,
            refusal: None,
            dialog: None,
            form: None,
            form_action: None,
            named: None,
            shortcut: None,
            partial: None,
        }
    }

    /// Sends the form it stands in (or the one named by [`Button::form`]).
    pub fn submit(label: impl Into<String>) -> Self {
        Self::new(label, Act::Submit)
    }

    /// Goes to an address.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self::new(label, Act::Link(href.into()))
    }

    /// Runs a command of the page's script (`data-command`); hidden where there is no script.
    pub fn command(label: impl Into<String>, command: &'static str) -> Self {
        Self::new(label, Act::Script(command))
    }

    /// Closes the dialog with this id, without script.
    pub fn close_dialog(label: impl Into<String>, dialog_id: impl Into<String>) -> Self {
        Self::new(label, Act::CloseDialog(dialog_id.into()))
    }

    /// The one thing this page is for.
    #[must_use]
    pub fn primary(mut self) -> Self {
        self.weight = Weight::Primary;
        self
    }

    /// Without a frame until pointed at: for toolbars and rows.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.weight = Weight::Quiet;
        self
    }

    /// Takes something away.
    #[must_use]
    pub fn danger(mut self) -> Self {
        self.weight = Weight::Danger;
        self
    }

    #[must_use]
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// An icon behind the words, for instance the arrow of "next".
    #[must_use]
    pub fn trailing(mut self, icon: Icon) -> Self {
        self.trailing = Some(icon);
        self
    }

    /// Shows the icon alone; the label becomes the accessible name and the hover text.
    #[must_use]
    pub fn icon_only(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self.icon_only = true;
        self
    }

    #[must_use]
    pub fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// As wide as its container, for sign-in and dialogs on a phone.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// Shows the button as unavailable and says why: which rule or permission is missing and who can grant it.
    #[must_use]
    pub fn unavailable(mut self, reason: impl Into<String>) -> Self {
        self.refusal = Some(reason.into());
        self
    }

    /// Opens the dialog with this id. A link goes to its address where there is no script.
    #[must_use]
    pub fn opens(mut self, dialog_id: impl Into<String>) -> Self {
        self.dialog = Some(dialog_id.into());
        self
    }

    /// The id of the form to send, when the button stands outside of it.
    #[must_use]
    pub fn form(mut self, form_id: impl Into<String>) -> Self {
        self.form = Some(form_id.into());
        self
    }

    /// Sends the form to this address instead of the form's own.
    #[must_use]
    pub fn form_action(mut self, action: impl Into<String>) -> Self {
        self.form_action = Some(action.into());
        self
    }

    /// A name and value sent along with the form.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.named = Some((name.into(), value.into()));
        self
    }

    /// The key that presses this button, such as `"e"` for edit or `"c"` for create.
    #[must_use]
    pub fn shortcut(mut self, key: &'static str) -> Self {
        self.shortcut = Some(key);
        self
    }

    /// For links: loads the address in place of the element with this id (see `data-partial` in the script).
    #[must_use]
    pub fn partial(mut self, target_id: impl Into<String>) -> Self {
        self.partial = Some(target_id.into());
        self
    }

    fn class(&self) -> String {
        let mut class = format!("button {}", self.weight.class());
        for (on, name) in [(self.small, " small"), (self.icon_only, " icon-only"), (self.wide, " wide")] {
            if on {
                class.push_str(name);
            }
        }
        class
    }

    fn content(&self) -> Markup {
        html! {
            @if let Some(icon) = self.icon { (icon) }
            @if !self.icon_only { span { (self.label) } }
            @if let Some(icon) = self.trailing { (icon) }
        }
    }
}

impl Render for Button {
    fn render(&self) -> Markup {
        let class = self.class();
        let name = self.icon_only.then_some(self.label.as_str());
        if let Some(reason) = &self.refusal {
            // Not `disabled`: an element that cannot take focus cannot tell a keyboard user why it is unavailable.
            return html! {
                button class=(class) type="button" aria-disabled="true" {
                    (self.content())
                    @if let Some(name) = name { span.visually-hidden { (name) } }
                    span.tip { (reason) }
                }
            };
        }
        match &self.act {
            Act::Link(href) => html! {
                a class=(class) href=(href) aria-label=[name] title=[name] data-dialog=[&self.dialog]
                    data-shortcut=[self.shortcut] data-partial=[&self.partial] { (self.content()) }
            },
            Act::Submit => html! {
                button class=(class) type="submit" aria-label=[name] title=[name] form=[&self.form]
                    formaction=[&self.form_action] name=[self.named.as_ref().map(|(name, _)| name)]
                    value=[self.named.as_ref().map(|(_, value)| value)] data-dialog=[&self.dialog]
                    data-shortcut=[self.shortcut] { (self.content()) }
            },
            // Not a submit button: the first of those is what the Enter key presses in a form.
            Act::CloseDialog(dialog_id) => html! {
                button class=(class) type="button" command="close" commandfor=(dialog_id) aria-label=[name] title=[name]
                    data-command="close-dialog" { (self.content()) }
            },
            Act::Script(command) => html! {
                button class=(class) type="button" aria-label=[name] title=[name] data-command=(command)
                    data-shortcut=[self.shortcut] data-dialog=[&self.dialog] data-needs-script { (self.content()) }
            },
        }
    }
}
