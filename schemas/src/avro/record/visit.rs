//! The visit family.

use super::field::{Enum, id_from_long, id_to_long};
use super::head::HeadFields;
use super::{Record, read_head, record, with_head};
use crate::event;
use crate::event::MediaKind;
use crate::ids::MediaId;
use crate::rules::Violation;

record! {
    /// `loupe.v1.VisitStarted`.
    VisitStarted {}
}

impl<'a> Record<'a> for VisitStarted<'a> {
    type Payload = ();

    fn new(head: HeadFields<'a>, _payload: &'a Self::Payload) -> Result<Self, Violation> {
        Ok(with_head!(head, VisitStarted {}))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(())
    }
}

record! {
    /// `loupe.v1.PhotoViewed` and `loupe.v1.VideoPlayed`.
    MediaSeen {
        media_id: i64,
        #[serde(default)]
        media_kind: Option<Enum<MediaKind>>,
    }
}

impl<'a> Record<'a> for MediaSeen<'a> {
    type Payload = event::MediaSeen;

    fn new(head: HeadFields<'a>, payload: &'a Self::Payload) -> Result<Self, Violation> {
        let media_id = id_to_long(payload.media_id.0);
        Ok(with_head!(head, MediaSeen { media_id: media_id, media_kind: payload.media_kind.map(Enum) }))
    }

    read_head!();

    fn payload(self) -> Result<Self::Payload, Violation> {
        Ok(event::MediaSeen {
            media_id: MediaId(id_from_long(self.media_id)),
            media_kind: self.media_kind.map(|kind| kind.0),
        })
    }
}
