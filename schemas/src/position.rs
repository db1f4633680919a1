//! A position in the log: for some partitions, the offset that comes next. A reader passes back the position its
//! write returned and so reads its own write (rule 101).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::topics;

/// Next offsets by partition, printed as `c1:7.e0:1205`: topic letter, partition, next offset.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Position(BTreeMap<(char, i32), i64>);

/// Text that is no position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a position: expected entries such as `e0:1205`, joined by `.`")]
pub struct ParsePositionError(String);

impl Position {
    /// Raises the entry of a partition to `next_offset`; a lower one changes nothing, so positions form a lattice.
    pub fn advance(&mut self, topic: &topics::Topic, partition: i32, next_offset: i64) {
        let entry = self.0.entry((topic.short, partition)).or_insert(next_offset);
        *entry = next_offset.max(*entry);
    }

    /// The next offset of a partition, when the position says anything about it.
    #[must_use]
    pub fn next_offset(&self, topic: &topics::Topic, partition: i32) -> Option<i64> {
        self.0.get(&(topic.short, partition)).copied()
    }

    /// Whether this position has reached `wanted` in every partition that one names.
    #[must_use]
    pub fn covers(&self, wanted: &Self) -> bool {
        self.missing(wanted) == 0
    }

    /// How many records this position lies behind `wanted`; offsets are the reader's to name, so there may be too many to count.
    #[must_use]
    pub fn missing(&self, wanted: &Self) -> i64 {
        let missing = |(key, next): (_, &i64)| next.saturating_sub(self.0.get(key).copied().unwrap_or(0)).max(0);
        wanted.0.iter().map(missing).fold(0, i64::saturating_add)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, ((topic, partition), next)) in self.0.iter().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            write!(f, "{dot}{topic}{partition}:{next}")?;
        }
        Ok(())
    }
}

impl FromStr for Position {
    type Err = ParsePositionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut position = Self::default();
        for entry in text.split('.').filter(|entry| !entry.is_empty()) {
            let parsed = parse_entry(entry).ok_or_else(|| ParsePositionError(text.to_owned()))?;
            position.advance(parsed.0, parsed.1, parsed.2);
        }
        Ok(position)
    }
}

fn parse_entry(entry: &str) -> Option<(&'static topics::Topic, i32, i64)> {
    let short = entry.chars().next()?;
    let topic = topics::ALL.into_iter().find(|topic| topic.short == short)?;
    let (partition, next) = entry[short.len_utf8()..].split_once(':')?;
    let partition = partition.parse().ok().filter(|number| *number >= 0)?;
    let next = next.parse().ok().filter(|number| *number >= 0)?;
    Some((topic, partition, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_back_what_it_prints() {
        let mut position = Position::default();
        position.advance(&topics::EVENTS, 0, 1205);
        position.advance(&topics::EVENTS, 0, 7);
        position.advance(&topics::CATALOG, 1, 7);
        assert_eq!(position.to_string(), "c1:7.e0:1205");
        assert_eq!("c1:7.e0:1205".parse(), Ok(position));
        assert_eq!("".parse(), Ok(Position::default()));
        for bad in ["x0:1", "e0", "e-1:3", "e0:-3", "e0:1,e1:2", "é"] {
            assert!(bad.parse::<Position>().is_err(), "{bad}");
        }
    }

    #[test]
    fn rule_101_a_position_covers_every_partition_it_names() {
        let wanted: Position = "e0:10.e1:5".parse().expect("a position");
        let now: Position = "e0:12".parse().expect("a position");
        assert!(!now.covers(&wanted));
        assert_eq!(now.missing(&wanted), 5);
        let absurd: Position = format!("e0:{max}.e1:{max}.e2:2", max = i64::MAX).parse().expect("a position");
        assert!(Position::default().missing(&absurd) == i64::MAX && !Position::default().covers(&absurd));
        let now: Position = "c0:1.e0:10.e1:5".parse().expect("a position");
        assert!(now.covers(&wanted));
    }
}
