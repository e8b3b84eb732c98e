use super::empty_root;
use super::note::{COSIGNATURE, ED25519, Note, NoteError, NoteSignature, from_base64, is_key_name};
use crate::id::{CommunityId, PublicKey, TreeHash};
use crate::limits::{CHECKPOINT_BYTES_MAX, CHECKPOINT_SIGNATURES_MAX, LOG_ENTRIES_MAX};
use crate::sign::{SecretKey, Signature};
use crate::time::Time;
use data_encoding::BASE64;

/// A schema-less URL under a name that can belong to nobody (RFC 6761 §6.4).
const ORIGIN: &str = "sheaf.invalid/log/";
const DID_KEY: &str = "did:key:";

/// The head of a log: how many entries it has and the root over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The owner of the log.
    pub community: CommunityId,
    /// Which of the owner's logs; only the root key opens a new one.
    pub epoch: u64,
    /// Number of entries, at most [`LOG_ENTRIES_MAX`].
    pub size: u64,
    /// Root of the tree over the leaf hashes of the entries.
    pub root: TreeHash,
}

/// Why a text is not a checkpoint of Sheaf.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseCheckpointError {
    /// Not a signed note.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Not exactly three lines: origin, size, root. Extension lines are refused.
    #[error("a checkpoint has three lines, this has {0}")]
    Lines(usize),
    /// The first line does not name a log.
    #[error("the origin is not {ORIGIN}z6Mk…/epoch")]
    Origin,
    /// Not a decimal number without leading zeros, or more than [`LOG_ENTRIES_MAX`].
    #[error("the size is not a decimal number up to {LOG_ENTRIES_MAX}")]
    Size,
    /// Not the base64 of 32 bytes, or not the empty root at size 0.
    #[error("the root is not the base64 of a hash that this size can have")]
    Root,
}

/// Why a checkpoint cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a checkpoint.
    #[error(transparent)]
    Parse(#[from] ParseCheckpointError),
    /// A checkpoint of another community or epoch.
    #[error("the checkpoint is of the log {found}, not of {expected}")]
    OtherLog {
        /// The origin asked for.
        expected: String,
        /// The origin found.
        found: String,
    },
    /// Not exactly one signature of the log key.
    #[error("expected one signature of the log key, found {0}")]
    SignatureCount(usize),
    /// The signature of the log key does not verify.
    #[error("the signature of the log key does not verify")]
    Signature,
    /// The cosignature of the log key itself is missing or bad.
    #[error("the log's cosignature of itself: {0}")]
    SelfCosignature(CosignatureError),
}

/// Why a cosignature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureError {
    /// Not exactly one of this name and key.
    #[error("expected one cosignature of this key, found {0}")]
    Count(usize),
    /// Not 8 bytes of time and 64 of signature.
    #[error("a cosignature has 72 bytes, this has {0}")]
    Length(usize),
    /// A time beyond the year 9999.
    #[error("a cosignature's time of {0} seconds is out of range")]
    Time(u64),
    /// The signature does not verify.
    #[error("the cosignature does not verify")]
    Signature,
}

/// Why a checkpoint could not be cosigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CosignError {
    /// Not a key name, or the log's own.
    #[error("not a name that a cosigner can have")]
    Name,
    /// [`CHECKPOINT_SIGNATURES_MAX`] or [`CHECKPOINT_BYTES_MAX`] is reached.
    #[error("the checkpoint can carry no more signatures")]
    Full,
}

impl Checkpoint {
    /// The first line, which names the log; also the log key's name in signature lines.
    pub fn origin(&self) -> String {
        origin(&self.community, self.epoch)
    }

    /// The text that is signed: three lines.
    fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin(), self.size, BASE64.encode(&self.root.0))
    }

    fn parse(body: &str) -> Result<Self, ParseCheckpointError> {
        let lines: Vec<_> = body.strip_suffix('\n').unwrap_or(body).split('\n').collect();
        let [origin, size, root] = lines[..] else {
            return Err(ParseCheckpointError::Lines(lines.len()));
        };
        let (community, epoch) = parse_origin(origin).ok_or(ParseCheckpointError::Origin)?;
        let size = decimal(size).filter(|size| *size <= LOG_ENTRIES_MAX);
        let size = size.ok_or(ParseCheckpointError::Size)?;
        let root = from_base64(root).and_then(|bytes| bytes.try_into().ok());
        let root = root.map(TreeHash).filter(|root| size > 0 || *root == empty_root());
        Ok(Self { community, epoch, size, root: root.ok_or(ParseCheckpointError::Root)? })
    }
}

fn origin(community: &CommunityId, epoch: u64) -> String {
    let did = community.to_string();
    format!("{ORIGIN}{}/{epoch}", did.strip_prefix(DID_KEY).unwrap_or(&did))
}

fn parse_origin(line: &str) -> Option<(CommunityId, u64)> {
    let (key, epoch) = line.strip_prefix(ORIGIN)?.split_once('/')?;
    Some((format!("{DID_KEY}{key}").parse().ok()?, decimal(epoch)?))
}

/// A number in its one decimal form.
fn decimal(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().filter(|number| number.to_string() == text)
}

/// A checkpoint as somebody sent it: what it claims, without any trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnverifiedCheckpoint {
    claimed: Checkpoint,
    note: Note,
}

impl UnverifiedCheckpoint {
    /// Reads a checkpoint without checking who signed it.
    ///
    /// # Errors
    /// [`ParseCheckpointError`].
    pub fn parse(text: &str) -> Result<Self, ParseCheckpointError> {
        let note = Note::parse(text)?;
        Ok(Self { claimed: Checkpoint::parse(&note.body)?, note })
    }

    /// What the text says; nobody may have signed it.
    pub fn claimed(&self) -> &Checkpoint {
        &self.claimed
    }

    /// The signed note it was read from.
    pub fn text(&self) -> String {
        self.note.to_text()
    }

    /// Checks that it is the log `community`/`epoch`'s and that `log_key` signed and cosigned it.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn verify(
        self,
        community: &CommunityId,
        epoch: u64,
        log_key: &PublicKey,
    ) -> Result<SignedCheckpoint, CheckpointError> {
        let (expected, found) = (origin(community, epoch), self.claimed.origin());
        if expected != found {
            return Err(CheckpointError::OtherLog { expected, found });
        }
        verify_signature(&self.note, &found, log_key)?;
        let cosigned_at = verify_cosignature(&self.note, &found, log_key)
            .map_err(CheckpointError::SelfCosignature)?;
        let Self { claimed: checkpoint, note } = self;
        Ok(SignedCheckpoint { checkpoint, note, log_key: *log_key, cosigned_at })
    }
}

/// A checkpoint that its log's key signed, and cosigned with a time. Only signing and verifying
/// make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
    log_key: PublicKey,
    cosigned_at: Time,
}

impl SignedCheckpoint {
    /// Signs `checkpoint` and cosigns it as of `at` (whole seconds). To renew the time, sign the
    /// same checkpoint again.
    pub fn sign(checkpoint: Checkpoint, log_key: &SecretKey, at: Time) -> Self {
        let (name, body) = (checkpoint.origin(), checkpoint.body());
        let signature = log_key.sign(body.as_bytes()).0.to_vec();
        let signatures = vec![
            NoteSignature::new(&name, ED25519, &log_key.public(), signature),
            cosignature(&name, &body, log_key, at),
        ];
        let note = Note { body, signatures };
        Self { checkpoint, note, log_key: log_key.public(), cosigned_at: whole_secs(at) }
    }

    /// Reads and verifies; see [`UnverifiedCheckpoint::verify`].
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn verify(
        text: &str,
        community: &CommunityId,
        epoch: u64,
        log_key: &PublicKey,
    ) -> Result<Self, CheckpointError> {
        UnverifiedCheckpoint::parse(text)?.verify(community, epoch, log_key)
    }

    /// What was signed.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The signed note, with every signature line it has: what is stored and sent.
    pub fn text(&self) -> String {
        self.note.to_text()
    }

    /// Whether `note` is this very note, each signature line included: then it is verified.
    pub fn is_note(&self, note: &UnverifiedCheckpoint) -> bool {
        self.note == note.note
    }

    /// The key that signed it.
    pub fn log_key(&self) -> PublicKey {
        self.log_key
    }

    /// The log key's own word when this was its head; whole seconds.
    pub fn cosigned_at(&self) -> Time {
        self.cosigned_at
    }

    /// Adds a cosigner's line, in place of an earlier one of the same name and key. The cosigner
    /// thereby states that it verified consistency with every head of this log it saw before.
    ///
    /// # Errors
    /// [`CosignError`].
    pub fn cosign(&self, name: &str, key: &SecretKey, at: Time) -> Result<Self, CosignError> {
        if !is_key_name(name) || name == self.checkpoint.origin() {
            return Err(CosignError::Name);
        }
        let line = cosignature(name, &self.note.body, key, at);
        let mut signed = self.clone();
        let lines = &mut signed.note.signatures;
        lines.retain(|old| (&old.name, old.key_id) != (&line.name, line.key_id));
        lines.push(line);
        let fits = lines.len() <= CHECKPOINT_SIGNATURES_MAX;
        let fits = fits && signed.text().len() <= CHECKPOINT_BYTES_MAX;
        fits.then_some(signed).ok_or(CosignError::Full)
    }

    /// When the cosigner `name` with `key` cosigned this.
    ///
    /// # Errors
    /// [`CosignatureError`]; `Count(0)` if it did not.
    pub fn verify_cosignature(
        &self,
        name: &str,
        key: &PublicKey,
    ) -> Result<Time, CosignatureError> {
        verify_cosignature(&self.note, name, key)
    }
}

fn verify_signature(note: &Note, name: &str, key: &PublicKey) -> Result<(), CheckpointError> {
    let lines: Vec<_> = note.by(name, ED25519, key).collect();
    let [line] = lines[..] else { return Err(CheckpointError::SignatureCount(lines.len())) };
    let bytes = line.bytes.as_slice().try_into().map_err(|_| CheckpointError::Signature)?;
    key.verify(note.body.as_bytes(), &Signature(bytes)).map_err(|_| CheckpointError::Signature)
}

fn verify_cosignature(note: &Note, name: &str, key: &PublicKey) -> Result<Time, CosignatureError> {
    let lines: Vec<_> = note.by(name, COSIGNATURE, key).collect();
    let [line] = lines[..] else { return Err(CosignatureError::Count(lines.len())) };
    let length = CosignatureError::Length(line.bytes.len());
    let (secs, signature) = line.bytes.split_first_chunk().ok_or(length)?;
    let signature = Signature(signature.try_into().map_err(|_| length)?);
    let secs = u64::from_be_bytes(*secs);
    let at = secs.checked_mul(1000).and_then(Time::from_ms).ok_or(CosignatureError::Time(secs))?;
    key.verify(cosigned_message(&note.body, secs).as_bytes(), &signature)
        .map_err(|_| CosignatureError::Signature)?;
    Ok(at)
}

fn cosignature(name: &str, body: &str, key: &SecretKey, at: Time) -> NoteSignature {
    let signature = key.sign(cosigned_message(body, at.secs()).as_bytes());
    let bytes = [&at.secs().to_be_bytes()[..], &signature.0].concat();
    NoteSignature::new(name, COSIGNATURE, &key.public(), bytes)
}

/// The message of a `cosignature/v1`. Its first line keeps it apart from a checkpoint's body,
/// whose first line is an origin.
fn cosigned_message(body: &str, secs: u64) -> String {
    format!("cosignature/v1\ntime {secs}\n{body}")
}

fn whole_secs(at: Time) -> Time {
    Time::from_ms(at.secs() * 1000).unwrap_or(at)
}

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
