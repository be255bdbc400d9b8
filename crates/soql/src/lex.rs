//! Text → tokens with byte positions. Nothing is refused here: what is no token becomes [`Kind::Unknown`], so that the
//! parser reports the first mistake in reading order.

/// What a token is. Keywords are words: which words are keywords depends on the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    /// Words joined by dots, without spaces.
    Path,
    /// `'…'`, quotes included.
    Text,
    /// A `'` without its partner.
    UnclosedText,
    Number,
    /// `EUR1500.50`, as far as it is not already a [`Kind::Word`].
    Currency,
    Date,
    DateTime,
    Time,
    Open,
    Close,
    Comma,
    Colon,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Unknown,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Splits `text` from byte `from` on. The last token is always [`Kind::End`].
///
/// The caller has bounded the text, so that every position fits in 32 bits.
pub(crate) fn tokens(text: &str, from: usize) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity((text.len() - from) / 5 + 2);
    let mut at = from;
    loop {
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        let (kind, end) = match bytes.get(at) {
            None => (Kind::End, at),
            Some(byte) => one(text, *byte, at),
        };
        out.push(Token { kind, start: narrow(at), end: narrow(end) });
        if kind == Kind::End {
            return out;
        }
        at = end;
    }
}

fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

fn one(text: &str, first: u8, at: usize) -> (Kind, usize) {
    let bytes = text.as_bytes();
    let second = bytes.get(at + 1).copied();
    match first {
        b'(' => (Kind::Open, at + 1),
        b')' => (Kind::Close, at + 1),
        b',' => (Kind::Comma, at + 1),
        b':' => (Kind::Colon, at + 1),
        b'=' => (Kind::Eq, at + 1),
        b'!' if second == Some(b'=') => (Kind::Ne, at + 2),
        b'<' if second == Some(b'>') => (Kind::Ne, at + 2),
        b'<' if second == Some(b'=') => (Kind::Le, at + 2),
        b'>' if second == Some(b'=') => (Kind::Ge, at + 2),
        b'<' => (Kind::Lt, at + 1),
        b'>' => (Kind::Gt, at + 1),
        b'\'' => quoted(bytes, at),
        b'0'..=b'9' => digits_first(bytes, at),
        b'+' | b'-' if second.is_some_and(|byte| byte.is_ascii_digit()) => number(bytes, at, Kind::Number),
        byte if byte.is_ascii_alphabetic() => word(bytes, at),
        _ => {
            let width = text[at..].chars().next().map_or(1, char::len_utf8);
            (Kind::Unknown, at + width)
        }
    }
}

fn quoted(bytes: &[u8], at: usize) -> (Kind, usize) {
    let mut end = at + 1;
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'\'' => return (Kind::Text, end + 1),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
    (Kind::UnclosedText, bytes.len())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The first place from `at` on whose byte does not pass.
fn skip(bytes: &[u8], mut at: usize, passes: impl Fn(u8) -> bool) -> usize {
    while bytes.get(at).is_some_and(|byte| passes(*byte)) {
        at += 1;
    }
    at
}

fn word(bytes: &[u8], at: usize) -> (Kind, usize) {
    let mut end = skip(bytes, at, is_word);
    if let Some(amount) = currency_amount(bytes, at, end) {
        return number(bytes, amount, Kind::Currency);
    }
    let mut kind = Kind::Word;
    while bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic) {
        kind = Kind::Path;
        end = skip(bytes, end + 1, is_word);
    }
    (kind, end)
}

/// Where the amount of a currency literal starts that a word cannot hold: `EUR-5`, `EUR1.5`.
fn currency_amount(bytes: &[u8], at: usize, end: usize) -> Option<usize> {
    let amount = at + 3;
    if end < amount || !bytes[at..amount].iter().all(u8::is_ascii_alphabetic) {
        return None;
    }
    let next_is_digit = |at: usize| bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
    let signed = end == amount && matches!(bytes.get(end), Some(b'+' | b'-')) && next_is_digit(end);
    let pointed = end > amount
        && bytes[amount..end].iter().all(u8::is_ascii_digit)
        && bytes.get(end) == Some(&b'.')
        && next_is_digit(end);
    (signed || pointed).then_some(amount)
}

/// `+12.50E-3` from its sign on. What touches a letter or a second point is no number.
fn number(bytes: &[u8], at: usize, kind: Kind) -> (Kind, usize) {
    let digits = |from: usize| skip(bytes, from, |byte| byte.is_ascii_digit());
    let mut end = at + usize::from(matches!(bytes[at], b'+' | b'-'));
    end = digits(end);
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let exponent = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if bytes.get(exponent).is_some_and(u8::is_ascii_digit) {
            end = digits(exponent);
        }
    }
    let runs_on = skip(bytes, end, |byte| is_word(byte) || byte == b'.');
    if runs_on > end { (Kind::Unknown, runs_on) } else { (kind, end) }
}

fn digits_first(bytes: &[u8], at: usize) -> (Kind, usize) {
    if matches_shape(bytes, at, b"dddd-dd-dd") {
        let end = at + 10;
        if matches!(bytes.get(end), Some(b'T' | b't')) {
            return (
                Kind::DateTime,
                zone_end(bytes, skip(bytes, end + 1, |byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'))),
            );
        }
        let runs_on = skip(bytes, end, |byte| is_word(byte) || matches!(byte, b'.' | b'-'));
        return if runs_on > end { (Kind::Unknown, runs_on) } else { (Kind::Date, end) };
    }
    if matches_shape(bytes, at, b"dd:dd") {
        let end = skip(bytes, at, |byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
        return (Kind::Time, skip(bytes, end, is_word));
    }
    number(bytes, at, Kind::Number)
}

fn zone_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'+' | b'-') => skip(bytes, at + 1, |byte| byte.is_ascii_digit() || byte == b':'),
        _ => skip(bytes, at, is_word),
    }
}

/// `d` stands for a digit, everything else for itself.
fn matches_shape(bytes: &[u8], at: usize, shape: &[u8]) -> bool {
    bytes.get(at..at + shape.len()).is_some_and(|piece| {
        piece
            .iter()
            .zip(shape)
            .all(|(byte, wanted)| if *wanted == b'd' { byte.is_ascii_digit() } else { byte == wanted })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        tokens(text, 0).iter().map(|token| (token.kind, &text[token.start as usize..token.end as usize])).collect()
    }

    #[test]
    fn paths_are_one_token_and_a_loose_point_is_none() {
        assert_eq!(
            kinds("Account.Owner.Name x .y"),
            [
                (Kind::Path, "Account.Owner.Name"),
                (Kind::Word, "x"),
                (Kind::Unknown, "."),
                (Kind::Word, "y"),
                (Kind::End, "")
            ]
        );
    }

    #[test]
    fn numbers_dates_and_currencies_are_told_apart() {
        for (text, kind) in [
            ("12", Kind::Number),
            ("-3.50", Kind::Number),
            ("+1.39E+08", Kind::Number),
            ("2024-01-31", Kind::Date),
            ("2024-01-31T10:00:00.000+0100", Kind::DateTime),
            ("2024-01-31T10:00:00Z", Kind::DateTime),
            ("10:00:00Z", Kind::Time),
            ("EUR1500", Kind::Word),
            ("EUR1500.50", Kind::Currency),
            ("usd-5", Kind::Currency),
            ("5abc", Kind::Unknown),
            ("1.2.3", Kind::Unknown),
            ("2024-01-311", Kind::Unknown),
        ] {
            assert_eq!(kinds(text), [(kind, text), (Kind::End, "")], "{text}");
        }
    }

    #[test]
    fn quotes_inside_a_text_are_escaped() {
        assert_eq!(kinds(r"'it\'s' 'x"), [(Kind::Text, r"'it\'s'"), (Kind::UnclosedText, "'x"), (Kind::End, "")]);
        assert_eq!(kinds("'\\"), [(Kind::UnclosedText, "'\\"), (Kind::End, "")]);
    }
}
