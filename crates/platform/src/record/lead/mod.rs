//! Converting leads: each becomes an account, a contact and, if wanted, an opportunity, or joins those that are there.
//! What is made and changed goes through the ordinary save order in one transaction; what was about the lead moves to
//! the contact, and the lead itself is read only ever after.

mod mapping;
mod moves;
mod target;

use super::gates::Gates;
use super::outcome::Outcome;
use super::save::Row;
use super::update::check_image;
use super::{RecordDraft, RowError, RowResult, SaveOptions};
use crate::ctx::Ctx;
use crate::literal::quoted;
use crate::query::plan_for_service;
use model::{Error, ErrorCode, FieldIx, ObjectSchema, RecordId, Result, Value};
use policy::{Service, ServiceGrant, WriteVerb};
use std::sync::Arc;
use store::{RecordRow, WriteTx};

pub(crate) use mapping::check_targets;

pub(crate) static LEADS: Service = Service {
    name: "lead-conversion",
    purpose: "While a lead is converted: looks up what its new status and the first stage mean, to which account a given \
              contact or opportunity belongs, and in which campaign the lead came; moves campaign memberships, notes, \
              tasks and events from the lead to the contact. It also tells whether a lead was converted when something \
              is to point to it. What it read goes to nobody.",
    grants: &[
        ServiceGrant::read("Lead"),
        ServiceGrant::read("LeadStatus"),
        ServiceGrant::read("OpportunityStage"),
        ServiceGrant::read("Opportunity"),
        ServiceGrant::read("OpportunityContactRole"),
        ServiceGrant::read("Contact"),
        ServiceGrant::edit("CampaignMember"),
        ServiceGrant::edit("Note"),
        ServiceGrant::edit("Task"),
        ServiceGrant::edit("Event"),
    ],
};

/// Leads that one call may convert.
const MOST_LEADS: usize = 100;

/// A lead and what is to become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadConversion {
    pub lead: RecordId,
    /// A status that is marked as converted.
    pub converted_status: String,
    /// The account that the contact joins; a new one when not given.
    pub account: Option<RecordId>,
    /// The contact that the lead becomes, one of the given account; a new one when not given.
    pub contact: Option<RecordId>,
    pub opportunity: LeadOpportunity,
    /// Who owns what is made; the owner of the lead when not given.
    pub owner: Option<RecordId>,
    /// The lead source of a contact that is there already gives way to the lead's.
    pub overwrite_lead_source: bool,
}

/// The opportunity of a conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeadOpportunity {
    None,
    /// A new one; without a name it gets that of the company.
    New(Option<String>),
    /// One that is there, of the given account.
    Existing(RecordId),
}

impl LeadConversion {
    /// To a new account, contact and opportunity.
    pub fn new(lead: RecordId, converted_status: impl Into<String>) -> Self {
        Self {
            lead,
            converted_status: converted_status.into(),
            account: None,
            contact: None,
            opportunity: LeadOpportunity::New(None),
            owner: None,
            overwrite_lead_source: false,
        }
    }
}

/// What became of one lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadConverted {
    pub lead: RecordId,
    pub account: Option<RecordId>,
    pub contact: Option<RecordId>,
    pub opportunity: Option<RecordId>,
    pub errors: Vec<RowError>,
}

/// Where the parts of a lead went.
#[derive(Debug, Clone, Copy)]
struct Made {
    account: RecordId,
    contact: RecordId,
    opportunity: Option<RecordId>,
}

/// A lead that is being converted.
struct Lead<'a> {
    object: &'a ObjectSchema,
    id: RecordId,
    values: Vec<Value>,
    /// Who owns what is made.
    owner: RecordId,
    /// What the status is called in the lead's own field.
    status: String,
}

impl Lead<'_> {
    fn get(&self, field: &str) -> &Value {
        self.object.find_field(field).map_or(&Value::Null, |field| &self.values[field.ix.index()])
    }
}

impl Ctx {
    /// Converts one lead.
    ///
    /// # Errors
    /// `CANNOT_UPDATE_CONVERTED_LEAD`, `INVALID_STATUS`, and what saving the parts would answer.
    pub fn lead_convert(&self, conversion: &LeadConversion) -> Result<LeadConverted> {
        let converted = self.leads_convert(std::slice::from_ref(conversion), SaveOptions::ALL)?;
        let mut converted = converted.into_iter().next().ok_or_else(|| Error::internal("no result of a conversion"))?;
        match converted.errors.is_empty() {
            true => Ok(converted),
            false => Err(converted.errors.swap_remove(0).into()),
        }
    }

    /// Converts leads in one transaction, in their order; each wholly or not at all, and all or none when the options say
    /// so.
    ///
    /// # Errors
    /// What concerns the whole call; what concerns a lead stands in its result.
    pub fn leads_convert(&self, conversions: &[LeadConversion], options: SaveOptions) -> Result<Vec<LeadConverted>> {
        if conversions.len() > MOST_LEADS {
            return Err(Error::new(
                ErrorCode::ExceededIdLimit,
                format!("One call converts at most {MOST_LEADS} leads; {} were given.", conversions.len()),
            ));
        }
        let object = self.object("Lead")?;
        let mut made: Vec<Option<Made>> = vec![None; conversions.len()];
        let results: Vec<RowResult> = Outcome::new(conversions.len(), options).within(
            |run| self.org.store.write(|tx| run(tx)),
            |tx, outcome| {
                for (at, conversion) in conversions.iter().enumerate() {
                    match tx.attempt(|tx| self.convert_lead(tx, object, conversion)) {
                        Ok(parts) => {
                            outcome.saved(at, conversion.lead, false);
                            made[at] = Some(parts);
                        }
                        Err(error) => outcome.fail_row(at, error)?,
                    }
                    outcome.check()?;
                }
                Ok(())
            },
        )?;
        let converted = results.into_iter().zip(made).zip(conversions).map(|((result, made), conversion)| {
            let made = made.filter(|_| result.errors.is_empty());
            LeadConverted {
                lead: conversion.lead,
                account: made.map(|made| made.account),
                contact: made.map(|made| made.contact),
                opportunity: made.and_then(|made| made.opportunity),
                errors: result.errors,
            }
        });
        Ok(converted.collect())
    }

    fn convert_lead(&self, tx: &mut WriteTx<'_>, object: &ObjectSchema, wish: &LeadConversion) -> Result<Made> {
        if wish.lead.prefix() != object.key_prefix() {
            return Err(bad_reference("Lead", "leadId", wish.lead));
        }
        let fields: Vec<FieldIx> =
            [STAMPED, &["Status"]].concat().iter().filter_map(|name| object.find_field(name)).map(|f| f.ix).collect();
        let write = Gates::new(self, object, WriteVerb::Edit, SaveOptions::ALL).for_carried(&fields)?;
        let image = tx.before_images(&write, &[wish.lead])?.remove(&wish.lead);
        let image = image.ok_or_else(Error::not_found)?;
        check_image(object, &image, SaveOptions::ALL)?;
        refuse_converted(object, &image.values)?;
        let status = self.converted_status(tx, &wish.converted_status)?;
        let owner = match (wish.owner, object.owner_field.and_then(|owner| image.values[owner.index()].as_id())) {
            (Some(owner), _) | (None, Some(owner)) => owner,
            (None, None) => return Err(no_user_owns()),
        };
        if self.schema.find_by_prefix(owner.prefix()).is_none_or(|target| target.name() != "User") {
            return Err(no_user_owns());
        }
        let lead = Lead { object, id: wish.lead, values: image.values.clone(), owner, status };
        let made = self.make_parts(tx, &lead, wish)?;
        self.move_to_contact(tx, &lead, made)?;
        let mut draft = RecordDraft::of(lead.id).set(object, "Status", lead.status.as_str())?;
        let today = self.today();
        for (name, value) in [
            ("IsConverted", Value::Bool(true)),
            ("ConvertedDate", Value::Date(today)),
            ("ConvertedAccountId", made.account.into()),
            ("ConvertedContactId", made.contact.into()),
            ("ConvertedOpportunityId", made.opportunity.into()),
        ] {
            draft = draft.set(object, name, value)?;
        }
        let row = self.changed_row(object, &draft, image, 0, write)?;
        self.save_part(tx, object, row)?;
        Ok(made)
    }

    /// Takes one row through the whole save order.
    fn save_part(&self, tx: &mut WriteTx<'_>, object: &ObjectSchema, row: Row) -> Result<RecordId> {
        let results = Outcome::new(1, SaveOptions::ALL)
            .within(|run| run(tx), |tx, outcome| self.save_rows(tx, object, vec![row], outcome))?;
        results.into_iter().next().ok_or_else(|| Error::internal("a part of a lead has no result"))?.into_id()
    }

    /// The status as leads hold it.
    fn converted_status(&self, tx: &mut WriteTx<'_>, name: &str) -> Result<String> {
        let name = name.trim();
        if name.is_empty() {
            return Err(Error::new(ErrorCode::MissingArgument, "convertedStatus: required to convert a lead")
                .with_field("Status"));
        }
        let known = format!(
            "SELECT ApiName, MasterLabel FROM LeadStatus WHERE IsConverted = true AND (MasterLabel = {0} OR ApiName = {0})",
            quoted(name)
        );
        let found = self.lead_rows(tx, &known)?;
        let value = found.first().and_then(|row| row.cells.iter().find_map(|cell| cell.value().as_text()));
        value.map(str::to_owned).ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidStatus,
                format!("invalid convertedStatus: {name} is no lead status that is marked as converted"),
            )
            .with_field("Status")
        })
    }

    /// What the service sees, as the transaction does.
    fn lead_rows(&self, tx: &mut WriteTx<'_>, text: &str) -> Result<Vec<RecordRow>> {
        let plan = plan_for_service(&self.org, &self.schema, &LEADS, text)?;
        tx.records(&plan, &self.read_options(), None)
    }
}

/// What a conversion sets on the lead beside its status.
const STAMPED: &[&str] =
    &["IsConverted", "ConvertedDate", "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId"];

/// A lead that was converted is not changed, merged or converted again.
///
/// # Errors
/// `CANNOT_UPDATE_CONVERTED_LEAD`.
pub(crate) fn refuse_converted(object: &ObjectSchema, values: &[Value]) -> Result<()> {
    let flag = object.find_field("IsConverted").filter(|_| object.name() == "Lead");
    match flag.is_some_and(|flag| values[flag.ix.index()] == Value::Bool(true)) {
        true => Err(converted_lead()),
        false => Ok(()),
    }
}

pub(crate) fn converted_lead() -> Error {
    Error::new(
        ErrorCode::CannotUpdateConvertedLead,
        "cannot reference converted lead: work with the account, contact or opportunity that it became",
    )
}

fn no_user_owns() -> Error {
    Error::new(
        ErrorCode::FieldIntegrityException,
        "Converted objects can only be owned by users. If the lead is not owned by a user, you must specify a user for \
         the Owner field.",
    )
    .with_field("OwnerId")
}

fn bad_reference(what: &str, field: &str, id: RecordId) -> Error {
    Error::new(ErrorCode::InvalidCrossReferenceKey, format!("{what}: invalid cross reference id {id}"))
        .with_field(field)
}

/// The gate of a part, with the fields that the platform carries over.
fn gate(
    ctx: &Ctx,
    object: &ObjectSchema,
    verb: WriteVerb,
    draft: &RecordDraft,
) -> Result<Arc<policy::AuthorizedWrite>> {
    let carried: Vec<FieldIx> = draft.values.iter().map(|(ix, _)| *ix).collect();
    Gates::new(ctx, object, verb, SaveOptions::ALL).for_carried(&carried)
}
