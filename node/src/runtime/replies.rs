//! Replies: what the service decided, read from the store and written to the stream.

use super::{Context, blocking};
use crate::limits::{FRAME_TIMEOUT, ITEMS_PER_READ};
use crate::net::Stream;
use crate::net::framing::{FrameError, write_frame};
use crate::service::{Access, CommunityHead, Reply};
use crate::store::{Blob, Contents, EntryRow, Holding, Slot, Store, StoreError};
use sheaf_protocol::cbor::{self, Bytes, Encode};
use sheaf_protocol::community::Status;
use sheaf_protocol::exchange::{
    ChatBlob, ChatState, Counted, Counts, Holder, HolderState, Item, ItemState, LargeRequest,
    LogLine, Logged, MemberReply, NodeStatus, Parts, Place, PullReply, Refusal, RefusalCode,
    Salted, Served, StewardReply,
};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::log::{self, ProofError};
use sheaf_protocol::statement::{Body, Cause, Kind, Role, SignedStatement};
use std::collections::BTreeMap;
use std::sync::Arc;
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
    #[error("large blob: {0}")]
    Large(String),
    #[error("the node is shutting down")]
    Ending,
}

/// Makes and writes a reply. A failing store is told to the asker as such.
pub(super) async fn write(
    context: &Arc<Context>,
    mut stream: Stream,
    reply: Reply,
) -> Result<(), ReplyError> {
    match reply {
        Reply::Items { slot, indices, parts, access } => {
            items(context, &mut stream, slot, indices, parts, &access).await?;
        }
        Reply::Large { slot, request, access } => {
            return large(context, stream, slot, &request, &access).await;
        }
        reply => {
            let store = context.store.clone();
            let frame = blocking(move || first_frame(&store, reply)).await;
            send(&mut stream, &frame.ok_or(ReplyError::Ending)?).await?;
        }
    }
    stream.shutdown().await.map_err(|e| ReplyError::Frame(e.into()))
}

async fn send(stream: &mut Stream, frame: &[u8]) -> Result<(), FrameError> {
    write_frame(stream, frame, FRAME_TIMEOUT).await
}

fn internal(error: impl std::fmt::Display) -> Refusal {
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

fn first_frame(store: &Store, reply: Reply) -> Vec<u8> {
    match reply {
        Reply::Pull(reply) => cbor::to_vec(&reply),
        Reply::Member(reply) => cbor::to_vec(&reply),
        Reply::Steward(reply) => cbor::to_vec(&reply),
        Reply::Entries { slot, from, max, size } => pull(entries(store, slot, from, max, size)),
        Reply::Counts(slot) => pull(counts(store, slot).map(|counts| PullReply::Counts { counts })),
        Reply::Community { slot, community } => member(community_of(store, slot, *community)),
        Reply::Logged { slot, index, already, steward: false } => {
            member(logged(store, slot, index, already).map(|logged| MemberReply::Logged { logged }))
        }
        Reply::Logged { slot, index, already, steward: true } => steward(
            logged(store, slot, index, already).map(|logged| StewardReply::Logged { logged }),
        ),
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
        Reply::Status { status, slots } => steward(status_of(store, *status, &slots)),
        Reply::Found(communities) => cbor::to_vec(&StewardReply::Found { communities }),
        // Written by `write`, frame by frame.
        Reply::Items { .. } | Reply::Large { .. } => Vec::new(),
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

fn logged(store: &Store, slot: Slot, index: u64, already: bool) -> Result<Logged, ReplyError> {
    let missing = || ReplyError::Large("an entry is not in the store".into());
    let head = store.head(slot)?.ok_or_else(missing)?;
    let row = store.entry(slot, index)?.ok_or_else(missing)?;
    let held = store.statement(slot, index)?.ok_or_else(missing)?;
    let inclusion =
        log::inclusion(head.size, index, &mut |id| store.node_hash(slot, id).ok().flatten())?;
    let entry = Bytes(row.entry.to_bytes());
    Ok(Logged { index, entry, salt: held.salt, checkpoint: head.checkpoint, inclusion, already })
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

fn place(
    store: &Store,
    slot: Slot,
    control: PublicKey,
    register: &[(PublicKey, Role, Option<String>, bool)],
) -> Result<Place, ReplyError> {
    let index = store.index_of_control(slot, &control)?;
    let row = index.map(|index| store.entry(slot, index)).transpose()?.flatten();
    let pending = store.pending(slot, &control)?.is_some();
    let explained = store.explanation(slot, &control)?;
    let state = state_of(row.as_ref(), pending, explained.map(|e| e.cause));
    let receipts = match index {
        Some(index) => store.receipts(slot, index)?,
        None => Vec::new(),
    };
    let at: BTreeMap<_, _> = receipts
        .iter()
        .filter_map(|r| Some((r.key, SignedStatement::verify(&r.statement).ok()?.content().at)))
        .collect();
    let gone = !matches!(
        state,
        ChatState::Live | ChatState::Pending | ChatState::Unknown | ChatState::Void
    );
    let holders = register
        .iter()
        .filter(|_| index.is_some())
        .map(|(key, role, name, connected)| Holder {
            key: *key,
            role: *role,
            name: name.clone(),
            state: match (gone, at.contains_key(key), connected) {
                (false, ..) => HolderState::Holds,
                (true, true, _) => HolderState::Erased,
                (true, false, true) => HolderState::Told,
                (true, false, false) => HolderState::Unreached,
            },
            since: at.get(key).copied(),
        })
        .collect();
    Ok(Place { control, state, index, holders })
}

fn state_of(row: Option<&EntryRow>, pending: bool, explained: Option<Cause>) -> ChatState {
    let Some(row) = row else {
        return match (pending, explained) {
            (_, Some(cause)) => gone_by(cause),
            (true, None) => ChatState::Pending,
            (false, None) => ChatState::Unknown,
        };
    };
    match (&row.status, explained) {
        (Status::Hole(cause), _) if row.holding == Holding::Gone => gone_by(*cause),
        (_, Some(cause)) if row.holding == Holding::Gone => gone_by(cause),
        (Status::Hole(_), _) | (_, Some(_)) => ChatState::Erasing,
        (Status::Void(_), None) => ChatState::Void,
        _ => ChatState::Live,
    }
}

fn gone_by(cause: Cause) -> ChatState {
    match cause {
        Cause::Withdrawn => ChatState::Withdrawn,
        Cause::Due => ChatState::Due,
        Cause::TakenDown => ChatState::TakenDown,
    }
}

fn counts(store: &Store, slot: Slot) -> Result<Counts, ReplyError> {
    let (mut chats, mut licences, mut languages) = (0, BTreeMap::new(), BTreeMap::new());
    each_live_manifest(store, slot, &mut |statement| {
        let Body::Manifest(manifest) = &statement.content().body else { return };
        chats += 1;
        *licences.entry(manifest.consent.licence.clone()).or_insert(0) += 1;
        for language in &manifest.labels.languages {
            *languages.entry(language.clone()).or_insert(0) += 1;
        }
    })?;
    let list = |map: BTreeMap<String, u64>| {
        map.into_iter()
            .take(LABELS_TOLD_MAX)
            .map(|(label, chats)| Counted { label, chats })
            .collect()
    };
    Ok(Counts { chats, licences: list(licences), languages: list(languages) })
}

/// Labels told in one answer, of each sort.
const LABELS_TOLD_MAX: usize = 256;

fn each_live_manifest(
    store: &Store,
    slot: Slot,
    each: &mut dyn FnMut(&SignedStatement),
) -> Result<(), StoreError> {
    let mut from = 0;
    loop {
        let rows = store.entries(slot, from, ITEMS_PER_READ)?;
        if rows.is_empty() {
            return Ok(());
        }
        for (index, row) in (from..).zip(&rows) {
            if row.entry.kind != Kind::MANIFEST.0 || !row.status.is_live() {
                continue;
            }
            let held = store.statement(slot, index)?;
            if let Some(statement) = held.and_then(|h| SignedStatement::verify(&h.bytes).ok()) {
                each(&statement);
            }
        }
        from += rows.len() as u64;
    }
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

fn status_of(
    store: &Store,
    mut status: NodeStatus,
    slots: &[Slot],
) -> Result<StewardReply, ReplyError> {
    for (line, slot) in status.communities.iter_mut().zip(slots) {
        let mut from = 0;
        loop {
            let rows = store.entries(*slot, from, ITEMS_PER_READ)?;
            if rows.is_empty() {
                break;
            }
            from += rows.len() as u64;
            for row in &rows {
                let chat = row.entry.kind == Kind::MANIFEST.0;
                match (&row.status, chat) {
                    (Status::Live, true) => line.live += 1,
                    (Status::Void(_), _) => line.void += 1,
                    (Status::Hole(Cause::Withdrawn), _) => line.withdrawn += 1,
                    (Status::Hole(Cause::Due), _) => line.due += 1,
                    (Status::Hole(Cause::TakenDown), _) => line.taken_down += 1,
                    (Status::Missing, true) if row.holding == Holding::Wanted => line.wanted += 1,
                    _ => {}
                }
            }
        }
    }
    Ok(StewardReply::Status { status })
}

async fn items(
    context: &Arc<Context>,
    stream: &mut Stream,
    slot: Slot,
    indices: Vec<u64>,
    parts: Parts,
    access: &Access,
) -> Result<(), ReplyError> {
    let count = indices.len() as u64;
    send(stream, &cbor::to_vec(&PullReply::Items { count })).await?;
    for chunk in indices.chunks(ITEMS_PER_READ) {
        let (store, chunk, access) = (context.store.clone(), chunk.to_vec(), access.clone());
        let frames = blocking(move || framed_items(&store, slot, &chunk, parts, &access))
            .await
            .ok_or(ReplyError::Ending)??;
        let written = tokio::time::timeout(FRAME_TIMEOUT, stream.write_all(&frames)).await;
        written.map_err(|_| FrameError::Timeout(FRAME_TIMEOUT))?.map_err(FrameError::from)?;
    }
    stream.flush().await.map_err(|e| ReplyError::Frame(e.into()))
}

/// Items as frames, one after the other.
fn framed_items(
    store: &Store,
    slot: Slot,
    indices: &[u64],
    parts: Parts,
    access: &Access,
) -> Result<Vec<u8>, StoreError> {
    let contents = store.contents(slot, indices)?;
    let mut frames = Vec::new();
    for (index, contents) in indices.iter().zip(contents) {
        let state = match store.entry(slot, *index)? {
            Some(row) => item_state(store, slot, &row, contents, parts, access)?,
            None => ItemState::Missing,
        };
        frame(&mut frames, &Item { index: *index, state });
    }
    Ok(frames)
}

fn frame(frames: &mut Vec<u8>, value: &impl Encode) {
    let bytes = cbor::to_vec(value);
    // An item is at most ITEM_BYTES_MAX, so its length fits in 32 bits.
    frames.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    frames.extend_from_slice(&bytes);
}

fn item_state(
    store: &Store,
    slot: Slot,
    row: &EntryRow,
    contents: Contents,
    parts: Parts,
    access: &Access,
) -> Result<ItemState, StoreError> {
    if let Some(control) = &row.entry.control
        && let Some(explained) = store.explanation(slot, control)?
    {
        return Ok(ItemState::Gone { explanation: Bytes(explained.explanation) });
    }
    let Some(held) = contents.statement else { return Ok(ItemState::Missing) };
    let salted = Salted { salt: held.salt, statement: Bytes(held.bytes) };
    if !Kind(row.entry.kind).may_become_hole() {
        return Ok(ItemState::Here { salted, chat: None });
    }
    if let Some(refusal) = refused(&salted, access) {
        return Ok(ItemState::Denied { refusal });
    }
    if parts == Parts::Statements || row.entry.kind != Kind::MANIFEST.0 || !row.status.is_live() {
        return Ok(ItemState::Here { salted, chat: None });
    }
    if let Err(refusal) = &access.keys {
        return Ok(ItemState::Denied { refusal: refusal.clone() });
    }
    let (Some(key), Some(blob)) = (contents.key, contents.blob) else {
        return Ok(ItemState::Missing);
    };
    let blob = match blob {
        Blob::Small(bytes) => ChatBlob::Small { bytes: Bytes(bytes) },
        Blob::Large(hash) => ChatBlob::Large { hash, sealed_bytes: sealed_bytes(&salted) },
    };
    Ok(ItemState::Here { salted, chat: Some(Served { key: *key.to_bytes(), blob }) })
}

fn sealed_bytes(salted: &Salted) -> u64 {
    match SignedStatement::verify(&salted.statement.0) {
        Ok(statement) => match &statement.content().body {
            Body::Manifest(manifest) => manifest.blob.sealed_bytes,
            _ => 0,
        },
        Err(_) => 0,
    }
}

/// What may have to be erased goes only to keys that accepted its policy, or a later one.
fn refused(salted: &Salted, access: &Access) -> Option<Refusal> {
    let no = |text| Some(Refusal::new(RefusalCode::NoAcceptance, text));
    let Some(accepted) = access.accepted else {
        return no("accept the community's policy first (sheaf follow, or sheaf dataset build)");
    };
    let under = policy_index(&salted.statement.0)?;
    match under <= accepted {
        true => None,
        false => no("the community has a newer policy: look at it and accept it (sheaf follow)"),
    }
}

/// The policy that a stored statement was made under; nothing is verified again.
fn policy_index(statement: &[u8]) -> Option<u64> {
    let statement = SignedStatement::verify(statement).ok()?;
    statement.content().policy.map(|policy| policy.index)
}

/// Answers one request for a large blob and streams it, verified at the other end.
async fn large(
    context: &Arc<Context>,
    mut stream: Stream,
    slot: Slot,
    request: &LargeRequest,
    access: &Access,
) -> Result<(), ReplyError> {
    let (store, request, access) = (context.store.clone(), request.clone(), access.clone());
    let found = blocking(move || large_of(&store, slot, &request, &access)).await;
    let hash = match found.ok_or(ReplyError::Ending)?? {
        Ok(hash) => hash,
        Err(refusal) => {
            send(&mut stream, &cbor::to_vec(&PullReply::Refused { refusal })).await?;
            return stream.shutdown().await.map_err(|e| ReplyError::Frame(e.into()));
        }
    };
    send(&mut stream, &cbor::to_vec(&PullReply::Done)).await?;
    let (reader, writer) = tokio::io::split(stream);
    context.large.serve(&hash, reader, writer).await.map_err(|e| ReplyError::Large(e.to_string()))
}

fn large_of(
    store: &Store,
    slot: Slot,
    request: &LargeRequest,
    access: &Access,
) -> Result<Result<sheaf_protocol::id::BlobHash, Refusal>, StoreError> {
    let unknown =
        || Err(Refusal::new(RefusalCode::Unknown, "there is no large blob at that entry"));
    let Some(row) = store.entry(slot, request.index)? else { return Ok(unknown()) };
    if row.entry.commitment != request.commitment {
        return Ok(unknown());
    }
    let mut contents = store.contents(slot, &[request.index])?;
    let Some(contents) = contents.pop() else { return Ok(unknown()) };
    match item_state(store, slot, &row, contents, Parts::Chats, access)? {
        ItemState::Here {
            chat: Some(Served { blob: ChatBlob::Large { hash, .. }, .. }), ..
        } => Ok(Ok(hash)),
        ItemState::Denied { refusal } => Ok(Err(refusal)),
        ItemState::Gone { .. } => {
            Ok(Err(Refusal::new(RefusalCode::Gone, "this chat was taken back")))
        }
        _ => Ok(unknown()),
    }
}
