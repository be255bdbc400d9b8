//! What leaves the crate, read back by other programs' readers.

mod chart;
mod csv;
mod dkim;
mod mail;
mod pdf;
mod protect;
mod xlsx;

use model::{Decimal, Value};

fn number(text: &str) -> Value {
    Value::Number(decimal(text))
}

fn decimal(text: &str) -> Decimal {
    model::parse_decimal(text).expect("a number")
}

/// Texts that spreadsheets are known to run, and some that only look harmless.
const DANGEROUS: &[&str] = &[
    "=1+1",
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "+1-800-555-0100",
    "-2+3+cmd|' /C calc'!A0",
    "-",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
];
