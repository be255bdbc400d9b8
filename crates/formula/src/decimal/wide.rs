//! One rule for every result: it is computed exactly, then rounded half away from zero to 28 significant digits and at
//! most 28 decimal places. Ten to the 28th and beyond is too big. A store that calculates with decimals of any length
//! comes to the same digits by the same rule.

use model::Decimal;

/// Significant digits, and decimal places.
const DIGITS: u32 = 28;
const BASE: u128 = 10u128.pow(DIGITS);

/// `high * 10^28 + low`, each below 10^28: what two aligned or multiplied numbers can come to.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Wide {
    high: u128,
    low: u128,
}

/// A number without its sign: `digits / 10^scale`.
#[derive(Clone, Copy)]
struct Parts {
    digits: u128,
    scale: u32,
    negative: bool,
}

impl Parts {
    fn of(number: Decimal) -> Self {
        let parts = Self {
            digits: number.mantissa().unsigned_abs(),
            scale: number.scale(),
            negative: number.is_sign_negative(),
        };
        // A decimal from elsewhere may have one digit more than the language works with.
        match parts.digits < BASE {
            true => parts,
            false => fit(Wide::of(parts.digits), parts.scale, parts.negative).map_or(parts, Self::of),
        }
    }
}

impl Wide {
    const fn of(number: u128) -> Self {
        Self { high: number / BASE, low: number % BASE }
    }

    /// `digits * 10^places`, for digits below 10^28 and up to 28 places.
    fn shifted(digits: u128, places: u32) -> Self {
        if places == DIGITS {
            return Self { high: digits, low: 0 };
        }
        let unit = 10u128.pow(DIGITS - places);
        Self { high: digits / unit, low: digits % unit * 10u128.pow(places) }
    }

    /// The product of two numbers below 10^28.
    fn product(a: u128, b: u128) -> Self {
        const HALF: u128 = 10u128.pow(DIGITS / 2);
        let (a1, a0, b1, b0) = (a / HALF, a % HALF, b / HALF, b % HALF);
        let middle = a1 * b0 + a0 * b1;
        let low = a0 * b0 + middle % HALF * HALF;
        Self { high: a1 * b1 + middle / HALF + low / BASE, low: low % BASE }
    }

    fn plus(self, other: Self) -> Self {
        let low = self.low + other.low;
        Self { high: self.high + other.high + low / BASE, low: low % BASE }
    }

    /// What is left of the greater after taking away the smaller.
    fn minus(self, other: Self) -> Self {
        match self.low >= other.low {
            true => Self { high: self.high - other.high, low: self.low - other.low },
            false => Self { high: self.high - other.high - 1, low: self.low + BASE - other.low },
        }
    }

    fn count(self) -> u32 {
        if self.high > 0 { count(self.high) + DIGITS } else { count(self.low) }
    }

    /// Without its last `places` digits, rounded half up.
    fn dropped(self, places: u32) -> u128 {
        if places == 0 {
            return self.low;
        }
        if places <= DIGITS {
            let unit = 10u128.pow(places);
            let kept = self.high * 10u128.pow(DIGITS - places) + self.low / unit;
            return kept + u128::from(self.low % unit * 2 >= unit);
        }
        let unit = 10u128.pow(places - DIGITS);
        self.high / unit + u128::from(self.high % unit * 2 >= unit)
    }
}

fn count(number: u128) -> u32 {
    number.checked_ilog10().map_or(1, |log| log + 1)
}

/// The rule: `None` for what is too big.
fn fit(number: Wide, scale: u32, negative: bool) -> Option<Decimal> {
    let surplus = number.count().saturating_sub(DIGITS).max(scale.saturating_sub(DIGITS));
    if surplus > scale {
        return None;
    }
    if surplus > 2 * DIGITS {
        return Some(Decimal::ZERO);
    }
    let (mut digits, mut scale) = (number.dropped(surplus), scale - surplus);
    if digits >= BASE {
        // 9.99… was rounded up to the next power of ten.
        scale = scale.checked_sub(1)?;
        digits /= 10;
    }
    let signed = i128::try_from(digits).ok()?;
    Decimal::try_from_i128_with_scale(if negative { -signed } else { signed }, scale).ok()
}

pub(crate) fn add(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (Parts::of(a), Parts::of(b));
    let scale = a.scale.max(b.scale);
    let left = Wide::shifted(a.digits, scale - a.scale);
    let right = Wide::shifted(b.digits, scale - b.scale);
    if a.negative == b.negative {
        fit(left.plus(right), scale, a.negative)
    } else if left >= right {
        fit(left.minus(right), scale, a.negative)
    } else {
        fit(right.minus(left), scale, b.negative)
    }
}

pub(crate) fn multiply(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (Parts::of(a), Parts::of(b));
    fit(Wide::product(a.digits, b.digits), a.scale + b.scale, a.negative != b.negative)
}

/// `None` when the result is too big, as it is for a divisor that rounded to nothing.
pub(crate) fn divide(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (Parts::of(a), Parts::of(b));
    if b.digits == 0 {
        return None;
    }
    let (mut digits, mut rest) = (a.digits / b.digits, a.digits % b.digits);
    let mut scale = i64::from(a.scale) - i64::from(b.scale);
    // One digit more than is kept decides the rounding, which looks no further.
    while (rest > 0 || scale < 0) && count(digits) <= DIGITS && scale <= i64::from(DIGITS) {
        rest *= 10;
        digits = digits * 10 + rest / b.digits;
        rest %= b.digits;
        scale += 1;
    }
    fit(Wide::of(digits), u32::try_from(scale).ok()?, a.negative != b.negative)
}

/// What is left after division, with the sign of the number. The divisor is not zero.
pub(crate) fn remainder(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (Parts::of(a), Parts::of(b));
    if b.digits == 0 {
        return None;
    }
    let scale = a.scale.max(b.scale);
    let rest = match a.scale < scale {
        true => (a.scale..scale).fold(a.digits % b.digits, |rest, _| rest * 10 % b.digits),
        // A divisor too long to write out is greater than the number.
        false => match 10u128.pow(scale - b.scale).checked_mul(b.digits) {
            Some(divisor) => a.digits % divisor,
            None => a.digits,
        },
    };
    fit(Wide::of(rest), scale, a.negative)
}

/// Reads `12`, `-.5`, `+1.39E+08`: at most 40 digits and an exponent of at most two. `None` for other text and for what
/// is too big.
pub(crate) fn read(text: &str) -> Option<Decimal> {
    let spelled = Spelled::of(text)?;
    let digits = spelled.digits.trim_start_matches('0');
    let scale = spelled.places - spelled.exponent;
    let cut = digits.len().saturating_sub(DIGITS as usize);
    let part = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<u128>().ok() };
    let number = Wide { high: part(&digits[..cut])?, low: part(&digits[cut..])? };
    match u32::try_from(scale) {
        Ok(scale) => fit(number, scale, spelled.negative),
        Err(_) if number == Wide::of(0) => Some(Decimal::ZERO),
        Err(_) => {
            let places = u32::try_from(scale.unsigned_abs()).ok()?;
            if number.count() + places > DIGITS {
                return None;
            }
            fit(Wide::of(number.low * 10u128.pow(places)), 0, spelled.negative)
        }
    }
}

/// Whether a text is a number as [`read`] reads them, however large.
pub(crate) fn is_number(text: &str) -> bool {
    Spelled::of(text).is_some()
}

/// The parts of a number in a text.
struct Spelled {
    negative: bool,
    /// Those before and after the point.
    digits: String,
    places: i64,
    exponent: i64,
}

impl Spelled {
    fn of(text: &str) -> Option<Self> {
        let negative = text.starts_with('-');
        let text = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => {
                let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                if digits.is_empty() || digits.len() > 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return None;
                }
                (mantissa, exponent.parse().ok()?)
            }
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let sound = (1..=40).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        sound.then_some(Self { negative, digits, places: i64::try_from(fraction.len()).ok()?, exponent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        read(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn results_have_28_digits_and_round_half_away_from_zero() {
        let shown = |result: Option<Decimal>| result.map(|number| number.normalize().to_string());
        let long = number("0.1234567890123456789012345678");
        assert_eq!(shown(multiply(long, long)).as_deref(), Some("0.0152415787532388367504953515"));
        assert_eq!(shown(add(number("12345678901234567890"), long)).as_deref(), Some("12345678901234567890.12345679"));
        assert_eq!(shown(divide(number("2"), number("-3"))).as_deref(), Some("-0.6666666666666666666666666667"));
        assert_eq!(shown(divide(number("20"), number("0.3"))).as_deref(), Some("66.66666666666666666666666667"));
        assert_eq!(shown(divide(number("1e-28"), number("2"))).as_deref(), Some("0.0000000000000000000000000001"));
        assert_eq!(
            shown(multiply(number("-1e-14"), number("5e-15"))).as_deref(),
            Some("-0.0000000000000000000000000001")
        );
        assert_eq!(shown(divide(number("1e-28"), number("1e27"))).as_deref(), Some("0"));
    }

    #[test]
    fn ten_to_the_28th_is_too_big() {
        let most = number("9999999999999999999999999999");
        assert_eq!(add(most, Decimal::ONE), None);
        assert_eq!(add(most, number("0.5")), None);
        assert_eq!(add(most, number("0.4")), Some(most));
        assert_eq!(multiply(number("1e14"), number("1e14")), None);
        assert_eq!(divide(most, number("0.1")), None);
        assert_eq!(add(most, -most), Some(Decimal::ZERO));
    }

    #[test]
    fn what_is_left_has_the_sign_of_the_number() {
        let rest = |a: &str, b: &str| remainder(number(a), number(b)).map(|rest| rest.normalize().to_string());
        assert_eq!(rest("-7", "3").as_deref(), Some("-1"));
        assert_eq!(rest("7.5", "-2").as_deref(), Some("1.5"));
        assert_eq!(rest("1e20", "0.0000000000000000000000000007").as_deref(), Some("0.0000000000000000000000000001"));
        assert_eq!(rest("0.0000000000000000000000000007", "1e27").as_deref(), Some("0.0000000000000000000000000007"));
    }

    #[test]
    fn texts_are_numbers_or_not() {
        for (text, value) in [("+.5", "0.5"), ("1.", "1"), ("1.39E+08", "139000000"), ("-0", "0"), ("1e-40", "0")] {
            assert_eq!(number(text).normalize().to_string(), value, "{text}");
        }
        for text in ["", "-", ".", "1,000", "NaN", "0x10", "1.2.3", "1e", "1e100", "1e+-2", " 1", "٣", "--1"] {
            assert!(read(text).is_none() && !is_number(text), "{text}");
        }
        assert!(read("1e30").is_none() && is_number("1e30"));
        assert_eq!(read("0e99"), Some(Decimal::ZERO));
    }
}
