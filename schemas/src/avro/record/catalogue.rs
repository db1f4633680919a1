//! The catalogue family.

use super::field::{Enum, from_long, from_optional_long, id_from_long, id_to_long, opaque, size_to_long};
use super::head::HeadFields;
use super::{Record, read_head, record, with_head};
use crate::event;
use crate::event::MediaKind;
use crate::ids::{ClientId, GalleryId, MediaId};
use crate::rules::Violation;
use crate::time::Micros;

record! {
    /// `loupe.v1.CollectionUpserted`.
    CollectionUpserted {
        name: &'a str,
        #[serde(default)]
        published_at: Option<i64>,
    }
}

impl<'a> Record<'a> for CollectionUpserted<'a> {
    type Payload = event::CollectionUpserted;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        let published_at = payload.published_at.map(|time| time.0);
        Ok(with_head!(head, CollectionUpserted { name: &payload.name, published_at: published_at }))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::CollectionUpserted { name: self.name.to_owned(), published_at: self.published_at.map(Micros) })
    }
}

record! {
    /// `loupe.v1.GalleryUpserted`.
    GalleryUpserted {
        gallery_id: i64,
        name: &'a str,
    }
}

impl<'a> Record<'a> for GalleryUpserted<'a> {
    type Payload = event::GalleryUpserted;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        let gallery_id = id_to_long(payload.gallery_id.0);
        Ok(with_head!(head, GalleryUpserted { gallery_id: gallery_id, name: &payload.name }))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::GalleryUpserted { gallery_id: GalleryId(id_from_long(self.gallery_id)), name: self.name.to_owned() })
    }
}

record! {
    /// `loupe.v1.MediaUpserted`.
    MediaUpserted {
        media_id: i64,
        gallery_id: i64,
        media_kind: Enum<MediaKind>,
        filename: &'a str,
        format: &'a str,
        #[serde(default)]
        width: Option<i64>,
        #[serde(default)]
        height: Option<i64>,
        bytes: i64,
        #[serde(default)]
        duration_seconds: Option<f64>,
        #[serde(default)]
        codec: Option<&'a str>,
        #[serde(default)]
        tags: Vec<&'a str>,
    }
}

impl<'a> Record<'a> for MediaUpserted<'a> {
    type Payload = event::MediaUpserted;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(
            head,
            MediaUpserted {
                media_id: id_to_long(payload.media_id.0),
                gallery_id: id_to_long(payload.gallery_id.0),
                media_kind: Enum(payload.media_kind),
                filename: &payload.filename,
                format: &payload.format,
                width: payload.width.map(i64::from),
                height: payload.height.map(i64::from),
                bytes: size_to_long("bytes", payload.bytes)?,
                duration_seconds: payload.duration_seconds,
                codec: payload.codec.as_deref(),
                tags: payload.tags.iter().map(String::as_str).collect(),
            }
        ))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::MediaUpserted {
            media_id: MediaId(id_from_long(self.media_id)),
            gallery_id: GalleryId(id_from_long(self.gallery_id)),
            media_kind: self.media_kind.0,
            filename: self.filename.to_owned(),
            format: self.format.to_owned(),
            width: from_optional_long("width", self.width)?,
            height: from_optional_long("height", self.height)?,
            bytes: from_long("bytes", self.bytes)?,
            duration_seconds: self.duration_seconds,
            codec: self.codec.map(str::to_owned),
            tags: self.tags.into_iter().map(str::to_owned).collect(),
        })
    }
}

record! {
    /// `loupe.v1.ClientUpserted`.
    ClientUpserted {
        client_id: &'a str,
        #[serde(default)]
        email: Option<&'a str>,
        #[serde(default)]
        name: Option<&'a str>,
    }
}

impl<'a> Record<'a> for ClientUpserted<'a> {
    type Payload = event::ClientUpserted;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(
            head,
            ClientUpserted {
                client_id: payload.client_id.as_str(),
                email: payload.email.as_deref(),
                name: payload.name.as_deref(),
            }
        ))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::ClientUpserted {
            client_id: opaque("client_id", self.client_id, ClientId::new)?,
            email: self.email.map(str::to_owned),
            name: self.name.map(str::to_owned),
        })
    }
}

record! {
    /// `loupe.v1.ClientErased`.
    ClientErased {
        client_id: &'a str,
    }
}

impl<'a> Record<'a> for ClientErased<'a> {
    type Payload = ClientId;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(head, ClientErased { client_id: payload.as_str() }))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        opaque("client_id", self.client_id, ClientId::new)
    }
}
