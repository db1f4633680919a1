//! What an [`Event`] must satisfy, whatever it was read from (rules 9, 17, 28, 33, 93, 97).

use serde::Serialize;

use crate::event::{
    Actor, DownloadKind, DownloadRequested, Event, Fact, Item, MediaKind, MediaUpserted, Permissions, TransferSegment,
};
use crate::symbol::symbols;
use crate::time::Micros;

/// The earliest time an event may carry: 2010-01-01T00:00:00Z (rule 9).
pub const EARLIEST: Micros = Micros(1_262_304_000_000_000);
/// How far ahead of its receipt an event's time may lie: one hour (rule 9).
pub const AHEAD_MICROS_MAX: i64 = 3_600_000_000;
/// The longest text of any field, in bytes.
pub const TEXT_BYTES_MAX: usize = 8_192;
/// The longest hash of an address or token, in bytes.
pub const HASH_BYTES_MAX: usize = 64;
/// The most items of one download; their record then stays well under what a topic takes.
pub const ITEMS_MAX: usize = 50_000;
/// The most that a number of bytes or microseconds may say: what readers of JSON have exactly, and thousands of which add up in
/// 64 bits.
pub const SIZE_MAX: u64 = (1 << 53) - 1;
/// The most tags of one medium.
pub const TAGS_MAX: usize = 1_000;

symbols! {
    /// What is wrong with a rejected event.
    Code {
        OutOfRange = "out_of_range", InvalidValue = "invalid_value", Missing = "missing",
        Mismatch = "mismatch", Malformed = "malformed", Forbidden = "forbidden", TooLarge = "too_large",
        Empty = "empty",
    } default Malformed
}

/// One broken rule, with the field that breaks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{field}: {message}")]
pub struct Violation {
    /// The kind of mistake, for programs.
    pub code: Code,
    /// The field as JSON spells it, for example `actor.ip_key` or `items[2].media_id`.
    pub field: String,
    /// The rule and what would satisfy it, for people.
    pub message: String,
}

impl Violation {
    /// A violation of `field`.
    pub fn new(code: Code, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, field: field.into(), message: message.into() }
    }

    /// The same of a field of an item.
    fn of_item(self, index: usize) -> Self {
        Self { field: format!("items[{index}].{}", self.field), ..self }
    }
}

/// Checks every rule that concerns one event alone.
///
/// # Errors
/// The first [`Violation`], in the order fields are documented.
pub fn check(event: &Event, received_at: Micros) -> Result<(), Violation> {
    check_head(event)?;
    check_time("occurred_at", event.head.occurred_at, received_at)?;
    if let Some(id) = event.fact.download_id() {
        if id.0.get_version_num() != 7 {
            return Err(Violation::new(Code::InvalidValue, "download_id", "must be a UUIDv7 (rule 1)"));
        }
        check_time("download_id", id.requested_at(), received_at)?;
    }
    check_fact(event)
}

fn check_fact(event: &Event) -> Result<(), Violation> {
    match &event.fact {
        Fact::DownloadRequested(request) => check_request(request),
        Fact::DownloadPrepared(prepared) => {
            check_size("object_bytes", prepared.object_bytes)?;
            check_optional_text("etag", prepared.etag.as_deref())
        }
        Fact::DownloadPrepareFailed(failed) => check_text("code", &failed.code),
        Fact::TransferSegment(segment) => check_segment(segment),
        Fact::FavoriteListCreated(list) | Fact::FavoriteListUpdated(list) => check_text("list_name", &list.list_name),
        Fact::FavoriteAdded(added) => {
            check_media_kind("media_kind", added.media_kind)?;
            check_optional_text("note", added.note.as_deref())
        }
        Fact::FavoriteNoted(noted) => check_optional_text("note", noted.note.as_deref()),
        Fact::LinkCreated(link) => {
            check_hash("token_hash", link.token_hash.as_deref().unwrap_or_default())?;
            check_text("url", &link.url)?;
            check_permissions(&link.permissions)
        }
        Fact::LinkUpdated(link) => check_permissions(&link.permissions),
        Fact::PhotoViewed(seen) | Fact::VideoPlayed(seen) => {
            seen.media_kind.map_or(Ok(()), |kind| check_media_kind("media_kind", kind))
        }
        Fact::CollectionUpserted(collection) => check_text("name", &collection.name),
        Fact::GalleryUpserted(gallery) => check_text("name", &gallery.name),
        Fact::MediaUpserted(media) => check_media(media),
        Fact::ClientUpserted(client) => {
            check_optional_text("email", client.email.as_deref())?;
            check_optional_text("name", client.name.as_deref())
        }
        Fact::FavoriteListSubmitted(_)
        | Fact::FavoriteListReopened(_)
        | Fact::FavoriteRemoved(_)
        | Fact::PhotoStarred(_)
        | Fact::PhotoUnstarred(_)
        | Fact::LinkRevoked(_)
        | Fact::LinkOpened(_)
        | Fact::LinkDenied(_)
        | Fact::VisitStarted(())
        | Fact::ClientErased(_)
        | Fact::CollectionDeleted(())
        | Fact::GalleryDeleted(_)
        | Fact::MediaDeleted(_) => Ok(()),
    }
}

fn check_head(event: &Event) -> Result<(), Violation> {
    let kind = event.fact.event_type();
    let head = &event.head;
    if head.collection_id.is_none() && !kind.is_client() {
        return Err(Violation::new(Code::Missing, "collection_id", "is required (rule 93)"));
    }
    match &head.edge {
        Some(edge) => {
            check_text("edge.pop", &edge.pop)?;
            check_text("edge.node", &edge.node)?;
            if edge.seq < 0 {
                return Err(Violation::new(Code::OutOfRange, "edge.seq", "counts up from 0"));
            }
        }
        None if kind.is_catalogue() => {}
        None => {
            return Err(Violation::new(Code::Missing, "edge", "is required (rule 93)"));
        }
    }
    match &head.actor {
        Some(actor) => check_actor(actor),
        None if kind.is_catalogue() => Ok(()),
        None => Err(Violation::new(Code::Missing, "actor", "is required (rule 93)")),
    }
}

fn check_actor(actor: &Actor) -> Result<(), Violation> {
    if actor.ip_key.is_empty() {
        return Err(Violation::new(Code::Missing, "actor.ip_key", "ip or ip_key is required (rule 17)"));
    }
    check_hash("actor.ip_key", &actor.ip_key)?;
    check_length("actor.user_agent", &actor.user_agent)?;
    check_optional_text("actor.country", actor.country.as_deref())?;
    check_optional_text("actor.referrer_host", actor.referrer_host.as_deref())
}

fn check_time(field: &str, time: Micros, received_at: Micros) -> Result<(), Violation> {
    if time < EARLIEST {
        return Err(Violation::new(Code::OutOfRange, field, format!("{time} is before 2010-01-01 (rule 9)")));
    }
    if time.0 > received_at.0.saturating_add(AHEAD_MICROS_MAX) {
        let message = format!("{time} is more than 1 h after receipt at {received_at} (rule 9)");
        return Err(Violation::new(Code::OutOfRange, field, message));
    }
    Ok(())
}

fn check_request(request: &DownloadRequested) -> Result<(), Violation> {
    let wanted = match request.kind {
        DownloadKind::Photo => Some(MediaKind::Photo),
        DownloadKind::Video => Some(MediaKind::Video),
        DownloadKind::Archive => None,
        DownloadKind::Unknown => {
            return Err(Violation::new(Code::InvalidValue, "kind", "must be photo, video or archive (rule 33)"));
        }
    };
    if request.items.is_empty() {
        return Err(Violation::new(Code::Missing, "items", "must have at least one item (rule 33)"));
    }
    if request.items.len() > ITEMS_MAX {
        return Err(Violation::new(Code::TooLarge, "items", format!("must have at most {ITEMS_MAX} items")));
    }
    if let Some(kind) = wanted
        && (request.items.len() != 1 || request.items[0].kind != kind)
    {
        let message = format!("a {kind} download has exactly one item of that kind (rule 33)");
        return Err(Violation::new(Code::InvalidValue, "items", message));
    }
    for (index, item) in request.items.iter().enumerate() {
        // Its place is written out for an item that breaks a rule alone: there may be many that do not.
        check_item(item).map_err(|violation| violation.of_item(index))?;
    }
    check_distinct(&request.items)?;
    check_optional_size("object_bytes", request.object_bytes)?;
    check_text("format", &request.format)
}

fn check_media(media: &MediaUpserted) -> Result<(), Violation> {
    check_media_kind("media_kind", media.media_kind)?;
    check_text("filename", &media.filename)?;
    check_text("format", &media.format)?;
    check_size("bytes", media.bytes)?;
    if media.duration_seconds.is_some_and(|seconds| !seconds.is_finite() || seconds < 0.0) {
        return Err(Violation::new(Code::OutOfRange, "duration_seconds", "must be a number not below 0 (rule 93)"));
    }
    check_optional_text("codec", media.codec.as_deref())?;
    if media.tags.len() > TAGS_MAX {
        return Err(Violation::new(Code::TooLarge, "tags", format!("must have at most {TAGS_MAX} entries")));
    }
    media.tags.iter().enumerate().try_for_each(|(index, tag)| check_length(&format!("tags[{index}]"), tag))
}

fn check_item(item: &Item) -> Result<(), Violation> {
    check_media_kind("kind", item.kind)?;
    check_size("bytes", item.bytes)?;
    check_optional_size("zip_offset", item.zip_offset)?;
    check_optional_size("zip_length", item.zip_length)
}

fn check_distinct(items: &[Item]) -> Result<(), Violation> {
    if items.len() < 2 {
        return Ok(());
    }
    let mut seen = std::collections::HashSet::with_capacity(items.len());
    let Some(index) = items.iter().position(|item| !seen.insert(item.media_id)) else { return Ok(()) };
    let message = format!("{} is named twice; the media of items are distinct (rule 33)", items[index].media_id);
    Err(Violation::new(Code::InvalidValue, "media_id", message).of_item(index))
}

fn check_segment(segment: &TransferSegment) -> Result<(), Violation> {
    if segment.download_id.is_none() && segment.purpose == crate::event::Purpose::Download {
        return Err(Violation::new(Code::Missing, "download_id", "is required when purpose is download (rule 28)"));
    }
    check_text("method", &segment.method)?;
    if !(100..=599).contains(&segment.status) {
        return Err(Violation::new(Code::OutOfRange, "status", "must be an HTTP status, 100 to 599"));
    }
    check_size("object_bytes", segment.object_bytes)?;
    check_size("body_bytes", segment.body_bytes)?;
    check_size("ttfb_us", segment.ttfb_us)?;
    check_size("duration_us", segment.duration_us)?;
    check_optional_text("etag", segment.etag.as_deref())?;
    check_length("protocol", &segment.protocol)?;
    if let Some(range) = segment.range {
        if range.end < range.start {
            return Err(Violation::new(Code::OutOfRange, "range_end", "must not lie before range_start (rule 33)"));
        }
        if range.end >= segment.object_bytes {
            return Err(Violation::new(Code::OutOfRange, "range_end", "must be less than object_bytes (rule 33)"));
        }
    }
    match segment.bot_score {
        Some(score) if !(0.0..=1.0).contains(&score) => {
            Err(Violation::new(Code::OutOfRange, "bot_score", "must lie between 0 and 1"))
        }
        _ => Ok(()),
    }
}

fn check_permissions(permissions: &Permissions) -> Result<(), Violation> {
    if permissions.download == Some(crate::event::Rendition::Unknown) {
        return Err(Violation::new(Code::InvalidValue, "permissions.download", "must be a rendition (rule 97)"));
    }
    Ok(())
}

fn check_media_kind(field: &str, kind: MediaKind) -> Result<(), Violation> {
    if kind == MediaKind::Unknown {
        return Err(Violation::new(Code::InvalidValue, field, "must be photo or video (rule 97)"));
    }
    Ok(())
}

fn check_size(field: &str, size: u64) -> Result<(), Violation> {
    if size > SIZE_MAX {
        return Err(Violation::new(Code::OutOfRange, field, "must not exceed 2^53 - 1"));
    }
    Ok(())
}

fn check_optional_size(field: &str, bytes: Option<u64>) -> Result<(), Violation> {
    bytes.map_or(Ok(()), |bytes| check_size(field, bytes))
}

fn check_hash(field: &str, hash: &[u8]) -> Result<(), Violation> {
    if hash.len() > HASH_BYTES_MAX {
        return Err(Violation::new(Code::TooLarge, field, format!("must have at most {HASH_BYTES_MAX} bytes")));
    }
    Ok(())
}

fn check_text(field: &str, text: &str) -> Result<(), Violation> {
    if text.is_empty() {
        return Err(Violation::new(Code::Missing, field, "must not be empty (rule 93)"));
    }
    check_length(field, text)
}

fn check_optional_text(field: &str, text: Option<&str>) -> Result<(), Violation> {
    text.map_or(Ok(()), |text| check_length(field, text))
}

fn check_length(field: &str, text: &str) -> Result<(), Violation> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Violation::new(Code::TooLarge, field, format!("must have at most {TEXT_BYTES_MAX} bytes")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;

    #[test]
    fn a_size_is_one_that_json_has_exactly() {
        let segments = examples::events().iter().filter_map(|event| match &event.fact {
            Fact::TransferSegment(segment) => Some(segment),
            _ => None,
        });
        for segment in segments {
            let of = |body_bytes| check_segment(&TransferSegment { body_bytes, ..segment.clone() });
            assert_eq!(of(SIZE_MAX), Ok(()));
            assert_eq!(of(SIZE_MAX + 1).map_err(|violation| violation.field), Err("body_bytes".to_owned()));
        }
    }
}
