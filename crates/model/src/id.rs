//! Record ids: 15 case-sensitive characters, or 18 with a check part that survives a loss of case
//! (`spec`: Salesforce ids). Inside, one positive 64-bit integer: 18 bits of key prefix, 45 bits of sequence.

use crate::{Error, ErrorCode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECK: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
const SEQUENCE_BITS: u32 = 45;

/// The three characters an id starts with; they name the object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPrefix(u32);

impl KeyPrefix {
    /// The prefix for three characters known at build time.
    ///
    /// # Panics
    /// When the text is not three base-62 characters: a mistake in our own declarations.
    pub const fn known(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        assert!(bytes.len() == 3, "a key prefix has three characters");
        let mut number = 0;
        let mut at = 0;
        while at < 3 {
            let digit = digit_value(bytes[at]);
            assert!(digit < 62, "a key prefix has base-62 characters");
            number = number * 62 + digit as u32;
            at += 1;
        }
        Self(number)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 3 || bytes.iter().any(|byte| digit_value(*byte) >= 62) {
            return None;
        }
        Some(Self(bytes.iter().fold(0, |number, byte| number * 62 + u32::from(digit_value(*byte)))))
    }

    /// The prefix of the n-th custom object of an org: `a00`, `a01`, …
    pub fn custom(n: u32) -> Self {
        Self(Self::known("a00").0 + n)
    }

    /// The prefix of the shares of a custom object: its own with a capital first letter, which no other object has.
    pub fn of_custom_share(self) -> Option<Self> {
        (self >= Self::known("a00")).then(|| Self(self.0 - (Self::known("a00").0 - Self::known("A00").0)))
    }

    /// The prefix of the field history of a custom object: thirteen letters on, where no custom object comes in practice.
    pub fn of_custom_history(self) -> Option<Self> {
        let first = Self::known("n00");
        (self >= Self::known("a00") && self < first).then(|| Self(self.0 + (first.0 - Self::known("a00").0)))
    }

    pub fn as_string(self) -> String {
        let mut out = [0u8; 3];
        write_base62(u64::from(self.0), &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }
}

impl fmt::Display for KeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_string())
    }
}

impl fmt::Debug for KeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPrefix({self})")
    }
}

impl Serialize for KeyPrefix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.as_string())
    }
}

impl<'de> Deserialize<'de> for KeyPrefix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("a key prefix is three base-62 characters"))
    }
}

/// The identity of one record in one org.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(i64);

impl RecordId {
    pub const MAX_SEQUENCE: u64 = (1 << SEQUENCE_BITS) - 1;

    /// The first and the last id that records of an object can have.
    pub fn range_of(prefix: KeyPrefix) -> (Self, Self) {
        (Self::new(prefix, 0), Self::new(prefix, (1 << SEQUENCE_BITS) - 1))
    }

    /// # Panics
    /// When the sequence does not fit in 45 bits; the store stops long before.
    pub fn new(prefix: KeyPrefix, sequence: u64) -> Self {
        assert!(sequence <= Self::MAX_SEQUENCE, "record sequence exhausted");
        Self(((i64::from(prefix.0)) << SEQUENCE_BITS) | sequence.cast_signed())
    }

    /// The integer form that the stores keep.
    pub const fn as_i64(self) -> i64 {
        self.0
    }

    pub const fn from_i64(raw: i64) -> Self {
        Self(raw)
    }

    pub const fn prefix(self) -> KeyPrefix {
        KeyPrefix((self.0 >> SEQUENCE_BITS) as u32)
    }

    pub const fn sequence(self) -> u64 {
        (self.0 & (Self::MAX_SEQUENCE.cast_signed())).cast_unsigned()
    }

    /// Reads 15 or 18 characters. The case of an 18-character id is restored from its check part.
    ///
    /// A well-formed id whose number lies beyond what Holdfast hands out becomes an id that no record has, so that it
    /// is "not found" rather than "malformed".
    ///
    /// # Errors
    /// `MALFORMED_ID` for any other text.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::try_parse(text).ok_or_else(|| malformed(text))
    }

    fn try_parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let mut chars = [0u8; 15];
        match bytes.len() {
            15 => chars.copy_from_slice(bytes),
            18 => {
                chars.copy_from_slice(&bytes[..15]);
                restore_case(&mut chars, &bytes[15..])?;
            }
            _ => return None,
        }
        let mut prefix = 0u32;
        let mut sequence: u128 = 0;
        for (at, byte) in chars.iter().enumerate() {
            let digit = digit_value(*byte);
            if digit >= 62 {
                return None;
            }
            if at < 3 {
                prefix = prefix * 62 + u32::from(digit);
            } else {
                sequence = sequence * 62 + u128::from(digit);
            }
        }
        let sequence = u64::try_from(sequence).unwrap_or(u64::MAX).min(Self::MAX_SEQUENCE);
        Some(Self::new(KeyPrefix(prefix), sequence))
    }

    /// The 18-character form as bytes, without allocation.
    pub fn to_chars(self) -> [u8; 18] {
        let mut out = [0u8; 18];
        write_base62(u64::from(self.prefix().0), &mut out[..3]);
        write_base62(self.sequence(), &mut out[3..15]);
        for chunk in 0..3 {
            let mut bits = 0usize;
            for position in 0..5 {
                if out[chunk * 5 + position].is_ascii_uppercase() {
                    bits |= 1 << position;
                }
            }
            out[15 + chunk] = CHECK[bits];
        }
        out
    }

    /// The 15-character form.
    pub fn to_short(self) -> String {
        self.to_string()[..15].to_owned()
    }
}

const fn digit_value(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'Z' => byte - b'A' + 10,
        b'a'..=b'z' => byte - b'a' + 36,
        _ => 255,
    }
}

fn write_base62(mut number: u64, out: &mut [u8]) {
    for slot in out.iter_mut().rev() {
        *slot = DIGITS[(number % 62) as usize];
        number /= 62;
    }
}

fn restore_case(chars: &mut [u8; 15], check: &[u8]) -> Option<()> {
    for (chunk, check_char) in check.iter().enumerate() {
        let bits = CHECK.iter().position(|known| *known == check_char.to_ascii_uppercase())?;
        for position in 0..5 {
            let slot = &mut chars[chunk * 5 + position];
            if bits & (1 << position) != 0 {
                if !slot.is_ascii_alphabetic() {
                    return None;
                }
                slot.make_ascii_uppercase();
            } else {
                slot.make_ascii_lowercase();
            }
        }
    }
    Some(())
}

fn malformed(text: &str) -> Error {
    let shown: String = text.chars().take(40).collect();
    Error::new(ErrorCode::MalformedId, format!("malformed id {shown}"))
}

impl FromStr for RecordId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let chars = self.to_chars();
        f.write_str(std::str::from_utf8(&chars).unwrap_or_default())
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordId({self})")
    }
}

impl Serialize for RecordId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RecordId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The identity of one org (tenant) of an installation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrgId(RecordId);

impl OrgId {
    pub const PREFIX: KeyPrefix = KeyPrefix::known("00D");

    pub fn new(sequence: u64) -> Self {
        Self(RecordId::new(Self::PREFIX, sequence))
    }

    /// # Errors
    /// `MALFORMED_ID` for text that is no id, or no id of an org.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let id = RecordId::parse(text)?;
        if id.prefix() == Self::PREFIX { Ok(Self(id)) } else { Err(malformed(text)) }
    }

    pub const fn record_id(self) -> RecordId {
        self.0
    }
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_example_has_its_check_part() {
        let id = RecordId::parse("00D000000000001").expect("15 characters");
        assert_eq!(id.to_string(), "00D000000000001EAA");
        assert_eq!(RecordId::parse("00D000000000001EAA").expect("18 characters"), id);
    }

    #[test]
    fn an_18_character_id_survives_the_loss_of_its_case() {
        let id = RecordId::new(KeyPrefix::known("00k"), 0x0fed_cba9_8765);
        let lower = id.to_string().to_lowercase();
        assert_eq!(RecordId::parse(&lower).expect("lower case"), id);
        let upper = id.to_string().to_uppercase();
        assert_eq!(RecordId::parse(&upper).expect("upper case"), id);
    }

    #[test]
    fn other_text_is_malformed() {
        for text in ["", "001", "00100000000000!", "0010000000000001", "é01000000000000", "00100000000000199A"] {
            let outcome = RecordId::parse(text);
            assert!(outcome.is_err(), "{text} was read as {outcome:?}");
        }
    }

    #[test]
    fn a_foreign_number_is_well_formed_and_nobodys() {
        let id = RecordId::parse("001D000000IRFma").expect("well formed");
        assert_eq!(id.prefix(), KeyPrefix::known("001"));
    }

    #[test]
    fn custom_prefixes_count_in_base_62() {
        assert_eq!(KeyPrefix::custom(0).to_string(), "a00");
        assert_eq!(KeyPrefix::custom(61).to_string(), "a0z");
        assert_eq!(KeyPrefix::custom(62).to_string(), "a10");
    }

    #[test]
    fn the_shares_of_a_custom_object_have_its_prefix_in_capitals() {
        let share = |text| KeyPrefix::parse(text).and_then(KeyPrefix::of_custom_share).map(KeyPrefix::as_string);
        assert_eq!(share("a0z").as_deref(), Some("A0z"));
        assert_eq!(share("zzz").as_deref(), Some("Zzz"));
        assert_eq!(share("001"), None);
    }

    #[test]
    fn the_history_of_a_custom_object_has_a_prefix_in_the_other_half_of_the_alphabet() {
        let history = |text| KeyPrefix::parse(text).and_then(KeyPrefix::of_custom_history).map(KeyPrefix::as_string);
        assert_eq!(history("a0z").as_deref(), Some("n0z"));
        assert_eq!(history("mzz").as_deref(), Some("zzz"));
        assert_eq!(history("n00"), None);
        assert_eq!(history("001"), None);
    }
}
