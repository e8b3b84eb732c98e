use super::SecretKey;
use crate::id::CommunityId;
use zeroize::{Zeroize as _, Zeroizing};

const MEMBER: &str = "sheaf 2026-11 member key v1";
const CONTROL: &str = "sheaf 2026-11 control key v1";
const OPERATOR: &str = "sheaf 2026-11 operator key v1";

/// A person's secret: every key they use comes from it (`docs/spec/keys.md`).
#[derive(Clone)]
pub struct Seed(Zeroizing<[u8; 32]>);

/// Why words are not a seed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Not 24 words.
    #[error("expected 24 words, found {0}")]
    Count(usize),
    /// A word that is not in the English list.
    #[error("word {0} is not one of the list")]
    Unknown(usize),
    /// The words are known, but their checksum does not match: one of them is wrong.
    #[error("the words do not belong together: one of them is wrong or out of place")]
    Checksum,
}

impl Seed {
    /// The seed of 32 random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for storing them.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.clone()
    }

    /// The member key for `community`: author there, and identity when the CLI dials its node.
    pub fn member_key(&self, community: &CommunityId) -> SecretKey {
        self.derive(MEMBER, &community.0.0)
    }

    /// The control key number `counter` for `community`. A counter is used once.
    pub fn control_key(&self, community: &CommunityId, counter: u64) -> SecretKey {
        let mut input = Zeroizing::new([0; 40]);
        input[..32].copy_from_slice(&community.0.0);
        input[32..].copy_from_slice(&counter.to_be_bytes());
        self.derive(CONTROL, &input[..])
    }

    /// The key by which the owner of a home folder commands its node.
    pub fn operator_key(&self) -> SecretKey {
        self.derive(OPERATOR, &[])
    }

    /// The seed as 24 English recovery words (BIP-39: 256 bits and a checksum).
    pub fn to_words(&self) -> Zeroizing<String> {
        Zeroizing::new(mnemonic_of(&self.0))
    }

    /// Reads recovery words, in any letter case and spacing.
    ///
    /// # Errors
    /// [`WordsError`] says which word.
    pub fn from_words(words: &str) -> Result<Self, WordsError> {
        let normal = Zeroizing::new(words.to_lowercase());
        let count = normal.split_whitespace().count();
        if count != 24 {
            return Err(WordsError::Count(count));
        }
        let mnemonic = bip39::Mnemonic::parse_in_normalized(bip39::Language::English, &normal)
            .map_err(|e| match e {
                bip39::Error::UnknownWord(index) => WordsError::Unknown(index + 1),
                _ => WordsError::Checksum,
            })?;
        let mut entropy = mnemonic.to_entropy();
        let bytes = <[u8; 32]>::try_from(entropy.as_slice()).map_err(|_| WordsError::Checksum);
        entropy.zeroize();
        bytes.map(Self::from_bytes)
    }

    fn derive(&self, label: &str, context: &[u8]) -> SecretKey {
        let mut hasher = blake3::Hasher::new_derive_key(label);
        hasher.update(&self.0[..]).update(context);
        SecretKey::from_bytes(*hasher.finalize().as_bytes())
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(…)")
    }
}

fn mnemonic_of(entropy: &[u8; 32]) -> String {
    match bip39::Mnemonic::from_entropy_in(bip39::Language::English, entropy) {
        Ok(mnemonic) => mnemonic.to_string(),
        // 32 bytes are one of the lengths that BIP-39 defines.
        Err(_) => unreachable!("BIP-39 defines 24 words for 32 bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PublicKey;

    #[test]
    fn words_bring_the_seed_back() {
        let seed = Seed::from_bytes([9; 32]);
        let words = seed.to_words();
        let back = Seed::from_words(&words.to_uppercase()).unwrap();
        assert_eq!(*back.to_bytes(), *seed.to_bytes());
        assert!(matches!(Seed::from_words("abandon art"), Err(WordsError::Count(2))));
        let wrong = words.replacen(words.split(' ').next().unwrap(), "zzzz", 1);
        assert!(matches!(Seed::from_words(&wrong), Err(WordsError::Unknown(1))));
        let swapped = format!("{} zoo", words.rsplit_once(' ').unwrap().0);
        assert!(matches!(Seed::from_words(&swapped), Err(WordsError::Checksum)));
    }

    #[test]
    fn keys_differ_by_purpose_community_and_counter() {
        let seed = Seed::from_bytes([1; 32]);
        let (a, b) = (CommunityId(PublicKey([2; 32])), CommunityId(PublicKey([3; 32])));
        let keys = [
            seed.member_key(&a),
            seed.member_key(&b),
            seed.control_key(&a, 0),
            seed.control_key(&a, 1),
            seed.control_key(&b, 0),
            seed.operator_key(),
        ]
        .map(|key| key.public());
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
    }
}
