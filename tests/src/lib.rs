//! The pipeline as a whole, tested on the real Kafka and the real engine.
