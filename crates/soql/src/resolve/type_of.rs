//! TYPEOF: other fields for each object a reference may point to.

use super::Resolver;
use super::path::Level;
use crate::ast::{self, Name, Path};
use crate::error;
use crate::plan::{Output, SourceIx, Target, TypeOfArm, TypeOfField};
use model::{FieldIx, ObjectIx, ObjectSchema, Result};

impl<'a> Resolver<'a> {
    pub(super) fn type_of(&mut self, level: &mut Level<'a>, type_of: &ast::TypeOf) -> Result<Output> {
        let position = type_of.path.position;
        if level.is_semi_join {
            return Err(self.malformed(position, "TYPEOF is not allowed in a semi-join."));
        }
        let source = self.walk(level, &type_of.path.dotted, position)?;
        let Target::AnyOf(targets) = level.sources[source.index()].target.clone() else {
            let message = format!("TYPEOF needs a polymorphic relationship, and {} is none.", type_of.path.dotted);
            return Err(self.malformed(position, &message));
        };
        if level.sources[source.index()].via.is_some_and(|(from, _)| from != SourceIx::ROOT) {
            let message = "TYPEOF takes a relationship of the queried object itself, not one of a parent.";
            return Err(self.malformed(position, message));
        }
        let mut arms: Vec<TypeOfArm> = Vec::with_capacity(type_of.arms.len());
        for arm in &type_of.arms {
            let object = self.arm_object(&targets, &arm.object)?;
            if arms.iter().any(|known| known.object == object.ix) {
                return Err(self.malformed(arm.object.position, &format!("TYPEOF names {} twice.", object.name())));
            }
            let fields = arm.fields.iter().map(|field| self.arm_field(object, field)).collect::<Result<Vec<_>>>()?;
            arms.push(TypeOfArm { object: object.ix, fields, position: arm.object.position.0 });
        }
        let otherwise = type_of
            .otherwise
            .iter()
            .map(|path| {
                let (name, fields) = self.else_field(&targets, path)?;
                Ok(TypeOfField { name: name.to_owned(), fields })
            })
            .collect::<Result<_>>()?;
        // The relationship alone: the path of an imaginary field of it, without the field.
        let name = self.display_path(level, source, "").swap_remove(0);
        Ok(Output::TypeOf { source, name, arms, otherwise })
    }

    /// An object that the reference cannot point to answers as one that does not exist: whether it does is not said.
    fn arm_object(&self, targets: &[ObjectIx], name: &Name) -> Result<&'a ObjectSchema> {
        self.find_object(&name.text)
            .filter(|object| targets.contains(&object.ix))
            .ok_or_else(|| error::unsupported_object(&name.text))
    }

    fn arm_field(&self, object: &'a ObjectSchema, path: &Path) -> Result<FieldIx> {
        if path.dotted.contains('.') {
            return Err(error::not_enabled("A relationship path inside TYPEOF"));
        }
        self.find_field(object, &path.dotted)
            .map(|field| field.ix)
            .ok_or_else(|| error::no_such_column(self.text, path.position.0, &path.dotted, object.name()))
    }
}
