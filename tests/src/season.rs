//! A season that tests of one executable look at together.

use loupe_local::demo::Generator;
use loupe_schemas::json;
use loupe_schemas::position::Position;
use tokio::sync::Mutex;

use crate::client::Client;
use crate::erased;
use crate::stack::Stack;

const SEED: u64 = 20_261_126;
const BATCH: usize = 1_000;

/// The stack that it was told, and the position that includes all of it.
static TOLD: Mutex<Option<(u32, Position)>> = Mutex::const_new(None);

/// A client whose reads include about `events` events of the day before yesterday, so that nothing becomes idle between two
/// answers. They are published once on a stack, whoever asks first.
///
/// # Errors
/// An event was not accepted.
pub async fn of_the_day_before_yesterday(stack: &Stack, events: u64) -> anyhow::Result<Client> {
    let mut client = Client::new(stack);
    let mut told = TOLD.lock().await;
    match &*told {
        Some((on, position)) if *on == stack.process_id() => client.position = position.clone(),
        _ => {
            let until = loupe_service::clock::now() - chrono::Duration::days(2);
            let events: Vec<_> = Generator::new(until, events, SEED).map(|event| json::to_value(&event)).collect();
            for batch in events.chunks(BATCH) {
                client.publish_lines(batch).await?;
            }
            *told = Some((stack.process_id(), client.position.clone()));
        }
    }
    drop(told);
    client.read(&stack.addresses.keys.owner, "/analytics/portfolio").await?;
    erased::everybody(stack).await?;
    Ok(client)
}
