//! Where a question is answered: in a snapshot of its own, or inside a transaction that is under way, which sees what it
//! wrote. The same code asks in both places.

use model::Result;
use store::{OrgStore, ReadTx, WriteTx};

pub(crate) trait Reach {
    fn read<T>(&mut self, work: impl FnOnce(&mut ReadTx<'_>) -> Result<T>) -> Result<T>;

    fn write<T>(&mut self, work: impl FnOnce(&mut WriteTx<'_>) -> Result<T>) -> Result<T>;
}

/// Each step in a transaction of its own.
impl Reach for &OrgStore {
    fn read<T>(&mut self, work: impl FnOnce(&mut ReadTx<'_>) -> Result<T>) -> Result<T> {
        OrgStore::read(self, work)
    }

    fn write<T>(&mut self, work: impl FnOnce(&mut WriteTx<'_>) -> Result<T>) -> Result<T> {
        OrgStore::write(self, work)
    }
}

/// Every step in the one transaction.
impl Reach for WriteTx<'_> {
    fn read<T>(&mut self, work: impl FnOnce(&mut ReadTx<'_>) -> Result<T>) -> Result<T> {
        work(self)
    }

    fn write<T>(&mut self, work: impl FnOnce(&mut WriteTx<'_>) -> Result<T>) -> Result<T> {
        work(self)
    }
}
