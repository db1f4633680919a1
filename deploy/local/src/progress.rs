//! What the user sees while the stack comes up: bars on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

const TICK: Duration = Duration::from_millis(100);
/// Plain lines report traffic in steps of this share.
const PLAIN_STEP_PERCENT: u64 = 10;

/// Where progress is shown.
#[derive(Debug, Clone)]
pub struct Progress(Mode);

#[derive(Debug, Clone)]
enum Mode {
    Bars(MultiProgress),
    Lines,
    Silent,
}

impl Progress {
    /// Bars when standard output is a terminal, else lines.
    #[must_use]
    pub fn on_stdout() -> Self {
        if std::io::stdout().is_terminal() {
            Self(Mode::Bars(MultiProgress::with_draw_target(ProgressDrawTarget::stdout())))
        } else {
            Self(Mode::Lines)
        }
    }

    /// Shows nothing, as tests want.
    #[must_use]
    pub fn silent() -> Self {
        Self(Mode::Silent)
    }

    /// Writes a line above the bars.
    pub fn line(&self, text: &str) {
        match &self.0 {
            // The terminal went away: there is nobody left to tell.
            Mode::Bars(bars) => drop(bars.println(text)),
            Mode::Lines => drop(writeln!(std::io::stdout(), "{text}")),
            Mode::Silent => {}
        }
    }

    /// Begins a step, such as "Starting Kafka".
    #[must_use]
    pub fn step(&self, title: &str) -> Step {
        let bar = match &self.0 {
            Mode::Bars(bars) => {
                let bar =
                    bars.add(ProgressBar::new_spinner().with_style(style("{spinner:.cyan} {msg} {elapsed:.dim}")));
                bar.enable_steady_tick(TICK);
                bar.set_message(title.to_owned());
                Some(bar)
            }
            Mode::Lines | Mode::Silent => None,
        };
        if matches!(self.0, Mode::Lines) {
            self.line(&format!("{title} …"));
        }
        Step { progress: self.clone(), title: title.to_owned(), bar, begun: Instant::now(), noted: Mutex::default() }
    }

    /// Begins playing `events` events.
    #[must_use]
    pub fn traffic(&self, events: u64) -> TrafficProgress {
        let bar = match &self.0 {
            Mode::Bars(bars) => {
                let style = style("  {bar:40.cyan/dim} {human_pos}/{human_len} events, {per_sec:.dim}, {eta} left");
                Some(bars.add(ProgressBar::new(events).with_style(style)))
            }
            Mode::Lines | Mode::Silent => None,
        };
        let said = AtomicU64::new(0);
        TrafficProgress { progress: self.clone(), bar, events, said, begun: Instant::now() }
    }

    /// Begins something that is counted in `unit`, whose total may change.
    #[must_use]
    pub fn counted(&self, unit: &'static str) -> Counted {
        let bar = match &self.0 {
            Mode::Bars(bars) => {
                let style = style(&format!("  {{bar:40.cyan/dim}} {{human_pos}}/{{human_len}} {unit} {{msg:.dim}}"));
                Some(bars.add(ProgressBar::new(0).with_style(style)))
            }
            Mode::Lines | Mode::Silent => None,
        };
        Counted { progress: self.clone(), bar, unit, state: Mutex::default() }
    }
}

/// Something that is counted.
#[derive(Debug)]
pub struct Counted {
    progress: Progress,
    bar: Option<ProgressBar>,
    unit: &'static str,
    state: Mutex<CountedState>,
}

#[derive(Debug, Default)]
struct CountedState {
    /// When it was first heard of, and how much was done then.
    begun: Option<(Instant, u64)>,
    /// The last percentage that was written as a line.
    said: Option<u64>,
}

impl Counted {
    /// Reports that `done` of `total` are through.
    pub fn set(&self, done: u64, total: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (begun, before) = *state.begun.get_or_insert_with(|| (Instant::now(), done));
        let pace = pace(done.saturating_sub(before), total.saturating_sub(done), begun.elapsed());
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(pace);
            return;
        }
        let percent = done.saturating_mul(100).checked_div(total).unwrap_or(100);
        let percent = percent / PLAIN_STEP_PERCENT * PLAIN_STEP_PERCENT;
        if state.said.is_none_or(|said| said < percent) {
            state.said = Some(percent);
            self.progress.line(&format!("  {percent} %: {done} of {total} {}{pace}", self.unit));
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The rate so far and the time that is left at it; nothing before there is a rate.
fn pace(done: u64, left: u64, elapsed: Duration) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let (done, left) = (done as f64, left as f64);
    let rate = done / elapsed.as_secs_f64().max(0.001);
    if rate < 1.0 { String::new() } else { format!(", {rate:.0} a second, {:.0} s left", (left / rate).ceil()) }
}

/// A template is a constant, so a broken one would show at the first run; the plain bar is then good enough.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// A step that has begun.
#[derive(Debug)]
pub struct Step {
    progress: Progress,
    title: String,
    bar: Option<ProgressBar>,
    begun: Instant,
    /// The last note that was written as a line.
    noted: Mutex<String>,
}

impl Step {
    /// Says what is going on within the step; the same again says nothing.
    pub fn note(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(format!("{}: {text}", self.title)),
            None => {
                let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
                if *noted != text {
                    text.clone_into(&mut noted);
                    self.progress.line(&format!("  {text}"));
                }
            }
        }
    }

    /// Ends the step well.
    pub fn done(self, result: &str) {
        let text = format!("✓ {}: {result} ({:.1} s)", self.title, self.begun.elapsed().as_secs_f64());
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.progress.line(&text);
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Traffic that is being played.
#[derive(Debug)]
pub struct TrafficProgress {
    progress: Progress,
    bar: Option<ProgressBar>,
    events: u64,
    /// The last percentage that was written as a line.
    said: AtomicU64,
    begun: Instant,
}

impl TrafficProgress {
    /// Reports that `sent` events are through.
    pub fn set(&self, sent: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(self.events.max(sent));
            bar.set_position(sent);
            return;
        }
        let percent = sent.saturating_mul(100) / self.events.max(1) / PLAIN_STEP_PERCENT * PLAIN_STEP_PERCENT;
        if self.said.fetch_max(percent, Ordering::Relaxed) < percent {
            self.progress.line(&format!("  {percent} %: {sent} events, {:.0} a second", self.rate(sent)));
        }
    }

    /// Events a second since the beginning.
    #[must_use]
    pub fn rate(&self, sent: u64) -> f64 {
        // Counts of events are far below 2^52.
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let sent = sent as f64;
        sent / self.begun.elapsed().as_secs_f64().max(0.001)
    }
}

impl Drop for TrafficProgress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_says_what_is_left_once_there_is_a_rate() {
        assert_eq!(pace(0, 100, Duration::from_secs(1)), "");
        assert_eq!(pace(50, 101, Duration::from_secs(1)), ", 50 a second, 3 s left");
        assert_eq!(pace(50, 0, Duration::from_secs(2)), ", 25 a second, 0 s left");
    }
}
