//! The node of this home, as its operator.

use crate::context::Context;
use crate::error::{CliError, Kind};
use sheaf_node::client::{Client, CommunityInfo};
use sheaf_node::home::Home;
use sheaf_protocol::exchange::{StewardReply, StewardRequest};
use sheaf_protocol::id::CommunityId;

/// A connection to the running node of this home.
#[derive(Debug)]
pub(crate) struct OwnNode {
    pub(crate) home: Home,
    pub(crate) addresses: Vec<String>,
    pub(crate) client: Client,
}

impl OwnNode {
    /// Connects under the operator's key.
    ///
    /// # Errors
    /// [`Kind::NoCommunity`] without a home, [`Kind::NodeNotRunning`] without a node.
    pub(crate) async fn of(cx: &Context) -> Result<Self, CliError> {
        let home = cx.existing_home()?;
        let running = home.read_running()?.ok_or_else(|| not_running(cx))?;
        let key = home.seed()?.operator_key();
        let client = Client::connect(key, &running.addresses).await?;
        Ok(Self { home, addresses: running.addresses, client })
    }

    /// One request of the operator.
    ///
    /// # Errors
    /// What the node says.
    pub(crate) async fn ask(&self, request: &StewardRequest) -> Result<StewardReply, CliError> {
        Ok(self.client.steward(request).await?)
    }

    /// What the node knows of a community: the one named, or the one it is home of.
    ///
    /// # Errors
    /// [`Kind::NotFound`] and what the node says.
    pub(crate) async fn community(
        &self,
        named: Option<CommunityId>,
    ) -> Result<CommunityInfo, CliError> {
        Ok(self.client.community(named).await?)
    }

    /// Says goodbye.
    pub(crate) async fn close(self) {
        self.client.close().await;
    }
}

fn not_running(cx: &Context) -> CliError {
    let message = format!("no node runs in {}", cx.home.display());
    CliError::new(Kind::NodeNotRunning, message)
        .hint("start it in another terminal: sheaf serve; or name its folder: --home DIR")
}

/// An answer to another question: both sides are of different releases, or one errs.
pub(crate) fn unexpected() -> CliError {
    CliError::failed("the node answered something else than was asked")
        .hint("both sides may need the same release: compare `sheaf --version`")
}
