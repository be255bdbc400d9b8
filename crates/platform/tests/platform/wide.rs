//! Objects as wide and records as large as they may be: what fits is kept, what does not is refused by a limit that has a
//! name, the same on both stores.

use crate::world::{World, on_both_stores};
use model::schema::{FieldDef, ObjectDef};
use model::{Decimal, ErrorCode, Value};
use platform::{QueryOptions, RecordDraft};

/// 800 fields: numbers, boxes and texts in turn, and at the end five long texts.
fn wide(world: &World) {
    let fields = (0..800).map(|n| match n % 3 {
        _ if n >= 795 => FieldDef::text_area(&format!("L{n}__c"), "Long", 1_048_576),
        0 => FieldDef::number(&format!("N{n}__c"), "Number", 18, 2),
        1 => FieldDef::boolean(&format!("B{n}__c"), "Box", false),
        _ => FieldDef::text(&format!("T{n}__c"), "Text", 40),
    });
    let wide = ObjectDef::new("Wide__c", "Wide", "Wides", "a00").field(FieldDef::text("Name", "Name", 80));
    world.ctx(world.admin).objects_create(vec![wide.fields(fields)]).expect("a wide object");
}

/// A draft that sets the fields of one kind, one of its own for each.
fn filled(world: &World, start: RecordDraft, mut value: impl FnMut(&str, usize) -> Option<Value>) -> RecordDraft {
    let ctx = world.ctx(world.admin);
    let object = ctx.object("Wide__c").expect("the object");
    let custom = object.fields.iter().filter(|field| field.def.is_custom());
    custom.enumerate().fold(start, |draft, (at, field)| match value(field.name(), at) {
        Some(value) => draft.set(object, field.name(), value).expect("a field"),
        None => draft,
    })
}

fn of_kind(name: &str, at: usize) -> Value {
    match name.as_bytes()[0] {
        b'N' => Decimal::new(i64::try_from(at).expect("a place"), 2).into(),
        b'B' => true.into(),
        b'T' => format!("t{at}").into(),
        // Nothing that a store could make smaller.
        _ => (0..1_048_576_u32)
            .map(|n| char::from(b'a' + (n.wrapping_mul(2_654_435_761) >> 27) as u8 % 26))
            .collect::<String>()
            .into(),
    }
}

#[test]
fn an_object_takes_eight_hundred_fields_of_its_own_and_says_so_at_the_next() {
    on_both_stores(|world| {
        wide(world);
        let one_more = vec![FieldDef::int("More__c", "More")];
        let error = world.ctx(world.admin).fields_create("Wide__c", one_more).expect_err("too many");
        assert_eq!(error.code(), ErrorCode::FieldIntegrityException);
        assert!(error.message().contains("at most 800 custom fields"), "{error}");
        let ctx = world.ctx(world.admin);
        assert_eq!(
            ctx.object("Wide__c").expect("the object").fields.iter().filter(|field| field.def.is_custom()).count(),
            800
        );

        // Every field with a value, five of them a megabyte long, all read back in one query.
        let id = ctx
            .record_create("Wide__c", filled(world, RecordDraft::new(), |name, at| Some(of_kind(name, at))))
            .expect("a full record");
        let answer = ctx.query("SELECT FIELDS(ALL) FROM Wide__c LIMIT 1", QueryOptions::default()).expect("a row");
        let object = ctx.object("Wide__c").expect("the object");
        let select = &answer.plan.plan().select;
        let mut seen = 0;
        for (output, cell) in select.output.iter().zip(&answer.records()[0].cells) {
            let soql::plan::Output::Field { expr: soql::plan::Expr::Field(field), .. } = output else { continue };
            let field = object.field(field.field);
            if field.def.is_custom() {
                assert_eq!(*cell.value(), of_kind(field.name(), seen), "{}", field.name());
                seen += 1;
            }
        }
        assert_eq!(seen, 800);
        assert_eq!(
            world.column(world.admin, "SELECT T782__c FROM Wide__c WHERE N783__c = 7.83 AND B784__c = true"),
            ["t782"]
        );
        let change = filled(world, RecordDraft::of(id), |name, _| {
            (!name.starts_with('L')).then_some(Value::Null).filter(|_| !name.starts_with('B'))
        });
        ctx.record_update("Wide__c", change).expect("a change of all");
        assert_eq!(world.column(world.admin, "SELECT N783__c FROM Wide__c WHERE T782__c = null"), [""]);
    });
}

#[test]
fn a_record_holds_as_much_as_a_row_of_either_store_and_what_is_more_is_refused_by_both() {
    on_both_stores(|world| {
        wide(world);
        // What no server can move out of the row or make smaller: 265 boxes, which are never empty, eight fields of the
        // platform's, and texts of 23 characters.
        let text = |n: usize| Value::from(format!("{n:023}"));
        let short = |most: usize| {
            let mut texts = 0;
            filled(world, RecordDraft::new(), |name, at| {
                texts += usize::from(name.starts_with('T'));
                (name.starts_with('T') && texts <= most).then(|| text(at))
            })
        };
        let ctx = world.ctx(world.admin);
        let id = ctx.record_create("Wide__c", short(239)).expect("what just fits");
        let error = ctx.record_create("Wide__c", short(240)).expect_err("too much");
        assert_eq!(error.code(), ErrorCode::FieldIntegrityException);
        assert!(error.message().contains("take 7944 bytes of 7936"), "{error}");
        let numbers = |name: &str| ["N0__c", "N3__c", "N6__c"].contains(&name);
        let more = filled(world, RecordDraft::of(id), |name, at| numbers(name).then(|| of_kind(name, at)));
        let error = ctx.record_update("Wide__c", more).expect_err("more than fits");
        assert_eq!(error.code(), ErrorCode::FieldIntegrityException, "{error}");
        let less = filled(world, RecordDraft::of(id), |name, at| match name {
            "T2__c" => Some(Value::Null),
            _ => numbers(name).then(|| of_kind(name, at)),
        });
        ctx.record_update("Wide__c", less).expect("numbers in place of a text");
    });
}

#[test]
fn two_thousand_fields_at_once_are_refused_by_the_limit_and_leave_nothing() {
    on_both_stores(|world| {
        let account = world.create(world.rep, "Account", &[("Name", "Acme".into())]);
        let fields = |count: usize| (0..count).map(|n| FieldDef::text(&format!("F{n}__c"), "Field", 40));
        let huge = ObjectDef::new("Huge__c", "Huge", "Huges", "a00").field(FieldDef::text("Name", "Name", 80));
        let ctx = world.ctx(world.admin);
        for refused in [
            ctx.objects_create(vec![huge.clone().fields(fields(2_000))]),
            ctx.fields_create("Account", fields(2_000).collect()),
        ] {
            let error = refused.expect_err("too many");
            assert!(error.message().contains("at most 800 custom fields"), "{error}");
        }
        assert!(world.ctx(world.admin).object("Huge__c").is_err());
        assert_eq!(world.column(world.rep, "SELECT Name FROM Account"), ["Acme"]);
        let names: Vec<String> = (0..2_000).map(|n| format!("F{n}__c")).collect();
        let error = world.error(world.rep, &format!("SELECT {} FROM Account", names.join(",")));
        assert!(error.contains("No such column 'F0__c'"), "{error}");
        world.update(world.rep, "Account", account, &[("Name", "Acme 2".into())]).expect("work goes on");
    });
}

#[test]
fn a_megabyte_of_text_is_kept_to_the_last_character() {
    on_both_stores(|world| {
        let long = FieldDef::text_area("Essay__c", "Essay", 1_048_576);
        world.ctx(world.admin).fields_create("Account", vec![long]).expect("a field");
        let text: String = "Zwölf Boxkämpfer 🥊 ".chars().cycle().take(1_048_575).chain(['.']).collect();
        let account = world.create(world.admin, "Account", &[("Name", "A".into()), ("Essay__c", text.as_str().into())]);
        assert_eq!(world.column(world.admin, "SELECT Essay__c FROM Account"), [text.as_str()]);
        let longer = format!("{text}!");
        let error =
            world.update(world.admin, "Account", account, &[("Essay__c", longer.into())]).expect_err("too long");
        assert_eq!((error.code(), error.message().len() < 300), (ErrorCode::StringTooLong, true));
        let giant = vec![FieldDef::text_area("Giant__c", "Giant", 2_000_000)];
        assert!(world.ctx(world.admin).fields_create("Account", giant).is_err());
    });
}
