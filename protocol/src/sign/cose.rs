use super::{SecretKey, Signature, SignatureError};
use crate::cbor::{self, Bytes, Decode, Encode, Error, Reader, Reason, Writer};
use crate::id::{PublicKey, StatementId};
use crate::limits::STATEMENT_BYTES_MAX;
use sha2::{Digest, Sha256};

/// COSE header labels (RFC 9052 §3.1, RFC 9596 §2) and the tag of a `COSE_Sign1`.
const ALG: u64 = 1;
const KID: u64 = 4;
const TYP: u64 = 16;
const EDDSA: i64 = -8;
const SIGN1_TAG: u64 = 18;

/// A payload type with its own signature domain: no signature made for one domain verifies in
/// another, because the label stands in the protected header.
pub trait Domain: Encode + Decode {
    /// The label, in the `typ` header (RFC 9596): a media type of Sheaf's own tree.
    const LABEL: &'static str;
}

/// Why bytes are not a signed `T`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignedError {
    /// Longer than [`STATEMENT_BYTES_MAX`].
    #[error("{0} bytes are more than a signed statement may have ({STATEMENT_BYTES_MAX})")]
    TooLong(usize),
    /// Not the `COSE_Sign1` that Sheaf writes.
    #[error("not a COSE_Sign1 of Sheaf: {0}")]
    Envelope(cbor::Error),
    /// A signature of another domain.
    #[error("signed for another purpose: {0:?}")]
    Domain(String),
    /// The signature does not verify.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// Signed, but the payload is not a `T`.
    #[error("the signed content is malformed: {0}")]
    Payload(cbor::Error),
}

/// A `T`, its signer, and the very bytes that were signed (`COSE_Sign1`, RFC 9052 §4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<T> {
    bytes: Vec<u8>,
    content: T,
    signer: PublicKey,
    id: StatementId,
}

impl<T: Domain> Signed<T> {
    /// Signs `content` with `key`.
    pub fn sign(content: T, key: &SecretKey) -> Self {
        let signer = key.public();
        let protected = protected_header(T::LABEL, &signer);
        let payload = cbor::to_vec(&content);
        let signature = key.sign(&to_be_signed(&protected, &payload));
        let mut w = Writer::default();
        w.tag(SIGN1_TAG);
        w.array(4);
        w.bytes(&protected);
        w.map(0);
        w.bytes(&payload);
        w.bytes(&signature.0);
        let id = statement_id(&protected, &payload);
        Self { bytes: w.into_bytes(), content, signer, id }
    }

    /// Reads and verifies. What it accepts, [`Signed::sign`] could have written.
    ///
    /// # Errors
    /// [`SignedError`]: the envelope, the domain, the signature, then the payload.
    pub fn verify(bytes: &[u8]) -> Result<Self, SignedError> {
        if bytes.len() > STATEMENT_BYTES_MAX {
            return Err(SignedError::TooLong(bytes.len()));
        }
        let envelope = cbor::from_slice::<Envelope>(bytes).map_err(SignedError::Envelope)?;
        if envelope.label != T::LABEL {
            return Err(SignedError::Domain(envelope.label));
        }
        let message = to_be_signed(&envelope.protected, &envelope.payload.0);
        envelope.signer.verify(&message, &envelope.signature)?;
        let content = cbor::from_slice(&envelope.payload.0).map_err(SignedError::Payload)?;
        let id = statement_id(&envelope.protected, &envelope.payload.0);
        Ok(Self { bytes: bytes.to_vec(), content, signer: envelope.signer, id })
    }
}

/// Reads what was signed without verifying it again: for bytes that were verified before they were
/// stored. No [`Signed`] comes of it, so nothing that asks for one can be given it.
///
/// # Errors
/// [`SignedError`]: the envelope, the domain, then the payload.
pub fn read_unverified<T: Domain>(bytes: &[u8]) -> Result<T, SignedError> {
    let envelope = cbor::from_slice::<Envelope>(bytes).map_err(SignedError::Envelope)?;
    if envelope.label != T::LABEL {
        return Err(SignedError::Domain(envelope.label));
    }
    cbor::from_slice(&envelope.payload.0).map_err(SignedError::Payload)
}

impl<T> Signed<T> {
    /// The signed bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What was signed.
    pub fn content(&self) -> &T {
        &self.content
    }

    /// Who signed.
    pub fn signer(&self) -> PublicKey {
        self.signer
    }

    /// SHA-256 of `[protected, payload]`.
    pub fn id(&self) -> StatementId {
        self.id
    }
}

struct Envelope {
    protected: Vec<u8>,
    label: String,
    signer: PublicKey,
    payload: Bytes,
    signature: Signature,
}

impl Decode for Envelope {
    fn decode(r: &mut Reader<'_>) -> Result<Self, Error> {
        let start = r.at();
        if r.tag()? != SIGN1_TAG {
            return Err(rule(start, "the tag of a COSE_Sign1 is 18"));
        }
        r.array_fixed(4)?;
        let at = r.at();
        let protected = r.bytes().map_err(|e| e.within("protected"))?;
        let (label, signer) =
            read_header(protected).map_err(|e| Error { at, ..e.within("protected") })?;
        let at = r.at();
        if r.map().map_err(|e| e.within("unprotected"))? != 0 {
            return Err(rule(at, "the unprotected header must be empty"));
        }
        let payload = r.value().map_err(|e: Error| e.within("payload"))?;
        let signature = r.bytes_fixed().map(Signature).map_err(|e| e.within("signature"))?;
        Ok(Self { protected: protected.to_vec(), label, signer, payload, signature })
    }
}

fn rule(at: usize, text: &'static str) -> Error {
    Error { reason: Reason::Rule(text), at, path: Vec::new() }
}

/// `{1: -8, 4: signer, 16: label}`.
fn protected_header(label: &str, signer: &PublicKey) -> Vec<u8> {
    let mut w = Writer::default();
    w.map(3);
    w.uint(ALG);
    w.int(EDDSA);
    w.uint(KID);
    w.bytes(&signer.0);
    w.uint(TYP);
    w.text(label);
    w.into_bytes()
}

fn read_header(bytes: &[u8]) -> Result<(String, PublicKey), Error> {
    let mut r = Reader::new(bytes);
    let shape = "the protected header is {1: -8, 4: key, 16: label}";
    let key = |r: &mut Reader<'_>, wanted| match r.uint()? {
        found if found == wanted => Ok(()),
        _ => Err(rule(r.at(), shape)),
    };
    if r.map()? != 3 {
        return Err(rule(0, shape));
    }
    key(&mut r, ALG)?;
    if r.int()? != EDDSA {
        return Err(rule(r.at(), "the only algorithm is EdDSA (-8)"));
    }
    key(&mut r, KID)?;
    let signer = r.value()?;
    key(&mut r, TYP)?;
    let label = r.text()?.to_owned();
    r.finish()?;
    Ok((label, signer))
}

/// The `Sig_structure` of a `COSE_Sign1` (RFC 9052 §4.4) with empty external_aad.
fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut w = Writer::default();
    w.array(4);
    w.text("Signature1");
    w.bytes(protected);
    w.bytes(&[]);
    w.bytes(payload);
    w.into_bytes()
}

fn statement_id(protected: &[u8], payload: &[u8]) -> StatementId {
    let mut w = Writer::default();
    w.array(2);
    w.bytes(protected);
    w.bytes(payload);
    StatementId(Sha256::digest(w.into_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Note {
        text: String,
    }
    crate::record!(Note { text });
    impl Domain for Note {
        const LABEL: &'static str = "application/vnd.sheaf.test-note.v1+cbor";
    }

    #[derive(Debug, Clone, PartialEq)]
    struct Other {
        text: String,
    }
    crate::record!(Other { text });
    impl Domain for Other {
        const LABEL: &'static str = "application/vnd.sheaf.test-other.v1+cbor";
    }

    fn note() -> Signed<Note> {
        Signed::sign(Note { text: "hello".into() }, &SecretKey::from_bytes([5; 32]))
    }

    #[test]
    fn a_signed_note_verifies_to_itself() {
        let note = note();
        assert_eq!(Signed::verify(note.bytes()).as_ref(), Ok(&note));
    }

    #[test]
    fn what_was_verified_before_is_read_without_a_signature() {
        let mut bytes = note().bytes().to_vec();
        if let Some(last) = bytes.last_mut() {
            *last ^= 1;
        }
        assert!(Signed::<Note>::verify(&bytes).is_err(), "one bit of the signature is wrong");
        assert_eq!(read_unverified::<Note>(&bytes).as_ref(), Ok(note().content()));
        assert!(read_unverified::<Other>(&bytes).is_err(), "the domain still counts");
    }

    #[test]
    fn another_domain_is_refused_by_name() {
        assert_eq!(
            Signed::<Other>::verify(note().bytes()),
            Err(SignedError::Domain(Note::LABEL.into()))
        );
    }

    #[test]
    fn every_single_bit_counts() {
        let good = note().bytes().to_vec();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(Signed::<Note>::verify(&bad).is_err(), "bit {bit} was flipped and not noticed");
        }
    }
}
