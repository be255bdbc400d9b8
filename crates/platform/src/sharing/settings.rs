//! Defaults, use of the hierarchy, and sharing rules: metadata of the org that counts from the next statement.

use crate::access::ACCESS;
use crate::ctx::Ctx;
use crate::query::plan_for_service;
use model::schema::{AccessDefault, GrantLevel, ObjectDef, RuleSource, SharingKind, SharingRule};
use model::{Error, ErrorCode, ObjectSchema, RecordId, Result};
use policy::SystemPermission;
use store::AuditEntry;

impl Ctx {
    /// Sets what everybody holds on an object's records without being given anything.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without CustomizeApplication; `FIELD_INTEGRITY_EXCEPTION` for a default that
    /// the object cannot have.
    pub fn access_default_set(&self, object: &str, default: AccessDefault) -> Result<()> {
        let object = self.shared_object(object)?;
        let (allowed, where_to) = match default {
            AccessDefault::PublicReadWriteTransfer => (matches!(object.name(), "Lead" | "Case"), "leads and cases"),
            AccessDefault::ControlledByParent => (object.name() == "Contact", "contacts"),
            _ => (true, ""),
        };
        if !allowed {
            return Err(unsound(object, format!("{default:?} is a default of {where_to} only")));
        }
        self.redeclare(object, "access_default_set", format!("{default:?}"), |def| def.access_default = default)
    }

    /// Sets whether the role hierarchy opens the records of a custom object; on standard objects it always does.
    ///
    /// # Errors
    /// As [`Ctx::access_default_set`].
    pub fn hierarchy_set(&self, object: &str, uses_hierarchy: bool) -> Result<()> {
        let object = self.shared_object(object)?;
        if !object.def.is_custom() && !uses_hierarchy {
            return Err(unsound(object, "the role hierarchy always opens the records of standard objects"));
        }
        self.redeclare(object, "hierarchy_set", uses_hierarchy.to_string(), |def| def.uses_hierarchy = uses_hierarchy)
    }

    /// Makes a sharing rule, or replaces the one of the same name.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without CustomizeApplication; `INVALID_ACCESS_LEVEL` for levels that a rule
    /// cannot give; `FIELD_INTEGRITY_EXCEPTION` for an unknown source or target, unsound criteria or too many rules.
    pub fn sharing_rule_put(&self, object: &str, rule: SharingRule) -> Result<()> {
        let object = self.shared_object(object)?;
        check_rule(object, &rule)?;
        for (what, id) in [("target", Some(rule.target)), ("source", owner_source(&rule))] {
            if let Some(id) = id
                && !self.is_grantee(id)?
            {
                return Err(unsound(object, format!("sharing rule {}: its {what} is no user or group", rule.name)));
            }
        }
        let detail = serde_json::to_string(&rule).map_err(Error::internal)?;
        self.redeclare(object, "sharing_rule_put", detail, |def| {
            def.sharing_rules.retain(|known| known.name != rule.name);
            def.sharing_rules.push(rule.clone());
        })
    }

    /// Removes a sharing rule.
    ///
    /// # Errors
    /// `NOT_FOUND` for a rule that is not there; as [`Ctx::access_default_set`].
    pub fn sharing_rule_delete(&self, object: &str, name: &str) -> Result<()> {
        let object = self.shared_object(object)?;
        if !object.def.sharing_rules.iter().any(|rule| rule.name == name) {
            return Err(Error::not_found());
        }
        self.redeclare(object, "sharing_rule_delete", name.to_owned(), |def| {
            def.sharing_rules.retain(|rule| rule.name != name);
        })
    }

    /// An object whose records have owners, to one who may change how it is shared.
    fn shared_object(&self, name: &str) -> Result<&ObjectSchema> {
        if self.user_id().is_some() {
            self.require(SystemPermission::CustomizeApplication)?;
        }
        let object = self.object(name)?;
        if *object.sharing() == SharingKind::Owned {
            return Ok(object);
        }
        Err(unsound(object, "its records have no owners of their own to share from"))
    }

    fn is_grantee(&self, id: RecordId) -> Result<bool> {
        let Some(object) =
            self.schema.find_by_prefix(id.prefix()).filter(|object| matches!(object.name(), "User" | "Group"))
        else {
            return Ok(false);
        };
        let text = format!("SELECT Id FROM {} WHERE Id = '{id}'", object.name());
        let plan = plan_for_service(&self.org, &self.schema, &ACCESS, &text)?;
        let read_options = self.read_options();
        Ok(self.org.store.read(|tx| tx.count(&plan, &read_options))? > 0)
    }

    fn redeclare(
        &self,
        object: &ObjectSchema,
        action: &'static str,
        detail: String,
        change: impl Fn(&mut ObjectDef),
    ) -> Result<()> {
        self.org.store.write_metadata(|tx| {
            tx.object_redeclare(object.name(), &change)?;
            let detail = serde_json::json!({ "to": detail }).to_string();
            tx.audit(&self.identity, &AuditEntry { action, object: object.name(), record: None, detail })
        })?;
        self.org.forget_permissions();
        Ok(())
    }
}

fn owner_source(rule: &SharingRule) -> Option<RecordId> {
    match rule.source {
        RuleSource::Owner(id) => Some(id),
        RuleSource::Criteria(_) => None,
    }
}

fn check_rule(object: &ObjectSchema, rule: &SharingRule) -> Result<()> {
    let well_named = rule.name.len() <= 80
        && rule.name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && rule.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !well_named {
        return Err(unsound(object, "the name of a sharing rule is letters, digits and _, a letter first, 80 at most"));
    }
    let level =
        |field: &str, message: String| Err(Error::new(ErrorCode::InvalidAccessLevel, message).with_field(field));
    if rule.level == GrantLevel::None {
        return level("level", format!("sharing rule {}: a rule gives Read or Edit", rule.name));
    }
    let on_children = [rule.contacts, rule.opportunities, rule.cases].iter().any(|level| *level != GrantLevel::None);
    if on_children && object.name() != "Account" {
        return level("level", format!("sharing rule {}: only rules on accounts give levels on children", rule.name));
    }
    Ok(())
}

fn unsound(object: &ObjectSchema, why: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::FieldIntegrityException, format!("{}: {why}", object.name()))
}
