//! One line of the table of routes. Who may ask follows from the type of the page: a page that takes a [`Call`] cannot
//! be reached without a session.

use super::{Call, PageResult, Visit};

/// The methods pages use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Get,
    /// Changes something: carries an anti-forgery token, always.
    Post,
}

/// Who may ask for a page at all; what it shows them is decided by their record access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Public,
    SignedIn,
}

#[derive(Clone, Copy)]
pub(crate) enum Handler {
    Public(fn(&Visit) -> PageResult),
    Member(fn(&Call<'_>) -> PageResult),
}

/// One address of the interface.
#[derive(Clone, Copy)]
pub struct Route {
    pub verb: Verb,
    /// With parameters in braces.
    pub path: &'static str,
    pub(crate) handler: Handler,
}

impl Route {
    pub fn access(&self) -> Access {
        match self.handler {
            Handler::Public(_) => Access::Public,
            Handler::Member(_) => Access::SignedIn,
        }
    }
}

/// A page for everybody.
pub(crate) const fn public(verb: Verb, path: &'static str, page: fn(&Visit) -> PageResult) -> Route {
    Route { verb, path, handler: Handler::Public(page) }
}

/// A page for people who signed in.
pub(crate) const fn member(verb: Verb, path: &'static str, page: fn(&Call<'_>) -> PageResult) -> Route {
    Route { verb, path, handler: Handler::Member(page) }
}
