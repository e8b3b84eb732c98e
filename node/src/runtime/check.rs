//! Workers: signatures are verified and blobs opened here, before the service decides.

use super::{Context, blocking};
use crate::service::{Arrived, Heard, Received};
use crate::store::Blob;
use sheaf_protocol::cbor;
use sheaf_protocol::chat::Chat;
use sheaf_protocol::community::{Explanation, NotEvidence};
use sheaf_protocol::exchange::{Announcement, Item, ItemState, Salted, Served};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::limits::BLOB_BYTES_MAX;
use sheaf_protocol::log::{Entry, UnverifiedCheckpoint, commit};
use sheaf_protocol::seal::{ChatKey, Expected, Opener};
use sheaf_protocol::statement::{Body, Manifest, SignedStatement};
use std::cell::RefCell;

thread_local! {
    /// Kept from chat to chat: to make one costs as much as to open a small chat.
    static OPENER: RefCell<Opener> = RefCell::default();
}

/// Decodes gossip and verifies its statements.
pub(super) async fn gossip(context: &Context, data: Vec<u8>) -> Heard {
    let _permit = context.workers.acquire().await;
    blocking(move || heard(&data))
        .await
        .unwrap_or_else(|| Heard::Malformed("a check broke off".into()))
}

pub(crate) fn heard(data: &[u8]) -> Heard {
    let announcement = match cbor::from_slice::<Announcement>(data) {
        Ok(announcement) => announcement,
        Err(error) => return Heard::Malformed(error.to_string()),
    };
    let heard = match announcement {
        Announcement::Explanation { statement } => {
            SignedStatement::verify(&statement.0).map(Heard::Explanation).map_err(|e| e.to_string())
        }
        Announcement::Fork { proof } => Ok(Heard::Fork(proof.0)),
        Announcement::Head { checkpoint, first, entries, statements } => {
            let entries = entries.iter().map(|e| e.0.as_slice());
            head(checkpoint, first, entries, statements)
        }
    };
    heard.unwrap_or_else(Heard::Malformed)
}

fn head<'a>(
    text: String,
    first: u64,
    entries: impl Iterator<Item = &'a [u8]>,
    statements: Vec<(u64, Salted)>,
) -> Result<Heard, String> {
    let checkpoint = UnverifiedCheckpoint::parse(&text).map_err(|e| e.to_string())?;
    let mut statements = statements.into_iter().peekable();
    let mut carried = Vec::new();
    for (index, bytes) in (first..).zip(entries) {
        let entry = Entry::from_bytes(bytes).map_err(|e| format!("entry {index}: {e}"))?;
        let arrived = statements.next_if(|(at, _)| *at == index).map(|(_, salted)| salted);
        let arrived = arrived.map(|salted| arrive(&entry, salted)).transpose();
        carried.push((entry, arrived.map_err(|e| format!("entry {index}: {e}"))?));
    }
    Ok(Heard::Head { checkpoint, text, first, entries: carried })
}

/// Checks that a salted statement is the one that its entry commits to, and its signature.
fn arrive(entry: &Entry, salted: Salted) -> Result<Arrived, NotEvidence> {
    if commit(&salted.salt, &salted.statement.0) != entry.commitment {
        return Err(NotEvidence);
    }
    let statement = SignedStatement::verify(&salted.statement.0);
    Ok(Arrived { salted, statement })
}

/// Checks an item against its entry; a small blob is opened here, a large one was fetched before.
pub(crate) fn item(entry: &Entry, item: Item, large: Option<Vec<u8>>) -> Received {
    let index = item.index;
    let bad = |why: String| Received::Bad(format!("entry {index}: {why}"));
    match item.state {
        ItemState::Missing => Received::Missing,
        ItemState::Denied { refusal } => Received::Denied(refusal),
        ItemState::Gone { explanation } => match cbor::from_slice::<Explanation>(&explanation.0) {
            Ok(explanation) => Received::Gone(explanation),
            Err(error) => bad(error.to_string()),
        },
        ItemState::Here { salted, chat } => {
            let arrived = match arrive(entry, salted) {
                Ok(arrived) => arrived,
                Err(error) => return bad(error.to_string()),
            };
            match chat.map(|served| open_served(&arrived, served, large)).transpose() {
                Ok(chat) => Received::Here { arrived, chat },
                Err(why) => bad(why),
            }
        }
    }
}

fn open_served(
    arrived: &Arrived,
    served: Served,
    large: Option<Vec<u8>>,
) -> Result<(ChatKey, Blob), String> {
    let statement = arrived.statement.as_ref().map_err(ToString::to_string)?;
    let key = ChatKey::from_bytes(served.key);
    let (bytes, blob) = match (served.blob, large) {
        (sheaf_protocol::exchange::ChatBlob::Small { bytes }, _) => (None, Blob::Small(bytes.0)),
        (sheaf_protocol::exchange::ChatBlob::Large { hash, .. }, Some(bytes)) => {
            (Some(bytes), Blob::Large(hash))
        }
        (_, None) => return Err("its large blob did not come".into()),
    };
    let sealed = match (&bytes, &blob) {
        (Some(bytes), _) => bytes,
        (None, Blob::Small(bytes)) => bytes,
        (None, Blob::Large(_)) => return Err("its large blob did not come".into()),
    };
    open_chat(statement, &key, sealed)?;
    Ok((key, blob))
}

/// Opens a sealed chat and checks all that its manifest says of it. Answers with the plaintext, and
/// the chat that it is.
pub(crate) fn open_chat(
    statement: &SignedStatement,
    key: &ChatKey,
    sealed: &[u8],
) -> Result<(Vec<u8>, Chat), String> {
    let manifest = manifest_of(statement).ok_or("this is not a manifest")?;
    if manifest.blob.sealed_bytes != sealed.len() as u64 || sealed.len() > BLOB_BYTES_MAX {
        return Err(format!(
            "the manifest names {} sealed bytes, {} came",
            manifest.blob.sealed_bytes,
            sealed.len()
        ));
    }
    let expected = Expected {
        hash: Some(manifest.blob.hash),
        plain_bytes: manifest.blob.plain_bytes,
        commitment: manifest.commitment,
        check: manifest.check,
    };
    let community = statement.content().community;
    let signer = statement.signer();
    let plain = OPENER
        .with_borrow_mut(|opener| opener.open(key, &community, &signer, sealed, &expected))
        .map_err(|e| e.to_string())?;
    let chat =
        Chat::from_cbor(&plain).map_err(|e| format!("the chat is not in normal form: {e}"))?;
    Ok((plain, chat))
}

pub(super) fn manifest_of(statement: &SignedStatement) -> Option<&Manifest> {
    match &statement.content().body {
        Body::Manifest(manifest) => Some(manifest),
        _ => None,
    }
}

/// Finds a text that the same member gave before, without saying to anybody else what it was.
pub(crate) fn fingerprint(key: &[u8; 32], member: &PublicKey, plain: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(&member.0).update(plain);
    *hasher.finalize().as_bytes()
}
