//! The components of an org: found, read, made, changed and deleted by name and id.

use super::{ComponentKind, CustomField, CustomObject, GlobalValueSet, ValidationRuleComponent, refuse};
use crate::ctx::Ctx;
use crate::query::QueryOptions;
use model::schema::{AccessDefault, FieldDef, ObjectDef};
use model::{Error, ErrorCode, RecordId, Result};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// One component of the org's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub kind: ComponentKind,
    pub id: RecordId,
    /// The object that it belongs to; none of an object and of a shared list.
    pub object: Option<String>,
    /// The name within its object, with `__c` where it has one.
    pub name: String,
}

impl Component {
    /// `Account.Colour__c`, `Part__c`
    pub fn full_name(&self) -> String {
        match &self.object {
            Some(object) => format!("{object}.{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The name without `__c`.
    pub fn developer_name(&self) -> &str {
        self.name.strip_suffix("__c").unwrap_or(&self.name)
    }
}

/// What an id of a component is worked out of: what stays when it is renamed.
fn of_object(def: &ObjectDef) -> Component {
    let id = ComponentKind::CustomObject.id(&def.key_prefix.to_string());
    Component { kind: ComponentKind::CustomObject, id, object: None, name: def.name.clone() }
}

fn of_field(def: &ObjectDef, field: &FieldDef) -> Component {
    let id = ComponentKind::CustomField.id(&format!("{}/{}", def.key_prefix, field.identity()));
    Component { kind: ComponentKind::CustomField, id, object: Some(def.name.clone()), name: field.name.clone() }
}

impl Ctx {
    /// The components of a kind, by name.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` without CustomizeApplication: components tell of fields whatever the right to
    /// read them.
    pub fn components(&self, kind: ComponentKind) -> Result<Vec<Component>> {
        self.require_customize()?;
        let schema = self.schema();
        let seen = |object: &&model::ObjectSchema| object.def.retired.is_none() && self.object(object.name()).is_ok();
        let objects = || schema.objects().iter().filter(seen).map(|object| &object.def);
        let mut found: Vec<Component> = match kind {
            ComponentKind::CustomObject => objects().filter(|def| def.is_custom()).map(of_object).collect(),
            ComponentKind::CustomField => {
                let own = |def: &'_ ObjectDef| {
                    let fields =
                        def.fields.iter().filter(|field| field.is_custom() && CustomField::of(field).is_some());
                    fields.map(|field| of_field(def, field)).collect::<Vec<_>>()
                };
                objects().flat_map(own).collect()
            }
            ComponentKind::ValidationRule => {
                let rules = objects().flat_map(|def| def.validation_rules.iter().map(move |rule| (def, rule)));
                let one = |(def, rule): (&ObjectDef, &model::schema::ValidationRule)| Component {
                    kind,
                    id: kind.id(&format!("{}/{}", def.key_prefix, rule.name.to_lowercase())),
                    object: Some(def.name.clone()),
                    name: rule.name.clone(),
                };
                rules.map(one).collect()
            }
            ComponentKind::GlobalValueSet => {
                let one = |set: model::schema::ValueSet| Component {
                    kind,
                    id: kind.id(&set.name.to_lowercase()),
                    object: None,
                    name: set.name,
                };
                self.value_sets()?.into_iter().map(one).collect()
            }
        };
        found.sort_by_key(|component| component.full_name().to_lowercase());
        Ok(found)
    }

    /// The component of a kind with an id.
    ///
    /// # Errors
    /// `NOT_FOUND`; as [`Ctx::components`].
    pub fn component(&self, kind: ComponentKind, id: RecordId) -> Result<Component> {
        self.components(kind)?.into_iter().find(|known| known.id == id).ok_or_else(Error::not_found)
    }

    fn component_named(&self, kind: ComponentKind, full_name: &str) -> Result<Component> {
        let is_it = |known: &Component| known.full_name().eq_ignore_ascii_case(full_name);
        self.components(kind)?.into_iter().find(is_it).ok_or_else(Error::not_found)
    }

    /// What a component says.
    ///
    /// # Errors
    /// `NOT_FOUND` for one that went meanwhile.
    pub fn component_told(&self, component: &Component) -> Result<Json> {
        let told = match component.kind {
            ComponentKind::CustomObject => serde_json::to_value(CustomObject::of(&self.def(&component.name)?)),
            ComponentKind::CustomField => serde_json::to_value(self.custom_field(component)?),
            ComponentKind::ValidationRule => {
                let def = self.def(component.object.as_deref().unwrap_or_default())?;
                let rule = def.validation_rules.iter().find(|rule| rule.name == component.name);
                serde_json::to_value(ValidationRuleComponent::of(rule.ok_or_else(Error::not_found)?))
            }
            ComponentKind::GlobalValueSet => {
                let set = self.value_sets()?.into_iter().find(|set| set.name == component.name);
                serde_json::to_value(GlobalValueSet::of(&set.ok_or_else(Error::not_found)?))
            }
        };
        told.map_err(Error::internal)
    }

    fn def(&self, object: &str) -> Result<ObjectDef> {
        Ok(self.object(object)?.def.clone())
    }

    fn custom_field(&self, component: &Component) -> Result<CustomField> {
        let object = self.object(component.object.as_deref().unwrap_or_default())?;
        let field = object.find_field(&component.name).ok_or_else(Error::not_found)?;
        CustomField::of(&field.def).ok_or_else(Error::not_found)
    }

    /// Makes a component and returns its id.
    ///
    /// # Errors
    /// `JSON_PARSER_ERROR` for words that its kind does not have, `FIELD_INTEGRITY_EXCEPTION` naming the word at fault,
    /// `DUPLICATE_DEVELOPER_NAME` for a name that is taken; without CustomizeApplication
    /// `INSUFFICIENT_ACCESS_OR_READONLY`.
    pub fn component_create(&self, kind: ComponentKind, full_name: &str, metadata: &Json) -> Result<RecordId> {
        self.require_customize()?;
        match kind {
            ComponentKind::CustomObject => {
                self.free(self.object(full_name).is_ok(), full_name)?;
                let object: CustomObject = read(metadata)?;
                self.objects_create(vec![object.declare(full_name, &[], self.schema())?])?;
            }
            ComponentKind::CustomField => {
                let (object, name) = parts(full_name)?;
                let known = self.object(object)?;
                self.free(known.find_field(name).is_some(), full_name)?;
                let field: CustomField = read(metadata)?;
                let field = field.declare(name, self.schema())?;
                match field.data_type.as_reference() {
                    Some(reference) if reference.master_detail => self.master_create(object, field)?,
                    _ => self.fields_create(object, vec![field])?,
                }
            }
            ComponentKind::ValidationRule => {
                let (object, name) = parts(full_name)?;
                let rules = &self.object(object)?.def.validation_rules;
                self.free(rules.iter().any(|rule| rule.name.eq_ignore_ascii_case(name)), full_name)?;
                let rule: ValidationRuleComponent = read(metadata)?;
                self.validation_rule_put(object, rule.declare(name)?)?;
            }
            ComponentKind::GlobalValueSet => {
                let set: GlobalValueSet = read(metadata)?;
                self.value_set_create(set.declare(full_name)?)?;
            }
        }
        Ok(self.renewed()?.component_named(kind, full_name)?.id)
    }

    /// A master is a lookup that turned: with it the records change hands, from their owners to those of the master.
    fn master_create(&self, object: &str, master: FieldDef) -> Result<()> {
        let known = self.object(object)?;
        let reference = master.data_type.as_reference().ok_or_else(Error::not_found)?;
        let any = format!("SELECT Id FROM {} LIMIT 1", known.name());
        if self.query(&any, QueryOptions::default())?.total > 0 {
            let rule = format!(
                "{} has records, which would have no master. Make it a Lookup, fill it in each record, and change its \
                 type to MasterDetail then",
                known.name()
            );
            return Err(refuse("type", rule));
        }
        let targets = reference.targets.first().map(String::as_str).unwrap_or_default();
        let lookup = FieldDef::lookup(&master.name, &master.label, targets);
        let (name, children) = (master.name.clone(), reference.children.clone());
        let lookup = match children {
            Some(list) => lookup.children(&list),
            None => lookup,
        };
        self.fields_create(object, vec![lookup])?;
        let turned = self.renewed().and_then(|ctx| ctx.field_change(object, &name, master));
        if turned.is_err() {
            self.renewed()?.field_delete(object, &name)?;
        }
        turned
    }

    fn free(&self, taken: bool, full_name: &str) -> Result<()> {
        if !taken {
            return Ok(());
        }
        let message = format!("There is already a component named {full_name}.");
        Err(Error::new(ErrorCode::DuplicateDeveloperName, message).with_field("FullName"))
    }

    /// Puts other words in place of all that a component says, and another name in place of its own.
    ///
    /// # Errors
    /// As [`Ctx::component_create`].
    pub fn component_change(&self, component: &Component, full_name: Option<&str>, metadata: &Json) -> Result<()> {
        self.require_customize()?;
        let full_name = full_name.map_or_else(|| component.full_name(), str::to_owned);
        let object = component.object.as_deref().unwrap_or_default();
        let name = match component.object {
            Some(_) => {
                let (within, name) = parts(&full_name)?;
                if !within.eq_ignore_ascii_case(object) {
                    return Err(refuse("FullName", format!("it stays with {object}")));
                }
                name
            }
            None => &full_name,
        };
        match component.kind {
            ComponentKind::CustomObject => self.object_change(&component.name, name, &read(metadata)?),
            ComponentKind::CustomField => {
                let field: CustomField = read(metadata)?;
                self.field_change(object, &component.name, field.declare(name, self.schema())?)
            }
            ComponentKind::ValidationRule => {
                let rule: ValidationRuleComponent = read(metadata)?;
                let rule = rule.declare(name)?;
                self.validation_rule_change(object, &component.name, rule)
            }
            ComponentKind::GlobalValueSet => {
                let set: GlobalValueSet = read(metadata)?;
                self.value_set_change(&component.name, set.declare(name)?)
            }
        }
    }

    /// A custom object says something else. What its records are called by and whether they are found stays.
    fn object_change(&self, object: &str, name: &str, to: &CustomObject) -> Result<()> {
        let known = self.def(object)?;
        let was = CustomObject::of(&known);
        let stays = [
            ("nameField", to.name_field.is_some() && to.name_field != was.name_field),
            ("enableSearch", to.enable_search.is_some() && to.enable_search != was.enable_search),
        ];
        if let Some((word, _)) = stays.iter().find(|(_, changed)| *changed) {
            return Err(refuse(word, "it is said when the object is made, and stays"));
        }
        let masters = known.fields.iter().filter(|field| field.is_custom());
        let masters = masters.filter_map(|field| Some((field.name.clone(), CustomField::of(field)?)));
        let masters: Vec<_> = masters.filter(|(_, field)| field.kind.as_deref() == Some("MasterDetail")).collect();
        let declared = to.declare(name, &masters, self.schema())?;
        let default: AccessDefault = declared.access_default;
        // What can be refused comes first: a refused change opens nothing.
        self.object_rename(object, name, &declared.label, &declared.label_plural, &declared.description)?;
        if to.sharing_model.is_some() && masters.is_empty() && default != known.access_default {
            self.renewed()?.access_default_set(name, default)?;
        }
        Ok(())
    }

    /// Deletes a component.
    ///
    /// # Errors
    /// `FIELD_INTEGRITY_EXCEPTION` naming what uses it; as [`Ctx::component_create`].
    pub fn component_delete(&self, component: &Component) -> Result<()> {
        let object = component.object.as_deref().unwrap_or_default();
        match component.kind {
            ComponentKind::CustomObject => self.object_delete(&component.name),
            ComponentKind::CustomField => self.field_delete(object, &component.name),
            ComponentKind::ValidationRule => self.validation_rule_delete(object, &component.name),
            ComponentKind::GlobalValueSet => self.value_set_delete(&component.name),
        }
    }
}

fn parts(full_name: &str) -> Result<(&str, &str)> {
    let parts = full_name.split_once('.').filter(|(object, name)| !object.is_empty() && !name.is_empty());
    parts.ok_or_else(|| refuse("FullName", "it names an object and what belongs to it, such as Account.Colour__c"))
}

/// The words of a component.
fn read<T: DeserializeOwned>(metadata: &Json) -> Result<T> {
    T::deserialize(metadata)
        .map_err(|error| Error::new(ErrorCode::JsonParserError, format!("Metadata: {error}")).with_field("Metadata"))
}
