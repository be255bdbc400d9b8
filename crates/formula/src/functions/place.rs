//! Distances on the globe.

use crate::decimal::{from_float, to_float};
use crate::eval::{EvalError, Evaluator, Fault};
use crate::{Node, TypedExpr};
use model::{Decimal, Value};

/// The mean radius of the earth, in each unit with the digits that Salesforce uses.
const EARTH_KM: f64 = 6371.009;
const EARTH_MILES: f64 = 3958.761;

/// Great-circle distance between two `GEOLOCATION` calls; blank when a coordinate is.
pub(super) fn distance<'a>(evaluator: &mut Evaluator<'a>, arguments: &'a [TypedExpr]) -> Result<Value, EvalError> {
    let from = coordinates(evaluator, &arguments[0])?;
    let to = coordinates(evaluator, &arguments[1])?;
    let unit = evaluator.value(&arguments[2])?;
    let (Some(from), Some(to), Some(unit)) = (from, to, unit.as_text()) else { return Ok(Value::Null) };
    let fail = |fault| EvalError { fault, span: arguments[2].span };
    let radius = match unit {
        "km" => EARTH_KM,
        "mi" => EARTH_MILES,
        other => return Err(fail(Fault::UnknownUnit(other.to_owned()))),
    };
    from_float(haversine(from, to) * radius).map(Value::Number).ok_or_else(|| fail(Fault::TooBig))
}

/// A place has no value of its own: the checker lets it stand in `DISTANCE` alone.
pub(super) fn geolocation<'a>(evaluator: &mut Evaluator<'a>, arguments: &'a [TypedExpr]) -> Result<Value, EvalError> {
    for argument in arguments {
        evaluator.value(argument)?;
    }
    Ok(Value::Null)
}

/// Latitude and longitude in radians.
fn coordinates<'a>(evaluator: &mut Evaluator<'a>, place: &'a TypedExpr) -> Result<Option<(f64, f64)>, EvalError> {
    let Node::Call(_, arguments) = &place.node else { return Ok(None) };
    let (Some(latitude), Some(longitude)) =
        (degrees(evaluator, &arguments[0], Decimal::from(90))?, degrees(evaluator, &arguments[1], Decimal::from(180))?)
    else {
        return Ok(None);
    };
    Ok(Some((to_float(latitude).to_radians(), to_float(longitude).to_radians())))
}

fn degrees<'a>(
    evaluator: &mut Evaluator<'a>,
    expr: &'a TypedExpr,
    most: Decimal,
) -> Result<Option<Decimal>, EvalError> {
    let degrees = evaluator.value(expr)?.as_decimal();
    match degrees {
        Some(degrees) if degrees.abs() > most => {
            Err(EvalError { fault: Fault::OutOfDomain("GEOLOCATION()"), span: expr.span })
        }
        degrees => Ok(degrees),
    }
}

/// The angle between two places, in radians.
fn haversine(from: (f64, f64), to: (f64, f64)) -> f64 {
    let half = |angle: f64| (angle / 2.0).sin().powi(2);
    let square = half(to.0 - from.0) + from.0.cos() * to.0.cos() * half(to.1 - from.1);
    2.0 * square.min(1.0).sqrt().asin()
}
