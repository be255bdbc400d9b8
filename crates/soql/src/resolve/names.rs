//! Look-ups in the schema as the asker sees it.

use super::Resolver;
use model::schema::ChildRelationship;
use model::{FieldSchema, ObjectSchema};

impl<'a> Resolver<'a> {
    /// An object to ask for; records that are shown together are lists below other records alone.
    pub(super) fn find_object(&self, name: &str) -> Option<&'a ObjectSchema> {
        let found = self.schema.find_object(name).filter(|object| self.visibility.object(object.ix));
        found.filter(|object| object.members().is_empty())
    }

    pub(super) fn find_field(&self, object: &'a ObjectSchema, name: &str) -> Option<&'a FieldSchema> {
        object.find_field(name).filter(|field| self.visibility.field(object.ix, field.ix))
    }

    /// A reference that can be walked: itself visible, and at least one object it leads to.
    pub(super) fn find_relationship(&self, object: &'a ObjectSchema, name: &str) -> Option<&'a FieldSchema> {
        object.find_relationship(name).filter(|field| {
            self.visibility.field(object.ix, field.ix)
                && field.targets.iter().any(|target| self.visibility.object(*target))
        })
    }

    pub(super) fn find_children(&self, object: &'a ObjectSchema, name: &str) -> Option<&'a ChildRelationship> {
        object
            .find_children(name)
            .filter(|list| self.visibility.object(list.child) && self.visibility.field(list.child, list.field))
    }
}
