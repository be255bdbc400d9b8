//! A transaction of an org in which several act: services, and users looked up anew inside it.

use crate::access;
use crate::ctx::Ctx;
use crate::org::Org;
use crate::record::Unit;
use model::{ObjectIx, RecordId, Result};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::WriteTx;

/// A transaction under way that belongs to nobody yet.
pub struct OrgTx<'a, 'tx> {
    org: &'a Arc<Org>,
    tx: &'a mut WriteTx<'tx>,
    touched: &'a mut BTreeSet<ObjectIx>,
}

impl Org {
    /// Runs `work` in one transaction: all of it is kept, or, when `work` fails, nothing.
    ///
    /// # Errors
    /// Those of `work`, and of the database.
    pub fn in_one_transaction<T>(self: &Arc<Self>, work: impl FnOnce(&mut OrgTx<'_, '_>) -> Result<T>) -> Result<T> {
        let mut touched = BTreeSet::new();
        let value = self.store.write(|tx| work(&mut OrgTx { org: self, tx, touched: &mut touched }))?;
        let schema = self.schema();
        if touched.iter().any(|object| access::ACCESS_OBJECTS.contains(&schema.object(*object).name())) {
            self.forget_permissions();
        }
        Ok(value)
    }
}

impl<'a, 'tx> OrgTx<'a, 'tx> {
    pub fn org(&self) -> &'a Arc<Org> {
        self.org
    }

    /// The transaction in the hands of a service or of a user.
    pub fn unit<'b>(&'b mut self, ctx: &'b Ctx) -> Unit<'b, 'tx> {
        Unit::under_way(ctx, self.tx, self.touched)
    }

    /// A user with the rights that the transaction sees, whatever was remembered of them; none for one who may not act.
    ///
    /// # Errors
    /// What the database reports.
    pub fn user(&mut self, user: RecordId) -> Result<Option<Ctx>> {
        let schema = self.org.schema();
        let found = access::user_in(self.org, self.tx, &schema, user)?;
        Ok(found.map(|(identity, user)| Ctx { org: self.org.clone(), identity, schema, user }))
    }

    pub(crate) fn beside(&mut self) -> &mut WriteTx<'tx> {
        self.tx
    }
}
