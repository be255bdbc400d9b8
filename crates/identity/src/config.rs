//! What an operator may tune of sign-in: how dear a password is to try, when an account locks, how long sessions live.

/// What sign-in is made with; the defaults suit production.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityConfig {
    pub password_cost: PasswordCost,
    pub lockout: Lockout,
    pub of_one_address: AddressLimit,
    pub sessions: SessionLengths,
    /// The addresses that signed assertions may be meant for: those of Salesforce, which its clients write whatever
    /// server they speak to; the server's own public address belongs beside them.
    pub audiences: Vec<String>,
}

impl Default for IdentityConfig {
    fn default() -> Self {
        Self {
            password_cost: PasswordCost::default(),
            lockout: Lockout::default(),
            of_one_address: AddressLimit::default(),
            sessions: SessionLengths::default(),
            audiences: ["https://login.salesforce.com", "https://test.salesforce.com"].map(str::to_owned).into(),
        }
    }
}

/// Parameters of argon2id. A password kept under others is hashed anew at its next right use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// The OWASP recommendation for argon2id.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 }
    }
}

impl PasswordCost {
    /// As cheap as argon2id allows: for tests alone.
    pub const CHEAPEST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };
}

/// When wrong passwords close an account, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lockout {
    pub failures: u32,
    pub length_ms: i64,
}

impl Default for Lockout {
    fn default() -> Self {
        Self { failures: 5, length_ms: 15 * MINUTE_MS }
    }
}

/// How many sign-ins may fail from one address, whomever they name: so many in a row, and as many again in each period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressLimit {
    pub failures: u32,
    pub period_ms: i64,
}

impl Default for AddressLimit {
    /// Room for the mistakes of an office behind one address; a guesser gets one try in half a minute.
    fn default() -> Self {
        Self { failures: 30, period_ms: 15 * MINUTE_MS }
    }
}

/// How long sessions live. Use pushes the idle end out; nothing pushes out the last end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLengths {
    pub browser_idle_ms: i64,
    /// From the sign-in, however busy.
    pub browser_total_ms: i64,
    pub api_idle_ms: i64,
    /// Programs keep a session as long as they use it, unless this says otherwise.
    pub api_total_ms: Option<i64>,
    /// A program that a user let in and that does not come back for so long must ask again.
    pub refresh_idle_ms: i64,
}

impl Default for SessionLengths {
    fn default() -> Self {
        Self {
            browser_idle_ms: 2 * HOUR_MS,
            browser_total_ms: 12 * HOUR_MS,
            api_idle_ms: 2 * HOUR_MS,
            api_total_ms: None,
            refresh_idle_ms: 90 * 24 * HOUR_MS,
        }
    }
}

pub(crate) const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

impl IdentityConfig {
    /// The defaults, for a server that is reached at `public_url`.
    pub fn for_server(public_url: &str) -> Self {
        let mut config = Self::default();
        config.audiences.push(public_url.to_owned());
        config
    }

    /// Sign-ins at work at once: what their hashing takes together stays below about 160 MB.
    pub(crate) fn hashing_width(&self) -> usize {
        const BUDGET_KIB: u32 = 160 * 1024;
        usize::try_from(BUDGET_KIB / self.password_cost.memory_kib.max(1)).unwrap_or(1).clamp(1, 16)
    }
}
