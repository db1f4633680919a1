//! Takes the files of the page at `/docs` out of the archive that its crate brings, so that nothing is fetched.

use std::io::{Cursor, copy};
use std::path::PathBuf;

use anyhow::Context;
use zip::ZipArchive;

/// The files, wherever the archive keeps them, in a folder `dist`.
const FILES: [&str; 3] = ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"];

fn main() -> anyhow::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    // Embedded files are followed one by one; this notices those that come and go.
    println!("cargo:rerun-if-changed=dashboard/dist");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").context("cargo names the folder")?);
    let mut archive = ZipArchive::new(Cursor::new(utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED))?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let path = entry.enclosed_name().context("the archive names files inside itself")?;
        let wanted = FILES.into_iter().find(|file| path.ends_with(PathBuf::from("dist").join(file)));
        if let Some(file) = wanted {
            copy(&mut entry, &mut std::fs::File::create(out.join(file))?)?;
        }
    }
    Ok(())
}
