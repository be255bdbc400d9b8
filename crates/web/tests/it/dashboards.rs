//! Dashboards: made in the browser, narrowed by their readers, shown with the rights of a user who agreed.

use crate::form::Sent;
use crate::report_page::matrix;
use crate::visitor::Visitor;
use crate::world::World;
use app_reports::SavedDashboard;
use http::StatusCode;
use model::RecordId;

fn post(visitor: &Visitor, address: &str, sent: &Sent, act: &str) -> crate::visitor::Answer {
    let mut pairs = sent.pairs();
    pairs.push(("act", act));
    visitor.post_as_is(address, &pairs)
}

/// A dashboard of one report, in a folder that everybody sees, whose editor did some more.
pub(crate) fn made(world: &World, visitor: &Visitor, more: &[(&str, &str)]) -> RecordId {
    let report = matrix(world).to_string();
    let page = visitor.get("/dashboards/new").text;
    let sent = Sent::of(&page, "builder-form").with("add.component", &report);
    let page = post(visitor, "/dashboards/new", &sent, "preview").text;
    let mut sent = Sent::of(&page, "builder-form").with("name", "Monday morning");
    for (name, value) in more {
        sent = sent.with(name, value);
        let page = post(visitor, "/dashboards/new", &sent, "preview").text;
        sent = Sent::of(&page, "builder-form");
    }
    let answer = post(visitor, "/dashboards/new", &sent, "save");
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    RecordId::parse(answer.location().rsplit('/').next().expect("an id")).expect("an id")
}

/// Everything is shared with everybody by a folder.
fn share(world: &World, dashboard: RecordId) {
    let folder = |kind: &str| {
        let values = [
            ("Name", format!("All of the {kind}s").into()),
            ("DeveloperName", format!("All_{kind}").into()),
            ("Type", kind.into()),
            ("AccessType", "Public".into()),
        ];
        world.create(world.admin, "Folder", &values)
    };
    let saved = SavedDashboard::fetch(&world.ctx(world.rep), dashboard).expect("the dashboard");
    let (reports, dashboards) = (folder("Report"), folder("Dashboard"));
    for component in &saved.definition.components {
        world.update(world.admin, "Report", component.report_id, &[("FolderId", reports.into())]);
    }
    world.update(world.admin, "Dashboard", dashboard, &[("FolderId", dashboards.into())]);
}

#[test]
fn a_dashboard_is_made_narrowed_and_laid_out_without_json() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let id =
        made(&world, &maya, &[("add.narrow", "Opportunity.StageName"), ("component.0.footer", "Closed deals count.")]);
    let saved = SavedDashboard::fetch(&world.ctx(world.rep), id).expect("the dashboard").definition;
    assert_eq!((saved.components.len(), saved.filters.len()), (1, 1));
    let page = maya.get(&format!("/r/{id}")).text;
    assert!(
        page.contains("<svg") && page.contains("Closed deals count.") && page.contains("Negotiation/Review"),
        "{page}"
    );
    // The option that is chosen stands in the address.
    let won = saved.filters[0].options.iter().position(|option| option.label() == "Closed Won").expect("an option");
    let narrowed = maya.get(&format!("/r/{id}?filter1={won}")).text;
    let grid = &narrowed[narrowed.find("dashboard-grid").expect("the grid")..];
    assert!(grid.contains("Closed Won") && !grid.contains("Negotiation/Review"), "{grid}");
    // Moved, sized, taken back.
    let address = format!("/dashboards/{id}/edit");
    let sent = Sent::of(&maya.get(&address).text, "builder-form");
    let page = post(&maya, &address, &sent, "size:component.0.12.8").text;
    assert!(page.contains("data-columns=\"8\"") && page.contains("data-dirty"), "{page}");
    let page = post(&maya, &address, &Sent::of(&page, "builder-form"), "undo").text;
    assert!(page.contains("data-columns=\"6\"") && !page.contains("data-dirty"));
    let wrong = Sent::of(&page, "builder-form").with("component.0.width", "twelve").with("name", "");
    let wrong = post(&maya, &address, &wrong, "save");
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["Give the dashboard a name.", "Give a whole number from 1 to 12.", "value=\"twelve\""] {
        assert!(wrong.text.contains(words), "{words}");
    }
    // The report can be opened from here, and stays while it is shown here.
    let report = saved.components[0].report_id;
    assert!(narrowed.contains(&format!("/r/{report}")));
    let refused = maya.post(&format!("/r/{report}/delete"), &[]);
    assert!(refused.text.contains("is shown on the dashboard “Monday morning”"), "{}", refused.text);
}

#[test]
fn answers_are_kept_for_one_reader_and_one_choice_until_they_refresh() {
    let world = World::new();
    let (maya, tomas) = (Visitor::signed_in(&world, world.rep), Visitor::signed_in(&world, world.reader));
    let id = made(&world, &maya, &[]);
    share(&world, id);
    let address = format!("/r/{id}");
    assert!(maya.get(&address).text.contains("Perception Analysis"));
    let other = tomas.get(&address);
    assert_eq!(other.status, StatusCode::OK, "{}", other.text);
    assert!(!other.text.contains("Perception Analysis"), "nobody is told what another was answered");
    world.update(world.rep, "Opportunity", world.deal, &[("StageName", "Qualification".into())]);
    assert!(!maya.get(&address).text.contains("Qualification"), "kept");
    let refreshed = maya.post(&format!("/dashboards/{id}/refresh"), &[("filter1", "")]);
    assert_eq!(refreshed.location(), address);
    assert!(maya.get(&address).text.contains("Qualification"), "asked anew");
}

#[test]
fn rights_are_lent_by_their_user_alone_and_taken_back() {
    let world = World::new();
    let (maya, tomas) = (Visitor::signed_in(&world, world.rep), Visitor::signed_in(&world, world.reader));
    let ada = Visitor::signed_in(&world, world.admin);
    let id = made(&world, &maya, &[]);
    share(&world, id);
    let address = format!("/r/{id}");
    // Ada wants everybody to see it as Maya does.
    let edit = format!("/dashboards/{id}/edit");
    let sent = Sent::of(&ada.get(&edit).text, "builder-form").with("rights", "user");
    let page = post(&ada, &edit, &sent, "preview").text;
    let sent = Sent::of(&page, "builder-form").with("user.text", "Maya Lindqvist");
    assert_eq!(post(&ada, &edit, &sent, "save").status, StatusCode::SEE_OTHER);
    let waiting = tomas.get(&address).text;
    assert!(waiting.contains("shows nothing until they agree") && !waiting.contains("dashboard-grid"), "{waiting}");
    // Nobody but Maya can agree, whatever they send.
    let own = maya.get(&address).text;
    assert!(own.contains("Agree") && maya.get("/dashboards").text.contains("You are asked to lend your rights"));
    let print = own
        .split("name=\"print\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a print")
        .to_owned();
    let agree = format!("/dashboards/{id}/agreement");
    for other in [&tomas, &ada] {
        assert_eq!(other.post(&agree, &[("act", "give"), ("print", &print)]).status, StatusCode::NOT_FOUND);
    }
    assert_eq!(maya.post(&agree, &[("act", "give"), ("print", "something else")]).status, StatusCode::NOT_FOUND);
    assert!(!tomas.get(&address).text.contains("dashboard-grid"));
    assert_eq!(maya.post(&agree, &[("act", "give"), ("print", &print)]).location(), address);
    let lent = tomas.get(&address).text;
    assert!(lent.contains("Perception Analysis") && lent.contains("Shown with the rights of Maya Lindqvist"), "{lent}");
    // Another question is not what she agreed to.
    let report = SavedDashboard::fetch(&world.ctx(world.rep), id).expect("it").definition.components[0].report_id;
    let wider =
        app_reports::SavedReport::fetch(&world.ctx(world.rep), report).expect("the report").json.replace("15000", "0");
    world.update(world.rep, "Report", report, &[("Definition", wider.into())]);
    assert!(tomas.get(&address).text.contains("They have not been asked for what it shows now."));
    assert_eq!(ada.post(&agree, &[("act", "ask")]).location(), address);
    let own = maya.get(&address).text;
    let print = own
        .split("name=\"print\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a print")
        .to_owned();
    maya.post(&agree, &[("act", "give"), ("print", &print)]);
    assert!(tomas.get(&address).text.contains("dashboard-grid"));
    maya.post(&agree, &[("act", "end")]);
    assert!(!tomas.get(&address).text.contains("dashboard-grid"), "taken back");
}

#[test]
fn a_component_that_fails_says_so_and_the_others_answer() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let id = made(&world, &maya, &[]);
    let saved = SavedDashboard::fetch(&world.ctx(world.rep), id).expect("the dashboard").definition;
    let mut broken = saved.clone();
    let mut missing = saved.components[0].clone();
    missing.report_id = RecordId::parse("00O00000000zzzzAAA").unwrap_or(world.account);
    missing.row = 8;
    broken.components.push(missing);
    let text = broken.to_json().expect("JSON");
    world.update(world.rep, "Dashboard", id, &[("Definition", text.into())]);
    let page = maya.get(&format!("/r/{id}")).text;
    assert!(page.contains("The report is not there, or you may not see it.") && page.contains("<svg"), "{page}");
}
