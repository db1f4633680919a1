//! An event as the flat JSON it would be read from.

use serde_json::{Map, Value};

use super::value::ToJson;
use crate::event::{
    Actor, CacheStatus, DownloadRequested, Edge, EndReason, Event, Fact, FavoriteList, Head, Item, MediaSeen,
    MediaUpserted, Opener, Permissions, TransferSegment,
};

/// The flat event that [`parse`](super::parse) reads back as the same [`Event`].
///
/// Absent fields are left out, as is a symbol that stands for "not known" where JSON has no word for it. Two events
/// have no such form, both made only by Avro from a symbol it did not know (rule 97): where the symbol is required,
/// it is written as `unknown`.
#[must_use]
pub fn to_value(event: &Event) -> Value {
    let mut object = Object::default();
    object.0.insert("type".to_owned(), Value::from(event.fact.event_type().as_str()));
    write_head(&mut object, &event.head);
    write_fact(&mut object, &event.fact);
    Value::Object(object.0)
}

/// An object under construction.
#[derive(Default)]
struct Object(Map<String, Value>);

impl Object {
    fn put(&mut self, name: &str, value: &impl ToJson) {
        self.0.insert(name.to_owned(), value.to_json());
    }

    fn put_some(&mut self, name: &str, value: Option<&impl ToJson>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    /// Leaves out what absence says as well.
    fn put_unless<T: ToJson + PartialEq>(&mut self, name: &str, value: &T, absent: &T) {
        if value != absent {
            self.put(name, value);
        }
    }

    fn put_object(&mut self, name: &str, object: Self) {
        self.0.insert(name.to_owned(), Value::Object(object.0));
    }
}

fn write_head(object: &mut Object, head: &Head) {
    object.put("event_id", &head.event_id);
    object.put("occurred_at", &head.occurred_at);
    if let Some(edge) = &head.edge {
        object.put_object("edge", edge_object(edge));
    }
    object.put("account_id", &head.account_id);
    object.put_some("collection_id", head.collection_id.as_ref());
    if let Some(actor) = &head.actor {
        object.put_object("actor", actor_object(actor));
    }
}

fn edge_object(edge: &Edge) -> Object {
    let mut object = Object::default();
    object.put("pop", &edge.pop);
    object.put("node", &edge.node);
    object.put("boot_id", &edge.boot_id);
    object.put("seq", &edge.seq);
    object
}

fn actor_object(actor: &Actor) -> Object {
    let mut object = Object::default();
    object.put_some("client_id", actor.client_id.as_ref());
    object.put_some("visitor_id", actor.visitor_id.as_ref());
    object.put("role", &actor.role);
    object.put("identified_by", &actor.identified_by);
    object.put("ip_key", &actor.ip_key);
    object.put("user_agent", &actor.user_agent);
    object.put_some("country", actor.country.as_ref());
    object.put_some("asn", actor.asn.as_ref());
    object.put_some("referrer_host", actor.referrer_host.as_ref());
    object
}

fn write_fact(object: &mut Object, fact: &Fact) {
    match fact {
        Fact::DownloadRequested(request) => write_request(object, request),
        Fact::DownloadPrepared(prepared) => {
            object.put("download_id", &prepared.download_id);
            object.put("object_bytes", &prepared.object_bytes);
            object.put_some("etag", prepared.etag.as_ref());
        }
        Fact::DownloadPrepareFailed(failed) => {
            object.put("download_id", &failed.download_id);
            object.put("code", &failed.code);
        }
        Fact::TransferSegment(segment) => write_segment(object, segment),
        Fact::FavoriteListCreated(list) | Fact::FavoriteListUpdated(list) => write_list(object, list),
        Fact::FavoriteListSubmitted(list_id) | Fact::FavoriteListReopened(list_id) => object.put("list_id", list_id),
        Fact::FavoriteAdded(added) => {
            object.put("list_id", &added.list_id);
            object.put("media_id", &added.media_id);
            object.put("media_kind", &added.media_kind);
            object.put_some("note", added.note.as_ref());
        }
        Fact::FavoriteRemoved(removed) => {
            object.put("list_id", &removed.list_id);
            object.put("media_id", &removed.media_id);
        }
        Fact::FavoriteNoted(noted) => {
            object.put("list_id", &noted.list_id);
            object.put("media_id", &noted.media_id);
            object.put_some("note", noted.note.as_ref());
        }
        Fact::PhotoStarred(media_id) | Fact::PhotoUnstarred(media_id) | Fact::MediaDeleted(media_id) => {
            object.put("media_id", media_id);
        }
        Fact::LinkCreated(_)
        | Fact::LinkUpdated(_)
        | Fact::LinkRevoked(_)
        | Fact::LinkOpened(_)
        | Fact::LinkDenied(_) => write_share(object, fact),
        Fact::VisitStarted(()) | Fact::CollectionDeleted(()) => {}
        Fact::PhotoViewed(seen) | Fact::VideoPlayed(seen) => write_seen(object, seen),
        Fact::CollectionUpserted(collection) => {
            object.put("name", &collection.name);
            object.put_some("published_at", collection.published_at.as_ref());
        }
        Fact::GalleryUpserted(gallery) => {
            object.put("gallery_id", &gallery.gallery_id);
            object.put("name", &gallery.name);
        }
        Fact::MediaUpserted(media) => write_media(object, media),
        Fact::ClientUpserted(client) => {
            object.put("client_id", &client.client_id);
            object.put_some("email", client.email.as_ref());
            object.put_some("name", client.name.as_ref());
        }
        Fact::ClientErased(client_id) => object.put("client_id", client_id),
        Fact::GalleryDeleted(gallery_id) => object.put("gallery_id", gallery_id),
    }
}

fn write_request(object: &mut Object, request: &DownloadRequested) {
    object.put("download_id", &request.download_id);
    object.put("kind", &request.kind);
    let items = request.items.iter().map(|item| Value::Object(item_object(item).0)).collect();
    object.0.insert("items".to_owned(), Value::Array(items));
    object.put("rendition", &request.rendition);
    object.put("format", &request.format);
    object.put_some("object_bytes", request.object_bytes.as_ref());
    object.put("pin_used", &request.pin_used);
    object.put_some("link_id", request.link_id.as_ref());
    object.put("destination", &request.destination);
    object.put("paid", &request.paid);
}

fn item_object(item: &Item) -> Object {
    let mut object = Object::default();
    object.put("media_id", &item.media_id);
    object.put("kind", &item.kind);
    object.put("bytes", &item.bytes);
    object.put_some("zip_offset", item.zip_offset.as_ref());
    object.put_some("zip_length", item.zip_length.as_ref());
    object
}

fn write_segment(object: &mut Object, segment: &TransferSegment) {
    object.put_some("download_id", segment.download_id.as_ref());
    object.put_some("media_id", segment.media_id.as_ref());
    object.put_some("etag", segment.etag.as_ref());
    object.put("method", &segment.method);
    object.put("status", &segment.status);
    object.put_some("range_start", segment.range.map(|range| range.start).as_ref());
    object.put_some("range_end", segment.range.map(|range| range.end).as_ref());
    object.put("object_bytes", &segment.object_bytes);
    object.put("body_bytes", &segment.body_bytes);
    object.put("completed", &segment.completed);
    object.put_unless("end_reason", &segment.end_reason, &EndReason::Unknown);
    object.put("ttfb_us", &segment.ttfb_us);
    object.put("duration_us", &segment.duration_us);
    object.put_unless("cache", &segment.cache, &CacheStatus::Unknown);
    object.put("protocol", &segment.protocol);
    object.put("purpose", &segment.purpose);
    object.put_some("bot_score", segment.bot_score.as_ref());
}

fn write_list(object: &mut Object, list: &FavoriteList) {
    object.put("list_id", &list.list_id);
    object.put("list_name", &list.list_name);
    object.put_some("max_selections", list.max_selections.as_ref());
}

fn write_seen(object: &mut Object, seen: &MediaSeen) {
    object.put("media_id", &seen.media_id);
    object.put_some("media_kind", seen.media_kind.as_ref());
}

fn write_share(object: &mut Object, fact: &Fact) {
    match fact {
        Fact::LinkCreated(link) => {
            object.put("link_id", &link.link_id);
            object.put("media_id", &link.media_id);
            object.put_some("token_hash", link.token_hash.as_ref());
            object.put("url", &link.url);
            object.put_some("expires_at", link.expires_at.as_ref());
            object.put_object("permissions", permissions_object(&link.permissions));
        }
        Fact::LinkUpdated(link) => {
            object.put("link_id", &link.link_id);
            object.put_some("expires_at", link.expires_at.as_ref());
            object.put_object("permissions", permissions_object(&link.permissions));
        }
        Fact::LinkRevoked(link_id) => object.put("link_id", link_id),
        Fact::LinkOpened(opened) => {
            object.put("link_id", &opened.link_id);
            object.put("opener", &opened.opener);
        }
        Fact::LinkDenied(denied) => {
            object.put("link_id", &denied.link_id);
            object.put("deny_reason", &denied.deny_reason);
            object.put_unless("opener", &denied.opener, &Opener::Unknown);
        }
        _ => {}
    }
}

fn permissions_object(permissions: &Permissions) -> Object {
    let mut object = Object::default();
    object.put("view", &permissions.view);
    object.put_some("download", permissions.download.as_ref());
    object.put("favorite", &permissions.favorite);
    object.put("reshare", &permissions.reshare);
    object.put("watermark", &permissions.watermark);
    object.put("password_required", &permissions.password_required);
    object.put_some("max_opens", permissions.max_opens.as_ref());
    object.put_some("max_downloads", permissions.max_downloads.as_ref());
    object
}

fn write_media(object: &mut Object, media: &MediaUpserted) {
    object.put("media_id", &media.media_id);
    object.put("gallery_id", &media.gallery_id);
    object.put("media_kind", &media.media_kind);
    object.put("filename", &media.filename);
    object.put("format", &media.format);
    object.put_some("width", media.width.as_ref());
    object.put_some("height", media.height.as_ref());
    object.put("bytes", &media.bytes);
    object.put_some("duration_seconds", media.duration_seconds.as_ref());
    object.put_some("codec", media.codec.as_ref());
    if !media.tags.is_empty() {
        object.0.insert("tags".to_owned(), media.tags.iter().map(ToJson::to_json).collect());
    }
}
