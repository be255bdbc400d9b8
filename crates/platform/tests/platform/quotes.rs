//! Quotes: prices of lines, totals, and who sees them.

use crate::world::{World, on_both_stores};
use model::{Date, Decimal, ErrorCode, RecordId, Value};
use platform::QueryOptions;

struct Shop {
    book: RecordId,
    other_book: RecordId,
    entry: RecordId,
    other_entry: RecordId,
    deal: RecordId,
}

fn number(text: &str) -> Value {
    Value::Number(text.parse::<Decimal>().expect("a number"))
}

fn shop(world: &World) -> Shop {
    let book =
        |name: &str| world.create(world.admin, "Pricebook2", &[("Name", name.into()), ("IsActive", true.into())]);
    let (first, second) = (book("Retail"), book("Trade"));
    let product = world.create(world.admin, "Product2", &[("Name", "Boat".into()), ("ProductCode", "B1".into())]);
    let entry = |book: RecordId, price: &str| {
        let values = [("Pricebook2Id", book.into()), ("Product2Id", product.into()), ("UnitPrice", number(price))];
        world.create(world.admin, "PricebookEntry", &values)
    };
    let (entry_of, other_entry) = (entry(first, "99.99"), entry(second, "80"));
    let account = world.create(world.rep, "Account", &[("Name", "Navy".into())]);
    let close = Value::Date(Date::parse("2026-12-15").expect("a date"));
    let values = [
        ("Name", "Deal".into()),
        ("StageName", "Prospecting".into()),
        ("CloseDate", close),
        ("AccountId", account.into()),
        ("Pricebook2Id", first.into()),
    ];
    let deal = world.create(world.rep, "Opportunity", &values);
    Shop { book: first, other_book: second, entry: entry_of, other_entry, deal }
}

fn row(world: &World, user: RecordId, soql: &str) -> String {
    let (_, rows) = world.ctx(user).query_all_rows(soql, QueryOptions::default()).expect("a query");
    let all = rows.iter().map(|row| row.cells.iter().map(|cell| cell.value().to_plain()).collect::<Vec<_>>().join("|"));
    all.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_price_book_of_a_quote_out_of_sight_shows_in_no_refusal() {
    on_both_stores(|world| {
        let shop = shop(world);
        let quote = world.create(world.rep, "Quote", &[("Name", "Offer".into()), ("OpportunityId", shop.deal.into())]);
        let absent = RecordId::parse("0Q0000000000zzz").expect("an id");
        let refused = |quote: RecordId, entry: RecordId| {
            let values = [("QuoteId", quote.into()), ("PricebookEntryId", entry.into()), ("Quantity", number("1"))];
            let error = world.try_create(world.peer, "QuoteLineItem", &values).expect_err("out of sight");
            (error.code(), error.message().replace(&quote.to_string(), "…"))
        };
        let as_for_nothing = refused(absent, shop.entry);
        assert_eq!(as_for_nothing.0, ErrorCode::InvalidCrossReferenceKey);
        for entry in [shop.entry, shop.other_entry] {
            assert_eq!(refused(quote, entry), as_for_nothing);
        }
    });
}

#[test]
fn a_quote_takes_prices_from_its_book_and_adds_its_lines_up() {
    on_both_stores(|world| {
        let shop = shop(world);
        let quote =
            world.create(world.rep, "Quote", &[("Name", "First offer".into()), ("OpportunityId", shop.deal.into())]);
        let line = |values: &[(&str, Value)]| {
            let mut all = vec![("QuoteId", quote.into())];
            all.extend_from_slice(values);
            world.try_create(world.rep, "QuoteLineItem", &all)
        };
        let first = line(&[("PricebookEntryId", shop.entry.into()), ("Quantity", number("3"))]).expect("a line");
        line(&[
            ("PricebookEntryId", shop.entry.into()),
            ("Quantity", number("2")),
            ("UnitPrice", number("50")),
            ("Discount", number("10")),
        ])
        .expect("a line");
        let wrong = line(&[("PricebookEntryId", shop.other_entry.into()), ("Quantity", number("1"))]);
        assert_eq!(wrong.expect_err("of another book").code(), ErrorCode::FieldIntegrityException);
        let none = line(&[("PricebookEntryId", shop.entry.into()), ("Quantity", number("0"))]);
        assert_eq!(none.expect_err("nothing").fields(), ["Quantity"]);
        assert_eq!(
            row(
                world,
                world.rep,
                "SELECT LineNumber, Product2.Name, ListPrice, UnitPrice, Subtotal, TotalPrice FROM QuoteLineItem ORDER BY LineNumber"
            ),
            "00000001|Boat|99.99|99.99|299.97|299.97\n00000002|Boat|99.99|50|100|90"
        );
        world
            .update(world.rep, "Quote", quote, &[("Tax", number("19.5")), ("ShippingHandling", number("5"))])
            .expect("changed");
        let totals = "SELECT QuoteNumber, Status, Account.Name, Pricebook2Id, LineItemCount, Subtotal, TotalPrice, Discount, GrandTotal FROM Quote";
        assert_eq!(
            row(world, world.rep, totals),
            format!("00000001|Draft|Navy|{}|2|399.97|389.97|2.5|414.47", shop.book)
        );
        let listed = "SELECT Name FROM Quote WHERE GrandTotal > 414 AND Discount < 3 ORDER BY GrandTotal";
        assert_eq!(row(world, world.rep, listed), "First offer");
        world.ctx(world.rep).record_delete("QuoteLineItem", first).expect("deleted");
        assert_eq!(row(world, world.rep, "SELECT LineItemCount, TotalPrice FROM Quote"), "1|90");
        let set = world.update(world.rep, "QuoteLineItem", first, &[("TotalPrice", number("1"))]);
        assert!(set.is_err(), "the total follows from the line");
        let given =
            [("Name", "Trade".into()), ("OpportunityId", shop.deal.into()), ("Pricebook2Id", shop.other_book.into())];
        let trade = world.create(world.rep, "Quote", &given);
        let values =
            [("QuoteId", trade.into()), ("PricebookEntryId", shop.other_entry.into()), ("Quantity", number("1"))];
        world.create(world.rep, "QuoteLineItem", &values);
    });
}

#[test]
fn a_quote_is_seen_and_changed_with_its_opportunity_and_follows_its_account() {
    on_both_stores(|world| {
        let shop = shop(world);
        let quote = world.create(world.rep, "Quote", &[("Name", "Offer".into()), ("OpportunityId", shop.deal.into())]);
        assert_eq!(row(world, world.peer, "SELECT Name FROM Quote"), "");
        assert_eq!(row(world, world.manager, "SELECT Name FROM Quote"), "Offer");
        let refused =
            world.try_create(world.peer, "Quote", &[("Name", "X".into()), ("OpportunityId", shop.deal.into())]);
        assert!(refused.is_err());
        let share = [
            ("OpportunityId", shop.deal.into()),
            ("UserOrGroupId", world.peer.into()),
            ("OpportunityAccessLevel", "Read".into()),
        ];
        world.create(world.rep, "OpportunityShare", &share);
        assert_eq!(row(world, world.peer, "SELECT Name FROM Quote"), "Offer");
        let edit = world.update(world.peer, "Quote", quote, &[("Name", "Mine".into())]).expect_err("read only");
        assert_eq!(edit.code(), ErrorCode::InsufficientAccessOrReadonly);
        let army = world.create(world.rep, "Account", &[("Name", "Army".into())]);
        world.update(world.rep, "Opportunity", shop.deal, &[("AccountId", army.into())]).expect("moved");
        assert_eq!(
            row(world, world.rep, "SELECT Account.Name, Name, (SELECT Id FROM QuoteLineItems) FROM Quote")
                .split('|')
                .next(),
            Some("Army")
        );
        world.ctx(world.rep).record_delete("Opportunity", shop.deal).expect("deleted");
        assert_eq!(row(world, world.admin, "SELECT Name FROM Quote"), "");
        world.ctx(world.rep).record_undelete("Opportunity", shop.deal).expect("back");
        assert_eq!(row(world, world.rep, "SELECT Name FROM Quote"), "Offer");
    });
}
