//! Avro: one record schema per event type, and the two framings.
