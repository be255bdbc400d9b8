//! What was about a lead is about its contact after the conversion.

use super::{LEADS, Lead, Made};
use crate::ctx::Ctx;
use crate::hooks::HookCtx;
use model::{Error, ErrorCode, RecordId, Result, Value};
use std::collections::HashSet;
use store::WriteTx;

/// Records that one conversion may move; more is refused, nothing is left half done.
const MOST_MOVED: usize = 10_000;

impl Ctx {
    /// Campaign memberships, notes, tasks and events go from the lead to the contact. An activity that was about nothing
    /// else is then about the opportunity, or else the account. Where the contact is a member of a campaign already, the
    /// lead's membership stays the lead's.
    pub(super) fn move_to_contact(&self, tx: &mut WriteTx<'_>, lead: &Lead<'_>, made: Made) -> Result<()> {
        let mut service = HookCtx::new(self, tx, &LEADS);
        let (contact, about) = (Value::Id(made.contact), Value::Id(made.opportunity.unwrap_or(made.account)));
        let mut moved = 0;
        for (object, reference, beside) in [
            ("CampaignMember", "LeadId", "CampaignId"),
            ("Note", "ParentId", "ParentId"),
            ("Task", "WhoId", "WhatId, AccountId"),
            ("Event", "WhoId", "WhatId, AccountId"),
        ] {
            let rows = service.rows(&format!("SELECT Id, {beside} FROM {object} WHERE {reference} = '{}'", lead.id))?;
            moved += rows.len();
            if moved > MOST_MOVED {
                return Err(Error::new(
                    ErrorCode::FieldIntegrityException,
                    format!("The conversion would move more than {MOST_MOVED} records; move some of them first."),
                ));
            }
            let joined: HashSet<RecordId> = match (object, rows.is_empty()) {
                ("CampaignMember", false) => {
                    let text = format!("SELECT CampaignId FROM CampaignMember WHERE ContactId = '{}'", made.contact);
                    service.rows(&text)?.iter().filter_map(|row| row.cells[0].value().as_id()).collect()
                }
                _ => HashSet::new(),
            };
            for row in rows {
                let held = row.cells[1].value();
                let values: Vec<(&str, Value)> = match object {
                    "CampaignMember" if held.as_id().is_some_and(|campaign| joined.contains(&campaign)) => continue,
                    "CampaignMember" => vec![("ContactId", contact.clone()), ("LeadId", Value::Null)],
                    "Note" => vec![("ParentId", contact.clone())],
                    _ => {
                        let what = if held.is_null() { about.clone() } else { held.clone() };
                        let of_what = row.cells[2].value();
                        let account = if of_what.is_null() { Value::Id(made.account) } else { of_what.clone() };
                        vec![("WhoId", contact.clone()), ("WhatId", what), ("AccountId", account)]
                    }
                };
                service.update(object, row.id, &values)?;
            }
        }
        Ok(())
    }
}
