//! Brings up Kafka, the engine and the services on one machine.
