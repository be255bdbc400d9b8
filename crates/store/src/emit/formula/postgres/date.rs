//! Functions of dates, instants and times of day.

use super::body::{Body, Digits, Operand};
use super::{NOW, ZONE};
use formula::{Function, Type, TypedExpr};
use model::{Error, Result};

impl Body<'_> {
    pub(super) fn date(&mut self, function: Function, arguments: &[TypedExpr]) -> Result<Operand> {
        let given = arguments.iter().map(|argument| self.expr(argument)).collect::<Result<Vec<_>>>()?;
        let is_nullable = given.iter().any(|operand| operand.is_nullable);
        let sql: Vec<String> = given.iter().map(|operand| operand.sql.clone()).collect();
        let ty = arguments.first().map_or(Type::Null, |argument| argument.ty);
        let number =
            |sql: String, whole: u32| Operand::new(sql).nullable(is_nullable).digits(Some(Digits::new(whole, 0)));
        let part = |name: &str| number(format!("hf_part('{name}', {})", day(ty, &sql[0])), 4);
        let of_clock = |divisor: u32, modulus: u32| number(format!("({} / {divisor} % {modulus})::numeric", sql[0]), 3);
        Ok(match function {
            Function::Now => Operand::new(NOW).never_null(),
            Function::Today => Operand::new(format!("hf_day_in({NOW}, {ZONE})")).never_null(),
            Function::TimeNow => Operand::new(format!("hf_clock({NOW})")).never_null(),
            Function::AddMonths => {
                let name = if ty == Type::DateTime { "hf_add_months_to_instant" } else { "hf_add_months" };
                self.checked(format!("{name}({}, {})", sql[0], sql[1]), ty)
            }
            Function::DateOf => self.checked(format!("hf_date({}, {}, {})", sql[0], sql[1], sql[2]), Type::Date),
            Function::DateValue => match ty {
                Type::Date => Operand::new(sql[0].clone()).nullable(is_nullable),
                Type::DateTime => Operand::new(format!("hf_day_in({}, {ZONE})", sql[0])).nullable(is_nullable),
                _ => self.checked(format!("hf_date_read({})", sql[0]), Type::Date),
            },
            Function::DateTimeValue => match ty {
                Type::Date => Operand::new(format!("({} * 86400000)", sql[0])).nullable(is_nullable),
                Type::DateTime => Operand::new(sql[0].clone()).nullable(is_nullable),
                _ => self.checked(format!("hf_instant_read({})", sql[0]), Type::DateTime),
            },
            Function::TimeValue => match ty {
                Type::Time => Operand::new(sql[0].clone()).nullable(is_nullable),
                Type::DateTime => Operand::new(format!("hf_clock({})", sql[0])).nullable(is_nullable),
                _ => self.checked(format!("hf_time_read({})", sql[0]), Type::Time),
            },
            Function::Year => part("year"),
            Function::Month => part("month"),
            Function::Day => part("day"),
            Function::DayOfYear => part("doy"),
            Function::IsoWeek => part("week"),
            Function::IsoYear => part("isoyear"),
            // 1970 began on a Thursday, which is 5.
            Function::Weekday => number(format!("((({} + 4) % 7 + 7) % 7 + 1)::numeric", sql[0]), 1),
            Function::Hour => of_clock(3_600_000, 24),
            Function::Minute => of_clock(60_000, 60),
            Function::Second => of_clock(1000, 60),
            Function::Millisecond => of_clock(1, 1000),
            Function::UnixTimestamp => match ty {
                Type::Date => number(format!("({} * 86400)::numeric", sql[0]), 12),
                _ => number(format!("hf_floor_divide({}, 1000)::numeric", sql[0]), 12),
            },
            Function::FromUnixTime => self.checked(format!("hf_from_unix({})", sql[0]), Type::DateTime),
            Function::FormatDuration => self.duration(ty, &sql),
            other => return Err(Error::internal(format!("{} has no form in SQL", other.def().name))),
        })
    }

    fn duration(&mut self, ty: Type, sql: &[String]) -> Operand {
        let (seconds, with_days) = match ty {
            Type::Time => (format!("(({} - {}) / 1000)::numeric", sql[1], sql[0]), "FALSE"),
            Type::DateTime => (format!("(({} - {}) / 1000)::numeric", sql[1], sql[0]), "TRUE"),
            _ => (sql[0].clone(), sql.get(1).map_or("FALSE", String::as_str)),
        };
        let seconds = self.named(Operand::new(seconds), Type::Number);
        // Beyond what 64 bits hold; a blank flag makes the result blank first.
        self.fail_if(&format!(
            "(trunc({0}) > 9223372036854775807 OR trunc({0}) < -9223372036854775808) AND {with_days} IS NOT NULL",
            seconds.sql
        ));
        Operand::new(format!("hf_duration({}, {with_days})", seconds.sql)).chars(Some(40))
    }
}

/// The day of a date, or of an instant in GMT.
fn day(ty: Type, sql: &str) -> String {
    if ty == Type::DateTime { format!("hf_floor_divide({sql}, 86400000)") } else { sql.to_owned() }
}
