use super::{Contributor, Draft};
use crate::book::{BookError, Bundle, Record, State};
use sheaf_protocol::{
    seal::{ChatKey, SealError, Sealed, seal},
    sign::{SecretKey, Signed},
    statement::{Attribution, BlobRef, Body, Manifest, SignedStatement},
    time::Time,
};

/// Why nothing was signed, or not kept.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The book could not be written.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The chat could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The system gave no random bytes.
    #[error("this system gives no random bytes: {0}")]
    Random(getrandom::Error),
}

impl Contributor<'_> {
    /// Signs what the member was shown and agreed to, and keeps it, ready to be sent. Takes a
    /// while for many or large chats: it compresses, encrypts and syncs.
    ///
    /// # Errors
    /// [`SignError`]: then nothing is known to be kept, and nothing may be sent.
    pub fn sign(&mut self, drafts: Vec<Draft>, now: Time) -> Result<Vec<Record>, SignError> {
        let _signing = self.book.signing()?;
        let mut counters = 0..0;
        let mut left = drafts.len() as u64;
        let mut records = Vec::with_capacity(drafts.len());
        for draft in drafts {
            if counters.is_empty() {
                counters = self.book.reserve(left)?;
            }
            let Some(counter) = counters.next() else { break };
            records.push(self.sign_one(draft, counter, now)?);
            left -= 1;
        }
        self.book.keep_placed(&records)?;
        Ok(records)
    }

    fn sign_one(&mut self, draft: Draft, counter: u64, now: Time) -> Result<Record, SignError> {
        let control = self.seed.control_key(&self.info.id(), counter);
        let signer = match draft.consent.attribution {
            Attribution::None => control.clone(),
            Attribution::Name(_) => self.seed.member_key(&self.info.id()),
        };
        let key = fresh_key()?;
        let sealed = seal(&key, &self.info.id(), &signer.public(), &draft.plain)?;
        let statement = self.manifest(&draft, &control, &sealed, &signer, now);
        let record = Record {
            control: control.public(),
            counter,
            title: draft.title,
            messages: draft.labels.messages,
            text: Some(draft.mark.clone()),
            source: draft.source.clone(),
            licence: draft.consent.licence,
            usage: draft.consent.usage,
            attribution: draft.consent.attribution,
            due: draft.consent.due,
            signed: now,
            shown: draft.shown,
            state: State::Prepared,
        };
        let statement = statement.bytes().to_vec();
        self.book
            .place_bundle(&record, &Bundle { statement, key: Some(key), blob: sealed.blob })?;
        self.given.add(&record);
        Ok(record)
    }

    fn manifest(
        &self,
        draft: &Draft,
        control: &SecretKey,
        sealed: &Sealed,
        signer: &SecretKey,
        now: Time,
    ) -> SignedStatement {
        let manifest = Manifest {
            control: control.public(),
            blob: BlobRef {
                hash: sealed.hash,
                sealed_bytes: sealed.blob.len() as u64,
                plain_bytes: sealed.plain_bytes,
            },
            commitment: sealed.commitment,
            check: sealed.check,
            consent: draft.consent.clone(),
            labels: draft.labels.clone(),
        };
        Signed::sign(self.info.statement(Body::Manifest(manifest), now), signer)
    }
}

fn fresh_key() -> Result<ChatKey, SignError> {
    let mut bytes = zeroize::Zeroizing::new([0; 32]);
    getrandom::fill(&mut bytes[..]).map_err(SignError::Random)?;
    Ok(ChatKey::from_bytes(*bytes))
}
