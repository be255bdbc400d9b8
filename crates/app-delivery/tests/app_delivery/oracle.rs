//! Recurrences against another implementation: dateutil for the dates, zoneinfo for the instants.

use app_delivery::recurrence::Rule;
use model::Instant;
use std::time::Duration;

/// A rule without its zone, the same rule in the words of iCalendar, and the time of day it is counted from.
const RULES: [(&str, &str, &str); 13] = [
    (
        r#""freq":"daily","interval":3,"times":["02:30"]"#,
        "FREQ=DAILY;INTERVAL=3;BYHOUR=2;BYMINUTE=30;BYSECOND=0",
        "T02:30:00",
    ),
    (
        r#""freq":"daily","on":{"weekdays":["monday","sunday"]},"times":["00:15","23:45"]"#,
        "FREQ=DAILY;BYDAY=MO,SU;BYHOUR=0,23;BYMINUTE=15,45;BYSECOND=0",
        "T00:00:00",
    ),
    (
        r#""freq":"weekly","interval":2,"on":{"weekdays":["monday","friday"]},"times":["08:00"]"#,
        "FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=MO,FR;BYHOUR=8;BYMINUTE=0;BYSECOND=0",
        "T08:00:00",
    ),
    (r#""freq":"weekly","times":["01:30"]"#, "FREQ=WEEKLY;BYHOUR=1;BYMINUTE=30;BYSECOND=0", "T01:30:00"),
    (
        r#""freq":"monthly","on":{"monthDay":31},"times":["09:00"]"#,
        "FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
        "T09:00:00",
    ),
    (
        r#""freq":"monthly","interval":5,"on":{"monthDay":-3},"times":["09:00"]"#,
        "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=-3;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
        "T09:00:00",
    ),
    (
        r#""freq":"monthly","on":{"n":5,"weekday":"friday"},"times":["09:00"]"#,
        "FREQ=MONTHLY;BYDAY=+5FR;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
        "T09:00:00",
    ),
    (
        r#""freq":"monthly","on":{"n":-1,"weekday":"sunday"},"times":["02:30"]"#,
        "FREQ=MONTHLY;BYDAY=-1SU;BYHOUR=2;BYMINUTE=30;BYSECOND=0",
        "T02:30:00",
    ),
    (
        r#""freq":"monthly","on":{"businessDay":3},"times":["07:00"]"#,
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=3;BYHOUR=7;BYMINUTE=0;BYSECOND=0",
        "T07:00:00",
    ),
    (
        r#""freq":"monthly","on":{"businessDay":-2},"times":["07:00"]"#,
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;BYHOUR=7;BYMINUTE=0;BYSECOND=0",
        "T07:00:00",
    ),
    (
        r#""freq":"yearly","on":{"month":2,"monthDay":29},"times":["00:00"]"#,
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYHOUR=0;BYMINUTE=0;BYSECOND=0",
        "T00:00:00",
    ),
    (
        r#""freq":"yearly","interval":2,"on":{"month":3,"n":-1,"weekday":"sunday"},"times":["02:30"]"#,
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYDAY=-1SU;BYHOUR=2;BYMINUTE=30;BYSECOND=0",
        "T02:30:00",
    ),
    (r#""freq":"hourly","interval":6"#, "FREQ=DAILY;BYHOUR=0,6,12,18;BYMINUTE=0;BYSECOND=0", "T00:00:00"),
];

const ZONES: [&str; 8] = [
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Santiago",
    "America/Havana",
    "Asia/Kolkata",
    "Pacific/Apia",
];

#[test]
fn rules_run_when_dateutil_and_zoneinfo_say() {
    let start = "2024-01-04";
    let after = Instant::parse("2024-01-01T00:00:00Z").expect("an instant");
    let mut cases = Vec::new();
    for (rule, rrule, time) in RULES {
        // Two times of a day are pairs in one notation and a product in the other.
        let rrule_is_a_product = rule.contains("00:15");
        for zone in ZONES {
            let json = format!(r#"{{{rule},"zone":"{zone}","start":"{start}"}}"#);
            let rule = Rule::parse(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
            let runs = rule.occurrences_after(after);
            let count = if rrule.starts_with("FREQ=YEARLY") { 3 } else { 400 };
            let instants: Vec<String> = runs.take(count).map(|run| run.instant.to_string()).collect();
            assert!(instants.len() >= 3, "{json}");
            let rrule = if rrule_is_a_product {
                format!(
                    "RRULE:{}\nRRULE:{}",
                    rrule.replace("BYHOUR=0,23;BYMINUTE=15,45", "BYHOUR=0;BYMINUTE=15"),
                    rrule.replace("BYHOUR=0,23;BYMINUTE=15,45", "BYHOUR=23;BYMINUTE=45")
                )
            } else {
                rrule.to_owned()
            };
            cases.push(serde_json::json!({
                "rrule": rrule,
                "start": format!("{start}{time}"),
                "zone": zone,
                "after": "2024-01-01T00:00:00+00:00",
                "instants": instants,
            }));
        }
    }
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("cases.json");
    std::fs::write(&file, serde_json::to_vec(&cases).expect("JSON")).expect("a file");
    let env = [("CASES", file.to_str().expect("a plain path"))];
    let script = "crates/app-delivery/tests/oracle/recurrence.py";
    let printed = test_support::python_script(script, &env, Duration::from_secs(60)).expect("the same instants");
    assert_eq!(printed.trim(), format!("{} recurrences, 0 wrong", cases.len()));
}
