//! `favorites`: a medium on a list, current or not (rules 81, 82 and 86).

use clickhouse::Row;
use loupe_schemas::event::{FavoriteAdded, FavoriteNoted, FavoriteRemoved, Head};
use loupe_schemas::ids::{ListId, MediaId};
use serde::{Deserialize, Serialize};

use crate::fold::Order;

/// When, which event, whose, how known, which kind.
pub type Added = (i64, u128, String, String, String);

/// A row of `favorites`; a zero tuple says nothing.
#[derive(Debug, Clone, PartialEq, Default, Row, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the columns are documented in the table's DDL")]
pub struct FavoriteRow {
    pub account_id: u64,
    pub collection_id: u64,
    pub list_id: String,
    pub media_id: u64,
    pub added: Added,
    pub removed: (i64, u128),
    pub noted: (i64, u128, String),
}

impl FavoriteRow {
    fn of(head: &Head, list_id: &ListId, media_id: MediaId) -> Self {
        Self {
            account_id: head.account_id.0,
            collection_id: head.collection_id.map_or(0, |id| id.0),
            list_id: list_id.to_string(),
            media_id: media_id.0,
            ..Self::default()
        }
    }

    /// A favourite set, with the client who set it and the note they gave at once.
    #[must_use]
    pub fn added(head: &Head, fact: &FavoriteAdded) -> Self {
        let (at, id) = Order::of(head).as_tuple();
        let actor = head.actor.as_ref();
        let client = actor.and_then(|actor| actor.client_id.as_ref()).map(ToString::to_string).unwrap_or_default();
        let known_by = actor.map(|actor| actor.identified_by).unwrap_or_default().as_str().to_owned();
        let mut row = Self::of(head, &fact.list_id, fact.media_id);
        row.added = (at, id, client, known_by, fact.media_kind.as_str().to_owned());
        if let Some(note) = &fact.note {
            row.noted = (at, id, note.clone());
        }
        row
    }

    /// A favourite taken back.
    #[must_use]
    pub fn removed(head: &Head, fact: &FavoriteRemoved) -> Self {
        Self { removed: Order::of(head).as_tuple(), ..Self::of(head, &fact.list_id, fact.media_id) }
    }

    /// A note; an absent one clears what was noted (rule 86).
    #[must_use]
    pub fn noted(head: &Head, fact: &FavoriteNoted) -> Self {
        let (at, id) = Order::of(head).as_tuple();
        let noted = (at, id, fact.note.clone().unwrap_or_default());
        Self { noted, ..Self::of(head, &fact.list_id, fact.media_id) }
    }
}

#[cfg(test)]
mod tests {
    use crate::fold::fixture::{example, fold};

    #[test]
    fn rule_82_the_latest_added_and_the_latest_removed_decide() {
        let rows = fold(&[example("FavoriteAdded", "full", 0), example("FavoriteRemoved", "full", 1)]);
        let [added, removed] = &rows.favorites[..] else { panic!("{:?}", rows.favorites) };
        assert!((added.added.0, added.added.1) < removed.removed);
        assert_eq!((added.removed.0, removed.added.0), (0, 0));
        assert_eq!((added.added.3.as_str(), added.added.4.as_str()), ("email", "photo"));
    }

    #[test]
    fn rule_86_a_note_comes_with_the_favourite_or_alone_and_may_be_cleared() {
        let rows = fold(&[
            example("FavoriteAdded", "full", 0),
            example("FavoriteNoted", "full", 1),
            example("FavoriteNoted", "cleared", 2),
            example("FavoriteAdded", "minimal", 3),
        ]);
        let notes: Vec<_> = rows.favorites.iter().map(|row| (row.noted.0 > 0, row.noted.2.as_str())).collect();
        let said = "Crop to the two of us, bitte – größer";
        assert_eq!(notes, [(true, "Please brighten"), (true, said), (true, ""), (false, "")]);
    }
}
