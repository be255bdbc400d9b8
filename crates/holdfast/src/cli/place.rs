//! From what was typed to an installation, an org, a user.

use super::Failure;
use super::args::PlaceArgs;
use crate::config::{Config, root_key_beside};
use crate::installation::{Installation, Place, Sender};
use model::{OrgId, RecordId};
use platform::provision::PROVISION;
use platform::{Ctx, Org};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An environment variable, when it is text.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl From<&Config> for Place {
    fn from(config: &Config) -> Self {
        Place {
            data_dir: config.data_dir.clone(),
            root_key_file: config.root_key_file.clone(),
            database: config.database.clone(),
            location: config.location.clone(),
            sender: config.sender.clone(),
            public_url: config.public_url.clone().unwrap_or_default(),
        }
    }
}

/// A data directory alone, with everything else as it is when nobody says otherwise.
pub(super) fn plain_place(data_dir: &Path, root_key_file: Option<PathBuf>) -> Place {
    Place {
        data_dir: data_dir.to_owned(),
        root_key_file: root_key_file.unwrap_or_else(|| root_key_beside(data_dir)),
        database: None,
        location: String::new(),
        sender: Sender::default(),
        public_url: String::new(),
    }
}

pub(super) fn place(args: &PlaceArgs) -> Result<Place, Failure> {
    let mut place = match (&args.config, &args.data) {
        (Some(config), _) => Place::from(&Config::load(config, &environment)?),
        (None, Some(data)) => plain_place(data, None),
        (None, None) => {
            return Err(Failure::new(
                "Say which installation: --config FILE names its configuration, --data DIR its data directory.",
            ));
        }
    };
    if let (Some(data), Some(_)) = (&args.data, &args.config) {
        place.data_dir.clone_from(data);
    }
    if let Some(root_key) = &args.root_key {
        place.root_key_file.clone_from(root_key);
    }
    Ok(place)
}

/// An installation that must be there already.
pub(super) fn open_existing(args: &PlaceArgs) -> Result<Installation, Failure> {
    let place = place(args)?;
    if !place.data_dir.join("control.db").exists() {
        return Err(Failure::new(format!("There is no installation in {}.", place.data_dir.display())));
    }
    Installation::open(&place)
}

/// An org by its id, or the only one.
pub(super) fn org(installation: &Installation, id: Option<&str>) -> Result<Arc<Org>, Failure> {
    let id = match id {
        Some(id) => org_id(id)?,
        None => only_org(installation)?,
    };
    Ok(installation.platform.org(id)?)
}

/// The only org of an installation.
pub(super) fn only_org(installation: &Installation) -> Result<OrgId, Failure> {
    match installation.platform.org_list()?.as_slice() {
        [only] => Ok(only.org),
        [] => Err(Failure::new("This installation has no org. `holdfast org create` makes one.")),
        _ => Err(Failure::new(
            "This installation has several orgs: say which with --org. `holdfast org list` shows them.",
        )),
    }
}

pub(super) fn org_id(text: &str) -> Result<OrgId, Failure> {
    OrgId::parse(text).map_err(|_| {
        Failure::new(format!("{text:?} is no org id: it begins with 00D and has 15 or 18 letters and digits."))
    })
}

/// A user of an org by name.
pub(super) fn user(org: &Arc<Org>, username: &str) -> Result<RecordId, Failure> {
    let ctx = Ctx::for_service(org, &PROVISION)?;
    let object = ctx.object("User")?;
    let field = object.find_field("Username").ok_or_else(|| Failure::new("This org's users have no user names."))?;
    let found = ctx.all_found_by(object, field, &username.into())?;
    found.first().copied().ok_or_else(|| Failure::new(format!("The org has no user {username:?}.")))
}
