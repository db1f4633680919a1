//! The ports of a stack, all on the loopback address.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::options::PortChoice;

/// The ports of one stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ports {
    /// The query API.
    pub query_api: u16,
    /// Ingest.
    pub ingest: u16,
    /// The projector's health and metrics.
    pub projector: u16,
    /// ClickHouse's HTTP interface.
    pub clickhouse: u16,
    /// Kafka's clients.
    pub kafka: u16,
    /// Kafka's controller, which only Kafka itself talks to.
    pub kafka_controller: u16,
}

/// The ports of `--ports fixed`.
pub const FIXED: Ports =
    Ports { query_api: 8080, ingest: 8081, projector: 8082, clickhouse: 8123, kafka: 9092, kafka_controller: 9093 };

/// Where free ports are looked for: below those that Linux gives to outgoing connections, of which one could take a port
/// between its choice and its use.
const FREE: Range<u16> = 20_000..32_000;
/// Processes that follow each other begin so far apart.
const SPREAD: u32 = 251;

/// Why a port cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// Something listens there.
    #[error("port {port}, which {service} would use, is taken: stop what listens there, or choose `--ports free`")]
    Taken {
        /// The port.
        port: u16,
        /// Whose it would be.
        service: &'static str,
    },
    /// The operating system refuses.
    #[error("cannot listen on port {port} for {service}: {cause}")]
    Refused {
        /// The port; 0 when any would do.
        port: u16,
        /// Whose it would be.
        service: &'static str,
        /// What the operating system says.
        cause: io::Error,
    },
}

impl Ports {
    /// The ports of `choice`, each free at this moment.
    ///
    /// # Errors
    /// A fixed port is taken, or no free one is left.
    pub fn choose(choice: PortChoice) -> Result<Self, PortError> {
        match choice {
            PortChoice::Fixed => Self::probe(FIXED),
            PortChoice::Free => Self::probe(Self {
                query_api: 0,
                ingest: 0,
                projector: 0,
                clickhouse: 0,
                kafka: 0,
                kafka_controller: 0,
            }),
        }
    }

    /// Listens on all ports at once, so that no free one is given twice, and lets them go.
    fn probe(wanted: Self) -> Result<Self, PortError> {
        let mut held = Vec::new();
        let mut hold = |service, port| {
            let listener = if port == 0 { listen_anywhere(service) } else { listen(service, port) }?;
            let port = listener.local_addr().map_err(|cause| PortError::Refused { port, service, cause })?.port();
            held.push(listener);
            Ok(port)
        };
        Ok(Self {
            query_api: hold("the query API", wanted.query_api)?,
            ingest: hold("ingest", wanted.ingest)?,
            projector: hold("the projector", wanted.projector)?,
            clickhouse: hold("ClickHouse", wanted.clickhouse)?,
            kafka: hold("Kafka", wanted.kafka)?,
            kafka_controller: hold("Kafka's controller", wanted.kafka_controller)?,
        })
    }
}

/// The loopback address with this port.
#[must_use]
pub fn loopback(port: u16) -> SocketAddr {
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
}

fn listen(service: &'static str, port: u16) -> Result<TcpListener, PortError> {
    TcpListener::bind(loopback(port)).map_err(|cause| match cause.kind() {
        io::ErrorKind::AddrInUse => PortError::Taken { port, service },
        _ => PortError::Refused { port, service, cause },
    })
}

/// A free port of the loopback address, for `service`.
///
/// # Errors
/// There is none.
pub fn free(service: &'static str) -> Result<SocketAddr, PortError> {
    let listener = listen_anywhere(service)?;
    listener.local_addr().map_err(|cause| PortError::Refused { port: 0, service, cause })
}

/// Listens on a free port, and looks for it from another place in every process and at every time, so that two stacks
/// seldom meet.
fn listen_anywhere(service: &'static str) -> Result<TcpListener, PortError> {
    static CHOSEN: AtomicU32 = AtomicU32::new(0);
    let count = FREE.end - FREE.start;
    let chosen = CHOSEN.fetch_add(1, Ordering::Relaxed);
    let first = std::process::id().wrapping_mul(SPREAD).wrapping_add(chosen) % u32::from(count);
    let ports = (0..u32::from(count)).filter_map(|step| u16::try_from((first + step) % u32::from(count)).ok());
    let free = ports.map(|offset| listen(service, FREE.start + offset)).find(Result::is_ok);
    // All of them taken: whatever the operating system gives is better than nothing.
    free.unwrap_or_else(|| listen(service, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_ports_differ() {
        let ports = Ports::choose(PortChoice::Free).unwrap();
        let mut all =
            [ports.query_api, ports.ingest, ports.projector, ports.clickhouse, ports.kafka, ports.kafka_controller];
        all.sort_unstable();
        assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{all:?}");
        assert!(all.iter().all(|port| FREE.contains(port)), "{all:?}");
    }

    #[test]
    fn a_taken_port_is_named_with_its_service_and_the_way_out() {
        let taken = TcpListener::bind(loopback(0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let wanted = Ports { kafka: port, ..Ports::choose(PortChoice::Free).unwrap() };
        let message = Ports::probe(wanted).unwrap_err().to_string();
        assert!(message.starts_with(&format!("port {port}, which Kafka would use, is taken")), "{message}");
        assert!(message.ends_with("`--ports free`"), "{message}");
    }
}
