//! What a report's rows are made of: an object, or an object with its children, and the columns that can be named of them.

use super::bucket::BoundBucket;
use super::field::{self, FoundField, Missing};
use super::formula::BoundRowFormula;
use super::{BoundColumn, Surroundings, shown};
use crate::definition::{ReportMetadata, refused};
use model::{Error, ErrorCode, ObjectSchema, Result, Value};
use platform::Ctx;
use std::collections::HashSet;

/// The most levels of a report type: the object and three levels of children.
const MAX_LEVELS: usize = 4;

/// Who wrote the names in a definition. What somebody else wrote may be told to its reader; whoever writes a name must not
/// learn by it that a field exists which they may not read.
#[derive(Clone, Debug, Default)]
pub(crate) enum Author {
    /// The report was saved before; its reader did not choose the names.
    #[default]
    Saved,
    /// All but these texts were written by who asks now.
    Caller(HashSet<String>),
}

impl Author {
    fn is_reader(&self, name: &str) -> bool {
        match self {
            Self::Saved => false,
            Self::Caller(saved) => !saved.contains(name),
        }
    }
}

/// One object of a report type.
pub(crate) struct Level<'a> {
    pub(crate) object: &'a ObjectSchema,
    /// What columns of it begin with: the object, or the list that it is to the level above.
    name: String,
    /// The field that points to the level above, and the step of a path along it.
    up: Option<(String, String)>,
    /// Records of the level above without any of this one are rows too.
    is_optional: bool,
}

impl Level<'_> {
    /// What columns of it begin with.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// A field that is asked of the store.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Input {
    level: usize,
    /// From the object of its level.
    tail: String,
}

/// A column that is computed here.
#[derive(Debug)]
pub(crate) enum Derived {
    Bucket(BoundBucket),
    Formula(Box<BoundRowFormula>),
}

/// The objects of a report with the columns that its definition names so far.
pub(crate) struct Base<'a> {
    pub(crate) ctx: &'a Ctx,
    pub(crate) levels: Vec<Level<'a>>,
    author: &'a Author,
    inputs: Vec<Input>,
    derived: Vec<(BoundColumn, Derived)>,
}

/// Where the values of a column come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnAt {
    /// A field among those asked for; nowhere for one that the reader may not see.
    Input(Option<usize>),
    Derived(usize),
}

impl<'a> Base<'a> {
    /// Ties a report type and the columns that a definition computes.
    ///
    /// # Errors
    /// Names the property for an object or a relationship that is not there.
    pub(crate) fn bind(ctx: &'a Ctx, definition: &ReportMetadata, author: &'a Author) -> Result<Self> {
        let levels = levels(ctx, &definition.report_type.name)?;
        let mut base = Self { ctx, levels, author, inputs: Vec::new(), derived: Vec::new() };
        for (at, bucket) in definition.buckets.iter().enumerate() {
            let property = format!("buckets[{at}]");
            base.is_new_name(&property, &bucket.developer_name)?;
            let (column, bound) = BoundBucket::bind(&mut base, bucket, &property)?;
            base.derived.push((column, Derived::Bucket(bound)));
        }
        for (at, formula) in definition.custom_detail_formula.iter().enumerate() {
            let property = format!("customDetailFormula[{at}]");
            base.is_new_name(&property, &formula.developer_name)?;
            let (column, bound) = BoundRowFormula::bind(&mut base, formula, &property)?;
            base.derived.push((column, Derived::Formula(Box::new(bound))));
        }
        Ok(base)
    }

    fn is_new_name(&self, property: &str, name: &str) -> Result<()> {
        let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if name.is_empty() || !is_word {
            let words = format!("\"{}\" is no name of a column; use letters, digits and underscores.", shown(name));
            return Err(refused(&format!("{property}.developerName"), words));
        }
        if self.derived.iter().any(|(known, _)| known.name.eq_ignore_ascii_case(name)) {
            return Err(refused(&format!("{property}.developerName"), format!("\"{name}\" is there twice.")));
        }
        Ok(())
    }

    /// The object whose records are the rows: the deepest.
    pub(crate) fn rows_of(&self) -> &'a ObjectSchema {
        self.levels[self.deepest()].object
    }

    pub(crate) fn deepest(&self) -> usize {
        self.levels.len() - 1
    }

    /// `Accounts with Contacts`.
    pub(crate) fn label(&self) -> String {
        let mut label = String::new();
        for level in &self.levels {
            if !label.is_empty() {
                label.push_str(if level.is_optional { " with or without " } else { " with " });
            }
            label.push_str(&level.object.def.label_plural);
        }
        label
    }

    /// The levels whose records are rows: the deepest, and each above one that is optional.
    pub(crate) fn row_levels(&self) -> Vec<usize> {
        let above = (1..self.levels.len()).filter(|at| self.levels[*at].is_optional).map(|at| at - 1);
        std::iter::once(self.deepest()).chain(above.rev()).collect()
    }

    /// The steps of a path from one level up to another: `Opportunity.Account.`.
    pub(crate) fn way_up(&self, from: usize, to: usize) -> String {
        let steps = self.levels[to + 1..=from].iter().rev().filter_map(|level| level.up.as_ref());
        steps.map(|(_, step)| format!("{step}.")).collect()
    }

    /// The field of a level that points to the level above.
    pub(crate) fn up_field(&self, level: usize) -> Option<&str> {
        self.levels[level].up.as_ref().map(|(field, _)| field.as_str())
    }

    /// The path of an input from the object of a level; none where rows of that level have no such record.
    pub(crate) fn path_at(&self, input: usize, level: usize) -> Option<String> {
        let Input { level: own, tail } = &self.inputs[input];
        (*own <= level).then(|| format!("{}{tail}", self.way_up(level, *own)))
    }

    pub(crate) fn inputs(&self) -> usize {
        self.inputs.len()
    }

    pub(crate) fn derived(&self, at: usize) -> &Derived {
        &self.derived[at].1
    }

    /// The columns of another object, named by the same author.
    pub(crate) fn beside(&self, object: &'a ObjectSchema) -> Base<'a> {
        let level = Level { object, name: object.name().to_owned(), up: None, is_optional: false };
        Base { ctx: self.ctx, levels: vec![level], author: self.author, inputs: Vec::new(), derived: Vec::new() }
    }

    /// The level whose records an input is the id of.
    pub(crate) fn level_of_id(&self, input: usize) -> Option<usize> {
        let Input { level, tail } = self.inputs.get(input)?;
        if tail == "Id" {
            return Some(*level);
        }
        // The field that points to the level above holds its id as well.
        (self.up_field(*level) == Some(tail.as_str())).then(|| level - 1)
    }

    /// The place that the next computed column takes.
    pub(super) fn next_derived(&self) -> usize {
        self.derived.len()
    }

    fn input(&mut self, level: usize, tail: &str) -> usize {
        let wanted = Input { level, tail: tail.to_owned() };
        self.inputs.iter().position(|known| *known == wanted).unwrap_or_else(|| {
            self.inputs.push(wanted);
            self.inputs.len() - 1
        })
    }

    /// Ties a name as a definition has it: `Amount`, `Account.Name`, `Opportunity.Account.Name`, `BucketField_1`.
    ///
    /// # Errors
    /// Names the property and the column when there is no such column, or none that its author may know of.
    pub(crate) fn column(&mut self, property: &str, name: &str) -> Result<BoundColumn> {
        if let Some((column, _)) = self.derived.iter().find(|(column, _)| column.name.eq_ignore_ascii_case(name)) {
            return Ok(column.clone());
        }
        let (level, found) = self.find(name).map_err(|missing| match missing {
            Missing::Unknown => self.unknown(property, name),
            Missing::Parts(kind, parts) => {
                refused(property, format!("\"{}\" is of type {kind}; name its {parts}.", shown(name)))
            }
        })?;
        if !found.is_readable && self.author.is_reader(name) {
            return Err(self.unknown(property, name));
        }
        let before = (level < self.deepest()).then(|| self.levels[level].object.label().to_owned());
        Ok(BoundColumn {
            name: name.to_owned(),
            path: format!("{}{}", self.way_up(self.deepest(), level), found.path),
            label: found.label_from(before.as_deref()),
            at: ColumnAt::Input(found.is_readable.then(|| self.input(level, &found.path))),
            names: None,
            is_name: found.is_name,
            data_type: found.data_type,
            sealing: found.sealing,
            is_readable: found.is_readable,
        })
    }

    /// Also asks for the id of the record that a column names, so that its cells can lead there.
    pub(crate) fn with_link(&mut self, column: &mut BoundColumn) {
        let ColumnAt::Input(Some(input)) = column.at else { return };
        if !column.is_name {
            return;
        }
        let Input { level, tail } = self.inputs[input].clone();
        let id = match tail.rsplit_once('.') {
            Some((way, _)) => format!("{way}.Id"),
            None => "Id".to_owned(),
        };
        column.names = Some(self.input(level, &id));
    }

    /// The inputs that a column is made from.
    pub(crate) fn behind(&self, column: &BoundColumn) -> Vec<usize> {
        let own = match column.at {
            ColumnAt::Input(input) => input.into_iter().collect(),
            ColumnAt::Derived(at) => match &self.derived[at].1 {
                Derived::Bucket(bucket) => vec![bucket.source],
                Derived::Formula(formula) => formula.inputs().to_vec(),
            },
        };
        own.into_iter().chain(column.names).collect()
    }

    fn find(&self, name: &str) -> std::result::Result<(usize, FoundField), Missing> {
        let steps: Vec<&str> = name.split('.').collect();
        if let [first, rest @ ..] = steps.as_slice()
            && !rest.is_empty()
        {
            let is_it = |level: &Level<'_>| {
                level.name.eq_ignore_ascii_case(first) || level.object.name().eq_ignore_ascii_case(first)
            };
            let is_step = self.levels.len() == 1 && self.rows_of().find_relationship(first).is_some();
            if let Some(at) = (0..self.levels.len()).rev().find(|at| is_it(&self.levels[*at])).filter(|_| !is_step) {
                return Ok((at, field::find(self.ctx, self.levels[at].object, rest)?));
            }
        }
        Ok((self.deepest(), field::find(self.ctx, self.rows_of(), &steps)?))
    }

    fn unknown(&self, property: &str, name: &str) -> Error {
        let more = match self.author {
            Author::Saved => " It may have been renamed or deleted; edit the report.",
            Author::Caller(_) => "",
        };
        refused(property, format!("\"{}\" is no column of {}.{more}", shown(name), self.label()))
    }

    /// As [`Base::column`], for a column that decides which rows or groups there are: it must be readable.
    ///
    /// # Errors
    /// Also `INSUFFICIENT_ACCESS_OR_READONLY` for a column that the reader may not see.
    pub(crate) fn readable(&mut self, property: &str, name: &str) -> Result<BoundColumn> {
        let bound = self.column(property, name)?;
        if bound.is_readable {
            return Ok(bound);
        }
        Err(Error::new(
            ErrorCode::InsufficientAccessOrReadonly,
            format!(
                "{property}: the report depends on \"{}\", which {} may not read. An administrator can grant the field with \
                 a permission set.",
                shown(name),
                self.ctx.user().name
            ),
        )
        .with_field("Definition"))
    }

    /// The value of a column in a row of inputs.
    pub(crate) fn value(&self, around: &Surroundings, row: &[Value], at: ColumnAt) -> Value {
        match at {
            ColumnAt::Input(at) => at.and_then(|at| row.get(at)).cloned().unwrap_or_default(),
            ColumnAt::Derived(at) => match &self.derived[at].1 {
                Derived::Bucket(bucket) => bucket.value(row.get(bucket.source).unwrap_or(&Value::Null)),
                Derived::Formula(formula) => formula.value(around, row),
            },
        }
    }

    /// What went wrong in rows, in words.
    pub(crate) fn faults(&self) -> impl Iterator<Item = String> {
        self.derived.iter().filter_map(|(column, derived)| match derived {
            Derived::Formula(formula) => formula.faults(&column.label),
            Derived::Bucket(_) => None,
        })
    }
}

/// Reads a report type: `Opportunity`, `Account$Contacts`, `Account$~Opportunities$~OpportunityLineItems`.
pub(crate) fn levels<'a>(ctx: &'a Ctx, type_name: &str) -> Result<Vec<Level<'a>>> {
    const PROPERTY: &str = "reportType.type";
    let unknown = || refused(PROPERTY, format!("\"{}\" is no object you can report on.", shown(type_name)));
    let own = type_name.strip_prefix("CustomEntity$").unwrap_or(type_name);
    let mut names = own.split('$');
    let first = names.next().unwrap_or_default();
    // `AccountList` is what reports call a list of accounts.
    let object =
        ctx.object(first).or_else(|error| first.strip_suffix("List").map_or(Err(error), |stem| ctx.object(stem)));
    let object = object.map_err(|_| unknown())?;
    let mut levels = vec![Level { object, name: object.name().to_owned(), up: None, is_optional: false }];
    for name in names {
        let above = &levels[levels.len() - 1];
        let (is_optional, name) = name.strip_prefix('~').map_or((false, name), |name| (true, name));
        if above.is_optional && !is_optional {
            return Err(refused(PROPERTY, "below \"with or without\" every level is \"with or without\": write $~."));
        }
        let no_children = || {
            let plural = &above.object.def.label_plural;
            refused(PROPERTY, format!("\"{}\" is no list of children of {plural}.", shown(name)))
        };
        let children = above.object.find_children(name).ok_or_else(no_children)?;
        let child = ctx.schema().object(children.child);
        let child = ctx.object(child.name()).map_err(|_| no_children())?;
        let reference = child.field(children.field);
        let step = reference.data_type().as_reference().and_then(|reference| reference.relationship.clone());
        let may_join = reference.targets.len() == 1 && ctx.can_read_field(child.ix, reference.ix);
        let step = step.filter(|_| may_join).ok_or_else(no_children)?;
        let name = children.name.clone().unwrap_or_default();
        levels.push(Level { object: child, name, up: Some((reference.name().to_owned(), step)), is_optional });
        if levels.len() > MAX_LEVELS {
            return Err(refused(PROPERTY, format!("a report type has at most {MAX_LEVELS} levels.")));
        }
    }
    Ok(levels)
}
