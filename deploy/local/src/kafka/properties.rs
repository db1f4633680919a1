//! The configuration of a node.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use super::Node;

const LOG4J: &str = include_str!("log4j2.properties");

/// Where a node keeps its topics.
pub(super) fn log_directory(node: &Node) -> PathBuf {
    node.directory.join("log")
}

/// Where a node's logging is configured.
pub(super) fn log4j(node: &Node) -> PathBuf {
    node.directory.join("log4j2.properties")
}

/// Writes the node's configuration and returns its file.
pub(super) fn write(node: &Node) -> io::Result<PathBuf> {
    std::fs::create_dir_all(log_directory(node))?;
    std::fs::write(log4j(node), LOG4J)?;
    let path = node.directory.join("server.properties");
    std::fs::write(&path, server(node)?)?;
    Ok(path)
}

fn server(node: &Node) -> io::Result<String> {
    let log_dirs = escaped(&log_directory(node))?;
    let (port, controller) = (node.port, node.controller_port);
    let (listener, security) = match &node.security {
        None => ("PLAINTEXT", String::new()),
        Some(security) => ("SASL_SSL", security.properties()?),
    };
    // Nobody follows the metadata of a single node, so nothing need be written twice a second to say that none changed.
    Ok(format!(
        "\
process.roles=broker,controller
node.id=1
listeners={listener}://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners={listener}://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
listener.security.protocol.map={listener}:{listener},CONTROLLER:PLAINTEXT
inter.broker.listener.name={listener}
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
metadata.max.idle.interval.ms=0
log.dirs={log_dirs}
log.message.timestamp.type=LogAppendTime
message.max.bytes=4194304
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
{security}"
    ))
}

/// A path as the value of a Java property: these files are Latin-1, and `log.dirs` splits at commas.
pub(super) fn escaped(path: &Path) -> io::Result<String> {
    let refuse = |rule| io::Error::new(io::ErrorKind::InvalidInput, format!("Kafka's directory must not {rule}"));
    let text = path.to_str().ok_or_else(|| refuse("hold bytes that are not UTF-8"))?;
    if text.contains(',') {
        return Err(refuse("hold a comma"));
    }
    let mut value = String::new();
    for unit in text.encode_utf16() {
        match char::from_u32(u32::from(unit)) {
            Some('\\') => value.push_str("\\\\"),
            Some(c) if c.is_ascii_graphic() || c == ' ' => value.push(c),
            // Writing to a String does not fail.
            _ => drop(write!(value, "\\u{unit:04x}")),
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_escaped_as_java_reads_them() {
        assert_eq!(escaped(Path::new("/home/ana/my data")).unwrap(), "/home/ana/my data");
        assert_eq!(escaped(Path::new("/h/Jörg\\x")).unwrap(), "/h/J\\u00f6rg\\\\x");
        assert!(escaped(Path::new("/a,b")).unwrap_err().to_string().contains("comma"));
    }
}
