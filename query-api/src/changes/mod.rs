//! When time alone next changes an answer: a download becomes idle, a link expires (rule 6), a bucket of time ends.

/// When time alone next changes an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Changes {
    /// Never.
    Never,
    /// At the next whole multiple of so many microseconds.
    Every(i64),
    /// When this statement over the selection says, whose one column is `changes_us`; null or no row for never.
    When(&'static str),
}

/// Of answers that show whether downloads are idle.
pub(crate) const DOWNLOADS: Changes = Changes::When(include_str!("downloads.sql"));
/// Of answers that show whether links are expired.
pub(crate) const LINKS: Changes = Changes::When(include_str!("links.sql"));
