//! What makes a rule sound. A [`Rule`] exists only when it is.

use super::calendar::BusinessCalendar;
use super::error::RuleError;
use super::spec::{Frequency, RuleSpec};
use super::times::{MINUTES_PER_DAY, text_of};
use jiff::civil;
use model::Zone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const MAX_TIMES: usize = 24;
const MAX_HOLIDAYS: usize = 2_000;

/// A checked recurrence with its zone at hand. Saved as its [`RuleSpec`], and checked again when it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    spec: RuleSpec,
    zone: Zone,
    calendar: BusinessCalendar,
    times_of_day: Vec<civil::Time>,
}

impl Rule {
    /// # Errors
    /// Names the property that is wrong and what it must be.
    pub fn new(mut spec: RuleSpec) -> Result<Self, RuleError> {
        let zone = zone_named(&spec.zone)?;
        if let Some(name) = zone.iana_name() {
            name.clone_into(&mut spec.zone);
        }
        spec.times.sort_unstable();
        spec.times.dedup();
        spec.on.weekdays.sort_unstable_by_key(|day| day.position());
        spec.on.weekdays.dedup();
        check_interval(&spec)?;
        check_times(&spec)?;
        check_days(&spec)?;
        check_day_of_month(&spec)?;
        check_bounds(&spec)?;
        check_calendar(&spec)?;
        let calendar = spec.calendar.clone().unwrap_or_default();
        let times_of_day = spec.times_of_day();
        Ok(Self { spec, zone, calendar, times_of_day })
    }

    /// Reads and checks a rule.
    ///
    /// # Errors
    /// Names the property that is wrong and what it must be.
    pub fn parse(json: &str) -> Result<Self, RuleError> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let spec: RuleSpec =
            serde_path_to_error::deserialize(&mut reader).map_err(|error| RuleError::from_json(&error))?;
        reader.end().map_err(|_| RuleError::new("rule", "has text after its closing brace; remove it"))?;
        Self::new(spec)
    }

    pub fn spec(&self) -> &RuleSpec {
        &self.spec
    }

    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The rule's own calendar, or Monday to Friday without holidays.
    pub fn calendar(&self) -> &BusinessCalendar {
        &self.calendar
    }

    pub(super) fn times_of_day(&self) -> &[civil::Time] {
        &self.times_of_day
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.spec.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(RuleSpec::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

fn require(is_met: bool, property: &str, reason: impl Into<String>) -> Result<(), RuleError> {
    if is_met { Ok(()) } else { Err(RuleError::new(property, reason)) }
}

fn zone_named(name: &str) -> Result<Zone, RuleError> {
    let known = Zone::get(name).ok().filter(|zone| !zone.is_unknown());
    known.ok_or_else(|| {
        RuleError::new("zone", format!("\"{name}\" is not a known time zone; use a name such as Europe/Berlin"))
    })
}

fn check_interval(spec: &RuleSpec) -> Result<(), RuleError> {
    let limit = match spec.freq {
        Frequency::Minutes => MINUTES_PER_DAY,
        Frequency::Hourly => 24,
        Frequency::Daily => 366,
        Frequency::Weekly => 53,
        Frequency::Monthly => 120,
        Frequency::Yearly => 10,
    };
    let is_minutes = spec.freq == Frequency::Minutes;
    require(
        !is_minutes || spec.interval.is_multiple_of(5),
        "interval",
        "must be a multiple of 5 when freq is minutes, such as 5, 10 or 15",
    )?;
    require((1..=limit).contains(&spec.interval), "interval", format!("must lie between 1 and {limit} for this freq"))
}

fn check_times(spec: &RuleSpec) -> Result<(), RuleError> {
    let runs_all_day = matches!(spec.freq, Frequency::Minutes | Frequency::Hourly);
    if runs_all_day {
        let reason = "belongs to daily and longer rules; say in on.window from when to when this one runs";
        require(spec.times.is_empty(), "times", reason)?;
    } else {
        require(!spec.times.is_empty(), "times", "needs at least one time such as 08:00")?;
        require(spec.times.len() <= MAX_TIMES, "times", format!("holds at most {MAX_TIMES} times"))?;
    }
    let Some(window) = spec.on.window else { return Ok(()) };
    require(
        runs_all_day || spec.freq == Frequency::Daily,
        "on.window",
        "belongs to minutes, hourly and daily rules; remove it",
    )?;
    require(
        window.from <= window.to,
        "on.window",
        "must not end before it begins; for a night make one rule up to 23:59 and one from 00:00",
    )?;
    let outside = spec.times.iter().find(|time| !(window.from..=window.to).contains(*time));
    outside.map_or(Ok(()), |time| {
        let (time, from, to) = (text_of(*time), text_of(window.from), text_of(window.to));
        Err(RuleError::new("times", format!("{time} lies outside on.window, which is {from} to {to}")))
    })
}

fn check_days(spec: &RuleSpec) -> Result<(), RuleError> {
    let on = &spec.on;
    let is_long = matches!(spec.freq, Frequency::Monthly | Frequency::Yearly);
    if is_long {
        require(
            on.weekdays.is_empty(),
            "on.weekdays",
            "belongs to weekly and shorter rules; use on.n with on.weekday",
        )?;
    } else {
        let named = [
            ("on.monthDay", on.month_day.is_some()),
            ("on.n", on.n.is_some()),
            ("on.weekday", on.weekday.is_some()),
            ("on.businessDay", on.business_day.is_some()),
        ];
        let found = named.iter().find(|(_, is_given)| *is_given).map(|(property, _)| *property);
        require(found.is_none(), found.unwrap_or_default(), "belongs to monthly and yearly rules; remove it")?;
    }
    let is_month_allowed = on.month.is_none() || spec.freq == Frequency::Yearly;
    require(is_month_allowed, "on.month", "belongs to yearly rules; remove it")
}

fn check_day_of_month(spec: &RuleSpec) -> Result<(), RuleError> {
    let on = &spec.on;
    if matches!(spec.freq, Frequency::Monthly | Frequency::Yearly) {
        let is_nth = on.n.is_some() || on.weekday.is_some();
        let ways = [on.month_day.is_some(), is_nth, on.business_day.is_some()];
        let count = ways.iter().filter(|is_given| **is_given).count();
        require(count == 1, "on", "needs exactly one of monthDay, n with weekday, or businessDay")?;
    }
    require(on.n.is_none() || on.weekday.is_some(), "on.weekday", "is missing: on.n counts weekdays")?;
    require(on.weekday.is_none() || on.n.is_some(), "on.n", "is missing: 1 to 5, or -1 for the last weekday")?;
    let is_within = |value: Option<i8>, low: i8, high: i8| value.is_none_or(|n| n != 0 && (low..=high).contains(&n));
    require(is_within(on.month_day, -31, 31), "on.monthDay", "must be 1 to 31, or -1 to -31 from the end")?;
    require(is_within(on.n, -1, 5), "on.n", "must be 1 to 5, or -1 for the last")?;
    require(is_within(on.business_day, -5, 23), "on.businessDay", "must be 1 to 23, or -1 to -5 from the end")?;
    require(is_within(on.month, 1, 12), "on.month", "must be 1 to 12")
}

fn check_bounds(spec: &RuleSpec) -> Result<(), RuleError> {
    let is_within = |date: &civil::Date| (1700..=4000).contains(&date.year());
    require(is_within(&spec.start), "start", "must lie in the years 1700 to 4000")?;
    require(spec.end.as_ref().is_none_or(is_within), "end", "must lie in the years 1700 to 4000")?;
    require(spec.end.is_none_or(|end| end >= spec.start), "end", "must not lie before start")
}

fn check_calendar(spec: &RuleSpec) -> Result<(), RuleError> {
    let Some(calendar) = &spec.calendar else { return Ok(()) };
    require(!calendar.weekdays.is_empty(), "calendar.weekdays", "needs at least one working day")?;
    let is_short = calendar.holidays.len() <= MAX_HOLIDAYS;
    require(is_short, "calendar.holidays", format!("holds at most {MAX_HOLIDAYS} dates"))
}
