//! Which deals there were and are: how many, with whom, how large, how they ended, and where the open ones stand.

use super::accounts::{Account, Segment};
use super::calendar::{Calendar, working_day_after, working_day_before};
use super::catalog::{THEMES, price_cents};
use super::random::{EvenChance, EvenDraw, Rng};
use super::team::Team;
use super::world::DemoKey;
use model::Date;
use std::collections::{HashMap, HashSet};

const CLOSED: i64 = 690;
const OPEN: i64 = 210;
/// Open deals whose close date has passed.
const OVERDUE: i64 = 13;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Open,
    Won,
    Lost,
}

pub(super) struct Deal {
    pub(super) key: Option<DemoKey>,
    pub(super) name: String,
    pub(super) account: usize,
    pub(super) owner: usize,
    pub(super) created: Date,
    pub(super) close: Date,
    pub(super) outcome: Outcome,
    /// The place in [`STAGES`] reached; for a lost deal the one it was lost from.
    pub(super) reached: usize,
    pub(super) probability: i64,
    pub(super) cents: i64,
    pub(super) lines: Vec<Line>,
    pub(super) theme: usize,
    /// The customer's first deal, or what it changes.
    pub(super) kind: &'static str,
    pub(super) source: &'static str,
    /// Places in the list of contacts, the primary one first.
    pub(super) contacts: Vec<usize>,
    /// The place of the campaign that led to it.
    pub(super) campaign: Option<usize>,
}

/// One product of a deal.
pub(super) struct Line {
    pub(super) product: usize,
    pub(super) quantity: i64,
    pub(super) unit_cents: i64,
}

/// The open stages with their usual probability.
pub(super) const STAGES: &[(&str, i64)] = &[
    ("Prospecting", 10),
    ("Qualification", 10),
    ("Needs Analysis", 20),
    ("Value Proposition", 50),
    ("Id. Decision Makers", 60),
    ("Perception Analysis", 70),
    ("Proposal/Price Quote", 75),
    ("Negotiation/Review", 90),
];

/// From here on the products are known.
const QUOTED_FROM: usize = 3;

impl Deal {
    pub(super) fn stage_name(&self) -> &'static str {
        match self.outcome {
            Outcome::Open => STAGES[self.reached].0,
            Outcome::Won => "Closed Won",
            Outcome::Lost => "Closed Lost",
        }
    }
}

/// All deals in the order in which they were entered.
pub(super) fn plan(calendar: &Calendar, team: &Team, accounts: &[Account], rng: &mut Rng) -> Vec<Deal> {
    let mut planner = Planner {
        calendar,
        team,
        accounts,
        customers: HashSet::new(),
        segments: EvenDraw::new(rng),
        wins: std::array::from_fn(|_| EvenChance::new(rng)),
        sizes: std::array::from_fn(|_| std::array::from_fn(|_| EvenDraw::new(rng))),
        rng,
    };
    planner.customers.extend((0..accounts.len()).filter(|at| accounts[*at].is_old_customer));
    let mut deals = Vec::new();
    for close in planner.closings(calendar.year_start, calendar.yesterday(), CLOSED) {
        deals.push(planner.closed(close));
    }
    let mut ahead = planner.closings(calendar.today, calendar.horizon, OPEN - OVERDUE);
    for _ in 0..OVERDUE {
        let late = calendar.today.plus_days(-planner.rng.between(1, 38));
        ahead.push(working_day_before(late));
    }
    for close in ahead {
        deals.push(planner.open(close));
    }
    deals.sort_by_key(|deal| (deal.created, deal.account));
    name(accounts, &mut deals);
    deals
}

/// Account and theme; a second deal of the kind is a second phase.
fn name(accounts: &[Account], deals: &mut [Deal]) {
    let mut seen: HashMap<(usize, usize), u32> = HashMap::new();
    for deal in deals {
        let count = seen.entry((deal.account, deal.theme)).or_default();
        *count += 1;
        let phase = if *count > 1 { format!(", phase {count}") } else { String::new() };
        deal.name = format!("{} – {}{phase}", accounts[deal.account].name.short, THEMES[deal.theme].name);
    }
}

struct Planner<'a> {
    calendar: &'a Calendar,
    team: &'a Team,
    accounts: &'a [Account],
    rng: &'a mut Rng,
    /// Accounts that have bought before.
    customers: HashSet<usize>,
    segments: EvenDraw,
    /// By segment.
    wins: [EvenChance; 3],
    /// By outcome and segment.
    sizes: [[EvenDraw; 3]; 3],
}

impl Planner<'_> {
    /// `total` closing days spread over the months as season and growth say, in order. Ahead of today the pipeline thins
    /// out: what will close in half a year is mostly not known yet.
    fn closings(&mut self, first: Date, last: Date, total: i64) -> Vec<Date> {
        let mut months = self.calendar.months(first, last);
        for month in &mut months {
            let ahead = i64::from(month.first.days() - self.calendar.today.days()).max(0);
            month.weight = month.weight * 100 / (100 + ahead * ahead / 90);
        }
        let sum: i64 = months.iter().map(|month| month.weight).sum::<i64>().max(1);
        let mut days = Vec::new();
        let (mut weight_so_far, mut given) = (0, 0);
        for month in months {
            weight_so_far += month.weight;
            // Cumulative rounding: the months add up to the total exactly.
            let due = (total * weight_so_far + sum / 2) / sum;
            for _ in given..due {
                days.push(Calendar::closing_day(month, self.rng));
            }
            given = due;
        }
        days.sort_unstable();
        days
    }

    fn pick_account(&mut self) -> usize {
        let accounts = self.accounts;
        let weight_in = |segment: Segment| {
            accounts.iter().map(move |account| match (account.segment == segment, account.segment) {
                (false, _) => 0,
                (true, Segment::Small) => account.appetite() * 5,
                (true, Segment::Middle) => account.appetite() * 9,
                (true, Segment::Enterprise) => account.appetite() * 11,
            })
        };
        let segments = [Segment::Small, Segment::Middle, Segment::Enterprise];
        let sums = segments.map(|segment| weight_in(segment).sum::<u32>());
        let segment = segments[self.segments.weighted(sums.into_iter())];
        self.rng.weighted(weight_in(segment))
    }

    /// Days from first talk to signature.
    fn cycle_days(&mut self, account: usize, theme: usize) -> i32 {
        let (low, high) = match self.accounts[account].segment {
            _ if THEMES[theme].is_service => (12, 55),
            Segment::Small => (14, 70),
            Segment::Middle => (30, 125),
            Segment::Enterprise => (55, 205),
        };
        self.rng.around(low, high)
    }

    fn pick_theme(&mut self, known_customer: bool) -> usize {
        self.rng.weighted(THEMES.iter().map(|theme| if known_customer { theme.weights.1 } else { theme.weights.0 }))
    }

    fn closed(&mut self, close: Date) -> Deal {
        let account = self.pick_account();
        let known_customer = self.customers.contains(&account);
        let theme = self.pick_theme(known_customer);
        let created = close.plus_days(-self.cycle_days(account, theme)).max(self.calendar.opening);
        let mut deal = self.started(account, theme, known_customer, working_day_after(created).min(close), close);
        let won = self.wins[self.accounts[account].segment as usize].take(self.chance_to_win(&deal, known_customer));
        if won {
            self.customers.insert(account);
            (deal.outcome, deal.reached, deal.probability) = (Outcome::Won, STAGES.len() - 1, 100);
        } else {
            let reached = self.rng.weighted([10, 16, 20, 14, 10, 8, 14, 8].into_iter());
            (deal.outcome, deal.reached, deal.probability) = (Outcome::Lost, reached, 0);
        }
        self.price(&mut deal);
        deal
    }

    fn open(&mut self, close: Date) -> Deal {
        let account = self.pick_account();
        let known_customer = self.customers.contains(&account);
        let theme = self.pick_theme(known_customer);
        let cycle = self.cycle_days(account, theme);
        let left = close.days() - self.calendar.today.days();
        // What is left of the cycle was not worked yet; some deals were talked about long before.
        let longest = match self.accounts[account].segment {
            _ if THEMES[theme].is_service => 50,
            Segment::Small => 85,
            Segment::Middle => 150,
            Segment::Enterprise => 230,
        };
        let age = (cycle - left.max(0)).max(self.rng.between(1, longest));
        // A deal that is overdue was older than a fortnight when it was due.
        let begun = self.calendar.today.plus_days(-age).min(close.plus_days(-14));
        let created = working_day_before(begun).max(self.calendar.opening);
        let mut deal = self.started(account, theme, known_customer, created, close);
        let weights = match left {
            ..=20 => [0, 2, 6, 12, 12, 14, 30, 24],
            21..=60 => [4, 14, 22, 20, 14, 10, 14, 2],
            61..=110 => [18, 30, 26, 14, 6, 4, 2, 0],
            _ => [38, 36, 18, 8, 0, 0, 0, 0],
        };
        deal.reached = self.rng.weighted(weights.into_iter());
        let judged = if self.rng.chance(250) { i64::from(self.rng.between(-2, 1)) * 5 } else { 0 };
        deal.probability = (STAGES[deal.reached].1 + judged).clamp(5, 95);
        self.price(&mut deal);
        deal
    }

    fn started(&mut self, account: usize, theme: usize, known_customer: bool, created: Date, close: Date) -> Deal {
        let kind = match (known_customer, THEMES[theme].is_service) {
            (false, _) => "New Customer",
            (true, true) => "Existing Customer - Replacement",
            (true, false) if self.rng.chance(40) => "Existing Customer - Downgrade",
            (true, false) if self.rng.chance(280) => "Existing Customer - Replacement",
            (true, false) => "Existing Customer - Upgrade",
        };
        let sources: &[&'static str] = match known_customer {
            true => &["Other", "Other", "Partner Referral", "Phone Inquiry", "Web"],
            false => &[
                "Web",
                "Web",
                "Web",
                "Phone Inquiry",
                "Partner Referral",
                "Partner Referral",
                "Purchased List",
                "Other",
            ],
        };
        Deal {
            key: None,
            name: String::new(),
            account,
            owner: self.team.in_charge(self.accounts[account].owner, created),
            created,
            close,
            outcome: Outcome::Open,
            reached: 0,
            probability: 0,
            cents: 0,
            lines: Vec::new(),
            theme,
            kind,
            source: self.rng.pick(sources),
            contacts: self.pick_contacts(account),
            campaign: None,
        }
    }

    fn pick_contacts(&mut self, account: usize) -> Vec<usize> {
        let all = &self.accounts[account].contacts;
        let count = match self.rng.below(100) {
            0..8 => 0,
            8..50 => 1,
            50..84 => 2,
            _ => 3,
        };
        let first = self.rng.below(all.len());
        (0..count.min(all.len())).map(|step| all[(first + step) % all.len()]).collect()
    }

    fn chance_to_win(&self, deal: &Deal, known_customer: bool) -> i32 {
        let account = &self.accounts[deal.account];
        let by_size = match account.segment {
            Segment::Small => 30,
            Segment::Middle => 0,
            Segment::Enterprise => -60,
        };
        let by_source = match deal.source {
            "Partner Referral" => 60,
            "Purchased List" => -140,
            _ => 0,
        };
        let known = if known_customer { 110 } else { 0 };
        let service = if THEMES[deal.theme].is_service { 170 } else { 0 };
        (290 + by_size + by_source + known + service + self.team.members[deal.owner].skill).clamp(50, 850)
    }

    /// Sets the amount, and the products once they are known.
    fn price(&mut self, deal: &mut Deal) {
        let account = &self.accounts[deal.account];
        let median: i64 = match account.segment {
            Segment::Small => 8_200,
            Segment::Middle => 22_500,
            Segment::Enterprise => 61_000,
        };
        let service = if THEMES[deal.theme].is_service { 45 } else { 100 };
        let lost = if deal.outcome == Outcome::Lost { 112 } else { 100 };
        let target = self.sizes[deal.outcome as usize][account.segment as usize].size(median) * service * lost / 100;
        if deal.outcome == Outcome::Won || deal.reached >= QUOTED_FROM {
            deal.lines = self.lines(deal.theme, target, account.is_channel);
            deal.cents = deal.lines.iter().map(|line| line.quantity * line.unit_cents).sum();
        } else {
            // A first guess is a round number.
            let step = if target > 5_000_000 { 500_000 } else { 50_000 };
            deal.cents = ((target + step / 2) / step).max(1) * step;
        }
    }

    fn lines(&mut self, theme: usize, target_cents: i64, channel: bool) -> Vec<Line> {
        let discount = i64::from(match target_cents {
            _ if channel => self.rng.between(0, 3),
            ..=1_000_000 => self.rng.pick(&[0, 0, 0, 3, 5]),
            1_000_001..=5_000_000 => self.rng.pick(&[0, 0, 5, 5, 8, 10]),
            _ => self.rng.pick(&[0, 5, 8, 10, 12, 15, 18]),
        });
        let mut lines = Vec::new();
        for (product, share) in THEMES[theme].parts {
            let unit_cents = (price_cents(*product, channel) * (100 - discount) + 50) / 100;
            let quantity = (target_cents * share / 100 + unit_cents / 2) / unit_cents;
            if quantity > 0 {
                lines.push(Line { product: *product, quantity, unit_cents });
            }
        }
        if lines.is_empty() {
            let product = THEMES[theme].parts[0].0;
            let unit_cents = (price_cents(product, channel) * (100 - discount) + 50) / 100;
            lines.push(Line { product, quantity: 1, unit_cents });
        }
        lines
    }
}
