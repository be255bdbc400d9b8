//! A value axis: round numbers, evenly spaced, labelled so that no two look alike.

use crate::format::{Formats, NumberStyle};
use model::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The place of a number on paper; charts are drawn in floats, and only drawn.
pub(super) fn float(number: Decimal) -> f64 {
    number.to_f64().unwrap_or(0.0)
}

#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) ticks: Vec<(f64, String)>,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Axis {
    /// About `count` steps over a range.
    pub(super) fn over(low: f64, high: f64, count: f64, style: &NumberStyle, formats: &Formats) -> Self {
        let (low, high) = if high > low { (low, high) } else { (low.min(0.0), high.max(low.min(0.0) + 1.0)) };
        let step = step((high - low) / count.max(1.0), matches!(style, NumberStyle::Plain { scale: 0 }));
        let size = float(step);
        // The slack keeps a range that ends on a step from gaining another one by rounding.
        let first = (low / size + 1e-9).floor();
        let last = (high / size - 1e-9).ceil().max(first + 1.0);
        let steps = (last - first).min(100.0) as i64;
        let start = Decimal::from(first as i64);
        let values: Vec<Decimal> = (0..=steps).map(|at| (start + Decimal::from(at)) * step).collect();
        let mut labels: Vec<String> = values.iter().map(|value| formats.compact(*value, style)).collect();
        if labels.windows(2).any(|pair| pair[0] == pair[1]) {
            labels = values.iter().map(|value| formats.number(*value, style)).collect();
        }
        let ends = |at: Option<&Decimal>| at.copied().map_or(0.0, float);
        Self {
            low: ends(values.first()),
            high: ends(values.last()),
            ticks: values.iter().copied().map(float).zip(labels).collect(),
        }
    }

    /// Where a value lies, 0 at the low end and 1 at the high one.
    pub(super) fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// The next of 1, 2, 2.5, 5 times a power of ten.
fn step(raw: f64, whole: bool) -> Decimal {
    let power = raw.max(1e-9).log10().floor();
    let lead = raw / 10f64.powf(power);
    // Tenths, so that 2.5 is a whole number.
    let (mut tenths, mut power) = (
        match lead {
            lead if lead <= 1.0 => 10,
            lead if lead <= 2.0 => 20,
            lead if lead <= 2.5 => 25,
            lead if lead <= 5.0 => 50,
            _ => 100,
        },
        power as i32 - 1,
    );
    if whole && power < -1 {
        (tenths, power) = (10, -1);
    } else if whole && power == -1 && tenths == 25 {
        tenths = 50;
    }
    if power < 0 {
        return Decimal::new(tenths, power.unsigned_abs().min(28));
    }
    (0..power.min(26)).fold(Decimal::from(tenths), |number, _| number.saturating_mul(Decimal::TEN))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, style: &NumberStyle) -> Vec<String> {
        Axis::over(low, high, 5.0, style, &Formats::default()).ticks.into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn steps_are_round_and_cover_the_range() {
        let plain = NumberStyle::Plain { scale: 0 };
        assert_eq!(labels(0.0, 1_234_567.0, &plain), ["0", "250K", "500K", "750K", "1M", "1.25M"]);
        assert_eq!(labels(-40.0, 100.0, &plain), ["-50", "0", "50", "100"]);
        assert_eq!(labels(0.0, 3.0, &plain), ["0", "1", "2", "3"], "no half of a record");
        assert_eq!(labels(0.0, 0.0, &plain), ["0", "1"]);
    }

    #[test]
    fn close_values_are_written_out_rather_than_twice_the_same() {
        let euro = NumberStyle::Currency { code: "EUR".into() };
        let shown = labels(1_000_000.0, 1_000_400.0, &euro);
        let mut distinct = shown.clone();
        distinct.dedup();
        assert_eq!(shown, distinct);
        assert_eq!(shown[0], "EUR 1,000,000.00");
    }

    #[test]
    fn any_range_has_an_end() {
        for (low, high) in [(0.0, 1e15), (-1e15, 1e15), (0.0, 1e-6), (5.0, 5.0), (-3.0, -3.0)] {
            let axis = Axis::over(low, high, 5.0, &NumberStyle::Plain { scale: 2 }, &Formats::default());
            assert!(axis.low <= low && axis.high >= high && axis.ticks.len() <= 12, "{low} to {high}: {axis:?}");
        }
    }
}
