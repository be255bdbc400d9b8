//! The meaning a colour carries. A tone never stands alone: words or an icon say the same.

use super::Icon;

/// What a badge, banner or flash means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Neutral,
    Accent,
    Info,
    Good,
    Warn,
    Bad,
}

impl Tone {
    pub const ALL: &'static [Tone] = &[Tone::Neutral, Tone::Accent, Tone::Info, Tone::Good, Tone::Warn, Tone::Bad];

    /// The value of the `data-tone` attribute that the stylesheet reads.
    pub const fn as_str(self) -> &'static str {
        match self {
            Tone::Neutral => "neutral",
            Tone::Accent => "accent",
            Tone::Info => "info",
            Tone::Good => "good",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
        }
    }

    /// The icon that says the same as the colour.
    pub const fn icon(self) -> Icon {
        match self {
            Tone::Neutral | Tone::Accent | Tone::Info => Icon::Info,
            Tone::Good => Icon::CheckCircle,
            Tone::Warn => Icon::Warning,
            Tone::Bad => Icon::Error,
        }
    }
}
