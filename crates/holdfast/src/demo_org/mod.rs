//! The org behind `holdfast demo`: a year of a sales team's work, written through the same path as any other change,
//! with reports, a schedule, and the credentials that its visitors use.

mod access;
mod custom_objects;
mod load;
mod samples;

pub use access::{DemoAccess, DemoPerson};
pub use load::{LoadError, Loaded, load};

use crate::cli::Failure;
use crate::demo;
use crate::installation::Installation;
use model::Zone;
use platform::provision::{NewOrg, PROVISION};
use platform::{Ctx, Org, OrgSettings};
use std::sync::Arc;

/// The year's seed when nobody asks for another.
pub const DEFAULT_SEED: u64 = 2026;

/// Told what is going on while the org is filled.
pub trait Watch {
    fn begins(&mut self, what: &str, count: u64);
    fn advanced(&mut self, by: u64);
}

/// A demo org that is ready for visitors.
pub struct DemoOrg {
    pub org: Arc<Org>,
    pub access: DemoAccess,
    /// It was made by this call.
    pub is_new: bool,
}

/// The demo org of an installation; made and filled when there is none, or when its filling was cut short.
///
/// # Errors
/// In words for the operator; an installation with orgs that are no demo is left alone.
pub fn open_or_make(installation: &Installation, seed: u64, watch: &mut dyn Watch) -> Result<DemoOrg, Failure> {
    let platform = &installation.platform;
    let mut orgs = Vec::new();
    for row in platform.org_list()? {
        orgs.push(platform.org(row.org)?);
    }
    for org in &orgs {
        if let Some(access) = DemoAccess::find(org)? {
            return Ok(DemoOrg { org: org.clone(), access, is_new: false });
        }
    }
    for org in orgs {
        if !DemoAccess::is_unfinished(&org)? {
            return Err(Failure::new(format!(
                "This data directory holds the org {} ({}), which is no demo. Name another directory with --data, or start it with `holdfast serve`.",
                org.id(),
                org.settings().name
            )));
        }
        let id = org.id();
        drop(org);
        platform.org_delete(id)?;
    }
    make(installation, seed, watch)
}

fn make(installation: &Installation, seed: u64, watch: &mut dyn Watch) -> Result<DemoOrg, Failure> {
    let platform = &installation.platform;
    let settings = OrgSettings {
        name: demo::COMPANY.to_owned(),
        currency: "EUR".to_owned(),
        zone: "Europe/Amsterdam".to_owned(),
        locale: "en_GB".to_owned(),
        fiscal_start_month: 1,
        // Off in every other org until its administrator decides: here every way in is to be tried.
        password_api_sign_in: true,
        security_token_required: false,
    };
    let zone = Zone::get(&settings.zone).unwrap_or(Zone::UTC);
    let world = demo::generate(seed, platform.now().date_in(&zone));
    let administrator = load::administrator(&world)?;
    watch.begins("Making the org", 1);
    let made = platform.org_create(&NewOrg {
        settings,
        admin_username: administrator.text("Username"),
        admin_email: administrator.text("Email"),
        admin_first_name: administrator.text("FirstName"),
        admin_last_name: administrator.text("LastName"),
    })?;
    let org = made.org;
    DemoAccess::begin(&org)?;
    watch.advanced(1);
    let service = Ctx::for_service(&org, &PROVISION)?;
    custom_objects::create(&service)?;
    // The service's picture of the metadata is from before the objects were there.
    let service = Ctx::for_service(&org, &PROVISION)?;
    let loaded = load(&service, &world, made.admin, watch)?;
    custom_objects::fill(&service, made.admin, watch)?;
    samples::create(&org, &world, &loaded, made.admin)?;
    watch.begins("Making the ways in", 1);
    let access = DemoAccess::make(installation, &org, &world, &loaded, made.admin)?;
    watch.advanced(1);
    Ok(DemoOrg { org, access, is_new: true })
}
