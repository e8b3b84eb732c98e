//! Ctrl-C, and the system's wish that we end.

use crate::error::{CliError, Kind};
use std::future::Future;

/// Resolves at SIGINT or SIGTERM (Ctrl-C where there are no signals). They are heard from the call
/// on, not from the first poll: one that comes while a node starts ends it in order.
#[cfg(unix)]
pub(crate) fn stop_wanted() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async {
        match (interrupt, terminate) {
            (Ok(mut interrupt), Ok(mut terminate)) => tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            },
            // Without a handler the system's own still ends the process.
            _ => std::future::pending().await,
        }
    }
}

/// Resolves at Ctrl-C.
#[cfg(not(unix))]
pub(crate) async fn stop_wanted() {
    // Without a handler the system's own still ends the process.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// From here on, a file that the system lets grow no further is an error of that write. Without a
/// handler its signal (SIGXFSZ, from a limit on the size of files) ends the process.
#[cfg(unix)]
pub(crate) fn outlive_file_limits() {
    use tokio::signal::unix::{SignalKind, signal};
    // The handler stays when nobody waits any more. Where there can be none, nothing is worse.
    let _ = signal(SignalKind::from_raw(libc::SIGXFSZ));
}

/// There is no such signal here.
#[cfg(not(unix))]
pub(crate) fn outlive_file_limits() {}

/// Runs `work` until it ends or Ctrl-C comes; then it is dropped, which must leave nothing behind.
///
/// # Errors
/// Those of `work`, or [`Kind::Interrupted`].
pub(crate) async fn until_interrupted<T>(
    work: impl Future<Output = Result<T, CliError>>,
) -> Result<T, CliError> {
    tokio::select! {
        result = work => result,
        () = stop_wanted() => Err(CliError::new(Kind::Interrupted, "interrupted")),
    }
}
