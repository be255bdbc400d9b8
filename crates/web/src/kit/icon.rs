//! The icon set: stroke drawings on a grid of 16, coloured by the text around them.

use maud::{Markup, PreEscaped, Render, html};

macro_rules! icons {
    ($( $variant:ident $name:literal $shapes:literal; )*) => {
        /// An icon. Rendered bare it is decoration and hidden from assistive technology; see [`Icon::labelled`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Icon { $( $variant, )* }

        impl Icon {
            /// Every icon, in the order of the gallery.
            pub const ALL: &'static [Icon] = &[ $( Icon::$variant, )* ];

            /// The name of the drawing, in kebab case.
            pub const fn name(self) -> &'static str { match self { $( Icon::$variant => $name, )* } }

            const fn shapes(self) -> &'static str { match self { $( Icon::$variant => $shapes, )* } }
        }
    };
}

icons! {
    Home "home" r#"<path d="M2.5 7.5 8 2.75l5.5 4.75M4 6.4v6.85h8V6.4"/><path d="M6.75 13.25V9.5h2.5v3.75"/>"#;
    Search "search" r#"<circle cx="7" cy="7" r="4.25"/><path d="m10.25 10.25 3.25 3.25"/>"#;
    Plus "plus" r#"<path d="M8 3.25v9.5M3.25 8h9.5"/>"#;
    Pencil "pencil" r#"<path d="m3 13 .6-2.6 7.1-7.1a1.4 1.4 0 0 1 2 2l-7.1 7.1L3 13Z"/><path d="m9.5 4.5 2 2"/>"#;
    Trash "trash" r#"<path d="M3 4.5h10M6.25 4.5V3h3.5v1.5M4.25 4.5l.6 8.5h6.3l.6-8.5M6.9 7v3.75M9.1 7v3.75"/>"#;
    Check "check" r#"<path d="m3.25 8.5 3 3 6.5-7"/>"#;
    Close "close" r#"<path d="m4 4 8 8M12 4l-8 8"/>"#;
    More "more" r#"<path stroke-width="2.25" d="M3.5 8h.01M8 8h.01M12.5 8h.01"/>"#;
    Menu "menu" r#"<path d="M2.75 4.25h10.5M2.75 8h10.5M2.75 11.75h10.5"/>"#;
    ChevronDown "chevron-down" r#"<path d="m4 6.25 4 4 4-4"/>"#;
    ChevronUp "chevron-up" r#"<path d="m4 9.75 4-4 4 4"/>"#;
    ChevronRight "chevron-right" r#"<path d="m6.25 4 4 4-4 4"/>"#;
    ChevronLeft "chevron-left" r#"<path d="m9.75 4-4 4 4 4"/>"#;
    ArrowUp "arrow-up" r#"<path d="M8 13V3.5M4 7.25l4-4 4 4"/>"#;
    ArrowDown "arrow-down" r#"<path d="M8 3v9.5M4 8.75l4 4 4-4"/>"#;
    ArrowRight "arrow-right" r#"<path d="M3 8h9.5M8.75 4l4 4-4 4"/>"#;
    ArrowLeft "arrow-left" r#"<path d="M13 8H3.5M7.25 4l-4 4 4 4"/>"#;
    Sort "sort" r#"<path d="M5 3v10M2.75 10.75 5 13l2.25-2.25M11 13V3M8.75 5.25 11 3l2.25 2.25"/>"#;
    Filter "filter" r#"<path d="M2.5 4.25h11M4.75 8h6.5M6.75 11.75h2.5"/>"#;
    Columns "columns" r#"<rect x="2.5" y="3" width="11" height="10" rx="1.5"/><path d="M6.25 3v10M9.75 3v10"/>"#;
    List "list" r#"<path d="M5.75 4h7.5M5.75 8h7.5M5.75 12h7.5M2.75 4h.01M2.75 8h.01M2.75 12h.01"/>"#;
    Board "board" r#"<rect x="2.5" y="3" width="3" height="10" rx=".75"/><rect x="6.5" y="3" width="3" height="6.5" rx=".75"/><rect x="10.5" y="3" width="3" height="8" rx=".75"/>"#;
    Download "download" r#"<path d="M8 2.75v7M4.75 6.75 8 10l3.25-3.25M3 13h10"/>"#;
    Upload "upload" r#"<path d="M8 10V3M4.75 6.25 8 3l3.25 3.25M3 13h10"/>"#;
    Copy "copy" r#"<rect x="5.5" y="5.5" width="7.75" height="7.75" rx="1.5"/><path d="M10.5 5.5V4a1.25 1.25 0 0 0-1.25-1.25H4A1.25 1.25 0 0 0 2.75 4v5.25A1.25 1.25 0 0 0 4 10.5h1.5"/>"#;
    Link "link" r#"<path d="M6.75 9.25a2.75 2.75 0 0 0 3.9 0l2-2a2.75 2.75 0 0 0-3.9-3.9l-.75.75M9.25 6.75a2.75 2.75 0 0 0-3.9 0l-2 2a2.75 2.75 0 0 0 3.9 3.9l.75-.75"/>"#;
    External "external" r#"<path d="M9.5 2.75h3.75V6.5M13 3 7.75 8.25M11.5 9.25v2.5a1.5 1.5 0 0 1-1.5 1.5H4.25a1.5 1.5 0 0 1-1.5-1.5V6a1.5 1.5 0 0 1 1.5-1.5h2.5"/>"#;
    Person "person" r#"<circle cx="8" cy="5.25" r="2.5"/><path d="M3 13.25c.5-2.6 2.5-4 5-4s4.5 1.4 5 4"/>"#;
    People "people" r#"<circle cx="6" cy="5.5" r="2.25"/><path d="M1.75 13c.4-2.4 2.1-3.75 4.25-3.75S9.85 10.6 10.25 13M10.25 3.4a2.25 2.25 0 0 1 0 4.2M11.75 9.5c1.4.5 2.2 1.7 2.5 3.5"/>"#;
    Building "building" r#"<path d="M3.5 13.25V3.5a.75.75 0 0 1 .75-.75h5a.75.75 0 0 1 .75.75v9.75M10 6.5h2a.75.75 0 0 1 .75.75v6M2.25 13.25h11.5M5.75 5.5h2M5.75 8h2M5.75 10.5h2"/>"#;
    Target "target" r#"<circle cx="8" cy="8" r="5.5"/><circle cx="8" cy="8" r="2.25"/>"#;
    Briefcase "briefcase" r#"<rect x="2.5" y="5" width="11" height="8" rx="1.5"/><path d="M5.75 5V4A1.25 1.25 0 0 1 7 2.75h2A1.25 1.25 0 0 1 10.25 4v1M2.5 8.75h11"/>"#;
    Phone "phone" r#"<path d="M4.2 2.75h1.9l1 2.7-1.3 1a7.5 7.5 0 0 0 3.75 3.75l1-1.3 2.7 1v1.9a1.45 1.45 0 0 1-1.6 1.45 9.9 9.9 0 0 1-8.9-8.9A1.45 1.45 0 0 1 4.2 2.75Z"/>"#;
    Mail "mail" r#"<rect x="2.25" y="3.5" width="11.5" height="9" rx="1.5"/><path d="M2.75 4.75 8 8.75l5.25-4"/>"#;
    Calendar "calendar" r#"<rect x="2.5" y="3.5" width="11" height="9.75" rx="1.5"/><path d="M2.5 6.75h11M5.5 2v2.5M10.5 2v2.5"/>"#;
    Clock "clock" r#"<circle cx="8" cy="8" r="5.5"/><path d="M8 4.75V8l2.25 1.5"/>"#;
    Note "note" r#"<path d="M3.25 2.75h9.5v6.5l-4 4h-5.5V2.75Z"/><path d="M8.75 13.25v-4h4"/>"#;
    File "file" r#"<path d="M9 2.25H4.5A1.25 1.25 0 0 0 3.25 3.5v9a1.25 1.25 0 0 0 1.25 1.25h7a1.25 1.25 0 0 0 1.25-1.25V6L9 2.25Z"/><path d="M9 2.25V6h3.75"/>"#;
    Quote "quote" r#"<path d="M3.5 13.5V2.75h9V13.5l-1.8-1.1-1.35 1.1L8 12.4l-1.35 1.1-1.35-1.1-1.8 1.1Z"/><path d="M5.75 5.75h4.5M5.75 8.5h4.5"/>"#;
    Chart "chart" r#"<path d="M2.75 13.25h10.5M4.5 10.75v-3M8 10.75v-7M11.5 10.75V6"/>"#;
    Dashboard "dashboard" r#"<rect x="2.75" y="2.75" width="4.5" height="5.5" rx="1"/><rect x="8.75" y="2.75" width="4.5" height="3" rx="1"/><rect x="8.75" y="7.75" width="4.5" height="5.5" rx="1"/><rect x="2.75" y="10.25" width="4.5" height="3" rx="1"/>"#;
    Sliders "sliders" r#"<path d="M2.75 5h5.5M11.25 5h2M2.75 11h2M7.75 11h5.5"/><circle cx="9.75" cy="5" r="1.5"/><circle cx="6.25" cy="11" r="1.5"/>"#;
    Lock "lock" r#"<rect x="3.25" y="7" width="9.5" height="6.25" rx="1.5"/><path d="M5.25 7V5.25a2.75 2.75 0 0 1 5.5 0V7"/>"#;
    Shield "shield" r#"<path d="m8 2.25 4.75 1.6v3.9c0 2.9-1.9 4.95-4.75 6-2.85-1.05-4.75-3.1-4.75-6v-3.9L8 2.25Z"/>"#;
    Key "key" r#"<circle cx="5.25" cy="10.75" r="2.75"/><path d="M7.25 8.75 13 3M10.75 5.25 12.5 7"/>"#;
    Eye "eye" r#"<path d="M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8Z"/><circle cx="8" cy="8" r="1.9"/>"#;
    EyeOff "eye-off" r#"<path d="M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8ZM3 13 13 3"/>"#;
    Info "info" r#"<circle cx="8" cy="8" r="5.75"/><path d="M8 7.5v3.25M8 5.25h.01"/>"#;
    Warning "warning" r#"<path d="M8 2.5 14 13H2L8 2.5Z"/><path d="M8 6.5v3M8 11.1h.01"/>"#;
    Error "error" r#"<circle cx="8" cy="8" r="5.75"/><path d="M8 5v3.5M8 10.75h.01"/>"#;
    CheckCircle "check-circle" r#"<circle cx="8" cy="8" r="5.75"/><path d="M5.5 8.25 7.25 10l3.25-3.75"/>"#;
    Help "help" r#"<circle cx="8" cy="8" r="5.75"/><path d="M6.25 6.4a1.75 1.75 0 1 1 2.6 1.5c-.6.35-.85.7-.85 1.35M8 11.25h.01"/>"#;
    Bell "bell" r#"<path d="M4.25 11V7a3.75 3.75 0 0 1 7.5 0v4l1 .75h-9.5l1-.75ZM6.75 13.75h2.5"/>"#;
    Star "star" r#"<path d="m8 2.5 1.7 3.5 3.8.55-2.75 2.7.65 3.8L8 11.25l-3.4 1.8.65-3.8L2.5 6.55 6.3 6 8 2.5Z"/>"#;
    History "history" r#"<path d="M2.9 3.25V6h2.75M3.1 5.9a5.25 5.25 0 1 1-.35 2.5M8 5.25V8l2 1.25"/>"#;
    Undo "undo" r#"<path d="M5.5 3.25 2.75 6 5.5 8.75M3 6h6.25a3.5 3.5 0 0 1 0 7H6"/>"#;
    Redo "redo" r#"<path d="M10.5 3.25 13.25 6 10.5 8.75M13 6H6.75a3.5 3.5 0 0 0 0 7H10"/>"#;
    Refresh "refresh" r#"<path d="M13 3.25v3h-3M12.8 6.1a5.25 5.25 0 1 0 .4 2.65"/>"#;
    Send "send" r#"<path d="M13.5 2.5 9.25 13.5 7 9 2.5 6.75l11-4.25ZM13.5 2.5 7 9"/>"#;
    Bolt "bolt" r#"<path d="M8.75 2.25 3.5 9h4l-.25 4.75L12.5 7h-4l.25-4.75Z"/>"#;
    Tag "tag" r#"<path d="M2.75 3.5v4.1l5.9 5.9 4.85-4.85-5.9-5.9H3.5a.75.75 0 0 0-.75.75ZM5.5 5.5h.01"/>"#;
    Flag "flag" r#"<path d="M4 13.5V2.75M4 3.25h8L10.25 6 12 8.75H4"/>"#;
    Folder "folder" r#"<path d="M2.25 4.25a1 1 0 0 1 1-1h3L7.75 5h5a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-9.5a1 1 0 0 1-1-1V4.25Z"/>"#;
    Package "package" r#"<path d="m8 2.25 5 2.75v6L8 13.75 3 11V5l5-2.75Z"/><path d="m3 5 5 2.75L13 5M8 7.75v6"/>"#;
    Database "database" r#"<ellipse cx="8" cy="4" rx="5" ry="1.75"/><path d="M3 4v8c0 .97 2.24 1.75 5 1.75s5-.78 5-1.75V4M3 8c0 .97 2.24 1.75 5 1.75S13 8.97 13 8"/>"#;
    Code "code" r#"<path d="M5.25 4.5 1.75 8l3.5 3.5M10.75 4.5 14.25 8l-3.5 3.5"/>"#;
    Keyboard "keyboard" r#"<rect x="1.75" y="4" width="12.5" height="8" rx="1.5"/><path d="M5.25 9.5h5.5M4.5 6.75h.01M6.85 6.75h.01M9.15 6.75h.01M11.5 6.75h.01"/>"#;
    Sun "sun" r#"<circle cx="8" cy="8" r="2.75"/><path d="M8 1.75v1M8 13.25v1M1.75 8h1M13.25 8h1M3.6 3.6l.7.7M11.7 11.7l.7.7M12.4 3.6l-.7.7M4.3 11.7l-.7.7"/>"#;
    Moon "moon" r#"<path d="M13.25 9.4A5.4 5.4 0 0 1 6.6 2.75a5.4 5.4 0 1 0 6.65 6.65Z"/>"#;
    SignOut "sign-out" r#"<path d="M6.5 2.75H4.25A1.25 1.25 0 0 0 3 4v8a1.25 1.25 0 0 0 1.25 1.25H6.5M10.25 5l3 3-3 3M13 8H6.5"/>"#;
}

impl Icon {
    /// The icon as an image with a name, for places where no words stand beside it.
    pub fn labelled(self, label: &str) -> Markup {
        html! {
            svg.icon viewBox="0 0 16 16" role="img" aria-label=(label) { (PreEscaped(self.shapes())) }
        }
    }

    /// The icon at 20 pixels, for headers and empty states.
    pub fn large(self) -> Markup {
        html! {
            svg.icon.icon-large viewBox="0 0 16 16" aria-hidden="true" { (PreEscaped(self.shapes())) }
        }
    }
}

impl Render for Icon {
    fn render(&self) -> Markup {
        html! { svg.icon viewBox="0 0 16 16" aria-hidden="true" { (PreEscaped(self.shapes())) } }
    }
}

/// The product's mark: a ring held by a bar, as a rope is by a cleat.
pub fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 24 24" aria-hidden="true" {
            rect.mark-ground width="24" height="24" rx="6" {}
            path.mark-line d="M8 6v12M16 6v12M8 12h8" {}
        }
    }
}
