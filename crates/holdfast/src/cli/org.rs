//! `holdfast org`: making, listing and deleting orgs.

use super::Failure;
use super::args::{
    MoveTarget, OrgCommand, OrgCreateArgs, OrgDeleteArgs, OrgHoldArgs, OrgMoveArgs, OrgSealArgs, OrgUnsealArgs,
    PlaceArgs,
};
use super::place::{data_dir, open_existing, org_id, place};
use crate::control::{self, Request};
use crate::installation::Installation;
use crate::terminal::{say, secret_line, tell};
use model::{Zone, random_bytes};
use platform::OrgSettings;
use platform::provision::NewOrg;
use store::{MoveStep, OrgBackend, PassphraseCost, SecretHolder};

pub(super) fn run(command: &OrgCommand) -> Result<(), Failure> {
    match command {
        OrgCommand::Create(args) => create(args),
        OrgCommand::List(args) => list(args),
        OrgCommand::Move(args) => relocate(args),
        OrgCommand::Hold(args) => hold(args),
        OrgCommand::Release(args) => release(args),
        OrgCommand::Unseal(args) => unseal(args),
        OrgCommand::Seal(args) => seal(args),
        OrgCommand::Delete(args) => delete(args),
    }
}

fn create(args: &OrgCreateArgs) -> Result<(), Failure> {
    if Zone::get(&args.zone).is_err() {
        return Err(Failure::new(format!(
            "--zone: {:?} is no time zone. They look like Europe/Berlin or America/New_York.",
            args.zone
        )));
    }
    if args.currency.len() != 3 || !args.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(Failure::new(format!(
            "--currency: {:?} is no currency code. They look like EUR or USD.",
            args.currency
        )));
    }
    if !platform::standard::is_locale(&args.locale) {
        return Err(Failure::new(format!(
            "--locale: {:?} is no locale here. They look like en_GB or de_DE.",
            args.locale
        )));
    }
    let (first, last) = args.admin_name.trim().rsplit_once(' ').unwrap_or(("", args.admin_name.trim()));
    let username = args.admin_username.as_ref().unwrap_or(&args.admin_email);
    let place = place(&args.place)?;
    let key = place.root_key.clone();
    let installation = Installation::open(&place)?;
    let made = installation.platform.org_create(&NewOrg {
        settings: OrgSettings {
            name: args.name.clone(),
            currency: args.currency.clone(),
            zone: args.zone.clone(),
            locale: args.locale.clone(),
            fiscal_start_month: args.fiscal_start_month,
            password_api_sign_in: false,
            security_token_required: true,
        },
        admin_username: username.clone(),
        admin_email: args.admin_email.clone(),
        admin_first_name: first.to_owned(),
        admin_last_name: last.to_owned(),
    })?;
    let password = hex::encode(random_bytes::<12>(made.org.entropy()));
    installation.identities.set_password(&made.org, made.admin, &password)?;
    say(format_args!("Org       {}", made.id));
    say(format_args!("User      {username}"));
    say(format_args!("Password  {password}"));
    say(format_args!("Root key  {key}"));
    tell("Keep a copy of the root key apart from the data: without it nobody can read the org.");
    tell("The password is shown this once: it is kept nowhere. Change it after the first sign-in.");
    Ok(())
}

fn list(args: &PlaceArgs) -> Result<(), Failure> {
    let installation = open_existing(args)?;
    let orgs = installation.platform.org_list()?;
    if orgs.is_empty() {
        tell("This installation has no org. `holdfast org create` makes one.");
    }
    for row in orgs {
        let place = match row.backend {
            OrgBackend::Embedded => "file",
            OrgBackend::Postgres => "postgresql",
        };
        // An org that does not open is listed all the same: that is when the list is needed most.
        let name = match installation.platform.org(row.org) {
            Ok(org) => org.settings().name.clone(),
            Err(error) => format!("(does not open: {})", error.message()),
        };
        say(format_args!("{}  {}  {place:<10}  {}  {name}", row.org, row.created, row.location));
    }
    Ok(())
}

fn relocate(args: &OrgMoveArgs) -> Result<(), Failure> {
    let id = org_id(&args.org)?;
    let to = match args.to {
        MoveTarget::Embedded => OrgBackend::Embedded,
        MoveTarget::Postgres => OrgBackend::Postgres,
    };
    let installation = open_existing(&args.place)?;
    installation.platform.org_move(id, to, &mut |step| {
        match step {
            MoveStep::Copied { table, rows } if rows > 0 => tell(format_args!("{table}: {rows} rows")),
            MoveStep::Begun | MoveStep::Copied { .. } => {}
            MoveStep::Compared { tables, rows } => {
                tell(format_args!("{tables} tables with {rows} rows are the same in both places"));
            }
            MoveStep::Switched => tell(format_args!("{id} lives in its new place")),
            MoveStep::Removed => tell("the original is removed"),
        }
        Ok(())
    })?;
    say(format_args!("{id} is moved."));
    Ok(())
}

fn hold(args: &OrgHoldArgs) -> Result<(), Failure> {
    let id = org_id(&args.org)?;
    let installation = open_existing(&args.place)?;
    let platform = &installation.platform;
    if platform.is_sealed(id) {
        // One line for the secret as it is, one for the next.
        platform.org_unseal(id, &control::given(&secret_line("The org's secret")?, args.key)?)?;
    }
    platform.org_secret_rotate(
        id,
        Some((&control::given(&secret_line("The org's secret")?, args.key)?, PassphraseCost::default())),
    )?;
    say(format_args!("The secret of {id} is its customer's alone from now on."));
    tell("A server starts with the org sealed; `holdfast org unseal` opens it. Who loses the secret loses the org.");
    Ok(())
}

fn release(args: &OrgHoldArgs) -> Result<(), Failure> {
    let id = org_id(&args.org)?;
    let installation = open_existing(&args.place)?;
    let platform = &installation.platform;
    if platform.is_sealed(id) {
        platform.org_unseal(id, &control::given(&secret_line("The org's secret")?, args.key)?)?;
    }
    if platform.key_list(id)?.holder == SecretHolder::Managed {
        return Err(Failure::new(format!("The secret of {id} is kept by the installation already.")));
    }
    platform.org_secret_rotate(id, None)?;
    say(format_args!("The installation keeps the secret of {id} again."));
    Ok(())
}

fn unseal(args: &OrgUnsealArgs) -> Result<(), Failure> {
    let id = org_id(&args.org)?;
    let request = Request::Unseal { org: id, secret: secret_line("The org's secret")?, is_key: args.key };
    control::ask(&data_dir(&args.place)?, &request)?;
    say(format_args!("{id} is unsealed."));
    Ok(())
}

fn seal(args: &OrgSealArgs) -> Result<(), Failure> {
    let id = org_id(&args.org)?;
    control::ask(&data_dir(&args.place)?, &Request::Seal { org: id })?;
    say(format_args!("{id} is sealed: its keys are gone from the server's memory."));
    Ok(())
}

fn delete(args: &OrgDeleteArgs) -> Result<(), Failure> {
    let id = org_id(&args.org)?;
    let confirmed = args.yes.as_deref().map(org_id).transpose()?;
    if confirmed != Some(id) {
        return Err(Failure::new(format!(
            "Deleting {id} destroys its keys and its data for good. To do it, add --yes {id}."
        )));
    }
    let installation = open_existing(&args.place)?;
    let gone = installation.platform.org_destroy(id)?;
    say(format_args!("{id} is gone: its keys are destroyed and its data is deleted."));
    for row in &gone.keys {
        say(format_args!("destroyed  {} key {}", row.key.purpose.name(), row.key.version));
    }
    for copy in &gone.copies {
        tell(format_args!("A copy of its keys is kept by {}: with it, backups can still be read.", copy.holder));
    }
    Ok(())
}
