//! `docs/spec/exchange.md`: requests, answers, items, announcements.

use crate::sample::{self, key};
use crate::vector::{self, Draft, Input, Outcome};
use serde_json::{Value, json};
use sheaf_protocol::cbor::{self, Bytes, Decode, Encode};
use sheaf_protocol::community::Explanation;
use sheaf_protocol::exchange::{
    Announcement, ChatBlob, ChatState, Holder, HolderState, Hosted, Item, ItemState, LargeRequest,
    Logged, MemberReply, MemberRequest, Parts, Place, PullReply, PullRequest, Refusal, RefusalCode,
    Salted, Served, StewardRequest, Submission, topic,
};
use sheaf_protocol::id::{BlobHash, EntryCommitment, Salt, StatementId, TreeHash};
use sheaf_protocol::sign::Signed;
use sheaf_protocol::statement::{Body, Role, Withdrawal};

/// Runs one vector of this page.
pub(crate) fn run(what: &str, input: &Input<'_>) -> Option<Outcome> {
    Some(match what {
        "pull-request" => read::<PullRequest>(input),
        "pull-reply" => read::<PullReply>(input),
        "item" => read::<Item>(input),
        "large-request" => read::<LargeRequest>(input),
        "member-request" => read::<MemberRequest>(input),
        "member-reply" => read::<MemberReply>(input),
        "steward-request" => read::<StewardRequest>(input),
        "announcement" => read::<Announcement>(input),
        "topic" => community_topic(input),
        _ => return None,
    })
}

/// The name of the message; that its bytes are read back shows the rest.
fn read<T: Decode + Encode + std::fmt::Debug>(input: &Input<'_>) -> Outcome {
    let bytes = input.hex("message");
    let message: T = cbor::from_slice(&bytes).map_err(|e| e.to_string())?;
    assert_eq!(cbor::to_vec(&message), bytes, "what is read has one form");
    let debug = format!("{message:?}");
    let name = debug.split([' ', '{', '(']).next().unwrap_or_default();
    Ok(json!({ "message": name, "fields": fields(&bytes) }))
}

/// How many items the outermost array has, the code included.
fn fields(bytes: &[u8]) -> u64 {
    cbor::Reader::new(bytes).array().unwrap()
}

fn community_topic(input: &Input<'_>) -> Outcome {
    let community = input.text("community").parse().map_err(|e| format!("{e}"))?;
    Ok(json!({ "topic": topic(&community) }))
}

fn bytes(statement: Body, signer: u8) -> Bytes {
    Bytes(Signed::sign(sample::statement(statement), &key(signer)).bytes().to_vec())
}

fn manifest() -> Bytes {
    bytes(Body::Manifest(sample::manifest(1)), 5)
}

fn withdrawal() -> Body {
    Body::Withdrawal(Withdrawal { control: key(101).public() })
}

fn salted() -> Salted {
    Salted { salt: Salt([9; 32]), statement: manifest() }
}

fn explanation() -> Bytes {
    let signed = Signed::sign(sample::statement(withdrawal()), &key(101));
    Bytes(cbor::to_vec(&Explanation::Withdrawal(signed)))
}

fn refusal() -> Refusal {
    Refusal::new(RefusalCode::PolicyChanged, "The policy changed: look at it and decide again.")
}

fn logged() -> Logged {
    let entry = Signed::sign(sample::statement(Body::Manifest(sample::manifest(1))), &key(5))
        .entry(&Salt([9; 32]));
    Logged {
        index: 2,
        entry: Bytes(entry.to_bytes()),
        salt: Salt([9; 32]),
        checkpoint: "a checkpoint (log.md)\n".into(),
        inclusion: vec![TreeHash([1; 32]), TreeHash([2; 32])],
        already: false,
    }
}

fn place() -> Place {
    let holder = Holder {
        key: key(7).public(),
        role: Role::Replica,
        name: Some("node of Cranes".into()),
        state: HolderState::Erased,
        since: Some(sample::at(5000)),
    };
    Place {
        control: key(101).public(),
        state: ChatState::Withdrawn,
        index: Some(2),
        holders: vec![holder],
    }
}

type Message = (&'static str, &'static str, &'static str, Vec<u8>);

fn accepted() -> Vec<Message> {
    let community = sample::community();
    let item = |state| cbor::to_vec(&Item { index: 2, state });
    let small = ChatBlob::Small { bytes: Bytes(vec![7; 16]) };
    let large = ChatBlob::Large { hash: BlobHash([8; 32]), sealed_bytes: 70_000 };
    let served = |blob| Some(Served { key: [6; 32], blob });
    vec![
        ("hosted", "pull-request", "a request without fields", cbor::to_vec(&PullRequest::Hosted)),
        (
            "items",
            "pull-request",
            "two entries, chats whole",
            cbor::to_vec(&PullRequest::Items {
                community,
                indices: vec![2, 3],
                parts: Parts::Chats,
            }),
        ),
        (
            "entries",
            "pull-request",
            "the second thousand, proved up to the head of 5000",
            cbor::to_vec(&PullRequest::Entries { community, from: 1024, max: 1024, size: 5000 }),
        ),
        (
            "items-reply",
            "pull-reply",
            "two items follow",
            cbor::to_vec(&PullReply::Items { count: 2 }),
        ),
        (
            "hosted-reply",
            "pull-reply",
            "home of one community",
            cbor::to_vec(&PullReply::Hosted {
                communities: vec![Hosted { community, name: "Herons".into(), home: true, size: 5 }],
            }),
        ),
        (
            "item-small",
            "item",
            "statement, key and sealed bytes",
            item(ItemState::Here { salted: salted(), chat: served(small) }),
        ),
        (
            "item-large",
            "item",
            "the sealed bytes are fetched under /sheaf/large/1",
            item(ItemState::Here { salted: salted(), chat: served(large) }),
        ),
        (
            "item-gone",
            "item",
            "a hole is explained",
            item(ItemState::Gone { explanation: explanation() }),
        ),
        (
            "item-denied",
            "item",
            "held, not for you",
            item(ItemState::Denied { refusal: refusal() }),
        ),
        ("item-missing", "item", "not held here", item(ItemState::Missing)),
        (
            "large",
            "large-request",
            "a record, not a choice: there is one such request",
            cbor::to_vec(&LargeRequest {
                community,
                index: 2,
                commitment: EntryCommitment([3; 32]),
            }),
        ),
        (
            "community",
            "member-request",
            "of the node's home community",
            cbor::to_vec(&MemberRequest::Community { community: None }),
        ),
        (
            "submit",
            "member-request",
            "2048 sealed bytes follow in frames",
            cbor::to_vec(&MemberRequest::Submit {
                submission: Submission { statement: manifest(), key: [6; 32] },
            }),
        ),
        (
            "withdraw",
            "member-request",
            "signed by the control key",
            cbor::to_vec(&MemberRequest::Withdraw { statement: bytes(withdrawal(), 101) }),
        ),
        (
            "refused",
            "member-reply",
            "a code and a sentence",
            cbor::to_vec(&MemberReply::Refused { refusal: refusal() }),
        ),
        (
            "logged",
            "member-reply",
            "an acknowledgement",
            cbor::to_vec(&MemberReply::Logged { logged: logged() }),
        ),
        (
            "pending",
            "member-reply",
            "held for review",
            cbor::to_vec(&MemberReply::Pending { statement: StatementId([4; 32]) }),
        ),
        (
            "where",
            "member-reply",
            "taken back, and erased by the one replica",
            cbor::to_vec(&MemberReply::Where { places: vec![place()] }),
        ),
        (
            "status",
            "steward-request",
            "codes of stewards begin at 32",
            cbor::to_vec(&StewardRequest::Status),
        ),
        (
            "head",
            "announcement",
            "one new entry, and the statement that concerns everyone",
            cbor::to_vec(&Announcement::Head {
                checkpoint: "a checkpoint (log.md)\n".into(),
                first: 3,
                entries: vec![logged().entry],
                statements: vec![(
                    3,
                    Salted { salt: Salt([9; 32]), statement: bytes(withdrawal(), 101) },
                )],
            }),
        ),
        (
            "explanation",
            "announcement",
            "a withdrawal, logged or not",
            cbor::to_vec(&Announcement::Explanation { statement: bytes(withdrawal(), 101) }),
        ),
    ]
}

/// Each breaks one rule of a good message.
fn refused() -> Vec<Message> {
    let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
    let id = data_encoding::HEXLOWER.encode(&sample::community().0.0);
    let with_id = |text: &str| hex(&text.replace("ID", &id));
    let mut cut = cbor::to_vec(&MemberReply::Logged { logged: logged() });
    cut.pop();
    vec![
        ("unknown-request", "pull-request", "code 99 is not defined", hex("811863")),
        (
            "steward-as-pull",
            "pull-request",
            "a steward's request under the wrong protocol",
            hex("811820"),
        ),
        ("no-code", "pull-request", "an empty array names no request", hex("80")),
        ("not-an-array", "pull-request", "a bare code", hex("01")),
        ("trailing", "pull-request", "one frame holds one message", hex("810101")),
        ("field-too-many", "pull-request", "hosted has no fields", hex("8201f6")),
        ("field-missing", "pull-request", "head names a community", hex("8102")),
        ("indefinite", "pull-request", "arrays have a definite length", hex("9f01ff")),
        (
            "parts-unknown",
            "pull-request",
            "there are two kinds of parts",
            with_id("84045820ID810203"),
        ),
        (
            "index-not-shortest",
            "pull-request",
            "2 is written in one byte",
            with_id("84045820ID81180202"),
        ),
        ("index-negative", "pull-request", "indices count from 0", with_id("84045820ID812002")),
        (
            "list-too-long",
            "pull-request",
            "the list announces more than the message has",
            with_id("84045820ID9a7fffffff0202"),
        ),
        (
            "community-short",
            "pull-request",
            "a key has 32 bytes",
            hex("8202581f00000000000000000000000000000000000000000000000000000000000000"),
        ),
        ("state-unknown", "item", "there are four states", hex("82028105")),
        (
            "blob-unknown",
            "item",
            "a blob is small or large",
            hex(&format!(
                "8202830182{}{}82{}8103",
                "5820".to_owned() + &"09".repeat(32),
                "4101",
                "5820".to_owned() + &"06".repeat(32)
            )),
        ),
        (
            "key-short",
            "member-request",
            "a chat key has 32 bytes",
            hex(&format!("82038241015{}", "81f".to_owned() + &"06".repeat(31))),
        ),
        (
            "refusal-unknown",
            "member-reply",
            "codes of refusal end at 15",
            hex("8201821061 78".replace(' ', "").as_str()),
        ),
        ("sentence-not-utf8", "member-reply", "a sentence is text", hex("8201820261ff")),
        ("truncated", "member-reply", "an acknowledgement cut short", cut),
        (
            "code-unknown",
            "announcement",
            "there are three announcements",
            hex("820441 01".replace(' ', "").as_str()),
        ),
    ]
}

fn drafts() -> Vec<Draft> {
    let draft = |expect: &'static str| {
        move |(name, what, why, message): Message| Draft {
            expect,
            name,
            what,
            why,
            input: json!({ "message": vector::to_hex(message) }),
        }
    };
    let community: Value = sample::community().to_string().into();
    let mut drafts: Vec<_> = accepted().into_iter().map(draft("accept")).collect();
    drafts.extend(refused().into_iter().map(draft("reject")));
    drafts.push(Draft {
        expect: "accept",
        name: "topic",
        what: "topic",
        why: "one topic for each community",
        input: json!({ "community": community }),
    });
    drafts
}

#[test]
#[ignore = "rewrites docs/spec/vectors/*/exchange-*.json"]
fn write_exchange_vectors() {
    vector::rewrite("exchange", &drafts());
}
