//! Fields of an object and of the records it points to, found in the metadata of an org.

use crate::{FieldResolver, ResolvedField};
use model::{FieldSchema, ObjectIx, OrgSchema};

/// The most steps from the record to a field: the limit of Salesforce.
pub const MAX_STEPS: usize = 10;

/// Resolves paths that start at one object: `Amount`, `Account.Owner.Name`, `Owner:User.Email` for a reference to one
/// of several objects, `$User.Id` for what [`RecordFields::with_global`] declares.
#[derive(Clone, Debug)]
pub struct RecordFields<'a> {
    schema: &'a OrgSchema,
    object: ObjectIx,
    globals: Vec<(&'static str, ObjectIx)>,
}

impl<'a> RecordFields<'a> {
    pub fn new(schema: &'a OrgSchema, object: ObjectIx) -> Self {
        Self { schema, object, globals: Vec::new() }
    }

    /// With `$User`, the one who reads, where the org has users.
    pub fn of(schema: &'a OrgSchema, object: ObjectIx) -> Self {
        let fields = Self::new(schema, object);
        match schema.find_object("User") {
            Some(user) => fields.with_global("$User", user.ix),
            None => fields,
        }
    }

    /// Lets paths begin at a record that does not depend on the one at hand, such as `$User`.
    #[must_use]
    pub fn with_global(mut self, name: &'static str, object: ObjectIx) -> Self {
        self.globals.push((name, object));
        self
    }

    /// The name of a step in its proper spelling, and the object it leads to.
    fn step(&self, from: ObjectIx, step: &str) -> Option<(String, ObjectIx)> {
        let (name, wanted) = match step.split_once(':') {
            Some((name, object)) => (name, Some(self.schema.find_object(object)?.ix)),
            None => (step, None),
        };
        let field = self.schema.object(from).find_relationship(name)?;
        let relationship = field.data_type().as_reference()?.relationship.clone()?;
        match (wanted, &field.targets[..]) {
            (Some(wanted), targets) if targets.contains(&wanted) => {
                let target = self.schema.object(wanted).name();
                let name = if targets.len() > 1 { format!("{relationship}:{target}") } else { relationship };
                Some((name, wanted))
            }
            (None, [target]) => Some((relationship, *target)),
            _ => None,
        }
    }

    fn last(&self, object: ObjectIx, name: &str) -> Option<&'a FieldSchema> {
        self.schema.object(object).find_field(name)
    }

    /// The field at the end of a path, in its proper spelling with the object it is of.
    fn follow(&self, path: &[&str]) -> Option<(Vec<String>, ObjectIx, &'a FieldSchema)> {
        let (name, steps) = path.split_last()?;
        if steps.len() > MAX_STEPS {
            return None;
        }
        let mut object = self.object;
        let mut proper = Vec::with_capacity(path.len());
        let mut steps = steps.iter();
        if path[0].starts_with('$') {
            let first = steps.next()?;
            let (global, target) = self.globals.iter().find(|(global, _)| global.eq_ignore_ascii_case(first))?;
            proper.push((*global).to_owned());
            object = *target;
        }
        for step in steps {
            let (name, target) = self.step(object, step)?;
            proper.push(name);
            object = target;
        }
        let field = self.last(object, name)?;
        proper.push(field.name().to_owned());
        Some((proper, object, field))
    }

    /// The field that a formula uses under this path.
    pub(crate) fn find(&self, path: &[String]) -> Option<&'a FieldSchema> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        self.follow(&path).map(|(_, _, field)| field)
    }
}

impl FieldResolver for RecordFields<'_> {
    fn resolve(&self, path: &[&str]) -> Option<ResolvedField> {
        let (path, object, field) = self.follow(path)?;
        let home = format!("{}.{}", self.schema.object(object).name(), field.name());
        Some(ResolvedField { path, data_type: field.data_type().clone(), home: Some(home) })
    }
}
