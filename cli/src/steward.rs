//! A steward who signs for the community that this home's node is home of.

use crate::context::{Context, now};
use crate::error::{CliError, Kind};
use crate::node::{OwnNode, unexpected};
use crate::text::printable;
use sheaf_node::client::{AskError, Client, CommunityInfo};
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::exchange::{StewardReply, StewardRequest};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{
    Admission, Body, Kind as StatementKind, Membership, SignedStatement, Statement,
};

/// A steward, connected as such.
#[derive(Debug)]
pub(crate) struct Steward {
    pub(crate) key: SecretKey,
    pub(crate) info: CommunityInfo,
    pub(crate) addresses: Vec<String>,
    pub(crate) client: Client,
}

impl Steward {
    /// The steward of this home.
    ///
    /// # Errors
    /// [`Kind::NodeNotRunning`], or [`Kind::NotMember`] if this home holds no steward's seed.
    pub(crate) async fn of(cx: &Context) -> Result<Self, CliError> {
        let node = OwnNode::of(cx).await?;
        let id = node.community(None).await?.id();
        let key = node.home.seed()?.member_key(&id);
        let client = Client::connect(key.clone(), &node.addresses).await?;
        let info = client.community(Some(id)).await?;
        let addresses = node.addresses.clone();
        node.close().await;
        if !info.stewards().contains(&key.public()) {
            let name = printable(info.name());
            let message =
                format!("this home folder does not hold the keys of a steward of \"{name}\"");
            return Err(CliError::new(Kind::NotMember, message)
                .hint("run this in the home folder where the community was founded"));
        }
        Ok(Self { key, info, addresses, client })
    }

    /// Signs a statement and has it logged; gives its index, once the proof has been checked.
    ///
    /// # Errors
    /// What the node says, or [`Kind::NotVerified`].
    pub(crate) async fn log(&self, body: Body) -> Result<u64, CliError> {
        append(&self.client, &self.info, &self.key, body).await
    }

    /// Takes a chat down that waits for review, or is in the log.
    ///
    /// # Errors
    /// What the node says.
    pub(crate) async fn take_down(&self, takedown: Body) -> Result<(), CliError> {
        let signed = sign(&self.info, &self.key, takedown)?;
        match self.client.steward(&append_of(&signed)).await? {
            StewardReply::Done | StewardReply::Logged { .. } => Ok(()),
            _ => Err(unexpected()),
        }
    }

    /// Says goodbye.
    pub(crate) async fn close(self) {
        self.client.close().await;
    }
}

/// A change of membership that a steward signs.
pub(crate) fn membership(admission: Admission, member: PublicKey) -> Body {
    Body::Membership(Membership {
        admission,
        member,
        name: None,
        control: None,
        invitation: None,
        invitation_use: None,
    })
}

async fn append(
    client: &Client,
    info: &CommunityInfo,
    key: &SecretKey,
    body: Body,
) -> Result<u64, CliError> {
    let signed = sign(info, key, body)?;
    let StewardReply::Logged { logged } = client.steward(&append_of(&signed)).await? else {
        return Err(unexpected());
    };
    info.check_logged(&signed, &logged).map_err(AskError::Check)?;
    Ok(logged.index)
}

fn sign(info: &CommunityInfo, key: &SecretKey, body: Body) -> Result<SignedStatement, CliError> {
    let policy = (body.kind() != StatementKind::POLICY).then(|| info.policy_ref());
    let (community, epoch) = (info.id(), info.epoch());
    Ok(Signed::sign(Statement { community, epoch, policy, at: now()?, body }, key))
}

fn append_of(signed: &SignedStatement) -> StewardRequest {
    StewardRequest::Append { statement: Bytes(signed.bytes().to_vec()) }
}
