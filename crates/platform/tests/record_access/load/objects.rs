//! The custom objects of every world, and the fields that criteria and field permissions need.

use crate::world::Object;
use model::RecordId;
use model::schema::{FieldDef, ObjectDef};
use platform::{Ctx, Org};
use std::sync::Arc;

/// The custom objects, and the fields that criteria and field permissions need.
pub(super) fn create(org: &Arc<Org>, admin: RecordId) {
    let ctx = Ctx::for_user(org, admin).expect("the administrator");
    let extra = |secret: bool| {
        let mut fields = vec![FieldDef::text("Mark__c", "Mark", 20), FieldDef::number("Size__c", "Size", 6, 0)];
        if secret {
            fields.push(FieldDef::text("Secret__c", "Secret", 20));
        }
        fields
    };
    let custom = |name: &str, label: &str| {
        ObjectDef::new(name, label, &format!("{label}s"), "a00")
            .field(FieldDef::text("Name", "Name", 80).required())
            .field(FieldDef::text("Idle__c", "Idle", 80))
    };
    let master = |name: &str, label: &str, target: &str, list: &str| {
        FieldDef::master(name, label, target).children(list).reparentable()
    };
    ctx.objects_create(vec![
        custom("Project__c", "Project").fields(extra(true)),
        custom("Part__c", "Part").detail_of("Project__c").field(master(
            "Project__c",
            "Project",
            "Project__c",
            "Parts__r",
        )),
        custom("Piece__c", "Piece").detail_of("Part__c").field(master("Part__c", "Part", "Part__c", "Pieces__r")),
        custom("Link__c", "Link")
            .detail_of("Project__c")
            .detail_of("Account__c")
            .field(master("Project__c", "Project", "Project__c", "Links__r"))
            .field(master("Account__c", "Account", "Account", "Links__r").write_needs_read()),
    ])
    .expect("custom objects");
    for object in [Object::Account, Object::Contact, Object::Opportunity, Object::Case, Object::Lead] {
        let ctx = Ctx::for_user(org, admin).expect("the administrator");
        ctx.fields_create(object.api_name(), extra(object == Object::Lead)).expect("custom fields");
    }
}
