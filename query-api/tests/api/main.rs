//! The API over a real engine: keys, pages, formats, masks, waiting for a position.

mod access;
mod formats;
mod paging;
mod position;
mod stage;
