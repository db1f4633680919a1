//! A foreign producer: plain librdkafka and the Avro library of Apache, told only the topics, keys and schemas.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use apache_avro::types::Value as Avro;
use apache_avro::writer::single_object::GenericSingleObjectWriter;
use apache_avro::{Schema, Uuid};
use chrono::{DateTime, Utc};
use loupe_schemas::avro::schema;
use loupe_schemas::event::EventType;
use loupe_schemas::position::Position;
use loupe_schemas::topics;
use rdkafka::ClientConfig;
use rdkafka::producer::{FutureProducer, FutureRecord};
use serde_json::Value;

const EVENTS_TOPIC: &str = "gallery.events.v1";
const CATALOG_TOPIC: &str = "gallery.catalog.v1";
const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// Writes flat JSON events to Kafka as Avro records.
pub struct ForeignProducer {
    producer: FutureProducer,
    writers: HashMap<String, (Schema, GenericSingleObjectWriter)>,
    /// What a reader must wait for to see everything sent.
    pub position: Position,
}

impl ForeignProducer {
    /// Connects; `partitioner` is librdkafka's name of the function from key to partition.
    ///
    /// # Errors
    /// librdkafka refuses the configuration.
    pub fn connect(bootstrap: &str, partitioner: &str) -> anyhow::Result<Self> {
        let producer = ClientConfig::new()
            .set("bootstrap.servers", bootstrap)
            .set("partitioner", partitioner)
            .set("linger.ms", "1")
            .set("message.max.bytes", "8388608")
            .create()?;
        Ok(Self { producer, writers: HashMap::new(), position: Position::default() })
    }

    /// Sends an event, a deletion as a bare tombstone (rule 94).
    ///
    /// # Errors
    /// It does not fit its schema, or Kafka does not take it.
    pub async fn send(&mut self, event: &Value) -> anyhow::Result<()> {
        let event_type = text(event, "type")?.to_owned();
        let (topic, key) = address(event, &event_type)?;
        let payload = if event_type.ends_with("Deleted") { None } else { Some(self.encode(event, &event_type)?) };
        self.send_bytes(topic, &key, payload.as_deref()).await
    }

    /// Sends any bytes.
    ///
    /// # Errors
    /// Kafka does not take them.
    pub async fn send_bytes(&mut self, topic: &str, key: &str, payload: Option<&[u8]>) -> anyhow::Result<()> {
        let mut record = FutureRecord::to(topic).key(key);
        record.payload = payload;
        let sent = self.producer.send(record, SEND_TIMEOUT).await;
        let delivery = sent.map_err(|(error, _)| error).with_context(|| format!("{topic} did not take {key}"))?;
        let topic = topics::by_name(topic).context("the topic is not one of ours")?;
        self.position.advance(topic, delivery.partition, delivery.offset + 1);
        Ok(())
    }

    /// The record of an event.
    ///
    /// # Errors
    /// It does not fit its schema.
    pub fn encode(&mut self, event: &Value, event_type: &str) -> anyhow::Result<Vec<u8>> {
        if !self.writers.contains_key(event_type) {
            let kind = EventType::ALL.iter().find(|kind| kind.as_str() == event_type);
            let landed =
                kind.and_then(|kind| schema::latest(*kind)).with_context(|| format!("no schema of {event_type}"))?;
            let schema = Schema::parse_str(landed.json)?;
            let writer = GenericSingleObjectWriter::new_with_capacity(&schema, 1024)?;
            self.writers.insert(event_type.to_owned(), (schema, writer));
        }
        let Some((schema, writer)) = self.writers.get_mut(event_type) else { bail!("no writer of {event_type}") };
        let record = avro("", event)?.resolve(schema).with_context(|| format!("{event}"))?;
        let mut bytes = Vec::new();
        writer.write_value_ref(&record, &mut bytes)?;
        // Single-object encoding: the pipeline runs without a registry.
        ensure!(bytes.starts_with(&[0xC3, 0x01]), "not single-object encoding");
        Ok(bytes)
    }
}

/// Where an event goes: facts by collection, catalogue entries by kind and id.
fn address(event: &Value, event_type: &str) -> anyhow::Result<(&'static str, String)> {
    let number = |name: &str| event[name].as_u64().with_context(|| format!("no {name}"));
    let (account, collection) = (number("account_id")?, number("collection_id")?);
    let key = match event_type {
        "CollectionUpserted" | "CollectionDeleted" => format!("collection/{account}/{collection}"),
        "GalleryUpserted" | "GalleryDeleted" => format!("gallery/{account}/{collection}/{}", number("gallery_id")?),
        "MediaUpserted" | "MediaDeleted" => format!("media/{account}/{collection}/{}", number("media_id")?),
        "ClientUpserted" | "ClientErased" => format!("client/{account}/{}", text(event, "client_id")?),
        _ => return Ok((EVENTS_TOPIC, collection.to_string())),
    };
    Ok((CATALOG_TOPIC, key))
}

fn text<'a>(event: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    event[name].as_str().with_context(|| format!("no {name}"))
}

/// A JSON value as a loose Avro value, which the schema then resolves.
fn avro(name: &str, value: &Value) -> anyhow::Result<Avro> {
    Ok(match value {
        Value::Null => Avro::Null,
        Value::Bool(flag) => Avro::Boolean(*flag),
        Value::Number(number) => match (number.as_u64(), number.as_f64()) {
            // A long holds the same 64 bits.
            (Some(number), _) => Avro::Long(number.cast_signed()),
            (None, Some(number)) => Avro::Double(number),
            (None, None) => bail!("{name}: {number}"),
        },
        Value::String(text) => match name {
            "occurred_at" | "expires_at" | "published_at" => {
                Avro::TimestampMicros(text.parse::<DateTime<Utc>>()?.timestamp_micros())
            }
            "ip_key" | "token_hash" => Avro::Bytes(hex::decode(text)?),
            "event_id" | "download_id" | "boot_id" => Avro::Uuid(text.parse::<Uuid>()?),
            "download" if text == "none" => Avro::Null,
            _ => Avro::String(text.clone()),
        },
        Value::Array(entries) => Avro::Array(entries.iter().map(|entry| avro(name, entry)).collect::<Result<_, _>>()?),
        Value::Object(members) => Avro::Record(
            members
                .iter()
                .map(|(name, value)| Ok((name.clone(), avro(name, value)?)))
                .collect::<anyhow::Result<_>>()?,
        ),
    })
}
