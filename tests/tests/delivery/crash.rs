//! kill -9 of the stack's own projector, and a stop and start of the whole stack.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use loupe_tests::client::Client;
use loupe_tests::process;
use loupe_tests::shuffle::shuffle;
use loupe_tests::stack::Stack;
use loupe_tests::story::{self, reading};

const RESTART_TIMEOUT: Duration = Duration::from_secs(30);

#[tokio::test]
async fn numbers_survive_kills_of_the_projector_and_a_restart_of_the_stack() -> anyhow::Result<()> {
    // A stack of its own: the others' tests are not to be stopped.
    let stack = Stack::start(env!("CARGO_BIN_EXE_loupe-stack"))?;
    let readers = reading::Readers::mint(&stack, 51, 52)?;
    let mut client = Client::new(&stack);
    let mut events = story::events(51, 52);
    shuffle(&mut events, 7);
    let quarter = events.len().div_ceil(4);
    let mut killed = Vec::new();
    for (number, part) in events.chunks(quarter).enumerate() {
        client.publish(part).await?;
        if number < 3 {
            let projector = projector_of(&stack, &killed).await?;
            // Some time within the flush interval of a second, another in each round.
            tokio::time::sleep(Duration::from_millis(350 * number as u64)).await;
            process::kill(projector).with_context(|| format!("the projector ended by itself\n{}", stack.tails()))?;
            killed.push(projector);
        }
    }
    reading::expect_story(&client, &readers).await?;

    let stack = stack.restart()?;
    let mut again = Client::new(&stack);
    again.position.clone_from(&client.position);
    let client = again;
    reading::expect_story(&client, &readers).await?;
    let panics = stack.panics()?;
    ensure!(panics.is_empty(), "{panics:?}");
    Ok(())
}

/// The stack's projector, which the stack starts again when it dies; one that was killed may still be on its way out.
async fn projector_of(stack: &Stack, killed: &[u32]) -> anyhow::Result<u32> {
    let deadline = Instant::now() + RESTART_TIMEOUT;
    loop {
        let children = process::children_of(stack.process_id()).context("cannot list processes")?;
        let mut projectors = children.iter().filter(|child| child.runs("projector"));
        if let Some(projector) = projectors.find(|projector| !killed.contains(&projector.id)) {
            return Ok(projector.id);
        }
        ensure!(Instant::now() < deadline, "the stack has no projector: {children:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
