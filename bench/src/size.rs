//! How much is generated and how often each case runs.

/// The size of one run.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub name: &'static str,
    pub accounts: usize,
    pub contacts: usize,
    pub opportunities: usize,
    pub users: usize,
    /// Roles below each role; the tree has six levels.
    pub branches: usize,
    /// Runs of each quick case.
    pub rounds: usize,
    /// Runs of each case that reads a whole table.
    pub long_rounds: usize,
    /// Rows of one bulk insert.
    pub bulk: usize,
    /// Accounts of one bulk job over HTTP.
    pub ingest: usize,
    /// Accounts that one bulk query over HTTP reads in the end.
    pub long_export: usize,
    /// Orgs made and then kept open.
    pub orgs: usize,
}

/// Levels of the role tree.
pub const LEVELS: usize = 6;

impl Size {
    /// The size that results are published for.
    pub const FULL: Size = Size {
        name: "full",
        accounts: 100_000,
        contacts: 300_000,
        opportunities: 300_000,
        users: 2_000,
        branches: 3,
        rounds: 1_000,
        long_rounds: 5,
        bulk: 20_000,
        ingest: 100_000,
        long_export: 1_000_000,
        orgs: 1_000,
    };

    /// A tenth, for a look in between.
    pub const SMALL: Size = Size {
        name: "small",
        accounts: 10_000,
        contacts: 30_000,
        opportunities: 30_000,
        users: 200,
        branches: 2,
        rounds: 500,
        long_rounds: 5,
        bulk: 5_000,
        ingest: 20_000,
        long_export: 100_000,
        orgs: 50,
    };

    /// Enough to show that the harness works.
    pub const TINY: Size = Size {
        name: "tiny",
        accounts: 60,
        contacts: 180,
        opportunities: 180,
        users: 12,
        branches: 1,
        rounds: 3,
        long_rounds: 1,
        bulk: 20,
        ingest: 40,
        long_export: 400,
        orgs: 1,
    };

    /// The size of a name on the command line.
    pub fn named(name: &str) -> Option<Size> {
        [Self::FULL, Self::SMALL, Self::TINY].into_iter().find(|size| size.name == name)
    }

    /// Roles of the whole tree.
    pub fn roles(&self) -> usize {
        (0..LEVELS).map(|level| self.branches.pow(u32::try_from(level).unwrap_or(0))).sum()
    }
}
