//! The own fields of every event type.

use super::fields::{Fields, texts};
use super::node::Node;
use crate::event::{
    ClientUpserted, CollectionUpserted, Destination, DownloadPrepareFailed, DownloadPrepared, DownloadRequested,
    EventType, Fact, FavoriteAdded, FavoriteList, FavoriteNoted, FavoriteRemoved, GalleryUpserted, Item, LinkCreated,
    LinkDenied, LinkOpened, LinkUpdated, MediaSeen, MediaUpserted, Permissions, Range, Rendition, TransferSegment,
};
use crate::rules::{Code, Violation};

/// Reads the own fields of an event of this type.
pub(super) fn read(fields: &Fields<'_>, event_type: EventType) -> Result<Fact, Violation> {
    Ok(match event_type {
        EventType::DownloadRequested => Fact::DownloadRequested(download_requested(fields)?),
        EventType::DownloadPrepared => Fact::DownloadPrepared(DownloadPrepared {
            download_id: fields.required("download_id")?,
            object_bytes: fields.required("object_bytes")?,
            etag: fields.optional("etag")?,
        }),
        EventType::DownloadPrepareFailed => Fact::DownloadPrepareFailed(DownloadPrepareFailed {
            download_id: fields.required("download_id")?,
            code: fields.required("code")?,
        }),
        EventType::TransferSegment => Fact::TransferSegment(transfer_segment(fields)?),
        EventType::FavoriteListCreated => Fact::FavoriteListCreated(favorite_list(fields)?),
        EventType::FavoriteListUpdated => Fact::FavoriteListUpdated(favorite_list(fields)?),
        EventType::FavoriteListSubmitted => Fact::FavoriteListSubmitted(fields.required("list_id")?),
        EventType::FavoriteListReopened => Fact::FavoriteListReopened(fields.required("list_id")?),
        EventType::FavoriteAdded => Fact::FavoriteAdded(FavoriteAdded {
            list_id: fields.required("list_id")?,
            media_id: fields.required("media_id")?,
            media_kind: fields.required("media_kind")?,
            note: fields.optional("note")?,
        }),
        EventType::FavoriteRemoved => Fact::FavoriteRemoved(FavoriteRemoved {
            list_id: fields.required("list_id")?,
            media_id: fields.required("media_id")?,
        }),
        EventType::FavoriteNoted => Fact::FavoriteNoted(FavoriteNoted {
            list_id: fields.required("list_id")?,
            media_id: fields.required("media_id")?,
            note: fields.optional("note")?,
        }),
        EventType::PhotoStarred => Fact::PhotoStarred(fields.required("media_id")?),
        EventType::PhotoUnstarred => Fact::PhotoUnstarred(fields.required("media_id")?),
        EventType::LinkCreated
        | EventType::LinkUpdated
        | EventType::LinkRevoked
        | EventType::LinkOpened
        | EventType::LinkDenied => share(fields, event_type)?,
        EventType::VisitStarted => Fact::VisitStarted(()),
        EventType::PhotoViewed => Fact::PhotoViewed(media_seen(fields)?),
        EventType::VideoPlayed => Fact::VideoPlayed(media_seen(fields)?),
        _ => catalogue(fields, event_type)?,
    })
}

fn share(fields: &Fields<'_>, event_type: EventType) -> Result<Fact, Violation> {
    let link_id = fields.required("link_id")?;
    Ok(match event_type {
        EventType::LinkCreated => Fact::LinkCreated(LinkCreated {
            link_id,
            media_id: fields.required("media_id")?,
            token_hash: fields.optional("token_hash")?,
            url: fields.required("url")?,
            expires_at: fields.optional("expires_at")?,
            permissions: permissions(&fields.required_object("permissions")?)?,
        }),
        EventType::LinkUpdated => Fact::LinkUpdated(LinkUpdated {
            link_id,
            expires_at: fields.optional("expires_at")?,
            permissions: permissions(&fields.required_object("permissions")?)?,
        }),
        EventType::LinkOpened => Fact::LinkOpened(LinkOpened { link_id, opener: fields.required("opener")? }),
        EventType::LinkDenied => Fact::LinkDenied(LinkDenied {
            link_id,
            deny_reason: fields.required("deny_reason")?,
            opener: fields.or_default("opener")?,
        }),
        _ => Fact::LinkRevoked(link_id),
    })
}

fn catalogue(fields: &Fields<'_>, event_type: EventType) -> Result<Fact, Violation> {
    Ok(match event_type {
        EventType::CollectionUpserted => Fact::CollectionUpserted(CollectionUpserted {
            name: fields.required("name")?,
            published_at: fields.optional("published_at")?,
        }),
        EventType::GalleryUpserted => Fact::GalleryUpserted(GalleryUpserted {
            gallery_id: fields.required("gallery_id")?,
            name: fields.required("name")?,
        }),
        EventType::MediaUpserted => Fact::MediaUpserted(MediaUpserted {
            media_id: fields.required("media_id")?,
            gallery_id: fields.required("gallery_id")?,
            media_kind: fields.required("media_kind")?,
            filename: fields.required("filename")?,
            format: fields.required("format")?,
            width: fields.optional("width")?,
            height: fields.optional("height")?,
            bytes: fields.required("bytes")?,
            duration_seconds: fields.optional("duration_seconds")?,
            codec: fields.optional("codec")?,
            tags: texts(fields, "tags")?,
        }),
        EventType::ClientUpserted => Fact::ClientUpserted(ClientUpserted {
            client_id: fields.required("client_id")?,
            email: fields.optional("email")?,
            name: fields.optional("name")?,
        }),
        EventType::ClientErased => Fact::ClientErased(fields.required("client_id")?),
        EventType::GalleryDeleted => Fact::GalleryDeleted(fields.required("gallery_id")?),
        EventType::MediaDeleted => Fact::MediaDeleted(fields.required("media_id")?),
        _ => Fact::CollectionDeleted(()),
    })
}

fn download_requested(fields: &Fields<'_>) -> Result<DownloadRequested, Violation> {
    Ok(DownloadRequested {
        download_id: fields.required("download_id")?,
        kind: fields.required("kind")?,
        items: fields.required_objects("items", item)?,
        rendition: fields.required("rendition")?,
        format: fields.required("format")?,
        object_bytes: fields.optional("object_bytes")?,
        pin_used: fields.or_default("pin_used")?,
        link_id: fields.optional("link_id")?,
        destination: fields.optional("destination")?.unwrap_or(Destination::Device),
        paid: fields.or_default("paid")?,
    })
}

fn item(fields: &Fields<'_>) -> Result<Item, Violation> {
    Ok(Item {
        media_id: fields.required("media_id")?,
        kind: fields.required("kind")?,
        bytes: fields.required("bytes")?,
        zip_offset: fields.optional("zip_offset")?,
        zip_length: fields.optional("zip_length")?,
    })
}

fn transfer_segment(fields: &Fields<'_>) -> Result<TransferSegment, Violation> {
    Ok(TransferSegment {
        download_id: fields.optional("download_id")?,
        media_id: fields.optional("media_id")?,
        etag: fields.optional("etag")?,
        method: fields.required("method")?,
        status: fields.required("status")?,
        range: range(fields.optional("range_start")?, fields.optional("range_end")?)?,
        object_bytes: fields.required("object_bytes")?,
        body_bytes: fields.required("body_bytes")?,
        completed: fields.or_default("completed")?,
        end_reason: fields.or_default("end_reason")?,
        ttfb_us: fields.or_default("ttfb_us")?,
        duration_us: fields.or_default("duration_us")?,
        cache: fields.or_default("cache")?,
        protocol: fields.or_default("protocol")?,
        purpose: fields.required("purpose")?,
        bot_score: fields.optional("bot_score")?,
    })
}

/// The range of both its ends, or of neither (rule 33).
pub(crate) fn range(start: Option<u64>, end: Option<u64>) -> Result<Option<Range>, Violation> {
    let missing = |field, other| {
        let message = format!("is required where {other} is given (rule 33)");
        Err(Violation::new(Code::Missing, field, message))
    };
    match (start, end) {
        (Some(start), Some(end)) => Ok(Some(Range { start, end })),
        (None, None) => Ok(None),
        (Some(_), None) => missing("range_end", "range_start"),
        (None, Some(_)) => missing("range_start", "range_end"),
    }
}

fn favorite_list(fields: &Fields<'_>) -> Result<FavoriteList, Violation> {
    Ok(FavoriteList {
        list_id: fields.required("list_id")?,
        list_name: fields.required("list_name")?,
        max_selections: fields.optional("max_selections")?,
    })
}

fn media_seen(fields: &Fields<'_>) -> Result<MediaSeen, Violation> {
    Ok(MediaSeen { media_id: fields.required("media_id")?, media_kind: fields.optional("media_kind")? })
}

fn permissions(fields: &Fields<'_>) -> Result<Permissions, Violation> {
    Ok(Permissions {
        view: fields.required("view")?,
        download: permitted_rendition(fields)?,
        favorite: fields.or_default("favorite")?,
        reshare: fields.or_default("reshare")?,
        watermark: fields.or_default("watermark")?,
        password_required: fields.or_default("password_required")?,
        max_opens: fields.optional("max_opens")?,
        max_downloads: fields.optional("max_downloads")?,
    })
}

/// A rendition or none, which may also be spelled out as `none`.
fn permitted_rendition(fields: &Fields<'_>) -> Result<Option<Rendition>, Violation> {
    match fields.get("download").and_then(Node::as_str) {
        Some("none") => Ok(None),
        _ => fields.optional("download"),
    }
}
