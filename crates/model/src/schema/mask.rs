//! Encrypted text: how much of a value is shown to whoever may not view encrypted data.

use super::{FieldDef, FieldType, Sealing};
use serde::{Deserialize, Serialize};

/// The most characters of an encrypted text.
pub const MAX_ENCRYPTED_LENGTH: u32 = 175;

/// Characters at the end that most masks leave clear.
const CLEAR: usize = 4;

/// How a value is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mask {
    pub kind: MaskKind,
    pub character: MaskCharacter,
}

/// Which characters are hidden, and how what is left is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MaskKind {
    /// Every character.
    All,
    /// All but the last four, in groups of four: `XXXX-XXXX-XXXX-1234`.
    CreditCard,
    /// A social security number: `XXX-XX-1234`.
    Ssn,
    /// All but the last four.
    LastFour,
    /// A social insurance number: `XXX-XX2-345`.
    Sin,
    /// A national insurance number: every character, in pairs: `XX XX XX XX X`.
    Nino,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MaskCharacter {
    Asterisk,
    X,
}

impl MaskKind {
    /// The name in describe and in metadata.
    pub const fn name(self) -> &'static str {
        match self {
            MaskKind::All => "all",
            MaskKind::CreditCard => "creditCard",
            MaskKind::Ssn => "ssn",
            MaskKind::LastFour => "lastFour",
            MaskKind::Sin => "sin",
            MaskKind::Nino => "nino",
        }
    }

    const fn hides_all(self) -> bool {
        matches!(self, MaskKind::All | MaskKind::Nino)
    }

    /// After which characters a mark stands, and which mark; none for a value of another length.
    fn marks(self, length: usize) -> Option<(char, &'static [usize])> {
        match (self, length) {
            (MaskKind::CreditCard, 5..) => Some(('-', &[4, 8, 12, 16])),
            (MaskKind::Ssn, 9) => Some(('-', &[3, 5])),
            (MaskKind::Sin, 9) => Some(('-', &[3, 6])),
            (MaskKind::Nino, 9) => Some((' ', &[2, 4, 6, 8])),
            _ => None,
        }
    }
}

impl MaskCharacter {
    pub const fn as_char(self) -> char {
        match self {
            MaskCharacter::Asterisk => '*',
            MaskCharacter::X => 'X',
        }
    }
}

impl Mask {
    pub const fn new(kind: MaskKind, character: MaskCharacter) -> Self {
        Self { kind, character }
    }

    /// What is shown in place of a value. A value that is no longer than what would stay clear is hidden whole.
    pub fn hide(self, value: &str) -> String {
        let grouped = self.kind.marks(usize::MAX).is_some() || self.kind.marks(9).is_some();
        // People write such numbers with and without marks; the mask sets its own.
        let characters: Vec<char> = value.chars().filter(|c| !grouped || !matches!(c, ' ' | '-')).collect();
        let clear = if self.kind.hides_all() || characters.len() <= CLEAR { 0 } else { CLEAR };
        let hidden = characters.len() - clear;
        let marks = self.kind.marks(characters.len());
        let mut shown = String::with_capacity(characters.len() + 4);
        for (at, c) in characters.iter().enumerate() {
            if let Some((mark, places)) = marks
                && places.contains(&at)
            {
                shown.push(mark);
            }
            shown.push(if at < hidden { self.character.as_char() } else { *c });
        }
        // A value of nothing but marks is a value all the same.
        if shown.is_empty() { self.character.as_char().to_string() } else { shown }
    }
}

impl FieldDef {
    /// Text that is always encrypted, and shown masked to whoever may not view encrypted data.
    pub fn encrypted_text(name: &str, label: &str, length: u32, mask: Mask) -> Self {
        Self::new(name, label, FieldType::EncryptedText { length, mask }).sealed(Sealing::Probabilistic)
    }
}

/// Why an encrypted text cannot stand as it is declared.
pub(super) fn encrypted_problem(field: &FieldDef) -> Option<String> {
    let FieldType::EncryptedText { length, .. } = field.data_type else { return None };
    let name = &field.name;
    let forms = [Some(field.sealed), field.sealing_next.map(|next| next.sealed)];
    if forms.into_iter().flatten().any(|sealed| sealed != Sealing::Probabilistic) {
        return Some(format!("{name}: encrypted text stays encrypted, and without tokens"));
    }
    if length == 0 || length > MAX_ENCRYPTED_LENGTH {
        return Some(format!("{name}: encrypted text has 1 to {MAX_ENCRYPTED_LENGTH} characters"));
    }
    let asked = field.unique || field.external_id || field.indexed || !field.default.is_null();
    asked.then(|| format!("{name}: encrypted text is not unique, indexed or an external id and has no default"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mask_hides_what_it_says() {
        let shown = |kind, value: &str| Mask::new(kind, MaskCharacter::X).hide(value);
        assert_eq!(shown(MaskKind::All, "Grün 12"), "XXXXXXX");
        assert_eq!(shown(MaskKind::LastFour, "DE-12345"), "XXXX2345");
        assert_eq!(shown(MaskKind::CreditCard, "4111 1111 1111 1234"), "XXXX-XXXX-XXXX-1234");
        assert_eq!(shown(MaskKind::CreditCard, "378282246310005"), "XXXX-XXXX-XXX0-005");
        assert_eq!(shown(MaskKind::Ssn, "123-45-6789"), "XXX-XX-6789");
        assert_eq!(shown(MaskKind::Ssn, "123456789"), "XXX-XX-6789");
        assert_eq!(shown(MaskKind::Sin, "046454286"), "XXX-XX4-286");
        assert_eq!(shown(MaskKind::Nino, "QQ123456C"), "XX XX XX XX X");
        assert_eq!(Mask::new(MaskKind::All, MaskCharacter::Asterisk).hide("abc"), "***");
    }

    #[test]
    fn a_short_value_shows_nothing() {
        for kind in [MaskKind::LastFour, MaskKind::CreditCard, MaskKind::Ssn, MaskKind::Sin] {
            for value in ["1", "1234", "12-34"] {
                let shown = Mask::new(kind, MaskCharacter::X).hide(value);
                assert!(!shown.chars().any(|c| c.is_ascii_digit()) || (kind == MaskKind::LastFour && value.len() > 4));
                assert!(!shown.is_empty());
            }
        }
        assert_eq!(Mask::new(MaskKind::Ssn, MaskCharacter::X).hide("-"), "X");
    }
}
