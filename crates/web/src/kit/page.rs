//! The page: rail, top bar, content. Every page of the interface is one of these two.

use super::{
    Avatar, Banner, Flash, Header, Icon, Menu, MenuItem, RailGroup, assets, key, keys, rail::rail, visually_hidden,
};
use maud::{DOCTYPE, Markup, Render, html};

/// The colours a person chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// What the device asks for.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The value of `data-theme`; the device decides where there is none.
    pub const fn as_str(self) -> Option<&'static str> {
        match self {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        }
    }
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    name: String,
    detail: String,
    menu: Vec<MenuItem>,
}

impl Person {
    /// `detail` tells the account from others of the same name: a mail address.
    pub fn new(name: impl Into<String>, detail: impl Into<String>, menu: Vec<MenuItem>) -> Self {
        Self { name: name.into(), detail: detail.into(), menu }
    }
}

/// What stands around the content of every page of one person: the org, its apps, the person.
#[derive(Clone, Debug)]
pub struct Shell {
    org: String,
    home: String,
    rail: Vec<RailGroup>,
    person: Person,
    theme: Theme,
    lang: String,
    create: Option<Menu>,
    banners: Vec<Banner>,
    flashes: Vec<Flash>,
}

impl Shell {
    pub fn new(org: impl Into<String>, rail: Vec<RailGroup>, person: Person) -> Self {
        Self {
            org: org.into(),
            home: "/".into(),
            rail,
            person,
            theme: Theme::System,
            lang: "en".into(),
            create: None,
            banners: Vec::new(),
            flashes: Vec::new(),
        }
    }

    #[must_use]
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    /// The language of the words, as BCP 47.
    #[must_use]
    pub fn lang(mut self, lang: impl Into<String>) -> Self {
        self.lang = lang.into();
        self
    }

    /// Where the org's name leads.
    #[must_use]
    pub fn home(mut self, href: impl Into<String>) -> Self {
        self.home = href.into();
        self
    }

    /// What can be created from everywhere.
    #[must_use]
    pub fn create(mut self, items: Vec<MenuItem>) -> Self {
        self.create = Some(Menu::new("Create", items).icon(Icon::Plus).face(visually_hidden("Create")).quiet());
        self
    }

    /// A standing message over every page: an open support session.
    #[must_use]
    pub fn banner(mut self, banner: Banner) -> Self {
        self.banners.push(banner);
        self
    }

    /// What just happened.
    #[must_use]
    pub fn flash(mut self, flash: Flash) -> Self {
        self.flashes.push(flash);
        self
    }
}

/// How much of the window the content takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    Full,
    Record,
    Form,
}

/// One page for a signed-in person.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    shell: &'a Shell,
    title: String,
    header: Option<Header>,
    width: Width,
    fill: bool,
    body: Markup,
}

impl<'a> Page<'a> {
    /// `title` is the window's title; the org is added.
    pub fn new(shell: &'a Shell, title: impl Into<String>, body: Markup) -> Self {
        Self { shell, title: title.into(), header: None, width: Width::Full, fill: false, body }
    }

    #[must_use]
    pub fn header(mut self, header: Header) -> Self {
        self.header = Some(header);
        self
    }

    /// Wide enough for two columns of details.
    #[must_use]
    pub fn record(mut self) -> Self {
        self.width = Width::Record;
        self
    }

    /// As wide as a form should be.
    #[must_use]
    pub fn form(mut self) -> Self {
        self.width = Width::Form;
        self
    }

    /// Exactly as high as the window: the table scrolls, its header and the pager stay.
    #[must_use]
    pub fn fill(mut self) -> Self {
        self.fill = true;
        self
    }
}

impl Render for Page<'_> {
    fn render(&self) -> Markup {
        let shell = self.shell;
        let width = match self.width {
            Width::Full => "full",
            Width::Record => "record",
            Width::Form => "form",
        };
        let body = html! {
            a.skip-link href="#content" { "Skip to content" }
            div.shell {
                (rail(&shell.rail, &shell.home, &shell.org))
                (top_bar(shell))
                main #content tabindex="-1" data-width=(width) data-fill[self.fill] {
                    @for banner in &shell.banners { (banner) }
                    @if let Some(header) = &self.header { (header) }
                    div.page-body { (self.body) }
                }
            }
            div.toasts id="toasts" aria-live="polite" { @for flash in &shell.flashes { (flash) } }
            (palette())
            (keys_dialog(&shell.rail))
        };
        document(&format!("{} · {}", self.title, shell.org), &shell.lang, shell.theme, "app", body)
    }
}

/// A page without the frame: sign-in, errors before sign-in, a quote as its recipient sees it.
#[derive(Clone, Debug)]
pub struct BarePage {
    title: String,
    lang: String,
    theme: Theme,
    body: Markup,
    foot: Option<Markup>,
    wide: bool,
}

impl BarePage {
    pub fn new(title: impl Into<String>, body: Markup) -> Self {
        Self { title: title.into(), lang: "en".into(), theme: Theme::System, body, foot: None, wide: false }
    }

    #[must_use]
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    #[must_use]
    pub fn lang(mut self, lang: impl Into<String>) -> Self {
        self.lang = lang.into();
        self
    }

    /// Small print under the content.
    #[must_use]
    pub fn foot(mut self, foot: Markup) -> Self {
        self.foot = Some(foot);
        self
    }

    /// As wide as a document instead of a card.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }
}

impl Render for BarePage {
    fn render(&self) -> Markup {
        let body = html! {
            main.bare.wide[self.wide] #content tabindex="-1" {
                div.bare-card { (self.body) }
                @if let Some(foot) = &self.foot { div.bare-foot { (foot) } }
            }
        };
        document(&self.title, &self.lang, self.theme, "bare", body)
    }
}

fn document(title: &str, lang: &str, theme: Theme, kind: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang) data-theme=[theme.as_str()] data-kind=(kind) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" type="image/svg+xml" href=(assets::href("mark.svg"));
                link rel="stylesheet" href=(assets::href("app.css"));
                // Before the first paint, so that a chosen theme does not flash the other one.
                script src=(assets::href("theme.js")) {}
                script type="module" src=(assets::href("app.js")) {}
            }
            body { (body) }
        }
    }
}

fn top_bar(shell: &Shell) -> Markup {
    let person = &shell.person;
    let mut items = vec![MenuItem::command("Change theme", "theme").icon(Icon::Sun)];
    items.push(MenuItem::command("Keyboard shortcuts", "keys").icon(Icon::Keyboard));
    items.extend(person.menu.iter().cloned());
    let face = html! {
        (Avatar::new(person.name.clone()))
        span.person-name aria-hidden="true" { (person.name) }
    };
    html! {
        header.top-bar {
            a.top-mark href=(shell.home) aria-label=(shell.org) { (super::icon::mark()) }
            form.top-search role="search" method="get" action="/search" {
                label.visually-hidden for="top-search" { "Search everything" }
                (Icon::Search)
                input.control type="search" id="top-search" name="q" placeholder="Search or run a command" autocomplete="off" data-palette-opener;
                span.keys aria-hidden="true" { (key("Ctrl")) (key("K")) }
            }
            div.top-actions {
                @if let Some(create) = &shell.create { (create) }
                details.menu data-menu {
                    summary.person-button { (face) (visually_hidden(&format!("{}, account menu", person.name))) }
                    div.menu-list {
                        div.menu-person { strong { (person.name) } span.muted { (person.detail) } }
                        ul { @for item in &items { (item) } }
                    }
                }
            }
        }
    }
}

fn palette() -> Markup {
    html! {
        dialog.palette id="palette" aria-label="Search and commands" {
            form method="get" action="/search" {
                (Icon::Search)
                input type="text" id="palette-input" name="q" placeholder="Search or run a command" autocomplete="off" role="combobox"
                    aria-label="Search or run a command" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list";
                (key("Esc"))
            }
            ul.options id="palette-list" role="listbox" aria-label="Results" data-source="/search/suggest" {}
            p.palette-status role="status" {}
        }
    }
}

fn keys_dialog(groups: &[RailGroup]) -> Markup {
    let everywhere: [(&str, &[&str]); 4] = [
        ("Search and commands", &["Ctrl", "K"]),
        ("Filter this page", &["/"]),
        ("Create", &["c"]),
        ("Show this list", &["?"]),
    ];
    let rows: [(&str, &[&str]); 4] =
        [("Next row", &["j"]), ("Previous row", &["k"]), ("Open the row", &["Enter"]), ("Edit", &["e"])];
    let line = |words: &str, names: &[&str]| html! { div { dt { (words) } dd { (keys(names)) } } };
    html! {
        dialog.dialog id="keys" aria-labelledby="keys-title" {
            div.dialog-frame {
                header.dialog-head {
                    h2 id="keys-title" { "Keyboard shortcuts" }
                    (super::Button::close_dialog("Close", "keys").quiet().small().icon_only(Icon::Close))
                }
                div.dialog-body.key-lists {
                    section { h3 { "Everywhere" } dl { @for (words, names) in everywhere { (line(words, names)) } } }
                    section { h3 { "Lists" } dl { @for (words, names) in rows { (line(words, names)) } } }
                    section {
                        h3 { "Go to" }
                        dl {
                            @for (go, label) in groups.iter().flat_map(|group| group.items()).filter_map(super::RailItem::go) {
                                (line(label, &["g", &go.to_string()]))
                            }
                        }
                    }
                }
            }
        }
    }
}
