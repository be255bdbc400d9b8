//! What is left to do about values in another form or under another key: one row per field and goal, with how far it has
//! come. Each batch of records moves it on in the transaction that rewrites them, so a stop in between loses nothing.

use crate::driver::{Param, RowView, collect, first};
use crate::org::WriteTx;
use crate::read::{ReadTx, int_column, text_column};
use model::{Error, FieldSchema, Instant, ObjectSchema, Result};

/// What a field is being rewritten for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResealGoal {
    /// Its values are brought into another form: sealed, unsealed, or with tokens of a newer key.
    Form,
    /// Its ciphertexts are brought under the newest key.
    Key,
}

/// Which part of the work is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResealStage {
    Records,
    /// Old and new values in the field history.
    History,
    /// The server lets go of the space that plain values stood in.
    Space,
}

/// How far the rewriting of one field has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResealTask {
    pub object: String,
    pub field: String,
    pub goal: ResealGoal,
    /// The key version that is aimed at; 0 for a field that is being unsealed.
    pub version: u32,
    pub stage: ResealStage,
    pub done: u64,
    pub total: u64,
    pub started: Instant,
    pub(crate) last: i64,
}

impl ResealGoal {
    const fn as_str(self) -> &'static str {
        match self {
            ResealGoal::Form => "form",
            ResealGoal::Key => "key",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        [ResealGoal::Form, ResealGoal::Key]
            .into_iter()
            .find(|goal| goal.as_str() == text)
            .ok_or_else(|| Error::internal(format!("a rewriting for {text}")))
    }
}

impl ResealStage {
    const fn as_str(self) -> &'static str {
        match self {
            ResealStage::Records => "records",
            ResealStage::History => "history",
            ResealStage::Space => "space",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        [ResealStage::Records, ResealStage::History, ResealStage::Space]
            .into_iter()
            .find(|stage| stage.as_str() == text)
            .ok_or_else(|| Error::internal(format!("a rewriting at {text}")))
    }
}

fn task(row: &dyn RowView) -> Result<ResealTask> {
    let count = |at: usize| -> Result<u64> { u64::try_from(int_column(row, at)?).map_err(Error::internal) };
    Ok(ResealTask {
        object: text_column(row, 0)?,
        field: text_column(row, 1)?,
        goal: ResealGoal::parse(&text_column(row, 2)?)?,
        version: u32::try_from(int_column(row, 3)?).map_err(Error::internal)?,
        stage: ResealStage::parse(&text_column(row, 4)?)?,
        last: int_column(row, 5)?,
        done: count(6)?,
        total: count(7)?,
        started: Instant::from_ms(int_column(row, 8)?),
    })
}

impl ReadTx<'_> {
    /// The fields whose values are being rewritten, the oldest order first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn reseal_tasks(&mut self) -> Result<Vec<ResealTask>> {
        collect(
            self.connection,
            "SELECT object, field, goal, version, stage, last_id, done, total, started_ms FROM hf_reseal \
             ORDER BY started_ms, object, field, goal",
            &[],
            task,
        )
    }
}

impl WriteTx<'_> {
    /// Notes that a field is to be rewritten from its first record on; an earlier order for the same goal is replaced.
    pub(super) fn task_put(
        &mut self,
        object: &ObjectSchema,
        field: &FieldSchema,
        goal: ResealGoal,
        version: u32,
    ) -> Result<ResealTask> {
        let count = format!("SELECT COUNT(*) FROM \"{}\"", object.table);
        let total = first(self.connection(), &count, &[], |row| int_column(row, 0))?.unwrap_or_default();
        let sql = self.sql(
            "INSERT INTO hf_reseal (object, field, goal, version, stage, last_id, done, total, started_ms) \
             VALUES (?, ?, ?, ?, 'records', 0, 0, ?, ?) ON CONFLICT (object, field, goal) DO UPDATE SET \
             version = excluded.version, stage = 'records', last_id = 0, done = 0, total = excluded.total, \
             started_ms = excluded.started_ms",
        );
        let params = [
            Param::from(object.name()),
            field.name().into(),
            goal.as_str().into(),
            i64::from(version).into(),
            total.into(),
            self.now().ms().into(),
        ];
        self.connection().execute(&sql, &params)?;
        Ok(ResealTask {
            object: object.name().to_owned(),
            field: field.name().to_owned(),
            goal,
            version,
            stage: ResealStage::Records,
            done: 0,
            total: u64::try_from(total).map_err(Error::internal)?,
            started: self.now(),
            last: 0,
        })
    }

    /// Moves a task on.
    pub(super) fn task_move(&mut self, task: &ResealTask, stage: ResealStage, last: i64, done: u64) -> Result<()> {
        let sql = self
            .sql("UPDATE hf_reseal SET stage = ?, last_id = ?, done = ? WHERE object = ? AND field = ? AND goal = ?");
        let params = [
            Param::from(stage.as_str()),
            last.into(),
            i64::try_from(done).map_err(Error::internal)?.into(),
            task.object.as_str().into(),
            task.field.as_str().into(),
            task.goal.as_str().into(),
        ];
        self.connection().execute(&sql, &params)?;
        Ok(())
    }

    pub(super) fn task_end(&mut self, task: &ResealTask) -> Result<()> {
        let sql = self.sql("DELETE FROM hf_reseal WHERE object = ? AND field = ? AND goal = ?");
        let params = [Param::from(task.object.as_str()), task.field.as_str().into(), task.goal.as_str().into()];
        self.connection().execute(&sql, &params)?;
        Ok(())
    }
}
