//! Every example is accepted and comes back the same from every form.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use apache_avro::Schema;
use loupe_schemas::avro::codec::{DecodeError, Decoder, EncodeError, Encoder, Framing, SchemaIds, SchemaRef};
use loupe_schemas::avro::schema;
use loupe_schemas::event::EventType;
use loupe_schemas::examples::{ALL, Example};
use loupe_schemas::json;
use serde_json::Value;

use crate::{accept, hash_ip};

fn value(example: &Example) -> Value {
    serde_json::from_str(example.json).expect("an example is JSON")
}

/// Ids as a registry might give them, in no order of ours.
fn schema_ids() -> SchemaIds {
    let mut ids = SchemaIds::default();
    for (index, landed) in schema::landed().iter().enumerate() {
        let id = 100_000 - u32::try_from(index).expect("few schemas");
        ids.insert(id, landed.event_type, landed.version).expect("a landed version");
    }
    ids
}

#[test]
fn every_example_is_listed_and_every_type_has_a_minimal_and_a_full_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut files = BTreeSet::new();
    for folder in std::fs::read_dir(&root).expect("the folder of examples") {
        let folder = folder.expect("an entry").path();
        if !folder.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&folder).expect("the folder of a type") {
            let path = file.expect("an entry").path();
            let name = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
            files.insert((name(&folder), name(&path)));
        }
    }
    let listed: BTreeSet<_> =
        ALL.iter().map(|example| (example.event_type.to_owned(), example.case.to_owned())).collect();
    assert_eq!(files, listed);
    for event_type in EventType::ALL {
        for case in ["minimal", "full"] {
            assert!(listed.contains(&(event_type.as_str().to_owned(), case.to_owned())), "{event_type:?} {case}");
        }
    }
}

#[test]
fn every_example_is_accepted_as_its_type_and_reads_back_what_is_written() {
    for example in ALL {
        let event = accept(&value(example)).unwrap_or_else(|error| panic!("{example:?}: {error}"));
        assert_eq!(event.fact.event_type().as_str(), example.event_type);
        assert_eq!(json::parse(json::to_value(&event).to_string(), &hash_ip), Ok(event), "{example:?}");
    }
}

#[test]
fn a_full_example_is_written_as_it_was_read() {
    for example in ALL.iter().filter(|example| example.case == "full") {
        let event = accept(&value(example)).expect("an example is accepted");
        assert_eq!(json::to_value(&event), value(example), "{}", example.event_type);
    }
}

#[test]
fn a_full_example_has_every_field_of_its_schema() {
    for landed in schema::landed() {
        let latest = schema::latest(landed.event_type).expect("a landed type has a latest version");
        let Schema::Record(record) = Schema::parse_str(latest.json).expect("a landed schema") else {
            panic!("{:?} is no record", landed.event_type);
        };
        let mut names = BTreeMap::new();
        collect(&Schema::Record(record), &mut names, &mut BTreeMap::new(), "");
        let full = crate::example(landed.event_type.as_str(), "full");
        for pointer in names.keys() {
            assert!(full.pointer(pointer).is_some_and(|value| !value.is_null()), "{:?} {pointer}", landed.event_type);
        }
    }
}

/// The JSON pointers of all fields of a schema, through records, unions and arrays.
fn collect(schema: &Schema, into: &mut BTreeMap<String, ()>, named: &mut BTreeMap<String, Schema>, prefix: &str) {
    match schema {
        Schema::Record(record) => {
            named.insert(record.name.to_string(), schema.clone());
            for field in &record.fields {
                let pointer = format!("{prefix}/{}", field.name);
                into.insert(pointer.clone(), ());
                collect(&field.schema, into, named, &pointer);
            }
        }
        Schema::Union(union) => union.variants().iter().for_each(|variant| collect(variant, into, named, prefix)),
        Schema::Array(array) => collect(&array.items, into, named, &format!("{prefix}/0")),
        Schema::Ref { name } => {
            if let Some(known) = named.get(&name.to_string()).cloned() {
                collect(&known, into, named, prefix);
            }
        }
        _ => {}
    }
}

#[test]
fn every_example_survives_avro_in_both_framings() {
    let ids = schema_ids();
    let decoder = Decoder::with_ids(&ids);
    for framing in [Framing::SingleObject, Framing::Confluent(ids)] {
        let encoder = Encoder::new(framing);
        for example in ALL {
            let event = accept(&value(example)).expect("an example is accepted");
            let mut bytes = b"before".to_vec();
            let encoded = encoder.encode(&event, &mut bytes);
            if event.fact.event_type().is_deletion() {
                assert_eq!(encoded, Err(EncodeError::NoRecord(event.fact.event_type())));
                assert_eq!(bytes, b"before");
                continue;
            }
            encoded.unwrap_or_else(|error| panic!("{example:?}: {error}"));
            assert_eq!(decoder.decode(&bytes["before".len()..]), Ok(Box::new(event)), "{example:?}");
        }
    }
}

#[test]
fn every_way_of_not_being_a_record_has_its_error() {
    let event = accept(&crate::example("TransferSegment", "full")).expect("an example is accepted");
    let mut single = Vec::new();
    Encoder::new(Framing::SingleObject).encode(&event, &mut single).expect("an example has a record");
    let mut confluent = Vec::new();
    let ids = schema_ids();
    let id = ids.id(EventType::TransferSegment, 1).expect("a noted id");
    Encoder::new(Framing::Confluent(ids.clone())).encode(&event, &mut confluent).expect("an example has a record");

    let decoder = Decoder::new();
    assert_eq!(decoder.decode(&[]), Err(DecodeError::Truncated(0)));
    assert_eq!(decoder.decode(&single[..1]), Err(DecodeError::Truncated(1)));
    assert_eq!(decoder.decode(&single[..9]), Err(DecodeError::Truncated(9)));
    assert_eq!(decoder.decode(&confluent[..4]), Err(DecodeError::Truncated(4)));
    assert_eq!(decoder.decode(b"{\"type\":"), Err(DecodeError::UnknownFraming(b'{')));
    assert_eq!(decoder.decode(&[0xC3, 0x02, 0]), Err(DecodeError::UnknownFraming(0xC3)));
    assert_eq!(decoder.decode(&confluent), Err(DecodeError::UnknownSchema(SchemaRef::Id(id))));
    let mut unknown = single.clone();
    unknown[2] ^= 1;
    assert_eq!(decoder.decode(&unknown).map_err(|error| error.reason()), Err("unknown_schema"));
    for length in 10..single.len() {
        assert_eq!(decoder.decode(&single[..length]).map_err(|error| error.reason()), Err("malformed"), "{length}");
    }
    single.push(0);
    assert_eq!(decoder.decode(&single), Err(DecodeError::Trailing(1)));

    let unnamed = Encoder::new(Framing::Confluent(SchemaIds::default()));
    let mut out = vec![7];
    assert_eq!(unnamed.encode(&event, &mut out), Err(EncodeError::NoSchemaId(EventType::TransferSegment)));
    assert_eq!(out, [7]);
}
