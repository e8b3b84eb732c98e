//! Ctrl-C, and the system's wish that we end.

use crate::error::{CliError, Kind};
use std::future::Future;

/// Resolves at SIGINT or SIGTERM (Ctrl-C where there are no signals).
pub(crate) async fn stop_wanted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
            }
        }
    }
    // Without a handler the system's own still ends the process.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

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
