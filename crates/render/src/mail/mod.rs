//! Mail: one message to one recipient as RFC 5322 bytes, its HTML body, and the plain-text twin of that body, and the
//! signature of its domain.

mod body;
mod dkim;
mod html;
mod message;
mod table;
mod text;

pub use body::{ChartImage, Figure, Link, MailBody};
pub use dkim::{DkimAlgorithm, DkimSigner, from_domain};
pub use message::{Attachment, InlineImage, MailMessage, Mailbox};
pub use table::{TableLimits, html_table, text_table};
