//! The made-up org of the gallery.

use crate::kit::{Icon, MenuItem, Person, RailGroup, RailItem, Shell};

pub(super) const TOKEN: &str = "gallery";

/// A row of the sample list.
pub(super) struct Deal {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) account: &'static str,
    pub(super) stage: &'static str,
    pub(super) amount: &'static str,
    pub(super) probability: u64,
    pub(super) close: (&'static str, &'static str),
    pub(super) owner: &'static str,
    pub(super) next_step: Option<&'static str>,
}

macro_rules! deals {
    ($(($id:literal, $name:literal, $account:literal, $stage:literal, $amount:literal, $probability:literal,
        $close:literal, $iso:literal, $owner:literal, $next:expr);)*) => {
        &[ $( Deal { id: $id, name: $name, account: $account, stage: $stage, amount: $amount, probability: $probability,
            close: ($close, $iso), owner: $owner, next_step: $next } ),* ]
    };
}

pub(super) const DEALS: &[Deal] = deals![
    ("006000000000001AAA", "Cold-chain monitoring, 40 sites", "Baltic Fresh Logistics", "Negotiation", "184,500.00", 80, "28 Nov 2026", "2026-11-28", "Maya Lindqvist", Some("Legal reviews the terms"));
    ("006000000000002AAA", "Renewal 2027", "Kestrel Analytics", "Proposal", "62,000.00", 60, "12 Dec 2026", "2026-12-12", "Tomás Herrera", Some("Send revised quote"));
    ("006000000000003AAA", "Global framework agreement with all subsidiaries", "Westfälische Maschinen- und Anlagenbau GmbH", "Qualification", "999,999,999,999.00", 20, "31 Mar 2027", "2027-03-31", "Alexandra Featherstonehaugh-Cholmondeley", None);
    ("006000000000004AAA", "Branch network, phase 2", "Harbour Credit Union", "Closed won", "310,250.00", 100, "2 Nov 2026", "2026-11-02", "Maya Lindqvist", None);
    ("006000000000005AAA", "Pilot, two teams", "Otter & Finch", "Discovery", "9,800.00", 30, "19 Dec 2026", "2026-12-19", "Yuki Tanaka", Some("Workshop on Tuesday"));
    ("006000000000006AAA", "Seat expansion, +120", "Nordlys Energi", "Proposal", "47,520.00", 60, "5 Dec 2026", "2026-12-05", "Tomás Herrera", Some("Call with procurement"));
    ("006000000000007AAA", "Security add-on", "Meridian Health Partners", "Negotiation", "88,400.00", 75, "30 Nov 2026", "2026-11-30", "Yuki Tanaka", Some("DPA signature"));
    ("006000000000008AAA", "Warehouse tablets", "Baltic Fresh Logistics", "Closed lost", "21,900.00", 0, "28 Oct 2026", "2026-10-28", "Maya Lindqvist", None);
    ("006000000000009AAA", "Migration from spreadsheets", "Plover Outfitters", "Discovery", "14,250.00", 30, "16 Jan 2027", "2027-01-16", "Priya Raman", Some("Demo with finance"));
    ("006000000000010AAA", "Support desk, 25 agents", "Atlas Insurance", "Proposal", "73,125.00", 50, "22 Dec 2026", "2026-12-22", "Priya Raman", Some("Reference call"));
    ("006000000000011AAA", "Field service rollout", "Tidewater Utilities", "Qualification", "245,000.00", 20, "26 Feb 2027", "2027-02-26", "Yuki Tanaka", None);
    ("006000000000012AAA", "Dealer portal", "Sable Motors", "Negotiation", "132,800.00", 70, "4 Dec 2026", "2026-12-04", "Tomás Herrera", Some("Pricing approval"));
    ("006000000000013AAA", "Annual training package", "Kestrel Analytics", "Closed won", "18,600.00", 100, "9 Nov 2026", "2026-11-09", "Maya Lindqvist", None);
    ("006000000000014AAA", "Data residency upgrade", "Meridian Health Partners", "Discovery", "56,000.00", 30, "15 Jan 2027", "2027-01-15", "Priya Raman", None);
    ("006000000000015AAA", "Consolidation of three orgs", "Nordlys Energi", "Proposal", "118,900.00", 55, "18 Dec 2026", "2026-12-18", "Tomás Herrera", Some("Architecture review"));
    ("006000000000016AAA", "Quote automation", "Plover Outfitters", "Negotiation", "33,400.00", 80, "27 Nov 2026", "2026-11-27", "Yuki Tanaka", Some("Waiting for signature"));
];

pub(super) fn shell(place: &str) -> Shell {
    let item = |label: &str, href: &str, icon, key| {
        let item = RailItem::new(label, href, icon).current(href == place);
        match key {
            Some(key) => item.go_key(key),
            None => item,
        }
    };
    let rail = vec![
        RailGroup::top(vec![
            item("Home", "/", Icon::Home, Some('h')),
            item("Tasks", "/tasks", Icon::CheckCircle, Some('t')).count("4"),
        ]),
        RailGroup::new(
            "Sales",
            vec![
                item("Accounts", "/accounts", Icon::Building, Some('a')),
                item("Contacts", "/contacts", Icon::People, Some('c')),
                item("Opportunities", "/opportunities", Icon::Target, Some('o')),
                item("Quotes", "/quotes", Icon::Quote, Some('q')).count("2"),
            ],
        ),
        RailGroup::new(
            "Reports",
            vec![
                item("Dashboards", "/dashboards", Icon::Dashboard, Some('d')),
                item("Reports", "/reports", Icon::Chart, Some('r')),
                item("Deliveries", "/deliveries", Icon::Send, None),
            ],
        ),
        RailGroup::new("Administration", vec![item("Setup", "/setup", Icon::Sliders, Some('s'))]),
    ];
    let menu = vec![
        MenuItem::link("Your settings", "/me").icon(Icon::Person),
        MenuItem::link("Passkeys and sessions", "/me/security").icon(Icon::Key),
        MenuItem::Separator,
        MenuItem::post("Sign out", "/sign-out", TOKEN).icon(Icon::SignOut),
    ];
    Shell::new("Northwind Trading", rail, Person::new("Maya Lindqvist", "maya@northwind.example", menu)).create(vec![
        MenuItem::link("Account", "/accounts/new").icon(Icon::Building),
        MenuItem::link("Contact", "/contacts/new").icon(Icon::People),
        MenuItem::link("Opportunity", "/opportunities/new").icon(Icon::Target),
        MenuItem::link("Task", "/tasks/new").icon(Icon::CheckCircle),
    ])
}
