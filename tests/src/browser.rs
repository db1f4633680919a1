//! Debian's Chromium, which tests look at the dashboard with.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use loupe_local::cache;

/// Names another Chromium than Debian's.
const VARIABLE: &str = "LOUPE_CHROMIUM";
const DEBIANS: &str = "/usr/bin/chromium";

/// The browser; installed by apt where it is absent and this process may.
///
/// # Errors
/// There is none, and it cannot be installed; the error says what to do.
pub fn chromium() -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
        return Ok(named.into());
    }
    // Who comes while another installs it waits until it is whole.
    let turn = File::options().create(true).append(true).open(cache::directory()?.join("chromium.lock"))?;
    turn.lock()?;
    let path = PathBuf::from(DEBIANS);
    if path.exists() {
        return Ok(path);
    }
    let by_hand = format!("install Debian's package `chromium`, or name a browser with {VARIABLE}");
    if !rustix::process::geteuid().is_root() {
        bail!("there is no Chromium: {by_hand}");
    }
    println!("Chromium: installing by apt (90 MB, once)");
    for words in [&["update"][..], &["install", "--yes", "--no-install-recommends", "chromium"]] {
        let status = Command::new("apt-get")
            .args(words)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .with_context(|| format!("cannot run apt-get: {by_hand}"))?;
        ensure!(status.success(), "`apt-get {}` failed: {by_hand}", words.join(" "));
    }
    Ok(path)
}
