//! What was found, and how it is told.

use crate::args::Args;
use serde_json::{Value, json};

/// One figure: a row of the table.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    /// What was done.
    pub(crate) job: String,
    /// What was measured in each run.
    pub(crate) runs: Vec<f64>,
    pub(crate) unit: Unit,
    /// What it should reach.
    pub(crate) floor: f64,
    /// Beside what it is set: a name, the ratio in each run, and the ratio to reach, if any.
    pub(crate) ratios: Vec<Ratio>,
    /// What held it back, as counted.
    pub(crate) limit: String,
    /// Further findings, a line each.
    pub(crate) notes: Vec<String>,
    /// The command that makes it.
    pub(crate) command: String,
}

/// A comparison in the same run.
#[derive(Debug, Clone)]
pub(crate) struct Ratio {
    pub(crate) to: &'static str,
    pub(crate) runs: Vec<f64>,
    pub(crate) floor: Option<f64>,
}

/// What a number counts, and which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    ChatsPerSecond,
    MegabytesPerSecond,
    Milliseconds,
    Mebibytes,
    Times,
}

impl Unit {
    fn more_is_better(self) -> bool {
        matches!(self, Self::ChatsPerSecond | Self::MegabytesPerSecond)
    }

    fn show(self, value: f64) -> String {
        match self {
            Self::ChatsPerSecond => format!("{value:.0} chats/s"),
            Self::MegabytesPerSecond => format!("{value:.0} MB/s"),
            Self::Milliseconds => format!("{value:.0} ms"),
            Self::Mebibytes => format!("{value:.0} MiB"),
            Self::Times => format!("{value:.2} ×"),
        }
    }
}

impl Figure {
    /// Whether the median misses its floor, or a ratio misses its own.
    pub(crate) fn is_below(&self) -> bool {
        let value = median(&self.runs);
        let missed = match self.unit.more_is_better() {
            true => value < self.floor,
            false => value > self.floor,
        };
        let ratio = |r: &Ratio| r.floor.is_some_and(|floor| median(&r.runs) < floor);
        missed || self.ratios.iter().any(ratio)
    }

    fn worst(&self) -> f64 {
        let worse = |a: f64, b: f64| if self.unit.more_is_better() { a.min(b) } else { a.max(b) };
        self.runs.iter().copied().reduce(worse).unwrap_or(f64::NAN)
    }

    fn wanted(&self) -> String {
        let sign = if self.unit.more_is_better() { "≥" } else { "≤" };
        let mut wanted = vec![format!("{sign} {}", self.unit.show(self.floor))];
        let ratios = self.ratios.iter().filter_map(|r| Some((r.floor?, r.to)));
        wanted.extend(ratios.map(|(floor, to)| format!("≥ {floor} × {to}")));
        wanted.join("; ")
    }

    fn found(&self) -> String {
        let median = self.unit.show(median(&self.runs));
        match self.runs.len() {
            1 => median,
            runs => format!("{median} (worst of {runs}: {})", self.unit.show(self.worst())),
        }
    }

    fn ratios(&self) -> String {
        let show = |r: &Ratio| format!("{:.2} × {}", median(&r.runs), r.to);
        self.ratios.iter().map(show).collect::<Vec<_>>().join("; ")
    }

    fn json(&self) -> Value {
        let ratio = |r: &Ratio| json!({"to": r.to, "runs": r.runs, "floor": r.floor});
        json!({
            "job": self.job,
            "unit": format!("{:?}", self.unit),
            "runs": self.runs,
            "median": median(&self.runs),
            "floor": self.floor,
            "below": self.is_below(),
            "ratios": self.ratios.iter().map(ratio).collect::<Vec<_>>(),
            "limit": self.limit,
            "notes": self.notes,
            "command": self.command,
        })
    }
}

/// The middle one.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints all, as asked.
pub(crate) fn print(figures: &[Figure], args: &Args) {
    if args.json {
        let all: Vec<_> = figures.iter().map(Figure::json).collect();
        println!("{}", serde_json::to_string_pretty(&all).unwrap());
    } else if args.markdown {
        markdown(figures);
    } else {
        figures.iter().for_each(text);
    }
}

fn text(figure: &Figure) {
    let verdict = if figure.is_below() { "BELOW" } else { "ok" };
    println!("{}: {}   [{verdict}: {}]", figure.job, figure.found(), figure.wanted());
    if !figure.ratios.is_empty() {
        println!("    {}", figure.ratios());
    }
    println!("    limited by {}", figure.limit);
    figure.notes.iter().for_each(|note| println!("    {note}"));
}

fn markdown(figures: &[Figure]) {
    println!("| job | floor | measured | in the same run | limited by |");
    println!("|---|---|---|---|---|");
    for figure in figures {
        let below = if figure.is_below() { " **below**" } else { "" };
        let (wanted, found, ratios) = (figure.wanted(), figure.found(), figure.ratios());
        println!("| {} | {wanted} | {found}{below} | {ratios} | {} |", figure.job, figure.limit);
    }
    println!();
    for figure in figures {
        println!("- **{}**: `{}`", figure.job, figure.command);
        figure.notes.iter().for_each(|note| println!("  - {note}"));
    }
}
