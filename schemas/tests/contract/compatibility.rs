//! What landed never changes, and all versions of a record read one another.

use std::fmt::Write as _;

use apache_avro::Schema;
use apache_avro::rabin::Rabin;
use apache_avro::schema_compatibility::{Compatibility, SchemaCompatibility};
use loupe_schemas::avro::schema::{self, Landed, NAMESPACE};
use loupe_schemas::event::EventType;
use sha2::{Digest, Sha256};

fn parse(landed: &Landed) -> Schema {
    Schema::parse_str(landed.json).unwrap_or_else(|error| panic!("{:?}: {error}", landed.event_type))
}

#[test]
fn every_event_type_but_the_deletions_has_a_schema_named_after_it() {
    for &event_type in EventType::ALL {
        assert_eq!(schema::latest(event_type).is_none(), event_type.is_deletion(), "{event_type:?}");
    }
    for landed in schema::landed() {
        let schema = parse(landed);
        let name = schema.name().expect("a record has a name");
        assert_eq!(name.name(), landed.event_type.as_str());
        assert_eq!(name.namespace(), Some(NAMESPACE));
    }
}

#[test]
fn a_landed_schema_never_changes() {
    let mut found = String::new();
    for landed in schema::landed() {
        let sha = hex::encode(Sha256::digest(landed.json));
        let name = format!("{}.v{}", landed.event_type.as_str(), landed.version);
        writeln!(found, "{name} {:016x} {sha}", landed.fingerprint).expect("text grows");
    }
    assert_eq!(found, include_str!("../../avro/landed.txt"), "a landed file is never edited: add a version");
}

#[test]
fn every_schema_file_is_compiled_in() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("avro");
    let mut files: Vec<_> = std::fs::read_dir(root)
        .expect("the folder of schemas")
        .map(|file| file.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".avsc"))
        .collect();
    files.sort();
    let mut compiled: Vec<_> = schema::landed()
        .iter()
        .map(|landed| format!("{}.v{}.avsc", landed.event_type.as_str(), landed.version))
        .collect();
    compiled.sort();
    assert_eq!(files, compiled);
}

#[test]
fn fingerprints_are_those_of_avro() {
    for landed in schema::landed() {
        // The specification writes a primitive without attributes as its name alone; this implementation does not.
        let canonical = parse(landed).canonical_form();
        let canonical = ["string", "long"].iter().fold(canonical, |text, primitive| {
            text.replace(&format!("{{\"type\":\"{primitive}\"}}"), &format!("\"{primitive}\""))
        });
        let fingerprint = Rabin::digest(canonical.as_bytes());
        assert_eq!(fingerprint[..], landed.fingerprint.to_le_bytes(), "{:?}", landed.event_type);
    }
}

#[test]
fn records_of_clients_with_the_other_canonical_form_are_known_too() {
    for landed in schema::landed() {
        let fingerprint = parse(landed).fingerprint::<Rabin>();
        let fingerprint = u64::from_le_bytes(fingerprint.bytes.try_into().expect("64 bits"));
        let found = schema::by_fingerprint(fingerprint).expect("a known schema");
        assert_eq!((found.event_type, found.version), (landed.event_type, landed.version));
    }
}

#[test]
fn all_versions_of_a_record_read_one_another() {
    for one in schema::landed() {
        for other in schema::landed().iter().filter(|other| other.event_type == one.event_type) {
            let compatibility = SchemaCompatibility::can_read(&parse(one), &parse(other));
            assert_eq!(
                compatibility,
                Ok(Compatibility::Full),
                "{:?} v{} by v{}",
                one.event_type,
                one.version,
                other.version
            );
        }
    }
}

#[test]
fn rule_97_every_enum_has_the_default_of_its_symbols() {
    fn enums(schema: &Schema, seen: &mut Vec<(String, Option<String>)>) {
        match schema {
            Schema::Enum(symbols) => seen.push((symbols.name.name().to_owned(), symbols.default.clone())),
            Schema::Record(record) => record.fields.iter().for_each(|field| enums(&field.schema, seen)),
            Schema::Union(union) => union.variants().iter().for_each(|variant| enums(variant, seen)),
            Schema::Array(array) => enums(&array.items, seen),
            _ => {}
        }
    }
    for landed in schema::landed() {
        let mut seen = Vec::new();
        enums(&parse(landed), &mut seen);
        for (name, default) in seen {
            let expected = match name.as_str() {
                "IdentifiedBy" => "none",
                "Destination" => "other",
                "Purpose" => "preview",
                _ => "unknown",
            };
            assert_eq!(default.as_deref(), Some(expected), "{:?} {name}", landed.event_type);
        }
    }
}
