//! `holdfast keys`: the life of an org's keys, and which fields stand encrypted.

use super::Failure;
use super::key_args::{
    FieldSealing, KeysCommand, KeysConfirmArgs, KeysDestroyArgs, KeysExportArgs, KeysOrgArgs, KeysRestoreArgs,
    KeysRotateArgs, KeysSealArgs, NewRootArgs, RotatedKey,
};
use super::place::{data_dir, only_org, open_existing, org_id, place, user};
use crate::control::{Request, RunningServer};
use crate::installation::Installation;
use crate::key_acts::{self, KeyAct};
use crate::root_key::RootKeyProvider;
use crate::terminal::{say, secret_line, tell};
use model::OrgId;
use model::schema::Sealing;
use platform::{Ctx, KeyDestruction, SystemEntropy};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use store::Backed as _;
use store::{CustomerSecret, Faults, Purpose, RootKey, Store, StoreConfig};
use zeroize::Zeroizing;

pub(super) fn run(command: &KeysCommand) -> Result<(), Failure> {
    match command {
        KeysCommand::List(args) => act(args, KeyAct::List),
        KeysCommand::Rotate(args) => rotate(args),
        KeysCommand::Destroy(args) => destroy(args),
        KeysCommand::Confirm(args) => confirm(args),
        KeysCommand::Export(args) => export(args),
        KeysCommand::Restore(args) => restore(args),
        KeysCommand::Seal(args) => seal(args),
    }
}

/// The installation and the org, unsealed when its secret was given.
fn open(args: &KeysOrgArgs) -> Result<(Installation, OrgId), Failure> {
    let installation = open_existing(&args.place)?;
    let org = match &args.org {
        Some(org) => org_id(org)?,
        None => only_org(&installation.platform)?,
    };
    if let Some(file) = &args.org_secret {
        installation.platform.org_unseal(org, &given_secret(file)?)?;
    }
    Ok((installation, org))
}

/// A secret of its customer's from a file: a key when it looks like one, else a passphrase.
fn given_secret(file: &Path) -> Result<CustomerSecret, Failure> {
    let text = if file == Path::new("-") {
        // A line: a password may stand behind it.
        secret_line("The org's secret")?
    } else {
        fs::read_to_string(file)
            .map(Zeroizing::new)
            .map_err(|error| Failure::new(format!("--org-secret: {} cannot be read: {error}.", file.display())))?
    };
    let text = text.trim_end_matches(['\r', '\n']);
    Ok(CustomerSecret::from_hex(text).unwrap_or_else(|_| CustomerSecret::passphrase(text)))
}

/// Has an act done by the server that runs, or by this process when none does.
fn act(args: &KeysOrgArgs, act: KeyAct) -> Result<(), Failure> {
    let data_dir = data_dir(&args.place)?;
    let answer = if let Some(server) = RunningServer::find(&data_dir) {
        let org = args.org.as_deref().map(org_id).transpose()?;
        server.ask(&Request::Keys { org, order: act })?
    } else {
        let (installation, org) = open(args)?;
        key_acts::perform(&installation.platform, &installation.identities, org, &act)?
    };
    answer.results.iter().for_each(say);
    answer.notes.iter().for_each(tell);
    Ok(())
}

fn rotate(args: &KeysRotateArgs) -> Result<(), Failure> {
    match (args.key, purpose_of(args.key)) {
        (RotatedKey::Root, _) => rotate_root(args),
        (_, Some(key)) => act(&args.org, KeyAct::Rotate { key }),
        (_, None) => act(&args.org, KeyAct::RotateSecret),
    }
}

fn rotate_root(args: &KeysRotateArgs) -> Result<(), Failure> {
    let place = place(&args.org.place)?;
    let new = new_root(&args.new_root)?;
    let old = place.root_key;
    // Both descriptors before anything is opened; the old key first, since a new one may have to be made.
    let old_source = old.source(&[&new])?;
    let new_source = new.source(&[&old])?;
    let old_key = old_source.open(true, &SystemEntropy)?;
    let new_key = new_source.open(false, &SystemEntropy)?;
    let secret = args.org.org_secret.as_deref().map(given_secret).transpose()?;
    let of_org = args.org.org.as_deref().map(org_id).transpose()?;
    let config = StoreConfig {
        data_dir: place.data_dir,
        root_key: old_source,
        postgres_url: place.database,
        location: place.location,
    };
    let secret_of = |org: OrgId| secret.clone().filter(|_| of_org.is_none_or(|known| known == org));
    let done = Store::root_key_rotate(&config, &old_key, &new_key, &secret_of, &SystemEntropy, &Faults::default())?;
    say(format_args!("The keyrings of {} orgs are under the root key of {new}.", done.orgs));
    tell(format_args!(
        "Let the configuration name it before the server starts. The key of {old} opens nothing any more: keep it only as \
         long as backups of older keyrings may be needed."
    ));
    Ok(())
}

/// The provider of the new root key.
fn new_root(args: &NewRootArgs) -> Result<RootKeyProvider, Failure> {
    let (setting, provider) = if let Some(path) = &args.new_root {
        ("--new-root", RootKeyProvider::File(path.clone()))
    } else if let Some(number) = args.new_root_fd {
        ("--new-root-fd", RootKeyProvider::Descriptor(number))
    } else if let Some(text) = &args.new_root_command {
        ("--new-root-command", RootKeyProvider::Command(RootKeyProvider::parse_command("--new-root-command", text)?))
    } else if let Some(name) = &args.new_root_env {
        ("--new-root-env", RootKeyProvider::Environment(name.clone()))
    } else {
        return Err(Failure::new(
            "Say where the new root key comes from: --new-root FILE, which is made when it is not there, --new-root-fd, \
             --new-root-command or --new-root-env.",
        ));
    };
    provider.check().map_err(|why| Failure::new(format!("{setting}: {why}")))?;
    Ok(provider)
}

fn destroy(args: &KeysDestroyArgs) -> Result<(), Failure> {
    let purpose = purpose_of(args.key).ok_or_else(|| {
        Failure::new("The root key and an org's secret have no old versions: they are gone once they are rotated.")
    })?;
    let destroys = KeyDestruction { key: purpose, version: args.version, lose_values: args.lose_values };
    let (username, password) = (args.run_as.clone(), secret_line(&format!("Password of {}", args.run_as))?);
    act(&args.org, KeyAct::Destroy { destroys, username, password })
}

fn confirm(args: &KeysConfirmArgs) -> Result<(), Failure> {
    let (username, password) = (args.run_as.clone(), secret_line(&format!("Password of {}", args.run_as))?);
    act(&args.org, KeyAct::Confirm { request: args.request, username, password })
}

fn export(args: &KeysExportArgs) -> Result<(), Failure> {
    let recovery = if args.recovery_key.exists() {
        RootKey::load(&args.recovery_key)?
    } else {
        RootKey::create(&args.recovery_key, &SystemEntropy)?
    };
    let (installation, org) = open(&args.org)?;
    let written = |error: std::io::Error| Failure::new(format!("{} cannot be written: {error}.", args.out.display()));
    // The file first: a copy that is noted and was never made would be looked for.
    let mut file = fs::File::options().write(true).create_new(true).open(&args.out).map_err(written)?;
    let copy = installation.platform.key_export(org, recovery.recovery(), &args.holder)?;
    file.write_all(copy.as_bytes()).and_then(|()| file.sync_all()).map_err(written)?;
    say(format_args!("The keys of {org} are in {}.", args.out.display()));
    tell(format_args!("It opens with {} alone: keep the two apart.", args.recovery_key.display()));
    Ok(())
}

fn restore(args: &KeysRestoreArgs) -> Result<(), Failure> {
    let org = org_id(&args.org)?;
    let recovery = RootKey::load(&args.recovery_key)?;
    let copy = fs::read_to_string(&args.copy)
        .map_err(|error| Failure::new(format!("{} cannot be read: {error}.", args.copy.display())))?;
    let installation = open_existing(&args.place)?;
    installation.platform.store().keyring_restore(org, &copy, recovery.recovery())?;
    installation.platform.org(org)?;
    say(format_args!("The keyring of {org} is made anew; the installation keeps its secret."));
    Ok(())
}

fn seal(args: &KeysSealArgs) -> Result<(), Failure> {
    let (object, field) = args.field.split_once('.').ok_or_else(|| {
        Failure::new(format!("{:?} is no field: write object and field, as in Contact.Passport__c.", args.field))
    })?;
    let (installation, id) = open(&args.org)?;
    let org = installation.platform.org(id)?;
    let sealing = match args.how {
        FieldSealing::Open => Sealing::None,
        FieldSealing::Closed => Sealing::Probabilistic,
        FieldSealing::Token => Sealing::Token { case_sensitive: false },
        FieldSealing::CaseSensitiveToken => Sealing::Token { case_sensitive: true },
    };
    Ctx::for_user(&org, user(&org, &args.run_as)?)?.field_seal(object, field, sealing)?;
    say(format_args!("{} of {id} will stand as ordered.", args.field));
    tell("A running server rewrites its values; `holdfast keys list` shows what is left.");
    Ok(())
}

fn purpose_of(key: RotatedKey) -> Option<Purpose> {
    match key {
        RotatedKey::Root | RotatedKey::Secret => None,
        RotatedKey::Store => Some(Purpose::Store),
        RotatedKey::Field => Some(Purpose::Field),
        RotatedKey::Token => Some(Purpose::Token),
        RotatedKey::Files => Some(Purpose::Files),
        RotatedKey::Settings => Some(Purpose::Settings),
        RotatedKey::SignIn => Some(Purpose::SignIn),
        RotatedKey::Backup => Some(Purpose::Backup),
        RotatedKey::AuditMac => Some(Purpose::AuditMac),
    }
}
