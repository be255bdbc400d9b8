//! Named settings of an org, and its OAuth clients.

use crate::driver::{collect, first};
use crate::org::WriteTx;
use crate::read::{ReadTx, text_column};
use model::Result;

impl ReadTx<'_> {
    /// The value of a setting.
    ///
    /// # Errors
    /// What the database reports.
    pub fn setting(&mut self, name: &str) -> Result<Option<String>> {
        let sql = self.sql("SELECT value FROM hf_setting WHERE name = ?");
        first(self.connection, &sql, &[name.into()], |row| text_column(row, 0))
    }

    /// Settings whose name starts with `prefix`, by name.
    ///
    /// # Errors
    /// What the database reports.
    pub fn settings_with_prefix(&mut self, prefix: &str) -> Result<Vec<(String, String)>> {
        let all = collect(self.connection, "SELECT name, value FROM hf_setting ORDER BY name", &[], |row| {
            Ok((text_column(row, 0)?, text_column(row, 1)?))
        })?;
        Ok(all.into_iter().filter(|(name, _)| name.starts_with(prefix)).collect())
    }

    /// The declaration of an OAuth client (JSON).
    ///
    /// # Errors
    /// What the database reports.
    pub fn client(&mut self, client_id: &str) -> Result<Option<String>> {
        let sql = self.sql("SELECT def FROM hf_client WHERE client_id = ?");
        first(self.connection, &sql, &[client_id.into()], |row| text_column(row, 0))
    }

    /// All OAuth clients: id and declaration.
    ///
    /// # Errors
    /// What the database reports.
    pub fn clients(&mut self) -> Result<Vec<(String, String)>> {
        collect(self.connection, "SELECT client_id, def FROM hf_client ORDER BY client_id", &[], |row| {
            Ok((text_column(row, 0)?, text_column(row, 1)?))
        })
    }
}

impl WriteTx<'_> {
    /// Sets a setting.
    ///
    /// # Errors
    /// What the database reports.
    pub fn setting_put(&mut self, name: &str, value: &str) -> Result<()> {
        let sql = self.sql(
            "INSERT INTO hf_setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        );
        self.connection().execute(&sql, &[name.into(), value.into()])?;
        Ok(())
    }

    /// Keeps an OAuth client.
    ///
    /// # Errors
    /// What the database reports.
    pub fn client_put(&mut self, client_id: &str, def: &str) -> Result<()> {
        let sql = self.sql(
            "INSERT INTO hf_client (client_id, def) VALUES (?, ?) ON CONFLICT (client_id) DO UPDATE SET def = excluded.def",
        );
        self.connection().execute(&sql, &[client_id.into(), def.into()])?;
        Ok(())
    }
}
