//! A steward looks at what waits for review: asked of the node, opened and checked here, so that
//! nobody has to be believed about what a member signed.

use crate::client::{CallError, Client, CommunityInfo};
use crate::runtime::check::open_chat;
use sheaf_protocol::chat::Chat;
use sheaf_protocol::exchange::{Findings, StewardReply, StewardRequest, WaitingChat};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::limits::WAITING_CHATS_MAX;
use sheaf_protocol::seal::ChatKey;
use sheaf_protocol::sign::SignedError;
use sheaf_protocol::statement::{Body, Manifest, SignedStatement};
use sheaf_protocol::time::Time;

/// A chat that waits, as its member signed and sealed it.
#[derive(Debug, Clone)]
pub struct Reviewed {
    /// The key that signed it.
    pub signer: PublicKey,
    /// When it was signed.
    pub signed: Time,
    /// What was signed.
    pub manifest: Manifest,
    /// The chat that the manifest commits to.
    pub chat: Chat,
    /// When the node received it.
    pub received: Time,
    /// What the node says that it found; attested.
    pub findings: Findings,
}

/// Why a chat that waits cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// No answer, or a refusal.
    #[error(transparent)]
    Call(#[from] CallError),
    /// What came as the manifest is not one.
    #[error("the node's answer is not to be believed: the manifest: {0}")]
    Manifest(#[from] SignedError),
    /// It is about another chat.
    #[error("the node's answer is not to be believed: it is about another chat than was asked for")]
    Other,
    /// The sealed bytes are not those that the manifest names.
    #[error("the node's answer is not to be believed: {0}")]
    Chat(String),
}

/// Every chat that waits, the oldest first.
///
/// # Errors
/// [`CallError`].
pub async fn waiting(client: &Client) -> Result<Vec<WaitingChat>, CallError> {
    let mut all = Vec::<WaitingChat>::new();
    loop {
        let after = all.last().map(|chat| chat.control);
        let request = StewardRequest::Waiting { after, max: WAITING_CHATS_MAX as u64 };
        let StewardReply::Waiting { chats, .. } = client.steward(&request).await? else {
            return Err(CallError::Unexpected);
        };
        // By control key, so that every answer leads on.
        let leads_on = chats.iter().map(|chat| Some(chat.control)).is_sorted()
            && chats.first().is_none_or(|chat| Some(chat.control) > after);
        if !leads_on {
            return Err(CallError::Unexpected);
        }
        if chats.is_empty() {
            break;
        }
        all.extend(chats);
    }
    all.sort_by_key(|chat| (chat.received, chat.control));
    Ok(all)
}

/// One of them, opened and checked against what its member signed.
///
/// # Errors
/// [`ReviewError`].
pub async fn look(
    client: &Client,
    info: &CommunityInfo,
    control: &PublicKey,
) -> Result<Reviewed, ReviewError> {
    let (told, sealed) = client.review(control).await?;
    let statement = SignedStatement::verify(&told.manifest.0)?;
    let content = statement.content();
    let Body::Manifest(manifest) = &content.body else { return Err(ReviewError::Other) };
    if content.community != info.id() || manifest.control != *control {
        return Err(ReviewError::Other);
    }
    let key = ChatKey::from_bytes(told.key);
    let opened = tokio::task::block_in_place(|| open_chat(&statement, &key, &sealed));
    let (_, chat) = opened.map_err(ReviewError::Chat)?;
    Ok(Reviewed {
        signer: statement.signer(),
        signed: content.at,
        manifest: manifest.clone(),
        chat,
        received: told.received,
        findings: told.findings,
    })
}
