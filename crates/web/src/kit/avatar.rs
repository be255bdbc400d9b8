//! Avatars: the initials of a person or company on a colour that stays the same wherever the name appears.

use maud::{Markup, Render, html};

/// How many colours `tokens.css` has for avatars (`--tint-1` and on).
const TINTS: u32 = 8;

/// The initials of a name. Decoration: the name stands beside it.
#[derive(Clone, Debug)]
pub struct Avatar {
    name: String,
    seed: Option<String>,
    square: bool,
    large: bool,
}

impl Avatar {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), seed: None, square: false, large: false }
    }

    /// Takes the colour from this text (an id) instead of the name, so that a renamed person keeps it.
    #[must_use]
    pub fn seed(mut self, seed: impl Into<String>) -> Self {
        self.seed = Some(seed.into());
        self
    }

    /// Square corners, for companies.
    #[must_use]
    pub fn square(mut self) -> Self {
        self.square = true;
        self
    }

    #[must_use]
    pub fn large(mut self) -> Self {
        self.large = true;
        self
    }

    fn initials(&self) -> String {
        let words: Vec<&str> = self.name.split_whitespace().filter(|word| starts_a_name(word)).collect();
        let picked = match words.as_slice() {
            [] => Vec::new(),
            [only] => vec![*only],
            [first, .., last] => vec![*first, *last],
        };
        let initials: String = picked.iter().filter_map(|word| word.chars().find(|c| c.is_alphanumeric())).collect();
        if initials.is_empty() { "?".into() } else { initials.to_uppercase() }
    }

    fn tint(&self) -> u32 {
        // FNV-1a: spreads similar names well, and is the same on every machine and in every version.
        let text = self.seed.as_deref().unwrap_or(&self.name);
        let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        (hash ^ (hash >> 16)) % TINTS + 1
    }
}

fn starts_a_name(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}

impl Render for Avatar {
    fn render(&self) -> Markup {
        html! {
            span.avatar.square[self.square].large[self.large] data-tint=(self.tint()) aria-hidden="true" { (self.initials()) }
        }
    }
}

/// A person or company with avatar and name, linked where the reader may open it.
#[derive(Clone, Debug)]
pub struct PersonTag {
    avatar: Avatar,
    href: Option<String>,
}

impl PersonTag {
    pub fn new(name: impl Into<String>) -> Self {
        Self { avatar: Avatar::new(name), href: None }
    }

    #[must_use]
    pub fn company(mut self) -> Self {
        self.avatar.square = true;
        self
    }

    #[must_use]
    pub fn href(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }
}

impl Render for PersonTag {
    fn render(&self) -> Markup {
        let name = &self.avatar.name;
        html! {
            span.person-tag {
                (self.avatar)
                @match &self.href {
                    Some(href) => a href=(href) { (name) },
                    None => span { (name) },
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_first_and_last_word() {
        for (name, initials) in [
            ("Ada Lovelace", "AL"),
            ("Cher", "C"),
            ("Dr. Anna-Maria van der Berg", "DB"),
            ("", "?"),
            ("émile zola", "ÉZ"),
        ] {
            assert_eq!(Avatar::new(name).initials(), initials, "{name}");
        }
    }

    #[test]
    fn a_seed_keeps_the_colour_through_a_new_name() {
        assert_eq!(Avatar::new("Ada King").seed("005x").tint(), Avatar::new("Ada Lovelace").seed("005x").tint());
        assert!((1..=TINTS).contains(&Avatar::new("Ada").tint()));
    }
}
