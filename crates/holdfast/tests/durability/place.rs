//! An installation with one org and a live session, served by the built binary as often as a test likes.

use crate::api::Api;
use holdfast::installation::{Installation, Place, Sender};
use holdfast::root_key::RootKeyProvider;
use identity::SessionKind;
use model::schema::FieldDef;
use model::{OrgId, RecordId};
use platform::provision::NewOrg;
use platform::{Ctx, OrgSettings};
use std::path::{Path, PathBuf};
use std::process::Command;
use test_support::{ServerProcess, TestDatabase};

const BINARY: &str = env!("CARGO_BIN_EXE_holdfast");

pub(crate) struct Site {
    folder: tempfile::TempDir,
    pub(crate) org: String,
    token: String,
    admin: RecordId,
    place: Place,
    _database: Option<TestDatabase>,
}

impl Site {
    /// An org in a file.
    pub(crate) fn embedded() -> Self {
        Self::make(None)
    }

    /// An org in a PostgreSQL of its own.
    pub(crate) fn postgres() -> Self {
        Self::make(Some(test_support::Postgres::create_database().expect("a PostgreSQL server")))
    }

    fn make(database: Option<TestDatabase>) -> Self {
        let url = database.as_ref().map(|database| database.url().to_owned());
        Self { _database: database, ..Self::at(url) }
    }

    /// An org in the database at this address.
    pub(crate) fn at(database_url: Option<String>) -> Self {
        let folder = test_support::temp_dir().expect("a folder");
        let place = Place {
            data_dir: folder.path().join("data"),
            root_key: RootKeyProvider::File(folder.path().join("data.root-key")),
            database: database_url.clone(),
            location: "test".to_owned(),
            bounce_address: None,
            sender: Sender::default(),
            public_url: "http://127.0.0.1".to_owned(),
            sign_in_limit: identity::AddressLimit::default(),
        };
        let setting = database_url.map(|url| format!("database = {url:?}\n")).unwrap_or_default();
        let config = format!("data_dir = \"data\"\nroot_key_file = \"data.root-key\"\n{setting}");
        std::fs::write(folder.path().join("holdfast.toml"), config).expect("written");

        let installation = Installation::open(&place).unwrap_or_else(|error| panic!("{error}"));
        let made = installation
            .platform
            .org_create(&NewOrg {
                settings: OrgSettings {
                    name: "Durable".to_owned(),
                    currency: "EUR".to_owned(),
                    zone: "UTC".to_owned(),
                    locale: "en_GB".to_owned(),
                    fiscal_start_month: 1,
                    password_api_sign_in: false,
                    security_token_required: true,
                },
                admin_username: "ada@durable.example".to_owned(),
                admin_email: "ada@durable.example".to_owned(),
                admin_first_name: "Ada".to_owned(),
                admin_last_name: "Byron".to_owned(),
            })
            .expect("an org");
        let admin = Ctx::for_user(&made.org, made.admin).expect("an active user");
        let fields = vec![
            FieldDef::text("Key__c", "Key", 80).external_id().unique(),
            FieldDef::number("Client__c", "Client", 4, 0).indexed(),
        ];
        admin.fields_create("Account", fields).expect("fields of the clients' own");
        let opened = installation
            .identities
            .open_session(&made.org, made.admin, SessionKind::Api, "durability")
            .expect("a session");
        Self { org: made.id.to_string(), token: opened.token, admin: made.admin, folder, place, _database: None }
    }

    /// Does something with the org while no server runs.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&Installation, &Ctx) -> T) -> T {
        let installation = Installation::open(&self.place).unwrap_or_else(|error| panic!("{error}"));
        let org = installation.platform.org(OrgId::parse(&self.org).expect("an id")).expect("the org");
        work(&installation, &Ctx::for_user(&org, self.admin).expect("an active user"))
    }

    /// Gives the clients a new session, as after a rotation of the key that the old one was kept under.
    pub(crate) fn sign_in_again(&mut self) {
        self.token = self.with(|installation, ctx| {
            let opened = installation.identities.open_session(ctx.org(), self.admin, SessionKind::Api, "durability");
            opened.expect("a session").token
        });
    }

    /// A command on this installation, with its words; it must succeed.
    pub(crate) fn run(&self, arguments: &[&str]) -> Vec<u8> {
        let mut command = Command::new(BINARY);
        command.args(arguments).arg("--config").arg(self.config()).env("TMPDIR", self.folder.path());
        let output = command.output().expect("the binary starts");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        [output.stdout, output.stderr].concat()
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("holdfast.toml")
    }

    /// Everything that the server keeps, writes or uses for a while: data, keys, configuration, temporary files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The command that serves this installation on a free port.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(BINARY);
        command.args(["serve", "--listen", "127.0.0.1:0", "--config"]).arg(self.config());
        command.env("TMPDIR", self.folder.path()).env("HOLDFAST_LOG", "debug");
        command
    }

    pub(crate) fn serve(&self) -> ServerProcess {
        self.serve_with("debug")
    }

    /// The same with a log as talkative as this.
    pub(crate) fn serve_with(&self, log: &str) -> ServerProcess {
        let mut command = self.command();
        ServerProcess::start(command.env("HOLDFAST_LOG", log)).unwrap_or_else(|error| panic!("{error:#}"))
    }

    pub(crate) fn api(&self, server: &ServerProcess) -> Api {
        Api::new(server.address(), &self.token)
    }

    pub(crate) fn org(&self) -> &str {
        &self.org
    }

    /// The audit log from end to end, as `holdfast verify` judges it.
    pub(crate) fn verify(&self) {
        self.run(&["verify", &self.org]);
    }
}
