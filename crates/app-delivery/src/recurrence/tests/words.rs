//! Rules in words.

use super::rule;

#[test]
fn a_rule_is_described_as_a_person_would_say_it() {
    let cases = [
        (r#""freq":"minutes","interval":15"#, "Every 15 minutes"),
        (
            r#""freq":"minutes","interval":5,"on":{"weekdays":["saturday","sunday"],"window":{"from":"08:00","to":"10:30"}}"#,
            "Every 5 minutes on Saturday and Sunday from 08:00 to 10:30",
        ),
        (r#""freq":"hourly""#, "Every hour"),
        (r#""freq":"daily","times":["08:00"]"#, "Every day at 08:00"),
        (r#""freq":"daily","times":["17:30","08:00"],"interval":3"#, "Every 3 days at 08:00 and 17:30"),
        (
            r#""freq":"daily","times":["08:00"],"interval":3,"on":{"weekdays":["monday","friday"]}"#,
            "Every 3 days, if that is a Monday or Friday, at 08:00",
        ),
        (r#""freq":"weekly","times":["08:00"],"on":{"weekdays":["monday"]}"#, "Every Monday at 08:00"),
        (r#""freq":"weekly","times":["08:00"]"#, "Every Thursday at 08:00"),
        (
            r#""freq":"weekly","interval":2,"times":["08:00"],"on":{"weekdays":["friday","monday","tuesday"]}"#,
            "Every 2 weeks on Monday, Tuesday and Friday at 08:00",
        ),
        (r#""freq":"monthly","times":["08:00"],"on":{"monthDay":15}"#, "Every month on day 15 at 08:00"),
        (
            r#""freq":"monthly","times":["08:00"],"on":{"monthDay":31,"shortMonth":"last"}"#,
            "Every month on day 31, or the last day of a shorter month, at 08:00",
        ),
        (r#""freq":"monthly","times":["08:00"],"on":{"monthDay":-3}"#, "Every month on the 3rd last day at 08:00"),
        (
            r#""freq":"monthly","interval":3,"times":["08:00"],"on":{"businessDay":12}"#,
            "Every 3 months on the 12th business day at 08:00",
        ),
        (
            r#""freq":"monthly","times":["08:00"],"on":{"n":2,"weekday":"friday"}"#,
            "Every month on the 2nd Friday at 08:00",
        ),
        (r#""freq":"yearly","times":["08:00"],"on":{"month":2,"monthDay":29}"#, "Every year on 29 February at 08:00"),
        (
            r#""freq":"yearly","times":["08:00"],"on":{"month":5,"n":-1,"weekday":"monday"}"#,
            "Every year on the last Monday of May at 08:00",
        ),
        (
            r#""freq":"daily","times":["08:00"],"onNonBusinessDay":"next","end":"2026-12-31""#,
            "Every day at 08:00, or the business day after, until 2026-12-31",
        ),
    ];
    for (json, expected) in cases {
        let json = format!(r#"{{{json},"zone":"Europe/Berlin","start":"2026-01-01"}}"#);
        assert_eq!(rule(&json).describe(), format!("{expected} (Europe/Berlin)"));
    }
}
