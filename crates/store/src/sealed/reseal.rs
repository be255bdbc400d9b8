//! Rewriting values in the background, batch by batch: into another form, or under the newest key. Readers and writers
//! go on meanwhile; a batch holds the records that it rewrites until its transaction ends.

use super::convert::find;
use super::task::{ResealGoal, ResealStage, ResealTask};
use super::{FieldReader, Place, StoredField, seal_history, version_of};
use crate::bulk;
use crate::ddl::{columns_of, drop_column};
use crate::driver::{Dialect, Param, RowView, collect};
use crate::emit::SqlText;
use crate::org::{MetadataTx, OrgStore, WriteTx};
use crate::read::{id_column, int_column, text_column};
use model::schema::{Form, NextForm};
use model::{FieldSchema, ObjectSchema, RecordId, Result, Value};

/// The settings that say up to which version of each key the orders to rewrite were given.
const ORDERED: [&str; 2] = ["reseal/field", "reseal/token"];

/// Records that one step of the search index takes.
const INDEXED: usize = 500;

/// What one batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResealOutcome {
    /// There may be more to do.
    Moved,
    /// Everything stands in the form and under the keys it should.
    Nothing,
}

impl OrgStore {
    /// Rewrites up to `batch` records (or values of the history). Cut off anywhere, the next call goes on from there.
    ///
    /// # Errors
    /// What the database reports.
    pub fn reseal(&self, batch: u32) -> Result<ResealOutcome> {
        self.order_rewriting()?;
        let tasks = self.read(|tx| tx.reseal_tasks())?;
        if self.order_lost_forms(&tasks)? {
            return Ok(ResealOutcome::Moved);
        }
        let Some(task) = tasks.into_iter().next() else { return Ok(ResealOutcome::Nothing) };
        self.faults().pass("before a batch")?;
        match task.stage {
            ResealStage::Records => {
                let ended = self.write(|tx| tx.reseal_records(&task, batch))?;
                self.faults().pass("after a batch of records")?;
                if ended {
                    self.end_records(&task)?;
                }
            }
            ResealStage::History => self.write(|tx| tx.reseal_history(&task, batch))?,
            ResealStage::Space => self.give_back(&task)?,
        }
        self.faults().pass("after a batch")?;
        Ok(ResealOutcome::Moved)
    }

    /// Gives the orders that follow from the keyring: whatever stands under an older key is to be rewritten. A new key
    /// version is all that a rotation needs; this finds it, also after a stop between the two.
    fn order_rewriting(&self) -> Result<()> {
        let keys = self.keyring().fields()?;
        let newest = [keys.current()?, keys.current_token()?];
        let ordered = self.read(|tx| ORDERED.map(|name| tx.setting(name)).into_iter().collect::<Result<Vec<_>>>())?;
        let ordered: Vec<u32> =
            ordered.into_iter().map(|text| text.and_then(|text| text.parse().ok()).unwrap_or(1)).collect();
        if ordered == newest {
            return Ok(());
        }
        self.faults().pass("before rewriting is ordered")?;
        self.write_metadata(|tx| {
            if ordered[0] != newest[0] {
                tx.order_rekeying(newest[0])?;
            }
            if ordered[1] != newest[1] { tx.order_tokens(newest[1]) } else { Ok(()) }
        })?;
        self.faults().pass("after rewriting was ordered")
    }

    /// Orders anew to fill forms that nothing fills any more: the field or its object was deleted and taken back, or has
    /// another name, since that was ordered. Says whether there are such.
    fn order_lost_forms(&self, tasks: &[ResealTask]) -> Result<bool> {
        let schema = self.schema();
        let is_ordered = |object: &ObjectSchema, field: &FieldSchema| {
            tasks
                .iter()
                .any(|task| task.goal == ResealGoal::Form && task.object == object.name() && task.field == field.name())
        };
        let mut lost = Vec::new();
        for object in schema.objects() {
            let half = object.fields.iter().filter_map(|field| Some((field, field.def.sealing_next?)));
            lost.extend(
                half.filter(|(field, _)| !is_ordered(object, field)).map(|(field, next)| (object, field, next)),
            );
        }
        for (object, field, next) in &lost {
            self.write(|tx| tx.task_put(object, field, ResealGoal::Form, next.token_version))?;
        }
        Ok(!lost.is_empty())
    }

    /// Drops the columns of the form before, and has a server let go of what stood in them and in the search index.
    fn give_back(&self, task: &ResealTask) -> Result<()> {
        while self.read(|tx| tx.search_waits())? {
            self.search_build_step(INDEXED)?;
        }
        self.faults().pass("after the index was made anew")?;
        self.write_metadata(|tx| tx.drop_old_form(task))?;
        self.faults().pass("after the old columns were dropped")?;
        let schema = self.schema();
        if let (Dialect::Postgres, Some(object)) = (self.dialect(), schema.find_object(&task.object)) {
            // Not in a transaction; done twice it does no harm.
            for table in [object.table.as_str(), "hf_search", "hf_history"] {
                self.with_writer(|connection| connection.batch(&format!("VACUUM FULL \"{table}\"")))?;
            }
        }
        self.faults().pass("after space was given back")?;
        self.write(|tx| tx.task_end(task))
    }

    fn end_records(&self, task: &ResealTask) -> Result<()> {
        match task.goal {
            ResealGoal::Form => self.write_metadata(|tx| tx.take_next_form(task))?,
            ResealGoal::Key => self.write(|tx| tx.task_move(task, ResealStage::History, 0, 0))?,
        }
        self.faults().pass("after the records were done")
    }
}

impl MetadataTx<'_> {
    /// Every field with ciphertexts is to be brought under a version of the key.
    fn order_rekeying(&mut self, version: u32) -> Result<()> {
        let schema = self.schema();
        for object in schema.objects() {
            for field in object.fields.iter().filter(|field| ciphertext_column(field).is_some()) {
                self.task_put(object, field, ResealGoal::Key, version)?;
            }
        }
        self.setting_put(ORDERED[0], &version.to_string())
    }

    /// Every field with tokens is to have those of a version of the key. One that is being filled with older ones comes
    /// after that.
    fn order_tokens(&mut self, version: u32) -> Result<()> {
        let schema = self.schema();
        let mut waiting = false;
        for object in schema.objects() {
            for field in &object.fields {
                let behind = field.sealing().has_token() && field.def.token_version != version;
                match field.def.sealing_next {
                    Some(next) => waiting |= next.sealed.has_token() && next.token_version != version,
                    None if behind => {
                        let next = NextForm { sealed: field.sealing(), token_version: version };
                        self.fill_form(object.name(), field.name(), next)?;
                    }
                    None => {}
                }
            }
        }
        if waiting { Ok(()) } else { self.setting_put(ORDERED[1], &version.to_string()) }
    }

    /// Drops the columns of a field that neither of its forms has any more.
    fn drop_old_form(&mut self, task: &ResealTask) -> Result<()> {
        let schema = self.schema();
        let Ok((object, field)) = find(&schema, &task.object, &task.field) else { return Ok(()) };
        let kept = field.def.value_columns();
        let plain = field.def.column_name();
        for column in columns_of(self.connection(), &object.table)? {
            let own = column == plain || column.split_once('$').is_some_and(|(_, of)| of == plain);
            if own && !kept.contains(&column) {
                drop_column(self.connection(), &object.table, &column)?;
            }
        }
        Ok(())
    }
}

impl WriteTx<'_> {
    /// Has all sealed values looked at again for older keys: fields came back, or have other names.
    ///
    /// # Errors
    /// What the database reports.
    pub fn sealing_look_again(&mut self) -> Result<()> {
        ORDERED.iter().try_for_each(|name| self.setting_put(name, "0"))
    }

    /// Rewrites the next records of a field; says whether they were the last.
    fn reseal_records(&mut self, task: &ResealTask, batch: u32) -> Result<bool> {
        let schema = self.schema();
        let Ok((object, field)) = find(&schema, &task.object, &task.field) else {
            self.task_end(task)?;
            return Ok(false);
        };
        let last = match task.goal {
            ResealGoal::Form => self.fill_records(task, object, field, batch)?,
            ResealGoal::Key => self.rekey_records(task, object, field, batch)?,
        };
        let Some((last, count)) = last else { return Ok(true) };
        self.task_move(task, ResealStage::Records, last, task.done + count)?;
        // Records that came since carry both forms and the newest key: nobody runs after them.
        Ok(count < u64::from(batch))
    }

    /// Fills the next form of the next records. Returns the last of them and their number; nothing when there are none.
    fn fill_records(
        &mut self,
        task: &ResealTask,
        object: &ObjectSchema,
        field: &FieldSchema,
        batch: u32,
    ) -> Result<Option<(i64, u64)>> {
        let (reader, stored, keys) = (FieldReader::new(object, field)?, StoredField::next(field)?, self.field_keys()?);
        let found =
            self.next_records(object, &field.column, task.last, batch, |row, id| reader.find(row, 1, id, &keys))?;
        let Some((last, _)) = found.last() else { return Ok(None) };
        let (last, count) = (last.as_i64(), found.len() as u64);
        let columns: Vec<_> = stored.columns().collect();
        let mut params = Vec::with_capacity(found.len() * (columns.len() + 1));
        for (id, value) in &found {
            params.push(Param::Int(id.as_i64()));
            // What was destroyed has no other form.
            self.value_params(object, &stored, *id, value.as_ref().unwrap_or(&Value::Null), &mut params)?;
        }
        if !columns.is_empty() {
            bulk::update(self.connection(), &object.table, &columns, params)?;
        }
        Ok(Some((last, count)))
    }

    /// Brings the ciphertexts of the next records under the newest key. One that does not open stays as it is: it is an
    /// error where it is read, and no reason to stop here.
    fn rekey_records(
        &mut self,
        task: &ResealTask,
        object: &ObjectSchema,
        field: &FieldSchema,
        batch: u32,
    ) -> Result<Option<(i64, u64)>> {
        let Some(column) = ciphertext_column(field) else { return Ok(None) };
        let keys = self.field_keys()?;
        let found =
            self.next_records(object, column, task.last, batch, |row, _| Ok(row.blob(1)?.map(<[u8]>::to_vec)))?;
        let Some((last, _)) = found.last() else { return Ok(None) };
        let (last, count) = (last.as_i64(), found.len() as u64);
        let mut params = Vec::new();
        for (record, sealed) in found {
            let Some(sealed) = sealed.filter(|sealed| version_of(sealed) != Some(task.version)) else { continue };
            let place = Place { object: object.key_prefix(), field: field.def.column_name(), record };
            match keys.open_bytes(place, &sealed) {
                Ok(Some(plain)) => {
                    params.push(Param::Int(record.as_i64()));
                    params.push(keys.seal_bytes(place, &plain, self.entropy())?.into());
                }
                Ok(None) => {}
                Err(error) => tracing::error!(%record, field = field.name(), "{}", error.message()),
            }
        }
        if !params.is_empty() {
            bulk::update(self.connection(), &object.table, &[bulk::column(column, bulk::Kind::Blob)], params)?;
        }
        Ok(Some((last, count)))
    }

    /// The next records in the order of ids, held until the transaction ends.
    fn next_records<T>(
        &mut self,
        object: &ObjectSchema,
        column: &str,
        after: i64,
        limit: u32,
        read: impl Fn(&dyn RowView, RecordId) -> Result<T>,
    ) -> Result<Vec<(RecordId, T)>> {
        let mut out = SqlText::new(self.dialect());
        out.push("SELECT r.\"Id\", ");
        out.column("r", column);
        out.push(&format!(" FROM \"{}\" r WHERE r.\"Id\" > ", object.table));
        out.bind(after.into());
        out.push(&format!(" ORDER BY r.\"Id\" LIMIT {limit}"));
        out.push(if self.dialect() == Dialect::Postgres { " FOR UPDATE OF r" } else { "" });
        let statement = out.finish();
        collect(self.connection(), &statement.sql, &statement.params, |row| {
            let id = id_column(row, 0)?;
            Ok((id, read(row, id)?))
        })
    }

    /// Rewrites the next values of a field's history: those in plain once the field is sealed, those under older keys.
    fn reseal_history(&mut self, task: &ResealTask, batch: u32) -> Result<()> {
        let sql = self.sql(&format!(
            "SELECT seq, record, old_value, new_value, sealed FROM hf_history \
             WHERE object = ? AND field = ? AND seq > ? ORDER BY seq LIMIT {batch}"
        ));
        let params = [Param::from(task.object.as_str()), task.field.as_str().into(), task.last.into()];
        let found = collect(self.connection(), &sql, &params, |row| {
            let values = [text_column(row, 2)?, text_column(row, 3)?];
            Ok((int_column(row, 0)?, id_column(row, 1)?, values, int_column(row, 4)? != 0))
        })?;
        let keys = self.field_keys()?;
        let update = self.sql("UPDATE hf_history SET old_value = ?, new_value = ?, sealed = 1 WHERE seq = ?");
        let Some(last) = found.last().map(|(seq, ..)| *seq) else {
            // Only a column of plain values leaves something behind in the files of a server.
            return match task.goal {
                ResealGoal::Form => self.task_move(task, ResealStage::Space, 0, 0),
                ResealGoal::Key => self.task_end(task),
            };
        };
        let count = found.len() as u64;
        for (seq, record, values, sealed) in found {
            let mut renewed = Vec::with_capacity(3);
            for value in values {
                renewed.push(Param::from(match sealed {
                    false => seal_history(&keys, self.entropy(), record, &task.field, &value)?,
                    true => super::history::renew_history(&keys, self.entropy(), record, &task.field, value)?,
                }));
            }
            renewed.push(seq.into());
            self.connection().execute(&update, &renewed)?;
        }
        self.task_move(task, ResealStage::History, last, task.done + count)
    }
}

/// The column of a field's ciphertexts, in whichever of its forms it has them.
fn ciphertext_column(field: &FieldSchema) -> Option<&str> {
    field.form.iter().chain(&field.next_form).find_map(|form| match form {
        Form::Sealed { column, .. } => Some(column.as_str()),
        Form::Plain { .. } => None,
    })
}
