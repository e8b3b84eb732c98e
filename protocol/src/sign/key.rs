use crate::id::PublicKey;
use ed25519_dalek::Signer as _;
use std::fmt;
use zeroize::{Zeroize as _, ZeroizeOnDrop};

/// An Ed25519 signature (RFC 8032), 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({:02x?}…)", &self.0[..4])
    }
}

/// The signature is not the key's over these bytes, or key or signature are of small order or not
/// in canonical form (`verify_strict`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct SignatureError;

impl PublicKey {
    /// Verifies strictly: no small-order keys or points, no malleable forms, no cofactor. Batch
    /// verification is never used, for it may disagree with this.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError)?;
        key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(&signature.0))
            .map_err(|_| SignatureError)
    }
}

/// An Ed25519 signing key. Wiped from memory on drop.
#[derive(Clone)]
pub struct SecretKey(ed25519_dalek::SigningKey);

impl SecretKey {
    /// The key of a 32-byte secret (RFC 8032 §5.1.5).
    pub fn from_bytes(mut secret: [u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(&secret);
        secret.zeroize();
        Self(key)
    }

    /// The 32-byte secret, for storing it.
    pub fn to_bytes(&self) -> zeroize::Zeroizing<[u8; 32]> {
        zeroize::Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs bytes that already carry their own domain: a COSE structure, a signed note.
    pub(crate) fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public())
    }
}

/// Marks that the inner key wipes itself.
impl ZeroizeOnDrop for SecretKey {}
