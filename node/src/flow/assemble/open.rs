//! From a sealed blob to a row.

use super::fetch::Fetched;
use sheaf_protocol::chat::Chat;
use sheaf_protocol::dataset::{DedupeKey, LeftOutReason, Position, Row, row_leaf};
use sheaf_protocol::id::TreeHash;
use sheaf_protocol::seal::{ChatKey, Expected, Opener};
use sheaf_protocol::verify::{LiveChat, attribution};

/// A chat that was opened, or could not be.
#[derive(Debug)]
pub(super) enum Opened {
    Row(OpenedRow),
    LeftOut(LeftOutReason),
}

/// A row as if no other chat said the same.
#[derive(Debug)]
pub(super) struct OpenedRow {
    pub(super) line: String,
    pub(super) leaf: TreeHash,
    pub(super) key: DedupeKey,
}

/// Opens what was fetched, checks it against its manifest, and makes its row.
pub(super) fn open(
    opener: &mut Opener,
    position: Position,
    live: &LiveChat,
    fetched: Fetched,
) -> Opened {
    let (key, blob) = match fetched {
        Fetched::Chat { key, blob } => (key, blob),
        Fetched::LeftOut(reason) => return Opened::LeftOut(reason),
    };
    match open_chat(opener, &position, live, &key, &blob) {
        Some(chat) => Opened::Row(row(position, live, &key, chat)),
        None => Opened::LeftOut(LeftOutReason::Unreadable),
    }
}

fn open_chat(
    opener: &mut Opener,
    position: &Position,
    live: &LiveChat,
    key: &ChatKey,
    blob: &[u8],
) -> Option<Chat> {
    let manifest = &live.manifest;
    let expected = Expected {
        hash: Some(manifest.blob.hash),
        plain_bytes: manifest.blob.plain_bytes,
        commitment: manifest.commitment,
        check: manifest.check,
    };
    let plain = opener.open(key, &position.community, &live.signer, blob, &expected).ok()?;
    Chat::from_cbor(&plain).ok()
}

fn row(position: Position, live: &LiveChat, key: &ChatKey, chat: Chat) -> OpenedRow {
    let manifest = &live.manifest;
    let dedupe = DedupeKey::of(&chat);
    let row = Row {
        position,
        entry: live.entry,
        opening: key.opening(),
        terms: live.terms.clone(),
        attribution: attribution(&manifest.consent.attribution).map(str::to_owned),
        labels: manifest.labels.clone(),
        policy: live.policy,
        duplicates: Vec::new(),
        chat,
    };
    let line = row.to_line();
    OpenedRow { leaf: row_leaf(&line), line, key: dedupe }
}
