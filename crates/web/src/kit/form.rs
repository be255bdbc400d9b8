//! Forms: sections of fields, a summary of what is wrong, and the buttons that stay in reach.

use super::{Button, Field, Icon};
use maud::{Markup, Render, html};

/// Fields that belong together, under a title.
#[derive(Clone, Debug)]
pub struct Section {
    title: Option<String>,
    help: Option<String>,
    fields: Vec<Field>,
    extra: Option<Markup>,
    two_columns: bool,
}

impl Section {
    pub fn new(fields: Vec<Field>) -> Self {
        Self { title: None, help: None, fields, extra: None, two_columns: false }
    }

    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Two columns where there is room.
    #[must_use]
    pub fn two_columns(mut self) -> Self {
        self.two_columns = true;
        self
    }

    /// Content under the fields that is no field, such as a table of lines.
    #[must_use]
    pub fn extra(mut self, extra: Markup) -> Self {
        self.extra = Some(extra);
        self
    }
}

impl Render for Section {
    fn render(&self) -> Markup {
        let fields = html! {
            @if let Some(help) = &self.help { p.section-help { (help) } }
            div.fields.two-columns[self.two_columns] { @for field in &self.fields { (field) } }
            @if let Some(extra) = &self.extra { (extra) }
        };
        html! {
            @match &self.title {
                Some(title) => fieldset.form-section { legend.section-title { (title) } (fields) },
                None => div.form-section { (fields) },
            }
        }
    }
}

/// A form. With script it warns before unsaved changes are left behind.
#[derive(Clone, Debug)]
pub struct Form {
    action: String,
    method: &'static str,
    id: Option<String>,
    token: Option<String>,
    hidden: Vec<(String, String)>,
    error: Option<String>,
    sections: Vec<Section>,
    actions: Vec<Button>,
    guarded: bool,
    upload: bool,
    plain: bool,
}

impl Form {
    fn new(action: impl Into<String>, method: &'static str) -> Self {
        Self {
            action: action.into(),
            method,
            id: None,
            token: None,
            hidden: Vec::new(),
            error: None,
            sections: Vec::new(),
            actions: Vec::new(),
            guarded: method == "post",
            upload: false,
            plain: false,
        }
    }

    /// A form that changes something, with its anti-forgery token.
    pub fn post(action: impl Into<String>, token: impl Into<String>) -> Self {
        let mut form = Self::new(action, "post");
        form.token = Some(token.into());
        form
    }

    /// A form that only asks: its values become the address.
    pub fn get(action: impl Into<String>) -> Self {
        Self::new(action, "get")
    }

    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    #[must_use]
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// What is wrong with the whole, when no single field is to blame.
    #[must_use]
    pub fn error(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }

    #[must_use]
    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// A button of the foot; the first is the main one.
    #[must_use]
    pub fn action(mut self, action: Button) -> Self {
        self.actions.push(action);
        self
    }

    /// Leaves without a warning: sign-in and searches.
    #[must_use]
    pub fn unguarded(mut self) -> Self {
        self.guarded = false;
        self
    }

    /// The form carries files.
    #[must_use]
    pub fn upload(mut self) -> Self {
        self.upload = true;
        self
    }

    /// Without the line above the buttons: short forms in cards and dialogs.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.plain = true;
        self
    }
}

impl Render for Form {
    fn render(&self) -> Markup {
        let problems: Vec<_> =
            self.sections.iter().flat_map(|section| &section.fields).filter_map(Field::problem).collect();
        html! {
            form.form.form-plain[self.plain] method=(self.method) action=(self.action) id=[&self.id] data-guard[self.guarded]
                enctype=[self.upload.then_some("multipart/form-data")] novalidate {
                @if let Some(token) = &self.token { input type="hidden" name="csrf_token" value=(token); }
                @for (name, value) in &self.hidden { input type="hidden" name=(name) value=(value); }
                @if self.error.is_some() || problems.len() > 1 {
                    div.form-errors role="alert" tabindex="-1" data-focus {
                        (Icon::Error)
                        div {
                            @if let Some(error) = &self.error { p { (error) } }
                            @if problems.len() > 1 {
                                p { (problems.len()) " fields need your attention" }
                                ul {
                                    @for (id, label, error) in &problems {
                                        li { a href={ "#" (id) } { (label) } ": " (error) }
                                    }
                                }
                            }
                        }
                    }
                }
                @for section in &self.sections { (section) }
                @if !self.actions.is_empty() { div.form-actions { @for action in &self.actions { (action) } } }
            }
        }
    }
}
