//! The parameters of a request, and the selection they make (DOMAIN §3, rules 63, 99 and 105).

pub(crate) mod catalogue;
mod grain;
mod read;
mod selection;

pub(crate) use grain::{DAY_US, Grain, QUARTER_HOUR_US};
pub(crate) use read::{Parameters, YEAR_1_US, YEAR_10000_US, fits_id, takes_none, wrong};
pub(crate) use selection::{Selection, times_inside};

/// What a route takes beside `account_id`.
pub(crate) struct Takes {
    /// Groups of parameters, each by its names.
    pub(crate) groups: &'static [&'static [&'static str]],
    /// The words of parameters that are this route's own; of a parameter that takes one word, the first is the default.
    pub(crate) words: &'static [(&'static str, &'static [&'static str])],
    /// The fields it sorts by, the default first; `occurred_at` also names the first.
    pub(crate) sorts: &'static [&'static str],
    /// What `from` and `to` must be whole parts of.
    pub(crate) grain: Grain,
}

/// The field of lists whose rows have places; theirs begin with the first, all others with the latest or largest.
pub(crate) const BY_PLACE: &str = "media";

impl Takes {
    /// Whether rows come in ascending order when a request does not sort.
    pub(crate) fn ascends(&self) -> bool {
        self.sorts.first() == Some(&BY_PLACE)
    }

    /// The names of all parameters it takes.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        catalogue::ACCOUNT.iter().chain(self.groups.iter().copied().flatten()).copied()
    }

    /// The words that a parameter takes here.
    pub(crate) fn words_of(&self, name: &str) -> Vec<&'static str> {
        let own = self.words.iter().find(|(word, _)| *word == name);
        own.map_or_else(|| catalogue::common_words(name), |(_, words)| words.to_vec())
    }
}
