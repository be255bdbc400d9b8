//! Where shares and teams stand in a schema, and which objects take part in sharing between an account and its
//! contacts, opportunities and cases.

use super::{GrantColumn, Grants, Level};
use model::schema::{AccessDefault, GrantLevel, GrantRows, SharingKind};
use model::{FieldIx, ObjectIx, ObjectSchema, OrgSchema};

/// A child of accounts that account access opens, and that opens its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountChild {
    Contact,
    Opportunity,
    Case,
}

impl AccountChild {
    pub const ALL: [Self; 3] = [Self::Contact, Self::Opportunity, Self::Case];

    pub const fn object_name(self) -> &'static str {
        match self {
            Self::Contact => "Contact",
            Self::Opportunity => "Opportunity",
            Self::Case => "Case",
        }
    }

    /// The field of shares and team members of accounts that holds the level on this child.
    pub const fn level_field(self) -> &'static str {
        match self {
            Self::Contact => "ContactAccessLevel",
            Self::Opportunity => "OpportunityAccessLevel",
            Self::Case => "CaseAccessLevel",
        }
    }

    /// The field of a role that says what account owners in it get.
    pub const fn role_field(self) -> &'static str {
        match self {
            Self::Contact => "ContactAccessForAccountOwner",
            Self::Opportunity => "OpportunityAccessForAccountOwner",
            Self::Case => "CaseAccessForAccountOwner",
        }
    }

    /// Which child an object is, when its records have a level of their own.
    pub fn of(object: &ObjectSchema) -> Option<Self> {
        let child = Self::ALL.into_iter().find(|child| child.object_name() == object.name())?;
        (*object.sharing() == SharingKind::Owned && !is_mirrored(object)).then_some(child)
    }
}

/// The children of accounts with levels of their own: each with its object and the reference to the account.
pub fn account_children(schema: &OrgSchema) -> impl Iterator<Item = (AccountChild, &ObjectSchema, FieldIx)> {
    AccountChild::ALL.into_iter().filter_map(|child| {
        let object = schema.find_object(child.object_name())?;
        (AccountChild::of(object) == Some(child)).then_some(())?;
        Some((child, object, account_field(schema, object)?))
    })
}

/// The reference of an object to its account.
pub(super) fn account_field(schema: &OrgSchema, object: &ObjectSchema) -> Option<FieldIx> {
    let field = object.find_field("AccountId")?;
    let to_account = field.targets.first().is_some_and(|target| schema.object(*target).name() == "Account");
    to_account.then_some(field.ix)
}

/// Whether an object's records copy the level of their account.
pub fn is_mirrored(object: &ObjectSchema) -> bool {
    *object.sharing() == SharingKind::Owned && object.access_default() == AccessDefault::ControlledByParent
}

/// The default of an object as a level that shares are measured against.
pub fn child_default(object: &ObjectSchema) -> GrantLevel {
    match object.access_default() {
        AccessDefault::Private | AccessDefault::ControlledByParent => GrantLevel::None,
        AccessDefault::PublicRead => GrantLevel::Read,
        AccessDefault::PublicReadWrite | AccessDefault::PublicReadWriteTransfer => GrantLevel::Edit,
    }
}

/// Whether a share may give all that an owner holds: folders have managers beside their owner.
pub fn shares_give_all(object: &ObjectSchema) -> bool {
    object.name() == "Folder"
}

/// Whether a share could give anything on the object's records: it has owners, and its default leaves room. On accounts
/// room below one of the children is enough.
pub fn allows_shares(schema: &OrgSchema, object: &ObjectSchema) -> bool {
    if *object.sharing() != SharingKind::Owned || is_mirrored(object) {
        return false;
    }
    child_default(object) < GrantLevel::Edit
        || (object.name() == "Account"
            && account_children(schema).any(|(_, child, _)| child_default(child) < GrantLevel::Edit))
}

/// The share and team tables of an object's records, asked for a level on the record itself, or on a child of the
/// account that the record is.
pub fn grants_on<'a>(
    schema: &'a OrgSchema,
    object: &'a ObjectSchema,
    child: Option<AccountChild>,
    at_least: Level,
) -> impl Iterator<Item = Grants> + 'a {
    object.children.iter().filter_map(move |relation| {
        let table = schema.object(relation.child);
        let rows = table.grant_rows()?;
        if table.masters != [relation.field] {
            return None;
        }
        Some(Grants {
            table: table.ix,
            record: relation.field,
            grantee: grantee_field(table, rows)?,
            level: level_column(schema, table, object, child)?,
            at_least,
            hierarchy: object.def.uses_hierarchy,
        })
    })
}

fn grantee_field(table: &ObjectSchema, rows: GrantRows) -> Option<FieldIx> {
    let names: &[&str] = match rows {
        GrantRows::Share => &["UserOrGroupId"],
        GrantRows::Team => &["UserId", "MemberId"],
    };
    names.iter().find_map(|name| table.find_field(name)).map(|field| field.ix)
}

fn level_column(
    schema: &OrgSchema,
    table: &ObjectSchema,
    object: &ObjectSchema,
    child: Option<AccountChild>,
) -> Option<GrantColumn> {
    if let Some(child) = child {
        return Some(GrantColumn::Own(table.find_field(child.level_field())?.ix));
    }
    let own = table.find_field(&format!("{}AccessLevel", object.name())).or_else(|| table.find_field("AccessLevel"));
    if let Some(field) = own {
        return Some(GrantColumn::Own(field.ix));
    }
    let reference = table.find_field("TeamRoleId")?;
    let role: ObjectIx = *reference.targets.first()?;
    let level = schema.object(role).find_field("AccessLevel")?;
    Some(GrantColumn::OfRole { reference: reference.ix, object: role, level: level.ix })
}
