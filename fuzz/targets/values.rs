//! Ids, numbers, dates and times: no text makes their readers panic, and what one reads, written and read again, is the
//! same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use model::{Date, Instant, RecordId, TimeOfDay, format_decimal, parse_decimal};

fuzz_target!(|text: &str| {
    if let Ok(id) = RecordId::parse(text) {
        assert_eq!(RecordId::parse(&id.to_string()).ok(), Some(id), "{text}");
    }
    if let Some(number) = parse_decimal(text) {
        assert_eq!(parse_decimal(&format_decimal(number, None)), Some(number), "{text}");
    }
    if let Some(date) = Date::parse(text) {
        assert_eq!(Date::parse(&date.to_string()), Some(date), "{text}");
    }
    if let Some(instant) = Instant::parse(text) {
        assert_eq!(Instant::parse(&instant.to_string()), Some(instant), "{text}");
    }
    if let Some(time) = TimeOfDay::parse(text) {
        assert_eq!(TimeOfDay::parse(&time.to_string()), Some(time), "{text}");
    }
});
