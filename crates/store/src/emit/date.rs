//! Parts of dates: a registered function on SQLite, date arithmetic on PostgreSQL.

use super::{Emitter, not_enabled};
use crate::codec::Codec;
use crate::driver::NUMBERED_DATE_FUNCTIONS;
use model::{Error, Result};
use soql::plan::{DateFunction, DateZone, Expr, Select};

impl Emitter<'_> {
    /// Writes a date function as a whole number. Constants stand in the text, so that the same call reads the same in
    /// SELECT, GROUP BY and ORDER BY.
    pub(crate) fn date_part(
        &mut self,
        select: &Select,
        function: DateFunction,
        argument: &Expr,
        zone: &DateZone,
    ) -> Result<()> {
        let codec = self.codec(select, argument)?;
        let zone_name = match (codec, zone) {
            (Codec::Date, _) => String::new(),
            (Codec::Instant, DateZone::Utc) => "UTC".to_owned(),
            (Codec::Instant, DateZone::User) => checked_zone(&self.options.zone)?,
            _ => return Err(not_enabled("A date function over another type")),
        };
        let fiscal = i64::from(self.options.fiscal_start_month.clamp(1, 12));
        if self.is_sqlite() {
            let number = NUMBERED_DATE_FUNCTIONS.iter().position(|known| *known == function).unwrap_or_default();
            self.out.push(&format!("hf_date_part({number}, "));
            self.expr(select, argument)?;
            self.out.push(&format!(", '{zone_name}', {fiscal})"));
            return Ok(());
        }
        let (before, after) = postgres_part(function, fiscal);
        self.out.push(before.as_str());
        // The instant or day as a timestamp without zone in the asked zone.
        if zone_name.is_empty() {
            self.out.push("(DATE '1970-01-01' + ");
            self.expr(select, argument)?;
            self.out.push("::int)::timestamp");
        } else {
            self.out.push("((TIMESTAMPTZ 'epoch' + ");
            self.expr(select, argument)?;
            self.out.push(&format!(" * INTERVAL '1 millisecond') AT TIME ZONE '{zone_name}')"));
        }
        self.out.push(after.as_str());
        Ok(())
    }
}

/// Text before and after the timestamp.
fn postgres_part(function: DateFunction, fiscal: i64) -> (String, String) {
    let extract = |part: &str| (format!("EXTRACT({part} FROM "), ")::bigint".to_owned());
    let computed = |before: &str, part: &str, after: &str| {
        (format!("({before}(EXTRACT({part} FROM "), format!(")::bigint){after})"))
    };
    match function {
        DateFunction::CalendarMonth => extract("MONTH"),
        DateFunction::CalendarQuarter => extract("QUARTER"),
        DateFunction::CalendarYear => extract("YEAR"),
        DateFunction::DayInMonth => extract("DAY"),
        DateFunction::DayInWeek => computed("", "DOW", " + 1"),
        DateFunction::DayInYear => extract("DOY"),
        DateFunction::DayOnly => ("(".to_owned(), "::date - DATE '1970-01-01')::bigint".to_owned()),
        DateFunction::FiscalMonth => computed("(", "MONTH", format!(" + {}) % 12 + 1", 12 - fiscal).as_str()),
        DateFunction::FiscalQuarter => computed("(", "MONTH", format!(" + {}) % 12 / 3 + 1", 12 - fiscal).as_str()),
        // The year of the day that lies as many months earlier as the fiscal year starts late.
        DateFunction::FiscalYear => {
            ("EXTRACT(YEAR FROM ".to_owned(), format!(" - INTERVAL '{} months')::bigint", fiscal - 1))
        }
        DateFunction::HourInDay => extract("HOUR"),
        DateFunction::WeekInMonth => computed("(", "DAY", " - 1) / 7 + 1"),
        DateFunction::WeekInYear => computed("(", "DOY", " - 1) / 7 + 1"),
    }
}

/// A zone name goes into the text of the statement, so it is looked at once more.
fn checked_zone(name: &str) -> Result<String> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'+' | b'-'));
    if plain && !name.is_empty() {
        Ok(name.to_owned())
    } else {
        Err(Error::internal(format!("{name:?} is no zone name")))
    }
}
