//! Numbers: rounding is exact; roots, logarithms and angles have 15 significant digits.

use super::Outcome;
use crate::decimal::{self, from_float, round_at, to_float};
use crate::eval::{Args, Fault};
use model::{Decimal, Value};
use rust_decimal::RoundingStrategy;

fn exact(number: Decimal) -> Outcome {
    Ok(Value::Number(number))
}

/// A number without the decimal places beyond its 22nd digit, so that what a division left behind does not tip a whole
/// number over: `FLOOR(1 / 9 * 9)` is 1, and a difference of two instants gives whole seconds.
fn steady(number: Decimal) -> Decimal {
    let whole = number.trunc().mantissa().unsigned_abs();
    let places = whole.checked_ilog10().map_or(22, |log| 22u32.saturating_sub(log + 1));
    number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// A function of floats; no number and infinity mean that the argument has no result.
fn float(name: &'static str, number: f64) -> Outcome {
    if number.is_nan() {
        return Err(Fault::OutOfDomain(name));
    }
    from_float(number).map(Value::Number).ok_or(Fault::TooBig)
}

pub(super) fn abs(args: &Args) -> Outcome {
    exact(args.number(0).abs())
}

pub(super) fn acos(args: &Args) -> Outcome {
    float("ACOS()", to_float(args.number(0)).acos())
}

pub(super) fn asin(args: &Args) -> Outcome {
    float("ASIN()", to_float(args.number(0)).asin())
}

pub(super) fn atan(args: &Args) -> Outcome {
    float("ATAN()", to_float(args.number(0)).atan())
}

pub(super) fn atan2(args: &Args) -> Outcome {
    float("ATAN2()", to_float(args.number(0)).atan2(to_float(args.number(1))))
}

pub(super) fn ceiling(args: &Args) -> Outcome {
    exact(steady(args.number(0)).round_dp_with_strategy(0, RoundingStrategy::AwayFromZero))
}

pub(super) fn cos(args: &Args) -> Outcome {
    float("COS()", to_float(args.number(0)).cos())
}

pub(super) fn exp(args: &Args) -> Outcome {
    float("EXP()", to_float(args.number(0)).exp())
}

pub(super) fn floor(args: &Args) -> Outcome {
    exact(steady(args.number(0)).trunc())
}

fn logarithm(name: &'static str, args: &Args, of: fn(f64) -> f64) -> Outcome {
    if args.number(0) <= Decimal::ZERO {
        return Err(Fault::OutOfDomain(name));
    }
    float(name, of(to_float(args.number(0))))
}

pub(super) fn ln(args: &Args) -> Outcome {
    logarithm("LN()", args, f64::ln)
}

pub(super) fn log(args: &Args) -> Outcome {
    logarithm("LOG()", args, f64::log10)
}

pub(super) fn max(args: &Args) -> Outcome {
    Ok(args.values.iter().filter_map(Value::as_decimal).max().into())
}

pub(super) fn mceiling(args: &Args) -> Outcome {
    exact(steady(args.number(0)).ceil())
}

pub(super) fn mfloor(args: &Args) -> Outcome {
    exact(steady(args.number(0)).floor())
}

pub(super) fn min(args: &Args) -> Outcome {
    Ok(args.values.iter().filter_map(Value::as_decimal).min().into())
}

pub(super) fn modulo(args: &Args) -> Outcome {
    let divisor = args.number(1);
    if divisor.is_zero() {
        return Err(Fault::DivisionByZero);
    }
    decimal::remainder(args.number(0), divisor).map(Value::Number).ok_or(Fault::TooBig)
}

pub(super) fn pi(_: &Args) -> Outcome {
    exact(Decimal::from_i128_with_scale(3_141_592_653_589_793_238_462_643_383, 27))
}

pub(super) fn round(args: &Args) -> Outcome {
    round_at(args.number(0), args.whole(1), RoundingStrategy::MidpointAwayFromZero).map(Value::Number)
}

pub(super) fn sin(args: &Args) -> Outcome {
    float("SIN()", to_float(args.number(0)).sin())
}

pub(super) fn sqrt(args: &Args) -> Outcome {
    float("SQRT()", to_float(args.number(0)).sqrt())
}

pub(super) fn tan(args: &Args) -> Outcome {
    float("TAN()", to_float(args.number(0)).tan())
}

pub(super) fn trunc(args: &Args) -> Outcome {
    round_at(args.number(0), args.whole(1), RoundingStrategy::ToZero).map(Value::Number)
}
