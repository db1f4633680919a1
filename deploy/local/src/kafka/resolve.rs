//! Kafka's jars.

use crate::maven::Jars;

/// The version of Kafka that is run.
pub const VERSION: &str = "4.3.0";

pub(super) const JARS: Jars = Jars {
    name: "Kafka",
    folder: "kafka",
    version: VERSION,
    size: "44 MB",
    pom: include_str!("pom.xml"),
    checksums: include_str!("jars.sha256"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_jar_is_pinned() {
        let kafka = format!("  kafka_2.13-{VERSION}.jar");
        assert!(JARS.checksums.lines().any(|line| line.ends_with(&kafka)));
        assert!(JARS.checksums.lines().all(|line| line.find("  ") == Some(64) && line.ends_with(".jar")));
        assert!(JARS.pom.contains(&format!("<version>{VERSION}</version>")));
    }
}
