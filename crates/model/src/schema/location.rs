//! Locations: one field for people and queries, kept as two numbers that have columns of their own.

use super::{Compound, FieldDef, FieldSchema, FieldType, ObjectSchema};

/// The most degrees north or south.
pub const MAX_LATITUDE: i64 = 90;
/// The most degrees east or west.
pub const MAX_LONGITUDE: i64 = 180;

/// Digits before the point of a number of degrees.
const WHOLE_DIGITS: u8 = 3;
/// Decimal places beyond which a number of degrees has too many digits.
pub(super) const MOST_PLACES: u8 = crate::MAX_PRECISION - WHOLE_DIGITS;

impl Compound {
    /// The names of the latitude and the longitude beside a field of this kind called `whole`.
    pub fn coordinate_names(&self, whole: &str) -> Option<[String; 2]> {
        match self {
            Compound::Address { prefix } => Some([format!("{prefix}Latitude"), format!("{prefix}Longitude")]),
            Compound::Location { .. } => Some(part_names(whole)),
            Compound::PersonName => None,
        }
    }
}

impl FieldDef {
    /// A place on the globe, in degrees with so many decimal places.
    pub fn location(name: &str, label: &str, scale: u8) -> Self {
        Self::new(name, label, FieldType::Compound(Compound::Location { scale }))
    }

    /// The latitude and the longitude that come with a location; none of another field.
    pub(super) fn location_parts(&self) -> Vec<FieldDef> {
        let FieldType::Compound(Compound::Location { scale }) = self.data_type else { return Vec::new() };
        let columns = part_names(&self.column);
        let parts = part_names(&self.name).into_iter().zip(columns).zip(["Latitude", "Longitude"]);
        let parts = parts.map(|((name, column), half)| {
            let mut part =
                FieldDef::number(&name, &format!("{} ({half})", self.label), scale.saturating_add(WHOLE_DIGITS), scale);
            part.required = self.required;
            part.tracked = self.tracked;
            part.help.clone_from(&self.help);
            if !self.column.is_empty() {
                part.column = column;
            }
            part
        });
        parts.collect()
    }

    /// The fields with columns that its values stand in: itself, or the parts of a location.
    pub fn stored_fields(&self) -> Vec<FieldDef> {
        if self.data_type.is_stored() { vec![self.clone()] } else { self.location_parts() }
    }
}

impl ObjectSchema {
    /// Latitude and longitude of an address or a location.
    pub fn coordinates(&self, whole: &FieldSchema) -> Option<[&FieldSchema; 2]> {
        let FieldType::Compound(compound) = whole.data_type() else { return None };
        let [latitude, longitude] = compound.coordinate_names(whole.name())?;
        Some([self.find_field(&latitude)?, self.find_field(&longitude)?])
    }

    /// The location that a field is one half of.
    pub fn location_of(&self, part: &FieldSchema) -> Option<&FieldSchema> {
        part.part_of
            .map(|whole| self.field(whole))
            .filter(|whole| matches!(whole.data_type(), FieldType::Compound(Compound::Location { .. })))
    }

    /// The most degrees that a field holds, of those that are degrees.
    pub fn most_degrees(&self, field: &FieldSchema) -> Option<i64> {
        let [latitude, longitude] = self.coordinates(self.field(field.part_of?))?;
        match field.ix {
            ix if ix == latitude.ix => Some(MAX_LATITUDE),
            ix if ix == longitude.ix => Some(MAX_LONGITUDE),
            _ => None,
        }
    }
}

/// `Spot__Latitude__s` and `Spot__Longitude__s` for `Spot__c`. A column that had to take another name has a number
/// behind it, which its parts keep.
fn part_names(whole: &str) -> [String; 2] {
    let (stem, rest) = whole.rsplit_once("__c").unwrap_or((whole, ""));
    ["Latitude", "Longitude"].map(|half| format!("{stem}__{half}__s{rest}"))
}

/// Why a location cannot stand as it is declared.
pub(super) fn location_problem(field: &FieldDef) -> Option<String> {
    let FieldType::Compound(Compound::Location { scale }) = field.data_type else { return None };
    if scale > MOST_PLACES {
        return Some(format!("{}: a location has at most {MOST_PLACES} decimal places", field.name));
    }
    let alone = field.unique || field.external_id || field.indexed || !field.default.is_null();
    alone.then(|| format!("{}: a location is not unique, indexed or an external id and has no default", field.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OrgSchema;
    use crate::schema::{AccessDefault, ObjectDef};

    fn schema(spot: FieldDef) -> crate::Result<OrgSchema> {
        let user = ObjectDef::new("User", "User", "Users", "005")
            .setting(AccessDefault::PublicRead)
            .field(FieldDef::text("Name", "Name", 80));
        let site =
            ObjectDef::new("Site__c", "Site", "Sites", "a00").field(FieldDef::text("Name", "Name", 80)).field(spot);
        OrgSchema::build(1, [user, site])
    }

    #[test]
    fn the_parts_of_a_location_come_with_it_and_are_not_declared() {
        let spot = FieldDef::location("Spot__c", "Spot", 6).tracked();
        let schema = schema(spot.clone()).expect("sound");
        let site = schema.find_object("Site__c").expect("the object");
        let whole = site.find_field("spot__C").expect("the location");
        let [latitude, longitude] = site.coordinates(whole).expect("parts");
        assert_eq!([latitude.name(), longitude.name()], ["Spot__Latitude__s", "Spot__Longitude__s"]);
        assert_eq!((latitude.part_of, latitude.def.tracked), (Some(whole.ix), true));
        assert_eq!([latitude, longitude].map(|part| site.most_degrees(part)), [Some(90), Some(180)]);
        assert_eq!((latitude.data_type().precision(), latitude.data_type().scale()), (9, 6));
        assert!(whole.column.is_empty());
        let declared = schema.defs().last().expect("the site").fields;
        assert_eq!(declared.last(), Some(&spot));
        assert_eq!(declared.len(), 2);
    }

    #[test]
    fn the_parts_keep_their_columns_when_the_location_has_another_one() {
        let mut spot = FieldDef::location("Place__c", "Place", 2);
        spot.column = "Spot__c~2".to_owned();
        let columns: Vec<String> = spot.stored_fields().into_iter().map(|part| part.column).collect();
        assert_eq!(columns, ["Spot__Latitude__s~2", "Spot__Longitude__s~2"]);
    }

    #[test]
    fn a_location_that_no_number_could_hold_is_refused() {
        assert!(schema(FieldDef::location("Spot__c", "Spot", 15)).is_ok());
        assert!(schema(FieldDef::location("Spot__c", "Spot", 16)).is_err());
        assert!(schema(FieldDef::location("Spot__c", "Spot", 6).unique()).is_err());
    }
}
