//! The good messages, and the drafts of this page.

use super::refused::refused;
use crate::sample::{self, key};
use crate::vector::{self, Draft, accept, reject};
use serde_json::json;
use sheaf_protocol::cbor::{self, Bytes};
use sheaf_protocol::community::Explanation;
use sheaf_protocol::exchange::{
    Announcement, ChatBlob, ChatState, Finding, Findings, FoundKind, Holder, HolderState, Hosted,
    Item, ItemState, LargeRequest, LogLine, Logged, MemberReply, MemberRequest, Parts, Place,
    PullReply, PullRequest, Refusal, RefusalCode, ReviewChat, Salted, Served, StewardReply,
    StewardRequest, Submission, WaitingChat,
};
use sheaf_protocol::id::{BlobHash, EntryCommitment, Salt, StatementId, TreeHash};
use sheaf_protocol::sign::Signed;
use sheaf_protocol::statement::{Body, Role, TakedownReason, Withdrawal};

/// The drafts of this page.
pub(crate) fn drafts() -> Vec<Draft> {
    let input = |message: &[u8]| json!({ "message": vector::to_hex(message) });
    let accepted = accepted();
    let accepted =
        accepted.iter().map(|(name, what, why, message)| accept(*name, what, *why, input(message)));
    let refused = refused();
    let refused =
        refused.iter().map(|(name, what, why, message)| reject(*name, what, *why, input(message)));
    let community = sample::community().to_string();
    let topic = json!({ "community": community });
    let topics = [
        accept("topic", "topic", "one topic for each community", topic),
        reject(
            "topic-bare-key",
            "topic",
            "a key is a did:key",
            json!({ "community": &community[8..] }),
        ),
    ];
    accepted.chain(refused).chain(topics).collect()
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

fn line() -> LogLine {
    LogLine { index: 2, entry: logged().entry, state: "live".into() }
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
        reason: None,
    }
}

/// Taken down before it was in the log.
fn not_accepted() -> Place {
    Place {
        state: ChatState::TakenDown,
        index: None,
        holders: Vec::new(),
        reason: Some(TakedownReason::Privacy),
        ..place()
    }
}

fn found() -> FoundKind {
    FoundKind { kind: "email".into(), times: 1, review: true }
}

fn waiting() -> WaitingChat {
    WaitingChat {
        control: key(101).public(),
        received: sample::at(5000),
        plain_bytes: 300,
        messages: 2,
        signer: key(5).public(),
        name: Some("Amina".into()),
        kinds: vec![found()],
        failed: None,
    }
}

fn review() -> ReviewChat {
    let finding = Finding {
        at: "messages[0].parts[0].text".into(),
        bytes: (15, 32),
        code_points: (9, 26),
        kind: "email".into(),
        confidence: 96,
        continues: false,
    };
    ReviewChat {
        manifest: manifest(),
        key: [6; 32],
        received: sample::at(5000),
        findings: Findings { kinds: vec![found()], places: vec![finding], failed: None },
    }
}

pub(super) type Message = (&'static str, &'static str, &'static str, Vec<u8>);

pub(super) fn accepted() -> Vec<Message> {
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
            "where-not-accepted",
            "member-reply",
            "a steward did not accept it, and says why",
            cbor::to_vec(&MemberReply::Where { places: vec![not_accepted()] }),
        ),
        (
            "status",
            "steward-request",
            "codes of stewards begin at 32",
            cbor::to_vec(&StewardRequest::Status),
        ),
        (
            "append",
            "steward-request",
            "a steward's statement",
            cbor::to_vec(&StewardRequest::Append { statement: bytes(withdrawal(), 101) }),
        ),
        (
            "waiting",
            "steward-request",
            "chats that wait for review, from the first",
            cbor::to_vec(&StewardRequest::Waiting { after: None, max: 128 }),
        ),
        (
            "review",
            "steward-request",
            "one of them, whole",
            cbor::to_vec(&StewardRequest::Review { control: key(101).public() }),
        ),
        (
            "admit",
            "steward-request",
            "one of them is accepted",
            cbor::to_vec(&StewardRequest::Admit { control: key(101).public() }),
        ),
        (
            "waiting-reply",
            "steward-reply",
            "one of three, with what was found in it",
            cbor::to_vec(&StewardReply::Waiting { chats: vec![waiting()], total: 3 }),
        ),
        (
            "review-reply",
            "steward-reply",
            "the sealed bytes follow in frames",
            cbor::to_vec(&StewardReply::Review { chat: review() }),
        ),
        (
            "log-reply",
            "steward-reply",
            "one line, and the head it lies under",
            cbor::to_vec(&StewardReply::Log { lines: vec![line()], checkpoint: None }),
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
