//! Which record types an identity may use, over profiles, permission sets and their groups.

use crate::world::{everything, object, schema, user_id};
use model::{OrgId, RecordId};
use policy::{Identity, PermissionFacts, PermissionGroup, Permissions, RecordTypeGrant, Service, UserFacts};
use std::sync::Arc;

#[test]
fn record_types_are_those_of_all_sets_and_a_service_may_give_any() {
    let schema = schema();
    let (account, deal) = (object(&schema, "Account"), object(&schema, "Deal"));
    let types: Vec<RecordId> =
        (1..=3).map(|at| RecordId::parse(&format!("01200000000000{at}")).expect("an id")).collect();
    let set = |object: &str, record_type: RecordId, is_default| PermissionFacts {
        record_types: vec![RecordTypeGrant { object: object.to_owned(), record_type, is_default }],
        ..PermissionFacts::default()
    };
    let profile = set("Account", types[0], true);
    let muted = PermissionGroup { sets: vec![set("account", types[1], false)], muting: vec![everything(&schema)] };
    let user = Identity::establish(UserFacts {
        org: OrgId::new(1),
        user: user_id(),
        role: None,
        active: true,
        frozen: false,
        permissions: Arc::new(Permissions::compile_groups(&schema, &[profile.into(), muted])),
    })
    .expect("an active user");
    assert!(user.may_use_record_type(account, types[0]) && user.may_use_record_type(account, types[1]));
    assert!(!user.may_use_record_type(account, types[2]), "nobody gave it");
    assert!(!user.may_use_record_type(deal, types[0]), "it is another object's");
    assert_eq!((user.default_record_type(account), user.default_record_type(deal)), (Some(types[0]), None));

    static LOADER: Service = Service { name: "loader", purpose: "Loads.", grants: &[] };
    let service = Identity::service(OrgId::new(1), &LOADER, &schema);
    assert!(service.may_use_record_type(account, types[2]));
    assert_eq!(service.default_record_type(account), None);
}
