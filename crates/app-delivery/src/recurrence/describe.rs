//! A rule in words, for lists and forms.

use super::calendar::OnNonBusinessDay;
use super::check::Rule;
use super::spec::{Frequency, On, RuleSpec, ShortMonth};
use super::times::text_of;
use super::weekday::Weekday;
use jiff::civil;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Rule {
    /// `Every Monday at 08:00 (Europe/Berlin)`.
    pub fn describe(&self) -> String {
        let spec = self.spec();
        let mut parts = vec![which_days(spec), which_times(spec), days_off(spec.on_non_business_day).to_owned()];
        parts.extend(spec.end.map(|end| format!(", until {end}")));
        parts.push(format!(" ({})", spec.zone));
        parts.concat()
    }
}

fn which_days(spec: &RuleSpec) -> String {
    let weekdays = weekday_list(&spec.on.weekdays);
    let with_weekdays = |every: String| if weekdays.is_empty() { every } else { format!("{every} on {weekdays}") };
    match spec.freq {
        Frequency::Minutes => with_weekdays(every(spec.interval, "minute")),
        Frequency::Hourly => with_weekdays(every(spec.interval, "hour")),
        Frequency::Daily if spec.interval == 1 && !weekdays.is_empty() => format!("Every {weekdays}"),
        Frequency::Daily if weekdays.is_empty() => every(spec.interval, "day"),
        Frequency::Daily => {
            format!("{}, if that is a {},", every(spec.interval, "day"), joined(&spec.on.weekdays, "or"))
        }
        Frequency::Weekly => {
            let own = Weekday(spec.start.weekday()).to_string();
            let days = if weekdays.is_empty() { own } else { weekdays };
            if spec.interval == 1 {
                format!("Every {days}")
            } else {
                format!("{} on {days}", every(spec.interval, "week"))
            }
        }
        Frequency::Monthly => format!("{} on {}", every(spec.interval, "month"), day_of_month(&spec.on, None)),
        Frequency::Yearly => {
            let month = month_name(spec.on.month.unwrap_or(spec.start.month()));
            format!("{} on {}", every(spec.interval, "year"), day_of_month(&spec.on, Some(month)))
        }
    }
}

fn every(interval: u32, unit: &str) -> String {
    if interval == 1 { format!("Every {unit}") } else { format!("Every {interval} {unit}s") }
}

fn weekday_list(days: &[Weekday]) -> String {
    joined(days, "and")
}

/// `Monday, Tuesday and Friday`.
fn joined(words: &[impl ToString], conjunction: &str) -> String {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} {conjunction} {last}", rest.join(", ")),
    }
}

fn day_of_month(on: &On, month: Option<&str>) -> String {
    let of = month.map(|month| format!(" of {month}")).unwrap_or_default();
    if let Some(day) = on.month_day {
        let is_cut = on.short_month == ShortMonth::Last && day.abs() > 28;
        let or_last = if is_cut { ", or the last day of a shorter month," } else { "" };
        return match month {
            Some(month) if day > 0 => format!("{day} {month}{or_last}"),
            None if day > 0 => format!("day {day}{or_last}"),
            _ => format!("the {} day{of}{or_last}", position(day)),
        };
    }
    if let (Some(n), Some(weekday)) = (on.n, on.weekday) {
        return format!("the {} {weekday}{of}", position(n));
    }
    format!("the {} business day{of}", position(on.business_day.unwrap_or(1)))
}

/// `1st`, `22nd`, `last`, `3rd last`.
fn position(n: i8) -> String {
    if n == -1 {
        return "last".to_owned();
    }
    let count = n.unsigned_abs();
    let ending = match (count % 10, count / 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{count}{ending}{}", if n < 0 { " last" } else { "" })
}

fn month_name(month: i8) -> &'static str {
    let at = usize::from(month.unsigned_abs()).saturating_sub(1);
    MONTHS.get(at).copied().unwrap_or_default()
}

fn which_times(spec: &RuleSpec) -> String {
    let texts: Vec<String> = spec.times.iter().map(|time: &civil::Time| text_of(*time)).collect();
    match (texts.is_empty(), spec.on.window) {
        (false, _) => format!(" at {}", joined(&texts, "and")),
        (true, Some(window)) => format!(" from {} to {}", text_of(window.from), text_of(window.to)),
        (true, None) => String::new(),
    }
}

fn days_off(policy: OnNonBusinessDay) -> &'static str {
    match policy {
        OnNonBusinessDay::Run => "",
        OnNonBusinessDay::Skip => ", on business days only",
        OnNonBusinessDay::Previous => ", or the business day before",
        OnNonBusinessDay::Next => ", or the business day after",
    }
}
