//! Every message of the wire.

use super::values::*;
use super::{assert_one_form, config};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use sheaf_protocol::exchange::{
    Announcement, ChatBlob, ChatState, Community, Counted, Counts, Finding, Findings, FollowReport,
    FoundKind, Holder, HolderState, Hosted, Item, ItemState, LargeRequest, LogLine, Logged,
    MemberLine, MemberReply, MemberRequest, Parts, PeerLine, PeerRole, Place, PullReply,
    PullRequest, Refusal, RefusalCode, ReviewChat, Salted, Served, StewardReply, StewardRequest,
    Submission, WaitingChat,
};
use sheaf_protocol::statement::{Role, TakedownReason};

fn texts() -> impl Strategy<Value = String> {
    ".{0,20}"
}

fn refusal() -> impl Strategy<Value = Refusal> {
    let codes = select(vec![
        RefusalCode::Malformed,
        RefusalCode::PolicyChanged,
        RefusalCode::Gone,
        RefusalCode::Busy,
        RefusalCode::Internal,
    ]);
    (codes, texts()).prop_map(|(code, sentence)| Refusal { code, sentence })
}

fn salted() -> impl Strategy<Value = Salted> {
    (salt(), bytes()).prop_map(|(salt, statement)| Salted { salt, statement })
}

fn role() -> impl Strategy<Value = Role> {
    select(vec![Role::Replica, Role::Reader])
}

fn pull_requests() -> impl Strategy<Value = PullRequest> {
    let parts = select(vec![Parts::Statements, Parts::Chats]);
    prop_oneof![
        Just(PullRequest::Hosted),
        community().prop_map(|community| PullRequest::Head { community }),
        (community(), number(), number(), number()).prop_map(|(community, from, max, size)| {
            PullRequest::Entries { community, from, max, size }
        }),
        (community(), vec(number(), 0..5), parts).prop_map(|(community, indices, parts)| {
            PullRequest::Items { community, indices, parts }
        }),
        community().prop_map(|community| PullRequest::Explanations { community }),
        bytes().prop_map(|statement| PullRequest::Accept { statement }),
        bytes().prop_map(|statement| PullRequest::Offer { statement }),
        (community(), bytes())
            .prop_map(|(community, proof)| PullRequest::Fork { community, proof }),
        community().prop_map(|community| PullRequest::Counts { community }),
    ]
}

fn counted() -> impl Strategy<Value = Vec<Counted>> {
    vec((texts(), number()).prop_map(|(label, chats)| Counted { label, chats }), 0..3)
}

fn pull_replies() -> impl Strategy<Value = PullReply> {
    let hosted = (community(), texts(), any::<bool>(), number())
        .prop_map(|(community, name, home, size)| Hosted { community, name, home, size });
    let counts = (number(), counted(), counted()).prop_map(|(chats, licences, languages)| Counts {
        chats,
        licences,
        languages,
    });
    prop_oneof![
        refusal().prop_map(|refusal| PullReply::Refused { refusal }),
        vec(hosted, 0..3).prop_map(|communities| PullReply::Hosted { communities }),
        option::of(texts()).prop_map(|checkpoint| PullReply::Head { checkpoint }),
        (vec(bytes(), 0..3), vec(tree_hash(), 0..3))
            .prop_map(|(entries, consistency)| PullReply::Entries { entries, consistency }),
        number().prop_map(|count| PullReply::Items { count }),
        vec(bytes(), 0..3).prop_map(|statements| PullReply::Explanations { statements }),
        Just(PullReply::Done),
        counts.prop_map(|counts| PullReply::Counts { counts }),
    ]
}

fn items() -> impl Strategy<Value = Item> {
    let blob = prop_oneof![
        bytes().prop_map(|bytes| ChatBlob::Small { bytes }),
        (blob_hash(), number())
            .prop_map(|(hash, sealed_bytes)| ChatBlob::Large { hash, sealed_bytes }),
    ];
    let served = (any::<[u8; 32]>(), blob).prop_map(|(key, blob)| Served { key, blob });
    let state = prop_oneof![
        (salted(), option::of(served)).prop_map(|(salted, chat)| ItemState::Here { salted, chat }),
        bytes().prop_map(|explanation| ItemState::Gone { explanation }),
        refusal().prop_map(|refusal| ItemState::Denied { refusal }),
        Just(ItemState::Missing),
    ];
    (number(), state).prop_map(|(index, state)| Item { index, state })
}

fn member_requests() -> impl Strategy<Value = MemberRequest> {
    prop_oneof![
        option::of(community()).prop_map(|community| MemberRequest::Community { community }),
        bytes().prop_map(|statement| MemberRequest::Join { statement }),
        (bytes(), any::<[u8; 32]>()).prop_map(|(statement, key)| MemberRequest::Submit {
            submission: Submission { statement, key }
        }),
        bytes().prop_map(|statement| MemberRequest::Withdraw { statement }),
        (community(), vec(key(), 0..3))
            .prop_map(|(community, controls)| MemberRequest::Where { community, controls }),
        (community(), vec(key(), 0..3))
            .prop_map(|(community, controls)| MemberRequest::Scan { community, controls }),
    ]
}

fn communities() -> impl Strategy<Value = Community> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let log = (number(), option::of(texts()), policy_ref());
    (community(), texts(), log, salted(), salted(), flags, time()).prop_map(
        |(community, name, (epoch, checkpoint, policy), policy_statement, charter, flags, now)| {
            let (member, steward, home) = flags;
            Community {
                community,
                name,
                epoch,
                checkpoint,
                policy,
                policy_statement,
                charter,
                member,
                steward,
                home,
                now,
            }
        },
    )
}

fn logged() -> impl Strategy<Value = Logged> {
    (number(), bytes(), salt(), texts(), vec(tree_hash(), 0..3), any::<bool>()).prop_map(
        |(index, entry, salt, checkpoint, inclusion, already)| Logged {
            index,
            entry,
            salt,
            checkpoint,
            inclusion,
            already,
        },
    )
}

fn places() -> impl Strategy<Value = Place> {
    let states = select(vec![ChatState::Unknown, ChatState::Live, ChatState::Erasing]);
    let holder_states = select(vec![HolderState::Holds, HolderState::Unreached]);
    let holder = (key(), role(), option::of(texts()), holder_states, option::of(time()))
        .prop_map(|(key, role, name, state, since)| Holder { key, role, name, state, since });
    let reasons = select(vec![TakedownReason::Legal, TakedownReason::Policy]);
    (key(), states, option::of(number()), vec(holder, 0..3), option::of(reasons)).prop_map(
        |(control, state, index, holders, reason)| Place { control, state, index, holders, reason },
    )
}

fn member_replies() -> impl Strategy<Value = MemberReply> {
    prop_oneof![
        refusal().prop_map(|refusal| MemberReply::Refused { refusal }),
        communities().prop_map(|community| MemberReply::Community { community }),
        logged().prop_map(|logged| MemberReply::Logged { logged }),
        option::of(number()).prop_map(|index| MemberReply::Withdrawn { index }),
        vec(places(), 0..3).prop_map(|places| MemberReply::Where { places }),
        vec(any::<bool>(), 0..9).prop_map(|used| MemberReply::Scan { used }),
        statement_id().prop_map(|statement| MemberReply::Pending { statement }),
    ]
}

fn steward_requests() -> impl Strategy<Value = StewardRequest> {
    prop_oneof![
        Just(StewardRequest::Status),
        bytes().prop_map(|statement| StewardRequest::Append { statement }),
        Just(StewardRequest::Members),
        (option::of(community()), number(), number())
            .prop_map(|(community, from, max)| StewardRequest::Log { community, from, max }),
        texts().prop_map(|address| StewardRequest::Look { address }),
        (texts(), community(), policy_ref()).prop_map(|(address, community, policy)| {
            StewardRequest::Follow { address, community, policy }
        }),
        community().prop_map(|community| StewardRequest::Unfollow { community }),
        Just(StewardRequest::Peers),
        (key(), any::<bool>()).prop_map(|(peer, blocked)| StewardRequest::Block { peer, blocked }),
        (option::of(key()), number())
            .prop_map(|(after, max)| StewardRequest::Waiting { after, max }),
        key().prop_map(|control| StewardRequest::Review { control }),
        key().prop_map(|control| StewardRequest::Admit { control }),
    ]
}

fn peer_lines() -> impl Strategy<Value = PeerLine> {
    let roles = (community(), option::of(role()), option::of(number()))
        .prop_map(|(community, role, size)| PeerRole { community, role, size });
    let seen = option::of(time());
    (key(), any::<bool>(), any::<bool>(), vec(texts(), 0..3), vec(roles, 0..3), seen).prop_map(
        |(key, connected, blocked, addresses, roles, seen)| PeerLine {
            key,
            connected,
            blocked,
            addresses,
            roles,
            seen,
        },
    )
}

fn found() -> impl Strategy<Value = Vec<FoundKind>> {
    let kind = (texts(), number(), any::<bool>());
    vec(kind.prop_map(|(kind, times, review)| FoundKind { kind, times, review }), 0..3)
}

fn findings() -> impl Strategy<Value = Findings> {
    let range = || (number(), number());
    let finding = (texts(), range(), range(), texts(), any::<u8>(), any::<bool>()).prop_map(
        |(at, bytes, code_points, kind, confidence, continues)| Finding {
            at,
            bytes,
            code_points,
            kind,
            confidence,
            continues,
        },
    );
    (found(), vec(finding, 0..3), option::of(texts()))
        .prop_map(|(kinds, places, failed)| Findings { kinds, places, failed })
}

fn waiting_chats() -> impl Strategy<Value = WaitingChat> {
    let facts = (number(), any::<u32>(), option::of(texts()), option::of(texts()));
    (key(), time(), facts, key(), found()).prop_map(
        |(control, received, (plain_bytes, messages, name, failed), signer, kinds)| WaitingChat {
            control,
            received,
            plain_bytes,
            messages,
            signer,
            name,
            kinds,
            failed,
        },
    )
}

fn review_chats() -> impl Strategy<Value = ReviewChat> {
    (bytes(), any::<[u8; 32]>(), time(), findings()).prop_map(
        |(manifest, key, received, findings)| ReviewChat { manifest, key, received, findings },
    )
}

fn steward_replies() -> impl Strategy<Value = StewardReply> {
    let members = (key(), option::of(texts()), any::<bool>(), number())
        .prop_map(|(key, name, steward, index)| MemberLine { key, name, steward, index });
    let lines = (number(), bytes(), texts()).prop_map(|(index, entry, state)| LogLine {
        index,
        entry,
        state,
    });
    prop_oneof![
        refusal().prop_map(|refusal| StewardReply::Refused { refusal }),
        logged().prop_map(|logged| StewardReply::Logged { logged }),
        vec(members, 0..3).prop_map(|members| StewardReply::Members { members }),
        (vec(lines, 0..3), option::of(texts()))
            .prop_map(|(lines, checkpoint)| StewardReply::Log { lines, checkpoint }),
        vec(communities(), 0..2).prop_map(|communities| StewardReply::Found { communities }),
        (community(), texts(), number()).prop_map(|(community, name, size)| {
            StewardReply::Following { report: FollowReport { community, name, size } }
        }),
        vec(peer_lines(), 0..3).prop_map(|peers| StewardReply::Peers { peers }),
        Just(StewardReply::Done),
        (vec(waiting_chats(), 0..3), number())
            .prop_map(|(chats, total)| StewardReply::Waiting { chats, total }),
        review_chats().prop_map(|chat| StewardReply::Review { chat }),
    ]
}

fn announcements() -> impl Strategy<Value = Announcement> {
    prop_oneof![
        (texts(), number(), vec(bytes(), 0..3), vec((number(), salted()), 0..3)).prop_map(
            |(checkpoint, first, entries, statements)| Announcement::Head {
                checkpoint,
                first,
                entries,
                statements,
            }
        ),
        bytes().prop_map(|statement| Announcement::Explanation { statement }),
        bytes().prop_map(|proof| Announcement::Fork { proof }),
    ]
}

fn large_requests() -> impl Strategy<Value = LargeRequest> {
    (community(), number(), entry_commitment())
        .prop_map(|(community, index, commitment)| LargeRequest { community, index, commitment })
}

macro_rules! have_one_form {
    ($($test:ident: $messages:ident),+ $(,)?) => {
        proptest! {
            #![proptest_config(config(128))]
            $(
                #[test]
                fn $test(message in $messages(), at: usize, flip in 1..=255_u8) {
                    assert_one_form(&message, at, flip);
                }
            )+
        }
    };
}
have_one_form! {
    a_pull_request_has_one_form: pull_requests,
    a_pull_reply_has_one_form: pull_replies,
    an_item_has_one_form: items,
    a_large_request_has_one_form: large_requests,
    a_member_request_has_one_form: member_requests,
    a_member_reply_has_one_form: member_replies,
    a_steward_request_has_one_form: steward_requests,
    a_steward_reply_has_one_form: steward_replies,
    an_announcement_has_one_form: announcements,
}
