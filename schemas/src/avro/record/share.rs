//! The share family.

use serde::{Deserialize, Serialize};

use super::field::{Bytes, Enum, from_optional_long, id_from_long, id_to_long, opaque};
use super::head::HeadFields;
use super::{Record, read_head, record, with_head};
use crate::event;
use crate::event::{DenyReason, Opener, Rendition};
use crate::ids::{LinkId, MediaId};
use crate::rules::Violation;
use crate::time::Micros;

/// `loupe.v1.Permissions`.
#[derive(Serialize, Deserialize)]
pub(super) struct Permissions {
    view: bool,
    #[serde(default)]
    download: Option<Enum<Rendition>>,
    #[serde(default)]
    favorite: bool,
    #[serde(default)]
    reshare: bool,
    #[serde(default)]
    watermark: bool,
    #[serde(default)]
    password_required: bool,
    #[serde(default)]
    max_opens: Option<i64>,
    #[serde(default)]
    max_downloads: Option<i64>,
}

impl Permissions {
    fn new(permissions: &event::Permissions) -> Self {
        Self {
            view: permissions.view,
            download: permissions.download.map(Enum),
            favorite: permissions.favorite,
            reshare: permissions.reshare,
            watermark: permissions.watermark,
            password_required: permissions.password_required,
            max_opens: permissions.max_opens.map(i64::from),
            max_downloads: permissions.max_downloads.map(i64::from),
        }
    }

    fn read(&self) -> Result<event::Permissions, Violation> {
        Ok(event::Permissions {
            view: self.view,
            download: self.download.map(|rendition| rendition.0),
            favorite: self.favorite,
            reshare: self.reshare,
            watermark: self.watermark,
            password_required: self.password_required,
            max_opens: from_optional_long("permissions.max_opens", self.max_opens)?,
            max_downloads: from_optional_long("permissions.max_downloads", self.max_downloads)?,
        })
    }
}

record! {
    /// `loupe.v1.LinkCreated`.
    LinkCreated {
        link_id: &'a str,
        media_id: i64,
        #[serde(borrow, default)]
        token_hash: Option<Bytes<'a>>,
        url: &'a str,
        #[serde(default)]
        expires_at: Option<i64>,
        permissions: Permissions,
    }
}

impl<'a> Record<'a> for LinkCreated<'a> {
    type Payload = event::LinkCreated;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(
            head,
            LinkCreated {
                link_id: payload.link_id.as_str(),
                media_id: id_to_long(payload.media_id.0),
                token_hash: payload.token_hash.as_deref().map(Bytes),
                url: &payload.url,
                expires_at: payload.expires_at.map(|time| time.0),
                permissions: Permissions::new(&payload.permissions),
            }
        ))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::LinkCreated {
            link_id: opaque("link_id", self.link_id, LinkId::new)?,
            media_id: MediaId(id_from_long(self.media_id)),
            token_hash: self.token_hash.map(|hash| hash.0.to_vec()),
            url: self.url.to_owned(),
            expires_at: self.expires_at.map(Micros),
            permissions: self.permissions.read()?,
        })
    }
}

record! {
    /// `loupe.v1.LinkUpdated`.
    LinkUpdated {
        link_id: &'a str,
        #[serde(default)]
        expires_at: Option<i64>,
        permissions: Permissions,
    }
}

impl<'a> Record<'a> for LinkUpdated<'a> {
    type Payload = event::LinkUpdated;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(
            head,
            LinkUpdated {
                link_id: payload.link_id.as_str(),
                expires_at: payload.expires_at.map(|time| time.0),
                permissions: Permissions::new(&payload.permissions),
            }
        ))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::LinkUpdated {
            link_id: opaque("link_id", self.link_id, LinkId::new)?,
            expires_at: self.expires_at.map(Micros),
            permissions: self.permissions.read()?,
        })
    }
}

record! {
    /// `loupe.v1.LinkRevoked`.
    LinkRevoked {
        link_id: &'a str,
    }
}

impl<'a> Record<'a> for LinkRevoked<'a> {
    type Payload = LinkId;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(head, LinkRevoked { link_id: payload.as_str() }))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        opaque("link_id", self.link_id, LinkId::new)
    }
}

record! {
    /// `loupe.v1.LinkOpened`.
    LinkOpened {
        link_id: &'a str,
        opener: Enum<Opener>,
    }
}

impl<'a> Record<'a> for LinkOpened<'a> {
    type Payload = event::LinkOpened;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        let opener = Enum(payload.opener);
        Ok(with_head!(head, LinkOpened { link_id: payload.link_id.as_str(), opener: opener }))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::LinkOpened { link_id: opaque("link_id", self.link_id, LinkId::new)?, opener: self.opener.0 })
    }
}

record! {
    /// `loupe.v1.LinkDenied`.
    LinkDenied {
        link_id: &'a str,
        deny_reason: Enum<DenyReason>,
        #[serde(default)]
        opener: Enum<Opener>,
    }
}

impl<'a> Record<'a> for LinkDenied<'a> {
    type Payload = event::LinkDenied;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(
            head,
            LinkDenied {
                link_id: payload.link_id.as_str(),
                deny_reason: Enum(payload.deny_reason),
                opener: Enum(payload.opener),
            }
        ))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::LinkDenied {
            link_id: opaque("link_id", self.link_id, LinkId::new)?,
            deny_reason: self.deny_reason.0,
            opener: self.opener.0,
        })
    }
}
