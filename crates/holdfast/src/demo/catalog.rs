//! What the company sells: twelve products in four families, the two price books, and the usual combinations.

use super::calendar::Calendar;
use super::world::{DemoKey, Ledger, Row};
use model::Zone;

/// The price books, products and entries as inserted.
pub(super) struct Catalog {
    pub(super) standard_book: DemoKey,
    pub(super) channel_book: DemoKey,
    /// Entries by product: standard book, channel book.
    pub(super) entries: Vec<(DemoKey, DemoKey)>,
}

pub(super) struct Product {
    pub(super) code: &'static str,
    name: &'static str,
    family: &'static str,
    description: &'static str,
    /// In whole units of the company's currency.
    price: i64,
}

pub(super) const PRODUCTS: &[Product] = &[
    Product {
        code: "PX-110",
        name: "PX-110 pressure transmitter",
        family: "Sensors",
        description: "Gauge and absolute pressure, 0 to 400 bar, HART.",
        price: 460,
    },
    Product {
        code: "LR-240",
        name: "LR-240 radar level gauge",
        family: "Sensors",
        description: "Non-contact level measurement for tanks up to 30 m.",
        price: 1_290,
    },
    Product {
        code: "TA-310",
        name: "TA-310 temperature array",
        family: "Sensors",
        description: "Eight-point temperature profile, explosion-proof.",
        price: 720,
    },
    Product {
        code: "VB-075",
        name: "VB-075 vibration node",
        family: "Sensors",
        description: "Wireless three-axis vibration, five years on one battery.",
        price: 380,
    },
    Product {
        code: "UF-500",
        name: "UF-500 ultrasonic flow meter",
        family: "Flow and analysis",
        description: "Clamp-on flow measurement for pipes from DN 50.",
        price: 2_480,
    },
    Product {
        code: "MF-720",
        name: "MF-720 mass flow meter",
        family: "Flow and analysis",
        description: "Coriolis mass flow and density, custody transfer.",
        price: 5_150,
    },
    Product {
        code: "GA-900",
        name: "GA-900 gas analyser",
        family: "Flow and analysis",
        description: "Continuous emission monitoring for six components.",
        price: 9_400,
    },
    Product {
        code: "GW-8",
        name: "GW-8 field gateway",
        family: "Gateways and software",
        description: "Connects up to 80 field devices to the plant network.",
        price: 1_560,
    },
    Product {
        code: "INS-SITE",
        name: "Insight site licence",
        family: "Gateways and software",
        description: "Dashboards, alarms and history for one site, one year.",
        price: 6_200,
    },
    Product {
        code: "SC-BASE",
        name: "Service contract, base",
        family: "Service",
        description: "Yearly inspection, spare parts at list price.",
        price: 2_400,
    },
    Product {
        code: "SC-PLUS",
        name: "Service contract, plus",
        family: "Service",
        description: "Two inspections a year, replacement within two working days.",
        price: 5_600,
    },
    Product {
        code: "CAL-DAY",
        name: "On-site calibration, one day",
        family: "Service",
        description: "Traceable calibration by a field engineer.",
        price: 1_680,
    },
];

/// A usual combination: what the deal is called, and the share of its size that each product takes.
pub(super) struct Theme {
    pub(super) name: &'static str,
    pub(super) need: &'static str,
    pub(super) parts: &'static [(usize, i64)],
    /// How often, against the others: first deal with a customer, later ones.
    pub(super) weights: (u32, u32),
    /// For customers who have the equipment already.
    pub(super) is_service: bool,
}

pub(super) const THEMES: &[Theme] = &[
    Theme {
        name: "tank level retrofit",
        need: "Replace float gauges on the storage tanks with radar.",
        parts: &[(1, 62), (7, 16), (11, 12), (2, 10)],
        weights: (14, 10),
        is_service: false,
    },
    Theme {
        name: "compressed air monitoring",
        need: "Find leaks and bill compressed air by production line.",
        parts: &[(4, 58), (0, 20), (7, 12), (8, 10)],
        weights: (12, 9),
        is_service: false,
    },
    Theme {
        name: "emission monitoring",
        need: "Meet the new stack emission limits before the next audit.",
        parts: &[(6, 64), (7, 6), (8, 16), (10, 14)],
        weights: (8, 6),
        is_service: false,
    },
    Theme {
        name: "pump condition monitoring",
        need: "Warn before bearings of the main pumps fail.",
        parts: &[(3, 52), (7, 20), (8, 28)],
        weights: (13, 12),
        is_service: false,
    },
    Theme {
        name: "mass flow upgrade",
        need: "Custody transfer at the loading stations.",
        parts: &[(5, 76), (7, 8), (11, 16)],
        weights: (8, 8),
        is_service: false,
    },
    Theme {
        name: "boiler house instrumentation",
        need: "Pressure and temperature on all steam lines.",
        parts: &[(0, 48), (2, 34), (7, 18)],
        weights: (10, 8),
        is_service: false,
    },
    Theme {
        name: "Insight roll-out",
        need: "One view of all sites for the maintenance team.",
        parts: &[(8, 78), (7, 22)],
        weights: (5, 10),
        is_service: false,
    },
    Theme {
        name: "line expansion",
        need: "The same instruments as on the existing lines.",
        parts: &[(0, 38), (2, 22), (1, 26), (7, 14)],
        weights: (2, 14),
        is_service: false,
    },
    Theme {
        name: "service contract",
        need: "Planned inspections instead of call-outs.",
        parts: &[(9, 60), (11, 40)],
        weights: (1, 16),
        is_service: true,
    },
    Theme {
        name: "plus service renewal",
        need: "Keep the two-day replacement promise for another year.",
        parts: &[(10, 72), (11, 28)],
        weights: (0, 14),
        is_service: true,
    },
];

/// The price in a book, in cents: distributors buy at 18 % below list.
pub(super) fn price_cents(product: usize, channel: bool) -> i64 {
    PRODUCTS[product].price * if channel { 82 } else { 100 }
}

pub(super) fn add(ledger: &mut Ledger, calendar: &Calendar) -> Catalog {
    let start = calendar.opening.start_in(&Zone::UTC);
    let standard_book = ledger.add(
        "Pricebook2",
        start,
        Row::new().text("Name", "Standard Price Book").flag("IsActive", true).flag("IsStandard", true),
    );
    let channel_book = ledger.add(
        "Pricebook2",
        start,
        Row::new()
            .text("Name", "Distributor price book")
            .text("Description", "List price less 18 % for installation and resale partners.")
            .flag("IsActive", true),
    );
    let entries = PRODUCTS
        .iter()
        .enumerate()
        .map(|(at, product)| {
            let row = Row::new()
                .text("Name", product.name)
                .text("ProductCode", product.code)
                .text("Family", product.family)
                .text("Description", product.description)
                .flag("IsActive", true);
            let product_key = ledger.add("Product2", start, row);
            let mut entry = |book: DemoKey, channel: bool| {
                let row = Row::new()
                    .refer("Pricebook2Id", book)
                    .refer("Product2Id", product_key)
                    .cents("UnitPrice", price_cents(at, channel))
                    .flag("IsActive", true)
                    .flag("UseStandardPrice", false);
                ledger.add("PricebookEntry", start, row)
            };
            (entry(standard_book, false), entry(channel_book, true))
        })
        .collect();
    Catalog { standard_book, channel_book, entries }
}
