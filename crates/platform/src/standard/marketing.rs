//! Campaigns and the people they reach.

use super::common::{description, last_activity, picklist_from, record_type, whole_currency};
use model::schema::{AccessDefault, FieldDef, ObjectDef, OnDelete};

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![campaign(), member()]
}

fn campaign() -> ObjectDef {
    ObjectDef::new("Campaign", "Campaign", "Campaigns", "701")
        .access(AccessDefault::PublicRead)
        .field(FieldDef::text("Name", "Campaign name", 80).required().indexed())
        .field(record_type())
        .field(FieldDef::lookup("ParentId", "Parent campaign", "Campaign").children("ChildCampaigns"))
        .field(FieldDef::picklist(
            "Type",
            "Type",
            &[
                "Conference",
                "Webinar",
                "Trade Show",
                "Public Relations",
                "Partners",
                "Referral Program",
                "Advertisement",
                "Banner Ads",
                "Direct Mail",
                "Email",
                "Telemarketing",
                "Other",
            ],
        ))
        .field(picklist_from("Status", "Status", &["Planned", "In Progress", "Completed", "Aborted"], "Planned"))
        .field(FieldDef::date("StartDate", "Start date"))
        .field(FieldDef::date("EndDate", "End date"))
        .field(FieldDef::boolean("IsActive", "Active", false))
        .field(whole_currency("ExpectedRevenue", "Expected revenue in campaign"))
        .field(whole_currency("BudgetedCost", "Budgeted cost in campaign"))
        .field(whole_currency("ActualCost", "Actual cost in campaign"))
        .field(FieldDef::percent("ExpectedResponse", "Expected response (%)", 10, 2))
        .field(FieldDef::number("NumberSent", "Number sent in campaign", 18, 0))
        .field(description())
        .field(last_activity())
}

fn member() -> ObjectDef {
    ObjectDef::new("CampaignMember", "Campaign member", "Campaign members", "00v")
        .detail_of("CampaignId")
        .not_searchable()
        .field(FieldDef::master("CampaignId", "Campaign", "Campaign").children("CampaignMembers"))
        .field(FieldDef::text("Name", "Name", 121).system().help("The name of the lead or contact."))
        .field(FieldDef::lookup("LeadId", "Lead", "Lead").children("CampaignMembers").on_delete(OnDelete::Cascade))
        .field(
            FieldDef::lookup("ContactId", "Contact", "Contact")
                .children("CampaignMembers")
                .on_delete(OnDelete::Cascade),
        )
        .field(picklist_from("Status", "Status", &["Sent", "Responded"], "Sent"))
        .field(FieldDef::boolean("HasResponded", "Responded", false))
        .field(FieldDef::date("FirstRespondedDate", "First responded date"))
}
