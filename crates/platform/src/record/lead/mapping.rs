//! Which field of a lead goes to which field of what it becomes: the standard fields by a fixed table, custom fields as
//! they declare or else to those of the same name and type.

use super::Lead;
use crate::ctx::Ctx;
use model::schema::FieldDef;
use model::{Error, ErrorCode, FieldSchema, ObjectSchema, OrgSchema, Result, Value};

/// The objects that a lead becomes.
const TARGETS: [&str; 3] = ["Account", "Contact", "Opportunity"];

/// Standard fields of a lead and where they go.
const STANDARD: [(&str, &[(&str, &str)]); 3] = [
    (
        "Account",
        &[
            ("Company", "Name"),
            ("Phone", "Phone"),
            ("Fax", "Fax"),
            ("Website", "Website"),
            ("Industry", "Industry"),
            ("AnnualRevenue", "AnnualRevenue"),
            ("NumberOfEmployees", "NumberOfEmployees"),
            ("Rating", "Rating"),
            ("LeadSource", "AccountSource"),
        ],
    ),
    (
        "Contact",
        &[
            ("Salutation", "Salutation"),
            ("FirstName", "FirstName"),
            ("LastName", "LastName"),
            ("Title", "Title"),
            ("Phone", "Phone"),
            ("MobilePhone", "MobilePhone"),
            ("Fax", "Fax"),
            ("Email", "Email"),
            ("LeadSource", "LeadSource"),
            ("Description", "Description"),
            ("HasOptedOutOfEmail", "HasOptedOutOfEmail"),
            ("DoNotCall", "DoNotCall"),
        ],
    ),
    ("Opportunity", &[("LeadSource", "LeadSource")]),
];

/// The parts of an address, and what those of each target begin with.
const ADDRESS: [&str; 7] = ["Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude"];
const ADDRESS_OF: [(&str, &str); 2] = [("Account", "Billing"), ("Contact", "Mailing")];

/// The compound field of the address that a lead's goes to; no field of an object without one.
pub(super) fn address_of(target: &ObjectSchema) -> &'static str {
    match target.name() {
        "Account" => "BillingAddress",
        "Contact" => "MailingAddress",
        _ => "",
    }
}

/// A value on its way.
pub(super) struct Carried<'a> {
    pub(super) field: &'a FieldSchema,
    pub(super) value: Value,
    /// A part of the address, which goes as a whole.
    pub(super) of_address: bool,
}

impl Ctx {
    /// What of a lead goes to `target`: every mapped field that holds something.
    ///
    /// What the asker may not read on the lead goes only where they may not read it either: a conversion shows nobody
    /// more than they saw before.
    pub(super) fn carried<'a>(&self, lead: &Lead<'_>, target: &'a ObjectSchema) -> Result<Vec<Carried<'a>>> {
        let mut carried = Vec::new();
        let pairs = pairs(lead.object, target);
        for Pair { from, to, of_address } in pairs {
            let value = &lead.values[from.ix.index()];
            let shows = !self.can_read_field(lead.object.ix, from.ix) && self.can_read_field(target.ix, to.ix);
            if value.is_null() || *value == Value::Bool(false) || (shows && self.user_id().is_some()) {
                continue;
            }
            if (from.keeps_secret() && !to.keeps_secret()) || unmasks(from, to) {
                return Err(Error::new(
                    ErrorCode::FieldIntegrityException,
                    format!(
                        "Lead.{} is encrypted and {}.{} is not in the same way, so the lead cannot be converted; \
                         encrypt both, or map the field elsewhere.",
                        from.name(),
                        target.name(),
                        to.name()
                    ),
                )
                .with_field(from.name()));
            }
            carried.push(Carried { field: to, value: value.clone(), of_address });
        }
        Ok(carried)
    }
}

struct Pair<'a, 'b> {
    from: &'a FieldSchema,
    to: &'b FieldSchema,
    of_address: bool,
}

fn pairs<'a, 'b>(lead: &'a ObjectSchema, target: &'b ObjectSchema) -> Vec<Pair<'a, 'b>> {
    let standard = STANDARD.iter().filter(|(name, _)| *name == target.name()).flat_map(|(_, fields)| *fields);
    let mut pairs: Vec<Pair<'a, 'b>> = standard
        .filter_map(|(from, to)| {
            Some(Pair { from: lead.find_field(from)?, to: target.find_field(to)?, of_address: false })
        })
        .collect();
    if let Some((_, prefix)) = ADDRESS_OF.iter().find(|(name, _)| *name == target.name()) {
        pairs.extend(ADDRESS.iter().filter_map(|part| {
            let to = target.find_field(&format!("{prefix}{part}"))?;
            Some(Pair { from: lead.find_field(part)?, to, of_address: true })
        }));
    }
    for from in lead.fields.iter().filter(|field| field.def.is_custom() && field.data_type().is_stored()) {
        match &from.def.converts_to {
            Some(named) => {
                let own = named.iter().filter_map(|path| path.split_once('.'));
                let own = own.filter(|(object, _)| object.eq_ignore_ascii_case(target.name()));
                pairs.extend(
                    own.filter_map(|(_, to)| Some(Pair { from, to: target.find_field(to)?, of_address: false })),
                );
            }
            None => {
                let alike = target.find_field(from.name()).filter(|to| to.is_writable() && is_alike(from, to));
                pairs.extend(alike.map(|to| Pair { from, to, of_address: false }));
            }
        }
    }
    pairs
}

/// Whether a value that most people see masked would be seen in another way.
fn unmasks(from: &FieldSchema, to: &FieldSchema) -> bool {
    from.data_type().mask().is_some_and(|mask| to.data_type().mask() != Some(mask))
}

/// Whether every value of one field can stand in the other, as far as their kinds tell.
fn is_alike(from: &FieldSchema, to: &FieldSchema) -> bool {
    let (one, other) = (from.data_type(), to.data_type());
    if one.as_reference().is_some() || other.as_reference().is_some() {
        return one.as_reference().map(|one| &one.targets) == other.as_reference().map(|other| &other.targets);
    }
    if unmasks(from, to) {
        return false;
    }
    let same_kind = one.api_name() == other.api_name();
    let texts = one.is_text() && other.is_text() && !other.is_restricted();
    let numbers = one.is_number() && other.is_number();
    (same_kind || texts || numbers)
        && one.length() <= other.length()
        && one.scale() <= other.scale()
        && one.precision().saturating_sub(one.scale()) <= other.precision().saturating_sub(other.scale())
}

/// Judges where a lead's own field is to go.
///
/// # Errors
/// `FIELD_INTEGRITY_EXCEPTION` naming what does not fit.
pub(crate) fn check_targets(schema: &OrgSchema, field: &FieldDef) -> Result<()> {
    let refuse = |why: String| {
        Err(Error::new(ErrorCode::FieldIntegrityException, format!("Lead.{}: {why}", field.name))
            .with_field(&field.name))
    };
    let Some(named) = &field.converts_to else { return Ok(()) };
    let from = schema.find_object("Lead").and_then(|lead| lead.find_field(&field.name));
    let Some(from) = from.filter(|from| from.def.is_custom() && from.data_type().is_stored()) else {
        return refuse(
            "only custom fields that hold a value of their own are mapped; the standard ones are".to_owned(),
        );
    };
    for path in named {
        let to = path.split_once('.').and_then(|(object, to)| {
            let object = schema.find_object(object).filter(|object| TARGETS.contains(&object.name()))?;
            object.find_field(to).filter(|to| to.def.is_custom() && to.is_writable())
        });
        let Some(to) = to else {
            return refuse(format!(
                "{path} is no custom field of {}; name one as Contact.Region__c",
                TARGETS.join(", ")
            ));
        };
        if !is_alike(from, to) {
            return refuse(format!("{path} is of another type or holds less"));
        }
    }
    Ok(())
}
