//! Writes the gallery as files, to be opened or photographed without a server: `cargo run -p web --example gallery`.

use std::{fs, io, path::Path};
use web::kit::{Theme, assets, gallery::PLATES};

fn main() -> io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "target/kit".into());
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    for asset in assets::all() {
        fs::write(folder.join(asset.name), asset.content)?;
    }
    for (theme, suffix) in [(Theme::System, ""), (Theme::Light, "-light"), (Theme::Dark, "-dark")] {
        for plate in PLATES {
            let name = if plate.name.is_empty() { "gallery" } else { plate.name };
            let mut html = plate.page(theme).into_string();
            for asset in assets::all() {
                html = html.replace(&assets::href(asset.name), asset.name);
            }
            fs::write(folder.join(format!("{name}{suffix}.html")), html)?;
        }
    }
    Ok(())
}
