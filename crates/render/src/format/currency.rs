//! What ISO 4217 says of currencies: minor units, and the symbols that mean one currency alone.

/// Decimal places of an amount in a currency; 2 for every code that ISO 4217 gives no other number.
pub fn currency_scale(code: &str) -> u8 {
    match code {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

/// The symbol of a currency where it can be mistaken for no other. A bare `$` is the US dollar; the other dollars
/// carry their letters, and crowns of four countries have none.
pub fn currency_symbol(code: &str) -> Option<&'static str> {
    Some(match code {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        "CNY" => "CN¥",
        "INR" => "₹",
        "KRW" => "₩",
        "ILS" => "₪",
        "VND" => "₫",
        "UAH" => "₴",
        "NGN" => "₦",
        "PHP" => "₱",
        "AUD" => "A$",
        "CAD" => "CA$",
        "NZD" => "NZ$",
        "HKD" => "HK$",
        "SGD" => "S$",
        "MXN" => "MX$",
        "BRL" => "R$",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units_follow_the_standard() {
        assert_eq!(["EUR", "JPY", "KWD", "CLF", "ZZZ"].map(currency_scale), [2, 0, 3, 4, 2]);
    }
}
