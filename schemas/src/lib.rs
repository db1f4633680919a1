//! What an event is: ids, the Event enum, Avro schemas and their framings, topics.
