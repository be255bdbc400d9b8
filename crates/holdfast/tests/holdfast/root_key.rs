//! The root key from each of its providers, and nowhere else: not in words, not in logs, not on a command line.

use crate::program::BINARY;
use base64::Engine as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use test_support::ServerProcess;

const VARIABLE: &str = "KEY_OF_THE_SALES_TEAM";
/// Two keys that no other text holds a part of.
const FIRST: &str = "c4f1e5a0b7d29386c4f1e5a0b7d29386c4f1e5a0b7d29386c4f1e5a0b7d29380";
const SECOND: &str = "9e8d7c6b5a4f3e2d9e8d7c6b5a4f3e2d9e8d7c6b5a4f3e2d9e8d7c6b5a4f3e20";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Provider {
    File,
    Credential,
    Descriptor,
    Command,
    Environment,
}

const ALL: [Provider; 5] =
    [Provider::File, Provider::Credential, Provider::Descriptor, Provider::Command, Provider::Environment];

/// A folder with a configuration and two keys, apart from what holds them.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = test_support::temp_dir().expect("a folder");
        std::fs::create_dir(folder.path().join("keys")).expect("a folder");
        // 0440 is what the access list of a credential of systemd looks like.
        for (name, key, mode) in [("first", FIRST, 0o400), ("second", SECOND, 0o400), ("credential", FIRST, 0o440)] {
            let path = folder.path().join("keys").join(name);
            std::fs::write(&path, format!("{key}\n")).expect("written");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn shown(&self, name: &str) -> String {
        self.path(name).to_str().expect("text").to_owned()
    }

    /// A command that prints the key in `name`, says it on standard error too, and writes its environment to `seen`.
    fn printing(&self, name: &str) -> String {
        let script = format!("env > {}; tee /dev/stderr < {}", self.shown("seen"), self.shown(&format!("keys/{name}")));
        format!("[\"sh\", \"-c\", {script:?}]")
    }

    fn configure(&self, settings: &str) {
        let text = format!("data_dir = \"data\"\nlisten = \"127.0.0.1:0\"\nlog = \"trace\"\n{settings}\n");
        std::fs::write(self.path("holdfast.toml"), text).expect("written");
    }

    fn provide(&self, provider: Provider) {
        self.configure(&match provider {
            Provider::File => "root_key_file = \"keys/first\"".to_owned(),
            Provider::Credential => "root_key_file = \"keys/credential\"".to_owned(),
            Provider::Descriptor => String::new(),
            Provider::Command => format!("root_key_command = {}", self.printing("first")),
            Provider::Environment => format!("root_key_env = \"{VARIABLE}\""),
        });
    }

    /// The program with the key as this provider gives it.
    fn command(&self, provider: Provider, arguments: &[&str]) -> Command {
        let config = self.shown("holdfast.toml");
        let with_config = [arguments, &["--config", &config]].concat();
        let mut command = Command::new(BINARY);
        if provider == Provider::Descriptor {
            command = Command::new("sh");
            let script = format!("exec \"$0\" \"$@\" 7< {}", self.shown("keys/first"));
            command.args(["-c", &script, BINARY]);
        }
        command.args(with_config);
        if provider == Provider::Descriptor {
            command.args(["--root-key-fd", "7"]);
        }
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HOLDFAST_")) {
            command.env_remove(name);
        }
        match provider {
            Provider::Environment => command.env(VARIABLE, FIRST),
            Provider::Credential => command.env("CREDENTIALS_DIRECTORY", self.path("keys")),
            Provider::Command => command.env("HOLDFAST_LOCATION", "a secret of the configuration"),
            _ => &mut command,
        };
        command
    }

    fn run(&self, provider: Provider, arguments: &[&str]) -> Output {
        let output = self.command(provider, arguments).output().expect("the binary starts");
        for stream in [&output.stdout, &output.stderr] {
            keyless(&format!("{provider:?} {arguments:?}"), stream);
        }
        output
    }

    fn good(&self, provider: Provider, arguments: &[&str]) -> String {
        let output = self.run(provider, arguments);
        assert!(output.status.success(), "{provider:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    fn refused(&self, provider: Provider, arguments: &[&str]) -> String {
        let output = self.run(provider, arguments);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).expect("text")
    }
}

/// Fails when there is a key in any spelling.
fn keyless(place: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    for key in [FIRST, SECOND] {
        let raw = (0..32).map(|at| u8::from_str_radix(&key[2 * at..2 * at + 2], 16).expect("a byte"));
        let raw: Vec<u8> = raw.collect();
        assert!(!bytes.windows(16).any(|window| window == &raw[..16]), "the key itself in {place}");
        assert!(!text.contains(&key[..16]), "the key in digits in {place}: {text}");
        let coded = base64::engine::general_purpose::STANDARD.encode(&raw).to_lowercase();
        assert!(!text.contains(&coded[..20]), "the key in base64 in {place}");
    }
}

fn keyless_below(folder: &Path) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            keyless_below(&path);
        } else if path.extension().is_none_or(|extension| extension != "sock") {
            keyless(&path.display().to_string(), &std::fs::read(&path).expect("a file"));
        }
    }
}

#[test]
fn every_command_works_with_every_provider_and_the_key_shows_up_nowhere() {
    for provider in ALL {
        let site = Site::new();
        site.provide(provider);
        let created = site.good(provider, &["org", "create", "--name", "Acme", "--admin-email", "ada@acme.example"]);
        let org = created.lines().find_map(|line| line.strip_prefix("Org")).expect("an id").trim().to_owned();
        let backups = site.shown("backups");
        for arguments in [
            &["org", "list"][..],
            &["keys", "list"],
            &["keys", "rotate", "field"],
            &["backup", "create", "--dir", &backups],
            &["verify", &org],
            &["migrate"],
        ] {
            site.good(provider, arguments);
        }
        if provider == Provider::Command {
            let said = String::from_utf8(site.run(provider, &["org", "list"]).stderr).expect("text");
            assert!(said.contains("root_key_command: [redacted]"), "a person is told what it says: {said}");
        }
        let server = ServerProcess::start(&mut site.command(provider, &["serve"])).expect("it becomes ready");
        let of_process = |name: &str| format!("/proc/{}/{name}", server.process_id());
        keyless("its command line", &std::fs::read(of_process("cmdline")).expect("its arguments"));
        if provider != Provider::Environment {
            keyless("its environment", &std::fs::read(of_process("environ")).expect("its environment"));
        }
        for open in std::fs::read_dir(of_process("fd")).expect("its descriptors").flatten() {
            let target = std::fs::read_link(open.path()).unwrap_or_default();
            assert!(!target.starts_with(site.path("keys")), "{provider:?} keeps {} open", target.display());
        }
        let log = server.log();
        let warned = log.contains(&format!("stands in the environment variable {VARIABLE}"));
        assert_eq!(warned, provider == Provider::Environment, "{log}");
        if provider == Provider::Command {
            assert!(log.contains("root_key_command: [redacted]"), "what the command says is in the log: {log}");
            let seen = std::fs::read_to_string(site.path("seen")).expect("its environment");
            assert!(seen.contains("PATH=") && !seen.contains("HOLDFAST_"), "{seen}");
        }
        keyless("its log", log.as_bytes());
        assert!(server.stop().expect("it ends").success());
        keyless_below(&site.path("data"));
        keyless_below(&site.path("backups"));
    }
}

#[test]
fn the_root_key_rotates_from_any_provider_to_any_other() {
    for from in [Provider::File, Provider::Descriptor, Provider::Command, Provider::Environment] {
        for to in ["--new-root", "--new-root-fd", "--new-root-command", "--new-root-env"] {
            let site = Site::new();
            site.provide(from);
            site.good(from, &["org", "create", "--name", "Acme", "--admin-email", "ada@acme.example"]);
            let (second, printing) = (site.shown("keys/second"), site.printing("second"));
            let rotate = |value: &str| {
                let mut command = site.command(from, &["keys", "rotate", "root", to, value]);
                if to == "--new-root-fd" {
                    let inner = command;
                    command = Command::new("sh");
                    command.args(["-c", &format!("exec \"$0\" \"$@\" 8< {second}")]);
                    command.arg(inner.get_program()).args(inner.get_args());
                    for (name, value) in inner.get_envs() {
                        match value {
                            Some(value) => command.env(name, value),
                            None => command.env_remove(name),
                        };
                    }
                }
                command.env("ANOTHER_KEY", SECOND).output().expect("the binary starts")
            };
            let output = rotate(match to {
                "--new-root" => &second,
                "--new-root-fd" => "8",
                "--new-root-command" => &printing,
                _ => "ANOTHER_KEY",
            });
            keyless("its words", &[output.stdout.as_slice(), &output.stderr].concat());
            assert!(output.status.success(), "{from:?} {to}: {}", String::from_utf8_lossy(&output.stderr));
            if to == "--new-root-command" && from == Provider::Environment {
                let seen = std::fs::read_to_string(site.path("seen")).expect("its environment");
                assert!(!seen.contains(VARIABLE), "the command sees the old key: {seen}");
            }
            assert!(site.refused(from, &["org", "list"]).contains("another key"), "{from:?} {to}");
            site.configure("root_key_file = \"keys/second\"");
            assert!(site.good(Provider::File, &["org", "list"]).contains("Acme"), "{from:?} {to}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_provider_is_told_by_the_name_of_its_setting() {
    let site = Site::new();
    let list = ["org", "list"];
    site.provide(Provider::File);
    site.good(Provider::File, &["org", "create", "--name", "Acme", "--admin-email", "ada@acme.example"]);

    let two = site.refused(Provider::Descriptor, &list);
    assert!(two.contains("--root-key-fd: the configuration sets root_key_file too"), "{two}");
    site.configure(&format!("root_key_env = \"{VARIABLE}\""));
    let unset = site.refused(Provider::File, &list);
    assert!(unset.contains(&format!("environment variable {VARIABLE}, which is to hold the root key, is not set")));
    site.configure("root_key_env = \"PATH\"");
    let no_key = site.refused(Provider::File, &list);
    assert!(no_key.contains("the environment variable PATH gives no root key"), "{no_key}");
    site.configure(&format!("root_key_env = \"{FIRST}\""));
    assert!(site.refused(Provider::File, &list).contains("root_key_env: holds what looks like a key itself"));

    site.configure("root_key_command = [\"sh\", \"-c\", \"echo no token in the slot >&2; exit 4\"]");
    let failed = site.refused(Provider::File, &list);
    assert!(
        failed.contains("root_key_command: sh ended with exit status: 4. It said: no token in the slot"),
        "{failed}"
    );
    site.configure(&format!("root_key_command = [\"sh\", \"-c\", \"echo {FIRST}; echo more\"]"));
    let more = site.refused(Provider::File, &list);
    assert!(more.contains("the command sh gives no root key: it must be 64 hexadecimal digits"), "{more}");

    site.configure("");
    let closed = site.refused(Provider::File, &["org", "list", "--root-key-fd", "213"]);
    assert!(closed.contains("--root-key-fd: descriptor 213 cannot be read: it is not open"), "{closed}");
    let standard = site.refused(Provider::File, &["org", "list", "--root-key-fd", "0"]);
    assert!(standard.contains("--root-key-fd: 0 to 2 are standard input"), "{standard}");
    // A credential's rights are too wide for any other file.
    site.configure("root_key_file = \"keys/credential\"");
    assert!(site.refused(Provider::File, &list).contains("can be read by others (mode 440)"));
    site.good(Provider::Credential, &list);
}
