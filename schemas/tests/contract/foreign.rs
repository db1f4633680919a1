//! Records of producers whose schema is not ours.

use apache_avro::types::Value as Avro;
use apache_avro::{Schema, writer::datum::GenericDatumWriter};
use loupe_schemas::avro::codec::{Decoder, RegisterError};
use loupe_schemas::avro::schema;
use loupe_schemas::event::{
    CacheStatus, Destination, DownloadRequested, EndReason, Event, EventType, Fact, IdentifiedBy, Purpose, Rendition,
};
use serde_json::{Value, json};

use crate::{accept, example};

/// Our schema of an event type, as JSON to change.
fn ours(event_type: EventType) -> Value {
    let landed = schema::latest(event_type).expect("the type has a record");
    serde_json::from_str(landed.json).expect("a schema is JSON")
}

/// The field of a record of this name.
fn field<'a>(record: &'a mut Value, name: &str) -> &'a mut Value {
    let fields = record["fields"].as_array_mut().expect("a record has fields");
    fields.iter_mut().find(|field| field["name"] == name).expect("the record has the field")
}

/// A record written with `schema` by another implementation, from the members of a JSON event.
fn write(schema: &Schema, value: &Value) -> Vec<u8> {
    let mut datum = Vec::new();
    let writer = GenericDatumWriter::builder(schema).build().expect("names resolve");
    writer.write_value(&mut datum, convert(schema, Some(value))).expect("the value fits the schema");
    datum
}

fn convert(schema: &Schema, value: Option<&Value>) -> Avro {
    match (schema, value) {
        (Schema::Union(_), None) => Avro::Union(0, Box::new(Avro::Null)),
        (Schema::Union(union), Some(_)) => Avro::Union(1, Box::new(convert(&union.variants()[1], value))),
        (Schema::Record(record), Some(value)) => {
            let fields = record.fields.iter();
            Avro::Record(
                fields.map(|field| (field.name.clone(), convert(&field.schema, value.get(&field.name)))).collect(),
            )
        }
        (Schema::Array(array), Some(Value::Array(entries))) => {
            Avro::Array(entries.iter().map(|entry| convert(&array.items, Some(entry))).collect())
        }
        (Schema::Enum(symbols), Some(Value::String(symbol))) => {
            let index = symbols.symbols.iter().position(|known| known == symbol).expect("a known symbol");
            Avro::Enum(u32::try_from(index).expect("few symbols"), symbol.clone())
        }
        (Schema::TimestampMicros, Some(Value::String(time))) => {
            let time = chrono::DateTime::parse_from_rfc3339(time).expect("a time");
            Avro::TimestampMicros(time.timestamp_micros())
        }
        (Schema::Uuid(_), Some(Value::String(uuid))) => Avro::Uuid(uuid.parse().expect("a UUID")),
        (Schema::Bytes, Some(Value::String(hex))) => Avro::Bytes(hex::decode(hex).expect("hexadecimal")),
        (Schema::String, Some(Value::String(text))) => Avro::String(text.clone()),
        (Schema::Boolean, Some(Value::Bool(truth))) => Avro::Boolean(*truth),
        (Schema::Int, Some(number)) => Avro::Int(i32::try_from(number.as_i64().expect("an integer")).expect("32 bits")),
        (Schema::Long, Some(number)) => Avro::Long(number.as_i64().expect("an integer")),
        (Schema::Double, Some(number)) => Avro::Double(number.as_f64().expect("a number")),
        (schema, value) => panic!("{schema:?} of {value:?}"),
    }
}

/// The event a decoder makes of a record in Confluent's wire format.
fn decode_id(schema: &Value, datum: &[u8]) -> Event {
    let decoder = Decoder::new();
    decoder.register_id(77, &schema.to_string()).expect("ours reads it");
    let framed = [&[0, 0, 0, 0, 77], datum].concat();
    let by_id = decoder.decode(&framed).expect("a record");
    let fingerprint = decoder.register(&schema.to_string()).expect("ours reads it");
    let framed = [&[0xC3, 0x01], fingerprint.to_le_bytes().as_slice(), datum].concat();
    assert_eq!(decoder.clone().decode(&framed), Ok(by_id.clone()));
    *by_id
}

#[test]
fn a_record_of_our_schema_by_another_implementation_is_read_alike() {
    for case in loupe_schemas::examples::ALL.iter().filter(|example| example.case == "full") {
        let event_type = EventType::parse(case.event_type).expect("an event type");
        if event_type.is_deletion() {
            continue;
        }
        let schema = ours(event_type);
        let parsed = Schema::parse_str(&schema.to_string()).expect("a schema");
        let value = example(case.event_type, "full");
        // Named types are written where they are first used; only whole schemas convert without resolving names.
        if schema.to_string().matches("\"type\":\"MediaKind\"").count() > 0 {
            continue;
        }
        assert_eq!(
            decode_id(&schema, &write(&parsed, &value)),
            accept(&value).expect("accepted"),
            "{}",
            case.event_type
        );
    }
}

#[test]
fn rule_97_symbols_of_a_newer_schema_become_the_default() {
    let mut segment = ours(EventType::TransferSegment);
    for name in ["end_reason", "cache", "purpose"] {
        let symbols = field(&mut segment, name)["type"]["symbols"].as_array_mut().expect("an enum");
        symbols.insert(0, json!("newer"));
    }
    let actor = &mut field(&mut segment, "actor")["type"];
    for name in ["role", "identified_by"] {
        field(actor, name)["type"]["symbols"].as_array_mut().expect("an enum").push(json!("newer"));
    }
    let mut value = example("TransferSegment", "full");
    for name in ["end_reason", "cache", "purpose"] {
        value[name] = json!("newer");
    }
    value["actor"]["role"] = json!("newer");
    value["actor"]["identified_by"] = json!("newer");
    let event = decode_id(&segment, &write(&Schema::parse_str(&segment.to_string()).expect("a schema"), &value));
    let Fact::TransferSegment(read) = event.fact else { panic!("a segment") };
    assert_eq!(read.end_reason, EndReason::Unknown);
    assert_eq!(read.cache, CacheStatus::Unknown);
    assert_eq!(read.purpose, Purpose::Preview);
    let actor = event.head.actor.expect("an actor");
    assert_eq!(actor.role.as_str(), "unknown");
    assert_eq!(actor.identified_by, IdentifiedBy::None);
    assert!(!actor.is_identified() || actor.client_id.is_some());
}

#[test]
fn rule_97_unknown_renditions_and_destinations_become_unknown_and_other() {
    let mut request = ours(EventType::DownloadRequested);
    for name in ["rendition", "destination"] {
        field(&mut request, name)["type"]["symbols"].as_array_mut().expect("an enum").push(json!("newer"));
    }
    let mut value = example("DownloadRequested", "full");
    value["rendition"] = json!("newer");
    value["destination"] = json!("newer");
    let event = decode_id(&request, &write(&Schema::parse_str(&request.to_string()).expect("a schema"), &value));
    let Fact::DownloadRequested(DownloadRequested { rendition, destination, items, .. }) = event.fact else {
        panic!("a request")
    };
    assert_eq!((rendition, destination, items.len()), (Rendition::Unknown, Destination::Other, 2));
}

#[test]
fn a_field_a_writer_lacks_has_the_default_of_our_schema() {
    for case in loupe_schemas::examples::ALL.iter().filter(|example| example.case == "minimal") {
        let event_type = EventType::parse(case.event_type).expect("an event type");
        if event_type.is_deletion() {
            continue;
        }
        let mut schema = ours(event_type);
        let value = example(case.event_type, "minimal");
        without_absent(&mut schema, &value);
        let parsed = Schema::parse_str(&schema.to_string()).expect("a schema");
        assert_eq!(
            decode_id(&schema, &write(&parsed, &value)),
            accept(&value).expect("accepted"),
            "{}",
            case.event_type
        );
    }
}

/// Removes every field with a default that `value` does not have, at any depth.
fn without_absent(schema: &mut Value, value: &Value) {
    if let Some(fields) = schema.get_mut("fields").and_then(Value::as_array_mut) {
        let name = |field: &Value| field["name"].as_str().expect("a name").to_owned();
        fields.retain(|field| field.get("default").is_none() || value.get(name(field)).is_some());
        for field in fields {
            let member = value.get(name(field)).cloned().unwrap_or_default();
            without_absent(&mut field["type"], &member);
        }
    }
    if let Some(items) = schema.get_mut("items") {
        without_absent(items, &value[0]);
    }
}

#[test]
fn rule_97_fields_of_a_newer_schema_are_ignored() {
    let mut schema = ours(EventType::PhotoStarred);
    let fields = schema["fields"].as_array_mut().expect("a record has fields");
    fields.insert(0, json!({"name": "album", "type": {"type": "array", "items": "string"}}));
    let mut value = example("PhotoStarred", "full");
    value["album"] = json!(["one", "two"]);
    let datum = write(&Schema::parse_str(&schema.to_string()).expect("a schema"), &value);
    assert_eq!(decode_id(&schema, &datum), accept(&value).expect("accepted"));
}

#[test]
fn ids_beyond_the_signed_range_keep_their_bits() {
    let mut value = example("PhotoStarred", "full");
    value["media_id"] = json!(-1);
    let schema = ours(EventType::PhotoStarred);
    let event = decode_id(&schema, &write(&Schema::parse_str(&schema.to_string()).expect("a schema"), &value));
    assert_eq!(event.fact, Fact::PhotoStarred(loupe_schemas::ids::MediaId(u64::MAX)));
}

#[test]
fn values_that_avro_can_say_and_an_event_cannot_name_their_field() {
    let wrong = [
        ("TransferSegment", "/body_bytes", json!(-1), "body_bytes"),
        ("TransferSegment", "/status", json!(-200), "status"),
        ("TransferSegment", "/range_end", json!(-1), "range_end"),
        ("TransferSegment", "/actor/asn", json!(1_i64 << 40), "actor.asn"),
        ("TransferSegment", "/actor/client_id", json!(""), "actor.client_id"),
        ("FavoriteListCreated", "/max_selections", json!(-1), "max_selections"),
        ("FavoriteListCreated", "/list_id", json!("x".repeat(65)), "list_id"),
        ("LinkCreated", "/permissions/max_opens", json!(-1), "permissions.max_opens"),
        ("DownloadPrepared", "/object_bytes", json!(-1), "object_bytes"),
    ];
    for (event_type, pointer, value, name) in wrong {
        let schema = ours(EventType::parse(event_type).expect("an event type"));
        let parsed = Schema::parse_str(&schema.to_string()).expect("a schema");
        let datum = write(&parsed, &crate::with(example(event_type, "full"), pointer, Some(value)));
        let decoder = Decoder::new();
        decoder.register_id(1, &schema.to_string()).expect("our own schema");
        let framed = [&[0, 0, 0, 0, 1], datum.as_slice()].concat();
        match decoder.decode(&framed) {
            Err(loupe_schemas::avro::codec::DecodeError::Invalid(violation)) => assert_eq!(violation.field, name),
            other => panic!("{event_type} {pointer}: {other:?}"),
        }
    }
}

#[test]
fn a_uuid_that_is_none_names_its_field() {
    // A plain string is what many clients write for a UUID; the schemas have the same fingerprint.
    let mut schema = ours(EventType::DownloadPrepared);
    field(&mut schema, "download_id")["type"] = json!("string");
    let mut value = example("DownloadPrepared", "full");
    let datum = write(&Schema::parse_str(&schema.to_string()).expect("a schema"), &value);
    assert_eq!(decode_id(&schema, &datum), accept(&value).expect("accepted"));
    value["download_id"] = json!("not a UUID at all");
    let datum = write(&Schema::parse_str(&schema.to_string()).expect("a schema"), &value);
    let decoder = Decoder::new();
    decoder.register_id(1, &schema.to_string()).expect("ours reads it");
    let error = decoder.decode(&[&[0, 0, 0, 0, 1], datum.as_slice()].concat()).expect_err("no UUID");
    assert_eq!(
        (error.reason(), error.to_string()),
        ("invalid_value", "download_id: must be a UUID in a string".to_owned())
    );
}

#[test]
fn schemas_that_ours_cannot_read_are_refused() {
    let decoder = Decoder::new();
    assert!(matches!(decoder.register_id(1, "{"), Err(RegisterError::Schema(_))));
    assert_eq!(decoder.register_id(1, "\"string\""), Err(RegisterError::NotAnEvent(String::new())));
    let elsewhere = json!({"type": "record", "namespace": "other", "name": "LinkOpened", "fields": []}).to_string();
    assert_eq!(decoder.register_id(1, &elsewhere), Err(RegisterError::NotAnEvent("other.LinkOpened".to_owned())));
    let deletion = json!({"type": "record", "namespace": "loupe.v1", "name": "MediaDeleted", "fields": []}).to_string();
    assert_eq!(decoder.register_id(1, &deletion), Err(RegisterError::NotAnEvent("loupe.v1.MediaDeleted".to_owned())));
    let mut schema = ours(EventType::LinkOpened);
    field(&mut schema, "link_id")["type"] = json!("long");
    let refused = decoder.register_id(1, &schema.to_string());
    assert!(
        matches!(refused, Err(RegisterError::Incompatible { event_type: EventType::LinkOpened, .. })),
        "{refused:?}"
    );
}

#[test]
fn an_id_stands_for_one_schema_for_good() {
    let decoder = Decoder::new();
    let (one, other) = (ours(EventType::LinkOpened).to_string(), ours(EventType::LinkDenied).to_string());
    assert_eq!(decoder.register_id(5, &one), Ok(()));
    assert_eq!(decoder.register_id(5, &one), Ok(()));
    assert_eq!(decoder.register_id(5, &other), Err(RegisterError::IdTaken(5)));
}
