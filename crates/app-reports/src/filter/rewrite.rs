//! Filter logic that follows its filters: as one is added, taken away or moved, the numbers go on meaning what they meant.

use super::Logic;

/// The logic once a filter more must hold.
pub fn logic_with_one_more(logic: &str, filters_before: usize) -> String {
    let number = filters_before + 1;
    match Logic::read(Some(logic), filters_before) {
        Ok(Logic::All(_) | Logic::Filter(_)) => format!("{} AND {number}", logic.trim()),
        _ => format!("({}) AND {number}", logic.trim()),
    }
}

/// The logic without the filter at a place, from 0; none where nothing is left to put together. What cannot be read stays
/// as it is, for its author to put right.
pub fn logic_without(logic: &str, filters_before: usize, place: usize) -> Option<String> {
    let Ok(read) = Logic::read(Some(logic), filters_before) else { return Some(logic.to_owned()) };
    let left = without(read, place)?;
    (filters_before > 2).then(|| write(&left, false))
}

/// The logic once the filter at one place stands at another.
pub fn logic_moved(logic: &str, filters: usize, from: usize, to: usize) -> String {
    let Ok(read) = Logic::read(Some(logic), filters) else { return logic.to_owned() };
    let moved = |at: usize| match at {
        at if at == from => to,
        at if from < at && at <= to => at - 1,
        at if to <= at && at < from => at + 1,
        at => at,
    };
    write(&renumbered(read, &moved), false)
}

fn without(logic: Logic, place: usize) -> Option<Logic> {
    let many = |parts: Vec<Logic>, joined: fn(Vec<Logic>) -> Logic| {
        let mut left: Vec<Logic> = parts.into_iter().filter_map(|part| without(part, place)).collect();
        match left.len() {
            0 => None,
            1 => left.pop(),
            _ => Some(joined(left)),
        }
    };
    match logic {
        Logic::Filter(at) if at == place => None,
        Logic::Filter(at) => Some(Logic::Filter(if at > place { at - 1 } else { at })),
        Logic::Not(part) => without(*part, place).map(|part| Logic::Not(Box::new(part))),
        Logic::All(parts) => many(parts, Logic::All),
        Logic::Any(parts) => many(parts, Logic::Any),
    }
}

fn renumbered(logic: Logic, moved: &impl Fn(usize) -> usize) -> Logic {
    let all = |parts: Vec<Logic>| parts.into_iter().map(|part| renumbered(part, moved)).collect();
    match logic {
        Logic::Filter(at) => Logic::Filter(moved(at)),
        Logic::Not(part) => Logic::Not(Box::new(renumbered(*part, moved))),
        Logic::All(parts) => Logic::All(all(parts)),
        Logic::Any(parts) => Logic::Any(all(parts)),
    }
}

fn write(logic: &Logic, is_inner: bool) -> String {
    let joined = |parts: &[Logic], word: &str| {
        let parts: Vec<String> = parts.iter().map(|part| write(part, true)).collect();
        let text = parts.join(word);
        if is_inner && parts.len() > 1 { format!("({text})") } else { text }
    };
    match logic {
        Logic::Filter(at) => (at + 1).to_string(),
        Logic::Not(part) => format!("NOT {}", write(part, true)),
        Logic::All(parts) => joined(parts, " AND "),
        Logic::Any(parts) => joined(parts, " OR "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_meaning_the_same_filters() {
        assert_eq!(logic_with_one_more("1 AND 2", 2), "1 AND 2 AND 3");
        assert_eq!(logic_with_one_more("1 OR NOT 2", 2), "(1 OR NOT 2) AND 3");
        assert_eq!(logic_without("1 AND (2 OR 3)", 3, 1).as_deref(), Some("1 AND 2"));
        assert_eq!(logic_without("1 OR (2 AND NOT 3) OR 4", 4, 0).as_deref(), Some("(1 AND NOT 2) OR 3"));
        assert_eq!(logic_without("1 OR 2", 2, 0), None, "one filter needs no logic");
        assert_eq!(logic_without("1 OR", 2, 0).as_deref(), Some("1 OR"), "what cannot be read is left to its author");
        assert_eq!(logic_moved("1 AND (2 OR 3)", 3, 2, 0), "2 AND (3 OR 1)");
        assert_eq!(logic_moved("NOT 1 OR 2", 2, 0, 1), "NOT 2 OR 1");
    }
}
