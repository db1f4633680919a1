//! The life of one download: what is known of it ([`Evidence`]), and what follows from that ([`Outcome`]).

mod evidence;
mod outcome;

pub use evidence::{Etag, Evidence, Preparation, PreparationResult, Request, Segment, media_set};
pub use outcome::{ActiveStatus, Failure, IdleStatus, Member, Outcome};
