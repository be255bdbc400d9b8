//! When a schedule runs. A rule names local dates and times, its slots; each slot becomes one instant in the rule's zone.
//! Pure: the clock is a parameter.
//!
//! ```
//! # use app_delivery::recurrence::Rule;
//! # use model::Instant;
//! let rule = Rule::parse(
//!     r#"{"freq": "weekly", "on": {"weekdays": ["monday"]}, "times": ["08:00"],
//!         "zone": "Europe/Berlin", "start": "2026-01-01"}"#,
//! )?;
//! assert_eq!(rule.describe(), "Every Monday at 08:00 (Europe/Berlin)");
//! let friday = Instant::parse("2026-03-27T12:00:00Z").expect("an instant");
//! let run = rule.next_after(friday).expect("a run");
//! assert_eq!(run.slot.to_string(), "2026-03-30T08:00:00");
//! assert_eq!(run.instant.to_string(), "2026-03-30T06:00:00.000+0000");
//! # Ok::<(), app_delivery::recurrence::RuleError>(())
//! ```

mod calendar;
mod check;
mod clock;
mod days;
mod describe;
mod error;
mod occurrences;
mod spec;
mod times;
mod weekday;

#[cfg(test)]
mod tests;

pub use calendar::{BusinessCalendar, OnNonBusinessDay};
pub use check::Rule;
pub use clock::Clock;
pub use error::RuleError;
pub use occurrences::Occurrence;
pub use spec::{Frequency, On, RuleSpec, ShortMonth, Window};
pub use weekday::Weekday;
