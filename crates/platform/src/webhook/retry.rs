//! When a failed attempt is made again, and when no more.

use model::{Entropy, Instant, random_bytes};

/// The first pause; each further one is twice as long, up to the longest.
const FIRST_MS: i64 = 5_000;
const LONGEST_MS: i64 = 3_600_000;
/// The longest that an address may ask us to wait.
const LONGEST_ASKED_MS: i64 = 24 * 3_600_000;
/// Days of failures after which a webhook stops.
pub(super) const GIVE_UP_DAYS: i64 = 3;
const GIVE_UP_MS: i64 = GIVE_UP_DAYS * 24 * 3_600_000;
/// Attempts that it takes as well: a server that was off for days, or an address that asks for long pauses, has not been
/// tried often by then.
const GIVE_UP_ATTEMPTS: u32 = 20;

/// Whether so many failures in a row, the first of them at `failing`, are enough.
pub(super) fn is_hopeless(failures: u32, failing: Instant, now: Instant) -> bool {
    failures >= GIVE_UP_ATTEMPTS && now.ms() - failing.ms() >= GIVE_UP_MS
}

/// The pause after so many failures in a row: spread by a fifth, so that webhooks that failed together do not come back
/// together, and no shorter than the address asked for.
pub(super) fn pause_ms(failures: u32, retry_after: Option<&str>, now: Instant, entropy: &dyn Entropy) -> i64 {
    let doublings = failures.saturating_sub(1).min(20);
    let pause = FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS);
    let chance = i64::from(u16::from_le_bytes(random_bytes(entropy)));
    let spread = pause * 4 / 5 + pause * 2 / 5 * chance / i64::from(u16::MAX);
    let asked = retry_after.and_then(|text| asked_ms(text.trim(), now)).unwrap_or(0);
    spread.max(asked.min(LONGEST_ASKED_MS))
}

/// Seconds, or a date of HTTP.
fn asked_ms(text: &str, now: Instant) -> Option<i64> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000));
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(at.as_millisecond().saturating_sub(now.ms()).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&self, out: &mut [u8]) {
            out.fill(self.0);
        }
    }

    #[test]
    fn pauses_double_up_to_an_hour_and_are_spread_by_a_fifth() {
        let now = Instant::from_ms(0);
        let pauses = |chance| [1, 2, 3, 10, 11, 400].map(|failures| pause_ms(failures, None, now, &Fixed(chance)));
        assert_eq!(pauses(0), [4_000, 8_000, 16_000, 2_048_000, 2_880_000, 2_880_000]);
        assert_eq!(pauses(255), [6_000, 12_000, 24_000, 3_072_000, 4_320_000, 4_320_000]);
    }

    #[test]
    fn it_takes_days_and_many_attempts_to_give_up() {
        let (began, now) = (Instant::from_ms(0), Instant::from_ms(GIVE_UP_MS));
        assert!(is_hopeless(GIVE_UP_ATTEMPTS, began, now));
        assert!(!is_hopeless(GIVE_UP_ATTEMPTS - 1, began, now));
        assert!(!is_hopeless(GIVE_UP_ATTEMPTS, Instant::from_ms(1), now));
    }

    #[test]
    fn an_address_may_ask_for_a_longer_pause_in_seconds_or_by_a_date_and_not_for_a_shorter_one() {
        let now = Instant::parse("2026-11-22T08:00:00Z").expect("an instant");
        let pause = |asked| pause_ms(1, Some(asked), now, &Fixed(0));
        assert_eq!(pause("120"), 120_000);
        assert_eq!(pause("Sun, 22 Nov 2026 08:10:00 GMT"), 600_000);
        for asked in ["0", "1", "-5", "soon", "", "Sun, 22 Nov 2020 08:10:00 GMT"] {
            assert_eq!(pause(asked), 4_000, "{asked}");
        }
        assert_eq!(pause("99999999999999999999"), 4_000, "no number that anybody means");
        assert_eq!(pause("9999999999"), LONGEST_ASKED_MS);
    }
}
