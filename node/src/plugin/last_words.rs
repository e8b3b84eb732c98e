//! What a program writes to standard error: read to its end, so that the program never waits for it,
//! and of that the last lines kept.

use crate::limits::{PLUGIN_LAST_WORDS, PLUGIN_STDERR_BYTES_MAX};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::AsyncReadExt as _;
use tokio::process::ChildStderr;
use tokio::task::JoinHandle;
use tokio::time::timeout;

#[derive(Debug)]
pub(super) struct LastWords {
    tail: Arc<Mutex<Vec<u8>>>,
    reading: JoinHandle<()>,
}

impl LastWords {
    pub(super) fn of(mut stderr: ChildStderr) -> Self {
        let tail = Arc::new(Mutex::new(Vec::new()));
        let kept = tail.clone();
        let reading = tokio::spawn(async move {
            let mut piece = [0; 1024];
            while let Ok(read @ 1..) = stderr.read(&mut piece).await {
                keep(&mut kept.lock().unwrap_or_else(PoisonError::into_inner), &piece[..read]);
            }
        });
        Self { tail, reading }
    }

    /// The last lines, once the program has ended: they are waited for a moment, not for as long as
    /// somebody else keeps the other end.
    pub(super) async fn told(mut self) -> String {
        let _ = timeout(PLUGIN_LAST_WORDS, &mut self.reading).await;
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        whole_lines(&tail)
    }
}

impl Drop for LastWords {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

/// Adds to a tail that does not grow beyond its bound.
fn keep(tail: &mut Vec<u8>, more: &[u8]) {
    tail.extend_from_slice(more);
    let beyond = tail.len().saturating_sub(PLUGIN_STDERR_BYTES_MAX);
    tail.drain(..beyond);
}

/// The tail without the line whose beginning is lost.
fn whole_lines(tail: &[u8]) -> String {
    let first = tail.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let is_cut = tail.len() == PLUGIN_STDERR_BYTES_MAX && first < tail.len();
    let lines = if is_cut { &tail[first..] } else { tail };
    String::from_utf8_lossy(lines).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept_in_whole_lines() {
        let mut tail = Vec::new();
        for number in 0..10_000 {
            keep(&mut tail, format!("line {number}\n").as_bytes());
        }
        assert_eq!(tail.len(), PLUGIN_STDERR_BYTES_MAX);
        let told = whole_lines(&tail);
        assert!(told.starts_with("line 9") && told.ends_with("line 9999"), "{told}");
        assert_eq!(whole_lines(b"one line\n"), "one line");
    }
}
