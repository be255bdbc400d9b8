//! Mail: one message to one recipient as RFC 5322 bytes, its HTML body, and the plain-text twin of that body.

mod body;
mod html;
mod message;
mod table;
mod text;

pub use body::{ChartImage, Figure, Link, MailBody};
pub use message::{Attachment, InlineImage, MailMessage, Mailbox};
pub use table::{TableLimits, html_table, text_table};
