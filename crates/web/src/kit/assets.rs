//! The stylesheet and the scripts, carried in the binary and served under an address that changes with their content,
//! so that browsers may keep them for ever.

use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// A file the browser asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    pub name: &'static str,
    pub content_type: &'static str,
    pub content: &'static str,
}

/// The value of `Cache-Control` for a found asset.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// The stylesheet's parts in the order of the cascade.
pub const STYLES: &[(&str, &str)] = &[
    ("tokens.css", include_str!("../../assets/css/tokens.css")),
    ("base.css", include_str!("../../assets/css/base.css")),
    ("layout.css", include_str!("../../assets/css/layout.css")),
    ("controls.css", include_str!("../../assets/css/controls.css")),
    ("forms.css", include_str!("../../assets/css/forms.css")),
    ("tables.css", include_str!("../../assets/css/tables.css")),
    ("parts.css", include_str!("../../assets/css/parts.css")),
    ("records.css", include_str!("../../assets/css/records.css")),
    ("overlays.css", include_str!("../../assets/css/overlays.css")),
    ("builder.css", include_str!("../../assets/css/builder.css")),
    ("pages.css", include_str!("../../assets/css/pages.css")),
    ("gallery.css", include_str!("../../assets/css/gallery.css")),
    ("print.css", include_str!("../../assets/css/print.css")),
];

static STYLESHEET: LazyLock<String> =
    LazyLock::new(|| STYLES.iter().map(|(_, text)| *text).collect::<Vec<_>>().join("\n"));

macro_rules! scripts {
    ($($name:literal),* $(,)?) => {
        &[ $( Asset {
            name: $name,
            content_type: "text/javascript; charset=utf-8",
            content: include_str!(concat!("../../assets/js/", $name)),
        } ),* ]
    };
}

const SCRIPTS: &[Asset] = scripts![
    "theme.js",
    "app.js",
    "builder.js",
    "dom.js",
    "dialogs.js",
    "forms.js",
    "grid.js",
    "keyboard.js",
    "listbox.js",
    "lookup.js",
    "palette.js",
    "partial.js",
    "rows.js",
    "toasts.js",
];

const MARK: Asset =
    Asset { name: "mark.svg", content_type: "image/svg+xml", content: include_str!("../../assets/mark.svg") };

static ALL: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let stylesheet = Asset { name: "app.css", content_type: "text/css; charset=utf-8", content: STYLESHEET.as_str() };
    let mut all = vec![stylesheet, MARK];
    all.extend_from_slice(SCRIPTS);
    all
});

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for asset in ALL.iter() {
        digest.update(asset.name);
        digest.update([0]);
        digest.update(asset.content);
        digest.update([0]);
    }
    digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

/// Every asset.
pub fn all() -> &'static [Asset] {
    &ALL
}

/// The address of an asset: `/assets/<version>/app.css`. Scripts import each other by relative address, so one version
/// covers them all.
pub fn href(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// The asset at an address, if it is one of this version.
pub fn find(path: &str) -> Option<Asset> {
    let (version, name) = path.strip_prefix("/assets/")?.split_once('/')?;
    (version == *VERSION).then(|| ALL.iter().find(|asset| asset.name == name).copied()).flatten()
}
