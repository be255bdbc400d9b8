//! Somebody at work in one org: the first argument of everything that touches records.

use crate::org::{Org, OrgSettings};
use crate::user::UserProfile;
use crate::{Service, access};
use model::{Error, ErrorCode, FieldIx, Instant, ObjectIx, ObjectSchema, OrgSchema, RecordId, Result};
use policy::{Identity, ObjectPermission, SystemPermission};
use std::sync::Arc;

/// A user or a declared service, with one snapshot of metadata and permissions. Cheap to clone; made anew for each
/// request and each job, so that a change of rights counts from the next.
#[derive(Clone)]
pub struct Ctx {
    pub(crate) org: Arc<Org>,
    pub(crate) identity: Identity,
    pub(crate) schema: Arc<OrgSchema>,
    pub(crate) user: Arc<UserProfile>,
}

impl Ctx {
    /// A context for a user who proved who they are, or who gave a job the right to act as them.
    ///
    /// # Errors
    /// `INVALID_SESSION_ID` for a user that is not there or may not act.
    pub fn for_user(org: &Arc<Org>, user: RecordId) -> Result<Self> {
        let schema = org.schema();
        let (identity, user) = access::identity_of(org, &schema, user)?;
        Ok(Self { org: org.clone(), identity, schema, user })
    }

    /// A context for a service that the platform or one of the apps declares.
    ///
    /// # Errors
    /// An internal error for a service that nobody declares.
    pub fn for_service(org: &Arc<Org>, service: &'static Service) -> Result<Self> {
        let of_app = org.apps.iter().flat_map(|app| app.services()).any(|known| known == service);
        let declared = of_app
            || *service == crate::provision::PROVISION
            || *service == crate::sign_in::SIGN_IN
            || *service == crate::upgrade::UPGRADE;
        if !declared {
            return Err(Error::internal(format!("the service {} is not declared", service.name)));
        }
        Ok(Self::for_own_service(org, service))
    }

    /// A context for one of the platform's own services, which nobody outside can name.
    pub(crate) fn for_own_service(org: &Arc<Org>, service: &'static Service) -> Self {
        let schema = org.schema();
        let identity = access::identity_of_service(org, &schema, service);
        let user = Arc::new(UserProfile::of_service(service.name));
        Self { org: org.clone(), identity, schema, user }
    }

    pub fn org(&self) -> &Arc<Org> {
        &self.org
    }

    pub fn schema(&self) -> &Arc<OrgSchema> {
        &self.schema
    }

    pub fn user(&self) -> &UserProfile {
        &self.user
    }

    /// The user's id; `None` for a service.
    pub fn user_id(&self) -> Option<RecordId> {
        self.identity.user_id()
    }

    pub fn settings(&self) -> Arc<OrgSettings> {
        self.org.settings()
    }

    pub fn now(&self) -> Instant {
        self.org.now()
    }

    /// The user's calendar day.
    pub fn today(&self) -> model::Date {
        self.now().date_in(&self.user.zone)
    }

    /// What the user may do with an object, before any record is looked at.
    pub fn object_permission(&self, object: ObjectIx) -> ObjectPermission {
        self.identity.permissions().object(object)
    }

    pub fn can_read_field(&self, object: ObjectIx, field: FieldIx) -> bool {
        self.identity.permissions().field(object, field).read
    }

    pub fn can_edit_field(&self, object: ObjectIx, field: FieldIx) -> bool {
        self.identity.permissions().field(object, field).edit && self.schema.object(object).field(field).is_writable()
    }

    pub fn has(&self, permission: SystemPermission) -> bool {
        self.identity.permissions().system(permission)
    }

    /// Refuses when a system permission is missing.
    ///
    /// # Errors
    /// `INSUFFICIENT_ACCESS_OR_READONLY` naming the permission.
    pub fn require(&self, permission: SystemPermission) -> Result<()> {
        if self.has(permission) {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::InsufficientAccessOrReadonly,
            format!(
                "The permission {} is missing; an administrator can grant it with a permission set.",
                permission.name()
            ),
        ))
    }

    /// An object by name that the user may read.
    ///
    /// # Errors
    /// `NOT_FOUND` alike for one that does not exist and one that the user may not read.
    pub fn object(&self, name: &str) -> Result<&ObjectSchema> {
        self.schema
            .find_object(name)
            .filter(|object| self.object_permission(object.ix).read)
            .ok_or_else(Error::not_found)
    }

    /// An object whose records stand in lists: all but those that are worked out for one question.
    ///
    /// # Errors
    /// As [`Ctx::object`].
    pub fn listed_object(&self, name: &str) -> Result<&ObjectSchema> {
        self.object(name).and_then(|object| if object.def.computed { Err(Error::not_found()) } else { Ok(object) })
    }

    /// The objects that the user may read.
    pub fn readable_objects(&self) -> impl Iterator<Item = &ObjectSchema> {
        self.schema.objects().iter().filter(|object| self.object_permission(object.ix).read)
    }

    /// The identity, for the layers below apps.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(crate) fn read_options(&self) -> store::ReadOptions {
        self.org.read_options(&self.user.zone_name)
    }
}

impl soql::Visibility for Ctx {
    fn object(&self, object: ObjectIx) -> bool {
        self.object_permission(object).read
    }

    fn field(&self, object: ObjectIx, field: FieldIx) -> bool {
        self.can_read_field(object, field)
    }
}

impl std::fmt::Debug for Ctx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ctx({:?})", self.identity)
    }
}
