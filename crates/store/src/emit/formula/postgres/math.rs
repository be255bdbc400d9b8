//! Functions of numbers.

use super::body::{Body, Digits, Operand};
use formula::{Function, Node, Type, TypedExpr};
use model::{Error, Result, Value};
use rust_decimal::prelude::ToPrimitive;

impl Body<'_> {
    pub(super) fn math(&mut self, function: Function, arguments: &[TypedExpr]) -> Result<Operand> {
        if function == Function::Distance {
            return self.distance(arguments);
        }
        let given = arguments.iter().map(|argument| self.expr(argument)).collect::<Result<Vec<_>>>()?;
        let is_nullable = given.iter().any(|operand| operand.is_nullable);
        let sql: Vec<String> = given.iter().map(|operand| operand.sql.clone()).collect();
        let first = given.first().and_then(|operand| operand.digits);
        Ok(match function {
            Function::Abs => Operand::new(format!("abs({})", sql[0])).nullable(is_nullable).digits(first),
            Function::Ceiling => whole("hf_ceiling", &sql[0], first).nullable(is_nullable),
            Function::Floor => whole("hf_floor", &sql[0], first).nullable(is_nullable),
            Function::Mceiling => whole("hf_mceiling", &sql[0], first).nullable(is_nullable),
            Function::Mfloor => whole("hf_mfloor", &sql[0], first).nullable(is_nullable),
            Function::Max => self.extreme("GREATEST", given),
            Function::Min => self.extreme("LEAST", given),
            Function::Mod => {
                let mut given = given.into_iter();
                let (Some(number), Some(divisor)) = (given.next(), given.next()) else {
                    return Err(Error::internal("MOD of less than two numbers"));
                };
                let (number, divisor) = (self.named(number, Type::Number), self.named(divisor, Type::Number));
                self.fail_if(&format!("{} = 0 AND {} IS NOT NULL", divisor.sql, number.sql));
                Operand::new(format!("mod({}, {})", number.sql, divisor.sql)).nullable(is_nullable)
            }
            Function::Pi => Operand::new("3.141592653589793238462643383").never_null(),
            Function::Round | Function::Trunc => {
                let (name, helper) =
                    if function == Function::Round { ("round", "hf_round") } else { ("trunc", "hf_trunc") };
                match constant_places(arguments.get(1)) {
                    Some(places) => {
                        let digits = first.map(|digits| Digits::new(digits.whole + 1, digits.places.min(places)));
                        Operand::new(format!("{name}({}, {places})", sql[0])).nullable(is_nullable).digits(digits)
                    }
                    None => {
                        self.checked(format!("{helper}({}, {})", sql[0], sql[1]), Type::Number).nullable(is_nullable)
                    }
                }
            }
            Function::Acos => self.float("acos", &sql),
            Function::Asin => self.float("asin", &sql),
            Function::Atan => self.float("atan", &sql),
            Function::Atan2 => self.float("atan2", &sql),
            Function::Cos => self.float("cos", &sql),
            Function::Exp => self.float("exp", &sql),
            Function::Ln => self.float("ln", &sql),
            Function::Log => self.float("log", &sql),
            Function::Sin => self.float("sin", &sql),
            Function::Sqrt => self.float("sqrt", &sql),
            Function::Tan => self.float("tan", &sql),
            other => return Err(Error::internal(format!("{} has no form in SQL", other.def().name))),
        })
    }

    /// A function without exact values: 15 digits of floating point.
    fn float(&mut self, name: &str, arguments: &[String]) -> Operand {
        self.checked(format!("hf_{name}({})", arguments.join(", ")), Type::Number)
    }

    /// Blank when one of the numbers is, where the server's own function would pass over it.
    fn extreme(&mut self, name: &str, given: Vec<Operand>) -> Operand {
        let digits = given.iter().map(|operand| operand.digits).reduce(Digits::either).flatten();
        let is_nullable = given.iter().any(|operand| operand.is_nullable);
        if !is_nullable {
            let list: Vec<String> = given.into_iter().map(|operand| operand.sql).collect();
            return Operand::new(format!("{name}({})", list.join(", "))).never_null().digits(digits);
        }
        let list: Vec<String> = given.into_iter().map(|operand| self.named(operand, Type::Number).sql).collect();
        let list = list.join(", ");
        Operand::new(format!("CASE WHEN num_nulls({list}) = 0 THEN {name}({list}) END")).digits(digits)
    }

    fn distance(&mut self, arguments: &[TypedExpr]) -> Result<Operand> {
        let mut coordinates = Vec::with_capacity(4);
        for place in &arguments[..2] {
            let Node::Call(_, degrees) = &place.node else {
                return Err(Error::internal("a distance to something that is no place"));
            };
            for (degrees, most) in degrees.iter().zip([90, 180]) {
                let degrees = self.expr(degrees)?;
                let degrees = self.named(degrees, Type::Number);
                self.fail_if(&format!("abs({}) > {most}", degrees.sql));
                coordinates.push(degrees.sql);
            }
        }
        let unit = self.expr(&arguments[2])?;
        Ok(self.checked(format!("hf_distance({}, {})", coordinates.join(", "), unit.sql), Type::Number))
    }
}

fn whole(name: &str, sql: &str, digits: Option<Digits>) -> Operand {
    Operand::new(format!("{name}({sql})")).digits(digits.map(|digits| Digits::new(digits.whole + 1, 0)))
}

/// The decimal places to round to, when they are written in the formula; absent means none.
fn constant_places(digits: Option<&TypedExpr>) -> Option<u32> {
    match digits.map(|digits| &digits.node) {
        None => Some(0),
        Some(Node::Constant(Value::Number(places))) => places.trunc().to_u32().filter(|places| *places <= 28),
        Some(_) => None,
    }
}
