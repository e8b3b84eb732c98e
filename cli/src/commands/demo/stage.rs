//! The folder that a demo plays in, and the nodes that run there.

use super::process::{Node, run};
use crate::error::{CliError, OrFail as _};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder and its nodes.
#[derive(Debug)]
pub(super) struct Stage {
    /// The folder.
    pub(super) dir: PathBuf,
    /// Whether the nodes stay.
    pub(super) keep: bool,
    /// The running nodes, in the order of the communities.
    pub(super) nodes: Vec<Node>,
    /// Whether the folder is to be left when this is dropped.
    settled: bool,
}

impl Stage {
    /// Makes a fresh folder.
    pub(super) fn set(keep: bool) -> Result<Self, CliError> {
        let mut random = [0; 6];
        getrandom::fill(&mut random).or_fail("the system gives no random bytes")?;
        let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let dir = std::env::temp_dir().join(format!("sheaf-demo-{name}"));
        let mut builder = fs::DirBuilder::new();
        // Keys will lie here.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&dir).or_fail(dir.display())?;
        Ok(Self { dir, keep, nodes: Vec::new(), settled: false })
    }

    /// The home folder of somebody.
    pub(super) fn home(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Runs a command that must succeed in somebody's home; gives its result.
    pub(super) async fn sheaf(&self, home: &str, args: &[&str]) -> Result<Value, CliError> {
        run(&self.home(home), args).await?.good(args)
    }

    /// Starts the node of a home.
    pub(super) async fn serve(&mut self, home: &str) -> Result<(), CliError> {
        let node = Node::start(&self.home(home), self.keep).await?;
        self.nodes.push(node);
        Ok(())
    }

    /// Stops all nodes; whether all ended in order.
    pub(super) async fn stop(&mut self) -> bool {
        let mut orderly = true;
        for node in self.nodes.drain(..) {
            orderly &= node.stop().await;
        }
        orderly
    }

    /// Leaves the nodes running and the folder in place.
    pub(super) fn release(mut self) {
        self.settled = true;
        self.nodes.drain(..).for_each(Node::release);
    }

    /// Leaves of the folder only what is named.
    pub(super) fn leave_only(mut self, kept: &[&str]) -> Result<(), CliError> {
        for found in fs::read_dir(&self.dir).or_fail(self.dir.display())? {
            let path = found.or_fail(self.dir.display())?.path();
            let name = path.file_name().unwrap_or_default();
            if !kept.iter().any(|kept| name == *kept) {
                remove(&path).or_fail(path.display())?;
            }
        }
        self.settled = true;
        Ok(())
    }
}

fn remove(path: &Path) -> std::io::Result<()> {
    if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Nodes are killed with their handles before their files go.
        self.nodes.clear();
        if !self.settled {
            // What cannot be removed stays in the system's temporary folder.
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}
