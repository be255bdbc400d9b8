//! The built binary as a person runs it: its words, its exit codes, what it leaves behind.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_holdfast");

/// Runs a command that ends by itself, without anything of this test's environment that would change it.
pub(crate) fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(BINARY);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HOLDFAST_")) {
        command.env_remove(name);
    }
    command.args(arguments).env("COLUMNS", "100").output().expect("the binary starts")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// The one paragraph of a command that failed: exit code 1, and no trace of how the program is made.
pub(crate) fn failure(arguments: &[&str]) -> String {
    let output = run(arguments);
    let words = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {words}");
    assert!(words.starts_with("holdfast: "), "{words}");
    for trace in ["Error {", "panicked", "RUST_BACKTRACE", "Error("] {
        assert!(!words.contains(trace), "{words}");
    }
    words
}

/// An installation with one org, made by the program itself.
struct Installed {
    folder: tempfile::TempDir,
    org: String,
}

impl Installed {
    fn new() -> Self {
        let folder = test_support::temp_dir().expect("a folder");
        let data = folder.path().join("data");
        let output = run(&[
            "org",
            "create",
            "--data",
            text(&data),
            "--name",
            "Acme",
            "--admin-email",
            "ada@acme.example",
            "--admin-name",
            "Ada Byron",
        ]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let org =
            stdout(&output).lines().find_map(|line| line.strip_prefix("Org")).expect("the org's id").trim().to_owned();
        Self { folder, org }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn root_key(&self) -> PathBuf {
        self.folder.path().join("data.root-key")
    }

    fn failure(&self, command: &[&str]) -> String {
        let data = self.data();
        failure(&[command, &["--data", text(&data)]].concat())
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a name that is text")
}

#[test]
fn the_help_is_what_a_person_needs() {
    for (name, arguments) in [
        ("help", &["--help"][..]),
        ("help_demo", &["demo", "--help"]),
        ("help_serve", &["serve", "--help"]),
        ("help_org", &["org", "--help"]),
        ("help_org_create", &["org", "create", "--help"]),
        ("help_org_delete", &["org", "delete", "--help"]),
        ("help_import", &["import", "--help"]),
        ("help_verify", &["verify", "--help"]),
    ] {
        insta::assert_snapshot!(name, stdout(&run(arguments)));
    }
}

#[test]
fn completions_are_printed_for_every_common_shell() {
    for shell in ["bash", "zsh", "fish"] {
        let script = stdout(&run(&["completions", shell]));
        assert!(script.contains("holdfast") && script.contains("import"), "{shell}");
        assert!(!script.contains("render-worker"), "{shell}");
    }
}

#[test]
fn an_org_is_made_listed_verified_and_deleted() {
    let installed = Installed::new();
    let data = installed.data();
    let list = stdout(&run(&["org", "list", "--data", text(&data)]));
    assert!(list.contains(&installed.org) && list.contains("Acme"), "{list}");
    let verdict = stdout(&run(&["verify", &installed.org, "--data", text(&data)]));
    assert!(verdict.contains("is whole"), "{verdict}");

    let words = installed.failure(&["org", "delete", &installed.org]);
    assert!(words.contains(&format!("--yes {}", installed.org)), "{words}");
    let output = run(&["org", "delete", &installed.org, "--yes", &installed.org, "--data", text(&data)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!data.join("orgs").join(&installed.org).exists());
    assert!(installed.failure(&["verify", &installed.org]).contains("has no org"));
}

#[test]
fn a_missing_a_wrong_and_a_readable_root_key_are_told_apart() {
    use std::os::unix::fs::PermissionsExt as _;
    let installed = Installed::new();
    let key = installed.root_key();
    let kept = std::fs::read(&key).expect("the key");
    let replace = |content: &[u8], mode: u32| {
        std::fs::remove_file(&key).expect("removed");
        std::fs::write(&key, content).expect("written");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).expect("the mode is set");
    };

    replace(&kept, 0o644);
    assert!(installed.failure(&["org", "list"]).contains("can be read by others"));
    replace("ab".repeat(32).as_bytes(), 0o400);
    let words = installed.failure(&["org", "list"]);
    assert!(words.contains("key"), "{words}");
    std::fs::remove_file(&key).expect("removed");
    assert!(installed.failure(&["org", "list"]).contains("is missing"));
}

#[test]
fn a_damaged_org_is_named_and_leaves_the_list_readable() {
    let installed = Installed::new();
    let file = installed.data().join("orgs").join(&installed.org).join("org.db");
    let mut bytes = std::fs::read(&file).expect("the database");
    for byte in &mut bytes[..4096] {
        *byte ^= 0x5a;
    }
    std::fs::write(&file, &bytes).expect("damaged");
    let words = installed.failure(&["verify", &installed.org]);
    assert!(words.contains("org.db") || words.contains(&installed.org), "{words}");
    let data = installed.data();
    let list = stdout(&run(&["org", "list", "--data", text(&data)]));
    assert!(list.contains("does not open"), "{list}");
}

#[test]
fn what_was_typed_wrong_is_said_in_words() {
    let folder = test_support::temp_dir().expect("a folder");
    let config = folder.path().join("holdfast.toml");
    std::fs::write(&config, "data_dir = \"data\"\n\nlissten = \"127.0.0.1:80\"\n").expect("written");
    let words = failure(&["serve", "--config", text(&config)]);
    assert!(words.contains("holdfast.toml line 3: unknown field `lissten`"), "{words}");
    assert!(failure(&["serve", "--config", "/nowhere/holdfast.toml"]).contains("cannot be read"));
    assert!(
        failure(&["org", "list", "--data", text(&folder.path().join("none"))]).contains("There is no installation")
    );
    assert!(failure(&["demo", "--smtp", "mail.example"]).contains("--smtp:"));
    let create = ["org", "create", "--data", text(folder.path()), "--name", "A", "--admin-email", "a@b.example"];
    assert!(failure(&[&create[..], &["--zone", "Mars"]].concat()).contains("no time zone"));
    assert!(failure(&[&create[..], &["--currency", "euro"]].concat()).contains("no currency code"));
    assert!(failure(&[&create[..], &["--locale", "xx_YY"]].concat()).contains("no locale here"));
    assert_eq!(run(&["frobnicate"]).status.code(), Some(2));
}

#[test]
fn fresh_empties_no_directory_that_the_demo_did_not_make() {
    let folder = test_support::temp_dir().expect("a folder");
    let precious = folder.path().join("precious.txt");
    std::fs::write(&precious, "mine").expect("written");
    let words = failure(&["demo", "--fresh", "--data", text(folder.path())]);
    assert!(words.contains("was not made by `holdfast demo`"), "{words}");
    let words = failure(&["demo", "--listen", "127.0.0.1:0", "--data", text(folder.path())]);
    assert!(words.contains("holds other things and no demo"), "{words}");
    assert!(precious.exists());
}

#[test]
fn an_import_speaks_by_its_exit_code_and_tells_rows_in_a_report() {
    let installed = Installed::new();
    let folder = installed.folder.path();
    let file = |name: &str, content: &str| {
        let path = folder.join(name);
        std::fs::write(&path, content).expect("written");
        path
    };
    file("a.csv", "name,size\nFirst,1\nSecond,many\n");
    let mapping = file(
        "mapping.toml",
        "format = 1\n[source.a]\nfile = \"a.csv\"\n[[step]]\nname = \"accounts\"\nsource = \"a\"\nobject = \"Account\"\n\
         [step.field]\nName = { column = \"name\" }\nNumberOfEmployees = { column = \"size\" }\n",
    );
    let (data, report) = (installed.data(), folder.join("rows.txt"));
    let command = [
        "import",
        "--mapping",
        text(&mapping),
        "--dir",
        text(folder),
        "--as",
        "ada@acme.example",
        "--data",
        text(&data),
    ];
    let output = run(&[&command[..], &["--report", text(&report)]].concat());
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(stdout(&output).contains("1 rows were refused"), "{}", stdout(&output));
    let rows = std::fs::read_to_string(&report).expect("the report");
    assert!(rows.contains("a.csv line 3, accounts: refused: NumberOfEmployees (column size)"), "{rows}");

    let output = run(&[&command[..], &["--atomic", "--again"]].concat());
    assert_eq!(output.status.code(), Some(4));
    let broken = file("broken.toml", "format = 1\nsteps = 3\n");
    let words = failure(&[
        "import",
        "--mapping",
        text(&broken),
        "--dir",
        text(folder),
        "--as",
        "ada@acme.example",
        "--data",
        text(&data),
    ]);
    assert!(words.contains("line 2"), "{words}");
    assert!(
        installed
            .failure(&["import", "--mapping", text(&mapping), "--dir", text(folder), "--as", "nobody"])
            .contains("no user \"nobody\"")
    );
}

#[test]
fn an_org_in_postgresql_is_made_filled_verified_and_deleted() {
    let database = test_support::Postgres::create_database().expect("a PostgreSQL server");
    let folder = test_support::temp_dir().expect("a folder");
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        path
    };
    let config = file("holdfast.toml", &format!("data_dir = \"data\"\ndatabase = \"{}\"\n", database.url()));
    let config = ["--config", text(&config)];
    let succeed = |arguments: &[&str]| {
        let output = run(&[arguments, &config].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        stdout(&output)
    };
    let created = succeed(&["org", "create", "--name", "Acme", "--admin-email", "ada@acme.example"]);
    let org = created.lines().find_map(|line| line.strip_prefix("Org")).expect("the org's id").trim().to_owned();
    assert!(succeed(&["org", "list"]).contains("postgresql"));

    file("a.csv", "name\nFirst\nSecond\n");
    let mapping = file(
        "mapping.toml",
        "format = 1\n[source.a]\nfile = \"a.csv\"\n[[step]]\nname = \"accounts\"\nsource = \"a\"\nobject = \"Account\"\n\
         [step.field]\nName = { column = \"name\" }\n",
    );
    let import =
        ["import", "--mapping", text(&mapping), "--dir", text(folder.path()), "--as", "ada@acme.example", "--atomic"];
    assert!(succeed(&import).contains("Every row is in."));
    assert!(succeed(&["verify", &org]).contains("is whole"));
    succeed(&["org", "delete", &org, "--yes", &org]);
}
