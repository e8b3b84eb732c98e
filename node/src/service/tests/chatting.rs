//! A chat, sealed and signed as a member's own device does it.

use crate::runtime::check;
use crate::scrub::{Scanner, arrival};
use crate::service::Submitted;
use crate::store::Blob;
use sheaf_protocol::chat::{Chat, Message, Part, Role as Speaker};
use sheaf_protocol::exchange::Findings;
use sheaf_protocol::id::{CommunityId, PublicKey, Salt};
use sheaf_protocol::seal::{ChatKey, seal};
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{
    Attribution, BlobRef, Body, Consent, Labels, Manifest, PolicyRef, SignedStatement, Statement,
    Withdrawal,
};
use sheaf_protocol::time::{Day, Time};
use sheaf_protocol::usage::VOCABULARY;
use std::sync::LazyLock;

/// What the workers of every simulated node scan with.
static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);

/// Where and when something is signed.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub(super) community: CommunityId,
    pub(super) policy: PolicyRef,
    pub(super) at: Time,
}

impl Terms {
    pub(super) fn sign(self, body: Body, key: &SecretKey) -> SignedStatement {
        // A policy is the one kind here that is not signed under a policy.
        let policy = (!matches!(body, Body::Policy(_))).then_some(self.policy);
        let Self { community, at, .. } = self;
        Signed::sign(Statement { community, epoch: 0, policy, at, body }, key)
    }
}

pub(super) struct Chatting {
    pub(super) control: SecretKey,
    pub(super) statement: SignedStatement,
    pub(super) key: ChatKey,
    manifest: Manifest,
    sealed: Vec<u8>,
    fingerprint: [u8; 32],
    pub(super) findings: Findings,
}

impl Chatting {
    pub(super) fn new(
        terms: Terms,
        control: SecretKey,
        member: &PublicKey,
        key: ChatKey,
        text: &str,
        due: Option<Day>,
    ) -> Self {
        let question = Message::new(Speaker::User, None, vec![Part::text(text)]);
        let answer = Message::new(Speaker::Assistant, Some(0), vec![Part::text("An answer.")]);
        let chat = Chat { messages: vec![question, answer], ..Chat::default() };
        let plain = chat.to_cbor();
        let sealed = seal(&key, &terms.community, &control.public(), &plain).unwrap();
        let blob = BlobRef {
            hash: sealed.hash,
            sealed_bytes: sealed.blob.len() as u64,
            plain_bytes: sealed.plain_bytes,
        };
        let manifest = Manifest {
            control: control.public(),
            blob,
            commitment: sealed.commitment,
            check: sealed.check,
            consent: consent(due),
            labels: Labels { languages: vec!["en".into()], messages: 2, ..Labels::default() },
        };
        let statement = terms.sign(Body::Manifest(manifest.clone()), &control);
        let fingerprint = check::fingerprint(&[7; 32], member, &plain);
        let findings = arrival(&SCANNER, &chat);
        Self { control, statement, key, manifest, sealed: sealed.blob, fingerprint, findings }
    }

    /// The member looked at another policy and decided again.
    pub(super) fn sign_again(&mut self, terms: Terms) {
        self.statement = terms.sign(Body::Manifest(self.manifest.clone()), &self.control);
    }

    pub(super) fn submitted(&self, salt: Salt) -> Submitted {
        Submitted {
            statement: self.statement.clone(),
            salt,
            key: self.key.clone(),
            blob: Blob::Small(self.sealed.clone()),
            fingerprint: self.fingerprint,
            findings: self.findings.clone(),
        }
    }

    pub(super) fn withdrawal(&self, terms: Terms) -> SignedStatement {
        let control = self.control.public();
        terms.sign(Body::Withdrawal(Withdrawal { control }), &self.control)
    }
}

fn consent(due: Option<Day>) -> Consent {
    Consent {
        licence: "CC0-1.0".into(),
        usage: "train-ai=y".into(),
        vocabulary: VOCABULARY.into(),
        attribution: Attribution::None,
        due,
    }
}
