//! Where a lead's own fields go when it is converted.

use super::{declaration, entry};
use crate::ctx::Ctx;
use crate::record::check_targets;
use model::schema::ObjectDef;
use model::{Error, OrgSchema, Result};

impl Ctx {
    /// Says to which custom fields of account, contact and opportunity (`Contact.Region__c`) a lead's own field goes when
    /// the lead is converted. Nothing said, it goes to those of its name and type; an empty list keeps it on the lead.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without CustomizeApplication, `INVALID_FIELD` for a field that is not there,
    /// `FIELD_INTEGRITY_EXCEPTION` with what does not fit.
    pub fn lead_field_map(&self, field: &str, targets: Option<Vec<String>>) -> Result<()> {
        self.require_customize()?;
        self.org.store.write_metadata(|tx| {
            let before = tx.schema();
            let lead = before.find_object("Lead").ok_or_else(Error::not_found)?;
            let field = lead.find_field(field).ok_or_else(|| crate::record::no_such_field(lead, field))?;
            let mut defs: Vec<ObjectDef> = before.defs().collect();
            let def = declaration(&mut defs, lead.name())?;
            let own = def.fields.iter_mut().find(|known| known.name == field.name());
            let own = own.ok_or_else(|| crate::record::no_such_field(lead, field.name()))?;
            own.converts_to.clone_from(&targets);
            let own = own.clone();
            check_targets(&OrgSchema::build(before.version() + 1, defs.clone())?, &own)?;
            tx.schema_alter(defs)?;
            tx.audit(&self.identity, &entry("lead_field_map", "Lead", &[field.name().to_owned()]))
        })?;
        self.org.forget_permissions();
        Ok(())
    }
}
