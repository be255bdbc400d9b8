//! What the columns of a query's answer are, for clients that lay out a table before they see rows.

use model::{FieldIx, ObjectIx};
use soql::plan::{Aggregate, DateFunction, Expr, Output, Select, SelectKind, SourceIx, Target};

/// One column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The key in the rows: a field, a step to a parent, a list of children, an alias.
    pub name: String,
    pub kind: ColumnKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnKind {
    Field(ObjectIx, FieldIx),
    /// A parent with the columns asked of it.
    Parent(Vec<Column>),
    /// A list of children with their columns.
    Children(Vec<Column>),
    /// The result of a function, under its name.
    Function(&'static str),
    /// What is known only row by row: a name field of one of several objects, TYPEOF.
    Mixed,
}

/// The columns of one level, in the order of its rows.
pub fn columns(select: &Select) -> Vec<Column> {
    let mut columns = Vec::new();
    for output in &select.output {
        match output {
            Output::Field { expr, path } => insert(&mut columns, path, of_expr(select, expr)),
            Output::Named { expr, alias } => columns.push(Column { name: alias.clone(), kind: of_expr(select, expr) }),
            Output::Children { name, select, .. } => {
                columns.push(Column { name: name.clone(), kind: ColumnKind::Children(self::columns(select)) });
            }
            Output::TypeOf { name, .. } => columns.push(Column { name: name.clone(), kind: ColumnKind::Mixed }),
        }
    }
    columns
}

/// Whether rows are groups.
pub fn is_grouped(select: &Select) -> bool {
    matches!(select.kind, SelectKind::Groups { .. })
}

fn insert(columns: &mut Vec<Column>, path: &[String], kind: ColumnKind) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        columns.push(Column { name: first.clone(), kind });
        return;
    }
    let known = columns
        .iter()
        .position(|column| column.name == *first && matches!(column.kind, ColumnKind::Parent(_)))
        .unwrap_or_else(|| {
            columns.push(Column { name: first.clone(), kind: ColumnKind::Parent(Vec::new()) });
            columns.len() - 1
        });
    if let Some(Column { kind: ColumnKind::Parent(inner), .. }) = columns.get_mut(known) {
        insert(inner, rest, kind);
    }
}

fn of_expr(select: &Select, expr: &Expr) -> ColumnKind {
    let field = |source: SourceIx, field: FieldIx| match &select.source(source).target {
        Target::Object(object) => ColumnKind::Field(*object, field),
        Target::AnyOf(_) => ColumnKind::Mixed,
    };
    match expr {
        Expr::Field(used) => field(used.source, used.field),
        Expr::NameField { .. } | Expr::TypeName { .. } => ColumnKind::Mixed,
        Expr::Date { function, .. } => ColumnKind::Function(date_name(*function)),
        Expr::Aggregate { function, .. } => ColumnKind::Function(aggregate_name(*function)),
        Expr::Grouping(_) => ColumnKind::Function("grouping"),
        Expr::ToLabel(_) => ColumnKind::Function("toLabel"),
        Expr::Format(_) => ColumnKind::Function("format"),
        Expr::ConvertCurrency(_) => ColumnKind::Function("convertCurrency"),
        Expr::Distance { .. } => ColumnKind::Function("distance"),
    }
}

fn aggregate_name(function: Aggregate) -> &'static str {
    match function {
        Aggregate::Count => "count",
        Aggregate::CountDistinct => "count_distinct",
        Aggregate::Sum => "sum",
        Aggregate::Avg => "avg",
        Aggregate::Min => "min",
        Aggregate::Max => "max",
    }
}

fn date_name(function: DateFunction) -> &'static str {
    match function {
        DateFunction::CalendarMonth => "calendar_month",
        DateFunction::CalendarQuarter => "calendar_quarter",
        DateFunction::CalendarYear => "calendar_year",
        DateFunction::DayInMonth => "day_in_month",
        DateFunction::DayInWeek => "day_in_week",
        DateFunction::DayInYear => "day_in_year",
        DateFunction::DayOnly => "day_only",
        DateFunction::FiscalMonth => "fiscal_month",
        DateFunction::FiscalQuarter => "fiscal_quarter",
        DateFunction::FiscalYear => "fiscal_year",
        DateFunction::HourInDay => "hour_in_day",
        DateFunction::WeekInMonth => "week_in_month",
        DateFunction::WeekInYear => "week_in_year",
    }
}
