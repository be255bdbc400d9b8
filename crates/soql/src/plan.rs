//! The resolved plan: a query in which every name is an object or field of one schema snapshot, every literal a typed
//! value, every date literal a range. It says what is asked, not yet whether the asker may: that is `policy`'s part.
//!
//! Meaning, binding for every executor: a test is true or false, never unknown. `=` on text ignores case unless the
//! field is case-sensitive; null text equals empty text; a null boolean is false. `!=`, `NOT IN`, `NOT LIKE`,
//! `EXCLUDES` and anti-joins keep null rows; `<`, `<=`, `>`, `>=` are never true for null; `NOT` is the complement.
//! Paths up are outer joins. Nulls sort as the plan says; ties go by id.

use crate::ast::search::Term;
use model::{FieldIx, ObjectIx, OrgSchema, Value};
use std::sync::Arc;

/// A whole query, tied to the schema it was resolved against.
#[derive(Debug, Clone)]
pub struct ResolvedPlan {
    pub schema: Arc<OrgSchema>,
    /// The query's text, for messages that point into it; empty for a plan made in code.
    pub text: Arc<str>,
    pub select: Select,
}

/// Numbers the (sub-)queries of one plan, the outermost 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SelectId(pub u32);

/// Indexes [`Select::sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceIx(pub u32);

impl SourceIx {
    pub const ROOT: SourceIx = SourceIx(0);

    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One level of a query: the outer one, a list of children, or the inside of a semi-join.
#[derive(Debug, Clone)]
pub struct Select {
    pub id: SelectId,
    /// The root object first, then the parents that paths reach, each after the source it hangs on.
    pub sources: Vec<Source>,
    pub kind: SelectKind,
    pub output: Vec<Output>,
    /// The words that a search wants of its records, beside the filter.
    pub search: Option<Search>,
    pub filter: Option<Cond>,
    pub having: Option<Cond>,
    pub order_by: Vec<Sort>,
    pub limit: Option<u64>,
    pub offset: u64,
    pub rows: RowScope,
    /// `USING SCOPE mine`: only records the user owns.
    pub mine: bool,
    /// `FOR VIEW` or `FOR REFERENCE`: the rows go to "recently viewed".
    pub for_view: bool,
    pub for_reference: bool,
}

/// Words that a record must hold in its searched fields. Without an order of its own the answer comes by relevance:
/// records whose name begins with the first word, then those whose name holds all words, then the others; ties by name.
#[derive(Debug, Clone)]
pub struct Search {
    pub terms: Term,
    /// Fields of the root object; none means that nothing is found.
    pub fields: Vec<FieldIx>,
}

#[derive(Debug, Clone)]
pub enum SelectKind {
    /// Records.
    Records,
    /// `SELECT COUNT()`: the number of rows is the answer; `output` is empty.
    Count,
    /// Groups; no keys means one group over everything.
    Groups { keys: Vec<Expr>, mode: GroupMode },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupMode {
    Plain,
    Rollup,
    Cube,
}

/// Which rows take part as far as deletion goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowScope {
    Live,
    /// `queryAll`: the recycle bin too.
    WithDeleted,
}

/// An object that takes part in a level of a query.
#[derive(Debug, Clone)]
pub struct Source {
    /// The object; for a polymorphic reference the objects it may point to.
    pub target: Target,
    /// `None` for the root; else the source and reference field it is reached by.
    pub via: Option<(SourceIx, FieldIx)>,
    /// Where in the text the step stands.
    pub position: u32,
}

#[derive(Debug, Clone)]
pub enum Target {
    Object(ObjectIx),
    /// Reached through a polymorphic reference: only name fields, `Type` and `TYPEOF` may be asked of it.
    AnyOf(Vec<ObjectIx>),
}

/// A use of a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldRef {
    pub source: SourceIx,
    pub field: FieldIx,
    /// Where in the text it stands, in bytes.
    pub position: u32,
}

#[derive(Debug, Clone)]
pub enum Expr {
    Field(FieldRef),
    /// A field of the pseudo-object Name on a polymorphic source: per possible object the field that holds it, if any.
    NameField {
        source: SourceIx,
        name: String,
        fields: Vec<(ObjectIx, Option<FieldIx>)>,
        position: u32,
    },
    /// `Who.Type`: the API name of the object that the reference points to.
    TypeName {
        source: SourceIx,
        position: u32,
    },
    Date {
        function: DateFunction,
        argument: Box<Expr>,
        zone: DateZone,
    },
    Aggregate {
        function: Aggregate,
        argument: Option<Box<Expr>>,
        position: u32,
    },
    /// 1 on a subtotal row of ROLLUP or CUBE over this key.
    Grouping(Box<Expr>),
    ToLabel(FieldRef),
    /// The value in the user's locale, as text.
    Format(Box<Expr>),
    ConvertCurrency(Box<Expr>),
    /// Great-circle distance from an address or location to a point.
    Distance {
        latitude: FieldRef,
        longitude: FieldRef,
        to_latitude: model::Decimal,
        to_longitude: model::Decimal,
        unit: DistanceUnit,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DistanceUnit {
    Miles,
    Kilometres,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aggregate {
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateFunction {
    CalendarMonth,
    CalendarQuarter,
    CalendarYear,
    DayInMonth,
    /// 1 is Sunday.
    DayInWeek,
    DayInYear,
    DayOnly,
    FiscalMonth,
    FiscalQuarter,
    FiscalYear,
    HourInDay,
    WeekInMonth,
    WeekInYear,
}

/// The zone in which a date function reads an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateZone {
    Utc,
    /// `convertTimezone(…)`: the user's.
    User,
}

/// One column of the answer.
#[derive(Debug, Clone)]
pub enum Output {
    /// A field of the record or of a parent, under its path in schema case (`["Account", "Name"]`).
    Field {
        expr: Expr,
        path: Vec<String>,
    },
    /// A grouped field, an aggregate or a function, under its alias.
    Named {
        expr: Expr,
        alias: String,
    },
    /// A list of children: the rows of `select` whose `link` points to this record.
    Children {
        name: String,
        select: Box<Select>,
        link: FieldIx,
    },
    TypeOf {
        source: SourceIx,
        name: String,
        arms: Vec<TypeOfArm>,
        otherwise: Vec<TypeOfField>,
    },
}

#[derive(Debug, Clone)]
pub struct TypeOfArm {
    pub object: ObjectIx,
    pub fields: Vec<FieldIx>,
    pub position: u32,
}

/// A name field in the ELSE of TYPEOF, as in [`Expr::NameField`].
#[derive(Debug, Clone)]
pub struct TypeOfField {
    pub name: String,
    pub fields: Vec<(ObjectIx, Option<FieldIx>)>,
}

#[derive(Debug, Clone)]
pub enum Cond {
    And(Vec<Cond>),
    Or(Vec<Cond>),
    Not(Box<Cond>),
    Compare {
        left: Expr,
        op: CompareOp,
        right: Operand,
    },
    In {
        left: Expr,
        values: Vec<Operand>,
        negated: bool,
    },
    Like {
        left: Expr,
        pattern: String,
        negated: bool,
    },
    /// INCLUDES: any group whose values are all chosen; EXCLUDES is its negation and holds for null.
    Includes {
        left: FieldRef,
        groups: Vec<Vec<String>>,
        negated: bool,
    },
    /// `left` is among the non-null values of `inner` over the rows of `select`.
    SemiJoin {
        left: Expr,
        select: Box<Select>,
        inner: FieldRef,
        negated: bool,
    },
    /// `Who.Type = 'Contact'`.
    TypeIs {
        source: SourceIx,
        objects: Vec<ObjectIx>,
        negated: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CompareOp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// What a test compares with, already of the left side's type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Operand {
    Value(Value),
    /// A date literal: `[start, end)`, as dates for a date, as instants for a datetime. `=` is inside, `!=` outside or
    /// null, `<` before `start`, `<=` before `end`, `>` from `end`, `>=` from `start`.
    Range {
        start: Value,
        end: Value,
    },
}

#[derive(Debug, Clone)]
pub struct Sort {
    pub expr: Expr,
    pub descending: bool,
    pub nulls_last: bool,
}

impl Expr {
    /// Whether two expressions say the same, wherever they stand.
    pub fn is_same(&self, other: &Expr) -> bool {
        match (self, other) {
            (Expr::Field(a), Expr::Field(b)) | (Expr::ToLabel(a), Expr::ToLabel(b)) => {
                a.source == b.source && a.field == b.field
            }
            (Expr::NameField { source: a, name: a_name, .. }, Expr::NameField { source: b, name: b_name, .. }) => {
                a == b && a_name == b_name
            }
            (Expr::TypeName { source: a, .. }, Expr::TypeName { source: b, .. }) => a == b,
            (
                Expr::Date { function: a, argument: a_argument, zone: a_zone },
                Expr::Date { function: b, argument: b_argument, zone: b_zone },
            ) => a == b && a_zone == b_zone && a_argument.is_same(b_argument),
            _ => false,
        }
    }
}

impl Select {
    /// The object whose records the level yields.
    pub fn object(&self) -> ObjectIx {
        match &self.sources[0].target {
            Target::Object(ix) => *ix,
            // The root is always one object; the resolver makes no other.
            Target::AnyOf(list) => list[0],
        }
    }

    pub fn source(&self, ix: SourceIx) -> &Source {
        &self.sources[ix.index()]
    }
}
