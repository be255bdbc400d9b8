//! The programs that building and testing need, and how Debian installs them.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::programs::{find, output, succeeds};
use crate::step::run;

const OLDEST_POSTGRES: u32 = 15;
const OLDEST_NODE: u32 = 18;

/// Keeps Debian's package from setting up and starting a server of its own; the tests start theirs.
const NO_MAIN_CLUSTER: &str = "/etc/postgresql-common/createcluster.d/holdfast-no-main-cluster.conf";

/// Something the tests need.
struct Prerequisite {
    /// What is missing, in words.
    name: &'static str,
    packages: &'static [&'static str],
    present: fn() -> bool,
}

const PREREQUISITES: &[Prerequisite] = &[
    Prerequisite { name: "a C compiler", packages: &["gcc", "libc6-dev"], present: || find("cc").is_some() },
    Prerequisite { name: "make", packages: &["make"], present: || find("make").is_some() },
    Prerequisite {
        // The build of OpenSSL needs modules that the smallest installation of Perl lacks.
        name: "Perl with its standard modules",
        packages: &["perl"],
        present: || succeeds("perl", &["-MFindBin", "-MIPC::Cmd", "-e", "1"]),
    },
    Prerequisite {
        // npm and pip download over TLS.
        name: "the certificates of public authorities",
        packages: &["ca-certificates"],
        present: || Path::new("/etc/ssl/certs/ca-certificates.crt").is_file(),
    },
    Prerequisite {
        name: "the server programs of PostgreSQL 15 or newer",
        packages: &["postgresql"],
        present: || has_postgres(Path::new("/usr/lib/postgresql")),
    },
    Prerequisite {
        name: "fiu-utils, which makes system calls fail",
        packages: &["fiu-utils"],
        present: || find("fiu-ctrl").is_some() && Path::new("/usr/lib/fiu/fiu_posix_preload.so").is_file(),
    },
    Prerequisite {
        name: "strace, which tells what a program asks of the system",
        packages: &["strace"],
        present: || find("strace").is_some(),
    },
    Prerequisite { name: "Chromium", packages: &["chromium"], present: || find("chromium").is_some() },
    Prerequisite {
        // Without any font, Chromium draws every letter as a box.
        name: "fonts for Chromium",
        packages: &["fonts-liberation"],
        present: || ["liberation", "liberation2"].iter().any(|name| Path::new(FONTS).join(name).is_dir()),
    },
    Prerequisite { name: "qpdf, which checks documents", packages: &["qpdf"], present: || find("qpdf").is_some() },
    Prerequisite {
        // Opens workbooks as people do.
        name: "LibreOffice's spreadsheets",
        packages: &["libreoffice-calc"],
        present: || find("soffice").is_some(),
    },
    Prerequisite {
        name: "poppler-utils, which read documents",
        packages: &["poppler-utils"],
        present: || ["pdftotext", "pdfimages", "pdffonts"].iter().all(|name| find(name).is_some()),
    },
    Prerequisite {
        name: "Node.js 18 or newer",
        packages: &["nodejs"],
        present: || output("node", &["--version"]).is_some_and(|version| node_is_new_enough(&version)),
    },
    Prerequisite { name: "npm", packages: &["npm"], present: || find("npm").is_some() },
    Prerequisite {
        name: "Python with virtual environments",
        packages: &["python3", "python3-venv"],
        present: || succeeds("python3", &["-c", "import venv, ensurepip, ssl"]),
    },
];

const FONTS: &str = "/usr/share/fonts/truetype";

/// Installs what is missing when this process may; otherwise names it with the command that installs it.
pub(crate) fn ensure() -> Result<()> {
    ensure_components()?;
    let missing = missing();
    if missing.is_empty() {
        println!("all there");
        return Ok(());
    }
    let packages = packages_of(&missing);
    println!("missing: {}", names_of(&missing));
    let Some(privilege) = Privilege::of_this_process() else {
        bail!("{}", instructions(&missing));
    };
    println!("installing: {}", packages.join(" "));
    install(privilege, &packages)?;
    let still = self::missing();
    if !still.is_empty() {
        bail!("after the installation there is still no {}; Debian 12 or newer is needed", names_of(&still));
    }
    Ok(())
}

fn missing() -> Vec<&'static Prerequisite> {
    PREREQUISITES.iter().filter(|wanted| !(wanted.present)()).collect()
}

/// rustfmt and clippy come with the toolchain, not from Debian.
fn ensure_components() -> Result<()> {
    for component in ["fmt", "clippy"] {
        if !succeeds("cargo", &[component, "--version"]) {
            bail!("cargo {component} is not installed: run `rustup component add rustfmt clippy`");
        }
    }
    Ok(())
}

fn names_of(missing: &[&Prerequisite]) -> String {
    missing.iter().map(|wanted| wanted.name).collect::<Vec<_>>().join(", ")
}

fn packages_of(missing: &[&Prerequisite]) -> Vec<&'static str> {
    missing.iter().flat_map(|wanted| wanted.packages).copied().collect()
}

fn instructions(missing: &[&Prerequisite]) -> String {
    format!(
        "this machine lacks {}. Run this as an administrator, then try again:\n\n  \
         apt-get update && apt-get install --no-install-recommends {}",
        names_of(missing),
        packages_of(missing).join(" ")
    )
}

#[derive(Clone, Copy)]
enum Privilege {
    Root,
    Sudo,
}

impl Privilege {
    fn of_this_process() -> Option<Self> {
        find("apt-get")?;
        if output("id", &["-u"]).as_deref() == Some("0") {
            return Some(Self::Root);
        }
        succeeds("sudo", &["-n", "true"]).then_some(Self::Sudo)
    }

    fn command(self, program: &str) -> Command {
        match self {
            Self::Root => Command::new(program),
            Self::Sudo => {
                let mut command = Command::new("sudo");
                command.args(["-n", program]);
                command
            }
        }
    }
}

fn install(privilege: Privilege, packages: &[&str]) -> Result<()> {
    let apt = |arguments: &[&str]| {
        let mut command = privilege.command("env");
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]).args(arguments);
        run(&mut command)
    };
    apt(&["update"])?;
    let keep_server_down = packages.contains(&"postgresql");
    if keep_server_down {
        let script = format!(
            "mkdir -p \"$(dirname {NO_MAIN_CLUSTER})\" && echo 'create_main_cluster = false' >{NO_MAIN_CLUSTER}"
        );
        run(privilege.command("sh").args(["-c", &script]))?;
    }
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend_from_slice(packages);
    let installed = apt(&arguments);
    if keep_server_down {
        // The setting was meant for this installation alone.
        run(privilege.command("rm").args(["-f", NO_MAIN_CLUSTER]))?;
    }
    installed
}

fn has_postgres(parent: &Path) -> bool {
    let versions = std::fs::read_dir(parent).into_iter().flatten().flatten();
    versions
        .filter_map(|folder| Some((folder.file_name().to_str()?.parse::<u32>().ok()?, folder.path())))
        .any(|(version, folder)| version >= OLDEST_POSTGRES && folder.join("bin/initdb").is_file())
}

/// `v20.19.2` as `node --version` prints it.
fn node_is_new_enough(version: &str) -> bool {
    let major = version.trim_start_matches('v').split('.').next();
    major.and_then(|major| major.parse::<u32>().ok()).is_some_and(|major| major >= OLDEST_NODE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_compared_as_a_number() {
        assert!(node_is_new_enough("v18.20.4"));
        assert!(node_is_new_enough("v100.0.0"));
        assert!(!node_is_new_enough("v9.11.2"));
        assert!(!node_is_new_enough("unknown"));
    }

    #[test]
    fn an_old_postgres_does_not_count() {
        let parent = tempfile::tempdir().expect("a folder");
        let install = |version: &str| {
            let programs = parent.path().join(version).join("bin");
            std::fs::create_dir_all(&programs).expect("a folder");
            std::fs::write(programs.join("initdb"), "").expect("a file");
        };
        install("13");
        assert!(!has_postgres(parent.path()));
        install("17");
        assert!(has_postgres(parent.path()));
    }

    #[test]
    fn without_the_right_to_install_the_exact_line_is_named() {
        let missing: Vec<&Prerequisite> =
            PREREQUISITES.iter().filter(|wanted| matches!(wanted.name, "Chromium" | "npm")).collect();
        let text = instructions(&missing);
        assert!(text.contains("lacks Chromium, npm"), "{text}");
        assert!(text.contains("apt-get install --no-install-recommends chromium npm"), "{text}");
    }
}
