//! What parts the messages of an org from those of the same org before it was brought back to an earlier state: the numbers
//! of its log come again then, with other content.

use crate::driver::{Connection, collect, placeholders};
use crate::migrate::has_table;
use crate::read::int_column;
use model::{Entropy, Result, random_bytes};

/// A new generation of a webhook.
pub fn new_generation(entropy: &dyn Entropy) -> String {
    hex::encode(random_bytes::<8>(entropy))
}

/// Gives every webhook another generation. An org from before there were webhooks has none.
///
/// # Errors
/// What the database reports.
pub(crate) fn renew_generations(connection: &mut dyn Connection, entropy: &dyn Entropy) -> Result<()> {
    if !has_table(connection, "hf_webhook")? {
        return Ok(());
    }
    let ids = collect(connection, "SELECT id FROM hf_webhook ORDER BY id", &[], |row| int_column(row, 0))?;
    let sql = placeholders(
        connection.dialect(),
        "UPDATE hf_webhook SET generation = ?, aim = 0, epoch = epoch + 1, lease_ms = 0 WHERE id = ?",
    );
    for id in ids {
        connection.execute(&sql, &[new_generation(entropy).into(), id.into()])?;
    }
    Ok(())
}
