//! When time alone next changes an answer: a download becomes idle, a link expires (rule 6).

/// Of answers that show whether downloads are idle.
pub(crate) const DOWNLOADS: &str = include_str!("downloads.sql");
/// Of answers that show whether links are expired.
pub(crate) const LINKS: &str = include_str!("links.sql");
