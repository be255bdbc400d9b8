//! Who made a change of the field history, as an id that queries can follow beside the name that the log shows.

use super::Migration;
use crate::driver::{Connection, Dialect, Param, collect};
use crate::read::text_column;
use model::{RecordId, Result};

pub(super) const MIGRATION: Migration = Migration { number: 50, name: "who made a change of the field history", run };

fn run(connection: &mut dyn Connection) -> Result<()> {
    super::batch(connection, "ALTER TABLE hf_history ADD COLUMN actor_id {int}")?;
    let actors = collect(connection, "SELECT DISTINCT actor FROM hf_history", &[], |row| text_column(row, 0))?;
    let sql = match connection.dialect() {
        Dialect::Sqlite => "UPDATE hf_history SET actor_id = ?1 WHERE actor = ?2",
        Dialect::Postgres => "UPDATE hf_history SET actor_id = $1 WHERE actor = $2",
    };
    for actor in actors {
        // A service is no user.
        if let Ok(id) = RecordId::parse(&actor) {
            connection.execute(sql, &[Param::Int(id.as_i64()), actor.as_str().into()])?;
        }
    }
    Ok(())
}
