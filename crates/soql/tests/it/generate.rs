//! Random syntax trees, as a text could make them.

use model::{Date, Decimal, Instant, TimeOfDay};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use soql::ast::search::{Returning, Search, SearchScope, SearchWith, Term, WordPart};
use soql::ast::{
    Arg, Call, CategoryFilter, CategoryReach, CompareOp, Cond, Expr, ForClause, GroupBy, GroupMode, Item, Literal,
    LiteralValue, Name, NullsOrder, Path, Predicate, Query, RowCount, Sort, Source, TypeOf, TypeOfArm, UpdateClause,
    With,
};
use soql::dates::{DateLiteral, DateUnit, Span};

/// No keyword, and no name that reads as a currency amount.
fn word() -> impl Strategy<Value = String> {
    select(vec!["Id", "Name", "x", "Account", "Foo__c", "Bar__r", "a1_b", "Owner", "Zed9", "tOtal"])
        .prop_map(str::to_owned)
}

fn name() -> impl Strategy<Value = Name> {
    word().prop_map(Name::new)
}

fn path() -> impl Strategy<Value = Path> {
    vec(word(), 1..4).prop_map(|steps| Path::new(steps.join(".")))
}

fn text() -> impl Strategy<Value = String> {
    "[a-zé😀'\"\\\\%_\\n\\r\\t\u{8}\u{c} ;:]{0,12}"
}

fn date_literal() -> impl Strategy<Value = DateLiteral> {
    let span = prop_oneof![
        Just(Span::Last),
        Just(Span::This),
        Just(Span::Next),
        any::<u32>().prop_map(Span::LastN),
        any::<u32>().prop_map(Span::NextN),
        any::<u32>().prop_map(Span::Ago),
    ];
    let unit = select(vec![
        DateUnit::Day,
        DateUnit::Week,
        DateUnit::Month,
        DateUnit::Quarter,
        DateUnit::Year,
        DateUnit::FiscalQuarter,
        DateUnit::FiscalYear,
    ]);
    (span, unit).prop_map(|(span, unit)| DateLiteral { span, unit })
}

fn number() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), 0u32..18).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(LiteralValue::Null),
        any::<bool>().prop_map(LiteralValue::Bool),
        number().prop_map(LiteralValue::Number),
        (select(vec!["EUR", "USD"]), number())
            .prop_map(|(code, amount)| LiteralValue::Currency { code: code.to_owned(), amount }),
        text().prop_map(LiteralValue::Text),
        (-98_000..741_000).prop_map(|days| LiteralValue::Date(Date::from_days(days))),
        (-8_500_000_000_000i64..64_000_000_000_000).prop_map(|ms| LiteralValue::DateTime(Instant::from_ms(ms))),
        (0..86_400_000).prop_map(|ms| LiteralValue::Time(TimeOfDay::from_ms(ms))),
        date_literal().prop_map(LiteralValue::DateRange),
    ]
    .prop_map(Literal::new)
}

fn text_literal() -> impl Strategy<Value = Literal> {
    text().prop_map(Literal::text)
}

/// An argument that is no path: those literals that do not start with a letter.
fn plain_literal() -> impl Strategy<Value = Literal> {
    prop_oneof![number().prop_map(LiteralValue::Number), text().prop_map(LiteralValue::Text)].prop_map(Literal::new)
}

fn expr() -> impl Strategy<Value = Expr> {
    path().prop_map(Expr::Path).prop_recursive(3, 8, 3, |inner| {
        let arg = prop_oneof![inner.prop_map(Arg::Expr), plain_literal().prop_map(Arg::Literal)];
        (name(), vec(arg, 0..3)).prop_map(|(name, args)| Expr::Call(Call { name, args }))
    })
}

/// A pattern in which every backslash stands before a wildcard or another backslash.
fn pattern() -> impl Strategy<Value = String> {
    vec(select(vec!["a", "é", "'", "%", "_", "\\%", "\\_", "\\\\", "\n"]), 0..8).prop_map(|parts| parts.concat())
}

fn predicate(inner: BoxedStrategy<Query>) -> impl Strategy<Value = Predicate> {
    let op = select(vec![CompareOp::Eq, CompareOp::Ne, CompareOp::Lt, CompareOp::Le, CompareOp::Gt, CompareOp::Ge]);
    prop_oneof![
        4 => (op, literal()).prop_map(|(op, value)| Predicate::Compare { op, value }),
        1 => pattern().prop_map(|pattern| Predicate::Like { pattern }),
        1 => (vec(literal(), 1..4), any::<bool>()).prop_map(|(values, negated)| Predicate::In { values, negated }),
        1 => (vec(text_literal(), 1..3), any::<bool>()).prop_map(|(groups, negated)| Predicate::Includes { groups, negated }),
        1 => (inner, any::<bool>()).prop_map(|(query, negated)| Predicate::InQuery { query: Box::new(query), negated }),
    ]
}

fn cond(inner: BoxedStrategy<Query>) -> impl Strategy<Value = Cond> {
    let test = (expr(), predicate(inner)).prop_map(|(left, predicate)| Cond::test(left, predicate));
    test.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Cond::And),
            vec(inner.clone(), 2..4).prop_map(Cond::Or),
            inner.prop_map(|inner| Cond::Not(Box::new(inner))),
        ]
    })
}

fn type_of() -> impl Strategy<Value = TypeOf> {
    let arm = (name(), vec(path(), 1..3)).prop_map(|(object, fields)| TypeOfArm { object, fields });
    (path(), vec(arm, 1..3), vec(path(), 0..3)).prop_map(|(path, arms, otherwise)| TypeOf { path, arms, otherwise })
}

fn item(inner: BoxedStrategy<Query>) -> impl Strategy<Value = Item> {
    prop_oneof![
        6 => (expr(), option::of(name())).prop_map(|(expr, alias)| Item::Expr { expr, alias }),
        1 => inner.prop_map(|query| Item::Children(Box::new(query))),
        1 => type_of().prop_map(Item::TypeOf),
    ]
}

fn category_filters() -> impl Strategy<Value = Vec<CategoryFilter>> {
    let reach =
        select(vec![CategoryReach::At, CategoryReach::Above, CategoryReach::Below, CategoryReach::AboveOrBelow]);
    let filter = (name(), reach, vec(name(), 1..3)).prop_map(|(group, reach, categories)| CategoryFilter {
        group,
        reach,
        categories,
    });
    vec(filter, 1..3)
}

fn with() -> impl Strategy<Value = With> {
    prop_oneof![
        Just(With::SecurityEnforced),
        Just(With::UserMode),
        Just(With::SystemMode),
        vec((name(), literal()), 1..3).prop_map(With::RecordVisibilityContext),
        category_filters().prop_map(With::DataCategory),
    ]
}

fn sort() -> impl Strategy<Value = Sort> {
    let nulls = option::of(select(vec![NullsOrder::First, NullsOrder::Last]));
    (expr(), any::<bool>(), nulls).prop_map(|(expr, descending, nulls)| Sort { expr, descending, nulls })
}

fn row_count() -> impl Strategy<Value = Option<RowCount>> {
    option::of(any::<u64>().prop_map(RowCount::new))
}

pub(crate) fn query() -> BoxedStrategy<Query> {
    let leaf = word().prop_map(|object| Query::new(vec![Item::field("Id")], object)).boxed();
    leaf.prop_recursive(2, 6, 2, |inner| level(inner.boxed())).boxed()
}

fn level(inner: BoxedStrategy<Query>) -> impl Strategy<Value = Query> {
    let source = (path(), option::of(name())).prop_map(|(path, alias)| Source { path, alias });
    let mode = select(vec![GroupMode::Plain, GroupMode::Rollup, GroupMode::Cube]);
    let group = (vec(expr(), 1..3), mode).prop_map(|(keys, mode)| GroupBy { keys, mode });
    let head = (vec(item(inner.clone()), 1..4), vec(source, 1..3), option::of(name()), option::of(cond(inner.clone())));
    let middle = (option::of(with()), option::of(group), option::of(cond(inner)), vec(sort(), 0..3));
    let for_clauses = vec(select(vec![ForClause::View, ForClause::Reference, ForClause::Update]), 0..3);
    let update = vec(select(vec![UpdateClause::Tracking, UpdateClause::ViewStat]), 0..2);
    (head, middle, row_count(), row_count(), for_clauses, update).prop_map(
        |((select, from, scope, filter), (with, group_by, having, order_by), limit, offset, for_clauses, update)| {
            Query {
                select,
                from,
                scope,
                filter,
                with,
                group_by,
                having,
                order_by,
                limit,
                offset,
                for_clauses,
                update,
                ..Query::default()
            }
        },
    )
}

fn term() -> impl Strategy<Value = Term> {
    // Two letters at least, so that no search is too short.
    let text = "[a-zé+'}-]{2}[a-zé]{0,4}".prop_filter("operators are no words", |text: &String| {
        !["and", "or", "not"].contains(&text.to_ascii_lowercase().as_str())
    });
    let wildcards = vec(prop_oneof![Just(WordPart::One), Just(WordPart::Run)], 0..2);
    let word = (text, wildcards)
        .prop_map(|(text, wildcards)| Term::Word([WordPart::Text(text)].into_iter().chain(wildcards).collect()));
    let leaf = prop_oneof![word, "[a-z]{2}[a-z\"\\\\ ]{0,6}".prop_map(Term::Phrase)];
    leaf.prop_recursive(3, 10, 3, |inner| {
        let more = (inner.clone(), any::<bool>())
            .prop_map(|(term, negated)| if negated { Term::Not(Box::new(term)) } else { term });
        prop_oneof![
            (inner.clone(), vec(more, 1..3))
                .prop_map(|(first, more)| Term::And([first].into_iter().chain(more).collect())),
            vec(inner, 2..4).prop_map(Term::Or),
        ]
    })
}

pub(crate) fn search() -> impl Strategy<Value = Search> {
    let scope =
        select(vec![SearchScope::All, SearchScope::Name, SearchScope::Email, SearchScope::Phone, SearchScope::Sidebar]);
    let with = prop_oneof![
        text_literal().prop_map(SearchWith::Division),
        category_filters().prop_map(SearchWith::DataCategory),
        vec(text_literal(), 1..3).prop_map(SearchWith::Network),
        text_literal().prop_map(SearchWith::PricebookId),
        option::of(any::<u64>()).prop_map(|target_length| SearchWith::Snippet { target_length }),
        text_literal().prop_map(SearchWith::Metadata),
        any::<bool>().prop_map(SearchWith::SpellCorrection),
    ];
    let update = vec(select(vec![UpdateClause::Tracking, UpdateClause::ViewStat]), 0..2);
    let clauses = (vec(returning(), 0..3), vec(with, 0..3));
    (term(), scope, clauses, row_count(), row_count(), update).prop_map(
        |(terms, scope, (returning, with), limit, offset, update)| Search {
            terms,
            scope,
            returning,
            with,
            limit,
            offset,
            update,
        },
    )
}

fn returning() -> impl Strategy<Value = Returning> {
    let fields = vec((expr(), option::of(name())).prop_map(|(expr, alias)| Item::Expr { expr, alias }), 1..3);
    let details = (fields, option::of(name()), option::of(cond(query())), vec(sort(), 0..2), row_count(), row_count());
    (name(), option::of(details)).prop_map(|(object, details)| {
        let (select, list_view, filter, order_by, limit, offset) =
            details.unwrap_or((Vec::new(), None, None, Vec::new(), None, None));
        Returning { object, select, list_view, filter, order_by, limit, offset }
    })
}
