//! The project's folders and the files that belong to it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// The root of the project: the folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().expect("this crate lives one folder below the project's root").to_owned()
}

/// The build directory.
pub(crate) fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// A text file of the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceFile {
    /// Relative to the project's root, with `/` between folders.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl SourceFile {
    #[cfg(test)]
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether the file is only ever compiled for tests or benchmarks.
    pub(crate) fn is_test(&self) -> bool {
        self.path.split('/').any(|folder| matches!(folder, "tests" | "benches"))
    }
}

/// Every text file under `root` that version control keeps or would keep, sorted by path.
///
/// The files are found without git, so that a source archive can be checked as well.
pub(crate) fn text_files(root: &Path) -> Result<Vec<SourceFile>> {
    let ignored = Ignored::read(root)?;
    let mut files = Vec::new();
    walk(root, "", &ignored, &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn walk(root: &Path, folder: &str, ignored: &Ignored, files: &mut Vec<SourceFile>) -> Result<()> {
    let absolute = root.join(folder);
    let entries = fs::read_dir(&absolute).with_context(|| format!("{} could not be listed", absolute.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_str().with_context(|| format!("{} has a name that is no text", entry.path().display()))?;
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let kind = entry.file_type()?;
        if name == ".git" || ignored.covers(&path, kind.is_dir()) {
            continue;
        }
        if kind.is_dir() {
            walk(root, &path, ignored, files)?;
        } else if kind.is_file() {
            match fs::read(entry.path()).map(String::from_utf8) {
                Ok(Ok(text)) => files.push(SourceFile { path, text }),
                // A picture or a spreadsheet has no words to check.
                Ok(Err(_)) => {}
                // Somebody may be saving it at this moment.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(|| format!("{path} could not be read")),
            }
        }
    }
    Ok(())
}

/// The patterns of the project's `.gitignore`, in the few shapes it uses.
struct Ignored {
    patterns: Vec<Pattern>,
}

enum Pattern {
    /// `/name`: in the root alone.
    AtRoot(String),
    /// `name/`: a folder anywhere.
    Folder(String),
    /// `*.ending`: a file or folder anywhere.
    Ending(String),
}

impl Ignored {
    fn read(root: &Path) -> Result<Self> {
        match fs::read_to_string(root.join(".gitignore")) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self { patterns: Vec::new() }),
            Err(error) => Err(error).context(".gitignore could not be read"),
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let patterns = lines
            .map(|line| {
                let plain = |name: &str| !name.is_empty() && !name.contains(['*', '?', '[', '!', '/']);
                if let Some(name) = line.strip_prefix('/').map(|rest| rest.trim_end_matches('/')).filter(|n| plain(n)) {
                    Ok(Pattern::AtRoot(name.to_owned()))
                } else if let Some(name) = line.strip_suffix('/').filter(|name| plain(name)) {
                    Ok(Pattern::Folder(name.to_owned()))
                } else if let Some(ending) = line.strip_prefix('*').filter(|ending| plain(ending)) {
                    Ok(Pattern::Ending(ending.to_owned()))
                } else {
                    bail!(
                        ".gitignore has the pattern \"{line}\", which cargo xtask does not understand: use /name, \
                         name/ or *.ending, or teach xtask/src/workspace.rs"
                    )
                }
            })
            .collect::<Result<_>>()?;
        Ok(Self { patterns })
    }

    fn covers(&self, path: &str, is_folder: bool) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.patterns.iter().any(|pattern| match pattern {
            Pattern::AtRoot(root_name) => path == root_name,
            Pattern::Folder(folder) => is_folder && name == folder,
            Pattern::Ending(ending) => name.ends_with(ending.as_str()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_files_and_pictures_are_left_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &str, bytes: &[u8]| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("it has a parent")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        };
        write(".gitignore", b"# comment\n/target\n*.log\nnode_modules/\n");
        write("target/debug/x.rs", b"");
        write("crates/a/target/x.rs", b"a folder of that name elsewhere stays");
        write("crates/a/run.log", b"");
        write("tests/node_modules/x/index.js", b"");
        write("picture.png", b"\x89PNG\xff");
        write(".git/config", b"");
        let paths: Vec<String> =
            text_files(folder.path()).expect("it can be read").into_iter().map(|file| file.path).collect();
        assert_eq!(paths, [".gitignore", "crates/a/target/x.rs"]);
    }

    #[test]
    fn a_pattern_of_another_shape_is_an_error_not_a_guess() {
        let message = Ignored::parse("!keep.log").err().expect("negation is not understood").to_string();
        assert!(message.contains("!keep.log"), "{message}");
    }

    #[test]
    fn the_project_finds_its_own_files() {
        let files = text_files(&root()).expect("the project can be read");
        assert!(files.iter().any(|file| file.path == "xtask/src/workspace.rs"));
        assert!(!files.iter().any(|file| file.path.starts_with("target/")));
    }
}
