//! What a user looked at last, as far as they may still see it.

use crate::ctx::Ctx;
use crate::query::QueryOptions;
use model::{ObjectIx, ObjectSchema, RecordId, Result};
use std::collections::HashMap;

/// A record that the user looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentRecord {
    pub id: RecordId,
    pub object: ObjectIx,
    pub name: String,
}

/// How many visits are looked through, so that those of one object are found among the others.
const LOOKED_THROUGH: u32 = 2000;
/// Ids in one query: a query's text has a limit.
const IN_ONE_QUERY: usize = 500;

impl Ctx {
    /// The records that the user looked at last, newest first, of one object or of all; those deleted since or no
    /// longer readable are left out.
    ///
    /// # Errors
    /// What the database reports.
    pub fn records_recent(&self, object: Option<&ObjectSchema>, limit: usize) -> Result<Vec<RecentRecord>> {
        let Some(user) = self.user_id() else { return Ok(Vec::new()) };
        let visits = self.org.store.read(|tx| tx.recent_of(user, LOOKED_THROUGH))?;
        let mut by_object: HashMap<ObjectIx, Vec<RecordId>> = HashMap::new();
        for (id, _) in &visits {
            let seen = self.schema.find_by_prefix(id.prefix()).filter(|seen| self.object_permission(seen.ix).read);
            if let Some(seen) = seen.filter(|seen| object.is_none_or(|wanted| wanted.ix == seen.ix)) {
                by_object.entry(seen.ix).or_default().push(*id);
            }
        }
        let mut names = HashMap::new();
        for (ix, ids) in by_object {
            self.collect_names(self.schema.object(ix), &ids, &mut names)?;
        }
        let found = visits.iter().filter_map(|(id, _)| {
            let (object, name) = names.get(id)?;
            Some(RecentRecord { id: *id, object: *object, name: String::clone(name) })
        });
        Ok(found.take(limit).collect())
    }

    fn collect_names(
        &self,
        object: &ObjectSchema,
        ids: &[RecordId],
        names: &mut HashMap<RecordId, (ObjectIx, String)>,
    ) -> Result<()> {
        let name = object.name_field();
        let column = if self.can_read_field(object.ix, name.ix) { name.name() } else { "Id" };
        for chunk in ids.chunks(IN_ONE_QUERY) {
            let list: Vec<String> = chunk.iter().map(|id| format!("'{id}'")).collect();
            let text = format!("SELECT {column} FROM {} WHERE Id IN ({})", object.name(), list.join(","));
            let (_, rows) = self.query_all_rows(&text, QueryOptions::default())?;
            names.extend(rows.iter().map(|row| (row.id, (object.ix, row.cells[0].value().to_plain()))));
        }
        Ok(())
    }
}
