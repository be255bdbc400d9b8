//! The recurrence of a schedule as fields of a form, and as the runs that follow from it.

use super::form::Values;
use crate::kit::{Checkbox, Choice, Field, Input, Section, Select, TextArea};
use app_delivery::recurrence::{Clock, Rule};
use maud::{Markup, html};
use model::Instant;
use serde_json::{Value as Json, json};

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Reads the fields into a rule as it is saved.
pub(super) fn rule_of(values: &Values) -> Json {
    let freq = values.first("freq").to_owned();
    let number = |name: &str| values.first(name).trim().parse::<i64>().ok();
    let is_long = matches!(freq.as_str(), "monthly" | "yearly");
    let is_short = matches!(freq.as_str(), "minutes" | "hourly");
    let mut on = serde_json::Map::new();
    let weekdays: Vec<&str> = values.all("weekday").collect();
    if !is_long && !weekdays.is_empty() {
        on.insert("weekdays".to_owned(), json!(weekdays));
    }
    if is_short && !values.first("from").is_empty() && !values.first("to").is_empty() {
        on.insert("window".to_owned(), json!({ "from": values.first("from"), "to": values.first("to") }));
    }
    if is_long {
        match values.first("day_kind") {
            "weekday" => {
                on.insert("n".to_owned(), json!(number("n").unwrap_or(1)));
                on.insert("weekday".to_owned(), json!(values.first("nth_weekday")));
            }
            "business" => {
                on.insert("businessDay".to_owned(), json!(number("business_day").unwrap_or(1)));
            }
            _ => {
                on.insert("monthDay".to_owned(), json!(number("month_day").unwrap_or(1)));
                if values.first("short_month") == "last" {
                    on.insert("shortMonth".to_owned(), json!("last"));
                }
            }
        }
        if let (true, Some(month)) = (freq == "yearly", number("month")) {
            on.insert("month".to_owned(), json!(month));
        }
    }
    let times = values.first("times").split([',', ' ', ';']).map(str::trim).filter(|time| !time.is_empty());
    let mut rule = json!({
        "freq": freq,
        "interval": number("interval").unwrap_or(1),
        "on": on,
        "zone": values.first("zone").trim(),
        "start": values.first("start").trim(),
    });
    if !is_short {
        rule["times"] = json!(times.collect::<Vec<_>>());
    }
    if !values.first("end").trim().is_empty() {
        rule["end"] = json!(values.first("end").trim());
    }
    let holidays: Vec<&str> = values.first("holidays").split_whitespace().collect();
    let worked: Vec<&str> = values.all("worked").collect();
    let has_calendar = !holidays.is_empty() || worked != WEEKDAYS[..5];
    if has_calendar && !worked.is_empty() {
        rule["calendar"] = json!({ "weekdays": worked, "holidays": holidays });
    }
    if values.first("off_days") != "run" && !values.first("off_days").is_empty() {
        rule["onNonBusinessDay"] = json!(values.first("off_days"));
    }
    rule
}

/// Puts a saved rule into the fields.
pub(super) fn fill(values: &mut Values, rule: &Json) {
    let text = |json: &Json| match json {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let list = |json: &Json| json.as_array().map(|all| all.iter().map(text).collect::<Vec<_>>()).unwrap_or_default();
    for (field, at) in
        [("freq", "freq"), ("zone", "zone"), ("start", "start"), ("end", "end"), ("off_days", "onNonBusinessDay")]
    {
        values.set(field, &text(&rule[at]));
    }
    values.set("interval", &rule["interval"].as_u64().unwrap_or(1).to_string());
    values.set("times", &list(&rule["times"]).join(", "));
    let on = &rule["on"];
    values.set_all("weekday", list(&on["weekdays"]));
    for (field, at) in [("from", "from"), ("to", "to")] {
        values.set(field, &text(&on["window"][at]));
    }
    let kind = if on["weekday"].is_string() {
        "weekday"
    } else if on["businessDay"].is_number() {
        "business"
    } else {
        "date"
    };
    values.set("day_kind", kind);
    for (field, at) in [
        ("n", "n"),
        ("nth_weekday", "weekday"),
        ("business_day", "businessDay"),
        ("month_day", "monthDay"),
        ("short_month", "shortMonth"),
        ("month", "month"),
    ] {
        values.set(field, &text(&on[at]));
    }
    let calendar = &rule["calendar"];
    let worked = list(&calendar["weekdays"]);
    values.set_all(
        "worked",
        if worked.is_empty() { WEEKDAYS[..5].iter().map(|day| (*day).to_owned()).collect() } else { worked },
    );
    values.set("holidays", &list(&calendar["holidays"]).join("\n"));
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn days(values: &Values, name: &str) -> Vec<Field> {
    WEEKDAYS
        .iter()
        .map(|day| {
            let ticked = values.all(name).any(|known| known == *day);
            Field::new(capital(day), Checkbox::new(name, ticked).value(*day)).id(format!("{name}-{day}"))
        })
        .collect()
}

fn choices(of: &[(&str, &str)]) -> Vec<Choice> {
    of.iter().map(|(value, label)| Choice::new(*value, *label)).collect()
}

/// The fields, in groups.
pub(super) fn sections(values: &Values, wrong: Option<String>) -> Vec<Section> {
    let input = |name: &str| Input::number(name).value(values.first(name));
    let select = |name: &str, of: &[(&str, &str)]| Select::new(name, choices(of)).selected(values.first(name));
    let weekdays: Vec<(&str, &str)> = vec![
        ("monday", "Monday"),
        ("tuesday", "Tuesday"),
        ("wednesday", "Wednesday"),
        ("thursday", "Thursday"),
        ("friday", "Friday"),
        ("saturday", "Saturday"),
        ("sunday", "Sunday"),
    ];
    let nth: Vec<(&str, &str)> =
        vec![("1", "First"), ("2", "Second"), ("3", "Third"), ("4", "Fourth"), ("5", "Fifth"), ("-1", "Last")];
    vec![
        Section::new(vec![
            Field::new(
                "Repeats",
                select(
                    "freq",
                    &[
                        ("daily", "Every day"),
                        ("weekly", "Every week"),
                        ("monthly", "Every month"),
                        ("yearly", "Every year"),
                        ("hourly", "Every hour"),
                        ("minutes", "Every few minutes"),
                    ],
                ),
            )
            .error_if(wrong),
            Field::new("Every", input("interval")).help("1 is each time, 2 every other; minutes in steps of 5."),
            Field::new("At", Input::text("times").value(values.first("times")).placeholder("08:00, 14:30"))
                .help("Local times. Not for hours and minutes, which begin with the window below."),
            Field::new("Zone", Input::text("zone").value(values.first("zone")).placeholder("Europe/Berlin"))
                .help("The IANA name; clocks that change are followed."),
            Field::new("From day", Input::date("start").value(values.first("start"))),
            Field::new("Until day", Input::date("end").value(values.first("end"))),
        ])
        .title("When")
        .two_columns(),
        Section::new(days(values, "weekday"))
            .title("On these weekdays")
            .help("None is every day, or of a weekly rule the weekday it starts on. Not for months and years.")
            .two_columns(),
        Section::new(vec![
            Field::new("Window from", Input::time("from").value(values.first("from"))),
            Field::new("Window to", Input::time("to").value(values.first("to"))),
        ])
        .title("Hours and minutes")
        .two_columns(),
        Section::new(vec![
            Field::new(
                "On",
                select(
                    "day_kind",
                    &[
                        ("date", "A day of the month"),
                        ("weekday", "A weekday of the month"),
                        ("business", "A business day of the month"),
                    ],
                ),
            ),
            Field::new("Day", input("month_day")).help("1 to 31, or -1 for the last."),
            Field::new(
                "In a shorter month",
                select("short_month", &[("skip", "Leave the month out"), ("last", "On its last day")]),
            ),
            Field::new("Which", select("n", &nth)),
            Field::new("Weekday", select("nth_weekday", &weekdays)),
            Field::new("Business day", input("business_day")).help("1 to 23, or -1 to -5 from the end."),
            Field::new("Month of the year", input("month")).help("1 to 12, for a yearly rule."),
        ])
        .title("Months and years")
        .two_columns(),
        Section::new(
            days(values, "worked")
                .into_iter()
                .chain([
                    Field::new(
                        "On a day that is no business day",
                        select(
                            "off_days",
                            &[
                                ("run", "Run"),
                                ("skip", "Leave it out"),
                                ("previous", "Run the business day before"),
                                ("next", "Run the business day after"),
                            ],
                        ),
                    ),
                    Field::new("Holidays", TextArea::new("holidays").rows(3).value(values.first("holidays")))
                        .help("One date a line: 2026-12-25"),
                ])
                .collect(),
        )
        .title("Business days")
        .two_columns(),
    ]
}

/// The next runs in words, with the days on which the clocks change.
pub(super) fn next_runs(rule: &Rule, after: Instant, count: usize) -> Markup {
    let runs = rule.next_n(after, count);
    html! {
        p { (rule.describe()) }
        @if runs.is_empty() { p.muted { "No further run." } }
        ol.next-runs {
            @for run in &runs {
                li {
                    time datetime=(run.instant.to_string()) title=(run.instant.to_string()) { (run.slot.strftime("%a %Y-%m-%d %H:%M").to_string()) }
                    @match run.clock {
                        Clock::Once => {}
                        Clock::Never => { " " span.muted { "· the clocks go forward: at the first time after the gap" } }
                        Clock::Twice => { " " span.muted { "· the clocks go back: once, the first time" } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_the_same_after_it_went_through_the_form() {
        for json in [
            r#"{"freq":"daily","times":["09:30"],"zone":"Europe/Berlin","start":"2026-01-01"}"#,
            r#"{"freq":"weekly","interval":2,"on":{"weekdays":["monday","friday"]},"times":["08:00","14:30"],"zone":"UTC","start":"2026-01-01","end":"2026-12-31"}"#,
            r#"{"freq":"monthly","on":{"monthDay":-1},"times":["08:00"],"zone":"UTC","start":"2026-01-01"}"#,
            r#"{"freq":"monthly","on":{"monthDay":31,"shortMonth":"last"},"times":["08:00"],"zone":"UTC","start":"2026-01-01"}"#,
            r#"{"freq":"monthly","on":{"n":-1,"weekday":"friday"},"times":["08:00"],"zone":"UTC","start":"2026-01-01"}"#,
            r#"{"freq":"yearly","on":{"businessDay":3,"month":4},"times":["08:00"],"zone":"UTC","start":"2026-01-01"}"#,
            r#"{"freq":"hourly","interval":2,"on":{"weekdays":["monday"],"window":{"from":"08:00","to":"18:00"}},"zone":"UTC","start":"2026-01-01"}"#,
            r#"{"freq":"daily","times":["09:30"],"zone":"UTC","start":"2026-01-01","calendar":{"weekdays":["sunday","monday"],"holidays":["2026-12-25"]},"onNonBusinessDay":"next"}"#,
        ] {
            let saved = Rule::parse(json).expect(json);
            let mut values = Values::default();
            fill(&mut values, &serde_json::to_value(saved.spec()).expect("json"));
            let again = Rule::parse(&rule_of(&values).to_string()).expect(json);
            assert_eq!(again.spec(), saved.spec(), "{json}");
        }
    }
}
