//! Sealed fields: how a field's values stand in the store, which of them can be sealed, and what can be asked of them.

use super::{Compound, FieldDef, FieldSchema, FieldType, HistoryRows, ObjectDef, OrgSchema, SharingKind};
use serde::{Deserialize, Serialize};

/// How a field's values stand in the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sealing {
    /// As they are.
    #[default]
    None,
    /// Encrypted, the same value differently in every record: it can be read and written, and asked whether it is empty.
    Probabilistic,
    /// Encrypted, with a keyed token beside it by which equal values are found. Without `case_sensitive` texts that
    /// differ in case only have one token.
    Token { case_sensitive: bool },
}

impl Sealing {
    pub const fn is_sealed(self) -> bool {
        !matches!(self, Sealing::None)
    }

    pub const fn has_token(self) -> bool {
        matches!(self, Sealing::Token { .. })
    }
}

/// A form that values are being brought into while they are still read in the one before: every write keeps both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextForm {
    pub sealed: Sealing,
    /// Version of the key its tokens are made with; 0 without tokens.
    #[serde(default)]
    pub token_version: u32,
}

/// The columns that hold one form of a field's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    Plain {
        column: String,
    },
    Sealed {
        /// Holds the ciphertext.
        column: String,
        token: Option<TokenColumn>,
    },
}

/// The column by which equal sealed values are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenColumn {
    pub column: String,
    /// Version of the key that the tokens are made with.
    pub version: u32,
    pub case_sensitive: bool,
}

impl Form {
    /// `$` stands in no name of a column, so that these meet no other.
    fn of(field: &str, sealed: Sealing, token_version: u32) -> Self {
        match sealed {
            Sealing::None => Form::Plain { column: field.to_owned() },
            Sealing::Probabilistic => Form::Sealed { column: format!("s${field}"), token: None },
            Sealing::Token { case_sensitive } => Form::Sealed {
                column: format!("s${field}"),
                token: Some(TokenColumn {
                    column: format!("t{token_version}${field}"),
                    version: token_version,
                    case_sensitive,
                }),
            },
        }
    }

    /// The column of the values themselves.
    pub fn column(&self) -> &str {
        match self {
            Form::Plain { column } | Form::Sealed { column, .. } => column,
        }
    }

    pub fn token(&self) -> Option<&TokenColumn> {
        match self {
            Form::Plain { .. } => None,
            Form::Sealed { token, .. } => token.as_ref(),
        }
    }
}

impl FieldDef {
    /// The form in use and the one being filled.
    pub fn forms(&self) -> impl Iterator<Item = Form> {
        let (form, next) = forms(self);
        form.into_iter().chain(next)
    }

    /// Every column that its values stand in.
    pub fn value_columns(&self) -> Vec<String> {
        let columns = |form: Form| {
            let token = form.token().map(|token| token.column.clone());
            std::iter::once(form.column().to_owned()).chain(token)
        };
        let mut names: Vec<String> = self.forms().flat_map(columns).collect();
        names.sort();
        names.dedup();
        names
    }
}

/// The form in use and the one being filled; none for a field without a column.
pub(super) fn forms(field: &FieldDef) -> (Option<Form>, Option<Form>) {
    if !field.data_type.is_stored() {
        return (None, None);
    }
    let next = field.sealing_next.map(|next| Form::of(field.column_name(), next.sealed, next.token_version));
    (Some(Form::of(field.column_name(), field.sealed, field.token_version)), next)
}

/// What can be asked of a field: its type and its sealing together.
impl FieldSchema {
    pub fn sealing(&self) -> Sealing {
        self.def.sealed
    }

    pub fn is_sealed(&self) -> bool {
        self.def.sealed.is_sealed()
    }

    /// Whether its values must stand nowhere in plain: it is sealed, or being sealed.
    pub fn keeps_secret(&self) -> bool {
        self.is_sealed() || self.def.sealing_next.is_some_and(|next| next.sealed.is_sealed())
    }

    /// A value as a message or a log may repeat it: of a secret one, that there was one.
    pub fn told<'a>(&self, value: &'a str) -> &'a str {
        if self.keeps_secret() { "(encrypted)" } else { value }
    }

    /// Whether a query may filter by it. Every sealed field can also be asked whether it is empty.
    pub fn is_filterable(&self) -> bool {
        self.data_type().is_filterable() && self.def.sealed != Sealing::Probabilistic
    }

    pub fn is_sortable(&self) -> bool {
        self.data_type().is_sortable() && !self.is_sealed()
    }

    pub fn is_groupable(&self) -> bool {
        self.data_type().is_groupable() && self.def.sealed != Sealing::Probabilistic
    }

    /// Whether MIN, MAX, SUM and AVG take it, as far as its type goes with them.
    pub fn is_aggregatable(&self) -> bool {
        self.data_type().is_aggregatable() && !self.is_sealed()
    }
}

/// Why a field cannot stand as its declaration says; `None` when it can.
pub(super) fn sealing_problem(object: &ObjectDef, field: &FieldDef) -> Option<String> {
    let forms = [Some(field.sealed), field.sealing_next.map(|next| next.sealed)];
    forms.into_iter().flatten().find_map(|sealed| problem_of(object, field, sealed))
}

fn problem_of(object: &ObjectDef, field: &FieldDef, sealed: Sealing) -> Option<String> {
    if !sealed.is_sealed() {
        return None;
    }
    let of_type = match &field.data_type {
        FieldType::Id | FieldType::Reference(_) => Some("records are found and joined by ids"),
        FieldType::Base64 => Some("contents are always encrypted"),
        FieldType::AutoNumber { .. } => Some("a number that counts up says nothing secret"),
        FieldType::Formula { .. } => Some("a formula is not stored; seal the fields it reads"),
        FieldType::RollUp(_) => Some("a roll-up is computed from the details"),
        FieldType::Compound(Compound::Location { .. }) => Some("a location is found by its distance"),
        FieldType::Compound(_) => Some("it is put together from other fields; seal those"),
        _ => None,
    };
    let person_name = FieldType::Compound(Compound::PersonName);
    let in_name = ["FirstName", "LastName", "Salutation"].contains(&field.name.as_str())
        && object.fields.iter().any(|other| other.data_type == person_name);
    let why = if let Some(why) = of_type {
        why
    } else if field.name == "OwnerId" || field.system {
        "the platform itself works with it"
    } else if decides_access(object, field) {
        "it decides who sees which record"
    } else if field.name == object.name_field || in_name {
        "lists, look-ups and search show records by their name"
    } else if matches!(object.sharing, SharingKind::Setting) && !object.is_custom() {
        "the platform finds users, permissions and prices by the fields of this object"
    } else if !sealed.has_token() {
        if field.unique || field.external_id {
            "a unique field or external id is found by its value; seal it with a token"
        } else {
            return None;
        }
    } else if matches!(field.data_type, FieldType::Text { .. } | FieldType::Email | FieldType::Phone | FieldType::Url) {
        return None;
    } else {
        "a token is for text, e-mail, phone and URL fields; seal it without one"
    };
    Some(format!("{} cannot be sealed: {why}", field.name))
}

/// Whether the store compares the field with what it knows of the asker.
fn decides_access(object: &ObjectDef, field: &FieldDef) -> bool {
    let opening = object.opened_by.as_ref().map(|opening| &opening.field);
    let named = object.private_by.iter().chain(opening).chain(&object.about_objects);
    let rows = matches!(object.sharing, SharingKind::Grant { .. });
    let link = object.name == "ContentDocumentLink" && field.name == "ShareType";
    rows || link || named.into_iter().any(|name| *name == field.name)
}

/// Why a roll-up cannot be: the store adds up what it can read.
pub(super) fn roll_up_problem(schema: &OrgSchema) -> Option<(String, String)> {
    let roll_ups = schema.objects().iter().flat_map(|object| {
        object.fields.iter().filter_map(move |field| match field.data_type() {
            FieldType::RollUp(roll_up) => Some((object, field, roll_up)),
            _ => None,
        })
    });
    roll_ups.into_iter().find_map(|(object, field, roll_up)| {
        let child = schema.find_object(&roll_up.child)?;
        let read = roll_up.field.iter().chain(roll_up.filter.iter().map(|filter| &filter.field));
        let sealed = read.filter_map(|name| child.find_field(name)).find(|field| field.keeps_secret())?;
        let why =
            format!("{} cannot be sealed: the roll-up {}.{} reads it", sealed.name(), object.name(), field.name());
        Some((child.name().to_owned(), why))
    })
}

/// Why a sealed field cannot be: a history keeps copies of its values in the open.
pub(super) fn history_problem(schema: &OrgSchema) -> Option<(String, String)> {
    let histories = schema.objects().iter().filter(|object| object.history_rows() == Some(HistoryRows::Steps));
    histories.into_iter().find_map(|history| {
        let record = schema.object(*history.masters.first().and_then(|field| history.field(*field).targets.first())?);
        let mut copied = history.fields.iter().filter_map(|copy| record.find_field(copy.name()));
        let sealed = copied.find(|field| field.keeps_secret())?;
        let why = format!("{} cannot be sealed: {} keeps what it was", sealed.name(), history.name());
        Some((record.name().to_owned(), why))
    })
}
