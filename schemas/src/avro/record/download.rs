//! The download family.

use serde::{Deserialize, Serialize};

use super::field::{
    Enum, UuidText, from_long, from_optional_long, id_from_long, id_to_long, optional_opaque, size_to_long,
    size_to_optional_long,
};
use super::head::HeadFields;
use super::{Record, read_head, record, with_head};
use crate::Text;
use crate::event;
use crate::event::{CacheStatus, Destination, DownloadKind, EndReason, MediaKind, Purpose, Rendition};
use crate::ids::{DownloadId, LinkId, MediaId};
use crate::json::range;
use crate::rules::Violation;

record! {
    /// `loupe.v1.DownloadRequested`.
    DownloadRequested {
        download_id: UuidText,
        kind: Enum<DownloadKind>,
        items: Vec<Item>,
        rendition: Enum<Rendition>,
        format: &'a str,
        #[serde(default)]
        object_bytes: Option<i64>,
        #[serde(default)]
        pin_used: bool,
        #[serde(default)]
        link_id: Option<&'a str>,
        #[serde(default = "device")]
        destination: Enum<Destination>,
        #[serde(default)]
        paid: bool,
    }
}

/// What an absent `destination` means, unlike one that is not known.
const fn device() -> Enum<Destination> {
    Enum(Destination::Device)
}

/// `loupe.v1.Item`.
#[derive(Serialize, Deserialize)]
pub(super) struct Item {
    media_id: i64,
    kind: Enum<MediaKind>,
    bytes: i64,
    #[serde(default)]
    zip_offset: Option<i64>,
    #[serde(default)]
    zip_length: Option<i64>,
}

impl Item {
    fn new(index: usize, item: &event::Item) -> Result<Self, Violation> {
        Ok(Self {
            media_id: id_to_long(item.media_id.0),
            kind: Enum(item.kind),
            bytes: size_to_long(&format!("items[{index}].bytes"), item.bytes)?,
            zip_offset: size_to_optional_long(&format!("items[{index}].zip_offset"), item.zip_offset)?,
            zip_length: size_to_optional_long(&format!("items[{index}].zip_length"), item.zip_length)?,
        })
    }

    fn read(&self, index: usize) -> Result<event::Item, Violation> {
        let field =
            |violation: Violation| Violation { field: format!("items[{index}].{}", violation.field), ..violation };
        Ok(event::Item {
            media_id: MediaId(id_from_long(self.media_id)),
            kind: self.kind.0,
            bytes: from_long("bytes", self.bytes).map_err(field)?,
            zip_offset: from_optional_long("zip_offset", self.zip_offset).map_err(field)?,
            zip_length: from_optional_long("zip_length", self.zip_length).map_err(field)?,
        })
    }
}

impl<'a> Record<'a> for DownloadRequested<'a> {
    type Payload = event::DownloadRequested;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        let items = payload.items.iter().enumerate();
        Ok(with_head!(
            head,
            DownloadRequested {
                download_id: UuidText::new(payload.download_id.0),
                kind: Enum(payload.kind),
                items: items.map(|(index, item)| Item::new(index, item)).collect::<Result<_, _>>()?,
                rendition: Enum(payload.rendition),
                format: &payload.format,
                object_bytes: size_to_optional_long("object_bytes", payload.object_bytes)?,
                pin_used: payload.pin_used,
                link_id: payload.link_id.as_ref().map(LinkId::as_str),
                destination: Enum(payload.destination),
                paid: payload.paid,
            }
        ))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        let items = self.items.iter().enumerate();
        Ok(event::DownloadRequested {
            download_id: DownloadId(self.download_id.get("download_id")?),
            kind: self.kind.0,
            items: items.map(|(index, item)| item.read(index)).collect::<Result<_, _>>()?,
            rendition: self.rendition.0,
            format: self.format.into(),
            object_bytes: from_optional_long("object_bytes", self.object_bytes)?,
            pin_used: self.pin_used,
            link_id: optional_opaque("link_id", self.link_id, LinkId::new)?,
            destination: self.destination.0,
            paid: self.paid,
        })
    }
}

record! {
    /// `loupe.v1.DownloadPrepared`.
    DownloadPrepared {
        download_id: UuidText,
        object_bytes: i64,
        #[serde(default)]
        etag: Option<&'a str>,
    }
}

impl<'a> Record<'a> for DownloadPrepared<'a> {
    type Payload = event::DownloadPrepared;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(
            head,
            DownloadPrepared {
                download_id: UuidText::new(payload.download_id.0),
                object_bytes: size_to_long("object_bytes", payload.object_bytes)?,
                etag: payload.etag.as_deref(),
            }
        ))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::DownloadPrepared {
            download_id: DownloadId(self.download_id.get("download_id")?),
            object_bytes: from_long("object_bytes", self.object_bytes)?,
            etag: self.etag.map(Text::from),
        })
    }
}

record! {
    /// `loupe.v1.DownloadPrepareFailed`.
    DownloadPrepareFailed {
        download_id: UuidText,
        code: &'a str,
    }
}

impl<'a> Record<'a> for DownloadPrepareFailed<'a> {
    type Payload = event::DownloadPrepareFailed;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        let download_id = UuidText::new(payload.download_id.0);
        Ok(with_head!(head, DownloadPrepareFailed { download_id: download_id, code: &payload.code }))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::DownloadPrepareFailed {
            download_id: DownloadId(self.download_id.get("download_id")?),
            code: self.code.into(),
        })
    }
}

record! {
    /// `loupe.v1.TransferSegment`.
    TransferSegment {
        #[serde(default)]
        download_id: Option<UuidText>,
        #[serde(default)]
        media_id: Option<i64>,
        #[serde(default)]
        etag: Option<&'a str>,
        method: &'a str,
        status: i64,
        #[serde(default)]
        range_start: Option<i64>,
        #[serde(default)]
        range_end: Option<i64>,
        object_bytes: i64,
        body_bytes: i64,
        #[serde(default)]
        completed: bool,
        #[serde(default)]
        end_reason: Enum<EndReason>,
        #[serde(default)]
        ttfb_us: i64,
        #[serde(default)]
        duration_us: i64,
        #[serde(default)]
        cache: Enum<CacheStatus>,
        #[serde(default)]
        protocol: &'a str,
        purpose: Enum<Purpose>,
        #[serde(default)]
        bot_score: Option<f64>,
    }
}

impl<'a> Record<'a> for TransferSegment<'a> {
    type Payload = event::TransferSegment;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(
            head,
            TransferSegment {
                download_id: payload.download_id.map(|id| UuidText::new(id.0)),
                media_id: payload.media_id.map(|id| id_to_long(id.0)),
                etag: payload.etag.as_deref(),
                method: &payload.method,
                status: i64::from(payload.status),
                range_start: size_to_optional_long("range_start", payload.range.map(|range| range.start))?,
                range_end: size_to_optional_long("range_end", payload.range.map(|range| range.end))?,
                object_bytes: size_to_long("object_bytes", payload.object_bytes)?,
                body_bytes: size_to_long("body_bytes", payload.body_bytes)?,
                completed: payload.completed,
                end_reason: Enum(payload.end_reason),
                ttfb_us: size_to_long("ttfb_us", payload.ttfb_us)?,
                duration_us: size_to_long("duration_us", payload.duration_us)?,
                cache: Enum(payload.cache),
                protocol: &payload.protocol,
                purpose: Enum(payload.purpose),
                bot_score: payload.bot_score,
            }
        ))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        let start = from_optional_long("range_start", self.range_start)?;
        let end = from_optional_long("range_end", self.range_end)?;
        Ok(event::TransferSegment {
            download_id: self.download_id.map(|id| id.get("download_id").map(DownloadId)).transpose()?,
            media_id: self.media_id.map(|id| MediaId(id_from_long(id))),
            etag: self.etag.map(Text::from),
            method: self.method.into(),
            status: from_long("status", self.status)?,
            range: range(start, end)?,
            object_bytes: from_long("object_bytes", self.object_bytes)?,
            body_bytes: from_long("body_bytes", self.body_bytes)?,
            completed: self.completed,
            end_reason: self.end_reason.0,
            ttfb_us: from_long("ttfb_us", self.ttfb_us)?,
            duration_us: from_long("duration_us", self.duration_us)?,
            cache: self.cache.0,
            protocol: self.protocol.into(),
            purpose: self.purpose.0,
            bot_score: self.bot_score,
        })
    }
}
