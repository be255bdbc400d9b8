//! The types of the language, and how the fields of a record map to them.

use model::FieldType;
use model::schema::Compound;
use std::fmt;

/// What an expression yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    Number,
    Text,
    Boolean,
    Date,
    DateTime,
    Time,
    /// A record id. It serves wherever a text is asked for, in its 15-character form.
    Id,
    /// The value of a picklist field, which only some functions take.
    Picklist,
    /// The values of a multi-select picklist field, separated by semicolons.
    MultiPicklist,
    /// A pair of coordinates; `DISTANCE` alone takes it.
    Location,
    /// The literal `NULL` before it is known what it stands for.
    Null,
}

impl Type {
    /// The type a field has in a formula; `None` for a field that formulas cannot use.
    pub fn of_field(field: &FieldType) -> Option<Self> {
        match field.value_type() {
            FieldType::Id | FieldType::Reference(_) => Some(Type::Id),
            FieldType::Text { .. }
            | FieldType::TextArea { .. }
            | FieldType::EncryptedText { .. }
            | FieldType::Email
            | FieldType::Phone
            | FieldType::Url
            | FieldType::AutoNumber { .. }
            | FieldType::Compound(Compound::PersonName) => Some(Type::Text),
            FieldType::Picklist { .. } => Some(Type::Picklist),
            FieldType::MultiPicklist { .. } => Some(Type::MultiPicklist),
            FieldType::Boolean => Some(Type::Boolean),
            FieldType::Int | FieldType::Number { .. } | FieldType::Currency { .. } | FieldType::Percent { .. } => {
                Some(Type::Number)
            }
            FieldType::Date => Some(Type::Date),
            FieldType::DateTime => Some(Type::DateTime),
            FieldType::Time => Some(Type::Time),
            FieldType::Formula { .. } | FieldType::RollUp(_) | FieldType::Compound(_) | FieldType::Base64 => None,
        }
    }

    /// The word for it in messages and documentation.
    pub const fn name(self) -> &'static str {
        match self {
            Type::Number => "Number",
            Type::Text => "Text",
            Type::Boolean => "Boolean",
            Type::Date => "Date",
            Type::DateTime => "DateTime",
            Type::Time => "Time",
            Type::Id => "Id",
            Type::Picklist => "Picklist",
            Type::MultiPicklist => "Multi-select picklist",
            Type::Location => "Location",
            Type::Null => "Null",
        }
    }

    const ALL: [Type; 11] = [
        Type::Number,
        Type::Text,
        Type::Boolean,
        Type::Date,
        Type::DateTime,
        Type::Time,
        Type::Id,
        Type::Picklist,
        Type::MultiPicklist,
        Type::Location,
        Type::Null,
    ];
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The types a parameter accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeSet(u16);

impl TypeSet {
    /// Values of any type that an expression may yield; not a picklist, which needs a function made for it.
    pub const VALUE: TypeSet = TypeSet::of(Type::Number)
        .or(Type::Text)
        .or(Type::Boolean)
        .or(Type::Date)
        .or(Type::DateTime)
        .or(Type::Time)
        .or(Type::Id);

    pub const fn of(ty: Type) -> Self {
        Self(1 << ty as u16)
    }

    #[must_use]
    pub const fn or(self, ty: Type) -> Self {
        Self(self.0 | 1 << ty as u16)
    }

    #[must_use]
    pub const fn without(self, ty: Type) -> Self {
        Self(self.0 & !(1 << ty as u16))
    }

    pub const fn holds(self, ty: Type) -> bool {
        self.0 & (1 << ty as u16) != 0
    }

    pub fn types(self) -> impl Iterator<Item = Type> {
        Type::ALL.into_iter().filter(move |ty| self.holds(*ty))
    }
}

/// `Number, Date, DateTime`.
impl fmt::Display for TypeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, ty) in self.types().enumerate() {
            write!(f, "{}{ty}", if at > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}
