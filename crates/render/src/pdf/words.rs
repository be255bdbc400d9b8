//! Text in lines: cut at spaces, and inside a word only where the word alone is wider than its line.

use super::face;
use crate::font::Weight;

/// The lines of a text in a width. Its own line ends are kept; an empty text has one empty line.
pub(super) fn lines(text: &str, room: f64, size: f64, weight: Weight) -> Vec<String> {
    let width = |text: &str| face::width(text, size, weight);
    let mut out = Vec::new();
    for paragraph in text.split('\n') {
        let paragraph = paragraph.trim_end_matches('\r');
        if width(paragraph) <= room {
            out.push(paragraph.to_owned());
            continue;
        }
        let mut line = String::new();
        let mut used = 0.0;
        for word in paragraph.split_inclusive([' ', '\t', '-', '/', '_', '@']) {
            let wide = width(word);
            // The space that ends a line may hang over its end.
            if used + width(word.trim_end()) > room && !line.is_empty() {
                out.push(line.trim_end().to_owned());
                (line, used) = (String::new(), 0.0);
            }
            if width(word.trim_end()) <= room {
                line.push_str(word);
                used += wide;
                continue;
            }
            for c in word.chars() {
                let one = width(c.encode_utf8(&mut [0; 4]));
                if used + one > room && !line.is_empty() {
                    out.push(std::mem::take(&mut line));
                    used = 0.0;
                }
                line.push(c);
                used += one;
            }
        }
        out.push(line.trim_end().to_owned());
    }
    out
}

/// The widest word of a text: no line can be narrower without cutting it.
pub(super) fn longest_word(text: &str, size: f64, weight: Weight) -> f64 {
    text.split_whitespace().map(|word| face::width(word, size, weight)).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_their_room_and_lose_no_letter() {
        let text = "Global Consolidated Industries of the north-western region\nDonaudampfschifffahrtsgesellschaft";
        for room in [20.0, 48.0, 90.0, 400.0] {
            let lines = lines(text, room, 9.0, Weight::Regular);
            for line in &lines {
                assert!(face::width(line, 9.0, Weight::Regular) <= room + 0.01, "{line:?} in {room}");
            }
            let squeezed = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!(squeezed(&lines.join(" ")), squeezed(text));
        }
        assert_eq!(lines("", 40.0, 9.0, Weight::Regular), [""]);
        assert_eq!(lines("a\n\nb", 40.0, 9.0, Weight::Regular), ["a", "", "b"]);
    }
}
