//! A message as it stands between DATA and the final dot.

/// Every line ends in CR LF, a dot that begins a line is doubled (RFC 5321, 4.5.2). A lone CR or LF is a line's end as
/// well: servers differ in what they take one for, and whoever wrote a dot after it could end the message there and slip
/// in commands of their own.
pub(super) fn stuffed(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len() + message.len() / 64 + 2);
    let mut is_line_start = true;
    let mut bytes = message.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' | b'\n' => {
                if byte == b'\r' {
                    bytes.next_if_eq(&b'\n');
                }
                out.extend_from_slice(b"\r\n");
                is_line_start = true;
            }
            _ => {
                if byte == b'.' && is_line_start {
                    out.push(b'.');
                }
                out.push(byte);
                is_line_start = false;
            }
        }
    }
    if !is_line_start {
        out.extend_from_slice(b"\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::stuffed;

    #[test]
    fn no_line_of_a_message_can_end_it() {
        assert_eq!(stuffed(b"a\n.\r.\nb\r\n..\r\n.c"), b"a\r\n..\r\n..\r\nb\r\n...\r\n..c\r\n");
        for smuggled in
            [&b"x\n.\nMAIL FROM:<a>"[..], b"x\r.\rMAIL", b"x\r\n.\nMAIL", b"x\n.\r\nMAIL", b".", b".\r\n", b"\r\r\n."]
        {
            let text = format!("\r\n{}", String::from_utf8(stuffed(smuggled)).expect("text"));
            assert!(!text.contains("\r\n.\r\n"), "{text:?}");
            assert_eq!(text.replace("\r\n", "").find(['\r', '\n']), None, "{text:?}");
        }
    }
}
