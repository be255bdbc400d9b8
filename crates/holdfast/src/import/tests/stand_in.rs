//! A generated data set of the same shape and with the same dirt as the one the example mapping is for.

use super::fixture::write;
use std::fmt::Write;
use tempfile::TempDir;

const PRODUCTS: [(&str, &str, u32); 4] =
    [("Nova One", "Nova", 550), ("GTX Pro", "GTX", 4821), ("Zeta Mini", "Zeta", 55), ("Nova Max", "Nova", 26_768)];
const SECTORS: [&str; 5] = ["technolgy", "medical", "retail", "software", "finance"];

/// A small generator of reproducible numbers (Knuth's MMIX constants).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Writes accounts, products, teams and a pipeline of `deals` deals.
pub(crate) fn stand_in(deals: u32) -> TempDir {
    let dir = TempDir::new().expect("a folder for the test");
    let mut numbers = Numbers(7);

    let mut teams = "sales_agent,manager,regional_office\n".to_owned();
    for agent in 0..12 {
        let manager = agent / 3;
        writeln!(teams, "Ann-{} Agent{agent},Mia van Boss{manager},{}", letter(agent), ["North", "South"][manager / 2])
            .expect("text");
    }
    write(dir.path(), "sales_teams.csv", teams.as_bytes());

    let mut products = "product,series,sales_price\n".to_owned();
    for (name, series, price) in PRODUCTS {
        writeln!(products, "{name},{series},{price}").expect("text");
    }
    write(dir.path(), "products.csv", products.as_bytes());

    // Subsidiaries stand before their parents, some two levels down.
    let mut accounts = "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n".to_owned();
    for account in 0..30 {
        let sector = SECTORS[account % SECTORS.len()];
        let country = if account == 4 { "Philipines" } else { "United States" };
        let parent = if account % 7 == 0 && account < 28 { format!("Company {}", account + 1) } else { String::new() };
        let parent = if account == 8 { "Company 29".to_owned() } else { parent };
        let revenue = format!("{}.{:02}", numbers.below(5000), numbers.below(100));
        writeln!(
            accounts,
            "Company {account},{sector},{},{revenue},{},{country},{parent}",
            1980 + account,
            account * 91
        )
        .expect("text");
    }
    write(dir.path(), "accounts.csv", accounts.as_bytes());

    let mut pipeline =
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n".to_owned();
    for deal in 0..deals {
        // The last two agents have no deals.
        let agent = usize::try_from(numbers.below(10)).expect("a small number");
        let (product, _, price) = PRODUCTS[usize::try_from(numbers.below(4)).expect("a small number")];
        let stage =
            ["Won", "Won", "Lost", "Engaging", "Prospecting"][usize::try_from(numbers.below(5)).expect("small")];
        let open = matches!(stage, "Engaging" | "Prospecting");
        let account =
            if open && numbers.below(3) > 0 { String::new() } else { format!("Company {}", numbers.below(30)) };
        let (month, day) = (numbers.below(12) + 1, numbers.below(28) + 1);
        let engaged = if stage == "Prospecting" { String::new() } else { format!("{month}/{day}/2016") };
        let closed = if open { String::new() } else { format!("{}/{day}/2017", numbers.below(12) + 1) };
        let value = match stage {
            "Won" => (u64::from(price) * (90 + numbers.below(20)) / 100).to_string(),
            "Lost" => "0".to_owned(),
            _ => String::new(),
        };
        let product = product.replace("GTX Pro", "GTXPro");
        writeln!(
            pipeline,
            "ID{deal:06},Ann-{} Agent{agent},{product},{account},{stage},{engaged},{closed},{value}",
            letter(agent)
        )
        .expect("text");
    }
    write(dir.path(), "sales_pipeline.csv", pipeline.as_bytes());
    dir
}

fn letter(at: usize) -> char {
    char::from(b'A' + u8::try_from(at).expect("a small number"))
}
