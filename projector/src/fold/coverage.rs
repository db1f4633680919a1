//! Which bytes of one object were delivered: a union of half-open intervals (DOMAIN §2.2).

/// A union of byte intervals, kept sorted, disjoint and not touching.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    spans: Vec<(u64, u64)>,
}

impl Coverage {
    /// Adds the bytes from `start` up to but without `end`; an empty interval adds nothing.
    pub fn add(&mut self, start: u64, end: u64) {
        if start >= end {
            return;
        }
        let first = self.spans.partition_point(|span| span.1 < start);
        let last = self.spans.partition_point(|span| span.0 <= end);
        let touched = &self.spans[first..last];
        let merged = match (touched.first(), touched.last()) {
            (Some(head), Some(tail)) => (start.min(head.0), end.max(tail.1)),
            _ => (start, end),
        };
        self.spans.splice(first..last, [merged]);
    }

    /// The length of the union in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.spans.iter().map(|(start, end)| end - start).sum()
    }

    /// Whether no byte was delivered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// How many bytes of `start..end` lie in the union.
    #[must_use]
    pub fn within(&self, start: u64, end: u64) -> u64 {
        if start >= end {
            return 0;
        }
        let first = self.spans.partition_point(|span| span.1 <= start);
        let inside = self.spans[first..].iter().take_while(|span| span.0 < end);
        inside.map(|span| span.1.min(end) - span.0.max(start)).sum()
    }

    /// Whether every byte of `start..end` lies in the union; an empty span always does.
    #[must_use]
    pub fn covers(&self, start: u64, end: u64) -> bool {
        start >= end || self.within(start, end) == end - start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_union_is_the_set_of_bytes_added(
            spans in prop::collection::vec((0u64..64, 0u64..64), 0..12),
            probe in (0u64..64, 0u64..64),
        ) {
            let mut coverage = Coverage::default();
            let mut bytes = std::collections::BTreeSet::new();
            for (start, end) in &spans {
                coverage.add(*start, *end);
                bytes.extend(*start..*end);
            }
            let inside = bytes.iter().filter(|byte| (probe.0..probe.1).contains(byte)).count() as u64;
            prop_assert_eq!(coverage.len(), bytes.len() as u64);
            prop_assert_eq!(coverage.is_empty(), bytes.is_empty());
            prop_assert_eq!(coverage.within(probe.0, probe.1), inside);
            prop_assert_eq!(coverage.covers(probe.0, probe.1), inside == probe.1.saturating_sub(probe.0));
        }

        #[test]
        fn order_and_repetition_do_not_matter(spans in prop::collection::vec((0u64..64, 0u64..64), 0..12)) {
            let mut forward = Coverage::default();
            let mut backward = Coverage::default();
            spans.iter().for_each(|(start, end)| forward.add(*start, *end));
            spans.iter().rev().chain(&spans).for_each(|(start, end)| backward.add(*start, *end));
            prop_assert_eq!(forward, backward);
        }
    }
}
