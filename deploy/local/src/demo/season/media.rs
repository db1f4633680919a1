//! Photos and films: their files, their sizes, what each rendition of them weighs.

use loupe_schemas::Fact;
use loupe_schemas::event::{MediaKind, MediaUpserted, Rendition};
use loupe_schemas::ids::{GalleryId, MediaId};

use super::Gallery;
use super::collections::Plan;
use crate::demo::dice::Dice;

const SUBJECTS: &[&str] = &["couple", "family", "friends", "details", "kids", "landscape", "candid", "black-and-white"];
const CAMERAS: &[&str] = &["DSC_", "IMG_", "_R5A"];

/// A photo or a film of a collection.
pub(in crate::demo) struct Medium {
    /// Its id.
    pub(in crate::demo) id: MediaId,
    /// Position of its set in the collection.
    pub(in crate::demo) gallery: usize,
    /// Its file name.
    pub(in crate::demo) filename: String,
    /// What the photographer tagged it with.
    pub(in crate::demo) tags: Vec<String>,
    format: &'static str,
    width: u32,
    height: u32,
    /// Size of the original in bytes.
    bytes: u64,
    film: Option<Film>,
}

struct Film {
    duration_seconds: f64,
    codec: &'static str,
}

/// Hands out ids that do not depend on the seed, so that examples keep working.
pub(super) struct Ids {
    gallery: u64,
    photo: u64,
    film: u64,
}

impl Ids {
    /// The first ids of the season.
    pub(super) const fn new() -> Self {
        Self { gallery: 129_003_126, photo: 731_100_244, film: 88_120_030 }
    }

    /// The next set.
    pub(super) const fn gallery(&mut self) -> GalleryId {
        self.gallery += 1;
        GalleryId(self.gallery)
    }

    const fn photo(&mut self) -> MediaId {
        self.photo += 1;
        MediaId(self.photo)
    }

    const fn film(&mut self) -> MediaId {
        self.film += 1;
        MediaId(self.film)
    }
}

/// Everything shot for a collection, set by set; films go in the last set.
pub(super) fn shoot(dice: &mut Dice, plan: &Plan, scale: f64, ids: &mut Ids, galleries: &[Gallery]) -> Vec<Medium> {
    let photos = ((f64::from(plan.photos) * scale).round() as usize).max(galleries.len() * 4);
    let last = galleries.len() - 1;
    let photo_sets = if galleries[last].name == "Films" { last } else { galleries.len() };
    let camera = *dice.pick(CAMERAS);
    let mut frame = dice.between(120, 4_000);
    let mut media = Vec::with_capacity(photos + plan.films as usize);
    for shot in 0..photos {
        frame += dice.between(1, 4);
        let gallery = shot * photo_sets / photos;
        let tags =
            vec![plan.occasion.to_owned(), galleries[gallery].name.to_lowercase(), (*dice.pick(SUBJECTS)).to_owned()];
        media.push(Medium::photo(dice, ids.photo(), gallery, format!("{camera}{frame:04}"), tags));
    }
    for number in 1..=plan.films {
        let tags = vec![plan.occasion.to_owned(), "film".to_owned()];
        media.push(Medium::film(dice, ids.film(), last, number, tags));
    }
    media
}

impl Medium {
    fn photo(dice: &mut Dice, id: MediaId, gallery: usize, stem: String, tags: Vec<String>) -> Self {
        let raw = dice.chance(0.03);
        let (width, height) = if dice.chance(0.35) { (4000, 6000) } else { (6000, 4000) };
        let (format, extension, median) = if raw { ("raw", "CR3", 42e6) } else { ("jpeg", "jpg", 13e6) };
        Self {
            id,
            gallery,
            filename: format!("{stem}.{extension}"),
            tags,
            format,
            width,
            height,
            bytes: dice.lognormal(median, 0.25) as u64 + 200_000,
            film: None,
        }
    }

    fn film(dice: &mut Dice, id: MediaId, gallery: usize, number: u32, tags: Vec<String>) -> Self {
        // The first is the short highlight film everybody watches; the others run longer.
        let seconds = if number == 1 { dice.float(150.0, 280.0) } else { dice.float(280.0, 900.0) };
        let duration_seconds = (seconds * 10.0).round() / 10.0;
        let codec = if dice.chance(0.3) { "hevc" } else { "h264" };
        Self {
            id,
            gallery,
            filename: if number == 1 { "highlight_film.mp4".to_owned() } else { format!("film_{number}.mp4") },
            tags,
            format: "mp4",
            width: 3840,
            height: 2160,
            bytes: (duration_seconds * dice.float(4.0e6, 8.0e6)) as u64,
            film: Some(Film { duration_seconds, codec }),
        }
    }

    /// Whether it is a photo, not a film.
    pub(in crate::demo) const fn is_photo(&self) -> bool {
        self.film.is_none()
    }

    /// Photo or video.
    pub(in crate::demo) const fn kind(&self) -> MediaKind {
        if self.is_photo() { MediaKind::Photo } else { MediaKind::Video }
    }

    /// What a rendition of it weighs, in bytes. A film in a photo rendition goes as it is.
    pub(in crate::demo) fn bytes_of(&self, rendition: Rendition) -> u64 {
        match (rendition, &self.film) {
            (Rendition::HighRes, None) => self.bytes * 38 / 100,
            (Rendition::Web2048, None) => self.bytes * 7 / 100,
            (Rendition::Web1024, None) => self.bytes * 2 / 100,
            (Rendition::Web640, None) => self.bytes * 8 / 1_000,
            (Rendition::Video1080p, Some(film)) => (film.duration_seconds * 1.05e6) as u64,
            (Rendition::Video720p, Some(film)) => (film.duration_seconds * 0.48e6) as u64,
            _ => self.bytes,
        }
    }

    /// The file format of a rendition of it (rule 58).
    pub(in crate::demo) const fn format_of(&self, rendition: Rendition) -> &'static str {
        match rendition {
            Rendition::Original | Rendition::VideoOriginal => self.format,
            _ if self.is_photo() => "jpeg",
            _ => "mp4",
        }
    }

    /// The medium's state.
    pub(in crate::demo) fn fact(&self, gallery_id: GalleryId) -> Fact {
        Fact::MediaUpserted(MediaUpserted {
            media_id: self.id,
            gallery_id,
            media_kind: self.kind(),
            filename: self.filename.clone(),
            format: self.format.to_owned(),
            width: Some(self.width),
            height: Some(self.height),
            bytes: self.bytes,
            duration_seconds: self.film.as_ref().map(|film| film.duration_seconds),
            codec: self.film.as_ref().map(|film| film.codec.to_owned()),
            tags: self.tags.clone(),
        })
    }
}
