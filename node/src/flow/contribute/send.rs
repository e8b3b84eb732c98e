use crate::{
    book::{BookError, CommunityBook, Record, State},
    client::{AskError, CallError, CheckError, Client, CommunityInfo},
    flow::slip::Slip,
};
use sheaf_protocol::{
    cbor::Bytes,
    exchange::{ChatState, Logged, MemberReply, Refusal, RefusalCode, Submission},
    id::StatementId,
    sign::SignedError,
    statement::SignedStatement,
};

/// What became of a chat that was sent.
#[derive(Debug)]
pub enum Sent {
    /// In the log; the slip is kept.
    Logged {
        /// Its index.
        index: u64,
        /// Whether it was there before: an earlier acknowledgement was lost.
        already: bool,
    },
    /// Held for review. Sending again asks how it stands.
    Pending {
        /// The statement's id.
        statement: StatementId,
    },
    /// Refused for good, and not at the node.
    Refused(Refusal),
    /// Refused now, but an earlier send had arrived: the node has the chat, and its acknowledgement
    /// is still missing. The bundle is kept.
    Arrived {
        /// How it stands there.
        state: ChatState,
        /// What the node said to the same bytes now.
        refusal: Refusal,
    },
    /// Not now: busy, or not able to sign. The bundle is kept.
    Later(Refusal),
    /// The same text is there already.
    Duplicate(Refusal),
    /// The policy is no longer the one that was shown: show this one, and ask again.
    PolicyChanged(Box<CommunityInfo>),
    /// The control key was used before: [`recover`](crate::flow::recover::recover), then sign
    /// again; the member has agreed to the same terms.
    ControlUsed,
}

/// Why it is not known what became of a chat. It is kept, and can be sent again.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The book failed.
    #[error(transparent)]
    Book(#[from] BookError),
    /// What the book keeps is not what was signed.
    #[error("the bundle kept for this chat is damaged: {0}")]
    Bundle(SignedError),
    /// The thread that was keeping the acknowledgement ended early.
    #[error("the acknowledgement was not kept: {0}")]
    Stopped(tokio::task::JoinError),
    /// No answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The node's acknowledgement does not hold.
    #[error("the node's acknowledgement is not to be believed: {0}")]
    Check(#[from] CheckError),
}

/// Sends a chat that the book keeps, for the first time or again: the bytes are the same. `record`
/// and the book then show what is known.
///
/// # Errors
/// [`SendError`].
pub async fn send(
    client: &Client,
    info: &CommunityInfo,
    book: &CommunityBook,
    record: &mut Record,
) -> Result<Sent, SendError> {
    let bundle = book.bundle(&record.id())?;
    let statement = SignedStatement::verify(&bundle.statement).map_err(SendError::Bundle)?;
    let key = bundle.key.as_ref().map(|key| *key.to_bytes()).unwrap_or_default();
    let submission = Submission { statement: Bytes(bundle.statement), key };
    match client.submit(submission, &bundle.blob).await {
        Ok(MemberReply::Logged { logged }) => {
            acknowledged(info, book, record, &statement, &logged).await
        }
        Ok(MemberReply::Pending { statement: id }) if id == statement.id() => {
            book.set_state(record, State::Pending)?;
            Ok(Sent::Pending { statement: id })
        }
        Ok(_) => Err(CallError::Unexpected.into()),
        Err(CallError::Refused(refusal)) => refused(client, info, book, record, refusal).await,
        Err(error) => Err(error.into()),
    }
}

async fn acknowledged(
    info: &CommunityInfo,
    book: &CommunityBook,
    record: &mut Record,
    statement: &SignedStatement,
    logged: &Logged,
) -> Result<Sent, SendError> {
    info.check_logged(statement, logged)?;
    let slip = Slip::new(info, statement, logged, record.shown.clone());
    let (kept, mut done) = (book.clone(), record.clone());
    let (index, slip) = (logged.index, slip.to_json());
    // In a thread of its own: the syncs of many chats under way at once share their wait.
    let keeping = move || kept.logged(&mut done, index, &slip).map(|()| done);
    *record = tokio::task::spawn_blocking(keeping).await.map_err(SendError::Stopped)??;
    Ok(Sent::Logged { index: logged.index, already: logged.already })
}

async fn refused(
    client: &Client,
    info: &CommunityInfo,
    book: &CommunityBook,
    record: &mut Record,
    refusal: Refusal,
) -> Result<Sent, SendError> {
    if is_passing(refusal.code) {
        return Ok(Sent::Later(refusal));
    }
    // All is asked before the bundle is dropped: if it fails, the same send may be tried again. A
    // chat that is at the node must never be forgotten here, or it could not be taken back.
    let state = client.places(info.id(), &[record.control]).await?.first().map(|p| p.state);
    match state {
        Some(state) if is_there(state) && refusal.code != RefusalCode::ControlUsed => {
            return Ok(Sent::Arrived { state, refusal });
        }
        _ => {}
    }
    let changed = match refusal.code {
        RefusalCode::PolicyChanged => Some(newest(client, info).await?),
        _ => None,
    };
    book.set_state(record, State::Refused { sentence: refusal.sentence.clone() })?;
    Ok(match (refusal.code, changed) {
        (_, Some(info)) => Sent::PolicyChanged(Box::new(info)),
        (RefusalCode::Duplicate, _) => Sent::Duplicate(refusal),
        (RefusalCode::ControlUsed, _) => Sent::ControlUsed,
        _ => Sent::Refused(refusal),
    })
}

/// Whether the same bytes may be accepted later.
fn is_passing(code: RefusalCode) -> bool {
    use RefusalCode::{Busy, Internal, ReadOnly, Stale};
    matches!(code, Busy | Internal | ReadOnly | Stale)
}

fn is_there(state: ChatState) -> bool {
    matches!(state, ChatState::Pending | ChatState::Live | ChatState::Void)
}

async fn newest(client: &Client, info: &CommunityInfo) -> Result<CommunityInfo, SendError> {
    client.community(Some(info.id())).await.map_err(|error| match error {
        AskError::Call(error) => error.into(),
        AskError::Check(error) => error.into(),
    })
}
