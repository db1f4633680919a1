//! `loupe rebuild` and `loupe rollback`: another database takes the place of the one that is served, once it has all.

use std::path::Path;

use anyhow::{Context, anyhow, bail, ensure};
use loupe_projector::Config;
use loupe_projector::rebuild::{Fold, Rebuild, Report};
use loupe_projector::served::Named;
use loupe_schemas::Micros;
use loupe_schemas::definition;
use loupe_schemas::time::Day;
use loupe_service::{clock, lifecycle};
use tokio_util::sync::CancellationToken;

use super::configuration;
use crate::options;
use crate::progress::Progress;

/// Builds the next database, compares it and serves it, as the options say.
pub(crate) async fn rebuild(options: &options::Rebuild, progress: &Progress) -> anyhow::Result<()> {
    let config = configuration(&options.data)?;
    if options.discard {
        progress.line(&format!("{} is dropped", Rebuild::discard(&config).await?));
        return Ok(());
    }
    let rebuild = Rebuild::begin(&config, options.definition.as_deref().map(named).transpose()?).await?;
    let (from, to) = (rebuild.from().to_owned(), rebuild.to().to_owned());
    let begun = if rebuild.is_new() { "is begun" } else { "is gone on with" };
    progress.line(&format!("{to} {begun} by definition {}; {from} is served meanwhile", rebuild.definition()));
    carry(&rebuild, progress).await?;
    let shutdown = lifecycle::shutdown_token()?;
    let stopped = || anyhow!("stopped: {to} is kept as it is, and the next `rebuild` goes on from there");
    let Some(fold) = fold(&rebuild, progress, &shutdown).await? else { return Err(stopped()) };
    let finished = tokio::select! {
        () = shutdown.cancelled() => Err(stopped()),
        finished = finish(&rebuild, &fold, options, progress) => finished,
    };
    fold.end().await?;
    finished
}

/// Compares and serves, while the fold keeps up with the log.
async fn finish(rebuild: &Rebuild, fold: &Fold, options: &options::Rebuild, progress: &Progress) -> anyhow::Result<()> {
    whole(rebuild).await?;
    let until = open_from();
    let step = progress.step("Comparing closed days");
    let counted = progress.counted("tables");
    let report = rebuild.compare(until, &|done, of| counted.set(done as u64, of as u64)).await?;
    drop(counted);
    step.done(&format!("{} collections", report.collections));
    progress.line(told(&report, rebuild).trim_end());
    let to = rebuild.to();
    if options.keep_aside {
        progress.line(&format!("{to} is kept aside; the next `rebuild` goes on from there"));
        return Ok(());
    }
    let differences = report.differences();
    let is_same = rebuild.is_same_definition().await?;
    if (differences > 0 || !is_same) && !options.accept_differences {
        let other = if is_same { "" } else { "it follows another definition, and " };
        bail!("{to} is not served, since {other}{differences} rows differ: `rebuild --accept-differences` serves it");
    }
    // To compare may have taken hours, in which the fold may have fallen behind.
    ensure!(rebuild.catch_up(fold, &|_| {}).await?, "stopped: {to} is kept as it is");
    whole(rebuild).await?;
    serve(rebuild, progress).await
}

/// Serves the database that was served before.
pub(crate) async fn rollback(options: &options::Rollback, progress: &Progress) -> anyhow::Result<()> {
    let config: Config = configuration(&options.data)?;
    let rebuild = Rebuild::back(&config).await?;
    progress.line(&format!("back from {} to {}", rebuild.from(), rebuild.to()));
    let shutdown = lifecycle::shutdown_token()?;
    let Some(fold) = fold(&rebuild, progress, &shutdown).await? else {
        bail!("stopped: {} is served still", rebuild.from());
    };
    let served = match whole(&rebuild).await {
        Ok(()) => serve(&rebuild, progress).await,
        Err(error) => Err(error),
    };
    fold.end().await?;
    served
}

/// A definition of this program by its name, else one of a file.
fn named(definition: &str) -> anyhow::Result<Named> {
    if definition::landed(definition).is_some() {
        return Ok(Named { version: definition.to_owned(), text: String::new() });
    }
    let text = std::fs::read_to_string(Path::new(definition))
        .with_context(|| format!("`{definition}` is no definition of this program and no file that can be read"))?;
    Named::extending(text).with_context(|| format!("the definition in {definition}"))
}

async fn carry(rebuild: &Rebuild, progress: &Progress) -> anyhow::Result<()> {
    let counted = progress.counted("events that Kafka has let go");
    let say = |carried: loupe_projector::rebuild::Carried| counted.set(carried.events, carried.of);
    rebuild.carry(&say).await
}

/// Folds until the database has caught up; none when the user has stopped it before.
async fn fold(rebuild: &Rebuild, progress: &Progress, shutdown: &CancellationToken) -> anyhow::Result<Option<Fold>> {
    let step = progress.step(&format!("Folding the log into {}", rebuild.to()));
    let fold = rebuild.fold(shutdown).await?;
    let counted = progress.counted("records");
    let caught_up = rebuild
        .catch_up(&fold, &|far| {
            if far.total > 0 {
                counted.set(far.done, far.total);
            }
            if let Some(failing) = far.failing.first().filter(|failing| !failing.ends_with("starting")) {
                step.note(failing);
            }
        })
        .await;
    match caught_up {
        Ok(true) => {
            drop(counted);
            step.done("it has all that is in the log");
            Ok(Some(fold))
        }
        Ok(false) => {
            fold.end().await?;
            Ok(None)
        }
        Err(error) => {
            // The fold's own error says more.
            fold.end().await?;
            Err(error)
        }
    }
}

async fn whole(rebuild: &Rebuild) -> anyhow::Result<()> {
    let missing = rebuild.unaccounted().await?;
    ensure!(
        missing == 0,
        "{} lacks {missing} offsets that {} has: Kafka let go of them before they were read, so it is not served",
        rebuild.to(),
        rebuild.from()
    );
    Ok(())
}

async fn serve(rebuild: &Rebuild, progress: &Progress) -> anyhow::Result<()> {
    rebuild.serve().await?;
    let (to, from, definition) = (rebuild.to(), rebuild.from(), rebuild.definition());
    progress.line(&format!(
        "{to} is served from now on, by definition {definition}; {from} is kept, and `loupe rollback` goes back to it"
    ));
    Ok(())
}

/// The first day that is not closed: numbers from then on are provisional (rule 7).
fn open_from() -> Day {
    let today = Micros(clock::now_micros()).day();
    Day(today.0.saturating_sub(1))
}

/// What differs, a line for each table and for each of its fields.
fn told(report: &Report, rebuild: &Rebuild) -> String {
    let mut text = String::new();
    for (table, of) in &report.tables {
        text +=
            &format!("  {table:<26} {:>9} rows in {}, {:>9} in {}", of.before, rebuild.from(), of.after, rebuild.to());
        text += &match of.differences() {
            0 => ": the same\n".to_owned(),
            _ => format!(": {} gone, {} new, {} changed\n", of.only_before, of.only_after, of.changed),
        };
        for (field, change) in &of.fields {
            let sums = change.sums.map_or_else(String::new, |(was, is)| format!(", {was} → {is} in sum"));
            text += &format!("    {field:<24} {:>9} rows{sums}\n", change.rows);
        }
    }
    for example in &report.examples {
        text += &format!("  such as {} {}: {}\n", example.table, example.key, example.fields().join("; "));
    }
    let (differing, collections) = (report.differing, report.collections);
    text + &format!(
        "{} rows of closed days differ, in {differing} of {collections} collections\n",
        report.differences()
    )
}
