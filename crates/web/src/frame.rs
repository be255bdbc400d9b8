//! The frame around every page of a signed-in person: places of the rail, the person's menu, what can be created.

use crate::kit::{Icon, MenuItem, Person, RailGroup, RailItem, Shell};
use crate::pages::{programs, setup, webhooks};
use crate::server::Call;
use model::ObjectSchema;
use platform::Ctx;
use platform::layout::{PLACES, has_place};

/// The keys that go to the places of standard objects.
const KEYS: [(&str, char); 7] = [
    ("Account", 'a'),
    ("Contact", 'p'),
    ("Opportunity", 'o'),
    ("Lead", 'l'),
    ("Case", 's'),
    ("Task", 't'),
    ("Event", 'e'),
];

/// What can be created from everywhere.
const CREATED: [&str; 7] = ["Account", "Contact", "Opportunity", "Lead", "Case", "Task", "Event"];

/// The icon of an object.
pub(crate) fn icon_of(object: &str) -> Icon {
    match object {
        "Account" => Icon::Building,
        "Contact" => Icon::People,
        "User" => Icon::Person,
        "Opportunity" | "OpportunityLineItem" | "OpportunityHistory" => Icon::Target,
        "Lead" => Icon::Star,
        "Case" => Icon::Help,
        "Task" => Icon::CheckCircle,
        "Event" => Icon::Calendar,
        "Product2" => Icon::Package,
        "Pricebook2" | "PricebookEntry" => Icon::Tag,
        "Campaign" | "CampaignMember" => Icon::Flag,
        "Report" => Icon::Chart,
        "Dashboard" => Icon::Dashboard,
        "UserRole" | "Group" | "GroupMember" => Icon::People,
        "Profile" | "PermissionSet" | "ObjectPermissions" | "FieldPermissions" | "PermissionSetAssignment" => {
            Icon::Shield
        }
        _ => Icon::Database,
    }
}

/// The icon of the kit with this name, as apps name it.
fn icon_named(name: &str) -> Icon {
    Icon::ALL.iter().copied().find(|icon| icon.name() == name).unwrap_or(Icon::Package)
}

pub(crate) fn shell(call: &Call<'_>) -> Shell {
    let ctx = call.ctx;
    let here = call.visit.path.as_str();
    let user = ctx.user();
    let menu = vec![
        MenuItem::link("Your user record", format!("/r/{}", user.id)).icon(Icon::Person),
        MenuItem::link("Connected programs", format!("/r/{}/connections", user.id)).icon(Icon::Key),
        MenuItem::Separator,
        MenuItem::post("Sign out", "/sign-out", call.csrf).icon(Icon::SignOut),
    ];
    let creatable = CREATED
        .iter()
        .filter_map(|name| ctx.object(name).ok())
        .filter(|object| ctx.object_permission(object.ix).create)
        .map(|object| MenuItem::link(object.label(), format!("/new/{}", object.name())).icon(icon_of(object.name())))
        .collect::<Vec<_>>();
    let shell = Shell::new(
        ctx.settings().name.clone(),
        rail(ctx, here),
        Person::new(user.name.clone(), user.email.clone(), menu),
    )
    .home("/home");
    if creatable.is_empty() { shell } else { shell.create(creatable) }
}

fn rail(ctx: &Ctx, here: &str) -> Vec<RailGroup> {
    let mut groups =
        vec![RailGroup::top(vec![RailItem::new("Home", "/home", Icon::Home).current(here == "/home").go_key('h')])];
    let of_object = |object: &ObjectSchema, key: Option<char>| {
        let href = format!("/o/{}", object.name());
        let item = RailItem::new(object.def.label_plural.clone(), href.clone(), icon_of(object.name()))
            .current(belongs(ctx, here, object, &href));
        match key {
            Some(key) => item.go_key(key),
            None => item,
        }
    };
    let key_of = |name: &str| KEYS.iter().find(|(known, _)| *known == name).map(|(_, key)| *key);
    let sales: Vec<RailItem> =
        PLACES.iter().filter_map(|name| Some(of_object(ctx.object(name).ok()?, key_of(name)))).collect();
    if !sales.is_empty() {
        groups.push(RailGroup::new("Sales", sales));
    }
    let own: Vec<RailItem> =
        ctx.readable_objects().filter(|object| has_place(object)).map(|object| of_object(object, None)).collect();
    if !own.is_empty() {
        groups.push(RailGroup::new("More records", own));
    }
    for app in ctx.org().apps() {
        let items: Vec<RailItem> = app
            .navigation()
            .into_iter()
            .filter(|item| item.href.strip_prefix("/o/").is_none_or(|object| ctx.object(object).is_ok()))
            .map(|item| {
                let object = item.href.strip_prefix("/o/").and_then(|object| ctx.object(object).ok());
                let href = object.map_or_else(|| item.href.to_owned(), |object| place_of(object.name()));
                let current = object.is_some_and(|object| belongs(ctx, here, object, &href))
                    || here == href
                    || here.starts_with(&format!("{href}/"));
                RailItem::new(item.label, href, icon_named(item.icon)).current(current)
            })
            .collect();
        if !items.is_empty() {
            groups.push(RailGroup::new(app.label(), items));
        }
    }
    let mut administration =
        vec![RailItem::new("Outbox", "/outbox", Icon::Mail).current(here.starts_with("/outbox")).go_key('m')];
    if let Ok(users) = ctx.object("User") {
        administration.push(of_object(users, Some('u')));
    }
    administration.push(RailItem::new("Recycle bin", "/bin", Icon::Trash).current(here == "/bin"));
    if programs::is_offered(ctx) {
        let item = RailItem::new("Programs", "/programs", Icon::Key);
        administration.push(item.current(here.starts_with("/programs")));
    }
    if webhooks::is_offered(ctx) {
        let item = RailItem::new("Webhooks", "/webhooks", Icon::Send);
        administration.push(item.current(here.starts_with("/webhooks")));
    }
    if setup::is_offered(ctx) {
        let item = RailItem::new("Objects", setup::PATH, Icon::Database);
        administration.push(item.current(here.starts_with(setup::PATH)));
    }
    groups.push(RailGroup::new("Organization", administration));
    groups
}

/// Where the records of an object are listed.
pub(crate) fn place_of(object: &str) -> String {
    match object {
        "Report" => "/reports".to_owned(),
        "Dashboard" => "/dashboards".to_owned(),
        "DeliverySchedule" => "/schedules".to_owned(),
        object => format!("/o/{object}"),
    }
}

/// Whether the page belongs to an object's place: its list, a form for it, one of its records.
fn belongs(ctx: &Ctx, here: &str, object: &ObjectSchema, href: &str) -> bool {
    if here == href || here == format!("/new/{}", object.name()) {
        return true;
    }
    let id =
        here.strip_prefix("/r/").and_then(|rest| rest.split('/').next()).and_then(|id| model::RecordId::parse(id).ok());
    id.is_some_and(|id| ctx.schema().find_by_prefix(id.prefix()).is_some_and(|found| found.ix == object.ix))
}
