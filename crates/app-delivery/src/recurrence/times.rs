//! Local times of a day: their text form, and those at which a rule runs.

use super::spec::{Frequency, RuleSpec};
use jiff::civil::{self, Time};

pub(super) const MINUTES_PER_DAY: u32 = 24 * 60;

/// `08:00`.
pub(super) fn text_of(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn parse(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let is_shaped = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_shaped(hour) || !is_shaped(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn read<E: serde::de::Error>(text: &str) -> Result<Time, E> {
    parse(text).ok_or_else(|| E::custom(format!("\"{text}\" is not a time such as 08:00 or 17:30")))
}

pub(super) mod one {
    use jiff::civil::Time;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::text_of(*time))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        super::read(&String::deserialize(deserializer)?)
    }
}

pub(super) mod many {
    use jiff::civil::Time;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(times: &[Time], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(times.iter().map(|time| super::text_of(*time)))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Time>, D::Error> {
        Vec::<String>::deserialize(deserializer)?.iter().map(|text| super::read(text)).collect()
    }
}

impl RuleSpec {
    /// The local times of a day with runs, in order. Those of rules of minutes and hours begin anew each day at the start
    /// of the window, so that a day's runs do not depend on the days before.
    pub(super) fn times_of_day(&self) -> Vec<Time> {
        let step = match self.freq {
            Frequency::Minutes => self.interval,
            Frequency::Hourly => self.interval * 60,
            _ => return self.times.clone(),
        };
        let (from, to) = self
            .on
            .window
            .map_or((0, MINUTES_PER_DAY - 1), |window| (minute_of_day(window.from), minute_of_day(window.to)));
        let steps = (from..=to).step_by(usize::try_from(step.max(1)).unwrap_or(usize::MAX));
        steps.map(time_at).collect()
    }
}

fn minute_of_day(time: Time) -> u32 {
    u32::from(time.hour().unsigned_abs()) * 60 + u32::from(time.minute().unsigned_abs())
}

fn time_at(minute_of_day: u32) -> Time {
    let part = |value: u32| i8::try_from(value).unwrap_or(0);
    civil::time(part(minute_of_day / 60 % 24), part(minute_of_day % 60), 0, 0)
}
