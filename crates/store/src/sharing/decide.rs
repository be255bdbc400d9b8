//! Judging given records for a user, and taking grants away for good.

use crate::driver::{Param, collect};
use crate::emit::{SqlText, Who};
use crate::org::WriteTx;
use crate::read::{ReadTx, id_column, int_column};
use model::{Error, ObjectIx, RecordId, Result};
use policy::{AuthorizedDecision, AuthorizedWrite};
use std::collections::HashMap;

/// What a user may do with one record: the verbs of the decision, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub read: bool,
    pub edit: bool,
    pub delete: bool,
    pub transfer: bool,
    pub share: bool,
    /// It lies in the recycle bin: its readers still see it there.
    pub deleted: bool,
}

impl ReadTx<'_> {
    /// The verdict on each of the given records that exists.
    ///
    /// # Errors
    /// What the database reports.
    pub fn decide(&mut self, decision: &AuthorizedDecision, ids: &[RecordId]) -> Result<HashMap<RecordId, Verdict>> {
        let object = decision.object();
        let personal = decision.verbs().into_iter().any(policy::Access::is_personal);
        let sharing = self.sharing(decision.identity(), decision.schema(), personal)?;
        let who = Who { schema: decision.schema(), sharing: &sharing };
        let dialect = self.connection.dialect();
        let mut out = SqlText::new(dialect);
        out.push("SELECT r.\"Id\", r.\"IsDeleted\"");
        for access in decision.verbs() {
            out.push(", ");
            who.verdict(&mut out, object.ix, "r", access)?;
        }
        out.push(" FROM ");
        out.name(&object.table);
        out.push(" r WHERE r.\"Id\"");
        out.bind_list(Param::Ints(ids.iter().map(|id| id.as_i64()).collect()));
        let statement = out.finish();
        let rows = collect(self.connection, &statement.sql, &statement.params, |row| {
            let flag = |at: usize| -> Result<bool> { Ok(int_column(row, at)? != 0) };
            let verdict = Verdict {
                deleted: flag(1)?,
                read: flag(2)?,
                edit: flag(3)?,
                delete: flag(4)?,
                transfer: flag(5)?,
                share: flag(6)?,
            };
            Ok((id_column(row, 0)?, verdict))
        })?;
        Ok(rows.into_iter().collect())
    }
}

impl WriteTx<'_> {
    /// Removes rows of a share or team table for good: access that was taken away does not come back from a bin.
    ///
    /// # Errors
    /// An internal error for a write of another kind of object; what the database reports.
    pub fn remove(&mut self, write: &AuthorizedWrite, ids: &[RecordId]) -> Result<u64> {
        let object = write.object();
        if object.grant_rows().is_none() {
            return Err(Error::internal(format!("records of {} are not removed for good", object.name())));
        }
        let mut out = SqlText::new(self.dialect());
        out.push(&format!("DELETE FROM \"{}\" WHERE \"Id\"", object.table));
        out.bind_list(Param::Ints(ids.iter().map(|id| id.as_i64()).collect()));
        let statement = out.finish();
        self.connection().execute(&statement.sql, &statement.params)
    }

    /// Removes what `table` (shares or a team) gives on records of the written object, in the name of their change of
    /// owner. Returns how many rows went.
    ///
    /// # Errors
    /// As [`WriteTx::remove`].
    pub fn remove_grants(&mut self, write: &AuthorizedWrite, table: ObjectIx, records: &[RecordId]) -> Result<u64> {
        let object = write.schema().object(table);
        let (Some(_), [record]) = (object.grant_rows(), object.masters.as_slice()) else {
            return Err(Error::internal(format!("{} gives no access to records", object.name())));
        };
        let mut out = SqlText::new(self.dialect());
        out.push(&format!("DELETE FROM \"{}\" WHERE \"{}\"", object.table, object.field(*record).column));
        out.bind_list(Param::Ints(records.iter().map(|id| id.as_i64()).collect()));
        let statement = out.finish();
        self.connection().execute(&statement.sql, &statement.params)
    }

    /// The stored row of the written table that already gives a grantee access to a record.
    ///
    /// # Errors
    /// As [`WriteTx::remove`].
    pub fn grant_of(
        &mut self,
        write: &AuthorizedWrite,
        record: RecordId,
        grantee: RecordId,
    ) -> Result<Option<RecordId>> {
        let object = write.object();
        let grantee_field = ["UserOrGroupId", "UserId", "MemberId"].iter().find_map(|name| object.find_field(name));
        let (Some(grantee_field), Some(_), [record_field]) =
            (grantee_field, object.grant_rows(), object.masters.as_slice())
        else {
            return Err(Error::internal(format!("{} gives no access to records", object.name())));
        };
        let mut out = SqlText::new(self.dialect());
        out.push(&format!("SELECT r.\"Id\" FROM \"{}\" r WHERE r.\"IsDeleted\" = 0 AND ", object.table));
        out.column("r", &object.field(*record_field).column);
        out.push(" = ");
        out.bind(Param::Int(record.as_i64()));
        out.push(" AND ");
        out.column("r", &grantee_field.column);
        out.push(" = ");
        out.bind(Param::Int(grantee.as_i64()));
        let statement = out.finish();
        Ok(collect(self.connection(), &statement.sql, &statement.params, |row| id_column(row, 0))?.into_iter().next())
    }
}
