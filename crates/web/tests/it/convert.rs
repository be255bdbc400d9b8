//! The page that converts a lead.

use crate::visitor::Visitor;
use crate::world::World;
use http::StatusCode;

#[test]
fn a_lead_is_converted_from_its_page_and_offers_that_no_more() {
    let world = World::new();
    let maya = Visitor::signed_in(&world, world.rep);
    let values = [("LastName", "Hopper".into()), ("Company", "Navy".into())];
    let page = format!("/r/{}", world.create(world.rep, "Lead", &values));
    let form_address = format!("{page}/convert");
    assert!(maya.get(&page).text.contains(&form_address));
    let form = maya.get(&form_address);
    assert!(form.text.contains("Closed - Converted") && !form.text.contains("Closed - Not Converted"), "{}", form.text);

    let sent = [("status", "Closed - Converted"), ("account", ""), ("account.text", "Nobody of this name")];
    let unknown = maya.post(&form_address, &sent);
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unknown.text.contains("Nothing of this name"), "{}", unknown.text);
    let wrong = maya.post(&form_address, &[("status", "Open - Not Contacted")]);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("no lead status that is marked as converted"), "{}", wrong.text);

    let sent = [("status", "Closed - Converted"), ("opportunity", "true"), ("opportunity_name", "Ships")];
    let contact = maya.post(&form_address, &sent);
    assert_eq!(contact.status, StatusCode::SEE_OTHER, "{}", contact.text);
    assert!(maya.get(contact.location()).text.contains("Hopper"));
    let ctx = world.ctx(world.rep);
    let made = "SELECT COUNT() FROM Opportunity WHERE Name = 'Ships' AND Account.Name = 'Navy'";
    assert_eq!(ctx.query(made, platform::QueryOptions::default()).expect("a count").total, 1);
    let done = maya.get(&page);
    assert_eq!(done.status, StatusCode::OK);
    assert!(!done.text.contains(&form_address) && !done.text.contains("/edit\""), "{}", done.text);
    assert_eq!(maya.post(&form_address, &sent).status, StatusCode::FORBIDDEN);
}
