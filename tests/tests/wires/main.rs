//! Kafka over TLS by SCRAM and by OAUTHBEARER, ClickHouse over TLS by user and password: what is wrong is said, and what
//! is right carries the story.

mod mistakes;
mod story;
