//! The HTTP responses of a download: whole, in ranges, cut off, resumed, refused.

use loupe_schemas::event::{CacheStatus, EndReason, Purpose, Range, Rendition, TransferSegment};
use loupe_schemas::ids::{DownloadId, MediaId};
use loupe_schemas::{Fact, Micros, Text};

use crate::demo::dice::{Dice, mix};
use crate::demo::people::Person;
use crate::demo::script::Scene;
use crate::demo::season::{Collection, Medium};

/// What a response carries bytes of.
pub(in crate::demo::script) struct Object {
    download_id: Option<DownloadId>,
    media_id: Option<MediaId>,
    etag: Option<Text>,
    bytes: u64,
}

/// One response, as the edge logs it.
pub(in crate::demo::script) struct Reply {
    method: &'static str,
    status: u16,
    range: Option<Range>,
    body_bytes: u64,
    end_reason: EndReason,
    purpose: Purpose,
    /// How the cache served it.
    pub(in crate::demo::script) cache: CacheStatus,
}

/// How the fetching of an object goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo::script) enum Course {
    /// One response with everything.
    Whole,
    /// A HEAD, then everything.
    AskedFirst,
    /// Bytes 0 and 1 first, as video players ask, then everything.
    Probed,
    /// Several ranges side by side that cover everything.
    Parts {
        /// How many ranges.
        count: u64,
    },
    /// Cut off and taken up again until everything is there.
    Resumed {
        /// How often it is cut off.
        pauses: u64,
    },
    /// The person stops midway for good.
    Dropped,
    /// The connection dies midway.
    TimedOut,
    /// The origin answers with an error.
    OriginFailed,
    /// The origin fails once, then everything comes.
    Recovered,
    /// The edge fails midway.
    EdgeFailed,
    /// The signature of the URL has run out.
    Refused,
    /// Half of it comes, then the file is made anew and all of the new one comes (rule 37).
    Replaced,
    /// Everything comes, and is checked again later without bytes.
    Revalidated,
    /// Nobody fetches it.
    Never,
}

impl Object {
    /// A rendition of a medium, as the cache holds it: its etag is the same in every download.
    pub(in crate::demo::script) fn rendered(medium: &Medium, rendition: Rendition) -> Self {
        let version = mix(medium.id.0 ^ ((rendition as u64) << 56));
        Self {
            download_id: None,
            media_id: Some(medium.id),
            etag: Some(format!("\"{version:016x}\"").into()),
            bytes: medium.bytes_of(rendition),
        }
    }

    /// An archive made for one download.
    pub(super) fn archive(dice: &mut Dice, download_id: DownloadId, bytes: u64) -> Self {
        let etag = dice.chance(0.95).then(|| format!("\"zip-{}\"", dice.token(12)).into());
        Self { download_id: Some(download_id), media_id: None, etag, bytes }
    }

    /// The object fetched for a download.
    pub(super) fn of(self, download_id: DownloadId) -> Self {
        Self { download_id: Some(download_id), ..self }
    }

    /// Its entity tag.
    pub(super) const fn etag(&self) -> Option<&Text> {
        self.etag.as_ref()
    }

    const fn all(&self) -> Range {
        Range { start: 0, end: self.bytes - 1 }
    }
}

impl Reply {
    /// 200 with everything.
    const fn whole(object: &Object) -> Self {
        Self {
            method: "GET",
            status: 200,
            range: None,
            body_bytes: object.bytes,
            end_reason: EndReason::Ok,
            purpose: Purpose::Download,
            cache: CacheStatus::Hit,
        }
    }

    /// 206 with all of `range`.
    const fn part(object: &Object, range: Range) -> Self {
        Self { status: 206, range: Some(range), body_bytes: range.end - range.start + 1, ..Self::whole(object) }
    }

    /// An image request of a page, never a download.
    pub(in crate::demo::script) const fn preview(object: &Object) -> Self {
        Self { purpose: Purpose::Preview, ..Self::whole(object) }
    }

    /// A stream of the first `share` of a film.
    pub(in crate::demo::script) fn playback(object: &Object, share: f64) -> Self {
        let end = ((object.bytes as f64 * share) as u64).min(object.bytes - 1);
        Self { purpose: Purpose::Playback, ..Self::part(object, Range { start: 0, end }) }
    }

    /// The response ends early, after `body_bytes`.
    const fn cut(self, body_bytes: u64, end_reason: EndReason) -> Self {
        Self { body_bytes, end_reason, ..self }
    }

    /// No object, but a status.
    const fn error(object: &Object, status: u16, end_reason: EndReason) -> Self {
        Self { status, body_bytes: 0, end_reason, cache: CacheStatus::Pass, ..Self::whole(object) }
    }
}

/// Sends one response, from `at`; returns when it ends, which is the event's time (rule 104).
pub(in crate::demo::script) fn respond(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    object: &Object,
    at: Micros,
    reply: Reply,
) -> Micros {
    let ttfb_ms = match reply.cache {
        CacheStatus::Hit | CacheStatus::Stale => scene.dice.lognormal(32.0, 0.5),
        _ => scene.dice.lognormal(190.0, 0.6),
    };
    let speed = person.bits_per_second * scene.dice.float(0.6, 1.0);
    let ttfb_us = (ttfb_ms * 1_000.0) as u64;
    let duration_us = ttfb_us + (reply.body_bytes as f64 * 8e6 / speed) as u64;
    let ended_at = Micros(at.0 + duration_us as i64);
    let promised = reply.range.map_or(object.bytes, |range| range.end - range.start + 1);
    let segment = TransferSegment {
        download_id: object.download_id,
        media_id: object.media_id,
        etag: object.etag.clone(),
        method: reply.method.into(),
        status: reply.status,
        range: reply.range,
        object_bytes: object.bytes,
        body_bytes: reply.body_bytes,
        completed: reply.end_reason == EndReason::Ok && reply.body_bytes == promised,
        end_reason: reply.end_reason,
        ttfb_us,
        duration_us,
        cache: reply.cache,
        protocol: if scene.dice.chance(0.45) { "h3" } else { "h2" }.into(),
        purpose: reply.purpose,
        bot_score: scene.dice.chance(0.3).then(|| (scene.dice.unit() * 100.0).round() / 100.0),
    };
    scene.see(ended_at, collection, person, Fact::TransferSegment(segment));
    ended_at
}

/// Fetches an object from `at` in the given way.
pub(super) fn fetch(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    object: &Object,
    at: Micros,
    course: Course,
) {
    let cache = scene.dice.weighted(&[(CacheStatus::Hit, 66), (CacheStatus::Miss, 30), (CacheStatus::Stale, 4)]);
    let mut line = Line { scene, collection, person, cache };
    match course {
        Course::Never => {}
        Course::Whole | Course::AskedFirst | Course::Probed | Course::Revalidated => {
            line.at_once(object, at, course);
        }
        Course::Parts { count } => line.parts(object, at, count),
        Course::Resumed { pauses } => line.resumed(object, at, pauses),
        Course::Dropped => {
            line.cut_off(object, at, EndReason::ClientAbort);
        }
        Course::TimedOut => {
            line.cut_off(object, at, EndReason::Timeout);
        }
        Course::EdgeFailed => {
            line.cut_off(object, at, EndReason::EdgeError);
        }
        Course::OriginFailed => {
            line.send(object, at, Reply::error(object, 502, EndReason::OriginError));
        }
        Course::Refused => {
            line.send(object, at, Reply::error(object, 403, EndReason::Denied));
        }
        Course::Recovered => {
            let failed = line.send(object, at, Reply::error(object, 503, EndReason::OriginError));
            let again = line.scene.pause(failed, 4_000.0);
            line.send(object, again, Reply::whole(object));
        }
        Course::Replaced => line.replaced(object, at),
    }
}

/// A person's connection to the edge while an object is fetched.
struct Line<'a, 's> {
    scene: &'a mut Scene<'s>,
    collection: &'a Collection,
    person: &'a Person,
    cache: CacheStatus,
}

impl Line<'_, '_> {
    fn send(&mut self, object: &Object, at: Micros, reply: Reply) -> Micros {
        let cache = if reply.cache == CacheStatus::Pass { CacheStatus::Pass } else { self.cache };
        respond(self.scene, self.collection, self.person, object, at, Reply { cache, ..reply })
    }

    /// Everything in one response, with a small question before or after it.
    fn at_once(&mut self, object: &Object, at: Micros, course: Course) {
        let whole = || Reply::whole(object);
        match course {
            Course::AskedFirst => {
                let question = Reply { method: "HEAD", ..whole().cut(0, EndReason::Ok) };
                let asked = self.send(object, at, question);
                self.send(object, asked, whole());
            }
            Course::Probed => {
                let probed = self.send(object, at, Reply::part(object, Range { start: 0, end: 1 }));
                self.send(object, probed, Reply::part(object, object.all()));
            }
            Course::Revalidated => {
                let ended = self.send(object, at, whole());
                let again = self.scene.pause(ended, 600_000.0);
                self.send(object, again, Reply::error(object, 304, EndReason::Ok));
            }
            _ => {
                self.send(object, at, whole());
            }
        }
    }

    /// Cut off, and whole again under another etag.
    fn replaced(&mut self, object: &Object, at: Micros) {
        let stopped = self.cut_off(object, at, EndReason::ClientAbort);
        let again = self.scene.pause(stopped, 300_000.0);
        let etag = Some(format!("\"v2-{}\"", self.scene.dice.token(12)).into());
        let renewed = Object { etag, ..*object };
        self.send(&renewed, again, Reply::whole(&renewed));
    }

    /// Ranges side by side, four at a time.
    fn parts(&mut self, object: &Object, at: Micros, count: u64) {
        let size = object.bytes.div_ceil(count).max(1);
        let mut lanes = [at; 4];
        let mut start = 0;
        let mut part = 0;
        while start < object.bytes {
            let end = (start + size).min(object.bytes) - 1;
            let lane = part % lanes.len();
            lanes[lane] = self.send(object, lanes[lane], Reply::part(object, Range { start, end }));
            start = end + 1;
            part += 1;
        }
    }

    /// Cut off `pauses` times; each time it goes on a little before where it stopped.
    fn resumed(&mut self, object: &Object, at: Micros, pauses: u64) {
        let mut start = 0;
        let mut time = at;
        for _ in 0..pauses {
            let left = object.bytes - start;
            let body_bytes = ((left as f64 * self.scene.dice.float(0.15, 0.8)) as u64).max(1);
            let reply = if start == 0 { Reply::whole(object) } else { self.rest(object, start) };
            let reason = if self.scene.dice.chance(0.7) { EndReason::ClientAbort } else { EndReason::Timeout };
            time = self.send(object, time, reply.cut(body_bytes, reason));
            time = self.scene.pause(time, 90_000.0);
            start += body_bytes - self.scene.dice.between(0, 4_096).min(body_bytes - 1);
        }
        let reply = self.rest(object, start.min(object.bytes - 1));
        self.send(object, time, reply);
    }

    const fn rest(&self, object: &Object, start: u64) -> Reply {
        Reply::part(object, Range { start, end: object.bytes - 1 })
    }

    fn cut_off(&mut self, object: &Object, at: Micros, reason: EndReason) -> Micros {
        let body_bytes = (object.bytes as f64 * self.scene.dice.float(0.05, 0.95)) as u64;
        self.send(object, at, Reply::whole(object).cut(body_bytes, reason))
    }
}
