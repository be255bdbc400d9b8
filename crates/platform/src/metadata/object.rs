//! Objects: renamed, deleted, taken back; their validation rules.

use super::follow::Follow;
use super::mentions::mentioned_in;
use super::{computed, declaration, entry, refuse_while_rewritten, unsound};
use crate::ctx::Ctx;
use model::schema::{GrantRows, ObjectDef, RetiredObject, ValidationRule, custom_history_name};
use model::{Error, ErrorCode, Instant, ObjectSchema, OrgSchema, Result};

impl Ctx {
    /// Gives a custom object another name, other labels and another description. Its records stay where they are, and what names it in
    /// permissions, record types and queues follows.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without CustomizeApplication, `NOT_FOUND`, `FIELD_INTEGRITY_EXCEPTION` with
    /// what stands in the way.
    pub fn object_rename(
        &self,
        object: &str,
        name: &str,
        label: &str,
        label_plural: &str,
        description: &str,
    ) -> Result<()> {
        self.require_customize()?;
        let object = self.object(object)?.name().to_owned();
        self.org.store.write_metadata(|tx| {
            let before = tx.schema();
            let known = custom_object(&before, &object)?;
            let renamed = !object.eq_ignore_ascii_case(name);
            let mut defs: Vec<ObjectDef> = before.defs().collect();
            if renamed {
                refuse_while_rewritten(tx, &object, None)?;
                if !name.ends_with("__c") {
                    return Err(unsound(&object, format!("{name}: the name of a custom object ends in __c")));
                }
                follow_in_references(&mut defs, &object, name);
                if let Some(place) = mentioned_in(&defs, "", "", &object)? {
                    return Err(unsound(&object, format!("it is used by {place}; change that first")));
                }
            }
            let def = declaration(&mut defs, &object)?;
            def.table = known.table.clone();
            name.clone_into(&mut def.name);
            label.clone_into(&mut def.label);
            label_plural.clone_into(&mut def.label_plural);
            description.clone_into(&mut def.description);
            for companion in COMPANIONS.iter().filter(|_| renamed) {
                let Some(known) = before.find_object(&companion(&object)) else { continue };
                let def = declaration(&mut defs, known.name())?;
                def.table = known.table.clone();
                def.name = companion(name);
            }
            let after = tx.schema_alter(defs)?;
            computed::check(&before, &after)?;
            if renamed {
                Follow::new(&self.org, tx).object_renamed(&object, name)?;
                tx.sealing_look_again()?;
            }
            tx.audit(&self.identity, &entry("object_rename", &object, &[name.to_owned()]))
        })?;
        self.org.forget_permissions();
        Ok(())
    }

    /// Deletes a custom object with its records. For 15 days it can be taken back.
    ///
    /// # Errors
    /// As [`Ctx::object_rename`]; objects whose fields point to it are named.
    pub fn object_delete(&self, object: &str) -> Result<()> {
        self.require_customize()?;
        let object = self.object(object)?.name().to_owned();
        self.org.store.write_metadata(|tx| {
            let before = tx.schema();
            let known = custom_object(&before, &object)?;
            refuse_while_rewritten(tx, &object, None)?;
            // Its shares and its history are part of it.
            let pointing = known.children.iter().find(|relation| {
                let child = before.object(relation.child);
                let is_part = child.grant_rows() == Some(GrantRows::Share) || child.is_field_history();
                relation.child != known.ix && !is_part
            });
            if let Some(relation) = pointing {
                let child = before.object(relation.child);
                let field = child.field(relation.field).name();
                return Err(unsound(
                    &object,
                    format!("{}.{field} points to it; delete that field first", child.name()),
                ));
            }
            let companions = COMPANIONS.iter().map(|companion| companion(&object));
            let going: Vec<String> = std::iter::once(object.clone()).chain(companions).collect();
            let others: Vec<ObjectDef> = before.defs().filter(|def| !going.contains(&def.name)).collect();
            if let Some(place) = mentioned_in(&others, "", "", &object)? {
                return Err(unsound(&object, format!("it is used by {place}; change that first")));
            }
            let mut defs: Vec<ObjectDef> = before.defs().collect();
            for name in &going {
                if let Some(gone) = before.find_object(name) {
                    retire(&mut defs, gone, tx.now());
                }
            }
            let after = tx.schema_alter(defs)?;
            computed::check(&before, &after)?;
            Follow::new(&self.org, tx).object_deleted(&object)?;
            tx.audit(&self.identity, &entry("object_delete", &object, &[]))
        })?;
        self.org.forget_permissions();
        Ok(())
    }

    /// Takes a deleted object back, with its records. Administrators may use it at once, others when a permission set
    /// says so.
    ///
    /// # Errors
    /// `NOT_FOUND` for an object that was not deleted or is gone for good; `FIELD_INTEGRITY_EXCEPTION` when its name was
    /// given to another one.
    pub fn object_undelete(&self, object: &str) -> Result<()> {
        self.require_customize()?;
        let name = self.org.store.write_metadata(|tx| {
            let mut defs: Vec<ObjectDef> = tx.schema().defs().collect();
            let name = take_back(&mut defs, object).ok_or_else(Error::not_found)?;
            // An object without owners has no shares, one that tracks no field no history.
            for companion in COMPANIONS {
                take_back(&mut defs, &companion(&name));
            }
            let before = tx.schema();
            let after = tx.schema_alter(defs)?;
            computed::check(&before, &after)?;
            tx.sealing_look_again()?;
            tx.audit(&self.identity, &entry("object_undelete", &name, &[]))?;
            Ok(name)
        })?;
        self.org.forget_permissions();
        self.grant_administrators(&name)?;
        self.begin_lists(std::slice::from_ref(&name))
    }

    /// Sets a validation rule, in place of one of the same name.
    ///
    /// # Errors
    /// As [`Ctx::object_rename`]; a formula that cannot be read is named with its error.
    pub fn validation_rule_put(&self, object: &str, rule: ValidationRule) -> Result<()> {
        self.change_rules(object, "validation_rule_put", &rule.name.clone(), |rules| {
            let same = rules.iter().position(|known| known.name.eq_ignore_ascii_case(&rule.name));
            match same {
                Some(at) => rules[at] = rule.clone(),
                None => rules.push(rule.clone()),
            }
        })
    }

    /// Puts a rule in place of the one called `name`.
    ///
    /// # Errors
    /// As [`Ctx::validation_rule_put`]; `NOT_FOUND` for a rule that is not there, `DUPLICATE_DEVELOPER_NAME` when another
    /// one has the name.
    pub fn validation_rule_change(&self, object: &str, name: &str, to: ValidationRule) -> Result<()> {
        let is_it = |rule: &ValidationRule| rule.name.eq_ignore_ascii_case(name);
        self.change_rules_if(
            object,
            "validation_rule_put",
            &to.name.clone(),
            |rules| {
                if !rules.iter().any(is_it) {
                    return Err(Error::not_found());
                }
                match rules.iter().any(|rule| !is_it(rule) && rule.name.eq_ignore_ascii_case(&to.name)) {
                    true => {
                        let message = format!("There is already a validation rule named {}.", to.name);
                        Err(Error::new(ErrorCode::DuplicateDeveloperName, message).with_field("fullName"))
                    }
                    false => Ok(()),
                }
            },
            |rules| {
                if let Some(known) = rules.iter_mut().find(|known| is_it(known)) {
                    known.clone_from(&to);
                }
            },
        )
    }

    /// Removes a validation rule; one that is not there is no error.
    ///
    /// # Errors
    /// As [`Ctx::object_rename`].
    pub fn validation_rule_delete(&self, object: &str, name: &str) -> Result<()> {
        self.change_rules(object, "validation_rule_delete", name, |rules| {
            rules.retain(|known| !known.name.eq_ignore_ascii_case(name));
        })
    }

    fn change_rules(
        &self,
        object: &str,
        action: &str,
        rule: &str,
        change: impl Fn(&mut Vec<ValidationRule>),
    ) -> Result<()> {
        self.change_rules_if(object, action, rule, |_| Ok(()), change)
    }

    /// Changes the rules of an object if they pass a check, both in one transaction.
    fn change_rules_if(
        &self,
        object: &str,
        action: &str,
        rule: &str,
        check: impl Fn(&[ValidationRule]) -> Result<()>,
        change: impl Fn(&mut Vec<ValidationRule>),
    ) -> Result<()> {
        self.require_customize()?;
        let object = self.object(object)?.name().to_owned();
        self.org.store.write_metadata(|tx| {
            let before = tx.schema();
            check(&before.find_object(&object).ok_or_else(Error::not_found)?.def.validation_rules)?;
            let schema = tx.object_redeclare(&object, |def| change(&mut def.validation_rules))?;
            let now = schema.find_object(&object).ok_or_else(Error::not_found)?;
            let beside = now.def.validation_rules.iter().filter_map(|rule| Some((rule, rule.field.as_deref()?)));
            for (rule, field) in beside {
                if now.find_field(field).is_none() {
                    let why = format!("validation rule {}: there is no field {field} to show it beside", rule.name);
                    return Err(unsound(&object, why));
                }
            }
            computed::check(&before, &schema)?;
            tx.audit(&self.identity, &entry(action, &object, &[rule.to_owned()]))
        })
    }
}

/// The names of what comes and goes with a custom object.
const COMPANIONS: [fn(&str) -> String; 2] = [share_name, custom_history_name];

/// Ends a declaration that can be taken back.
pub(super) fn retire(defs: &mut Vec<ObjectDef>, object: &ObjectSchema, at: Instant) {
    let Some(place) = defs.iter().position(|def| def.name == object.name()) else { return };
    let mut gone = defs.remove(place);
    gone.table.clone_from(&object.table);
    let name = std::mem::take(&mut gone.name);
    gone.name = format!("{name}~{}", gone.key_prefix);
    gone.retired = Some(RetiredObject { name, at });
    defs.push(gone);
}

/// What the shares of a custom object are called.
pub(super) fn share_name(object: &str) -> String {
    format!("{}__Share", object.strip_suffix("__c").unwrap_or(object))
}

/// Makes a deleted declaration live again; returns the name it had.
pub(super) fn take_back(defs: &mut [ObjectDef], name: &str) -> Option<String> {
    let was =
        |def: &&mut ObjectDef| def.retired.as_ref().is_some_and(|retired| retired.name.eq_ignore_ascii_case(name));
    let back = defs.iter_mut().rfind(was)?;
    let name = back.retired.take()?.name;
    back.name.clone_from(&name);
    Some(name)
}

/// An object that the org made itself.
fn custom_object<'a>(schema: &'a OrgSchema, name: &str) -> Result<&'a ObjectSchema> {
    let object = schema.find_object(name).ok_or_else(Error::not_found)?;
    if object.def.is_custom() {
        return Ok(object);
    }
    Err(Error::new(
        ErrorCode::FieldIntegrityException,
        format!("{}: only custom objects are renamed or deleted", object.name()),
    ))
}

/// Relationships point to the object by its name.
fn follow_in_references(defs: &mut [ObjectDef], from: &str, to: &str) {
    for def in defs {
        let retired = def.retired_fields.iter_mut().map(|retired| &mut retired.field);
        for field in def.fields.iter_mut().chain(retired) {
            if let model::FieldType::Reference(reference) = &mut field.data_type {
                for target in reference.targets.iter_mut().filter(|target| target.eq_ignore_ascii_case(from)) {
                    to.clone_into(target);
                }
            }
        }
    }
}
