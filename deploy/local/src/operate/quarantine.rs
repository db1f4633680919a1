//! `loupe quarantine`: prints what lies there, and sends records once more.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use loupe_projector::Config;
use loupe_projector::log::{Decoder, Producer, end_offset};
use loupe_projector::quarantine::{self, Entry, Filter, Verdict};
use loupe_projector::store::{LiftRow, Store};
use loupe_schemas::Micros;
use loupe_service::clock;

use super::configuration_of_served;
use crate::options::{Place, QuarantineCommand, Select};

const BYTES_A_LINE: usize = 16;

/// Does what the command says.
pub(crate) async fn quarantine(command: QuarantineCommand) -> anyhow::Result<()> {
    match command {
        QuarantineCommand::List(select) => {
            let entries = chosen(&Store::new(&configuration_of_served(&select.data).await?), &select).await?;
            entries.iter().for_each(|entry| println!("{}", line(entry)));
            print!("{}", reasons(&entries));
        }
        QuarantineCommand::Show { place, data } => {
            show(&Store::new(&configuration_of_served(&data).await?), place).await?
        }
        QuarantineCommand::DryRun(select) => {
            let store = Store::new(&configuration_of_served(&select.data).await?);
            let entries = chosen(&store, &select).await?;
            let judge = judge(&store).await?;
            for entry in &entries {
                println!("{}  {}", entry.place(), judge(entry));
            }
        }
        QuarantineCommand::Replay(select) => {
            let config = configuration_of_served(&select.data).await?;
            let store = Store::new(&config);
            let entries = chosen(&store, &select).await?;
            let producer = Producer::new(&config).context("Kafka producer")?;
            let replayed = quarantine::replay(&entries, &store, &producer, Micros(clock::now_micros())).await?;
            println!("{} sent once more, {} are no events still", replayed.sent, replayed.rejected);
        }
        QuarantineCommand::Lift { partition, up_to, data } => {
            lift(&configuration_of_served(&data).await?, partition, up_to).await?
        }
    }
    Ok(())
}

async fn chosen(store: &Store, select: &Select) -> anyhow::Result<Vec<Entry>> {
    let filter = Filter {
        place: None,
        reason: select.reason.clone(),
        from: select.from.map(Micros::from),
        to: select.to.map(Micros::from),
        edge: select.edge.clone(),
        schema: select.schema.clone(),
        only_pending: !select.all,
        limit: select.limit,
    };
    store.quarantined(&filter).await.context("ClickHouse")
}

fn line(entry: &Entry) -> String {
    let row = &entry.row;
    let field = if row.field.is_empty() { String::new() } else { format!(" {}", row.field) };
    let origin = [row.edge_node.as_str(), row.schema.as_str()].map(|text| if text.is_empty() { "-" } else { text });
    let replayed = entry.replayed_at.map_or_else(String::new, |at| format!("  (sent once more {at})"));
    format!(
        "{}  {}  {}  {}  {}{field}: {}{replayed}",
        entry.place(),
        Micros(row.appended_at),
        origin[0],
        origin[1],
        row.reason,
        row.message
    )
}

fn reasons(entries: &[Entry]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        *counts.entry(&entry.row.reason).or_default() += 1;
    }
    let lines: Vec<String> = counts.iter().map(|(reason, count)| format!("{count:>8}  {reason}\n")).collect();
    if lines.is_empty() { "nothing is quarantined\n".to_owned() } else { lines.concat() }
}

async fn show(store: &Store, place: Place) -> anyhow::Result<()> {
    let offset = place.offset.context("name the record's offset too, such as gallery.events.v1/3/1205")?;
    let place = (place.topic, place.partition, offset);
    let filter = Filter { place: Some(place), limit: 1, ..Filter::default() };
    let found = store.quarantined(&filter).await.context("ClickHouse")?;
    let Some(entry) = found.first() else { bail!("no such record is quarantined") };
    let row = &entry.row;
    println!("record    {}", entry.place());
    println!("received  {}", Micros(row.appended_at));
    println!("reason    {}", row.reason);
    println!("field     {}", row.field);
    println!("message   {}", row.message);
    println!("edge      {}", row.edge_node);
    println!("schema    {}", row.schema);
    println!("key       {}", String::from_utf8_lossy(&row.key));
    if let Some(at) = entry.replayed_at {
        println!("sent      {at}");
    }
    println!("today     {}", judge(store).await?(entry));
    println!("payload   {} bytes", row.payload.len());
    print!("{}", dump(&row.payload));
    Ok(())
}

/// Says what records would be if they were sent once more now.
async fn judge(store: &Store) -> anyhow::Result<impl Fn(&Entry) -> String + use<>> {
    let decoder = Decoder::default().keeping(store.retention().await.context("ClickHouse")?);
    let now = Micros(clock::now_micros());
    Ok(move |entry: &Entry| verdict(&entry.judge(&decoder, now)))
}

fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Event { event, topic, .. } => {
            let (name, id) = (event.fact.event_type().as_str(), event.head.event_id.0);
            format!("event {name} {id} of {} for {}", event.head.occurred_at, topic.name)
        }
        Verdict::Rejected(rejected) => format!("{} {}: {}", rejected.reason, rejected.field, rejected.message),
    }
}

fn dump(bytes: &[u8]) -> String {
    let line = |(number, chunk): (usize, &[u8])| {
        let hex: Vec<String> = chunk.iter().map(|byte| format!("{byte:02x}")).collect();
        let shown = |byte: &u8| if byte.is_ascii_graphic() { char::from(*byte) } else { '.' };
        let text: String = chunk.iter().map(shown).collect();
        format!("  {:06x}  {:<47}  {text}\n", number * BYTES_A_LINE, hex.join(" "))
    };
    bytes.chunks(BYTES_A_LINE).enumerate().map(line).collect()
}

async fn lift(config: &Config, place: Place, up_to: Option<i64>) -> anyhow::Result<()> {
    let up_to = match up_to {
        Some(up_to) => up_to,
        None => tokio::task::block_in_place(|| end_offset(config, &place.topic, place.partition)).context("Kafka")?,
    };
    let Place { topic, partition, .. } = place;
    let lifted_at = clock::now_micros();
    let row = LiftRow { topic: topic.clone(), partition, up_to, lifted_at };
    Store::new(config).lift(row).await.context("ClickHouse")?;
    println!("records of {topic}/{partition} below offset {up_to} pass into quarantine within seconds");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_as_hex_and_text() {
        assert_eq!(dump(b"\xC3\x01abc"), format!("  000000  {:<47}  ..abc\n", "c3 01 61 62 63"));
        assert_eq!(dump(&[b'x'; 17]).lines().count(), 2);
    }
}
