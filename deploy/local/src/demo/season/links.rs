//! Share links: who made them when, what they allow, how they end.

use loupe_schemas::Micros;
use loupe_schemas::event::{Permissions, Rendition};
use loupe_schemas::ids::LinkId;

use super::Collection;
use super::collections::Plan;
use crate::demo::day::{Day, HOUR, MINUTE};
use crate::demo::dice::Dice;

/// A share link with the life it is going to have.
pub(in crate::demo) struct Link {
    /// Its id.
    pub(in crate::demo) id: LinkId,
    /// Position of its medium in the collection.
    pub(in crate::demo) medium: usize,
    /// Who made it.
    pub(in crate::demo) creator: Creator,
    /// When it was made.
    pub(in crate::demo) created_at: Micros,
    /// Its address.
    pub(in crate::demo) url: String,
    /// Hash of the token in its address.
    pub(in crate::demo) token_hash: [u8; 32],
    /// What its holder may do.
    pub(in crate::demo) permissions: Permissions,
    /// When it stops working.
    pub(in crate::demo) expires_at: Option<Micros>,
    /// When its owner let its holders download more.
    pub(in crate::demo) updated_at: Option<Micros>,
    /// When its owner took it back.
    pub(in crate::demo) revoked_at: Option<Micros>,
}

/// Who made a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Creator {
    /// The photographer.
    Owner,
    /// A client, by their position in the season.
    Client(usize),
}

/// The links of a collection: the first are the viral ones and exist from the start of the day.
pub(super) fn create(dice: &mut Dice, collection: &Collection, plan: &Plan, scale: f64, day: Day) -> Vec<Link> {
    let count = ((f64::from(plan.links) * scale).round() as usize).max(6);
    (0..count).map(|rank| link(dice, collection, day, rank)).collect()
}

fn link(dice: &mut Dice, collection: &Collection, day: Day, rank: usize) -> Link {
    let share = if rank < 2 { rank as f64 * 0.002 } else { dice.unit() * dice.unit() * 0.8 };
    let created_at = day.at(share);
    let later = |dice: &mut Dice| Micros(created_at.0 + dice.between(HOUR as u64, 9 * HOUR as u64) as i64);
    let mut permissions = permissions(dice);
    let mut expires_at = dice.chance(0.5).then(|| Micros(created_at.0 + 30 * 24 * HOUR));
    let mut revoked_at = None;
    let mut updated_at = dice.chance(0.12).then(|| later(dice));
    match rank {
        0 => permissions.download = Some(Rendition::Web2048),
        1 => updated_at = Some(Micros(created_at.0 + 40 * MINUTE)),
        4 => expires_at = Some(later(dice)),
        5 => revoked_at = Some(later(dice)),
        _ if dice.chance(0.10) => expires_at = Some(later(dice)),
        _ if dice.chance(0.06) => revoked_at = Some(later(dice)),
        _ => {}
    }
    let creator = if dice.chance(0.4) { Creator::Owner } else { Creator::Client(*dice.pick(&collection.clients)) };
    let medium = if !collection.films.is_empty() && dice.chance(0.08) {
        collection.films[0]
    } else {
        collection.photos[dice.zipf(collection.photos.len())]
    };
    let token = dice.token(8);
    Link {
        id: LinkId::new(format!("sl_{}", dice.token(16))).expect("a link id of 19 bytes is within 1 to 64"),
        medium,
        creator,
        created_at,
        url: format!("https://g.example/s/{token}"),
        token_hash: dice.bytes(),
        permissions,
        expires_at,
        updated_at,
        revoked_at,
    }
}

fn permissions(dice: &mut Dice) -> Permissions {
    let download = dice.weighted(&[
        (None, 35),
        (Some(Rendition::Web2048), 40),
        (Some(Rendition::HighRes), 20),
        (Some(Rendition::Original), 5),
    ]);
    Permissions {
        view: true,
        download,
        favorite: dice.chance(0.3),
        reshare: dice.chance(0.5),
        watermark: dice.chance(0.3),
        password_required: dice.chance(0.12),
        max_opens: None,
        max_downloads: None,
    }
}
