//! The API over a real engine: every list over rows written by hand, keys, pages, formats, masks, waiting for a position.

mod access;
mod activity;
mod caching;
mod catalogue;
mod compare;
mod definitions;
mod downloads;
mod favorites;
mod follow_ups;
mod formats;
mod freshness;
mod gallery_video_downloads;
mod happenings;
mod insights;
mod limits;
mod observed;
mod paging;
mod parameters;
mod photo_downloads;
mod photo_sharing_links;
mod photos_starred;
mod portfolio;
mod position;
mod preferences;
mod stage;
mod walk;
