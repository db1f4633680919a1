//! Bytes and values of any kind are read or refused; nothing panics.

use loupe_schemas::avro::codec::{Decoder, Encoder, Framing};
use loupe_schemas::examples::ALL;
use loupe_schemas::json;
use loupe_schemas::rules::Code;
use proptest::prelude::*;
use serde_json::Value;

use crate::{accept, example, hash_ip, reject, with};

/// Every example as a record in single-object framing.
fn records() -> Vec<Vec<u8>> {
    let encoder = Encoder::new(Framing::SingleObject);
    let records = ALL.iter().filter_map(|example| {
        let event = accept(&serde_json::from_str(example.json).expect("an example is JSON")).expect("accepted");
        let mut bytes = Vec::new();
        encoder.encode(&event, &mut bytes).ok().map(|()| bytes)
    });
    records.collect()
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The pointers of all members of an example.
fn pointers(value: &Value, prefix: &str, into: &mut Vec<String>) {
    let Value::Object(members) = value else { return };
    for (name, child) in members {
        into.push(format!("{prefix}/{name}"));
        pointers(child, &format!("{prefix}/{name}"), into);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_decoded_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), framing in 0..3_u8) {
        let mut framed = match framing {
            0 => Vec::new(),
            1 => records()[0][..10].to_vec(),
            _ => vec![0, 0, 0, 0, 1],
        };
        framed.extend(bytes);
        if let Err(error) = Decoder::new().decode(&framed) {
            prop_assert!(!error.to_string().is_empty() && !error.reason().is_empty());
        }
    }

    #[test]
    fn a_damaged_record_is_decoded_or_refused(
        example in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let records = records();
        let mut bytes = records[example.index(records.len())].clone();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(event) = Decoder::new().decode(&bytes) {
            // What was decoded is an event like any other: it can be written and read again.
            let mut again = Vec::new();
            Encoder::new(Framing::SingleObject).encode(&event, &mut again).expect("a decoded event has a record");
            prop_assert_eq!(Decoder::new().decode(&again), Ok(event));
        }
    }

    #[test]
    fn any_value_anywhere_is_read_or_refused(
        example in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        value in any_json(),
    ) {
        let mut event: Value = serde_json::from_str(ALL[example.index(ALL.len())].json).expect("an example is JSON");
        let mut all = Vec::new();
        pointers(&event, "", &mut all);
        *event.pointer_mut(&all[at.index(all.len())]).expect("a member") = value;
        if let Err(violation) = accept(&event) {
            prop_assert!(!violation.field.is_empty() && !violation.message.is_empty());
        }
    }

    #[test]
    fn any_json_is_refused_in_words(value in any_json()) {
        let violation = json::parse(value.to_string(), &hash_ip).expect_err("no event by chance");
        prop_assert!(!violation.message.is_empty());
    }
}

#[test]
fn an_event_of_more_values_than_any_has_is_refused_before_they_fill_memory() {
    let view = example("PhotoViewed", "full");
    let zeroes = |count: usize| with(view.clone(), "/other", Some(Value::from(vec![0; count])));
    let violation = reject(&zeroes(1 << 20));
    assert_eq!((violation.code, violation.field.as_str()), (Code::TooLarge, "event"));
    assert!(violation.message.contains("1048576"), "{violation}");
    accept(&zeroes(1 << 19)).expect("what is not known of an event is passed over");
}
