//! Formulas by the number under which a SQLite statement names them. A number is good as long as somebody holds the
//! formula, which the metadata behind a running plan does.

use formula::Formula;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock, Weak};

/// Numbers start beyond what any record, day or amount is, so that a parameter that happens to be the same is none of
/// them.
pub(crate) const FIRST: i64 = 1 << 62;

#[derive(Default)]
struct Numbered {
    next: i64,
    by_number: HashMap<i64, Weak<Formula>>,
    by_place: HashMap<usize, i64>,
}

static NUMBERED: LazyLock<RwLock<Numbered>> = LazyLock::new(RwLock::default);

/// The number of a formula, the same one each time.
pub(crate) fn number_of(formula: &Arc<Formula>) -> i64 {
    let place = Arc::as_ptr(formula).addr();
    let known = |numbered: &Numbered| {
        let number = *numbered.by_place.get(&place)?;
        // Another formula may have lived at this place before.
        numbered.by_number.get(&number)?.upgrade().filter(|live| Arc::ptr_eq(live, formula)).map(|_| number)
    };
    if let Some(number) = known(&NUMBERED.read().unwrap_or_else(PoisonError::into_inner)) {
        return number;
    }
    let mut numbered = NUMBERED.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(number) = known(&numbered) {
        return number;
    }
    numbered.by_number.retain(|_, formula| formula.strong_count() > 0);
    let Numbered { by_number, by_place, .. } = &mut *numbered;
    by_place.retain(|_, number| by_number.contains_key(number));
    numbered.next += 1;
    let number = FIRST + numbered.next;
    numbered.by_number.insert(number, Arc::downgrade(formula));
    numbered.by_place.insert(place, number);
    number
}

pub(crate) fn find(number: i64) -> Option<Arc<Formula>> {
    NUMBERED.read().unwrap_or_else(PoisonError::into_inner).by_number.get(&number)?.upgrade()
}
