//! Ending a program with all that it started.

use tokio::process::Child;

/// The group of processes that a program leads. Dropping it ends whoever is still in it.
#[derive(Debug)]
pub(super) struct Group {
    #[cfg(unix)]
    id: Option<rustix::process::Pid>,
}

impl Group {
    /// The group of a child that was started as the leader of one.
    #[cfg(unix)]
    pub(super) fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self { id: id.and_then(rustix::process::Pid::from_raw) }
    }

    /// There are no groups here: the child alone is ended when it is dropped.
    #[cfg(not(unix))]
    pub(super) fn of(_: &Child) -> Self {
        Self {}
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        use rustix::process::{Signal, kill_process_group};
        if let Some(id) = self.id {
            // An error says that nobody is left.
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}
