//! What a member's device does before it sends: sealed and signed, on all cores, before any clock
//! starts.

use crate::corpus::Corpus;
use sheaf_node::client::CommunityInfo;
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::chat::{Chat, Part};
use sheaf_protocol::exchange::Submission;
use sheaf_protocol::seal::{ChatKey, seal};
use sheaf_protocol::sign::{SecretKey, Seed, Signed};
use sheaf_protocol::statement::{
    Attribution, BlobRef, Body, Consent, Labels, Manifest, SignedStatement,
};
use sheaf_protocol::time::Time;
use sheaf_protocol::usage::VOCABULARY;
use std::ops::Range;
use std::time::{SystemTime, UNIX_EPOCH};

/// A chat ready to be sent.
pub(crate) struct Ready {
    pub(crate) statement: SignedStatement,
    pub(crate) key: [u8; 32],
    pub(crate) blob: Vec<u8>,
    /// Bytes of the chat's text: what it says and its title.
    pub(crate) text_bytes: u64,
}

impl Ready {
    pub(crate) fn submission(&self) -> Submission {
        Submission { statement: Bytes(self.statement.bytes().to_vec()), key: self.key }
    }
}

/// Who signs.
pub(crate) struct Signer<'a> {
    pub(crate) seed: &'a Seed,
    pub(crate) info: &'a CommunityInfo,
}

/// Prepares the chats of these numbers.
pub(crate) fn prepare(corpus: &Corpus, signer: &Signer<'_>, numbers: Range<u64>) -> Vec<Ready> {
    let cores = std::thread::available_parallelism().map_or(2, usize::from) as u64;
    let part = (numbers.end - numbers.start).div_ceil(cores).max(1);
    let parts = (0..cores).map(|core| {
        let start = (numbers.start + core * part).min(numbers.end);
        start..(start + part).min(numbers.end)
    });
    std::thread::scope(|scope| {
        let one = |part: Range<u64>| {
            scope.spawn(move || part.map(|n| signer.ready(&corpus.chat(n), n)).collect::<Vec<_>>())
        };
        let threads: Vec<_> = parts.map(one).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

impl Signer<'_> {
    /// Odd numbers are given under a name, even ones without: both kinds of signer.
    fn ready(&self, chat: &Chat, number: u64) -> Ready {
        let community = self.info.id();
        // The first counter is the membership's.
        let control = self.seed.control_key(&community, number + 1);
        let (attribution, signer) = match number % 2 {
            0 => (Attribution::None, control.clone()),
            _ => (Attribution::Name("Alice".into()), self.seed.member_key(&community)),
        };
        let key = chat_key(&control);
        let plain = chat.to_cbor();
        let sealed = seal(&ChatKey::from_bytes(key), &community, &signer.public(), &plain).unwrap();
        let manifest = Manifest {
            control: control.public(),
            blob: BlobRef {
                hash: sealed.hash,
                sealed_bytes: sealed.blob.len() as u64,
                plain_bytes: sealed.plain_bytes,
            },
            commitment: sealed.commitment,
            check: sealed.check,
            consent: consent(attribution),
            labels: labels(chat),
        };
        let statement = self.info.statement(Body::Manifest(manifest), now());
        let statement = Signed::sign(statement, &signer);
        Ready { statement, key, blob: sealed.blob, text_bytes: text_bytes(chat) }
    }
}

/// Made from the control key instead of drawn: a run can be repeated.
fn chat_key(control: &SecretKey) -> [u8; 32] {
    blake3::derive_key("sheaf bench 2026 chat key", &control.to_bytes()[..])
}

fn consent(attribution: Attribution) -> Consent {
    Consent {
        licence: "CC-BY-4.0".into(),
        usage: "train-ai=y".into(),
        vocabulary: VOCABULARY.into(),
        attribution,
        due: None,
    }
}

fn labels(chat: &Chat) -> Labels {
    Labels {
        languages: vec!["en".into()],
        models: chat.model.iter().cloned().collect(),
        messages: chat.messages.len() as u32,
        created: chat.created,
        ..Labels::default()
    }
}

/// Bytes of what the chat says, without any form around it.
fn text_bytes(chat: &Chat) -> u64 {
    let part = |part: &Part| match part {
        Part::Text { text } | Part::Reasoning { text } | Part::Code { text, .. } => text.len(),
        Part::ToolCall { arguments, .. } => arguments.len(),
        Part::ToolResult { output, .. } => output.len(),
        Part::Media { text, .. } => text.as_ref().map_or(0, String::len),
        Part::Other { json, .. } => json.len(),
    };
    let said: usize = chat.messages.iter().flat_map(|m| &m.parts).map(part).sum();
    (said + chat.title.as_ref().map_or(0, String::len)) as u64
}

/// Now.
pub(crate) fn now() -> Time {
    let ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    Time::from_ms(ms as u64).unwrap()
}
