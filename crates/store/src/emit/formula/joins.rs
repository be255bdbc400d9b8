//! The parents that formulas reach. A step that the query itself takes, to a parent that its asker sees without
//! restriction, is taken once; any other gets a join of its own, behind those of the query and without its asker's
//! record access.

use crate::driver::Param;
use crate::emit::{Emitter, alias};
use model::{Error, FieldSchema, ObjectIx, Result};
use soql::plan::{Select, SelectId, SourceIx, Target};

/// The record whose formula is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) alias: String,
    pub(crate) object: ObjectIx,
    /// The source of the query that it is; `None` for one possible object of a polymorphic reference.
    pub(crate) source: Option<SourceIx>,
}

/// What formulas need joined, collected while a statement is written and put into it at its end.
#[derive(Default)]
pub(crate) struct FormulaJoins {
    wanted: Vec<Wanted>,
    froms: Vec<From>,
}

struct Wanted {
    select: SelectId,
    alias: String,
    /// A join of the query itself, which it makes only where it needs it.
    source: Option<SourceIx>,
    text: String,
}

/// Where the joins of a FROM end, and the sources that it joined.
struct From {
    select: SelectId,
    at: usize,
    joined: Vec<bool>,
}

impl FormulaJoins {
    /// Notes where the joins of a select end.
    pub(crate) fn note_from(&mut self, select: SelectId, at: usize, joined: &[bool]) {
        self.froms.push(From { select, at, joined: joined.to_vec() });
    }

    /// Puts the joins in. Later places first, so that earlier ones stay where they are.
    pub(crate) fn insert(&self, sql: &mut String) {
        let mut froms: Vec<&From> = self.froms.iter().collect();
        froms.sort_by_key(|from| std::cmp::Reverse(from.at));
        for from in froms {
            let is_made = |wanted: &&Wanted| {
                wanted.source.is_some_and(|source| from.joined.get(source.index()).copied().unwrap_or(false))
            };
            let text: String = self
                .wanted
                .iter()
                .filter(|wanted| wanted.select == from.select && !is_made(wanted))
                .map(|wanted| wanted.text.as_str())
                .collect();
            sql.insert_str(from.at, &text);
        }
    }

    fn want(&mut self, wanted: Wanted) {
        if !self.wanted.iter().any(|known| known.alias == wanted.alias) {
            self.wanted.push(wanted);
        }
    }
}

impl<'a> Emitter<'a> {
    /// Follows the path of a formula's field: the record at its end, and the field.
    pub(super) fn formula_path(
        &mut self,
        select: &Select,
        place: &Place,
        path: &[String],
    ) -> Result<(Place, &'a FieldSchema)> {
        let missing = || Error::internal(format!("the path {path:?} of a formula leads nowhere"));
        let (last, steps) = path.split_last().ok_or_else(missing)?;
        let mut at = place.clone();
        for step in steps {
            at = if step == "$User" { self.reader(select)? } else { self.formula_step(select, &at, step)? };
        }
        let field = self.object(at.object).find_field(last).ok_or_else(missing)?;
        Ok((at, field))
    }

    fn formula_step(&mut self, select: &Select, from: &Place, step: &str) -> Result<Place> {
        let (name, target) = match step.split_once(':') {
            Some((name, object)) => (name, self.schema().find_object(object).map(|object| object.ix)),
            None => (step, None),
        };
        let object = self.object(from.object);
        let field = object
            .find_relationship(name)
            .ok_or_else(|| Error::internal(format!("{} has no relationship {name}", object.name())))?;
        let target = target
            .or_else(|| field.targets.first().copied())
            .ok_or_else(|| Error::internal(format!("{name} points to nothing")))?;
        let shared = self.own_source(select, from, field, target)?;
        let joined = match shared {
            Some(source) => alias(select.id, source),
            None if field.targets.len() > 1 => format!("{}_f{}_{}", from.alias, field.ix.index(), target.index()),
            None => format!("{}_f{}", from.alias, field.ix.index()),
        };
        let table = &self.object(target).table;
        let text = format!(" LEFT JOIN \"{table}\" {joined} ON {joined}.\"Id\" = {}.\"{}\"", from.alias, field.column);
        self.joins.want(Wanted { select: select.id, alias: joined.clone(), source: shared, text });
        Ok(Place { alias: joined, object: target, source: shared })
    }

    /// The query's own join over the same step, when nothing narrows it.
    fn own_source(
        &self,
        select: &Select,
        from: &Place,
        field: &FieldSchema,
        target: ObjectIx,
    ) -> Result<Option<SourceIx>> {
        let Some(from) = from.source else { return Ok(None) };
        for (at, source) in select.sources.iter().enumerate() {
            let same = source.via == Some((from, field.ix))
                && matches!(source.target, Target::Object(object) if object == target);
            if !same {
                continue;
            }
            let ix = SourceIx(u32::try_from(at).map_err(Error::internal)?);
            let open = self.plan.access(select.id, ix)?.iter().all(|(_, access)| *access == policy::Access::Everything);
            return Ok(open.then_some(ix));
        }
        Ok(None)
    }

    /// `$User`: the one who reads; nobody for a service.
    fn reader(&mut self, select: &Select) -> Result<Place> {
        let user = self.schema().find_object("User").ok_or_else(|| Error::internal("an org without users"))?;
        let joined = format!("s{}_user", select.id.0);
        let id = self.plan.identity().user_id().map_or(0, |id| id.as_i64());
        let id = self.out.shared(Param::Int(id));
        let text = format!(" LEFT JOIN \"{}\" {joined} ON {joined}.\"Id\" = {id}", user.table);
        self.joins.want(Wanted { select: select.id, alias: joined.clone(), source: None, text });
        Ok(Place { alias: joined, object: user.ix, source: None })
    }
}
