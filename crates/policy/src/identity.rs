//! Who acts. An [`Identity`] exists only for an active user or for a declared service; there is no "nobody" that
//! passes for root.

use crate::{ObjectPermission, PermissionFacts, Permissions};
use model::{Error, ErrorCode, OrgId, OrgSchema, RecordId, Result};
use std::fmt;
use std::sync::Arc;

/// The sealed proof that somebody may act in one org, with what the permissions of that somebody say.
///
/// Cheap to clone. Made by [`Identity::establish`] and [`Identity::service`] alone, which only the sign-in and the
/// platform's own declared services call (`cargo xtask tidy` holds the list).
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    org: OrgId,
    actor: Actor,
    permissions: Arc<Permissions>,
}

/// A person, or a part of the platform working under its own name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    User { id: RecordId, role: Option<RecordId> },
    Service(&'static Service),
}

/// What is known of a user when a session, a token or a job asks to act as them.
#[derive(Debug, Clone)]
pub struct UserFacts {
    pub org: OrgId,
    pub user: RecordId,
    pub role: Option<RecordId>,
    pub active: bool,
    pub frozen: bool,
    pub permissions: Arc<Permissions>,
}

/// A part of the platform that must touch records without a user: what it is for and all that it may do.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    pub name: &'static str,
    /// Why it needs this and why that leaks nothing; shown to administrators.
    pub purpose: &'static str,
    pub grants: &'static [ServiceGrant],
}

/// Access of a service to every record of one object.
#[derive(Debug, PartialEq, Eq)]
pub struct ServiceGrant {
    /// API name; `*` for every object (bulk loading into a new org, and nothing else).
    pub object: &'static str,
    pub create: bool,
    pub edit: bool,
    pub delete: bool,
}

impl ServiceGrant {
    pub const fn read(object: &'static str) -> Self {
        Self { object, create: false, edit: false, delete: false }
    }

    pub const fn edit(object: &'static str) -> Self {
        Self { object, create: false, edit: true, delete: false }
    }

    pub const fn write(object: &'static str) -> Self {
        Self { object, create: true, edit: true, delete: true }
    }
}

impl Identity {
    /// A user who may act: active and not frozen.
    ///
    /// # Errors
    /// `INVALID_SESSION_ID` for an inactive or frozen user.
    pub fn establish(facts: UserFacts) -> Result<Self> {
        if !facts.active || facts.frozen {
            return Err(Error::new(ErrorCode::InvalidSessionId, "Session expired or invalid").with_internal(format!(
                "user {} is {}",
                facts.user,
                if facts.active { "frozen" } else { "inactive" }
            )));
        }
        let actor = Actor::User { id: facts.user, role: facts.role };
        Ok(Self(Arc::new(Inner { org: facts.org, actor, permissions: facts.permissions })))
    }

    /// A declared service with exactly its grants.
    pub fn service(org: OrgId, service: &'static Service, schema: &OrgSchema) -> Self {
        let objects = schema
            .objects()
            .iter()
            .filter_map(|object| {
                let grant = service.grants.iter().find(|grant| grant.object == "*" || grant.object == object.name())?;
                let permission = ObjectPermission {
                    read: true,
                    create: grant.create,
                    edit: grant.edit,
                    delete: grant.delete,
                    view_all: true,
                    modify_all: false,
                };
                Some((object.name().to_owned(), permission))
            })
            .collect::<Vec<_>>();
        let fields =
            objects.iter().map(|(name, _)| (name.clone(), "*".to_owned(), crate::FieldPermission::EDIT)).collect();
        let facts = PermissionFacts { objects, fields, ..PermissionFacts::default() };
        let permissions = Arc::new(Permissions::of_service(schema, &facts));
        Self(Arc::new(Inner { org, actor: Actor::Service(service), permissions }))
    }

    pub fn org(&self) -> OrgId {
        self.0.org
    }

    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }

    pub fn permissions(&self) -> &Permissions {
        &self.0.permissions
    }

    /// The user, when it is one.
    pub fn user_id(&self) -> Option<RecordId> {
        match self.0.actor {
            Actor::User { id, .. } => Some(id),
            Actor::Service(_) => None,
        }
    }

    pub fn role_id(&self) -> Option<RecordId> {
        match self.0.actor {
            Actor::User { role, .. } => role,
            Actor::Service(_) => None,
        }
    }

    /// Who stands in the audit log: a user's id, or `service:name`.
    pub fn audit_name(&self) -> String {
        match &self.0.actor {
            Actor::User { id, .. } => id.to_string(),
            Actor::Service(service) => format!("service:{}", service.name),
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({} in {})", self.audit_name(), self.0.org)
    }
}
