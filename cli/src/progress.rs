//! What a person sees while waiting; on a terminal only.

use crate::output::Output;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// Something under way. Vanishes from the screen when dropped.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A line that moves, for work of unknown length.
    pub(crate) fn spinner(out: &Output, doing: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, target(out));
        bar.set_style(style("{spinner} {msg}"));
        bar.set_message(doing.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(bar)
    }

    /// A bar up to `steps`.
    pub(crate) fn bar(out: &Output, doing: &str, steps: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(steps), target(out));
        bar.set_style(style("{msg} [{bar:30}] {pos}/{len}"));
        bar.set_message(doing.to_owned());
        Self(bar)
    }

    /// So many of the steps are done.
    pub(crate) fn at(&self, position: u64) {
        self.0.set_position(position);
    }

    /// Says what is being done now.
    pub(crate) fn say(&self, doing: impl Into<String>) {
        self.0.set_message(doing.into());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Standard error, which draws only where it is a terminal.
fn target(out: &Output) -> ProgressDrawTarget {
    if out.json || out.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
