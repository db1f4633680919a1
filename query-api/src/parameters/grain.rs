//! How finely the tables behind a route cut time: bounds inside a part are refused, never rounded.

use loupe_schemas::Micros;
use loupe_service::problem::Problem;

use super::wrong;

/// A day of UTC, in microseconds.
pub(crate) const DAY_US: i64 = 86_400_000_000;
/// A quarter of an hour, in microseconds.
pub(crate) const QUARTER_HOUR_US: i64 = 900_000_000;

/// The parts of time that `from` and `to` must not cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grain {
    /// Any time.
    Microsecond,
    /// Quarters of an hour.
    QuarterHour,
    /// Days of UTC.
    Day,
}

impl Grain {
    /// What it asks of `from` and `to`, as a sentence, or nothing.
    pub(crate) const fn about(self) -> &'static str {
        match self {
            Self::Microsecond => "",
            Self::QuarterHour => " It must be a whole quarter of an hour.",
            Self::Day => " It must be 00:00 UTC.",
        }
    }

    /// Refuses a bound that cuts a part, and names the nearest bounds that do not.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub(crate) fn check(self, name: &str, bound: Option<i64>) -> Result<(), Problem> {
        let (part_us, rule) = match self {
            Self::Microsecond => return Ok(()),
            Self::QuarterHour => (QUARTER_HOUR_US, "a whole quarter of an hour"),
            Self::Day => (DAY_US, "00:00 UTC"),
        };
        let Some(bound) = bound.filter(|bound| bound.rem_euclid(part_us) != 0) else { return Ok(()) };
        let before = bound.div_euclid(part_us).saturating_mul(part_us);
        let after = before.saturating_add(part_us);
        Err(wrong(name, &format!("must be {rule}: the nearest are {} and {}", Micros(before), Micros(after))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_that_cuts_a_part_is_refused_with_its_neighbours() {
        let noon = 1_777_723_200_000_000;
        assert!(Grain::Microsecond.check("from", Some(noon + 1)).is_ok());
        assert!(Grain::QuarterHour.check("from", Some(noon)).is_ok() && Grain::Day.check("from", None).is_ok());
        assert!(Grain::QuarterHour.check("from", Some(noon + 1)).is_err());
        let problem = Grain::Day.check("to", Some(noon)).unwrap_err();
        let rule = "to must be 00:00 UTC: the nearest are 2026-05-02T00:00:00.000000Z and 2026-05-03T00:00:00.000000Z";
        assert_eq!(problem.message(), rule);
        assert_eq!(problem.status(), 400);
    }
}
