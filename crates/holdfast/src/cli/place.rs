//! From what was typed to an installation, an org, a user.

use super::Failure;
use super::args::{PlaceArgs, RootKeyArgs};
use crate::config::{Config, root_key_beside};
use crate::installation::{Installation, Place, Sender};
use crate::root_key::RootKeyProvider;
use identity::AddressLimit;
use model::{OrgId, RecordId};
use platform::provision::PROVISION;
use platform::{Ctx, Org, Platform};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An environment variable, when it is text.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The place of a configuration, with the root key that was typed beside it.
pub(super) fn place_of(config: &Config, typed: &RootKeyArgs) -> Result<Place, Failure> {
    Ok(Place {
        data_dir: config.data_dir.clone(),
        root_key: provider(typed, config.root_key.as_ref(), &config.data_dir)?,
        database: config.database.clone(),
        location: config.location.clone(),
        sender: config.sender.clone(),
        bounce_address: config.bounces.as_ref().map(|bounces| bounces.address.clone()),
        public_url: config.public_url.clone().unwrap_or_default(),
        sign_in_limit: config.sign_in_limit,
    })
}

/// Where the root key comes from. A file that is typed stands for the one in the configuration; two providers of
/// different kinds are a mistake.
fn provider(
    typed: &RootKeyArgs,
    configured: Option<&RootKeyProvider>,
    data_dir: &Path,
) -> Result<RootKeyProvider, Failure> {
    let given = match (&typed.root_key, typed.root_key_fd) {
        (Some(path), _) => Some(("--root-key", RootKeyProvider::File(path.clone()))),
        (None, Some(number)) => Some(("--root-key-fd", RootKeyProvider::Descriptor(number))),
        (None, None) => None,
    };
    let Some((setting, provider)) = given else {
        return Ok(configured.cloned().unwrap_or_else(|| RootKeyProvider::File(root_key_beside(data_dir))));
    };
    provider.check().map_err(|why| Failure::new(format!("{setting}: {why}")))?;
    match (&provider, configured) {
        (_, None) | (RootKeyProvider::File(_), Some(RootKeyProvider::File(_))) => Ok(provider),
        (_, Some(other)) => Err(Failure::new(format!(
            "{setting}: the configuration sets {} too, and the root key comes from one place. Leave one of them out.",
            other.setting()
        ))),
    }
}

/// A data directory alone, with everything else as it is when nobody says otherwise.
pub(super) fn plain_place(data_dir: &Path) -> Place {
    Place {
        data_dir: data_dir.to_owned(),
        root_key: RootKeyProvider::File(root_key_beside(data_dir)),
        database: None,
        location: String::new(),
        sender: Sender::default(),
        bounce_address: None,
        public_url: String::new(),
        sign_in_limit: AddressLimit::default(),
    }
}

pub(super) fn place(args: &PlaceArgs) -> Result<Place, Failure> {
    let mut place = match (&args.config, &args.data) {
        (Some(config), _) => place_of(&Config::load(config, &environment)?, &args.root_key)?,
        (None, Some(data)) => {
            let root_key = provider(&args.root_key, None, data)?;
            Place { root_key, ..plain_place(data) }
        }
        (None, None) => return Err(unnamed()),
    };
    if let (Some(data), Some(_)) = (&args.data, &args.config) {
        place.data_dir.clone_from(data);
    }
    Ok(place)
}

/// The data directory alone, for commands that speak with a running server and need no key.
pub(super) fn data_dir(args: &PlaceArgs) -> Result<PathBuf, Failure> {
    match (&args.data, &args.config) {
        (Some(data), _) => Ok(data.clone()),
        (None, Some(config)) => Ok(Config::load(config, &environment)?.data_dir),
        (None, None) => Err(unnamed()),
    }
}

fn unnamed() -> Failure {
    Failure::new("Say which installation: --config FILE names its configuration, --data DIR its data directory.")
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
        None => only_org(&installation.platform)?,
    };
    Ok(installation.platform.org(id)?)
}

/// The only org of an installation.
pub(crate) fn only_org(platform: &Platform) -> Result<OrgId, Failure> {
    match platform.org_list()?.as_slice() {
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
