use crate::id::PublicKey;
use ed25519_dalek::{Signer as _, Verifier as _};
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
    /// Decides as dalek's `verify_strict` does, and need not decode `R` for it: `verify` compares
    /// `R` with the bytes of the point that it should be, so what it accepts is a point in its one
    /// form, and of small order only if it is one of those known.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        if key.is_weak() || is_small_order(signature.r_bytes()) {
            return Err(SignatureError);
        }
        key.verify(message, &signature).map_err(|_| SignatureError)
    }
}

/// The y coordinates of the eight points of small order: 0, 1, −1, and two of order 8.
const SMALL_ORDER_Y: [[u8; 32]; 5] = [
    [0; 32],
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    {
        let mut minus_one = [0xff; 32];
        (minus_one[0], minus_one[31]) = (0xec, 0x7f);
        minus_one
    },
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

/// Whether a point in its one form is of small order.
fn is_small_order(point: &[u8; 32]) -> bool {
    let mut y = *point;
    // The sign of x.
    y[31] &= 0x7f;
    SMALL_ORDER_Y.contains(&y)
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

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
    use curve25519_dalek::{EdwardsPoint, Scalar};
    use ed25519_dalek::VerifyingKey;
    use proptest::prelude::*;
    use sha2::{Digest as _, Sha512};

    /// What dalek says, strictly and not.
    fn dalek(key: &PublicKey, message: &[u8], signature: &Signature) -> (bool, bool) {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        VerifyingKey::from_bytes(&key.0).map_or((false, false), |key| {
            let strict = key.verify_strict(message, &signature).is_ok();
            (strict, key.verify(message, &signature).is_ok())
        })
    }

    /// A signature whose `R` is `r`, of small order, under the key `secret · B + torsion`; the
    /// message is searched for.
    fn with_r(r: EdwardsPoint, torsion: EdwardsPoint) -> (PublicKey, Vec<u8>, Signature) {
        let secret = Scalar::from_bytes_mod_order([77; 32]);
        let key = (secret * ED25519_BASEPOINT_POINT + torsion).compress().0;
        let encoded = r.compress().0;
        let found = (0_u32..).find_map(|n| {
            let message = n.to_be_bytes();
            let hash = Sha512::new().chain_update(encoded).chain_update(key).chain_update(message);
            let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&encoded);
            signature[32..].copy_from_slice((k * secret).as_bytes());
            (-(k * torsion) == r).then(|| (message.to_vec(), Signature(signature)))
        });
        let (message, signature) = found.unwrap();
        (PublicKey(key), message, signature)
    }

    #[test]
    fn every_r_of_small_order_is_refused_as_strictly_as_by_dalek() {
        for r in EIGHT_TORSION {
            let (key, message, signature) = with_r(r, EIGHT_TORSION[1]);
            let said = dalek(&key, &message, &signature);
            assert_eq!(said, (false, true), "else this tests nothing");
            assert!(key.verify(&message, &signature).is_err());
        }
    }

    proptest! {
        #[test]
        fn a_signature_changed_anywhere_is_judged_as_by_dalek(
            secret in any::<[u8; 32]>(),
            message in proptest::collection::vec(any::<u8>(), 0..80),
            changed in proptest::option::of((0_usize..96, any::<u8>())),
            small in proptest::option::of(0_usize..8),
        ) {
            let secret = SecretKey::from_bytes(secret);
            let (mut key, mut signature) = (secret.public(), secret.sign(&message));
            if let Some(small) = small {
                signature.0[..32].copy_from_slice(&EIGHT_TORSION[small].compress().0);
            }
            match changed {
                Some((at, byte)) if at < 64 => signature.0[at] = byte,
                Some((at, byte)) => key.0[at - 64] = byte,
                None => {}
            }
            let (strict, _) = dalek(&key, &message, &signature);
            prop_assert_eq!(key.verify(&message, &signature).is_ok(), strict);
        }
    }
}
