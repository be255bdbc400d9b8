//! The account, contact and opportunity of a conversion: made, or taken and filled where they are empty.

use super::{Lead, LeadConversion, LeadOpportunity, Made, bad_reference, gate, mapping};
use crate::ctx::Ctx;
use crate::record::create::NewRows;
use crate::record::update::no_access;
use crate::record::{RecordDraft, SaveOptions};
use model::{Date, Error, ErrorCode, RecordId, Result, Value};
use policy::WriteVerb;
use store::WriteTx;

impl Ctx {
    pub(super) fn make_parts(&self, tx: &mut WriteTx<'_>, lead: &Lead<'_>, wish: &LeadConversion) -> Result<Made> {
        if wish.contact.is_some() && wish.account.is_none() {
            return Err(missing_account("contactId"));
        }
        if matches!(wish.opportunity, LeadOpportunity::Existing(_)) && wish.account.is_none() {
            return Err(missing_account("opportunityId"));
        }
        let account = match wish.account {
            Some(id) => self.fill_part(tx, lead, "Account", id, Vec::new(), false)?,
            None => self.make_part(tx, lead, "Account", Vec::new())?,
        };
        let of_account = ("AccountId", Value::Id(account));
        // What was made here is known to be right; what was named is judged like any reference that a user gives.
        let fixed = |beside: Vec<(&'static str, Value)>| {
            let here = wish.account.is_none();
            let beside = beside.into_iter().map(|(name, value)| Fixed { name, value, made_here: true });
            beside.chain([Fixed { name: "AccountId", value: Value::Id(account), made_here: here }]).collect::<Vec<_>>()
        };
        let contact = match wish.contact {
            Some(id) => {
                self.fill_part(tx, lead, "Contact", id, vec![of_account.clone()], wish.overwrite_lead_source)?
            }
            None => self.make_part(tx, lead, "Contact", fixed(Vec::new()))?,
        };
        let opportunity = match &wish.opportunity {
            LeadOpportunity::None => None,
            LeadOpportunity::Existing(id) => {
                Some(self.fill_part(tx, lead, "Opportunity", *id, vec![of_account], false)?)
            }
            LeadOpportunity::New(name) => {
                let start = self.opportunity_start(tx, lead, name.as_deref())?;
                Some(self.make_part(tx, lead, "Opportunity", fixed(start))?)
            }
        };
        if let Some(opportunity) = opportunity {
            let made_here = matches!(wish.opportunity, LeadOpportunity::New(_));
            self.join_opportunity(tx, opportunity, contact, made_here)?;
        }
        Ok(Made { account, contact, opportunity })
    }

    /// A new record of what the lead carries, and of what is fixed.
    fn make_part(&self, tx: &mut WriteTx<'_>, lead: &Lead<'_>, object: &str, fixed: Vec<Fixed>) -> Result<RecordId> {
        let object = self.object(object)?;
        let mut draft = RecordDraft::new();
        for carried in self.carried(lead, object)? {
            draft.values.push((carried.field.ix, carried.value));
        }
        let mut known_right = Vec::new();
        for Fixed { name, value, made_here } in fixed {
            let field = object.find_field(name).ok_or_else(|| Error::internal(format!("no field {name}")))?;
            draft.values.retain(|(ix, _)| *ix != field.ix);
            draft.values.push((field.ix, value));
            known_right.extend(made_here.then_some(field.ix));
        }
        if let Some(owner) = object.owner_field {
            draft.values.push((owner, lead.owner.into()));
            // One's own record is one's own, whoever may read users.
            known_right.extend((self.user_id() == Some(lead.owner)).then_some(owner));
        }
        let write = gate(self, object, WriteVerb::Create, &draft)?;
        let mut row = NewRows::new(self, object, SaveOptions::ALL).row_under(write, 0, &draft)?;
        // The parts of a lead point to each other, also where their owner is not who converts.
        row.given.retain(|field| !known_right.contains(field));
        self.save_part(tx, object, row)
    }

    /// A record that is there, with what the lead carries where it holds nothing.
    fn fill_part(
        &self,
        tx: &mut WriteTx<'_>,
        lead: &Lead<'_>,
        object: &str,
        id: RecordId,
        belongs: Vec<(&str, Value)>,
        overwrite_source: bool,
    ) -> Result<RecordId> {
        let object = self.object(object)?;
        let named = || bad_reference(object.label(), "Id", id);
        if id.prefix() != object.key_prefix() {
            return Err(named());
        }
        let mut draft = RecordDraft::of(id);
        let carried = self.carried(lead, object)?;
        draft.values.extend(carried.iter().map(|part| (part.field.ix, part.value.clone())));
        for (name, value) in &belongs {
            draft = draft.set(object, name, value.clone())?;
        }
        let write = gate(self, object, WriteVerb::Edit, &draft)?;
        let image = tx.before_images(&write, &[id])?.remove(&id).filter(|image| image.readable).ok_or_else(named)?;
        if image.deleted {
            return Err(Error::new(ErrorCode::EntityIsDeleted, "entity is deleted"));
        }
        for (name, value) in &belongs {
            let held = object.find_field(name).map_or(&Value::Null, |field| &image.values[field.ix.index()]);
            if !held.is_null() && held != value {
                return Err(Error::new(
                    ErrorCode::FieldIntegrityException,
                    format!("{}: {id} does not belong to the account {}", object.label(), value.to_plain()),
                )
                .with_field(*name));
            }
        }
        // Two halves of addresses make none.
        let has_address = object.find_field(mapping::address_of(object)).is_some_and(|whole| {
            object.fields.iter().any(|part| part.part_of == Some(whole.ix) && !image.values[part.ix.index()].is_null())
        });
        draft.values.retain(|(ix, _)| {
            let is_source = object.field(*ix).name() == "LeadSource";
            let of_address = carried.iter().any(|part| part.of_address && part.field.ix == *ix);
            let free = image.values[ix.index()].is_null() && !(of_address && has_address);
            free || (overwrite_source && is_source)
        });
        if draft.values.is_empty() {
            return Ok(id);
        }
        if !image.permitted {
            return Err(no_access(id));
        }
        let row = self.changed_row(object, &draft, image, 0, write)?;
        self.save_part(tx, object, row)
    }

    /// What a new opportunity starts with: its name, the first stage, the end of the fiscal quarter, the lead's campaign.
    fn opportunity_start(
        &self,
        tx: &mut WriteTx<'_>,
        lead: &Lead<'_>,
        name: Option<&str>,
    ) -> Result<Vec<(&'static str, Value)>> {
        let object = self.object("Opportunity")?;
        let longest = object.name_field().data_type().length() as usize;
        // A name that was given is judged as any other; the company's is only a beginning.
        let name = match name {
            Some(name) => name.to_owned(),
            None => lead.get("Company").as_text().unwrap_or_default().chars().take(longest).collect(),
        };
        let stages = self.lead_rows(
            tx,
            "SELECT MasterLabel FROM OpportunityStage WHERE IsActive = true AND IsClosed = false ORDER BY SortOrder LIMIT 1",
        )?;
        let stage = stages.first().map(|row| row.cells[0].value().clone()).ok_or_else(|| {
            Error::new(
                ErrorCode::FieldIntegrityException,
                "No opportunity stage is open and active; add one, or convert without an opportunity.",
            )
            .with_field("StageName")
        })?;
        let campaigns = self.lead_rows(
            tx,
            &format!(
                "SELECT CampaignId FROM CampaignMember WHERE LeadId = '{}' ORDER BY CreatedDate DESC, Id DESC LIMIT 1",
                lead.id
            ),
        )?;
        let mut fixed = vec![
            ("Name", Value::from(name)),
            ("StageName", stage),
            ("CloseDate", Value::Date(quarter_end(self.today(), self.settings().fiscal_start_month)?)),
        ];
        if let Some(campaign) = campaigns.first() {
            fixed.push(("CampaignId", campaign.cells[0].value().clone()));
        }
        Ok(fixed)
    }

    /// The contact takes part in the opportunity: as the first contact when there was none.
    fn join_opportunity(
        &self,
        tx: &mut WriteTx<'_>,
        opportunity: RecordId,
        contact: RecordId,
        made_here: bool,
    ) -> Result<()> {
        let text = format!("SELECT ContactId FROM OpportunityContactRole WHERE OpportunityId = '{opportunity}'");
        let known = self.lead_rows(tx, &text)?;
        if known.iter().any(|row| row.cells[0].value().as_id() == Some(contact)) {
            return Ok(());
        }
        let object = self.object("OpportunityContactRole")?;
        let draft = RecordDraft::new()
            .set(object, "OpportunityId", opportunity)?
            .set(object, "ContactId", contact)?
            .set(object, "IsPrimary", known.is_empty())?;
        let write = gate(self, object, WriteVerb::Create, &draft)?;
        let mut row = NewRows::new(self, object, SaveOptions::ALL).row_under(write, 0, &draft)?;
        // Whoever may not change an opportunity that was there adds nobody to it.
        row.given.retain(|field| !made_here && object.field(*field).name() == "OpportunityId");
        self.save_part(tx, object, row).map(|_| ())
    }
}

/// A value of a part that the lead does not carry.
struct Fixed {
    name: &'static str,
    value: Value,
    /// The platform chose it, or made the record that it points to.
    made_here: bool,
}

fn missing_account(field: &str) -> Error {
    Error::new(ErrorCode::MissingArgument, format!("{field}: give the account that it belongs to as well"))
        .with_field("accountId")
}

/// The last day of the fiscal quarter that a day is in.
fn quarter_end(day: Date, fiscal_start_month: u8) -> Result<Date> {
    let civil = day.to_civil();
    let into = (i32::from(civil.month()) - i32::from(fiscal_start_month)).rem_euclid(3);
    let last_month = civil.first_of_month().checked_add(jiff::Span::new().months(2 - into)).map_err(Error::internal)?;
    Ok(Date::from_civil(last_month.last_of_month()))
}

#[cfg(test)]
mod tests {
    use super::quarter_end;
    use model::Date;

    #[test]
    fn a_quarter_ends_as_the_fiscal_year_says() {
        let end =
            |day: &str, start| quarter_end(Date::parse(day).expect("a day"), start).expect("in range").to_string();
        assert_eq!(end("2026-02-10", 1), "2026-03-31");
        assert_eq!(end("2026-12-31", 1), "2026-12-31");
        assert_eq!(end("2026-12-31", 2), "2027-01-31");
        assert_eq!(end("2024-01-15", 3), "2024-02-29");
    }
}
