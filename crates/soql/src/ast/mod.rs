//! The syntax trees: what a query says, before any name means anything. `Display` writes them back as text.
//!
//! Other crates make trees in code: every field is public, and a [`Position`] may be left at its default.

mod display;
mod literal;
mod names;
pub mod search;
mod test;

pub use literal::{Literal, LiteralValue};
pub use names::{Name, Path, Position};
pub use test::{CompareOp, Cond, Predicate, Test};

/// A SELECT: a whole query, a list of children in the select list, or the inside of a semi-join.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub select: Vec<Item>,
    /// The object or child relationship first; later ones are `alias.relationship` steps up that get an alias.
    pub from: Vec<Source>,
    pub scope: Option<Name>,
    pub filter: Option<Cond>,
    pub with: Option<With>,
    pub group_by: Option<GroupBy>,
    pub having: Option<Cond>,
    pub order_by: Vec<Sort>,
    pub limit: Option<RowCount>,
    pub offset: Option<RowCount>,
    pub for_clauses: Vec<ForClause>,
    pub update: Vec<UpdateClause>,
    pub position: Position,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Expr { expr: Expr, alias: Option<Name> },
    Children(Box<Query>),
    TypeOf(TypeOf),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub path: Path,
    pub alias: Option<Name>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    Path(Path),
    Call(Call),
}

/// A function with its arguments: `COUNT()`, `CALENDAR_YEAR(convertTimezone(CreatedDate))`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub name: Name,
    pub args: Vec<Arg>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    Expr(Expr),
    Literal(Literal),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeOf {
    pub path: Path,
    pub arms: Vec<TypeOfArm>,
    /// The fields after ELSE; empty without one.
    pub otherwise: Vec<Path>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeOfArm {
    pub object: Name,
    pub fields: Vec<Path>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum With {
    SecurityEnforced,
    UserMode,
    SystemMode,
    RecordVisibilityContext(Vec<(Name, Literal)>),
    DataCategory(Vec<CategoryFilter>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryFilter {
    pub group: Name,
    pub reach: CategoryReach,
    pub categories: Vec<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CategoryReach {
    At,
    Above,
    Below,
    AboveOrBelow,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupBy {
    pub keys: Vec<Expr>,
    pub mode: GroupMode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupMode {
    Plain,
    Rollup,
    Cube,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    pub expr: Expr,
    /// `ASC` is the default and is not written.
    pub descending: bool,
    pub nulls: Option<NullsOrder>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullsOrder {
    First,
    Last,
}

/// The number after LIMIT or OFFSET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowCount {
    pub rows: u64,
    pub position: Position,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForClause {
    View,
    Reference,
    Update,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateClause {
    Tracking,
    ViewStat,
}

impl Query {
    /// `SELECT items FROM object`.
    pub fn new(select: Vec<Item>, object: impl Into<String>) -> Self {
        let from = vec![Source { path: Path::new(object), alias: None }];
        Self { select, from, ..Self::default() }
    }
}

impl Item {
    pub fn field(path: impl Into<String>) -> Self {
        Item::Expr { expr: Expr::field(path), alias: None }
    }
}

impl Expr {
    pub fn field(path: impl Into<String>) -> Self {
        Expr::Path(Path::new(path))
    }

    pub fn call(name: impl Into<String>, args: impl IntoIterator<Item = Expr>) -> Self {
        Expr::Call(Call { name: Name::new(name), args: args.into_iter().map(Arg::Expr).collect() })
    }

    /// Where the expression starts in the text.
    pub fn position(&self) -> Position {
        match self {
            Expr::Path(path) => path.position,
            Expr::Call(call) => call.name.position,
        }
    }
}

impl RowCount {
    pub fn new(rows: u64) -> Self {
        Self { rows, position: Position::default() }
    }
}
