//! The JRE that runs Kafka.

use std::path::PathBuf;

use anyhow::{Context, bail};

const MAJOR_MIN: u32 = 17;

/// The `java` of `JAVA_HOME`, else of the search path, when it is new enough.
pub(super) async fn find() -> anyhow::Result<PathBuf> {
    let java = match std::env::var_os("JAVA_HOME").filter(|home| !home.is_empty()) {
        Some(home) => PathBuf::from(home).join("bin/java"),
        None => PathBuf::from("java"),
    };
    let name = java.display();
    let output = tokio::process::Command::new(&java)
        .arg("-version")
        .output()
        .await
        .with_context(|| format!("cannot run {name}: Kafka needs a Java runtime, version {MAJOR_MIN} or newer"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    match major(&text) {
        Some(version) if version >= MAJOR_MIN => Ok(java),
        Some(version) => {
            bail!("{name} has version {version}: Kafka needs a Java runtime, version {MAJOR_MIN} or newer")
        }
        None => bail!("`{name} -version` does not say its version: {}", text.trim()),
    }
}

/// The major version in the output of `java -version`: 17 in `openjdk version "17.0.15"`, 8 in `"1.8.0_402"`.
fn major(text: &str) -> Option<u32> {
    let version = text.split_once("version \"")?.1.split_once('"')?.0;
    let mut numbers = version.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
    match numbers.next()?.ok()? {
        1 => numbers.next()?.ok(),
        major => Some(major),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_old_and_new_are_read() {
        assert_eq!(major("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime"), Some(17));
        assert_eq!(major("Picked up JAVA_TOOL_OPTIONS\njava version \"1.8.0_402\""), Some(8));
        assert_eq!(major("openjdk version \"25-ea\" 2025-09-16"), Some(25));
        assert_eq!(major("command not found"), None);
    }
}
