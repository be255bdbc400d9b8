//! Exact arithmetic that decimals do not bring along: powers, rounding at any digit, and the bridge to floating point
//! for functions that have no exact value.

use crate::eval::Fault;
use model::Decimal;
use rust_decimal::RoundingStrategy;

/// A decimal with the 15 significant digits that a float reliably carries; `None` when it is no number or too large.
/// A value too small to hold is 0.
pub(crate) fn from_float(number: f64) -> Option<Decimal> {
    if !number.is_finite() {
        return None;
    }
    let text = format!("{number:.14e}");
    let (mantissa, exponent) = text.split_once('e')?;
    let digits: i128 = mantissa.replace('.', "").parse().ok()?;
    // The value is `digits * 10^(exponent - 14)`.
    let places = 14 - exponent.parse::<i32>().ok()?;
    let decimal = match u32::try_from(places) {
        Ok(scale @ 0..=28) => Decimal::try_from_i128_with_scale(digits, scale).ok()?,
        // Places beyond the 28th are rounded away; of 15 digits nothing is left after 16.
        Ok(scale) if scale > 28 + 16 => Decimal::ZERO,
        Ok(scale) => {
            let unit = power_of_ten(u64::from(scale - 28))?;
            let rounded =
                (Decimal::from(digits) / unit).round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
            Decimal::try_from_i128_with_scale(rounded.mantissa(), 28).ok()?
        }
        Err(_) => Decimal::from(digits).checked_mul(power_of_ten(u64::from(places.unsigned_abs()))?)?,
    };
    Some(decimal.normalize())
}

/// The nearest float.
pub(crate) fn to_float(number: Decimal) -> f64 {
    number.to_string().parse().unwrap_or(f64::NAN)
}

/// `base ^ exponent`: by multiplication for whole exponents, else through floating point.
pub(crate) fn power(base: Decimal, exponent: Decimal) -> Result<Decimal, Fault> {
    if base.is_zero() && exponent.is_sign_negative() && !exponent.is_zero() {
        return Err(Fault::DivisionByZero);
    }
    if exponent.is_integer() {
        let times = u64::try_from(exponent.abs()).map_err(|_| Fault::TooBig)?;
        let raised = whole_power(base, times);
        return match (exponent.is_sign_negative(), raised) {
            (false, raised) => raised.ok_or(Fault::TooBig),
            (true, Some(raised)) => Decimal::ONE.checked_div(raised).ok_or(Fault::TooBig),
            // The reciprocal of what is too big to hold is too small to tell from 0.
            (true, None) => Ok(Decimal::ZERO),
        };
    }
    if base.is_sign_negative() {
        return Err(Fault::OutOfDomain("^"));
    }
    from_float(to_float(base).powf(to_float(exponent))).ok_or(Fault::TooBig)
}

/// By repeated squaring; `None` when it does not fit.
fn whole_power(base: Decimal, times: u64) -> Option<Decimal> {
    let (mut result, mut square, mut left) = (Decimal::ONE, base, times);
    while left > 0 {
        if left & 1 == 1 {
            result = result.checked_mul(square)?;
        }
        left >>= 1;
        if left > 0 {
            square = square.checked_mul(square)?;
        }
    }
    Some(result)
}

/// Rounds at a digit: positive counts decimal places, negative places left of the point.
pub(crate) fn round_at(number: Decimal, digits: i64, strategy: RoundingStrategy) -> Result<Decimal, Fault> {
    if let Ok(places) = u32::try_from(digits) {
        return Ok(number.round_dp_with_strategy(places.min(28), strategy).normalize());
    }
    let away = strategy == RoundingStrategy::MidpointAwayFromZero;
    let Some(unit) = power_of_ten(digits.unsigned_abs()) else {
        // 10^29 cannot be held, yet half of it can.
        let half = Decimal::from(5) * power_of_ten(28).unwrap_or_default();
        return if away && digits == -29 && number.abs() >= half { Err(Fault::TooBig) } else { Ok(Decimal::ZERO) };
    };
    let rest = number.checked_rem(unit).ok_or(Fault::TooBig)?;
    let whole = number.checked_sub(rest).ok_or(Fault::TooBig)?;
    let step = match (away && rest.abs() >= unit / Decimal::TWO, number.is_sign_negative()) {
        (false, _) => Decimal::ZERO,
        (true, false) => unit,
        (true, true) => -unit,
    };
    whole.checked_add(step).map(|number| number.normalize()).ok_or(Fault::TooBig)
}

/// `None` beyond the digits that a decimal has.
pub(crate) fn power_of_ten(exponent: u64) -> Option<Decimal> {
    let exponent = u32::try_from(exponent).ok().filter(|exponent| *exponent <= 28)?;
    Decimal::try_from_i128_with_scale(10i128.pow(exponent), 0).ok()
}
