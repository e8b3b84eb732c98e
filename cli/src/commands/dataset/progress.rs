//! The steps of a dataset, as bars.

use crate::output::Output;
use crate::progress::Progress;
use sheaf_node::flow::assemble::{Progress as Far, Step};

/// The step under way.
pub(super) struct Shown {
    out: Output,
    step: Option<(Step, u64, Progress)>,
}

impl Shown {
    pub(super) fn new(out: &Output) -> Self {
        Self { out: *out, step: None }
    }

    /// How far it is.
    pub(super) fn at(&mut self, far: Far) {
        match &self.step {
            Some((step, total, bar)) if (*step, *total) == (far.step, far.total) => {
                bar.at(far.done);
            }
            _ => {
                let bar = Progress::bar(&self.out, words(far.step), far.total);
                bar.at(far.done);
                self.step = Some((far.step, far.total, bar));
            }
        }
    }
}

fn words(step: Step) -> &'static str {
    match step {
        Step::Logs => "reading the logs",
        Step::Chats => "chats",
        Step::Rows => "rows",
        Step::Files => "hashing files",
    }
}
