//! How parameters are described.

use serde_json::{Value, json};

use crate::parameters::catalogue::{self, Kind};
use crate::parameters::{Grain, Takes};

const CLIENT: &str = "cl_7Hk2Qm9ZrT4vXw1bNc8dLp3sYe6uAf";
const RECEIPT: &str = "er_3f1f62c14c0a4f2bb9ac4f9b2ae1d0c7_c2:18";
const DOWNLOAD: &str = "019de9d2-6a08-7183-8c4b-637918e8f926";

/// A place in a route's path.
pub(super) fn of_path(name: &str) -> Value {
    let (about, schema, example) = match name {
        "collection_id" => ("The collection.", number(), json!(90_516_387)),
        "photo_id" => ("The photo or video.", number(), json!(731_100_245)),
        "download_id" => ("The download.", json!({"type": "string", "format": "uuid"}), json!(DOWNLOAD)),
        "receipt" => ("What the order to erase answered.", json!({"type": "string"}), json!(RECEIPT)),
        _ => ("The client.", id(), json!(CLIENT)),
    };
    json!({
        "name": name, "in": "path", "required": true, "description": about, "schema": schema, "example": example,
    })
}

/// A query parameter as a route takes it.
pub(super) fn of_query(name: &str, takes: &Takes) -> Option<Value> {
    let parameter = catalogue::by_name(name)?;
    let schema = schema(parameter.kind, name, takes);
    let mut described =
        json!({"name": name, "in": "query", "required": false, "description": parameter.about, "schema": schema});
    if let Some(example) = example(parameter.kind, name, takes) {
        described["example"] = example;
    }
    if parameter.kind == Kind::Time {
        described["description"] = json!(format!("{}{}", parameter.about, takes.grain.about()));
    }
    if matches!(parameter.kind, Kind::Ids | Kind::Numbers | Kind::SomeNumbers(..) | Kind::Words) {
        described["style"] = json!("form");
        described["explode"] = json!(false);
    }
    Some(described)
}

/// Headers that every route takes.
pub(super) fn of_headers() -> [Value; 2] {
    let mut position = of_header("Loupe-Min-Position", POSITION, "e0:0");
    position["schema"]["pattern"] = json!(r"^([ceq][0-9]{1,4}:[0-9]{1,18}(\.[ceq][0-9]{1,4}:[0-9]{1,18})*)?$");
    [position, of_header("If-None-Match", TAG, "\"4vXw1bNc8dLp3sYe6uAfQg.0\"")]
}

const POSITION: &str = "A position that ingest returned: the answer includes what was written there.";
const TAG: &str = "An `ETag` of an earlier answer: 304 when it still stands.";

/// A header that a route takes.
pub(super) fn of_header(name: &str, about: &str, example: &str) -> Value {
    json!({
        "name": name, "in": "header", "required": false, "description": about, "schema": {"type": "string"},
        "example": example,
    })
}

/// The zones that `tz` takes, once for all routes.
pub(super) fn zones() -> Value {
    let names: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).collect();
    json!({"type": "string", "description": "The name of an IANA time zone.", "enum": names})
}

/// The years that bounds of time are of.
const YEAR: &str = "(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})";

/// A bound of time, which parts of time are not cut by.
fn time(grain: Grain) -> Value {
    let of_day = match grain {
        Grain::Microsecond => {
            return json!({"type": "string", "format": "date-time", "pattern": format!("^{YEAR}-")});
        }
        Grain::QuarterHour => "([01][0-9]|2[0-3]):(00|15|30|45):00",
        Grain::Day => "00:00:00",
    };
    let day = format!("{YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])");
    json!({"type": "string", "format": "date-time", "pattern": format!(r"^{day}T{of_day}(\.0+)?(Z|[+-]00:00)$")})
}

/// A number of 64 bits.
fn number() -> Value {
    json!({"type": "integer", "minimum": 0, "maximum": u64::MAX})
}

/// An id of a client, a link or a list.
fn id() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": 64})
}

/// A value that the parameter takes.
fn example(kind: Kind, name: &str, takes: &Takes) -> Option<Value> {
    let word = takes.words_of(name).first().map(|word| json!(word));
    let one_of = |name: &str| json!(if name == "client_id" { CLIENT } else { "sl_9" });
    Some(match kind {
        Kind::Time if name == "to" => json!("2026-06-01T00:00:00Z"),
        Kind::Time => json!("2026-05-01T00:00:00Z"),
        Kind::Zone => json!("Europe/Berlin"),
        Kind::Ids => json!([one_of(name)]),
        Kind::Numbers => json!([731_100_245]),
        Kind::SomeNumbers(min, _) => (90_516_387_u64..).take(min).collect(),
        Kind::Number(min, _) => json!(min.max(1)),
        Kind::Word => word?,
        Kind::Words => json!([word?]),
        Kind::Sort => json!(format!("-{}", takes.sorts.first().unwrap_or(&"occurred_at"))),
        Kind::Cursor => json!("eyJhZnRlciI6WzE3Nzc3MjMyMDBdfQ.c2lnbmVk"),
    })
}

fn schema(kind: Kind, name: &str, takes: &Takes) -> Value {
    let words = || takes.words_of(name);
    match kind {
        Kind::Time => time(takes.grain),
        Kind::Zone => json!({"$ref": "#/components/schemas/TimeZone"}),
        Kind::Ids => {
            json!({"type": "array", "minItems": 1, "maxItems": 200,
                   "items": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[^,]+$"}})
        }
        Kind::Numbers => {
            json!({"type": "array", "minItems": 1, "maxItems": 200, "items": number()})
        }
        Kind::SomeNumbers(min, max) => {
            json!({"type": "array", "minItems": min, "maxItems": max, "uniqueItems": true,
                   "items": number()})
        }
        Kind::Number(min, max) => json!({"type": "integer", "minimum": min, "maximum": max}),
        Kind::Word => json!({"type": "string", "enum": words()}),
        Kind::Words => json!({"type": "array", "minItems": 1, "items": {"type": "string", "enum": words()}}),
        Kind::Sort => {
            let fields = takes.sorts.iter().copied().chain(["occurred_at"]);
            let both = fields.flat_map(|field| [field.to_owned(), format!("-{field}")]);
            json!({"type": "string", "enum": both.collect::<Vec<_>>()})
        }
        Kind::Cursor => json!({"type": "string", "pattern": r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"}),
    }
}
