//! Small pieces of running text: moments, keys, copyable values and the link to a computed number's reason.

use super::Icon;
use maud::{Markup, html};

/// A date or an instant as the reader knows it, with the exact form on hover. `machine` is the ISO form.
pub fn moment(shown: &str, machine: &str, exact: &str) -> Markup {
    html! { time datetime=(machine) title=(exact) { (shown) } }
}

/// One key of the keyboard.
pub fn key(name: &str) -> Markup {
    html! { kbd { (name) } }
}

/// Keys pressed together or one after the other.
pub fn keys(names: &[&str]) -> Markup {
    html! { span.keys { @for name in names { kbd { (name) } } } }
}

/// Words for assistive technology alone.
pub fn visually_hidden(words: &str) -> Markup {
    html! { span.visually-hidden { (words) } }
}

/// A value that is often carried elsewhere (an id, an address, a secret shown once), with a button that copies it.
pub fn copyable(value: &str, what: &str) -> Markup {
    html! {
        span.copyable {
            code { (value) }
            button.button.quiet.small.icon-only type="button" data-copy=(value) data-needs-script
                aria-label=(format!("Copy {what}")) title=(format!("Copy {what}")) { (Icon::Copy) }
        }
    }
}

/// The way from a computed number to the rows and rules it comes from.
pub fn why(href: &str, what: &str) -> Markup {
    html! {
        a.why href=(href) title="Where this number comes from" { "Why" (visually_hidden(&format!(" {what} has this value"))) }
    }
}
