//! Lists of choices that fields share. Who changes one changes the fields that carry it, in the same transaction.

use crate::driver::collect;
use crate::org::WriteTx;
use crate::read::{ReadTx, text_column};
use model::schema::ValueSet;
use model::{Error, Result};

impl ReadTx<'_> {
    /// Every list, by name.
    ///
    /// # Errors
    /// What the database reports.
    pub fn value_sets(&mut self) -> Result<Vec<ValueSet>> {
        let texts =
            collect(self.connection, "SELECT def FROM hf_value_set ORDER BY name", &[], |row| text_column(row, 0))?;
        texts.iter().map(|text| serde_json::from_str(text).map_err(Error::internal)).collect()
    }
}

impl WriteTx<'_> {
    /// Keeps a list, in place of one of the same name.
    ///
    /// # Errors
    /// What the database reports.
    pub fn value_set_put(&mut self, set: &ValueSet) -> Result<()> {
        let sql = self.sql(
            "INSERT INTO hf_value_set (name, def) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET def = excluded.def",
        );
        let text = serde_json::to_string(set).map_err(Error::internal)?;
        self.connection().execute(&sql, &[set.name.to_ascii_lowercase().into(), text.into()])?;
        Ok(())
    }

    /// Removes a list; one that is not there is no error.
    ///
    /// # Errors
    /// What the database reports.
    pub fn value_set_remove(&mut self, name: &str) -> Result<()> {
        let sql = self.sql("DELETE FROM hf_value_set WHERE name = ?");
        self.connection().execute(&sql, &[name.to_ascii_lowercase().into()])?;
        Ok(())
    }
}
