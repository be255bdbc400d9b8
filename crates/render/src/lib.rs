//! Rows and a view become bytes: CSV, XLSX, PDF, SVG and PNG charts, mail.
//!
//! Every function is pure. The same input gives the same bytes: no clock, no random number, no file, no socket, no
//! font of the machine. Nothing here knows who asks; what may be shown was decided before.

pub mod chart;
pub mod csv;
mod font;
pub mod format;
pub mod mail;
pub mod pdf;
pub mod png;
pub mod protect;
pub mod table;
pub mod worker;
pub mod xlsx;

pub use table::{Column, ColumnKind, Row, RowRole, Table};
