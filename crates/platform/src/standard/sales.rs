//! Leads, opportunities and their lines, contact roles, stages and stage history.

use super::common::{FORECAST_CATEGORY_NAMES, INDUSTRIES, LEAD_SOURCES, RATINGS};
use super::common::{
    address, description, last_activity, merged_into, person_name, picklist_from, record_type, setting, whole_currency,
};
use model::Decimal;
use model::schema::{FieldDef, HistoryRows, ObjectDef, OnDelete};

const STAGES: &[&str] = &[
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
];

/// The status that leads of a new org are converted to.
pub(crate) const CONVERTED_STATUS: &str = "Closed - Converted";

const FORECAST_CATEGORIES: &[&str] = &["Omitted", "Pipeline", "BestCase", "Forecast", "Closed"];

pub(super) fn objects() -> Vec<ObjectDef> {
    vec![lead(), lead_status(), opportunity(), line_item(), contact_role(), stage(), history()]
}

fn lead() -> ObjectDef {
    ObjectDef::new("Lead", "Lead", "Leads", "00Q")
        .listed_by("CreatedDate")
        .queueable()
        .fields(person_name())
        .field(record_type())
        .field(FieldDef::text("Title", "Title", 128))
        .field(FieldDef::text("Company", "Company", 255).required().indexed())
        .fields(address("", ""))
        .field(FieldDef::phone("Phone", "Phone"))
        .field(FieldDef::phone("MobilePhone", "Mobile phone"))
        .field(FieldDef::phone("Fax", "Fax"))
        .field(FieldDef::email("Email", "Email").indexed())
        .field(FieldDef::url("Website", "Website"))
        .field(FieldDef::picklist("LeadSource", "Lead source", LEAD_SOURCES))
        .field(
            picklist_from(
                "Status",
                "Lead status",
                &["Open - Not Contacted", "Working - Contacted", CONVERTED_STATUS, "Closed - Not Converted"],
                "Open - Not Contacted",
            )
            .required()
            .tracked(),
        )
        .field(FieldDef::picklist("Industry", "Industry", INDUSTRIES))
        .field(FieldDef::picklist("Rating", "Rating", RATINGS))
        .field(whole_currency("AnnualRevenue", "Annual revenue"))
        .field(FieldDef::int("NumberOfEmployees", "Employees"))
        .field(description())
        .field(FieldDef::boolean("HasOptedOutOfEmail", "Email opt out", false))
        .field(FieldDef::boolean("DoNotCall", "Do not call", false))
        .field(FieldDef::boolean("IsConverted", "Converted", false).system())
        .field(FieldDef::date("ConvertedDate", "Converted date").system())
        .field(FieldDef::lookup("ConvertedAccountId", "Converted account", "Account").system())
        .field(FieldDef::lookup("ConvertedContactId", "Converted contact", "Contact").system())
        .field(FieldDef::lookup("ConvertedOpportunityId", "Converted opportunity", "Opportunity").system())
        .field(FieldDef::boolean("IsUnreadByOwner", "Unread by owner", true))
        .field(merged_into("Lead"))
        .field(last_activity())
}

/// What each status of a lead means; a lead is converted to one that says so.
fn lead_status() -> ObjectDef {
    setting("LeadStatus", "Lead status value", "Lead status values", "0LS")
        .name_field("MasterLabel")
        .field(FieldDef::text("MasterLabel", "Master label", 255).required().unique())
        .field(FieldDef::text("ApiName", "API name", 255))
        .field(FieldDef::int("SortOrder", "Sort order"))
        .field(FieldDef::boolean("IsDefault", "Default", false))
        .field(FieldDef::boolean("IsConverted", "Converted", false))
}

fn opportunity() -> ObjectDef {
    ObjectDef::new("Opportunity", "Opportunity", "Opportunities", "006")
        .listed_by("CloseDate")
        .totalled_by("Amount")
        .field(FieldDef::text("Name", "Opportunity name", 120).required().indexed())
        .field(record_type())
        .field(
            FieldDef::lookup("AccountId", "Account", "Account").children("Opportunities").on_delete(OnDelete::Cascade),
        )
        .field(FieldDef::boolean("IsPrivate", "Private", false))
        .field(FieldDef::picklist("StageName", "Stage", STAGES).required().tracked().indexed())
        .field(FieldDef::currency("Amount", "Amount").tracked())
        .field(FieldDef::percent("Probability", "Probability (%)", 3, 0).tracked())
        .field(FieldDef::currency("ExpectedRevenue", "Expected amount").system().help("Amount times probability."))
        .field(FieldDef::number("TotalOpportunityQuantity", "Quantity", 18, 2))
        .field(FieldDef::date("CloseDate", "Close date").required().tracked().indexed())
        .field(FieldDef::picklist(
            "Type",
            "Opportunity type",
            &[
                "Existing Customer - Upgrade",
                "Existing Customer - Replacement",
                "Existing Customer - Downgrade",
                "New Customer",
            ],
        ))
        .field(FieldDef::text("NextStep", "Next step", 255))
        .field(FieldDef::picklist("LeadSource", "Lead source", LEAD_SOURCES))
        .field(description())
        .field(FieldDef::boolean("IsClosed", "Closed", false).system())
        .field(FieldDef::boolean("IsWon", "Won", false).system())
        .field(FieldDef::picklist("ForecastCategory", "Forecast category", FORECAST_CATEGORIES).restricted().system())
        .field(FieldDef::picklist("ForecastCategoryName", "Forecast category name", FORECAST_CATEGORY_NAMES).system())
        .field(FieldDef::lookup("CampaignId", "Primary campaign source", "Campaign").children("Opportunities"))
        .field(
            FieldDef::lookup("Pricebook2Id", "Price book", "Pricebook2")
                .children("Opportunities")
                .on_delete(OnDelete::Restrict),
        )
        .field(FieldDef::boolean("HasOpportunityLineItem", "Has products", false).system())
        .field(FieldDef::int("FiscalQuarter", "Fiscal quarter").system())
        .field(FieldDef::int("FiscalYear", "Fiscal year").system())
        .field(FieldDef::text("Fiscal", "Fiscal period", 6).system())
        .field(last_activity())
}

fn line_item() -> ObjectDef {
    ObjectDef::new("OpportunityLineItem", "Opportunity product", "Opportunity products", "00k")
        .detail_of("OpportunityId")
        .not_searchable()
        .field(FieldDef::master("OpportunityId", "Opportunity", "Opportunity").children("OpportunityLineItems"))
        .field(FieldDef::text("Name", "Opportunity product name", 376).system())
        .field(FieldDef::int("SortOrder", "Sort order"))
        .field(
            FieldDef::lookup("PricebookEntryId", "Price book entry", "PricebookEntry")
                .children("OpportunityLineItems")
                .on_delete(OnDelete::Restrict)
                .required(),
        )
        .field(FieldDef::lookup("Product2Id", "Product", "Product2").on_delete(OnDelete::Restrict).system())
        .field(FieldDef::text("ProductCode", "Product code", 255).system())
        .field(FieldDef::number("Quantity", "Quantity", 12, 2).required())
        .field(FieldDef::currency("UnitPrice", "Sales price"))
        .field(FieldDef::currency("TotalPrice", "Total price"))
        .field(FieldDef::currency("ListPrice", "List price").system())
        .field(FieldDef::percent("Discount", "Discount", 5, 2))
        .field(FieldDef::date("ServiceDate", "Date"))
        .field(FieldDef::text("Description", "Line description", 255))
}

fn contact_role() -> ObjectDef {
    ObjectDef::new("OpportunityContactRole", "Opportunity contact role", "Opportunity contact roles", "00K")
        .detail_of("OpportunityId")
        .not_searchable()
        .name_field("Role")
        .field(FieldDef::master("OpportunityId", "Opportunity", "Opportunity").children("OpportunityContactRoles"))
        .field(
            FieldDef::lookup("ContactId", "Contact", "Contact")
                .children("OpportunityContactRoles")
                .on_delete(OnDelete::Cascade)
                .required(),
        )
        .field(FieldDef::picklist(
            "Role",
            "Role",
            &[
                "Business User",
                "Decision Maker",
                "Economic Buyer",
                "Economic Decision Maker",
                "Evaluator",
                "Executive Sponsor",
                "Influencer",
                "Technical Buyer",
                "Other",
            ],
        ))
        .field(FieldDef::boolean("IsPrimary", "Primary", false))
}

/// What each stage name means; opportunities take probability, forecast category and closed or won from here.
fn stage() -> ObjectDef {
    setting("OpportunityStage", "Opportunity stage", "Opportunity stages", "01J")
        .name_field("MasterLabel")
        .field(FieldDef::text("MasterLabel", "Master label", 255).required().unique())
        .field(FieldDef::text("ApiName", "API name", 255))
        .field(FieldDef::boolean("IsActive", "Active", true))
        .field(FieldDef::int("SortOrder", "Sort order"))
        .field(FieldDef::boolean("IsClosed", "Closed", false))
        .field(FieldDef::boolean("IsWon", "Won", false))
        .field(FieldDef::picklist("ForecastCategory", "Forecast category", FORECAST_CATEGORIES).restricted())
        .field(FieldDef::picklist("ForecastCategoryName", "Forecast category name", FORECAST_CATEGORY_NAMES))
        .field(FieldDef::percent("DefaultProbability", "Probability (%)", 3, 0).default_value(Decimal::ZERO))
        .field(FieldDef::text("Description", "Description", 255))
}

/// The opportunity as it stood after each change of stage, amount, probability or close date.
fn history() -> ObjectDef {
    ObjectDef::new("OpportunityHistory", "Opportunity history", "Opportunity history", "008")
        .history_of("OpportunityId", HistoryRows::Steps)
        .name_field("StageName")
        .field(
            FieldDef::master("OpportunityId", "Opportunity", "Opportunity").children("OpportunityHistories").system(),
        )
        .field(FieldDef::picklist("StageName", "Stage", STAGES).system())
        .field(FieldDef::currency("Amount", "Amount").system())
        .field(FieldDef::currency("ExpectedRevenue", "Expected amount").system())
        .field(FieldDef::percent("Probability", "Probability (%)", 3, 0).system())
        .field(FieldDef::date("CloseDate", "Close date").system())
        .field(FieldDef::picklist("ForecastCategory", "Forecast category", FORECAST_CATEGORIES).restricted().system())
}
