//! Where chats are, and how many there are: states and receipts from the store.

use super::jobs::reason_of;
use super::replies::ReplyError;
use crate::limits::ITEMS_PER_READ;
use crate::store::{EntryRow, Holding, Slot, Store, StoreError};
use sheaf_protocol::community::Status;
use sheaf_protocol::exchange::{ChatState, Counted, Counts, Holder, HolderState, Place};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::sign::read_unverified;
use sheaf_protocol::statement::{Body, Cause, Kind, Manifest, Role, SignedStatement, Statement};
use std::collections::BTreeMap;

/// Where the chat of one control key is.
pub(super) fn place(
    store: &Store,
    slot: Slot,
    control: PublicKey,
    register: &[(PublicKey, Role, Option<String>, bool)],
) -> Result<Place, ReplyError> {
    let index = store.index_of_control(slot, &control)?;
    let row = index.map(|index| store.entry(slot, index)).transpose()?.flatten();
    let pending = store.pending(slot, &control)?.is_some();
    let explained = store.explanation(slot, &control)?;
    let reason = explained.as_ref().and_then(reason_of);
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
        .map(|(key, role, name, told)| Holder {
            key: *key,
            role: *role,
            name: name.clone(),
            state: match (gone, at.contains_key(key), told) {
                (false, ..) => HolderState::Holds,
                (true, true, _) => HolderState::Erased,
                (true, false, true) => HolderState::Told,
                (true, false, false) => HolderState::Unreached,
            },
            since: at.get(key).copied(),
        })
        .collect();
    Ok(Place { control, state, index, holders, reason })
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

/// Live chats by licence and language.
pub(super) fn counts(store: &Store, slot: Slot) -> Result<Counts, ReplyError> {
    let (mut chats, mut licences, mut languages) = (0, BTreeMap::new(), BTreeMap::new());
    each_live_manifest(store, slot, &mut |manifest| {
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

/// They were verified before they were stored.
fn each_live_manifest(
    store: &Store,
    slot: Slot,
    each: &mut dyn FnMut(&Manifest),
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
            let held = held.and_then(|h| read_unverified::<Statement>(&h.bytes).ok());
            if let Some(Statement { body: Body::Manifest(manifest), .. }) = held {
                each(&manifest);
            }
        }
        from += rows.len() as u64;
    }
}
