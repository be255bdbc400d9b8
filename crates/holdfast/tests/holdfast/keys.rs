//! Keys by the command line: rotated, copied and destroyed on a stopped server, given to a running one.

use crate::program::{BINARY, run, stdout};
use crate::serve_process::{start, stop};
use holdfast::installation::{Installation, Place, Sender};
use holdfast::root_key::RootKeyProvider;
use model::{OrgId, Value};
use platform::Ctx;
use platform::provision::{self, PROVISION};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PASSPHRASE: &str = "correct horse battery staple";

/// Runs a command with lines on its standard input.
fn given(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(BINARY)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("written");
    child.wait_with_output().expect("it ends")
}

fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    stdout(output)
}

fn words(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const EVE: &str = "eve@acme.example";

/// Makes a second administrator of an org, and returns their password.
fn second_administrator(folder: &Path, org: &str) -> String {
    let place = Place {
        data_dir: folder.join("data"),
        root_key: RootKeyProvider::File(folder.join("root-2.key")),
        database: None,
        location: String::new(),
        bounce_address: None,
        sender: Sender::default(),
        public_url: String::new(),
        sign_in_limit: identity::AddressLimit::default(),
    };
    let installation = Installation::open(&place).unwrap_or_else(|error| panic!("{error}"));
    let org = installation.platform.org(OrgId::parse(org).expect("an id")).expect("the org");
    let service = Ctx::for_service(&org, &PROVISION).expect("the provisioning service");
    let profile = provision::by_name(&service, "Profile", "System Administrator").expect("a profile");
    let values: [(&str, Value); 9] = [
        ("Username", EVE.into()),
        ("Email", EVE.into()),
        ("LastName", "Second".into()),
        ("Alias", "eve".into()),
        ("TimeZoneSidKey", "UTC".into()),
        ("LocaleSidKey", "en_GB".into()),
        ("LanguageLocaleKey", "en_US".into()),
        ("EmailEncodingKey", "UTF-8".into()),
        ("ProfileId", profile.into()),
    ];
    let user = provision::insert(&service, "User", &values).expect("a user");
    let password = "zwei Boote vor dem Wind";
    installation.identities.set_password(&org, user, password).expect("a password");
    password.to_owned()
}

#[test]
fn keys_are_listed_rotated_copied_destroyed_and_kept_by_a_customer() {
    let folder = test_support::temp_dir().expect("a folder");
    let file = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    let config = file("holdfast.toml");
    std::fs::write(&config, "data_dir = \"data\"\nlisten = \"127.0.0.1:1\"\n").expect("written");
    let at = ["--config", config.as_str()];
    let with = |arguments: &[&str]| run(&[arguments, &at[..]].concat());
    let created = good(&with(&["org", "create", "--name", "Acme", "--admin-email", "ada@acme.example"]));
    let org = created.lines().find_map(|line| line.strip_prefix("Org")).expect("an id").trim().to_owned();

    assert!(good(&with(&["keys", "rotate", "field"])).contains("uses field key 2"));
    assert!(good(&with(&["keys", "rotate", "store"])).contains("uses store key 2"));
    good(&with(&["keys", "rotate", "secret"]));
    let root = file("root-2.key");
    good(&with(&["keys", "rotate", "root", "--new-root", &root]));
    // The old one opens nothing any more.
    words(&with(&["org", "list"]));
    std::fs::write(&config, "data_dir = \"data\"\nlisten = \"127.0.0.1:1\"\nroot_key_file = \"root-2.key\"\n")
        .expect("written");
    let sealed = with(&["keys", "seal", "Account.Site", "token", "--as", "ada@acme.example"]);
    assert!(good(&sealed).contains("Account.Site of"));
    let refused = words(&with(&["keys", "seal", "Account.Name", "token", "--as", "ada@acme.example"]));
    assert!(refused.contains("Name cannot be sealed: lists, look-ups and search"), "{refused}");
    let (copy, recovery) = (file("copy.json"), file("recovery.key"));
    good(&with(&["keys", "export", "--holder", "Ada", "--recovery-key", &recovery, "--out", &copy]));
    let listed = good(&with(&["keys", "list"]));
    assert!(listed.contains("kept by the installation") && listed.contains("kept by Ada"), "{listed}");
    let ada = created.lines().find_map(|line| line.strip_prefix("Password")).expect("a password").trim().to_owned();
    let eve = second_administrator(folder.path(), &org);
    let act = |arguments: &[&str], by: &str, password: &str| {
        given(&[arguments, &["--as", by], &at[..]].concat(), &format!("{password}\n"))
    };
    assert!(words(&act(&["keys", "destroy", "field", "2"], "ada@acme.example", &ada)).contains("is in use"));
    let wrong = words(&act(&["keys", "destroy", "field", "1"], "ada@acme.example", "not her password"));
    assert!(wrong.contains("username or password is wrong"), "{wrong}");
    let asked = good(&act(&["keys", "destroy", "field", "1"], "ada@acme.example", &ada));
    assert!(asked.contains("request      1  destroy field key 1, asked for by ada@acme.example, until"), "{asked}");
    assert!(good(&with(&["keys", "list"])).contains(asked.trim()));
    // While the server runs, it is the server that does it.
    let server = start(&["serve", at[0], at[1], "--listen", "127.0.0.1:0"]);
    let alone = words(&act(&["keys", "confirm", "1"], "ada@acme.example", &ada));
    assert!(alone.contains("another administrator confirms it"), "{alone}");
    let destroyed = good(&act(&["keys", "confirm", "1"], EVE, &eve));
    assert!(destroyed.contains("field key 1 of"), "{destroyed}");
    assert!(!good(&with(&["keys", "list"])).contains("request"));
    assert!(good(&with(&["keys", "rotate", "audit-mac"])).contains("uses audit-mac key 2"));
    assert!(good(&with(&["keys", "rotate", "store", "--org", &org])).contains("uses store key 3"));
    assert!(words(&with(&["keys", "rotate", "root", "--new-root", &file("root-3.key")])).contains("Another Holdfast"));
    stop(server);
    assert!(good(&with(&["verify", &org])).contains("is whole"));
    // A copy from before a rotation lacks the new keys.
    let copy = file("copy-2.json");
    good(&with(&["keys", "export", "--holder", "Ada", "--recovery-key", &recovery, "--out", &copy]));

    good(&given(&["org", "hold", &org, at[0], at[1]], &format!("{PASSPHRASE}\n")));
    assert!(good(&with(&["org", "list"])).contains("This organization is sealed"));
    let unseal = ["org", "unseal", &org, at[0], at[1]];
    assert!(words(&given(&unseal, "x\n")).contains("No server works on"));
    let server = start(&["serve", at[0], at[1], "--listen", "127.0.0.1:0"]);
    assert!(words(&given(&unseal, "not the right passphrase\n")).contains("does not open org"));
    assert!(good(&given(&unseal, &format!("{PASSPHRASE}\n"))).contains("is unsealed"));
    assert!(good(&with(&["org", "seal", &org])).contains("is sealed"));
    good(&given(&unseal, &format!("{PASSPHRASE}\n")));
    stop(server);
    good(&given(&["org", "release", &org, at[0], at[1]], &format!("{PASSPHRASE}\n")));
    assert!(good(&with(&["keys", "list"])).contains("kept by the installation"));

    // Keyring and root key are lost; the copy is not.
    std::fs::remove_file(folder.path().join("data/orgs").join(&org).join("keyring.json")).expect("lost");
    good(&with(&["keys", "restore", &org, "--copy", &copy, "--recovery-key", &recovery]));
    let gone = with(&["org", "delete", &org, "--yes", &org]);
    assert!(good(&gone).contains("destroyed  field key 2"));
    assert!(String::from_utf8_lossy(&gone.stderr).contains("A copy of its keys is kept by Ada"));
}
