//! Chats made up from dice, sealed and signed as a member's device does.

use crate::dice::Dice;
use sheaf_node::client::CommunityInfo;
use sheaf_protocol::chat::{Chat, Message, Part, Role};
use sheaf_protocol::exchange::{Logged, Submission};
use sheaf_protocol::id::{BlobHash, PublicKey};
use sheaf_protocol::seal::{ChatKey, seal};
use sheaf_protocol::sign::{SecretKey, Signed};
use sheaf_protocol::statement::{
    Attribution, BlobRef, Body, Consent, Labels, Manifest, SignedStatement, Withdrawal,
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
    control: SecretKey,
    key: ChatKey,
    withdrawal: Option<SignedStatement>,
}

/// What the member was told of it.
#[derive(Debug)]
pub(crate) enum Standing {
    Made,
    Logged(Logged),
    TakenBack,
}

impl Given {
    /// A chat of about `length` characters.
    pub(crate) fn make(dice: &mut Dice, info: &CommunityInfo, length: usize) -> Self {
        let plain = chat(dice, length).to_cbor();
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
        Self { hash, large, statement, blob, standing, control, key, withdrawal: None }
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

    /// What must be in no file of any node once it is taken back: the chat key, and the manifest's
    /// signature.
    pub(crate) fn traces(&self) -> [Vec<u8>; 2] {
        let statement = self.statement.bytes();
        [self.key.to_bytes().to_vec(), statement[statement.len() - 32..].to_vec()]
    }
}

fn chat(dice: &mut Dice, length: usize) -> Chat {
    let say = |text: String| vec![Part::Text { text }];
    let question = Message::new(Role::User, None, say(dice.letters(40)));
    let answer = Message::new(Role::Assistant, Some(0), say(dice.letters(length)));
    Chat { title: Some(dice.letters(20)), messages: vec![question, answer], ..Chat::default() }
}

pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Time::from_ms(since.as_millis() as u64).unwrap()
}
