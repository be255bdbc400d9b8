//! Record access. `algebra` is the language in which "these records" is said, `level` says it for each kind of object,
//! `grants` finds the tables that hold shares and teams, `rules` compiles the sharing rules of an org.

mod algebra;
mod files;
mod grants;
mod level;
mod rules;

pub use algebra::{Access, GrantColumn, Grants, Level};
pub use grants::{
    AccountChild, account_children, allows_shares, child_default, grants_on, is_mirrored, shares_give_all,
};
pub(crate) use level::master_level;
pub use level::record_access;
pub use rules::{CompiledRule, CompiledSource, RuleBook};
