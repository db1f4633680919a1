//! The life of one download: what is known of it ([`Evidence`], at rest [`Packed`]), and what follows from that
//! ([`Outcome`]).

mod evidence;
mod items;
mod outcome;
mod packed;

pub use evidence::{Etag, Evidence, Preparation, PreparationResult, Request, Segment, media_set};
pub use outcome::{ActiveStatus, Failure, IdleStatus, Member, Outcome};
pub use packed::Packed;
