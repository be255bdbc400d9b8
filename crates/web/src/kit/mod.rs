//! The page kit: plain inputs in, HTML out. Every page of the interface is put together from these parts, and
//! `/dev/kit` ([`gallery`]) shows each of them in every state.
//!
//! A part is a struct with a constructor for what it cannot do without and chained setters for the rest; it implements
//! [`maud::Render`], so it stands inside `html!` as `(part)`. Text is escaped by maud. Parts take [`maud::Markup`] only
//! where richer content than text makes sense. No part emits inline script or style: a strict content security policy
//! holds for every page.

pub mod assets;
mod avatar;
mod badge;
mod banner;
mod button;
mod chart;
mod chip;
mod crumbs;
mod dialog;
mod empty;
mod error_page;
mod facts;
mod field;
mod flash;
mod form;
pub mod gallery;
mod header;
mod icon;
mod input;
mod lookup;
mod menu;
mod page;
mod pager;
mod panel;
mod progress;
mod rail;
mod search_box;
mod select;
mod stat;
mod steps;
mod table;
mod table_cell;
mod tabs;
mod text;
mod timeline;
mod tone;
mod toolbar;

pub use avatar::{Avatar, PersonTag};
pub use badge::Badge;
pub use banner::Banner;
pub use button::Button;
pub use chart::ChartFrame;
pub use chip::Chip;
pub use crumbs::Crumbs;
pub use dialog::Dialog;
pub use empty::Empty;
pub use error_page::{ErrorPage, Refusal};
pub use facts::{Detail, DetailList, KeyFacts};
pub use field::{Control, Field, Ties};
pub use flash::{Flash, Undo};
pub use form::{Form, Section};
pub use header::Header;
pub use icon::{Icon, mark};
pub use input::{Checkbox, Input, TextArea};
pub use lookup::{Lookup, LookupChoice};
pub use menu::{Menu, MenuItem};
pub use page::{BarePage, Page, Person, Shell, Theme};
pub use pager::Pager;
pub use panel::Panel;
pub use progress::Progress;
pub use rail::{RailGroup, RailItem};
pub use search_box::SearchBox;
pub use select::{Choice, RadioGroup, Select};
pub use stat::{Stat, Trend};
pub use steps::{Step, Steps};
pub use table::{Column, Order, Row, Selection, Table};
pub use table_cell::Cell;
pub use tabs::{Tab, Tabs};
pub use text::{copyable, key, keys, moment, visually_hidden, why};
pub use timeline::{Event, Timeline};
pub use tone::Tone;
pub use toolbar::Toolbar;
