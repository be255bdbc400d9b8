//! A small schema of every sharing kind, and identities over it.

use model::schema::{AccessDefault, FieldDef, ObjectDef};
use model::{Instant, ObjectIx, OrgId, OrgSchema, RecordId, Zone};
use policy::{
    FieldPermission, Identity, ObjectPermission, PermissionFacts, Permissions, SystemPermission, SystemPermissions,
    UserFacts,
};
use soql::{ResolveContext, ResolvedPlan};
use std::sync::Arc;

pub(crate) fn schema() -> Arc<OrgSchema> {
    let owned = |name: &str, prefix: &'static str| {
        ObjectDef::new(name, name, name, prefix).field(FieldDef::text("Name", "Name", 80).required())
    };
    let objects = [
        owned("Account", "001").field(FieldDef::currency("Revenue", "Revenue")),
        owned("Deal", "006").field(FieldDef::lookup("AccountId", "Account", "Account").children("Deals")),
        ObjectDef::new("Line", "Line", "Lines", "00k")
            .detail_of("DealId")
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::master("DealId", "Deal", "Deal").children("Lines")),
        ObjectDef::new("Task", "Task", "Tasks", "00T")
            .activity()
            .field(FieldDef::text("Name", "Name", 80))
            .field(FieldDef::polymorphic("WhatId", "What", &["Account", "Deal"])),
        {
            let mut closed = owned("Closed", "a02");
            closed.uses_hierarchy = false;
            closed
        },
        owned("Open", "a00").access(AccessDefault::PublicRead),
        owned("Shared", "a01").access(AccessDefault::PublicReadWriteTransfer),
        ObjectDef::new("Product", "Product", "Products", "01t")
            .setting(AccessDefault::PublicRead)
            .field(FieldDef::text("Name", "Name", 80)),
        ObjectDef::new("User", "User", "Users", "005")
            .setting(AccessDefault::PublicRead)
            .field(FieldDef::text("Name", "Name", 80)),
    ];
    Arc::new(OrgSchema::build(1, objects).expect("a sound schema"))
}

pub(crate) fn object(schema: &OrgSchema, name: &str) -> ObjectIx {
    schema.find_object(name).expect("an object").ix
}

pub(crate) fn user_id() -> RecordId {
    RecordId::parse("005000000000001").expect("an id")
}

pub(crate) fn role_id() -> RecordId {
    RecordId::parse("00E000000000001").expect("an id")
}

/// Read, create, edit and delete on every object and field.
pub(crate) fn everything(schema: &OrgSchema) -> PermissionFacts {
    let all = ObjectPermission { view_all: false, modify_all: false, ..ObjectPermission::ALL };
    let names: Vec<String> = schema.objects().iter().map(|object| object.name().to_owned()).collect();
    PermissionFacts {
        objects: names.iter().map(|name| (name.clone(), all)).collect(),
        fields: names.iter().map(|name| (name.clone(), "*".to_owned(), FieldPermission::EDIT)).collect(),
        ..PermissionFacts::default()
    }
}

pub(crate) fn identity(schema: &OrgSchema, facts: &[PermissionFacts], role: Option<RecordId>) -> Identity {
    Identity::establish(UserFacts {
        org: OrgId::new(1),
        user: user_id(),
        role,
        active: true,
        frozen: false,
        permissions: Arc::new(Permissions::compile(schema, facts)),
    })
    .expect("an active user")
}

pub(crate) fn with_system(permission: SystemPermission) -> PermissionFacts {
    PermissionFacts { system: SystemPermissions::default().with(permission), ..PermissionFacts::default() }
}

pub(crate) fn plan(schema: &Arc<OrgSchema>, text: &str) -> ResolvedPlan {
    let context = ResolveContext::new(Instant::from_ms(1_795_249_279_000), Zone::UTC);
    soql::plan(text, schema, &context).unwrap_or_else(|error| panic!("{text}: {error}"))
}
