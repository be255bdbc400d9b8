//! The standard objects every org starts with, one file per family: declarations only, under the names, lengths and
//! relationships of the public Salesforce object reference, so that existing clients find what they expect.

mod accounts;
mod activities;
mod attached;
mod common;
mod folders;
mod history;
mod locales;
mod log;
mod marketing;
mod people;
mod permissions;
mod products;
mod quotes;
mod sales;
mod service;
mod sharing;
#[cfg(test)]
mod tests;

use model::schema::{FieldDef, ObjectDef, share_of};

pub use locales::is_locale;
pub(crate) use sales::CONVERTED_STATUS;

/// Every standard object, in an order in which a schema lists them; references may point forward.
pub fn objects() -> Vec<ObjectDef> {
    let objects: Vec<ObjectDef> = [
        accounts::objects(),
        sales::objects(),
        products::objects(),
        quotes::objects(),
        service::objects(),
        activities::objects(),
        attached::objects(),
        marketing::objects(),
        people::objects(),
        permissions::objects(),
        sharing::objects(),
        folders::objects(),
        log::objects(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let histories = history::of(&objects);
    with_shares(objects.into_iter().chain(histories).collect())
}

/// The field that a custom object gets with its first record type.
pub(crate) fn record_type_field() -> FieldDef {
    common::record_type()
}

/// Objects followed by the shares of those that have any.
pub(crate) fn with_shares(objects: Vec<ObjectDef>) -> Vec<ObjectDef> {
    let shares: Vec<_> = objects.iter().filter_map(share_of).collect();
    objects.into_iter().chain(shares).collect()
}
