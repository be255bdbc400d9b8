//! The types a field can have, with what describe, DDL, filters and writes must know of each.

use super::Mask;
use serde::{Deserialize, Serialize};

/// What a field holds. Precision and scale are decimal digits in all and after the point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldType {
    Id,
    Text {
        length: u32,
    },
    /// Several lines; filterable up to 255 characters, else long text.
    TextArea {
        length: u32,
    },
    /// Always encrypted in the store; masked for whoever may not view encrypted data.
    EncryptedText {
        length: u32,
        mask: Mask,
    },
    Email,
    Phone,
    Url,
    Picklist {
        values: Vec<PicklistValue>,
        restricted: bool,
    },
    MultiPicklist {
        values: Vec<PicklistValue>,
        restricted: bool,
    },
    Boolean,
    Int,
    Number {
        precision: u8,
        scale: u8,
    },
    Currency {
        precision: u8,
        scale: u8,
    },
    Percent {
        precision: u8,
        scale: u8,
    },
    Date,
    DateTime,
    Time,
    Reference(Reference),
    /// Counted by the store; the format is `{0000}` inside any text.
    AutoNumber {
        format: String,
    },
    /// Bytes of any kind and length, kept beside the row. The value is the number of a content, which no surface shows.
    Base64,
    /// Computed when read; `returns` is never itself a formula.
    Formula {
        source: String,
        returns: Box<FieldType>,
        #[serde(default)]
        blanks: Blanks,
    },
    /// Kept by the platform over the details of the record, in the transaction that changes them.
    RollUp(RollUp),
    /// Made of other fields of the record: an address, a location or a person's name.
    Compound(Compound),
}

/// How blank number fields count in a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Blanks {
    /// As 0: what a formula field does unless told otherwise.
    #[default]
    AsZero,
    /// As blank, which makes most results blank.
    AsNull,
}

/// A summary of the details of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollUp {
    pub function: RollUpFunction,
    /// The detail object.
    pub child: String,
    /// The detail's master field that points to this object.
    pub master: String,
    /// The field of the detail that is summarised; none for a count.
    #[serde(default)]
    pub field: Option<String>,
    /// Details that do not meet all of these do not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filter: Vec<RollUpFilter>,
    /// The type of the result: that of the summarised field, a number for a count.
    pub returns: Box<FieldType>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RollUpFunction {
    Count,
    Sum,
    Min,
    Max,
}

/// One condition on a detail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollUpFilter {
    pub field: String,
    pub operator: RollUpOperator,
    /// As a SOQL literal without quotes: `Open`, `12.5`, `2026-01-01`, `true`; empty asks for no value.
    pub value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RollUpOperator {
    Equals,
    NotEqual,
    LessThan,
    LessOrEqual,
    GreaterThan,
    GreaterOrEqual,
    Contains,
    StartsWith,
}

impl RollUpFunction {
    /// The name in SOQL and in metadata.
    pub const fn name(self) -> &'static str {
        match self {
            RollUpFunction::Count => "COUNT",
            RollUpFunction::Sum => "SUM",
            RollUpFunction::Min => "MIN",
            RollUpFunction::Max => "MAX",
        }
    }
}

/// What a compound field puts together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compound {
    /// `{prefix}Street`, `…City`, `…State`, `…PostalCode`, `…Country`, `…Latitude`, `…Longitude`.
    Address { prefix: String },
    /// `FirstName` and `LastName`. Stored, because lists sort and search by it.
    PersonName,
    /// `Spot__Latitude__s` and `Spot__Longitude__s` for `Spot__c`, degrees with so many decimal places. The parts are
    /// declared with it and by nobody else.
    Location { scale: u8 },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PicklistValue {
    pub value: String,
    pub label: String,
    #[serde(default = "active")]
    pub active: bool,
    #[serde(default)]
    pub default: bool,
}

fn active() -> bool {
    true
}

impl PicklistValue {
    pub fn plain(value: &str) -> Self {
        Self { value: value.to_owned(), label: value.to_owned(), active: true, default: false }
    }
}

/// A lookup or a master-detail relationship.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// API names of the objects it may point to; several make it polymorphic.
    pub targets: Vec<String>,
    /// The name in a path up (`Account` in `Account.Name`); `None` for a reference that cannot be walked.
    pub relationship: Option<String>,
    /// The name of the list on the parent (`Contacts`); `None` when it has none.
    pub children: Option<String>,
    pub on_delete: OnDelete,
    pub master_detail: bool,
    /// Of a master: Read on it is enough to change a detail; otherwise it takes Edit.
    #[serde(default)]
    pub write_needs_read: bool,
    /// Of a master: a detail may be moved to another one.
    #[serde(default)]
    pub reparentable: bool,
}

/// What becomes of a child when its parent is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnDelete {
    SetNull,
    Restrict,
    Cascade,
}

impl FieldType {
    /// The `type` of describe.
    pub fn api_name(&self) -> &'static str {
        match self {
            FieldType::Id => "id",
            FieldType::Text { .. } | FieldType::AutoNumber { .. } => "string",
            FieldType::TextArea { .. } => "textarea",
            FieldType::EncryptedText { .. } => "encryptedstring",
            FieldType::Base64 => "base64",
            FieldType::Email => "email",
            FieldType::Phone => "phone",
            FieldType::Url => "url",
            FieldType::Picklist { .. } => "picklist",
            FieldType::MultiPicklist { .. } => "multipicklist",
            FieldType::Boolean => "boolean",
            FieldType::Int => "int",
            FieldType::Number { .. } => "double",
            FieldType::Currency { .. } => "currency",
            FieldType::Percent { .. } => "percent",
            FieldType::Date => "date",
            FieldType::DateTime => "datetime",
            FieldType::Time => "time",
            FieldType::Reference(_) => "reference",
            FieldType::Formula { returns, .. } | FieldType::RollUp(RollUp { returns, .. }) => returns.api_name(),
            FieldType::Compound(Compound::Address { .. }) => "address",
            FieldType::Compound(Compound::PersonName) => "string",
            FieldType::Compound(Compound::Location { .. }) => "location",
        }
    }

    /// Whether it shows the values of other fields and has none of its own.
    pub fn is_shown_from_parts(&self) -> bool {
        matches!(self, FieldType::Compound(Compound::Address { .. } | Compound::Location { .. }))
    }

    /// The type of the value a query yields: that of the result for a formula or roll-up, itself for all others.
    pub fn value_type(&self) -> &FieldType {
        match self {
            FieldType::Formula { returns, .. } | FieldType::RollUp(RollUp { returns, .. }) => returns,
            other => other,
        }
    }

    /// Text that is compared and ordered as [`crate::text`] says.
    pub fn is_text(&self) -> bool {
        matches!(
            self.value_type(),
            FieldType::Text { .. }
                | FieldType::TextArea { .. }
                | FieldType::EncryptedText { .. }
                | FieldType::Email
                | FieldType::Phone
                | FieldType::Url
                | FieldType::Picklist { .. }
                | FieldType::MultiPicklist { .. }
                | FieldType::AutoNumber { .. }
                | FieldType::Compound(Compound::PersonName)
        )
    }

    pub fn is_number(&self) -> bool {
        matches!(
            self.value_type(),
            FieldType::Int | FieldType::Number { .. } | FieldType::Currency { .. } | FieldType::Percent { .. }
        )
    }

    pub fn is_id(&self) -> bool {
        matches!(self.value_type(), FieldType::Id | FieldType::Reference(_))
    }

    /// More than 255 characters: kept, shown, never filtered, sorted or grouped.
    pub fn is_long_text(&self) -> bool {
        matches!(self.value_type(), FieldType::TextArea { length } if *length > 255)
    }

    /// Decimal places of a number type, 0 for whole numbers.
    pub fn scale(&self) -> u8 {
        match self.value_type() {
            FieldType::Number { scale, .. } | FieldType::Currency { scale, .. } | FieldType::Percent { scale, .. } => {
                *scale
            }
            _ => 0,
        }
    }

    /// Digits in all of a number type.
    pub fn precision(&self) -> u8 {
        match self.value_type() {
            FieldType::Number { precision, .. }
            | FieldType::Currency { precision, .. }
            | FieldType::Percent { precision, .. } => *precision,
            FieldType::Int => 9,
            _ => 0,
        }
    }

    /// The most characters a text type takes, as describe shows it.
    pub fn length(&self) -> u32 {
        match self.value_type() {
            FieldType::Text { length } | FieldType::TextArea { length } | FieldType::EncryptedText { length, .. } => {
                *length
            }
            FieldType::Email => 80,
            FieldType::Phone => 40,
            FieldType::Url | FieldType::Picklist { .. } => 255,
            FieldType::MultiPicklist { .. } => 4099,
            FieldType::AutoNumber { .. } => 30,
            FieldType::Compound(Compound::PersonName) => 121,
            FieldType::Id | FieldType::Reference(_) => 18,
            _ => 0,
        }
    }

    /// Whether the table has a column for it.
    pub fn is_stored(&self) -> bool {
        !matches!(self, FieldType::Formula { .. }) && !self.is_shown_from_parts()
    }

    /// Types that no formula or roll-up can return.
    pub(super) fn is_made_of_others(&self) -> bool {
        self.is_calculated()
            || matches!(
                self,
                FieldType::Compound(_)
                    | FieldType::EncryptedText { .. }
                    | FieldType::Base64
                    | FieldType::Reference(_)
                    | FieldType::Id
                    | FieldType::Picklist { .. }
                    | FieldType::MultiPicklist { .. }
                    | FieldType::AutoNumber { .. }
            )
    }

    /// Computed by the platform from other fields: a formula or a roll-up.
    pub fn is_calculated(&self) -> bool {
        matches!(self, FieldType::Formula { .. } | FieldType::RollUp(_))
    }

    pub fn is_filterable(&self) -> bool {
        !self.is_long_text()
            && !self.value_type().is_shown_from_parts()
            && !matches!(self.value_type(), FieldType::EncryptedText { .. } | FieldType::Base64)
    }

    pub fn is_sortable(&self) -> bool {
        self.is_filterable() && !matches!(self.value_type(), FieldType::MultiPicklist { .. })
    }

    pub fn is_groupable(&self) -> bool {
        self.is_sortable()
            && !matches!(
                self.value_type(),
                FieldType::Number { .. }
                    | FieldType::Currency { .. }
                    | FieldType::Percent { .. }
                    | FieldType::DateTime
                    | FieldType::Time
            )
    }

    pub fn is_aggregatable(&self) -> bool {
        self.is_sortable() && !matches!(self.value_type(), FieldType::Boolean | FieldType::Time)
    }

    pub fn picklist_values(&self) -> &[PicklistValue] {
        match self.value_type() {
            FieldType::Picklist { values, .. } | FieldType::MultiPicklist { values, .. } => values,
            _ => &[],
        }
    }

    /// How its values are masked, of encrypted text.
    pub fn mask(&self) -> Option<Mask> {
        match self {
            FieldType::EncryptedText { mask, .. } => Some(*mask),
            _ => None,
        }
    }

    pub fn as_reference(&self) -> Option<&Reference> {
        match self.value_type() {
            FieldType::Reference(reference) => Some(reference),
            _ => None,
        }
    }
}
