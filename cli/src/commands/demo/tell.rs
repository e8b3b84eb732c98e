//! What the demo tells while it plays.

use crate::output::Output;
use crate::progress::Progress;
use crate::style::Style;
use std::time::Instant;

/// The story so far.
#[derive(Debug)]
pub(super) struct Tell {
    out: Output,
    style: Style,
    started: Instant,
    number: u32,
    /// What was checked, in sentences.
    pub(super) checked: Vec<String>,
}

impl Tell {
    pub(super) fn new(out: &Output) -> Self {
        let style = Style::stderr();
        Self { out: *out, style, started: Instant::now(), number: 0, checked: Vec::new() }
    }

    /// A new act: what happens now, and the command that anyone could type.
    pub(super) fn act(&mut self, what: &str, command: &str) -> Progress {
        self.number += 1;
        let (title, command) = (self.style.bold(what), self.style.dim(&format!("$ {command}")));
        self.out.note(format_args!("\n{}. {title}\n   {command}", self.number));
        Progress::spinner(&self.out, "…")
    }

    /// Something that was checked and holds.
    pub(super) fn check(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        self.out.note(format_args!("   {} {sentence}", self.style.green("✓")));
        self.checked.push(sentence);
    }

    /// How long it took, in whole seconds.
    pub(super) fn seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }
}
