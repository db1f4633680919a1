//! Apache Kafka, one node that is broker and controller (KRaft), as a child process.

mod format;
mod java;
mod properties;
mod ready;
mod resolve;
mod security;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use crate::ports::loopback;
use crate::process::{Child, Launch};
use crate::progress::Step;

pub use resolve::VERSION;
pub use security::{Security, Tokens};

/// How long a node may take to answer after its start.
pub const READY_TIMEOUT: Duration = Duration::from_secs(90);
/// Longer than a controlled shutdown takes, which flushes every open segment.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(20);

/// Kafka as it is installed on this machine: a JRE and the jars in the cache.
#[derive(Debug, Clone)]
pub struct Kafka {
    java: PathBuf,
    jars: PathBuf,
}

/// One node's place: its files and ports.
#[derive(Debug, Clone)]
pub struct Node {
    /// Holds its log directories and configuration; made when absent.
    pub directory: PathBuf,
    /// Receives what it prints.
    pub log: PathBuf,
    /// The port of its clients.
    pub port: u16,
    /// The port of its controller.
    pub controller_port: u16,
    /// How it proves itself and whom it lets in; without, it speaks plainly with everybody.
    pub security: Option<Security>,
}

impl Node {
    /// What clients connect to first.
    #[must_use]
    pub fn bootstrap(&self) -> String {
        loopback(self.port).to_string()
    }
}

impl Kafka {
    /// Finds a JRE, and fetches Kafka into the cache by Maven when it is not there yet.
    ///
    /// # Errors
    /// There is no JRE 17 or newer, no Maven, no network, or a jar is not the one that was pinned.
    pub async fn resolve(cache: &Path, step: &Step) -> anyhow::Result<Self> {
        let java = java::find().await?;
        let jars = resolve::JARS.fetch(cache, |note| step.note(note)).await?;
        Ok(Self { java, jars })
    }

    /// Starts `node`, formatting its directory at the first start.
    ///
    /// # Errors
    /// Its files cannot be written or formatted, or there is no process to be had.
    pub async fn spawn(&self, node: &Node) -> anyhow::Result<Child> {
        let properties = properties::write(node)
            .with_context(|| format!("cannot write Kafka's configuration in {}", node.directory.display()))?;
        format::ensure(self, node, &properties).await?;
        Ok(Child::spawn(self.launch("Kafka", &node.log, "kafka.Kafka", &[properties.into()], node)).await?)
    }

    /// Waits until a node answers its clients; the error is its last refusal.
    ///
    /// # Errors
    /// It does not within [`READY_TIMEOUT`].
    pub async fn answers(bootstrap: String) -> Result<(), String> {
        ready::answers(bootstrap, READY_TIMEOUT).await
    }

    fn launch(&self, name: &'static str, log: &Path, class: &str, args: &[std::ffi::OsString], node: &Node) -> Launch {
        let mut logging = std::ffi::OsString::from("-Dlog4j2.configurationFile=");
        logging.push(properties::log4j(node));
        // The compiler of methods that are called most works for minutes on what this node does for as long.
        let of_java = ["-Xms128m", "-Xmx512m", "-XX:+UseG1GC", "-XX:TieredStopAtLevel=1"];
        let mut all: Vec<std::ffi::OsString> = of_java.map(Into::into).to_vec();
        // A path that cannot be written is refused with the node's other properties.
        let of_security = node.security.as_ref().and_then(|security| security.jvm_option().ok().flatten());
        all.extend(of_security.map(Into::into));
        all.extend([logging, "-cp".into(), self.jars.join("*").into(), class.into()]);
        all.extend_from_slice(args);
        Launch { name, program: self.java.clone(), args: all, env: Vec::new(), log: log.to_path_buf() }
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::ClientConfig;
    use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
    use rdkafka::client::DefaultClientContext;
    use rdkafka::consumer::{BaseConsumer, Consumer};

    use super::*;
    use crate::options::PortChoice;
    use crate::ports::Ports;
    use crate::progress::Progress;

    fn node(directory: &Path) -> Node {
        let ports = Ports::choose(PortChoice::Free).unwrap();
        Node {
            directory: directory.join("kafka with a space"),
            log: directory.join("kafka.log"),
            port: ports.kafka,
            controller_port: ports.kafka_controller,
            security: None,
        }
    }

    async fn start(kafka: &Kafka, node: &Node) -> Child {
        let child = kafka.spawn(node).await.unwrap();
        Kafka::answers(node.bootstrap()).await.unwrap();
        child
    }

    async fn topics(bootstrap: String) -> Vec<String> {
        let consumer: BaseConsumer = ClientConfig::new().set("bootstrap.servers", bootstrap).create().unwrap();
        let fetched = tokio::task::spawn_blocking(move || consumer.fetch_metadata(None, Duration::from_secs(10)));
        let metadata = fetched.await.unwrap().unwrap();
        metadata.topics().iter().map(|topic| topic.name().to_owned()).collect()
    }

    #[tokio::test]
    async fn a_node_starts_again_on_other_ports_with_its_topics() {
        let directory = tempfile::tempdir().unwrap();
        let step = Progress::silent().step("Kafka");
        let kafka = Kafka::resolve(&crate::cache::directory().unwrap(), &step).await.unwrap();

        let first = node(directory.path());
        let child = start(&kafka, &first).await;
        let admin: AdminClient<DefaultClientContext> =
            ClientConfig::new().set("bootstrap.servers", first.bootstrap()).create().unwrap();
        let topic = NewTopic::new("kept", 2, TopicReplication::Fixed(1));
        admin.create_topics([&topic], &AdminOptions::new()).await.unwrap().remove(0).unwrap();
        assert!(child.stop(STOP_TIMEOUT).await, "Kafka stops when it is asked to");

        let second = node(directory.path());
        assert_ne!(first.port, second.port);
        let child = start(&kafka, &second).await;
        assert!(topics(second.bootstrap()).await.contains(&"kept".to_owned()));
        child.kill().await;

        let child = start(&kafka, &second).await;
        child.stop(STOP_TIMEOUT).await;
    }
}
