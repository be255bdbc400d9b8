//! Pages as a program sees them: what they say, and what they refuse.

use crate::visitor::Visitor;
use crate::world::{PASSWORD, World};
use http::StatusCode;

#[test]
fn the_door_leads_to_the_form_and_the_form_to_the_page_asked_for() {
    let world = World::new();
    let mut visitor = Visitor::anonymous(&world);
    assert_eq!(visitor.get("/").location(), "/sign-in");
    let asked = visitor.get("/o/Account?q=a%20b");
    assert_eq!((asked.status, asked.location()), (StatusCode::SEE_OTHER, "/sign-in?next=%2Fo%2FAccount%3Fq%3Da%2520b"));
    let form = visitor.get(asked.location());
    let cookie = form.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let token = cookie.split_once('=').expect("a value").1.to_owned();
    assert!(form.header("set-cookie").contains("HttpOnly; SameSite=Lax"), "{}", form.header("set-cookie"));
    visitor.with_cookie(&cookie);
    let fields = |password| {
        [
            ("csrf_token", token.as_str()),
            ("username", "maya@northwind.example"),
            ("password", password),
            ("next", "/o/Account"),
        ]
    };
    let wrong = visitor.post_as_is("/sign-in", &fields("wrong"));
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let unknown = visitor.post_as_is(
        "/sign-in",
        &[("csrf_token", &token), ("username", "maya@northwind.example.invalid"), ("password", "wrong")],
    );
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
    let error =
        |text: &str| text.split("form-errors").nth(1).and_then(|rest| rest.split("</p>").next()).map(str::to_owned);
    assert_eq!(error(&wrong.text), error(&unknown.text));
    let right = visitor.post_as_is("/sign-in", &fields(PASSWORD));
    assert_eq!((right.status, right.location()), (StatusCode::SEE_OTHER, "/o/Account"));
}

#[test]
fn signing_in_never_leads_to_another_site_and_needs_the_form_of_this_browser() {
    let world = World::new();
    let mut visitor = Visitor::anonymous(&world);
    let fields =
        |next| [("csrf_token", "t"), ("username", "maya@northwind.example"), ("password", PASSWORD), ("next", next)];
    assert_eq!(visitor.post_as_is("/sign-in", &fields("/home")).status, StatusCode::PRECONDITION_FAILED);
    visitor.with_cookie("holdfast-visitor=t");
    for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        assert_eq!(visitor.post_as_is("/sign-in", &fields(elsewhere)).location(), "/home", "{elsewhere}");
    }
}

#[test]
fn signing_out_ends_the_session_itself() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    assert_eq!(maya.get("/home").status, StatusCode::OK);
    assert_eq!(maya.post("/sign-out", &[]).location(), "/sign-in?left");
    assert_eq!(maya.get("/home").location(), "/sign-in?next=%2Fhome");
}

#[test]
fn every_reply_carries_the_policies() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    for address in ["/home", "/o/Account", "/nowhere", "/sign-in", "/search/suggest?q=a"] {
        let answer = maya.get(address);
        assert!(
            answer.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"),
            "{address}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{address}");
        assert_eq!(answer.header("cache-control"), "no-store", "{address}");
        assert!(!answer.text.contains(" style=") && !answer.text.contains(" onclick="), "{address}");
    }
    let css = web::kit::assets::href("app.css");
    assert_eq!(maya.get(&css).header("cache-control"), "public, max-age=31536000, immutable");
}

#[test]
fn a_list_is_filtered_sorted_and_counted_by_its_address() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let all = maya.get("/o/Opportunity").text;
    assert!(all.contains("14 opportunities") && all.contains("1–14 of 14"), "{all}");
    let won = maya.get("/o/Opportunity?f=StageName%3Ais%3AClosed+Won&sort=-Amount").text;
    let place = |name: &str| won.find(name).unwrap_or_else(|| panic!("{name} is not there"));
    assert!(place("phase 2") < place("phase 1") && place("phase 1") < place("Annual training"));
    assert!(!won.contains("Warehouse tablets"));
    let words = maya.get("/o/Opportunity?q=branch+2").text;
    assert!(words.contains("phase 2") && !words.contains("phase 1"));
    let wild = maya.get("/o/Opportunity?q=%25").text;
    assert!(wild.contains("match these filters"), "a percent sign is a percent sign");
    let bad = maya.get("/o/Opportunity?f=Amount%3Age%3Alots").text;
    assert!(bad.contains("match these filters"), "a value that cannot be finds nothing");
}

#[test]
fn a_filter_that_cannot_be_applied_says_so() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let unknown = maya.get("/o/Opportunity?f=Nope%3Ais%3Afalse").text;
    assert!(unknown.contains("Nope") && unknown.contains("left out: cannot be filtered by"), "{unknown}");
    let nonsense = maya.get("/o/Opportunity?f=Amount%3Aatleast%3Amuch").text;
    assert!(nonsense.contains("14 of 14"), "{nonsense}");
}

#[test]
fn every_kind_of_filter_is_one_that_the_store_understands() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    for object in [
        "Account",
        "Contact",
        "Opportunity",
        "Lead",
        "Case",
        "Task",
        "Event",
        "User",
        "Product2",
        "OpportunityLineItem",
    ] {
        let ctx = world.ctx(world.admin);
        let schema = ctx.object(object).expect("an object");
        for field in &schema.fields {
            for filter in [
                "is:1",
                "not:1",
                "has:a%25'b",
                "starts:a",
                "ge:2026-01-01",
                "ge:1",
                "le:2026-01-01",
                "le:1",
                "in:THIS_MONTH",
                "in:LAST_N_DAYS%3A30",
                "blank:",
                "filled:",
                "is:me",
                "is:true",
            ] {
                let address =
                    format!("/o/{object}?f={}%3A{}", field.name(), filter.replace(':', "%3A").replace('\'', "%27"));
                let answer = ada.get(&address);
                assert_eq!(answer.status, StatusCode::OK, "{address}");
            }
            let sorted = ada.get(&format!("/o/{object}?sort=-{0}&cols={0}", field.name()));
            assert_eq!(sorted.status, StatusCode::OK, "{object} by {}", field.name());
            let asked = ada.get(&format!("/o/{object}?add={}", field.name()));
            assert_eq!(asked.status, StatusCode::OK, "{object} asked for {}", field.name());
        }
    }
}

#[test]
fn an_export_holds_the_rows_of_the_list_and_no_formula() {
    let world = World::new();
    world.create(world.rep, "Account", &[("Name", "=HYPERLINK(\"http://evil.example\")".into())]);
    let maya = Visitor::signed_in(&world, world.rep);
    let answer = maya.get("/o/Account/export.csv?cols=Name");
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\"Accounts_2026-11-21.csv\""));
    assert!(answer.text.contains("Baltic Fresh Logistics"));
    assert!(answer.text.contains("'=HYPERLINK") && !answer.text.contains("\n\"=HYPERLINK"), "{}", answer.text);
    assert_eq!(maya.get("/o/Account/export.csv?q=baltic").text.lines().count(), 2);
}

#[test]
fn the_pages_of_every_readable_object_can_be_made() {
    let world = World::new();
    let ada = Visitor::signed_in(&world, world.admin);
    let ctx = world.ctx(world.admin);
    for object in ctx.readable_objects() {
        let name = object.name();
        if object.def.computed {
            assert_eq!(ada.get(&format!("/o/{name}")).status, StatusCode::NOT_FOUND, "{name} has no list");
            continue;
        }
        assert_eq!(ada.get(&format!("/o/{name}")).status, StatusCode::OK, "{name}");
        assert_eq!(ada.get(&format!("/o/{name}/export.csv")).status, StatusCode::OK, "{name}");
        assert_eq!(ada.get(&format!("/lookup/{name}")).status, StatusCode::OK, "{name}");
        if ctx.object_permission(object.ix).create && !object.def.read_only {
            assert_eq!(ada.get(&format!("/new/{name}")).status, StatusCode::OK, "{name}");
        }
        let (_, rows) = ctx
            .query_all_rows(&format!("SELECT Id FROM {name} LIMIT 1"), platform::QueryOptions::default())
            .expect("rows");
        for row in rows {
            for tab in ["", "?tab=related", "?tab=activity", "?tab=history", "?tab=access"] {
                assert_eq!(ada.get(&format!("/r/{}{tab}", row.id)).status, StatusCode::OK, "{name}{tab}");
            }
            let edit = ada.get(&format!("/r/{}/edit", row.id)).status;
            assert!(edit == StatusCode::OK || object.def.read_only, "{name}: {edit}");
        }
    }
}

#[test]
fn a_form_keeps_what_was_typed_and_says_what_is_wrong_beside_each_field() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let answer = maya.post(
        "/new/Opportunity",
        &[
            ("Name", ""),
            ("StageName", "Prospecting"),
            ("CloseDate", "soon"),
            ("Amount", "184,5OO.00"),
            ("AccountId.text", "Baltic Fresh Logistics"),
            ("AccountId", ""),
        ],
    );
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "Opportunity name must be filled in.",
        "“184,5OO.00” is not a number.",
        "“soon” is not a date.",
        "3 fields need your attention",
        "value=\"184,5OO.00\"",
        &world.account.to_string(),
    ] {
        assert!(answer.text.contains(words), "{words}");
    }
    let made = maya.post(
        "/new/Opportunity",
        &[("Name", "A new deal"), ("StageName", "Prospecting"), ("CloseDate", "2027-01-01"), ("Amount", "184,500.50")],
    );
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    assert!(maya.get(made.location()).text.contains("184,500.50"));
}

#[test]
fn a_name_typed_without_script_finds_its_record_or_asks_which_is_meant() {
    let world = World::new();
    for city in ["Hull", "York"] {
        world.create(world.rep, "Account", &[("Name", "Twin Mills".into()), ("BillingCity", city.into())]);
    }
    let maya = Visitor::signed_in(&world, world.rep);
    let send =
        |text: &str| maya.post("/new/Contact", &[("LastName", "Doe"), ("AccountId.text", text), ("AccountId", "")]);
    assert_eq!(send("baltic").status, StatusCode::SEE_OTHER);
    let asked = send("twin mills");
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text.contains("Several records match") && asked.text.contains("Hull") && asked.text.contains("York"));
    assert!(send("nobody at all").text.contains("Nothing that you can see is named"));
}

#[test]
fn a_record_that_changed_meanwhile_is_not_overwritten_unseen() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let form = maya.get(&format!("/r/{}/edit", world.deal)).text;
    let loaded = form
        .split("name=\"loaded\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a stamp")
        .to_owned();
    world.clock.advance(60_000);
    let ada = Visitor::signed_in(&world, world.admin);
    let edit = format!("/r/{}/edit", world.deal);
    assert_eq!(ada.post(&edit, &[("NextStep", "Written by Ada")]).status, StatusCode::SEE_OTHER);
    let refused = maya.post(&edit, &[("loaded", &loaded), ("NextStep", "Written by Maya")]);
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("Ada Admin changed this record")
            && refused.text.contains("Written by Maya")
            && refused.text.contains("The record now says: Written by Ada")
    );
    let again = refused
        .text
        .split("name=\"loaded\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a stamp")
        .to_owned();
    assert_eq!(maya.post(&edit, &[("loaded", &again), ("NextStep", "Written by Maya")]).status, StatusCode::SEE_OTHER);
}

#[test]
fn related_lists_show_each_value_under_its_heading() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let page = maya.get(&format!("/r/{}?tab=related", world.account)).text;
    for cell in [
        "data-label=\"Title\">Head of operations",
        "data-label=\"Amount, EUR\">184,500.00",
        "data-label=\"Close date\"><time datetime=\"2026-11-28\"",
    ] {
        assert!(page.contains(cell), "{cell}");
    }
}

#[test]
fn a_report_says_its_answer_and_exports_it() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    for report in &world.reports {
        let page = maya.get(&format!("/r/{report}"));
        assert_eq!(page.status, StatusCode::OK, "{report}");
        assert!(!page.text.contains("cannot be run"), "{}", page.text);
        for (ending, media_type) in [("csv", "text/csv"), ("xlsx", render::worker::XLSX), ("pdf", render::worker::PDF)]
        {
            let file = maya.get(&format!("/r/{report}/report.{ending}"));
            assert_eq!(file.status, StatusCode::OK, "{report} {ending}");
            assert!(file.header("content-disposition").starts_with("attachment"), "{report}");
            assert!(file.header("content-type").starts_with(media_type), "{report}");
        }
    }
    let ctx = world.ctx(world.rep);
    let (_, rows) = ctx.query_all_rows("SELECT Id FROM Dashboard", platform::QueryOptions::default()).expect("rows");
    for row in &rows {
        assert_eq!(maya.get(&format!("/r/{}", row.id)).status, StatusCode::OK);
    }
    assert!(!rows.is_empty());
}

#[test]
fn a_matrix_shows_its_grid_above_its_records() {
    let world = World::new();
    let definition = r#"{"reportType":{"type":"Opportunity"},"reportFormat":"MATRIX","groupingsDown":[{"name":"StageName"}],
        "groupingsAcross":[{"name":"CloseDate","dateGranularity":"Year"}],"aggregates":["s!Amount"],"detailColumns":["Name"]}"#;
    let report = world.create(world.rep, "Report", &[("Name", "Grid".into()), ("Definition", definition.into())]);
    let page = Visitor::signed_in(&world, world.rep).get(&format!("/r/{report}")).text;
    let grid = page.find("data-label=\"2026, EUR\">").expect("a column for the year");
    assert!(page.contains("data-label=\"Total, EUR\">"), "{page}");
    let records = page.find("data-label=\"Opportunity name\">").expect("the records");
    assert!(grid < records, "the grid stands first");
}

#[test]
fn the_recycle_bin_shows_what_its_reader_could_see() {
    let world = World::new();
    let (maya, sam) = (Visitor::signed_in(&world, world.rep), Visitor::signed_in(&world, world.stranger));
    let id = world.create(world.rep, "Account", &[("Name", "Mistaken Motors".into())]);
    assert!(!maya.get("/bin").text.contains("Mistaken Motors"));
    maya.post(&format!("/r/{id}/delete"), &[]);
    let bin = maya.get("/bin").text;
    assert!(bin.contains("Mistaken Motors") && bin.contains("Maya Lindqvist"), "{bin}");
    assert!(!sam.get("/bin").text.contains("Mistaken Motors"));
    let back = maya.post(&format!("/r/{id}/undelete"), &[]);
    assert_eq!(back.location(), format!("/r/{id}"));
    assert!(!maya.get("/bin").text.contains("Mistaken Motors"));
}

#[test]
fn a_deleted_record_comes_back() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let page = format!("/r/{}", world.deal);
    let deleted = maya.post(&format!("{page}/delete"), &[]);
    assert_eq!(deleted.location(), "/o/Opportunity");
    assert!(deleted.header("set-cookie").starts_with("holdfast-flash=deleted."));
    assert_eq!(maya.get(&page).status, StatusCode::NOT_FOUND);
    assert_eq!(maya.post(&format!("{page}/undelete"), &[]).location(), page);
    assert_eq!(maya.get(&page).status, StatusCode::OK);
}

#[test]
fn mail_is_shown_in_a_frame_that_runs_and_loads_nothing() {
    let world = World::new();
    let mail = "From: a@x.example\r\nTo: maya@northwind.example\r\nSubject: Weekly\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<script>alert(1)</script><p>Hello</p>\r\n";
    let own = world.mail("maya@northwind.example", mail);
    let foreign = world.mail("somebody@else.example", mail);
    let maya = Visitor::signed_in(&world, world.rep);
    assert!(maya.get("/outbox").text.contains("Weekly pipeline"));
    let page = maya.get(&format!("/outbox/{own}"));
    assert!(page.text.contains("<iframe") && page.text.contains("sandbox=\"\"") && !page.text.contains("alert(1)"));
    let html = maya.get(&format!("/outbox/{own}/html"));
    assert!(
        html.header("content-security-policy")
            .starts_with("default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox")
    );
    assert!(html.text.contains("<p>Hello</p>"));
    for part in ["", "/html", "/source", "/attachments/0"] {
        assert_eq!(maya.get(&format!("/outbox/{foreign}{part}")).status, StatusCode::NOT_FOUND, "{part}");
    }
}

#[test]
fn the_access_tab_says_why_and_about_others_only_to_those_who_may_share() {
    let world = World::new();
    world.share_deal();
    let address = |user: &str| format!("/r/{}?tab=access{user}", world.deal);
    let about = |user| address(&format!("&user={user}"));
    let maya = Visitor::signed_in(&world, world.rep);
    let own = maya.get(&address("")).text;
    assert!(own.contains("Why you can see this") && own.contains("Owner") && own.contains("Deal desk"), "{own}");
    let other = maya.get(&about(world.reader)).text;
    assert!(other.contains("Shared with group Deal desk, as a member"), "{other}");
    let stranger = maya.get(&about(world.stranger)).text;
    assert!(
        stranger.contains("Sam Stranger cannot see this") && stranger.contains("Neither profile nor"),
        "{stranger}"
    );
    let tomas = Visitor::signed_in(&world, world.reader);
    let own = tomas.get(&about(world.rep)).text;
    assert!(own.contains("Why you can see this") && !own.contains("Given to people"), "{own}");
    assert!(!own.contains("Explain"), "{own}");
}

#[test]
fn the_sign_in_page_says_when_an_address_may_try_again() {
    let world = World::new();
    let mut visitor = Visitor::anonymous(&world);
    let form = visitor.get("/sign-in");
    let cookie = form.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let token = cookie.split_once('=').expect("a value").1.to_owned();
    visitor.with_cookie(&cookie);
    let send = |address: &str, password: &str| {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs([
            ("csrf_token", token.as_str()),
            ("username", "maya@northwind.example"),
            ("password", password),
        ]);
        let request = http::Request::post("/sign-in")
            .header("content-type", "application/x-www-form-urlencoded")
            .extension(identity::ClientAddress(address.parse().expect("an address")));
        visitor.send(request, body.finish().into())
    };
    for _ in 0..30 {
        assert_eq!(send("192.0.2.1", "wrong").status, StatusCode::UNAUTHORIZED);
    }
    let refused = send("192.0.2.1", "wrong");
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "30"));
    assert!(refused.text.contains("Try again in 30 seconds") && refused.text.contains("name=\"password\""));
    assert_eq!(send("192.0.2.2", "wrong").status, StatusCode::UNAUTHORIZED, "others are not kept out");
}
