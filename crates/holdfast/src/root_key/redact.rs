//! What others say about the root key, without whatever in it might be one.

/// Hexadecimal digits in a row from which on they may be part of a key.
const HEX_RUN: usize = 16;
/// Letters and digits in a row from which on they may be a key in another spelling.
const RUN: usize = 32;
const PLACEHOLDER: &str = "[redacted]";

/// Whether this is a root key as it is written down.
pub(super) fn looks_like_a_key(text: &str) -> bool {
    let text = text.trim();
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The text with every run that may be a key, or a part of one, replaced.
pub(crate) fn redacted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_run = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '=' | '_');
        let is_joint = |letter: char| matches!(letter, '/' | '-' | ':');
        let joined = rest.find(|letter| !is_run(letter) && !is_joint(letter)).unwrap_or(rest.len());
        if may_be_a_key(&rest[..joined]) {
            out.push_str(PLACEHOLDER);
            rest = &rest[joined..];
            continue;
        }
        let length = rest.find(|letter| !is_run(letter)).unwrap_or(rest.len());
        if length == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (run, behind) = rest.split_at(length);
        out.push_str(if length >= RUN || longest_hex(run) >= HEX_RUN { PLACEHOLDER } else { run });
        rest = behind;
    }
    out
}

/// Whether runs that are joined by what stands in base64 and between groups of digits are one key: hexadecimal alone, or
/// of capital and small letters and digits, as no path or sentence of this length is.
fn may_be_a_key(joined: &str) -> bool {
    let letters: Vec<u8> = joined.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let has = |kind: fn(&u8) -> bool| letters.iter().any(kind);
    let mixed = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    (letters.len() >= RUN && mixed) || (letters.len() >= HEX_RUN && letters.iter().all(u8::is_ascii_hexdigit))
}

fn longest_hex(run: &str) -> usize {
    run.split(|letter: char| !letter.is_ascii_hexdigit()).map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_may_be_a_key_is_replaced_and_the_words_around_it_stay() {
        let key = "0123456789abcdef".repeat(4);
        for said in [
            format!("got {key}, done"),
            format!("got key={key}, done"),
            format!("got {}, done", &key[..20]),
            format!("got {}, done", (0..32).map(|at| format!("{at:02x}")).collect::<Vec<_>>().join(":")),
            "got QWJjZGVmZ2hpamtsbW5v/3Fyc3R1dnd4eXoxMjM0NTY3OD-=, done".to_owned(),
            "got QWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY3ODk=, done".to_owned(),
        ] {
            assert_eq!(redacted(&said), "got [redacted], done", "{said}");
        }
        assert_eq!(redacted("permission denied: /etc/vault/token (ñ)"), "permission denied: /etc/vault/token (ñ)");
    }
}
