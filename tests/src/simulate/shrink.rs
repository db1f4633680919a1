//! From a failing schedule to a short one: drop decisions, or make them harmless, as long as it still fails.

use super::mistakes::Mistake;
use super::run::run_recorded;

/// The shortest failing schedule found from a failing one within `attempts` runs.
#[must_use]
pub fn shrink(failing: &[u32], mistake: Option<Mistake>, attempts: usize) -> Vec<u32> {
    let mut best = failing.to_vec();
    let mut left = attempts;
    let mut fails = |candidate: &[u32]| {
        left = left.saturating_sub(1);
        left > 0 && run_recorded(candidate, mistake).failure.is_some()
    };
    let mut length = best.len() / 2;
    while length > 0 {
        let mut start = 0;
        while start < best.len() {
            let end = best.len().min(start + length);
            let without = [&best[..start], &best[end..]].concat();
            let mut harmless = best.clone();
            harmless[start..end].fill(0);
            if fails(&without) {
                best = without;
            } else if harmless != best && fails(&harmless) {
                best = harmless;
                start = end;
            } else {
                start = end;
            }
        }
        length /= 2;
    }
    while best.last() == Some(&0) {
        best.pop();
    }
    best
}
