//! The declarations against the published lists: key prefixes, fields, relationships in both directions.

use super::objects;
use model::schema::{AccessDefault, Compound, OrgSchema, SharingKind};
use model::{FieldType, KeyPrefix, Value, Zone};

fn schema() -> OrgSchema {
    OrgSchema::build(1, objects()).expect("the standard objects are sound")
}

const PREFIXES: &[(&str, &str)] = &[
    ("001", "Account"),
    ("003", "Contact"),
    ("00Q", "Lead"),
    ("006", "Opportunity"),
    ("00k", "OpportunityLineItem"),
    ("00K", "OpportunityContactRole"),
    ("008", "OpportunityHistory"),
    ("01t", "Product2"),
    ("01s", "Pricebook2"),
    ("01u", "PricebookEntry"),
    ("500", "Case"),
    ("0Q0", "Quote"),
    ("0QL", "QuoteLineItem"),
    ("00T", "Task"),
    ("002", "Note"),
    ("00P", "Attachment"),
    ("068", "ContentVersion"),
    ("069", "ContentDocument"),
    ("06A", "ContentDocumentLink"),
    ("00U", "Event"),
    ("701", "Campaign"),
    ("00v", "CampaignMember"),
    ("00D", "Organization"),
    ("005", "User"),
    ("00e", "Profile"),
    ("00E", "UserRole"),
    ("0PS", "PermissionSet"),
    ("0Pa", "PermissionSetAssignment"),
    ("0PG", "PermissionSetGroup"),
    ("00G", "Group"),
    ("011", "GroupMember"),
    ("012", "RecordType"),
];

/// Object, fields, and which of them a create must give (`*`).
const FIELDS: &[(&str, &str)] = &[
    (
        "Account",
        "Name* Type ParentId BillingStreet BillingCity BillingState BillingPostalCode BillingCountry BillingLatitude \
         BillingLongitude BillingAddress ShippingStreet ShippingCity ShippingState ShippingPostalCode ShippingCountry \
         ShippingLatitude ShippingLongitude ShippingAddress Phone Fax AccountNumber Website Sic SicDesc Industry \
         AnnualRevenue NumberOfEmployees Ownership TickerSymbol Description Rating Site Jigsaw JigsawCompanyId \
         AccountSource OwnerId RecordTypeId LastActivityDate",
    ),
    (
        "Contact",
        "LastName* FirstName Salutation Name AccountId ReportsToId Email Phone MobilePhone Title Department LeadSource \
         MailingStreet MailingCity MailingState MailingPostalCode MailingCountry MailingLatitude MailingLongitude \
         MailingAddress Description OwnerId RecordTypeId LastActivityDate",
    ),
    (
        "Lead",
        "LastName* Company* Status FirstName Name Email Phone Title Industry LeadSource Rating Street City State \
         PostalCode Country Latitude Longitude Address IsConverted ConvertedDate ConvertedAccountId ConvertedContactId \
         ConvertedOpportunityId OwnerId RecordTypeId LastActivityDate",
    ),
    (
        "Opportunity",
        "Name* StageName* CloseDate* AccountId Amount Probability ExpectedRevenue Type LeadSource NextStep Description \
         IsClosed IsWon ForecastCategory ForecastCategoryName CampaignId Pricebook2Id HasOpportunityLineItem FiscalYear \
         FiscalQuarter OwnerId RecordTypeId LastActivityDate",
    ),
    (
        "OpportunityLineItem",
        "OpportunityId* PricebookEntryId* Quantity* UnitPrice TotalPrice ListPrice Discount ServiceDate Description \
         Product2Id Name",
    ),
    ("OpportunityContactRole", "OpportunityId* ContactId* Role IsPrimary"),
    ("OpportunityStage", "MasterLabel SortOrder DefaultProbability IsActive IsClosed IsWon ForecastCategoryName"),
    (
        "Quote",
        "Name* OpportunityId* Pricebook2Id Status ExpirationDate QuoteNumber IsSyncing Subtotal Discount TotalPrice Tax \
         ShippingHandling GrandTotal LineItemCount BillingStreet BillingAddress ShippingAddress QuoteToAddress ContactId \
         AccountId Email Phone Description",
    ),
    (
        "QuoteLineItem",
        "QuoteId* PricebookEntryId* Quantity* UnitPrice* ListPrice Discount Subtotal TotalPrice Product2Id Description \
         ServiceDate SortOrder LineNumber",
    ),
    ("LeadStatus", "MasterLabel ApiName SortOrder IsDefault IsConverted"),
    (
        "LoginHistory",
        "UserId LoginTime LoginType SourceIp Status Application Platform Browser ApiType ApiVersion LoginUrl",
    ),
    ("SetupAuditTrail", "Action Section CreatedById CreatedDate Display DelegateUser"),
    ("Product2", "Name* IsActive Description ProductCode Family"),
    ("Pricebook2", "Name* IsActive Description IsStandard"),
    ("PricebookEntry", "Pricebook2Id* Product2Id* UnitPrice* IsActive UseStandardPrice Name"),
    (
        "Case",
        "CaseNumber Subject Description Status Priority Origin Type Reason AccountId ContactId ParentId IsClosed \
         ClosedDate OwnerId RecordTypeId",
    ),
    ("Task", "Subject WhoId WhatId AccountId Description ActivityDate Status Priority IsClosed TaskSubtype OwnerId"),
    (
        "Event",
        "Subject WhoId WhatId AccountId Description ActivityDate StartDateTime EndDateTime DurationInMinutes \
         IsAllDayEvent Location OwnerId",
    ),
    ("Note", "ParentId* Title* Body"),
    ("AccountHistory", "AccountId Field OldValue NewValue CreatedById CreatedDate"),
    ("OpportunityHistory", "OpportunityId StageName Amount ExpectedRevenue Probability CloseDate ForecastCategory"),
    ("Campaign", "Name* Type Status StartDate EndDate IsActive BudgetedCost OwnerId"),
    ("CampaignMember", "CampaignId* LeadId ContactId Status HasResponded"),
    (
        "User",
        "Username* LastName* Email* Alias* TimeZoneSidKey* LocaleSidKey* EmailEncodingKey* LanguageLocaleKey* \
         ProfileId* FirstName Name UserRoleId ManagerId IsActive UserType FederationIdentifier LastLoginDate Title \
         Department Phone CompanyName",
    ),
    ("Profile", "Name UserType"),
    (
        "UserRole",
        "Name ParentRoleId OpportunityAccessForAccountOwner CaseAccessForAccountOwner ContactAccessForAccountOwner",
    ),
    ("Group", "Name DeveloperName Type"),
    ("GroupMember", "GroupId UserOrGroupId"),
    ("PermissionSet", "Name Label IsOwnedByProfile ProfileId"),
    ("PermissionSetAssignment", "PermissionSetId AssigneeId PermissionSetGroupId"),
    ("PermissionSetGroup", "DeveloperName MasterLabel"),
    (
        "ObjectPermissions",
        "ParentId SobjectType PermissionsRead PermissionsCreate PermissionsEdit PermissionsDelete \
         PermissionsViewAllRecords PermissionsModifyAllRecords",
    ),
    ("FieldPermissions", "ParentId SobjectType Field PermissionsRead PermissionsEdit"),
    (
        "Organization",
        "Name InstanceName IsSandbox TrialExpirationDate NamespacePrefix OrganizationType TimeZoneSidKey \
         FiscalYearStartMonth",
    ),
];

/// Parent, list of children, child, field, and the step back up.
const RELATIONS: &[(&str, &str, &str, &str, &str)] = &[
    ("Account", "Contacts", "Contact", "AccountId", "Account"),
    ("Account", "Opportunities", "Opportunity", "AccountId", "Account"),
    ("Account", "Cases", "Case", "AccountId", "Account"),
    ("Account", "ChildAccounts", "Account", "ParentId", "Parent"),
    ("Account", "Tasks", "Task", "WhatId", "What"),
    ("Account", "Notes", "Note", "ParentId", "Parent"),
    ("Account", "Histories", "AccountHistory", "AccountId", "Account"),
    ("Opportunity", "Histories", "OpportunityFieldHistory", "OpportunityId", "Opportunity"),
    ("Account", "Events", "Event", "WhatId", "What"),
    ("Contact", "Tasks", "Task", "WhoId", "Who"),
    ("Contact", "Events", "Event", "WhoId", "Who"),
    ("Contact", "Cases", "Case", "ContactId", "Contact"),
    ("Contact", "OpportunityContactRoles", "OpportunityContactRole", "ContactId", "Contact"),
    ("Contact", "CampaignMembers", "CampaignMember", "ContactId", "Contact"),
    ("Lead", "Tasks", "Task", "WhoId", "Who"),
    ("Lead", "CampaignMembers", "CampaignMember", "LeadId", "Lead"),
    ("Opportunity", "OpportunityLineItems", "OpportunityLineItem", "OpportunityId", "Opportunity"),
    ("Opportunity", "OpportunityContactRoles", "OpportunityContactRole", "OpportunityId", "Opportunity"),
    ("Opportunity", "OpportunityHistories", "OpportunityHistory", "OpportunityId", "Opportunity"),
    ("Opportunity", "Quotes", "Quote", "OpportunityId", "Opportunity"),
    ("Account", "Quotes", "Quote", "AccountId", "Account"),
    ("Quote", "QuoteLineItems", "QuoteLineItem", "QuoteId", "Quote"),
    ("Opportunity", "Tasks", "Task", "WhatId", "What"),
    ("Opportunity", "Events", "Event", "WhatId", "What"),
    ("Case", "Cases", "Case", "ParentId", "Parent"),
    ("Case", "Tasks", "Task", "WhatId", "What"),
    ("Campaign", "CampaignMembers", "CampaignMember", "CampaignId", "Campaign"),
    ("Campaign", "Opportunities", "Opportunity", "CampaignId", "Campaign"),
    ("Campaign", "ChildCampaigns", "Campaign", "ParentId", "Parent"),
    ("Product2", "PricebookEntries", "PricebookEntry", "Product2Id", "Product2"),
    ("Pricebook2", "PricebookEntries", "PricebookEntry", "Pricebook2Id", "Pricebook2"),
    ("Pricebook2", "Opportunities", "Opportunity", "Pricebook2Id", "Pricebook2"),
    ("PricebookEntry", "OpportunityLineItems", "OpportunityLineItem", "PricebookEntryId", "PricebookEntry"),
    ("User", "ManagedUsers", "User", "ManagerId", "Manager"),
    ("User", "PermissionSetAssignments", "PermissionSetAssignment", "AssigneeId", "Assignee"),
    ("UserRole", "Users", "User", "UserRoleId", "UserRole"),
    ("Profile", "Users", "User", "ProfileId", "Profile"),
    ("Group", "GroupMembers", "GroupMember", "GroupId", "Group"),
    ("Group", "QueueSobjects", "QueueSobject", "QueueId", "Queue"),
    ("PermissionSet", "Assignments", "PermissionSetAssignment", "PermissionSetId", "PermissionSet"),
    ("PermissionSet", "ObjectPerms", "ObjectPermissions", "ParentId", "Parent"),
    ("PermissionSet", "FieldPerms", "FieldPermissions", "ParentId", "Parent"),
];

#[test]
fn every_published_key_prefix_names_its_object() {
    let schema = schema();
    for (prefix, name) in PREFIXES {
        let prefix = KeyPrefix::parse(prefix).expect("three base-62 characters");
        assert_eq!(schema.find_by_prefix(prefix).map(|object| object.name()), Some(*name), "{prefix}");
    }
}

#[test]
fn every_published_field_exists_and_the_starred_ones_are_required() {
    let schema = schema();
    for (object, fields) in FIELDS {
        let object = schema.find_object(object).expect("declared");
        for field in fields.split_whitespace() {
            let (name, starred) = field.strip_suffix('*').map_or((field, false), |name| (name, true));
            let found = object.find_field(name).unwrap_or_else(|| panic!("{}.{name} is not declared", object.name()));
            assert_eq!(found.name(), name, "{}.{name} has another case", object.name());
            let must_be_given = found.def.required && found.def.default.is_null();
            // A row without a star is of a set-up object, for which the reference names no required fields.
            if fields.contains('*') {
                assert_eq!(must_be_given, starred, "{}.{name}", object.name());
            }
        }
    }
}

#[test]
fn every_published_relationship_resolves_down_and_up() {
    let schema = schema();
    for (parent, list, child, field, step) in RELATIONS {
        let parent = schema.find_object(parent).expect("declared");
        let children = parent.find_children(list).unwrap_or_else(|| panic!("{}.{list} is not declared", parent.name()));
        let child_object = schema.object(children.child);
        assert_eq!((child_object.name(), child_object.field(children.field).name()), (*child, *field));
        let up = child_object.find_relationship(step).unwrap_or_else(|| panic!("{child}.{step} is not declared"));
        assert_eq!(up.name(), *field);
        assert!(up.targets.contains(&parent.ix), "{child}.{field} does not point to {}", parent.name());
    }
}

#[test]
fn no_parent_has_two_lists_of_one_name() {
    for object in schema().objects() {
        let mut names: Vec<_> = object.children.iter().filter_map(|child| child.name.as_deref()).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "{} has {names:?}", object.name());
    }
}

#[test]
fn parts_know_the_compound_they_belong_to() {
    let schema = schema();
    for (object, part, whole) in [
        ("Account", "BillingCity", "BillingAddress"),
        ("Account", "ShippingLongitude", "ShippingAddress"),
        ("Contact", "MailingStreet", "MailingAddress"),
        ("Contact", "FirstName", "Name"),
        ("Lead", "PostalCode", "Address"),
        ("Lead", "LastName", "Name"),
        ("User", "Salutation", "Name"),
        ("Organization", "Country", "Address"),
    ] {
        let object = schema.find_object(object).expect("declared");
        let part = object.find_field(part).expect("declared");
        assert_eq!(part.part_of.map(|ix| object.field(ix).name()), Some(whole));
    }
    for object in ["Contact", "Lead", "User"] {
        let name = schema.find_object(object).expect("declared").name_field();
        assert_eq!(name.data_type(), &FieldType::Compound(Compound::PersonName));
    }
}

#[test]
fn records_people_own_start_private_and_settings_are_read_by_all() {
    let schema = schema();
    for object in schema.objects() {
        let expected = match object.sharing() {
            SharingKind::Setting => AccessDefault::PublicRead,
            _ if object.name() == "Campaign" => AccessDefault::PublicRead,
            _ => AccessDefault::Private,
        };
        assert_eq!(object.access_default(), expected, "{}", object.name());
    }
    for (object, owned) in [("Account", true), ("Lead", true), ("Case", true), ("User", false), ("Product2", false)] {
        let object = schema.find_object(object).expect("declared");
        assert_eq!(object.sharing() == &SharingKind::Owned, owned, "{}", object.name());
        assert_eq!(object.owner_field.is_some(), owned, "{}", object.name());
    }
    for (object, master) in [
        ("OpportunityLineItem", "OpportunityId"),
        ("OpportunityContactRole", "OpportunityId"),
        ("CampaignMember", "CampaignId"),
    ] {
        let object = schema.find_object(object).expect("declared");
        let masters: Vec<_> = object.masters.iter().map(|ix| object.field(*ix).name()).collect();
        assert_eq!(masters, [master]);
    }
    for object in ["Task", "Event"] {
        assert_eq!(schema.find_object(object).expect("declared").sharing(), &SharingKind::Activity);
    }
}

#[test]
fn what_the_platform_maintains_cannot_be_written() {
    let schema = schema();
    for (object, fields) in [
        (
            "Opportunity",
            "IsClosed IsWon ExpectedRevenue ForecastCategory ForecastCategoryName HasOpportunityLineItem FiscalYear \
             FiscalQuarter LastActivityDate",
        ),
        ("Lead", "Name IsConverted ConvertedDate ConvertedAccountId ConvertedContactId ConvertedOpportunityId"),
        ("Case", "CaseNumber IsClosed ClosedDate"),
        ("OpportunityLineItem", "ListPrice Product2Id Name"),
        ("Task", "IsClosed AccountId"),
        ("User", "LastLoginDate UserType Name"),
    ] {
        let object = schema.find_object(object).expect("declared");
        for name in fields.split_whitespace() {
            let field = object.find_field(name).expect("declared");
            assert!(field.def.system && !field.is_writable(), "{}.{name} can be written", object.name());
        }
    }
}

#[test]
fn a_default_is_one_of_the_offered_values_and_marked_so() {
    for object in objects() {
        for field in &object.fields {
            let values = field.data_type.picklist_values();
            let marked: Vec<_> =
                values.iter().filter(|value| value.default).map(|value| value.value.as_str()).collect();
            match &field.default {
                Value::Text(default) => assert_eq!(marked, [default.as_str()], "{}.{}", object.name, field.name),
                _ => assert!(marked.is_empty(), "{}.{}", object.name, field.name),
            }
        }
    }
}

#[test]
fn a_permission_set_has_a_switch_for_every_system_permission_and_for_nothing_else() {
    let schema = schema();
    let set = schema.find_object("PermissionSet").expect("declared");
    let mut switches: Vec<_> = set.fields.iter().filter_map(|field| field.name().strip_prefix("Permissions")).collect();
    let mut known = policy::SystemPermission::ALL.map(|(_, name)| name);
    switches.sort_unstable();
    known.sort_unstable();
    assert_eq!(switches, known);
}

#[test]
fn every_offered_time_zone_is_known_to_the_zone_tables() {
    for zone in super::locales::TIME_ZONES {
        assert!(Zone::get(zone).is_ok(), "{zone}");
    }
}
