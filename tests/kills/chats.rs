//! Chats made up from dice, sealed and signed as a member's device does.

use crate::dice::Dice;
use sheaf_node::client::CommunityInfo;
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use sheaf_protocol::exchange::{Logged, Submission};
use sheaf_protocol::id::{BlobHash, PublicKey};
use sheaf_protocol::seal::{ChatKey, seal};
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{
    Attribution, BlobRef, Body, Consent, Labels, Manifest, SignedStatement, Takedown,
    TakedownReason, Withdrawal,
};
use sheaf_protocol::time::Time;
use sheaf_protocol::usage::VOCABULARY;
use std::time::{SystemTime, UNIX_EPOCH};

/// One chat as its member holds it: sealed and signed once, sent as often as needed.
pub(crate) struct Given {
    pub(crate) hash: BlobHash,
    pub(crate) large: bool,
    pub(crate) statement: SignedStatement,
    pub(crate) blob: Vec<u8>,
    pub(crate) standing: Standing,
    /// Whether something private stands in it: then it waits until a steward has decided.
    pub(crate) private: bool,
    /// A steward tried to accept it: so it may be in the log, whatever they were told.
    pub(crate) accepted: bool,
    control: SecretKey,
    key: ChatKey,
    withdrawal: Option<SignedStatement>,
    takedown: Option<SignedStatement>,
}

/// What the member, or the steward, was told of it.
#[derive(Debug)]
pub(crate) enum Standing {
    Made,
    Waits,
    Logged(Logged),
    TakenBack(From),
    /// By a steward, from the queue.
    Rejected,
}

/// Where a chat was when it was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Log,
    Queue,
}

/// One chat in so many has something private in it.
const PRIVATE: u64 = 6;

impl Given {
    /// A chat of about `length` characters.
    pub(crate) fn make(dice: &mut Dice, info: &CommunityInfo, length: usize) -> Self {
        let private = dice.one_in(PRIVATE);
        let plain = chat(dice, length, private).to_cbor();
        let control = SecretKey::from_bytes(dice.bytes32());
        let key = ChatKey::from_bytes(dice.bytes32());
        let sealed = seal(&key, &info.id(), &control.public(), &plain).unwrap();
        let sealed_bytes = sealed.blob.len() as u64;
        let manifest = Manifest {
            control: control.public(),
            blob: BlobRef { hash: sealed.hash, sealed_bytes, plain_bytes: sealed.plain_bytes },
            commitment: sealed.commitment,
            check: sealed.check,
            consent: Consent {
                licence: "CC-BY-4.0".to_owned(),
                usage: String::new(),
                vocabulary: VOCABULARY.to_owned(),
                attribution: Attribution::None,
                due: None,
            },
            labels: Labels { messages: 2, ..Labels::default() },
        };
        let statement = Signed::sign(info.statement(Body::Manifest(manifest), now()), &control);
        let (hash, blob) = (sealed.hash, sealed.blob);
        let large = blob.len() > sheaf_protocol::limits::BLOB_SMALL_BYTES_MAX;
        let standing = Standing::Made;
        let (accepted, withdrawal, takedown) = (false, None, None);
        Self {
            hash,
            large,
            statement,
            blob,
            standing,
            private,
            accepted,
            control,
            key,
            withdrawal,
            takedown,
        }
    }

    pub(crate) fn control(&self) -> PublicKey {
        self.control.public()
    }

    pub(crate) fn submission(&self) -> Submission {
        let statement = sheaf_protocol::cbor::Bytes(self.statement.bytes().to_vec());
        Submission { statement, key: *self.key.to_bytes() }
    }

    /// The same bytes, however often it is asked for.
    pub(crate) fn withdrawal(&mut self, info: &CommunityInfo) -> Vec<u8> {
        let control = &self.control;
        let sign = || {
            let body = Body::Withdrawal(Withdrawal { control: control.public() });
            Signed::sign(info.statement(body, now()), control)
        };
        self.withdrawal.get_or_insert_with(sign).bytes().to_vec()
    }

    /// A steward's refusal; the same bytes, however often it is asked for.
    pub(crate) fn takedown(&mut self, info: &CommunityInfo, steward: &SecretKey) -> Vec<u8> {
        let (control, reason) = (self.control(), TakedownReason::Privacy);
        let sign = || {
            Signed::sign(
                info.statement(Body::Takedown(Takedown { control, reason }), now()),
                steward,
            )
        };
        self.takedown.get_or_insert_with(sign).bytes().to_vec()
    }

    /// Whether it is nowhere any more, at its member's wish or a steward's.
    pub(crate) fn is_erased(&self) -> bool {
        matches!(self.standing, Standing::TakenBack(_) | Standing::Rejected)
    }

    /// What must be in no file of any node once it is taken back: the chat key, and the manifest's
    /// signature.
    pub(crate) fn traces(&self) -> [Vec<u8>; 2] {
        let statement = self.statement.bytes();
        [self.key.to_bytes().to_vec(), statement[statement.len() - 32..].to_vec()]
    }
}

fn chat(dice: &mut Dice, length: usize, private: bool) -> Chat {
    let say = |text: String| vec![Part::Text { text }];
    let asked = match private {
        true => format!("Write to {}@example.org, please.", dice.letters(20).to_lowercase()),
        false => dice.letters(40),
    };
    let question = Message::new(Role::User, None, say(asked));
    let answer = Message::new(Role::Assistant, Some(0), say(dice.letters(length)));
    Chat { title: Some(dice.letters(20)), messages: vec![question, answer], ..Chat::default() }
}

pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Time::from_ms(since.as_millis() as u64).unwrap()
}
