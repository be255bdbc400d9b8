//! JSON bodies with exact numbers. A JSON reader keeps a number as a binary float, which holds 15 digits for sure; a
//! longer one is handed on as text, which a number field reads digit by digit.

use std::borrow::Cow;

/// Digits that survive a binary float whatever they are.
const SAFE_DIGITS: usize = 15;

/// The same JSON with numbers of more than 15 significant digits in quotes. What is no JSON stays none.
pub fn quote_long_numbers(body: &[u8]) -> Cow<'_, [u8]> {
    let mut out: Option<Vec<u8>> = None;
    let (mut at, mut copied) = (0, 0);
    while let Some(byte) = body.get(at) {
        match byte {
            b'"' => at = end_of_text(body, at),
            b'-' | b'0'..=b'9' => {
                let end = end_of_number(body, at);
                if significant_digits(&body[at..end]) > SAFE_DIGITS && is_value(body, end) {
                    let out = out.get_or_insert_with(|| Vec::with_capacity(body.len() + 16));
                    out.extend_from_slice(&body[copied..at]);
                    out.push(b'"');
                    out.extend_from_slice(&body[at..end]);
                    out.push(b'"');
                    copied = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    match out {
        Some(mut out) => {
            out.extend_from_slice(&body[copied..]);
            Cow::Owned(out)
        }
        None => Cow::Borrowed(body),
    }
}

/// Behind the closing quote of the text that starts at `at`.
fn end_of_text(body: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(byte) = body.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    body.len()
}

fn end_of_number(body: &[u8], at: usize) -> usize {
    let rest = body[at..].iter();
    at + rest.take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E')).count()
}

fn significant_digits(number: &[u8]) -> usize {
    let mantissa = number.iter().take_while(|byte| !matches!(byte, b'e' | b'E'));
    mantissa.filter(|byte| byte.is_ascii_digit()).skip_while(|byte| **byte == b'0').count()
}

/// What follows is the end of a value: a number before a colon is no JSON and must stay none.
fn is_value(body: &[u8], end: usize) -> bool {
    let next = body[end..].iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(next, None | Some(b',' | b']' | b'}'))
}

#[cfg(test)]
mod tests {
    use super::quote_long_numbers;

    fn quoted(body: &str) -> String {
        String::from_utf8(quote_long_numbers(body.as_bytes()).into_owned()).expect("text")
    }

    #[test]
    fn only_long_numbers_outside_of_texts_are_quoted() {
        let same = r#"{"a":1,"b":-0.000000000000000001,"c":"1234567890123456789\"123456789012345678","d":[1e30,true]}"#;
        assert_eq!(quoted(same), same);
        assert_eq!(
            quoted(r#"{"a":[1234567890123456.78 ,-999999999999999999]}"#),
            r#"{"a":["1234567890123456.78" ,"-999999999999999999"]}"#
        );
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for broken in [r#"{1234567890123456789: 1}"#, "\"abc", "\"abc\\", "1234567890123456789x", ""] {
            assert_eq!(quoted(broken), broken);
        }
    }
}
