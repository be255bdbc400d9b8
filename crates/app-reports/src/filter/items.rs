//! The list of values of a filter: items with commas between them, quoted where an item has a comma itself.

/// Splits a value. There is always an item; an empty value is one empty item, which stands for blank.
pub fn items(value: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = value.trim();
    loop {
        let (item, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_item(quoted),
            None => match rest.split_once(',') {
                Some((item, after)) => (item.trim().to_owned(), Some(after)),
                None => (rest.trim().to_owned(), None),
            },
        };
        out.push(item);
        match after {
            Some(after) => rest = after.trim_start(),
            None => return out,
        }
    }
}

/// Writes a list of values as [`items`] reads it.
pub fn value_of(items: &[String]) -> String {
    let quoted = |item: &String| {
        let is_plain = !item.contains([',', '"']) && item.trim() == item && (!item.is_empty() || items.len() == 1);
        if is_plain { item.clone() } else { format!("\"{}\"", item.replace('"', "\"\"")) }
    };
    items.iter().map(quoted).collect::<Vec<_>>().join(",")
}

/// An item whose opening quote is read: up to the closing one, a doubled quote standing for itself.
fn quoted_item(text: &str) -> (String, Option<&str>) {
    let mut item = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c != '"' {
            item.push(c);
        } else if chars.next_if(|(_, next)| *next == '"').is_some() {
            item.push('"');
        } else {
            let rest = &text[at + 1..];
            return (item, rest.split_once(',').map(|(_, after)| after));
        }
    }
    (item, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_a_list_whose_items_may_be_quoted() {
        assert_eq!(items("a, b ,c"), ["a", "b", "c"]);
        assert_eq!(items(r#""Smith, Ltd",x"#), ["Smith, Ltd", "x"]);
        assert_eq!(items(r#""say ""hi""""#), [r#"say "hi""#]);
        assert_eq!(items(r#""" , b"#), ["", "b"]);
        assert_eq!(items(""), [""]);
        assert_eq!(items("a,"), ["a", ""]);
        for list in [&["a", "b"][..], &["Smith, Ltd", "x"], &[r#"say "hi""#], &["", "b"], &[""], &[" a ", "a,"]] {
            let list: Vec<String> = list.iter().map(|item| (*item).to_owned()).collect();
            assert_eq!(items(&value_of(&list)), list);
        }
        assert_eq!(items(r#""never closed"#), ["never closed"]);
    }
}
