//! The display form of values: what a person reads in a chart, a table, a mail and on a page.

mod currency;
mod locale;
mod number;
mod value;

pub use currency::{currency_scale, currency_symbol};
pub use locale::{DateOrder, Locale};
pub use number::NumberStyle;
pub use value::{Formats, MoneyStyle};
