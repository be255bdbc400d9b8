//! The metadata of one org at one version: immutable, shared by `Arc`, swapped whole when it changes.

use super::derived::Derived;
use super::{AccessDefault, FieldDef, FieldType, Form, GrantRows, HistoryRows, Member, ObjectDef, SharingKind};
use crate::KeyPrefix;
use std::collections::HashMap;

/// The place of an object in one [`OrgSchema`]; it means nothing in another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectIx(pub(super) u32);

/// The place of a field in its object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FieldIx(pub(super) u32);

impl ObjectIx {
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl FieldIx {
    /// `Id` is the first field of every object.
    pub const ID: FieldIx = FieldIx(0);

    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// All objects of an org.
#[derive(Debug)]
pub struct OrgSchema {
    pub(super) version: u64,
    pub(super) objects: Vec<ObjectSchema>,
    pub(super) by_name: HashMap<String, ObjectIx>,
    pub(super) by_prefix: HashMap<KeyPrefix, ObjectIx>,
    pub(super) retired: Vec<ObjectDef>,
    pub(super) derived: Derived,
}

/// One object with its fields resolved.
#[derive(Debug)]
pub struct ObjectSchema {
    pub ix: ObjectIx,
    pub def: ObjectDef,
    /// Table name, unquoted.
    pub table: String,
    pub fields: Vec<FieldSchema>,
    pub name_field: FieldIx,
    pub owner_field: Option<FieldIx>,
    /// The field whose order lists mostly have.
    pub listed_by: Option<FieldIx>,
    /// The master fields of a detail object, in order; of rows that give access, the record they give access to.
    pub masters: Vec<FieldIx>,
    /// References of other objects to this one.
    pub children: Vec<ChildRelationship>,
    pub(super) by_name: HashMap<String, FieldIx>,
    pub(super) by_relationship: HashMap<String, FieldIx>,
}

/// One field with its column and targets resolved.
#[derive(Debug)]
pub struct FieldSchema {
    pub ix: FieldIx,
    pub def: FieldDef,
    /// Column name, unquoted; empty for a field without a column. That of a sealed field holds ciphertext.
    pub column: String,
    /// The columns that its values are read from; none for a field without a column.
    pub form: Option<Form>,
    /// The columns that its values are being brought into; a write keeps them too.
    pub next_form: Option<Form>,
    /// Objects a reference may point to.
    pub targets: Vec<ObjectIx>,
    /// The compound field this one is a part of (`BillingAddress` for `BillingCity`).
    pub part_of: Option<FieldIx>,
}

/// A reference seen from the parent.
#[derive(Debug, Clone)]
pub struct ChildRelationship {
    /// The name in a sub-query; `None` when it has none.
    pub name: Option<String>,
    pub child: ObjectIx,
    pub field: FieldIx,
}

impl OrgSchema {
    /// Grows with every change of metadata.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn objects(&self) -> &[ObjectSchema] {
        &self.objects
    }

    pub fn object(&self, ix: ObjectIx) -> &ObjectSchema {
        &self.objects[ix.index()]
    }

    /// Finds an object by API name; case does not count.
    pub fn find_object(&self, name: &str) -> Option<&ObjectSchema> {
        self.by_name.get(&name.to_ascii_lowercase()).map(|ix| self.object(*ix))
    }

    pub fn find_by_prefix(&self, prefix: KeyPrefix) -> Option<&ObjectSchema> {
        self.by_prefix.get(&prefix).map(|ix| self.object(*ix))
    }
}

impl ObjectSchema {
    pub fn name(&self) -> &str {
        &self.def.name
    }

    pub fn label(&self) -> &str {
        &self.def.label
    }

    pub fn key_prefix(&self) -> KeyPrefix {
        self.def.key_prefix
    }

    pub fn sharing(&self) -> &SharingKind {
        &self.def.sharing
    }

    pub fn access_default(&self) -> AccessDefault {
        self.def.access_default
    }

    pub fn field(&self, ix: FieldIx) -> &FieldSchema {
        &self.fields[ix.index()]
    }

    /// Finds a field by API name; case does not count.
    pub fn find_field(&self, name: &str) -> Option<&FieldSchema> {
        self.by_name.get(&name.to_ascii_lowercase()).map(|ix| self.field(*ix))
    }

    /// Finds the reference field behind a step of a path (`Account`, `Parent__r`); case does not count.
    pub fn find_relationship(&self, name: &str) -> Option<&FieldSchema> {
        self.by_relationship.get(&name.to_ascii_lowercase()).map(|ix| self.field(*ix))
    }

    /// Finds a list of children by its name; case does not count.
    pub fn find_children(&self, name: &str) -> Option<&ChildRelationship> {
        self.children.iter().find(|child| child.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name)))
    }

    /// The fields that a search looks into; none of an object that is not searched.
    pub fn searched_fields(&self) -> impl Iterator<Item = &FieldSchema> {
        self.fields.iter().filter(|field| self.def.searchable && field.is_searched())
    }

    /// What its rows are, when they give access to records of another object.
    pub fn grant_rows(&self) -> Option<GrantRows> {
        match self.def.sharing {
            SharingKind::Grant { rows, .. } => Some(rows),
            _ => None,
        }
    }

    /// What its rows are, when they tell what happened to records of another object.
    pub fn history_rows(&self) -> Option<HistoryRows> {
        match self.def.sharing {
            SharingKind::History { rows, .. } => Some(rows),
            _ => None,
        }
    }

    /// Whether its rows are about a record of another object, who has access to it or what happened to it, and are seen
    /// with that record.
    pub fn is_about_a_record(&self) -> bool {
        self.grant_rows().is_some() || self.history_rows().is_some()
    }

    /// Whether its records are read from the field history and stand in no table of their own.
    pub fn is_field_history(&self) -> bool {
        self.history_rows() == Some(HistoryRows::Changes)
    }

    /// Whether its records are a view of what the platform keeps anyway, and stand in no table of their own.
    pub fn is_view(&self) -> bool {
        self.def.is_view()
    }

    /// The objects whose records it shows together; none of an object that has records of its own.
    pub fn members(&self) -> &[Member] {
        match &self.def.sharing {
            SharingKind::Union { members } => members,
            _ => &[],
        }
    }

    /// The field that holds the type of a record, of an object whose records have one.
    pub fn record_type_field(&self) -> Option<&FieldSchema> {
        self.find_field("RecordTypeId").filter(|field| field.def.data_type.as_reference().is_some())
    }

    pub fn name_field(&self) -> &FieldSchema {
        self.field(self.name_field)
    }
}

impl FieldSchema {
    pub fn name(&self) -> &str {
        &self.def.name
    }

    pub fn label(&self) -> &str {
        &self.def.label
    }

    pub fn data_type(&self) -> &FieldType {
        &self.def.data_type
    }

    pub fn is_polymorphic(&self) -> bool {
        self.targets.len() > 1
    }

    /// Whether a search looks into it: text that people write, of any length, and numbers that count records. Sealed
    /// text is in no index.
    pub fn is_searched(&self) -> bool {
        let data_type = self.data_type();
        !self.is_sealed() && data_type.is_stored() && data_type.is_text() && data_type.picklist_values().is_empty()
    }

    /// Whether a write may name it at all; who may is a question for policy.
    pub fn is_writable(&self) -> bool {
        !self.def.system && self.def.data_type.is_stored()
    }
}
