//! Leads become accounts, contacts and opportunities.

use crate::world::{World, draft, on_both_stores};
use model::schema::{FieldDef, Mask, MaskCharacter, MaskKind, Sealing, ValidationRule};
use model::{ErrorCode, RecordId, Value};
use platform::{LeadConversion, LeadConverted, LeadOpportunity, QueryOptions, SaveOptions, provision};

const CONVERTED: &str = "Closed - Converted";

fn lead(world: &World, owner: RecordId, beside: &[(&str, Value)]) -> RecordId {
    let mut values: Vec<(&str, Value)> = vec![
        ("FirstName", "Grace".into()),
        ("LastName", "Hopper".into()),
        ("Company", "Navy".into()),
        ("Email", "grace@navy.example".into()),
        ("Phone", "1".into()),
        ("Street", "1 Pier".into()),
        ("City", "Arlington".into()),
        ("LeadSource", "Web".into()),
        ("Description", "Wants a compiler.".into()),
        ("AnnualRevenue", Value::Number(5000.into())),
    ];
    values.retain(|(field, _)| beside.iter().all(|(other, _)| other != field));
    values.extend_from_slice(beside);
    world.create(owner, "Lead", &values)
}

fn convert(world: &World, user: RecordId, wish: &LeadConversion) -> model::Result<LeadConverted> {
    world.ctx(user).lead_convert(wish)
}

fn one(world: &World, soql: &str) -> String {
    let (_, rows) = world.ctx(world.admin).query_all_rows(soql, QueryOptions::default()).expect("a query");
    let [row] = rows.as_slice() else { panic!("{soql}: {} rows", rows.len()) };
    row.cells.iter().map(|cell| cell.value().to_plain()).collect::<Vec<_>>().join("|")
}

#[test]
fn a_lead_becomes_account_contact_and_opportunity_and_is_read_only_afterwards() {
    on_both_stores(|world| {
        let id = lead(world, world.rep, &[]);
        let made = convert(world, world.rep, &LeadConversion::new(id, CONVERTED)).expect("converted");
        let [account, contact, opportunity] =
            [made.account, made.contact, made.opportunity].map(|id| id.expect("made"));
        assert_eq!(
            one(
                world,
                &format!(
                    "SELECT Name, Phone, AccountSource, AnnualRevenue, BillingStreet, BillingCity, OwnerId FROM Account WHERE Id = '{account}'"
                )
            ),
            format!("Navy|1|Web|5000|1 Pier|Arlington|{}", world.rep)
        );
        assert_eq!(
            one(
                world,
                &format!(
                    "SELECT Name, Email, MailingCity, LeadSource, Description, AccountId FROM Contact WHERE Id = '{contact}'"
                )
            ),
            format!("Grace Hopper|grace@navy.example|Arlington|Web|Wants a compiler.|{account}")
        );
        let opportunity_is = one(
            world,
            &format!(
                "SELECT Name, StageName, Probability, CloseDate, AccountId FROM Opportunity WHERE Id = '{opportunity}'"
            ),
        );
        let quarter = opportunity_is.split('|').nth(3).expect("a date").to_owned();
        assert_eq!(opportunity_is, format!("Navy|Prospecting|10|{quarter}|{account}"));
        assert!(["-03-31", "-06-30", "-09-30", "-12-31"].iter().any(|end| quarter.ends_with(end)), "{quarter}");
        let role =
            format!("SELECT ContactId, IsPrimary FROM OpportunityContactRole WHERE OpportunityId = '{opportunity}'");
        assert_eq!(one(world, &role), format!("{contact}|true"));
        let today = world.ctx(world.rep).today();
        assert_eq!(
            one(
                world,
                &format!(
                    "SELECT Status, IsConverted, ConvertedDate, ConvertedAccountId, ConvertedContactId, ConvertedOpportunityId FROM Lead WHERE Id = '{id}'"
                )
            ),
            format!("{CONVERTED}|true|{today}|{account}|{contact}|{opportunity}")
        );
        assert_eq!(
            one(
                world,
                &format!("SELECT OldValue, NewValue FROM LeadHistory WHERE LeadId = '{id}' AND Field = 'Status'")
            ),
            format!("Open - Not Contacted|{CONVERTED}")
        );

        let refused = [
            world.update(world.admin, "Lead", id, &[("Phone", "2".into())]),
            convert(world, world.rep, &LeadConversion::new(id, CONVERTED)).map(|_| ()),
            world.try_create(world.rep, "Task", &[("Subject", "Call".into()), ("WhoId", id.into())]).map(|_| ()),
        ];
        for outcome in refused {
            let error = outcome.expect_err("read only");
            assert_eq!(error.code(), ErrorCode::CannotUpdateConvertedLead, "{error:?}");
        }
        let other = lead(world, world.rep, &[]);
        let ctx = world.ctx(world.admin);
        for (winner, loser) in [(id, other), (other, id)] {
            let merged = ctx.records_merge("Lead", draft(&ctx, "Lead", Some(winner), &[]), &[loser]);
            assert_eq!(merged.expect_err("not merged").code(), ErrorCode::CannotUpdateConvertedLead);
        }
        world.ctx(world.admin).record_delete("Lead", id).expect("it may be deleted");
    });
}

#[test]
fn whether_a_lead_out_of_sight_was_converted_shows_in_no_refusal() {
    on_both_stores(|world| {
        let (open, done) = (lead(world, world.rep, &[]), lead(world, world.rep, &[]));
        convert(world, world.rep, &LeadConversion::new(done, CONVERTED)).expect("converted");
        let absent = RecordId::parse("00Q000000000zzz").expect("an id");
        let campaign = world.create(world.admin, "Campaign", &[("Name", "Spring".into())]);
        let share = [
            ("CampaignId", campaign.into()),
            ("UserOrGroupId", world.peer.into()),
            ("CampaignAccessLevel", "Edit".into()),
        ];
        world.create(world.admin, "CampaignShare", &share);
        let start = Value::DateTime(model::Instant::from_ms(1_800_000_000_000));
        let pointing: [(&str, &str, Vec<(&str, Value)>); 4] = [
            ("Task", "WhoId", vec![("Subject", "Call".into())]),
            (
                "Event",
                "WhoId",
                vec![("Subject", "Visit".into()), ("StartDateTime", start), ("DurationInMinutes", Value::Int(60))],
            ),
            ("Note", "ParentId", vec![("Title", "N".into())]),
            ("CampaignMember", "LeadId", vec![("CampaignId", campaign.into())]),
        ];
        for (object, field, beside) in pointing {
            let refused = |id: RecordId| {
                let mut values = beside.clone();
                values.push((field, id.into()));
                let error = world.try_create(world.peer, object, &values).expect_err("out of sight");
                (error.code(), error.message().replace(&id.to_string(), "…"))
            };
            let as_for_nothing = refused(absent);
            assert_eq!(as_for_nothing.0, ErrorCode::InvalidCrossReferenceKey, "{object}");
            assert_eq!([refused(open), refused(done)], [as_for_nothing.clone(), as_for_nothing], "{object}");
        }
    });
}

#[test]
fn what_is_about_a_lead_while_it_is_converted_moves_along_or_is_refused() {
    on_both_stores(|world| {
        let (id, held) = (lead(world, world.rep, &[]), lead(world, world.rep, &[]));
        let (began, beginning) = std::sync::mpsc::channel();
        let (go, going) = std::sync::mpsc::channel::<()>();
        let stands = |at: usize, thread: &dyn Fn() -> bool| {
            let mut looks = 0;
            while world.lock_waits().is_some_and(|waiting| waiting < at) && !thread() && looks < 2_000 {
                looks += 1;
            }
        };
        let task = std::thread::scope(|scope| {
            // The conversion has done the first of its leads and stands before the second. A file has one writer: there
            // conversion and task come one after the other.
            let other = scope.spawn(move || {
                world.ctx(world.rep).in_one_transaction(|unit| {
                    let ctx = world.ctx(world.rep);
                    let phone = draft(&ctx, "Lead", Some(held), &[("Phone", "2".into())]);
                    unit.update("Lead", &[phone], SaveOptions::ALL)?;
                    began.send(()).expect("somebody waits");
                    going.recv().expect("a word to go on");
                    Ok(())
                })
            });
            beginning.recv().expect("a transaction under way");
            let conversion = scope.spawn(|| {
                let both = [id, held].map(|lead| LeadConversion::new(lead, CONVERTED));
                world.ctx(world.rep).leads_convert(&both, SaveOptions::ALL)
            });
            stands(1, &|| conversion.is_finished());
            let task = scope
                .spawn(|| world.try_create(world.rep, "Task", &[("Subject", "Call".into()), ("WhoId", id.into())]));
            stands(2, &|| task.is_finished());
            go.send(()).expect("the first still waits");
            other.join().expect("a thread").expect("changed");
            let converted = conversion.join().expect("a thread").expect("results");
            assert!(converted.iter().all(|lead| lead.errors.is_empty()), "{converted:?}");
            task.join().expect("a thread")
        });
        let left = world.column(world.admin, &format!("SELECT Id FROM Task WHERE WhoId = '{id}'"));
        assert_eq!(left, Vec::<String>::new(), "nothing hangs on a lead that was converted");
        if world.database.is_some() {
            assert_eq!(task.expect_err("it waited").code(), ErrorCode::CannotUpdateConvertedLead);
        }
    });
}

#[test]
fn what_was_about_the_lead_moves_to_the_contact() {
    on_both_stores(|world| {
        let id = lead(world, world.rep, &[]);
        let campaign = world.create(world.admin, "Campaign", &[("Name", "Spring".into())]);
        let member =
            world.create(world.admin, "CampaignMember", &[("CampaignId", campaign.into()), ("LeadId", id.into())]);
        let task = world.create(world.rep, "Task", &[("Subject", "Call".into()), ("WhoId", id.into())]);
        let product = world.create(world.admin, "Product2", &[("Name", "Compiler".into())]);
        let about = world.create(
            world.rep,
            "Task",
            &[("WhoId", id.into()), ("WhatId", product.into()), ("Subject", "x".into())],
        );
        let day = Value::Date(model::Date::parse("2026-12-01").expect("a date"));
        let visit = [("Subject", "Visit".into()), ("IsAllDayEvent", true.into()), ("ActivityDate", day)];
        let event = world.create(world.rep, "Event", &[&visit[..], &[("WhoId", id.into())]].concat());
        let note = world.create(world.rep, "Note", &[("Title", "N".into()), ("ParentId", id.into())]);
        let made = convert(world, world.rep, &LeadConversion::new(id, CONVERTED)).expect("converted");
        let (contact, opportunity) = (made.contact.expect("a contact"), made.opportunity.expect("an opportunity"));
        let is = |object: &str, fields: &str, id: RecordId| {
            one(world, &format!("SELECT {fields} FROM {object} WHERE Id = '{id}'"))
        };
        assert_eq!(is("CampaignMember", "ContactId, LeadId", member), format!("{contact}|"));
        assert_eq!(is("Task", "WhoId, WhatId", task), format!("{contact}|{opportunity}"));
        assert_eq!(is("Task", "WhoId, WhatId", about), format!("{contact}|{product}"));
        assert_eq!(is("Event", "WhoId, WhatId", event), format!("{contact}|{opportunity}"));
        assert_eq!(is("Note", "ParentId", note), contact.to_string());
        assert_eq!(is("Opportunity", "CampaignId", opportunity), campaign.to_string());
        // The lead may go now: nothing that moved goes with it.
        world.ctx(world.admin).record_delete("Lead", id).expect("deleted");
        assert_eq!(is("CampaignMember", "ContactId", member), contact.to_string());
    });
}

#[test]
fn an_account_and_contact_that_are_there_are_filled_where_they_are_empty() {
    on_both_stores(|world| {
        let account = world.create(
            world.rep,
            "Account",
            &[("Name", "The Navy".into()), ("BillingCity", "Norfolk".into()), ("Phone", "9".into())],
        );
        let contact = world.create(
            world.rep,
            "Contact",
            &[("LastName", "Hopper".into()), ("AccountId", account.into()), ("LeadSource", "Other".into())],
        );
        let elsewhere = world.create(world.rep, "Account", &[("Name", "Army".into())]);
        let id = lead(world, world.rep, &[]);
        let wish = LeadConversion {
            account: Some(account),
            contact: Some(contact),
            opportunity: LeadOpportunity::None,
            ..LeadConversion::new(id, CONVERTED)
        };
        let wrong = LeadConversion { account: Some(elsewhere), ..wish.clone() };
        assert_eq!(
            convert(world, world.rep, &wrong).expect_err("of another").code(),
            ErrorCode::FieldIntegrityException
        );
        let alone = LeadConversion { account: None, ..wish.clone() };
        assert_eq!(convert(world, world.rep, &alone).expect_err("no account").code(), ErrorCode::MissingArgument);

        let made = convert(world, world.rep, &wish).expect("converted");
        assert_eq!((made.account, made.contact, made.opportunity), (Some(account), Some(contact), None));
        // Half of an address would make a wrong one.
        assert_eq!(
            one(
                world,
                &format!(
                    "SELECT Name, Phone, AnnualRevenue, BillingStreet, BillingCity FROM Account WHERE Id = '{account}'"
                )
            ),
            "The Navy|9|5000||Norfolk"
        );
        let of_contact = format!("SELECT Email, LeadSource, MailingCity FROM Contact WHERE Id = '{contact}'");
        assert_eq!(one(world, &of_contact), "grace@navy.example|Other|Arlington");
        let second = lead(world, world.rep, &[("Email", "other@navy.example".into())]);
        convert(world, world.rep, &LeadConversion { lead: second, overwrite_lead_source: true, ..wish })
            .expect("converted");
        assert_eq!(one(world, &of_contact), "grace@navy.example|Web|Arlington");
    });
}

#[test]
fn custom_fields_go_where_they_are_mapped_or_else_to_their_namesakes() {
    on_both_stores(|world| {
        let admin = || world.ctx(world.admin);
        let text = |name: &str, length| FieldDef::text(name, name, length);
        admin().fields_create("Lead", vec![text("Region__c", 20), text("Code__c", 20)]).expect("fields");
        admin().fields_create("Contact", vec![text("Region__c", 20), text("Area__c", 30)]).expect("fields");
        admin().fields_create("Account", vec![text("Region__c", 10)]).expect("fields");
        let fields = [("Region__c", "North".into()), ("Code__c", "7".into())];
        let first = lead(world, world.admin, &fields);
        let made = convert(world, world.admin, &LeadConversion::new(first, CONVERTED)).expect("converted");
        let (account, contact) = (made.account.expect("made"), made.contact.expect("made"));
        // A field that holds less is no namesake.
        assert_eq!(one(world, &format!("SELECT Region__c FROM Account WHERE Id = '{account}'")), "");
        let of = |id| one(world, &format!("SELECT Region__c, Area__c FROM Contact WHERE Id = '{id}'"));
        assert_eq!(of(contact), "North|");

        admin().lead_field_map("Code__c", Some(vec!["Contact.Area__c".to_owned()])).expect("mapped");
        admin().lead_field_map("Region__c", Some(Vec::new())).expect("kept");
        let second = lead(world, world.admin, &fields);
        let made = convert(world, world.admin, &LeadConversion::new(second, CONVERTED)).expect("converted");
        assert_eq!(of(made.contact.expect("made")), "|7");
        for wrong in ["Account.Region__c", "Contact.Nothing__c", "Contact.Title", "Case.Subject"] {
            let refused = admin().lead_field_map("Code__c", Some(vec![wrong.to_owned()]));
            assert_eq!(refused.expect_err(wrong).code(), ErrorCode::FieldIntegrityException, "{wrong}");
        }
        let used = admin().field_delete("Contact", "Area__c").expect_err("it is used");
        assert!(used.message().contains("Lead.Code__c"), "{used}");
        let denied = world.ctx(world.rep).lead_field_map("Code__c", None).expect_err("no administrator");
        assert_eq!(denied.code(), ErrorCode::InsufficientAccessOrReadonly);
    });
}

#[test]
fn where_a_field_of_a_lead_goes_follows_renames_and_is_not_taken_away() {
    on_both_stores(|world| {
        let admin = || world.ctx(world.admin);
        let text = |name: &str, length| FieldDef::text(name, name, length);
        admin().fields_create("Lead", vec![text("Region__c", 20), text("Code__c", 20)]).expect("fields");
        admin().fields_create("Contact", vec![text("Region__c", 20), text("Area__c", 30)]).expect("fields");
        admin().fields_create("Account", vec![text("Region__c", 20), text("Area__c", 30)]).expect("fields");
        admin().lead_field_map("Code__c", Some(vec!["contact.area__C".to_owned()])).expect("mapped");
        let converted = |region: &str, code: &str, of_account: &str, of_contact: &str| {
            let id = lead(world, world.admin, &[(region, "North".into()), (code, "7".into())]);
            let made = convert(world, world.admin, &LeadConversion::new(id, CONVERTED)).expect("converted");
            let (account, contact) = (made.account.expect("made"), made.contact.expect("made"));
            [
                one(world, &format!("SELECT {of_account} FROM Account WHERE Id = '{account}'")),
                one(world, &format!("SELECT {of_contact} FROM Contact WHERE Id = '{contact}'")),
            ]
        };
        let rename = |object: &str, from: &str, to: &str, length| {
            admin().field_change(object, from, text(to, length)).unwrap_or_else(|error| panic!("{from}: {error}"));
        };
        // What was said is said of the new name; what went by its name alone goes on, also to the others of that name.
        rename("Contact", "Area__c", "Ward__c", 30);
        rename("Contact", "Region__c", "Zone__c", 20);
        let all = ["North", "North|7"].map(str::to_owned);
        assert_eq!(converted("Region__c", "Code__c", "Region__c", "Zone__c, Ward__c"), all);
        rename("Lead", "Region__c", "Part__c", 20);
        rename("Lead", "Code__c", "Key__c", 20);
        assert_eq!(converted("Part__c", "Key__c", "Region__c", "Zone__c, Ward__c"), all);

        // Neither side becomes what the other does not fit, and the target stays; its namesake elsewhere may go.
        let refused = [
            admin().field_change("Contact", "Ward__c", text("Ward__c", 10)),
            admin().field_change("Contact", "Ward__c", text("Shire__c", 10)),
            admin().field_change("Lead", "Key__c", text("Key__c", 40)),
            admin().field_delete("Contact", "Ward__c"),
            admin().field_delete("Contact", "Zone__c"),
        ];
        for outcome in refused {
            let error = outcome.expect_err("it is mapped");
            assert_eq!(error.code(), ErrorCode::FieldIntegrityException);
            assert!(error.message().contains("Lead."), "{error}");
        }
        admin().fields_create("Account", vec![text("Ward__c", 30)]).expect("a namesake");
        admin().field_delete("Account", "Ward__c").expect("nothing goes to it");
        assert_eq!(converted("Part__c", "Key__c", "Region__c", "Zone__c, Ward__c"), all);

        // A deleted field of leads holds nothing; taken back it goes to what is still there, by its name now.
        admin().field_delete("Lead", "Part__c").expect("deleted");
        rename("Account", "Region__c", "Land__c", 20);
        admin().field_delete("Contact", "Zone__c").expect("nothing goes to it now");
        admin().field_undelete("Lead", "Part__c").expect("taken back");
        assert_eq!(converted("Part__c", "Key__c", "Land__c", "Ward__c"), ["North", "7"].map(str::to_owned));
    });
}

#[test]
fn rules_rights_and_owners_hold_in_a_conversion_and_a_refusal_leaves_nothing() {
    on_both_stores(|world| {
        let counted = || ["Account", "Contact", "Opportunity"].map(|object| one_count(world, object));
        let own = lead(world, world.rep, &[]);
        let before = counted();
        let try_it = |user: RecordId, wish: &LeadConversion| {
            let error = convert(world, user, wish).expect_err("refused");
            assert_eq!(counted(), before, "{error}");
            error.code()
        };
        let wish = LeadConversion::new(own, CONVERTED);
        for status in ["Working - Contacted", "Nothing", "x' OR Id != null OR MasterLabel = 'x"] {
            assert_eq!(try_it(world.rep, &LeadConversion::new(own, status)), ErrorCode::InvalidStatus);
        }
        assert_eq!(try_it(world.peer, &wish), ErrorCode::NotFound);
        let ctx = world.ctx(world.admin);
        ctx.validation_rule_put(
            "Contact",
            ValidationRule {
                name: "NoNavy".to_owned(),
                condition: "CONTAINS(Email, \"navy\")".to_owned(),
                message: "No sailors.".to_owned(),
                field: None,
                ..ValidationRule::default()
            },
        )
        .expect("a rule");
        assert_eq!(try_it(world.rep, &wish), ErrorCode::FieldCustomValidationException);
        let fine = lead(world, world.rep, &[("Email", "a@b.example".into())]);
        let both = [wish.clone(), LeadConversion::new(fine, CONVERTED)];
        let all = world.ctx(world.rep).leads_convert(&both, SaveOptions::ALL).expect("results");
        assert_eq!(all[1].errors[0].code, ErrorCode::AllOrNoneOperationRolledBack);
        assert_eq!((all[1].account, counted()), (None, before));
        let some = world.ctx(world.rep).leads_convert(&both, SaveOptions::default()).expect("results");
        assert_eq!(some[0].errors[0].message, "No sailors.");
        assert!(some[1].errors.is_empty() && some[1].opportunity.is_some());

        // A manager converts a lead of a rep: what is made belongs to the rep, or to whom the manager names.
        let below = lead(world, world.rep, &[("Email", "c@d.example".into())]);
        let made = convert(world, world.chief, &LeadConversion::new(below, CONVERTED)).expect("converted");
        let owner = format!("SELECT OwnerId FROM Account WHERE Id = '{}'", made.account.expect("made"));
        assert_eq!(one(world, &owner), world.rep.to_string());
        let given = lead(world, world.rep, &[("Email", "c@d.example".into())]);
        let wish = LeadConversion { owner: Some(world.peer), ..LeadConversion::new(given, CONVERTED) };
        let made = convert(world, world.rep, &wish).expect("converted");
        let owner = format!("SELECT OwnerId FROM Opportunity WHERE Id = '{}'", made.opportunity.expect("made"));
        assert_eq!(one(world, &owner), world.peer.to_string());
        assert_eq!(world.column(world.rep, &owner), Vec::<String>::new(), "what is another's is out of sight");
    });
}

fn one_count(world: &World, object: &str) -> u64 {
    let text = format!("SELECT COUNT() FROM {object}");
    world.ctx(world.admin).query(&text, QueryOptions::default()).expect("a count").total
}

#[test]
fn a_lead_of_a_queue_needs_an_owner_for_what_it_becomes() {
    on_both_stores(|world| {
        let queue = world.create(
            world.admin,
            "Group",
            &[("Name", "Web".into()), ("DeveloperName", "Web".into()), ("Type", "Queue".into())],
        );
        world.create(world.admin, "QueueSobject", &[("QueueId", queue.into()), ("SobjectType", "Lead".into())]);
        world.create(world.admin, "GroupMember", &[("GroupId", queue.into()), ("UserOrGroupId", world.rep.into())]);
        let id = lead(world, world.admin, &[("OwnerId", queue.into())]);
        let wish = LeadConversion::new(id, CONVERTED);
        let error = convert(world, world.rep, &wish).expect_err("nobody owns");
        assert!(error.message().contains("you must specify a user"), "{error}");
        let made = convert(world, world.rep, &LeadConversion { owner: Some(world.rep), ..wish }).expect("converted");
        assert!(made.contact.is_some());
    });
}

/// Somebody who converts leads of which they may not read the phone.
pub(crate) fn half_blind(world: &World) -> RecordId {
    let ctx = world.service();
    let profile = provision::insert(&ctx, "Profile", &[("Name", "Half".into())]).expect("a profile");
    let set = [
        ("Name", "X_Half".into()),
        ("Label", "Half".into()),
        ("Type", "Profile".into()),
        ("IsOwnedByProfile", true.into()),
        ("ProfileId", profile.into()),
    ];
    let set = provision::insert(&ctx, "PermissionSet", &set).expect("a set");
    let grant = provision::ObjectGrant { create: true, edit: true, ..Default::default() };
    let whole = ["Account", "Contact", "Opportunity", "OpportunityContactRole"];
    let whole: Vec<_> = whole.iter().map(|object| ((*object).to_owned(), grant)).collect();
    provision::grant(&ctx, set, &whole).expect("a grant");
    let object = [
        ("ParentId", set.into()),
        ("SobjectType", "Lead".into()),
        ("PermissionsRead", true.into()),
        ("PermissionsCreate", true.into()),
        ("PermissionsEdit", true.into()),
    ];
    provision::insert(&ctx, "ObjectPermissions", &object).expect("a grant");
    for field in ["Company", "LastName", "Status", "Email"] {
        let field = format!("Lead.{field}");
        let values = [
            ("ParentId", set.into()),
            ("SobjectType", "Lead".into()),
            ("Field", field.as_str().into()),
            ("PermissionsRead", true.into()),
            ("PermissionsEdit", true.into()),
        ];
        provision::insert(&ctx, "FieldPermissions", &values).expect("a field");
    }
    crate::world::user(&ctx, "half", profile, None)
}

#[test]
fn what_one_may_not_read_on_a_lead_shows_nowhere_else() {
    on_both_stores(|world| {
        let half = half_blind(world);
        let values = [("LastName", "Hopper".into()), ("Company", "Navy".into()), ("Email", "a@b.example".into())];
        let id = world.create(half, "Lead", &values);
        world.update(world.admin, "Lead", id, &[("Phone", "CANARY".into())]).expect("a phone");
        let made = convert(world, half, &LeadConversion::new(id, CONVERTED)).expect("converted");
        let of_contact = format!("SELECT Email, Phone FROM Contact WHERE Id = '{}'", made.contact.expect("made"));
        assert_eq!(one(world, &of_contact), "a@b.example|");
        let of_account = format!("SELECT Phone FROM Account WHERE Id = '{}'", made.account.expect("made"));
        assert_eq!(one(world, &of_account), "");
        assert_eq!(one(world, &format!("SELECT Phone FROM Lead WHERE Id = '{id}'")), "CANARY", "the lead keeps it");
    });
}

#[test]
fn what_is_encrypted_on_a_lead_comes_nowhere_in_the_open() {
    on_both_stores(|world| {
        let sealed = FieldDef::text("Secret__c", "Secret", 40).sealed(Sealing::Probabilistic);
        let ctx = || world.ctx(world.admin);
        ctx().fields_create("Lead", vec![sealed.clone()]).expect("a field");
        ctx().fields_create("Contact", vec![FieldDef::text("Secret__c", "Secret", 40)]).expect("a field");
        let id = lead(world, world.admin, &[("Secret__c", "CANARY".into())]);
        let wish = LeadConversion::new(id, CONVERTED);
        let refused = convert(world, world.admin, &wish).expect_err("it would stand in the open");
        assert!(refused.message().contains("Lead.Secret__c is encrypted"), "{refused}");
        ctx().lead_field_map("Secret__c", Some(Vec::new())).expect("kept on the lead");
        convert(world, world.admin, &wish).expect("converted");
    });
}

#[test]
fn a_conversion_takes_no_mask_off() {
    on_both_stores(|world| {
        let masked = |kind| {
            let mask = Mask { kind, character: MaskCharacter::X };
            FieldDef::encrypted_text("Ssn__c", "Number", 20, mask)
        };
        let ctx = || world.ctx(world.admin);
        ctx().fields_create("Lead", vec![masked(MaskKind::All)]).expect("a field");
        ctx().fields_create("Account", vec![masked(MaskKind::All)]).expect("a field");
        let open = FieldDef::text("Ssn__c", "Number", 40).sealed(Sealing::Probabilistic);
        ctx().fields_create("Contact", vec![open]).expect("a field");
        ctx().fields_create("Opportunity", vec![masked(MaskKind::LastFour)]).expect("a field");
        let id = lead(world, world.admin, &[("Ssn__c", "078051120".into())]);
        let made = convert(world, world.admin, &LeadConversion::new(id, CONVERTED)).expect("converted");
        let holds = |object: &str, id: Option<RecordId>| {
            let text = format!("SELECT Ssn__c FROM {object} WHERE Id = '{}'", id.expect("made"));
            !one(world, &text).is_empty()
        };
        assert!(holds("Account", made.account), "the same mask");
        assert!(!holds("Contact", made.contact), "none");
        assert!(!holds("Opportunity", made.opportunity), "the last four are four more than were shown");
        let named = ctx().lead_field_map("Ssn__c", Some(vec!["Contact.Ssn__c".to_owned()])).expect_err("it would show");
        assert_eq!(named.code(), ErrorCode::FieldIntegrityException);
    });
}

#[test]
fn an_opportunity_that_is_there_is_joined_by_who_may_change_it() {
    on_both_stores(|world| {
        let account = world.create(world.peer, "Account", &[("Name", "Navy".into())]);
        let deal = world.create(
            world.peer,
            "Opportunity",
            &[
                ("Name", "Ships".into()),
                ("StageName", "Prospecting".into()),
                ("CloseDate", Value::Date(model::Date::parse("2026-12-15").expect("a date"))),
                ("AccountId", account.into()),
                ("LeadSource", "Other".into()),
            ],
        );
        let share = |object: &str, record: RecordId, levels: &[(&str, &str)]| {
            let mut values = vec![(object, record.into()), ("UserOrGroupId", world.rep.into())];
            values.extend(levels.iter().map(|(field, level)| (*field, Value::from(*level))));
            world.create(world.peer, &format!("{}Share", object.trim_end_matches("Id")), &values)
        };
        let all = [
            ("AccountAccessLevel", "Edit"),
            ("ContactAccessLevel", "None"),
            ("OpportunityAccessLevel", "None"),
            ("CaseAccessLevel", "None"),
        ];
        share("AccountId", account, &all);
        let row = share("OpportunityId", deal, &[("OpportunityAccessLevel", "Read")]);
        let id = lead(world, world.rep, &[]);
        let wish = LeadConversion {
            account: Some(account),
            opportunity: LeadOpportunity::Existing(deal),
            ..LeadConversion::new(id, CONVERTED)
        };
        let refused = convert(world, world.rep, &wish).expect_err("only to be read");
        assert_eq!(refused.code(), ErrorCode::InsufficientAccessOrReadonly, "{refused}");
        world.update(world.peer, "OpportunityShare", row, &[("OpportunityAccessLevel", "Edit".into())]).expect("more");
        let made = convert(world, world.rep, &wish).expect("converted");
        let roles = format!("SELECT ContactId, IsPrimary FROM OpportunityContactRole WHERE OpportunityId = '{deal}'");
        assert_eq!(one(world, &roles), format!("{}|true", made.contact.expect("made")));
    });
}

#[test]
fn no_save_alone_makes_a_lead_a_converted_one() {
    on_both_stores(|world| {
        let open = lead(world, world.rep, &[]);
        let refused = world.update(world.rep, "Lead", open, &[("Status", CONVERTED.into())]).expect_err("no account");
        assert_eq!((refused.code(), refused.fields()), (ErrorCode::InvalidStatus, &["Status".to_owned()][..]));
        let new = [("LastName", "Ode".into()), ("Company", "Navy".into()), ("Status", CONVERTED.into())];
        assert_eq!(world.try_create(world.rep, "Lead", &new).expect_err("no account").code(), ErrorCode::InvalidStatus);
        convert(world, world.rep, &LeadConversion::new(open, CONVERTED)).expect("converted");
    });
}
