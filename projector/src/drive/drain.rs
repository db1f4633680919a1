//! How long what was folded may take to be written once a projector is told to stop.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Processes are killed 40 s after they were told to stop, or later, and to leave the consumer group takes some of that.
pub(crate) const DRAIN_MAX: Duration = Duration::from_secs(25);

/// What `work` comes to, which has `grace` to end once `shutdown` was asked for; none when that was too short, and it was
/// dropped on its way.
pub(crate) async fn drained<T>(
    work: impl Future<Output = T>,
    shutdown: &CancellationToken,
    grace: Duration,
) -> Option<T> {
    let too_late = async {
        shutdown.cancelled().await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        done = work => Some(done),
        () = too_late => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_never_ends_is_given_up_after_the_grace_and_nothing_before_it_is_told_to() {
        let (shutdown, grace) = (CancellationToken::new(), Duration::from_millis(20));
        assert_eq!(drained(tokio::time::sleep(3 * grace), &shutdown, grace).await, Some(()), "nobody told it to");
        shutdown.cancel();
        assert_eq!(drained(std::future::ready(()), &shutdown, grace).await, Some(()));
        assert_eq!(drained(std::future::pending::<()>(), &shutdown, grace).await, None);
    }
}
