//! Fetching and writing on a thread of their own, which cleans up when the person stops it.

use super::progress::Shown;
use super::sources::Sources;
use crate::context::Context;
use crate::error::{CliError, OrFail as _};
use sheaf_node::flow::assemble::{
    Builder, Fetch, FetchFailure, Fetched, Locked, OnProgress, Summary, Wanted,
};
use sheaf_node::flow::fetcher::Fetcher;
use sheaf_node::home::Scratch;
use sheaf_protocol::dataset::Position;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

/// How long an interrupted build has to end by itself, before what it wrote is removed under it.
const END_TIMEOUT: Duration = Duration::from_secs(2);

/// In which way a dataset is written.
pub(super) enum How {
    New,
    Again(Locked),
    Less(Locked),
}

impl How {
    fn write(
        &self,
        builder: Builder,
        fetch: &mut dyn Fetch,
        progress: OnProgress<'_>,
    ) -> Result<Summary, sheaf_node::flow::assemble::BuildError> {
        match self {
            Self::New => builder.write(fetch, progress),
            Self::Again(locked) => builder.write_locked(locked, fetch, progress),
            Self::Less(locked) => builder.write_less(locked, fetch, progress),
        }
    }
}

/// Writes the dataset; dropped before it is done, it leaves nothing behind.
pub(super) async fn write(
    cx: &Context,
    builder: Builder,
    sources: &Sources,
    how: How,
) -> Result<Summary, CliError> {
    let clients = sources.iter().map(|(id, source)| (*id, source.client.clone())).collect();
    let scratch = Scratch::make(&cx.home).or_fail(cx.home.display())?;
    let partial = std::iter::once(builder.partial().to_owned());
    let (stop, running) = watch(partial.chain(scratch.paths()).collect());
    let (fetcher, out) = (Fetcher::new(clients, scratch), cx.out);
    let work = move || {
        let mut shown = Shown::new(&out);
        let mut fetch = Stoppable { fetcher, stopped: running.stopped.clone() };
        let written = how.write(builder, &mut fetch, &mut |far| shown.at(far));
        drop((fetch, running));
        written
    };
    let written = tokio::task::spawn_blocking(work).await.or_fail("building")?;
    drop(stop);
    Ok(written?)
}

/// Fetches until the person has stopped it.
struct Stoppable {
    fetcher: Fetcher,
    stopped: Arc<AtomicBool>,
}

impl Fetch for Stoppable {
    fn announce(&mut self, wanted: &[Wanted]) {
        self.fetcher.announce(wanted);
    }

    fn fetch(&mut self, position: Position) -> Result<Fetched, FetchFailure> {
        match self.stopped.load(Ordering::Relaxed) {
            true => Err("interrupted".into()),
            false => self.fetcher.fetch(position),
        }
    }
}

/// Tells the builder's thread that nobody waits for it any more, and sees to it that what it wrote
/// is gone: when this is dropped, the process is about to end.
struct Stop {
    stopped: Arc<AtomicBool>,
    ended: Receiver<()>,
    paths: Vec<PathBuf>,
}

/// Held by the thread; dropped when it has cleaned up.
struct Running {
    stopped: Arc<AtomicBool>,
    _ended: Sender<()>,
}

fn watch(paths: Vec<PathBuf>) -> (Stop, Running) {
    let stopped = Arc::new(AtomicBool::new(false));
    let (sender, ended) = mpsc::channel();
    (Stop { stopped: stopped.clone(), ended, paths }, Running { stopped, _ended: sender })
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Nothing is ever sent: it answers when the other end is dropped.
        if self.ended.recv_timeout(END_TIMEOUT) == Err(mpsc::RecvTimeoutError::Timeout) {
            // The thread finds its files gone, or ends with the process.
            for path in &self.paths {
                let _ = match path.is_dir() {
                    true => std::fs::remove_dir_all(path),
                    false => std::fs::remove_file(path),
                };
            }
        }
    }
}
