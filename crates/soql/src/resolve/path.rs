//! Paths up: each distinct chain of steps becomes one source, shared by all clauses.

use super::Resolver;
use super::typed::{Typed, ValueKind};
use crate::ast::{Name, Path, Position};
use crate::error;
use crate::plan::{Expr, FieldRef, Source, SourceIx, Target};
use model::{FieldIx, FieldSchema, ObjectIx, ObjectSchema, Result};

/// Steps up that one path may take.
const MAX_STEPS: usize = 5;
/// Different parents that one level of a query may reach.
const MAX_PARENTS: usize = 55;

/// The fields of the pseudo-object Name, which is all that a polymorphic reference shows, beside `Type`.
const NAME_FIELDS: [(&str, ValueKind); 12] = [
    ("Id", ValueKind::Id),
    ("Name", ValueKind::Text),
    ("FirstName", ValueKind::Text),
    ("LastName", ValueKind::Text),
    ("Title", ValueKind::Text),
    ("Email", ValueKind::Text),
    ("Phone", ValueKind::Text),
    ("Alias", ValueKind::Text),
    ("Username", ValueKind::Text),
    ("IsActive", ValueKind::Bool),
    ("ProfileId", ValueKind::Id),
    ("UserRoleId", ValueKind::Id),
];

/// The names in reach of one SELECT.
pub(super) struct Level<'a> {
    pub(super) root: &'a ObjectSchema,
    pub(super) sources: Vec<Source>,
    pub(super) aliases: Vec<(String, SourceIx)>,
    /// What the level groups by, once known.
    pub(super) keys: Vec<Expr>,
    pub(super) is_grouped: bool,
    pub(super) has_subtotals: bool,
    pub(super) is_semi_join: bool,
    pub(super) semi_joins: u32,
}

impl<'a> Level<'a> {
    pub(super) fn new(root: &'a ObjectSchema, position: Position) -> Self {
        Self {
            root,
            sources: vec![Source { target: Target::Object(root.ix), via: None, position: position.0 }],
            aliases: Vec::new(),
            keys: Vec::new(),
            is_grouped: false,
            has_subtotals: false,
            is_semi_join: false,
            semi_joins: 0,
        }
    }

    fn alias(&self, name: &str) -> Option<SourceIx> {
        self.aliases.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name)).map(|(_, source)| *source)
    }

    fn depth(&self, mut source: SourceIx) -> usize {
        let mut steps = 0;
        while let Some((from, _)) = self.sources[source.index()].via {
            steps += 1;
            source = from;
        }
        steps
    }
}

/// Whether a name is the object of a level or an alias of it.
pub(super) fn names_root(level: &Level<'_>, step: &str) -> bool {
    level.alias(step) == Some(SourceIx::ROOT) || level.root.name().eq_ignore_ascii_case(step)
}

impl<'a> Resolver<'a> {
    /// The field, or what stands for one on a polymorphic source, that a path ends at.
    pub(super) fn path(&self, level: &mut Level<'a>, path: &Path) -> Result<Typed<'a>> {
        let (before, last) = path.split_last();
        let source = match before {
            Some(steps) => self.walk(level, steps, path.position)?,
            None => SourceIx::ROOT,
        };
        match &level.sources[source.index()].target {
            Target::Object(object) => {
                let object = self.schema.object(*object);
                let field = self
                    .find_field(object, last)
                    .ok_or_else(|| error::no_such_column(self.text, path.position.0, last, object.name()))?;
                let from_sealed = formula::reads_sealed(self.schema, object.ix, field.ix);
                Ok(Typed { from_sealed, ..Typed::field(source, field, path.position) })
            }
            Target::AnyOf(objects) => self.name_field(source, objects, last, path.position),
        }
    }

    /// Follows `steps` (dotted), adding the sources that are new.
    pub(super) fn walk(&self, level: &mut Level<'a>, steps: &str, position: Position) -> Result<SourceIx> {
        let mut source = SourceIx::ROOT;
        for (at, step) in steps.split('.').enumerate() {
            if at == 0 {
                if let Some(named) = level.alias(step) {
                    source = named;
                    continue;
                }
                let is_relationship = self.find_relationship(level.root, step).is_some();
                if !is_relationship && level.root.name().eq_ignore_ascii_case(step) {
                    continue;
                }
            }
            source = self.step(level, source, step, position)?;
        }
        Ok(source)
    }

    fn step(&self, level: &mut Level<'a>, from: SourceIx, step: &str, position: Position) -> Result<SourceIx> {
        let Target::Object(object) = level.sources[from.index()].target else {
            return Err(error::no_such_relationship(self.text, position.0, step, "Name"));
        };
        let object = self.schema.object(object);
        let field = self
            .find_relationship(object, step)
            .ok_or_else(|| error::no_such_relationship(self.text, position.0, step, object.name()))?;
        self.source_via(level, from, field, position)
    }

    fn source_via(
        &self,
        level: &mut Level<'a>,
        from: SourceIx,
        field: &FieldSchema,
        position: Position,
    ) -> Result<SourceIx> {
        let via = Some((from, field.ix));
        if let Some(at) = level.sources.iter().position(|source| source.via == via) {
            return Ok(source_ix(at));
        }
        if level.depth(from) >= MAX_STEPS {
            return Err(self.malformed(position, &format!("A path may take at most {MAX_STEPS} steps up.")));
        }
        if level.sources.len() > MAX_PARENTS {
            let message = format!("A query may reach at most {MAX_PARENTS} different parents.");
            return Err(self.malformed(position, &message));
        }
        let target = match field.targets.as_slice() {
            [one] => Target::Object(*one),
            several => Target::AnyOf(several.to_vec()),
        };
        level.sources.push(Source { target, via, position: position.0 });
        Ok(source_ix(level.sources.len() - 1))
    }

    /// `Contact c, c.Account a`: the later sources are steps up that get a name.
    pub(super) fn add_alias(&self, level: &mut Level<'a>, alias: &Name, source: SourceIx) -> Result<()> {
        if level.alias(&alias.text).is_some() {
            return Err(self.malformed(alias.position, &format!("duplicate alias: {}", alias.text)));
        }
        level.aliases.push((alias.text.clone(), source));
        Ok(())
    }

    fn name_field(&self, source: SourceIx, objects: &[ObjectIx], name: &str, position: Position) -> Result<Typed<'a>> {
        if name.eq_ignore_ascii_case("Type") {
            let expr = Expr::TypeName { source, position: position.0 };
            return Ok(Typed { expr, kind: ValueKind::Text, name: "Type", field: None, from_sealed: false, position });
        }
        let (name, kind) = NAME_FIELDS
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .ok_or_else(|| error::no_such_column(self.text, position.0, name, "Name"))?;
        let fields = self.name_field_per_object(objects, name);
        let expr = Expr::NameField { source, name: name.to_owned(), fields, position: position.0 };
        Ok(Typed { expr, kind, name, field: None, from_sealed: false, position })
    }

    /// Which field of each object answers to a field of the pseudo-object Name. `Name` itself is the name field, whatever
    /// the object calls it.
    fn name_field_per_object(&self, objects: &[ObjectIx], name: &str) -> Vec<(ObjectIx, Option<FieldIx>)> {
        let field_of = |object: ObjectIx| {
            let schema = self.schema.object(object);
            let field = if name == "Name" { Some(schema.name_field()) } else { schema.find_field(name) };
            field.filter(|field| self.visibility.field(object, field.ix)).map(|field| field.ix)
        };
        objects.iter().map(|object| (*object, field_of(*object))).collect()
    }

    /// The name field of TYPEOF's ELSE.
    pub(super) fn else_field(
        &self,
        objects: &[ObjectIx],
        path: &Path,
    ) -> Result<(&'static str, Vec<(ObjectIx, Option<FieldIx>)>)> {
        let (name, _) = NAME_FIELDS
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(&path.dotted))
            .ok_or_else(|| error::no_such_column(self.text, path.position.0, &path.dotted, "Name"))?;
        Ok((name, self.name_field_per_object(objects, name)))
    }

    /// The path of a field in schema case, as rows show it.
    pub(super) fn display_path(&self, level: &Level<'a>, source: SourceIx, last: &str) -> Vec<String> {
        let mut path = vec![last.to_owned()];
        let mut source = &level.sources[source.index()];
        while let Some((from, field)) = source.via {
            source = &level.sources[from.index()];
            // Only a single object has relationships to walk, and only fields with one are walked.
            if let Target::Object(object) = source.target
                && let Some(reference) = self.schema.object(object).field(field).data_type().as_reference()
            {
                path.push(reference.relationship.clone().unwrap_or_default());
            }
        }
        path.reverse();
        path
    }
}

fn source_ix(at: usize) -> SourceIx {
    // At most 56 sources exist.
    SourceIx(u32::try_from(at).unwrap_or(u32::MAX))
}

/// A plain use of a field.
pub(super) fn field_ref(source: SourceIx, field: FieldIx, position: Position) -> FieldRef {
    FieldRef { source, field, position: position.0 }
}
