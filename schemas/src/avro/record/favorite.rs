//! The favourite family, and the owner's star.

use super::field::{Enum, from_optional_long, id_from_long, id_to_long, opaque};
use super::head::HeadFields;
use super::{Record, read_head, record, with_head};
use crate::event;
use crate::event::MediaKind;
use crate::ids::{ListId, MediaId};
use crate::rules::Violation;

record! {
    /// `loupe.v1.FavoriteListCreated` and `loupe.v1.FavoriteListUpdated`.
    FavoriteList {
        list_id: &'a str,
        list_name: &'a str,
        #[serde(default)]
        max_selections: Option<i64>,
    }
}

impl<'a> Record<'a> for FavoriteList<'a> {
    type Payload = event::FavoriteList;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(
            head,
            FavoriteList {
                list_id: payload.list_id.as_str(),
                list_name: &payload.list_name,
                max_selections: payload.max_selections.map(i64::from),
            }
        ))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::FavoriteList {
            list_id: opaque("list_id", self.list_id, ListId::new)?,
            list_name: self.list_name.to_owned(),
            max_selections: from_optional_long("max_selections", self.max_selections)?,
        })
    }
}

record! {
    /// `loupe.v1.FavoriteListSubmitted` and `loupe.v1.FavoriteListReopened`.
    FavoriteListNamed {
        list_id: &'a str,
    }
}

impl<'a> Record<'a> for FavoriteListNamed<'a> {
    type Payload = ListId;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(head, FavoriteListNamed { list_id: payload.as_str() }))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        opaque("list_id", self.list_id, ListId::new)
    }
}

record! {
    /// `loupe.v1.FavoriteAdded`.
    FavoriteAdded {
        list_id: &'a str,
        media_id: i64,
        media_kind: Enum<MediaKind>,
        #[serde(default)]
        note: Option<&'a str>,
    }
}

impl<'a> Record<'a> for FavoriteAdded<'a> {
    type Payload = event::FavoriteAdded;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(
            head,
            FavoriteAdded {
                list_id: payload.list_id.as_str(),
                media_id: id_to_long(payload.media_id.0),
                media_kind: Enum(payload.media_kind),
                note: payload.note.as_deref(),
            }
        ))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::FavoriteAdded {
            list_id: opaque("list_id", self.list_id, ListId::new)?,
            media_id: MediaId(id_from_long(self.media_id)),
            media_kind: self.media_kind.0,
            note: self.note.map(str::to_owned),
        })
    }
}

record! {
    /// `loupe.v1.FavoriteRemoved`.
    FavoriteRemoved {
        list_id: &'a str,
        media_id: i64,
    }
}

impl<'a> Record<'a> for FavoriteRemoved<'a> {
    type Payload = event::FavoriteRemoved;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        let media_id = id_to_long(payload.media_id.0);
        Ok(with_head!(head, FavoriteRemoved { list_id: payload.list_id.as_str(), media_id: media_id }))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::FavoriteRemoved {
            list_id: opaque("list_id", self.list_id, ListId::new)?,
            media_id: MediaId(id_from_long(self.media_id)),
        })
    }
}

record! {
    /// `loupe.v1.FavoriteNoted`.
    FavoriteNoted {
        list_id: &'a str,
        media_id: i64,
        #[serde(default)]
        note: Option<&'a str>,
    }
}

impl<'a> Record<'a> for FavoriteNoted<'a> {
    type Payload = event::FavoriteNoted;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(
            head,
            FavoriteNoted {
                list_id: payload.list_id.as_str(),
                media_id: id_to_long(payload.media_id.0),
                note: payload.note.as_deref(),
            }
        ))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::FavoriteNoted {
            list_id: opaque("list_id", self.list_id, ListId::new)?,
            media_id: MediaId(id_from_long(self.media_id)),
            note: self.note.map(str::to_owned),
        })
    }
}

record! {
    /// `loupe.v1.PhotoStarred` and `loupe.v1.PhotoUnstarred`.
    PhotoNamed {
        media_id: i64,
    }
}

impl<'a> Record<'a> for PhotoNamed<'a> {
    type Payload = MediaId;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(head, PhotoNamed { media_id: id_to_long(payload.0) }))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(MediaId(id_from_long(self.media_id)))
    }
}
