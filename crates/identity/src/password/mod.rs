//! Passwords: which are good enough, how they are kept, how they are set and changed.

mod hash;
mod rules;
mod set;

pub(crate) use hash::Hasher;
pub(crate) use rules::MAX_CHARACTERS;
