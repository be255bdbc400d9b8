//! The arithmetic of the language: sums, products and quotients under the one rule of [`wide`], powers, rounding at any
//! digit, and the bridge to floating point for functions that have no exact value.

mod wide;

pub(crate) use wide::{add, divide, is_number, multiply, read, remainder};

use crate::eval::Fault;
use model::Decimal;
use rust_decimal::RoundingStrategy;

/// A decimal with the 15 significant digits that a float reliably carries; `None` when it is no number or too large.
/// A value too small to hold is 0.
pub(crate) fn from_float(number: f64) -> Option<Decimal> {
    if number.abs() < 1e-40 {
        return Some(Decimal::ZERO);
    }
    if number.is_finite() { read(&format!("{number:.14e}")) } else { None }
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
            (true, Some(raised)) => divide(Decimal::ONE, raised).ok_or(Fault::TooBig),
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
            result = multiply(result, square)?;
        }
        left >>= 1;
        if left > 0 {
            square = multiply(square, square)?;
        }
    }
    Some(result)
}

/// Rounds at a digit: positive counts decimal places, negative places left of the point.
pub(crate) fn round_at(number: Decimal, digits: i64, strategy: RoundingStrategy) -> Result<Decimal, Fault> {
    if let Ok(places) = u32::try_from(digits.min(28)) {
        return Ok(number.round_dp_with_strategy(places, strategy).normalize());
    }
    // Numbers have at most 28 digits before the point: half of 10^29 is out of reach.
    let Some(unit) = power_of_ten(digits.unsigned_abs()) else { return Ok(Decimal::ZERO) };
    let whole = (number / unit).round_dp_with_strategy(0, strategy);
    multiply(whole, unit).map(|number| number.normalize()).ok_or(Fault::TooBig)
}

/// `None` beyond the digits that a decimal has.
pub(crate) fn power_of_ten(exponent: u64) -> Option<Decimal> {
    let exponent = u32::try_from(exponent).ok().filter(|exponent| *exponent <= 28)?;
    Decimal::try_from_i128_with_scale(10i128.pow(exponent), 0).ok()
}
