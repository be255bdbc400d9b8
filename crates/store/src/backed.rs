//! The door to a store from what stands on it.

/// What has a store below it. The method is there for whoever may name this crate and brings the trait into scope: the
/// crates between the store and the apps, and the binary. An app cannot.
pub trait Backed {
    type Store;

    fn store(&self) -> &Self::Store;
}
