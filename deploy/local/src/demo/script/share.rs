//! Share links: their life, who opens them, who is turned away.

use loupe_schemas::event::{
    DenyReason, LinkCreated, LinkDenied, LinkOpened, LinkUpdated, MediaSeen, Opener, Permissions, Rendition,
};
use loupe_schemas::ids::LinkId;
use loupe_schemas::{Fact, Micros};

use super::{Scene, download};
use crate::demo::day::{HOUR, MINUTE, SECOND};
use crate::demo::people::Person;
use crate::demo::season::{Collection, Creator, Link};

/// How many downloads the limited link allows.
const LIMITED_DOWNLOADS_MAX: u32 = 3;

/// A link comes to be, is changed, is taken back.
pub(super) fn life(scene: &mut Scene<'_>, collection: &Collection, position: usize) {
    let season = scene.season;
    let link = &collection.links[position];
    let creator = match link.creator {
        Creator::Owner => &collection.owner,
        Creator::Client(client) => &season.clients[client].person,
    };
    let created = LinkCreated {
        link_id: link.id.clone(),
        media_id: collection.media[link.medium].id,
        token_hash: Some(link.token_hash.to_vec()),
        url: link.url.clone(),
        expires_at: link.expires_at,
        permissions: link.permissions.clone(),
    };
    scene.see(link.created_at, collection, creator, Fact::LinkCreated(created));
    if let Some(at) = link.updated_at {
        let permissions = Permissions { reshare: true, watermark: false, ..link.permissions.clone() };
        let updated = LinkUpdated { link_id: link.id.clone(), expires_at: link.expires_at, permissions };
        scene.see(at, collection, creator, Fact::LinkUpdated(updated));
    }
    if let Some(at) = link.revoked_at {
        scene.see(at, collection, creator, Fact::LinkRevoked(link.id.clone()));
    }
}

/// Somebody finds a link in a chat, a mail or a post, and follows it.
pub(super) fn opening(scene: &mut Scene<'_>, collection: &Collection) {
    let mut person = Person::guest(&mut scene.dice, collection.home);
    if person.referrer_host.is_none() && scene.dice.chance(0.5) {
        person.referrer_host = Some("instagram.com");
    }
    let at = scene.season.day.arrival(&mut scene.dice, person.utc_offset_hours);
    let Some(link) = existing(scene, collection, at) else {
        return;
    };
    machines(scene, collection, link, at);
    if let Some(reason) = refusal(link, at) {
        deny(scene, collection, &person, &link.id, reason, at);
        return;
    }
    let mut time = at;
    if link.permissions.password_required {
        while scene.dice.chance(0.25) {
            deny(scene, collection, &person, &link.id, DenyReason::BadPassword, time);
            time = scene.pause(time, 7_000.0);
        }
    }
    open(scene, collection, &person, &link.id, Opener::Human, time);
    if scene.dice.chance(0.08) {
        let again = scene.pause(time, 6_000.0);
        open(scene, collection, &person, &link.id, Opener::Human, again);
    }
    look_and_take(scene, collection, &person, link, time);
}

fn look_and_take(scene: &mut Scene<'_>, collection: &Collection, person: &Person, link: &Link, at: Micros) {
    let medium = &collection.media[link.medium];
    let mut time = scene.pause(at, 1_200.0);
    let seen = MediaSeen { media_id: medium.id, media_kind: Some(medium.kind()) };
    let fact = if medium.is_photo() { Fact::PhotoViewed(seen) } else { Fact::VideoPlayed(seen) };
    scene.see(time, collection, person, fact);
    if let Some(allowed) = link.permissions.download
        && scene.dice.chance(0.3)
    {
        time = scene.pause(time, 9_000.0);
        download::shared(scene, collection, person, medium, &link.id, allowed, time);
    }
}

/// A link that exists at `at`, the most passed on far more often.
fn existing<'c>(scene: &mut Scene<'_>, collection: &'c Collection, at: Micros) -> Option<&'c Link> {
    (0..8).map(|_| &collection.links[scene.dice.zipf(collection.links.len())]).find(|link| link.created_at < at)
}

fn refusal(link: &Link, at: Micros) -> Option<DenyReason> {
    if link.revoked_at.is_some_and(|revoked| revoked <= at) {
        Some(DenyReason::Revoked)
    } else if link.expires_at.is_some_and(|expires| expires <= at) {
        Some(DenyReason::Expired)
    } else {
        None
    }
}

/// Messengers and mail servers look at a link before the person does.
fn machines(scene: &mut Scene<'_>, collection: &Collection, link: &Link, at: Micros) {
    let before = Micros(at.0 - scene.dice.between(SECOND as u64, 40 * SECOND as u64) as i64);
    if before <= link.created_at {
        return;
    }
    let (machine, opener) = if scene.dice.chance(0.22) {
        let known = scene.dice.chance(0.8);
        (Person::previewer(&mut scene.dice), if known { Opener::Preview } else { Opener::Unknown })
    } else if scene.dice.chance(0.05) {
        (Person::scanner(&mut scene.dice), Opener::Scanner)
    } else if scene.dice.chance(0.02) {
        (Person::robot(&mut scene.dice), Opener::Unknown)
    } else {
        return;
    };
    match refusal(link, before) {
        Some(reason) => {
            let denied = LinkDenied { link_id: link.id.clone(), deny_reason: reason, opener };
            scene.see(before, collection, &machine, Fact::LinkDenied(denied));
        }
        None => open(scene, collection, &machine, &link.id, opener, before),
    }
}

/// A link for the in-laws with a quota of downloads: they use it up, and the next are turned away.
pub(super) fn limited(scene: &mut Scene<'_>, collection: &Collection) {
    let medium = collection.famous_photo(&mut scene.dice);
    let token = scene.dice.token(16);
    let link_id = LinkId::new(format!("sl_{token}")).expect("a link id of 19 bytes is within 1 to 64");
    let mut time = scene.season.day.at(scene.dice.float(0.02, 0.25));
    let created = LinkCreated {
        link_id: link_id.clone(),
        media_id: medium.id,
        token_hash: Some(scene.dice.bytes::<32>().to_vec()),
        url: format!("https://g.example/s/{}", scene.dice.token(8)),
        expires_at: None,
        permissions: Permissions {
            view: true,
            download: Some(Rendition::HighRes),
            password_required: true,
            max_downloads: Some(LIMITED_DOWNLOADS_MAX),
            ..Permissions::default()
        },
    };
    scene.see(time, collection, &collection.owner, Fact::LinkCreated(created));
    for _ in 0..LIMITED_DOWNLOADS_MAX {
        time = Micros(time.0 + scene.dice.between(10 * MINUTE as u64, 3 * HOUR as u64) as i64);
        let person = Person::guest(&mut scene.dice, collection.home);
        open(scene, collection, &person, &link_id, Opener::Human, time);
        let click = scene.pause(time, 8_000.0);
        download::photo::take_whole(scene, collection, &person, medium, &link_id, click);
    }
    for _ in 0..scene.dice.between(1, 4) {
        time = Micros(time.0 + scene.dice.between(20 * MINUTE as u64, 2 * HOUR as u64) as i64);
        let person = Person::guest(&mut scene.dice, collection.home);
        deny(scene, collection, &person, &link_id, DenyReason::Quota, time);
    }
}

fn open(scene: &mut Scene<'_>, collection: &Collection, person: &Person, link_id: &LinkId, opener: Opener, at: Micros) {
    let opened = LinkOpened { link_id: link_id.clone(), opener };
    scene.see(at, collection, person, Fact::LinkOpened(opened));
}

fn deny(
    scene: &mut Scene<'_>,
    collection: &Collection,
    person: &Person,
    link_id: &LinkId,
    deny_reason: DenyReason,
    at: Micros,
) {
    let denied = LinkDenied { link_id: link_id.clone(), deny_reason, opener: Opener::Human };
    scene.see(at, collection, person, Fact::LinkDenied(denied));
}
