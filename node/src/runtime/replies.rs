//! Replies: what the service decided, read from the store and written to the stream.

use super::guests::Pace;
use super::items::{items, large};
use super::places::{counts, place};
use super::{Context, blocking, proofs, review};
use crate::doctor::little_room;
use crate::limits::{FRAME_TIMEOUT, ITEMS_PER_READ};
use crate::net::Stream;
use crate::net::framing::{FrameError, write_frame};
use crate::service::{CommunityHead, Reply};
use crate::store::{EntryRow, Holding, Slot, Store, StoreError};
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::community::Status;
use sheaf_protocol::exchange::{
    LogLine, Logged, MemberReply, NodeStatus, PullReply, Refusal, RefusalCode, Salted, StatusLine,
    StewardReply,
};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::log::{self, ProofError};
use sheaf_protocol::statement::{Cause, Kind};
use std::sync::Arc;
use std::time::Instant;
use tokio::io::AsyncWriteExt as _;

/// Why a reply did not arrive.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReplyError {
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The same for all that were asked for at once.
    #[error("{0}")]
    Batch(String),
    #[error("large blob: {0}")]
    Large(String),
    #[error("others come first")]
    Busy,
    #[error("the node is shutting down")]
    Ending,
}

/// Makes and writes a reply. A failing store is told to the asker as such.
pub(super) async fn write(
    context: &Arc<Context>,
    mut stream: Stream,
    reply: Reply,
    asker: (&PublicKey, Pace),
) -> Result<(), ReplyError> {
    match reply {
        Reply::Items { slot, indices, parts, access } => {
            items(context, &mut stream, slot, indices, parts, &access, asker).await?;
        }
        Reply::Large { slot, request, access } => {
            return large(context, stream, slot, &request, &access).await;
        }
        Reply::Review { slot, control } => {
            review::review(context, &mut stream, slot, control).await?;
        }
        Reply::Logged { slot, index, already, steward: by_steward } => {
            let logged = proofs::logged(context, slot, index, already).await;
            send(&mut stream, &logged_frame(logged, by_steward)).await?;
        }
        reply => {
            let (store, started) = (context.store.clone(), Instant::now());
            let frame = blocking(move || first_frame(&store, reply)).await;
            let frame = frame.ok_or(ReplyError::Ending)?;
            context.guests.spend_sending(asker.1, started.elapsed(), frame.len());
            send(&mut stream, &frame).await?;
        }
    }
    stream.shutdown().await.map_err(|e| ReplyError::Frame(e.into()))
}

pub(super) async fn send(stream: &mut Stream, frame: &[u8]) -> Result<(), FrameError> {
    write_frame(stream, frame, FRAME_TIMEOUT).await
}

pub(super) fn internal(error: impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a reply could not be made");
    Refusal::new(RefusalCode::Internal, "the node failed; its log says how")
}

fn pull(result: Result<PullReply, ReplyError>) -> Vec<u8> {
    cbor::to_vec(&result.unwrap_or_else(|e| PullReply::Refused { refusal: internal(e) }))
}

fn member(result: Result<MemberReply, ReplyError>) -> Vec<u8> {
    cbor::to_vec(&result.unwrap_or_else(|e| MemberReply::Refused { refusal: internal(e) }))
}

fn steward(result: Result<StewardReply, ReplyError>) -> Vec<u8> {
    cbor::to_vec(&result.unwrap_or_else(|e| StewardReply::Refused { refusal: internal(e) }))
}

fn logged_frame(logged: Result<Logged, ReplyError>, by_steward: bool) -> Vec<u8> {
    match by_steward {
        true => steward(logged.map(|logged| StewardReply::Logged { logged })),
        false => member(logged.map(|logged| MemberReply::Logged { logged })),
    }
}

pub(super) fn first_frame(store: &Store, reply: Reply) -> Vec<u8> {
    match reply {
        Reply::Pull(reply) => cbor::to_vec(&reply),
        Reply::Member(reply) => cbor::to_vec(&reply),
        Reply::Steward(reply) => cbor::to_vec(&reply),
        Reply::Entries { slot, from, max, size } => pull(entries(store, slot, from, max, size)),
        Reply::Counts(slot) => pull(counts(store, slot).map(|counts| PullReply::Counts { counts })),
        Reply::Community { slot, community } => member(community_of(store, slot, *community)),
        Reply::Where { slot, controls, register } => member(
            controls
                .into_iter()
                .map(|control| place(store, slot, control, &register))
                .collect::<Result<_, _>>()
                .map(|places| MemberReply::Where { places }),
        ),
        Reply::Scan { slot, controls } => member(scan(store, slot, &controls)),
        Reply::Log { slot, from, max, checkpoint } => steward(
            log_lines(store, slot, from, max).map(|lines| StewardReply::Log { lines, checkpoint }),
        ),
        Reply::Status { status, slots } => {
            cbor::to_vec(&StewardReply::Status { status: status_of(store, *status, &slots) })
        }
        Reply::Waiting { slot, after, max, total } => {
            steward(review::waiting(store, slot, after, max, total))
        }
        Reply::Found(communities) => cbor::to_vec(&StewardReply::Found { communities }),
        Reply::Logged { slot, index, already, steward: by_steward } => {
            logged_frame(proofs::logged_now(store, slot, index, already), by_steward)
        }
        // The first are written by `write`, frame by frame; the last is never written.
        Reply::Items { .. } | Reply::Large { .. } | Reply::Review { .. } | Reply::Standing(..) => {
            Vec::new()
        }
    }
}

fn entries(
    store: &Store,
    slot: Slot,
    from: u64,
    max: u64,
    size: u64,
) -> Result<PullReply, ReplyError> {
    let rows = store.entries(slot, from, usize::try_from(max).unwrap_or(usize::MAX))?;
    let upto = from + rows.len() as u64;
    let consistency = match upto == size || rows.is_empty() {
        true => Vec::new(),
        false => log::consistency(upto, size, &mut |id| store.node_hash(slot, id).ok().flatten())?,
    };
    let entries = rows.iter().map(|row| Bytes(row.entry.to_bytes())).collect();
    Ok(PullReply::Entries { entries, consistency })
}

fn salted(store: &Store, slot: Slot, index: u64) -> Result<Option<Salted>, StoreError> {
    let held = store.statement(slot, index)?;
    Ok(held.map(|h| Salted { salt: h.salt, statement: Bytes(h.bytes) }))
}

fn community_of(store: &Store, slot: Slot, head: CommunityHead) -> Result<MemberReply, ReplyError> {
    let CommunityHead { mut community, charter_index } = head;
    let charter = salted(store, slot, charter_index)?;
    let policy = salted(store, slot, community.policy.index)?;
    if let (Some(charter), Some(policy)) = (charter, policy) {
        community.charter = charter;
        community.policy_statement = policy;
    }
    Ok(MemberReply::Community { community })
}

fn scan(store: &Store, slot: Slot, controls: &[PublicKey]) -> Result<MemberReply, ReplyError> {
    let used = controls.iter().map(|control| {
        let logged = store.index_of_control(slot, control)?.is_some();
        Ok(logged || store.pending(slot, control)?.is_some())
    });
    Ok(MemberReply::Scan { used: used.collect::<Result<_, StoreError>>()? })
}

fn log_lines(store: &Store, slot: Slot, from: u64, max: u64) -> Result<Vec<LogLine>, ReplyError> {
    let max = usize::try_from(max).unwrap_or(usize::MAX).min(LINES_TOLD_MAX);
    let rows = store.entries(slot, from, max)?;
    Ok((from..)
        .zip(rows)
        .map(|(index, row)| LogLine {
            index,
            state: line_state(&row),
            entry: Bytes(row.entry.to_bytes()),
        })
        .collect())
}

/// Log entries told in one answer.
const LINES_TOLD_MAX: usize = 512;

fn line_state(row: &EntryRow) -> String {
    match &row.status {
        Status::Live => "live".into(),
        Status::Void(reason) => format!("void: {reason}"),
        Status::Hole(cause) => match cause {
            Cause::Withdrawn => "hole: withdrawn".into(),
            Cause::Due => "hole: past its due day".into(),
            Cause::TakenDown => "hole: taken down".into(),
        },
        Status::Missing => "not held here".into(),
    }
}

/// Counts each community's chats; one whose rows do not read is told on its own line.
fn status_of(store: &Store, mut status: NodeStatus, slots: &[Slot]) -> NodeStatus {
    let dir = store.dir();
    let room = little_room(dir).map(|what| format!("{}: {what}", dir.display()));
    for (line, slot) in status.communities.iter_mut().zip(slots) {
        line.attention.extend(room.clone());
        if let Err(error) = count_chats(store, *slot, line) {
            line.attention.push(format!(
                "not all of it reads: {error}; stop the node and run sheaf doctor, which says what \
                 to do"
            ));
        }
    }
    status
}

fn count_chats(store: &Store, slot: Slot, line: &mut StatusLine) -> Result<(), StoreError> {
    let mut from = 0;
    loop {
        let rows = store.entries(slot, from, ITEMS_PER_READ)?;
        if rows.is_empty() {
            return Ok(());
        }
        from += rows.len() as u64;
        rows.iter().for_each(|row| count_row(row, line));
    }
}

fn count_row(row: &EntryRow, line: &mut StatusLine) {
    let chat = row.entry.kind == Kind::MANIFEST.0;
    match (&row.status, chat) {
        (Status::Live | Status::Missing, true) if row.holding == Holding::Wanted => {
            line.wanted += 1;
        }
        (Status::Live, true) => line.live += 1,
        (Status::Void(_), _) => line.void += 1,
        (Status::Hole(Cause::Withdrawn), _) => line.withdrawn += 1,
        (Status::Hole(Cause::Due), _) => line.due += 1,
        (Status::Hole(Cause::TakenDown), _) => line.taken_down += 1,
        _ => {}
    }
}
