//! The pages of an answer. A cursor keeps the rows of the first call: of records their ids, which are judged again for
//! every page; of groups what was shown, since later rows would change it.

use crate::ctx::Ctx;
use crate::query::{Locator, MAX_BATCH, MIN_BATCH, QueryAnswer, QueryBody, QueryOptions};
use crate::reach::Reach;
use model::{Error, ErrorCode, RecordId, Result, Value};
use policy::AuthorizedPlan;
use soql::plan::SelectKind;
use store::{NewCursor, Purpose};

/// How a cursor notes which rows take part.
const ALL_ROWS: &str = "queryAll";
const LIVE_ROWS: &str = "query";
/// What kept groups are sealed as: they hold values.
const GROUPS: &str = "cursor groups";

impl Ctx {
    pub(crate) fn first_records(
        &self,
        reach: &mut impl Reach,
        plan: AuthorizedPlan,
        text: &str,
        options: QueryOptions,
        batch: usize,
    ) -> Result<QueryAnswer> {
        let read_options = self.options_for(&plan)?;
        let probe = batch as u64 + 1;
        let (mut rows, ids) = reach.read(|tx| {
            let rows = tx.records(&plan, &read_options, Some(probe))?;
            // Only a long answer needs the ids of all its rows, and from the same snapshot.
            let ids = if rows.len() > batch { Some(tx.record_ids(&plan, &read_options)?) } else { None };
            Ok((rows, ids))
        })?;
        rows.truncate(batch);
        self.localize_records(plan.plan(), &mut rows);
        let Some(ids) = ids else {
            return Ok(QueryAnswer { plan, total: rows.len() as u64, next: None, body: QueryBody::Records(rows) });
        };
        let bytes = ids.iter().flat_map(|id| id.as_i64().to_be_bytes()).collect();
        let cursor = self.keep_cursor(reach, text, options, batch, ids.len(), bytes)?;
        let next = Some(Locator { cursor, offset: batch });
        Ok(QueryAnswer { plan, total: ids.len() as u64, next, body: QueryBody::Records(rows) })
    }

    pub(crate) fn first_groups(
        &self,
        reach: &mut impl Reach,
        plan: AuthorizedPlan,
        text: &str,
        options: QueryOptions,
        batch: usize,
    ) -> Result<QueryAnswer> {
        let mut groups = self.groups_within(reach, &plan)?;
        let total = groups.len();
        let next = if total > batch {
            let bytes = serde_json::to_vec(&groups).map_err(Error::internal)?;
            let bytes = self.org.store.keyring().seal(Purpose::Files, GROUPS, &bytes, self.org.entropy())?;
            let cursor = self.keep_cursor(reach, text, options, batch, total, bytes)?;
            Some(Locator { cursor, offset: batch })
        } else {
            None
        };
        groups.truncate(batch);
        Ok(QueryAnswer { plan, total: total as u64, next, body: QueryBody::Groups(groups) })
    }

    /// Notes the rows of a page as viewed where the query says so.
    pub(crate) fn remember(&self, reach: &mut impl Reach, answer: &QueryAnswer) -> Result<()> {
        let select = &answer.plan.plan().select;
        let Some(user) = self.user_id().filter(|_| select.for_view || select.for_reference) else { return Ok(()) };
        reach.write(|tx| answer.records().iter().try_for_each(|row| tx.recent_put(user, row.id)))
    }

    fn keep_cursor(
        &self,
        reach: &mut impl Reach,
        text: &str,
        options: QueryOptions,
        batch: usize,
        total: usize,
        rows: Vec<u8>,
    ) -> Result<i64> {
        let user = self.user_id().ok_or_else(|| Error::internal("a service pages through no cursor"))?;
        // The size of the pages is settled by the first call.
        let scope = format!("{}/{batch}", if options.with_deleted { ALL_ROWS } else { LIVE_ROWS });
        let cursor = NewCursor { user, query: text.to_owned(), scope, total, rows };
        reach.write(|tx| tx.cursor_put(&cursor))
    }

    /// A later page. Its rows are judged again; those gone since are left out.
    ///
    /// # Errors
    /// `INVALID_QUERY_LOCATOR` for a cursor that is unknown, expired or another user's.
    pub fn query_more(&self, locator: Locator, options: QueryOptions) -> Result<QueryAnswer> {
        let unknown = || Error::new(ErrorCode::InvalidQueryLocator, "invalid query locator");
        let now = self.now();
        let cursor = self.org.store.read(|tx| tx.cursor(locator.cursor, now))?.ok_or_else(unknown)?;
        if Some(cursor.user) != self.user_id() || locator.offset >= cursor.total {
            return Err(unknown());
        }
        let (rows, batch) = cursor.scope.split_once('/').unwrap_or((&cursor.scope, ""));
        let batch = batch.parse().unwrap_or(MAX_BATCH).clamp(MIN_BATCH, MAX_BATCH);
        let plan = self.plan(&cursor.query, QueryOptions { with_deleted: rows == ALL_ROWS, ..options })?;
        let end = (locator.offset + batch).min(cursor.total);
        let body = match plan.plan().select.kind {
            SelectKind::Groups { .. } => {
                let bytes = self.org.store.read(|tx| tx.cursor_rows(cursor.seq, 0..usize::MAX))?;
                let bytes = self.org.store.keyring().open(Purpose::Files, GROUPS, &bytes)?;
                let mut groups: Vec<Vec<Value>> = serde_json::from_slice(&bytes).map_err(Error::internal)?;
                groups.truncate(end);
                groups.drain(..locator.offset.min(groups.len()));
                QueryBody::Groups(groups)
            }
            SelectKind::Records | SelectKind::Count => {
                let read_options = self.read_options();
                let mut rows = self.org.store.read(|tx| {
                    let bytes = tx.cursor_rows(cursor.seq, locator.offset * 8..end * 8)?;
                    tx.records_by_id(&plan, &read_options, &ids_of(&bytes))
                })?;
                self.localize_records(plan.plan(), &mut rows);
                QueryBody::Records(rows)
            }
        };
        let next = (end < cursor.total).then_some(Locator { offset: end, ..locator });
        let answer = QueryAnswer { plan, total: cursor.total as u64, next, body };
        self.remember(&mut &*self.org.store, &answer)?;
        Ok(answer)
    }
}

fn ids_of(bytes: &[u8]) -> Vec<RecordId> {
    let (ids, _) = bytes.as_chunks::<8>();
    ids.iter().map(|id| RecordId::from_i64(i64::from_be_bytes(*id))).collect()
}
