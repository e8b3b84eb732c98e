//! Signed notes (C2SP `signed-note`): text, a blank line, and signature lines.

use crate::id::PublicKey;
use crate::limits::{CHECKPOINT_BYTES_MAX, CHECKPOINT_SIGNATURES_MAX};
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

/// Ed25519 over the note's text.
pub(super) const ED25519: u8 = 0x01;
/// A timestamped Ed25519 cosignature (C2SP `tlog-cosignature` v1).
pub(super) const COSIGNATURE: u8 = 0x04;

const KEY_ID_LEN: usize = 4;
const LINE_START: &str = "\u{2014} ";

/// Why a text is not a signed note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than [`CHECKPOINT_BYTES_MAX`].
    #[error("{0} bytes are more than a signed checkpoint may have ({CHECKPOINT_BYTES_MAX})")]
    TooLong(usize),
    /// A control character other than newline.
    #[error("a control character at byte {0}")]
    Control(usize),
    /// No blank line between text and signatures.
    #[error("no blank line between text and signatures")]
    NoBlankLine,
    /// The last line has no newline.
    #[error("the last line does not end")]
    Unfinished,
    /// More lines than [`CHECKPOINT_SIGNATURES_MAX`].
    #[error("{0} signatures are more than a checkpoint may have ({CHECKPOINT_SIGNATURES_MAX})")]
    TooMany(usize),
    /// A signature line, counted from 1, that is not "— name base64".
    #[error("signature line {0} is not \"— name base64\"")]
    Line(usize),
    /// The base64 of a signature line is not in its one form, or too short for a key id.
    #[error("the base64 of signature line {0} is malformed")]
    Base64(usize),
}

/// A note as it was read; nothing about its signatures has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    /// The signed text, ending in a newline.
    pub(super) body: String,
    /// At least one, in the order of the lines.
    pub(super) signatures: Vec<NoteSignature>,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoteSignature {
    pub(super) name: String,
    pub(super) key_id: [u8; KEY_ID_LEN],
    /// What follows the key id; its meaning depends on the type that the id was made with.
    pub(super) bytes: Vec<u8>,
}

impl Note {
    pub(super) fn parse(text: &str) -> Result<Self, NoteError> {
        if text.len() > CHECKPOINT_BYTES_MAX {
            return Err(NoteError::TooLong(text.len()));
        }
        if let Some(at) = text.bytes().position(|b| b < 0x20 && b != b'\n') {
            return Err(NoteError::Control(at));
        }
        // The last blank line divides: the text itself may hold others.
        let blank = text.rfind("\n\n").ok_or(NoteError::NoBlankLine)?;
        let (body, rest) = text.split_at(blank + 1);
        let lines = rest[1..].strip_suffix('\n').ok_or(NoteError::Unfinished)?;
        let count = lines.split('\n').count();
        if count > CHECKPOINT_SIGNATURES_MAX {
            return Err(NoteError::TooMany(count));
        }
        let lines = lines.split('\n').enumerate();
        let signatures = lines.map(|(index, line)| NoteSignature::parse(index + 1, line));
        Ok(Self { body: body.to_owned(), signatures: signatures.collect::<Result<_, _>>()? })
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = format!("{}\n", self.body);
        for line in &self.signatures {
            let signature = [&line.key_id[..], &line.bytes].concat();
            text += &format!("{LINE_START}{} {}\n", line.name, BASE64.encode(&signature));
        }
        text
    }

    /// The signatures that claim to be of this key and type.
    pub(super) fn by<'a>(
        &'a self,
        name: &'a str,
        kind: u8,
        key: &PublicKey,
    ) -> impl Iterator<Item = &'a NoteSignature> {
        let id = key_id(name, kind, key);
        self.signatures.iter().filter(move |line| line.key_id == id && line.name == name)
    }
}

impl NoteSignature {
    pub(super) fn new(name: &str, kind: u8, key: &PublicKey, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), key_id: key_id(name, kind, key), bytes }
    }

    fn parse(number: usize, line: &str) -> Result<Self, NoteError> {
        let parts = line.strip_prefix(LINE_START).and_then(|rest| rest.split_once(' '));
        let (name, base64) =
            parts.filter(|(name, _)| is_key_name(name)).ok_or(NoteError::Line(number))?;
        let bytes = from_base64(base64).ok_or(NoteError::Base64(number))?;
        match bytes.split_first_chunk::<KEY_ID_LEN>() {
            Some((key_id, bytes)) if !bytes.is_empty() => {
                Ok(Self { name: name.to_owned(), key_id: *key_id, bytes: bytes.to_vec() })
            }
            _ => Err(NoteError::Base64(number)),
        }
    }
}

/// Reads base64 in its one form. The decoder alone would also take several padded texts, one after
/// the other.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(text.as_bytes()).ok()?;
    (BASE64.encode(&bytes) == text).then_some(bytes)
}

/// Whether a name may stand in a signature line: not empty, no spaces, no plus, no controls.
pub(super) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c < ' ' || c == '+')
}

/// SHA-256(name ‖ 0x0A ‖ type ‖ key), its first four bytes.
fn key_id(name: &str, kind: u8, key: &PublicKey) -> [u8; KEY_ID_LEN] {
    let hash = Sha256::new_with_prefix(name).chain_update([b'\n', kind]).chain_update(key.0);
    let [a, b, c, d, ..]: [u8; 32] = hash.finalize().into();
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::Signature;

    const SALVATORE: &str = "Ognuno sta solo sul cuor della terra\n\
        trafitto da un raggio di sole:\n\
        \n\
        ed è subito sera.\n\
        \n\
        — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

    #[test]
    fn the_example_of_c2sp_is_read_and_written_back() {
        let note = Note::parse(SALVATORE).unwrap();
        assert!(note.body.ends_with("ed è subito sera.\n"), "the last blank line divides");
        assert_eq!(note.signatures[0].name, "quasimodo.example/salvatore");
        assert_eq!(note.signatures[0].bytes.len(), 64);
        assert_eq!(note.to_text(), SALVATORE);
    }

    /// The example of Go's `sumdb/note`, where signed notes come from.
    #[test]
    fn a_note_of_another_implementation_verifies() {
        let text = "If you think cryptography is the answer to your problem,\n\
            then you don't know what your problem is.\n\
            \n\
            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let verifier = BASE64.decode(b"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
        let (kind, key) = verifier.split_first().unwrap();
        let (note, key) = (Note::parse(text).unwrap(), PublicKey(key.try_into().unwrap()));
        assert_eq!(*kind, ED25519);
        assert_eq!(key_id("PeterNeumann", ED25519, &key), [0xc7, 0x4f, 0x20, 0xa3]);
        let line = note.by("PeterNeumann", ED25519, &key).next().unwrap();
        let signature = Signature(line.bytes.as_slice().try_into().unwrap());
        assert_eq!(key.verify(note.body.as_bytes(), &signature), Ok(()));
    }

    #[test]
    fn malformed_notes_are_refused_by_name() {
        let line = SALVATORE.lines().last().unwrap();
        let note = |lines: &str| Note::parse(&format!("text\n\n{lines}"));
        assert_eq!(Note::parse("text\n"), Err(NoteError::NoBlankLine));
        assert_eq!(note(""), Err(NoteError::Unfinished));
        assert_eq!(note(line), Err(NoteError::Unfinished));
        assert_eq!(note(&format!("{line}\r\n")), Err(NoteError::Control(6 + line.len())));
        assert_eq!(note("- name AAAAAAA=\n"), Err(NoteError::Line(1)), "a hyphen is no em dash");
        assert_eq!(note("— a+b AAAAAAA=\n"), Err(NoteError::Line(1)));
        assert_eq!(note("—  AAAAAAA=\n"), Err(NoteError::Line(1)));
        assert_eq!(note("— name  AAAAAAA=\n"), Err(NoteError::Base64(1)));
        assert_eq!(note("— name AAAAAAA\n"), Err(NoteError::Base64(1)), "padding is required");
        assert_eq!(note("— name AAAAAAB=\n"), Err(NoteError::Base64(1)), "stray bits");
        assert_eq!(note("— name AAAAAA==\n"), Err(NoteError::Base64(1)), "no signature");
        let two = note("— name AAAAAA==AAAA\n");
        assert_eq!(two, Err(NoteError::Base64(1)), "padding ends a text; found by fuzzing");
        assert!(note("— name AAAAAAA=\n").is_ok());
        let lines = |n| "— name AAAAAAA=\n".repeat(n);
        assert!(note(&lines(CHECKPOINT_SIGNATURES_MAX)).is_ok());
        assert_eq!(note(&lines(17)), Err(NoteError::TooMany(17)));
        let long = "x".repeat(CHECKPOINT_BYTES_MAX + 1);
        assert_eq!(Note::parse(&long), Err(NoteError::TooLong(long.len())));
    }
}
