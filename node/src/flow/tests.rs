//! Stories of alice with a node that follows a script.

use super::{
    chats,
    contribute::{Contributor, DraftError, Said, SendError, Sent, Settings, send},
    fake::{Act, Fake, now},
    join, reach, recover,
    slip::{SlipError, verify_slip},
    withdraw::{Taken, watch, withdraw},
};
use crate::{
    book::{Book, Choices, CommunityBook, Known, MEMBERSHIP_COUNTER, Record, State, TextMark},
    client::{CallError, CheckError, Client, CommunityInfo, ConnectError},
    net::{self, NetConfig, NetLimits, OpenError},
};
use sheaf_protocol::{
    chat::{Chat, Message, Part, Role},
    exchange::{ChatState, Community, Logged, MEMBER, MemberRequest, RefusalCode},
    id::{CommunityId, PublicKey, Salt},
    limits::ITEM_BYTES_MAX,
    policy::{Policy, Preset},
    sign::{SecretKey, Seed},
    statement::Attribution,
};
use std::time::Duration;

struct Alice {
    seed: Seed,
    book: CommunityBook,
    _dir: tempfile::TempDir,
}

impl Alice {
    /// Alice, already a member.
    fn of(fake: &Fake) -> Self {
        let alice = Self::stranger_to(fake);
        fake.admit(alice.seed.member_key(&fake.id()).public());
        let known = Known {
            name: "old name".into(),
            addresses: fake.addresses.clone(),
            member: true,
            choices: None,
        };
        alice.book.remember(&known).unwrap();
        alice.book.advance(MEMBERSHIP_COUNTER + 1).unwrap();
        alice
    }

    fn stranger_to(fake: &Fake) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let book = Book::new(dir.path()).of(&fake.id());
        Self { seed: Seed::from_bytes([1; 32]), book, _dir: dir }
    }

    async fn reach(&self) -> (Client, CommunityInfo) {
        reach::reach(&self.seed, &self.book).await.unwrap()
    }

    fn sign(&self, info: &CommunityInfo, text: &str) -> Record {
        let mut contributor = Contributor::new(&self.book, &self.seed, info).unwrap();
        let draft = contributor.draft(&chat(text), &settings(named()), &english(), now()).unwrap();
        contributor.sign(vec![draft], now()).unwrap().remove(0)
    }
}

fn chat(text: &str) -> Chat {
    let messages = vec![
        Message::new(Role::User, None, vec![Part::text(text)]),
        Message::new(Role::Assistant, Some(0), vec![Part::text("Gladly.")]),
    ];
    let title = text.chars().take(40).collect();
    Chat { title: Some(title), model: Some("m-1".into()), messages, ..Chat::default() }
}

fn named() -> Attribution {
    Attribution::Name("alice".into())
}

fn settings(attribution: Attribution) -> Settings {
    Settings {
        choices: Choices {
            licence: "CC-BY-4.0".into(),
            usage: "train-ai=y".into(),
            attribution,
            keep: None,
        },
        due: None,
    }
}

fn english() -> Said {
    Said { languages: vec!["en".into()], ..Said::default() }
}

#[tokio::test]
async fn a_lost_acknowledgement_is_asked_for_again_with_identical_bytes() {
    let fake = Fake::start().await;
    let alice = Alice::of(&fake);
    let (client, info) = alice.reach().await;
    let mut record = alice.sign(&info, "hello");
    fake.script(Act::LoseAnswer);
    let lost = send(&client, &info, &alice.book, &mut record).await;
    assert!(matches!(lost, Err(SendError::Call(_))), "{lost:?}");
    assert_eq!(record.state, State::Prepared, "whether it arrived is not known");

    // Another day: only the book is left.
    let (client, info) = alice.reach().await;
    let mut open = chats::open(&alice.book).unwrap();
    let sent = send(&client, &info, &alice.book, &mut open[0]).await.unwrap();
    assert!(matches!(sent, Sent::Logged { index: 2, already: true }), "{sent:?}");
    let seen = fake.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0], seen[1], "a retry must not make a second statement");
    assert_eq!(alice.book.records().unwrap()[0].state, State::Logged { index: 2 });
    assert!(chats::open(&alice.book).unwrap().is_empty());
}

#[tokio::test]
async fn a_policy_changed_after_the_preview_asks_again() {
    let fake = Fake::start().await;
    let alice = Alice::of(&fake);
    let (client, info) = alice.reach().await;
    let mut record = alice.sign(&info, "hello");
    let stricter = Policy { title: "Stricter".into(), ..Policy::preset(Preset::Research) };
    fake.publish(stricter);

    let sent = send(&client, &info, &alice.book, &mut record).await.unwrap();
    let Sent::PolicyChanged(newer) = sent else { panic!("{sent:?}") };
    assert_eq!(newer.policy().title, "Stricter", "the new policy is there to be shown");
    assert!(matches!(record.state, State::Refused { .. }));
    assert!(alice.book.bundle(&record.id()).is_err(), "what was signed can never be sent");
    assert_eq!(fake.seen().len(), 1, "nothing was signed again by itself");

    let mut again = alice.sign(&newer, "hello");
    assert_ne!(again.control, record.control, "a control key is used once");
    let sent = send(&client, &newer, &alice.book, &mut again).await.unwrap();
    assert!(matches!(sent, Sent::Logged { already: false, .. }), "{sent:?}");
}

#[tokio::test]
async fn a_chat_that_arrived_is_never_forgotten() {
    let fake = Fake::start().await;
    let alice = Alice::of(&fake);
    let (client, info) = alice.reach().await;
    let mut record = alice.sign(&info, "hello");
    fake.script(Act::LoseAnswer);
    send(&client, &info, &alice.book, &mut record).await.unwrap_err();
    fake.script(Act::Refuse(RefusalCode::PolicyChanged));
    let sent = send(&client, &info, &alice.book, &mut record).await.unwrap();
    assert!(matches!(sent, Sent::Arrived { state: ChatState::Live, .. }), "{sent:?}");
    let (book, seed) = (&alice.book, &alice.seed);
    let taken = withdraw(&client, &info, book, seed, &mut record, now()).await.unwrap();
    assert!(matches!(taken, Taken::Back { .. }), "a careless node must not cost her the right");
}

#[tokio::test]
async fn a_lying_acknowledgement_is_caught() {
    type Case = (fn(&mut Logged), fn(&CheckError) -> bool);
    let lies: [Case; 5] = [
        (|l| l.salt = Salt([0; 32]), |e| matches!(e, CheckError::EntryOf)),
        (|l| l.entry.0.clear(), |e| matches!(e, CheckError::Entry(_))),
        (|l| l.index = 0, |e| matches!(e, CheckError::Inclusion(_))),
        (|l| l.inclusion[0].0[0] ^= 1, |e| matches!(e, CheckError::Inclusion(_))),
        (
            |l| l.checkpoint = l.checkpoint.replacen('A', "B", 1),
            |e| matches!(e, CheckError::Checkpoint(_)),
        ),
    ];
    let fake = Fake::start().await;
    let alice = Alice::of(&fake);
    let (client, info) = alice.reach().await;
    for (number, (lie, caught)) in lies.into_iter().enumerate() {
        let mut record = alice.sign(&info, &format!("lie {number}"));
        fake.script(Act::Lie(lie));
        match send(&client, &info, &alice.book, &mut record).await {
            Err(SendError::Check(error)) => assert!(caught(&error), "lie {number}: {error:?}"),
            other => panic!("lie {number} was believed: {other:?}"),
        }
        assert_eq!(record.state, State::Prepared, "no slip may come of a lie");
    }
}

#[tokio::test]
async fn a_lying_description_of_a_community_is_caught() {
    let fake = Fake::start().await;
    let alice = Alice::of(&fake);
    let (_client, info) = alice.reach().await;
    let check = |lie: fn(&mut Community)| {
        let mut said = info.said().clone();
        lie(&mut said);
        CommunityInfo::check(said, Some(&info.id())).unwrap_err().to_string()
    };
    let other = PublicKey([7; 32]);
    let strangers = CommunityInfo::check(info.said().clone(), Some(&CommunityId(other)));
    assert!(matches!(strangers, Err(CheckError::OtherCommunity { .. })));
    for (lie, named) in [
        ((|said| said.charter = said.policy_statement.clone()) as fn(&mut Community), "charter"),
        (|said| said.policy_statement = said.charter.clone(), "policy is not signed by a steward"),
        (|said| said.policy_statement.salt = Salt([0; 32]), "entry commits to"),
        (|said| said.epoch = 1, "another community or epoch"),
        (
            |said| said.checkpoint = said.checkpoint.as_ref().map(|c| c.replace("/0", "/1")),
            "checkpoint",
        ),
    ] {
        let error = check(lie);
        assert!(error.contains(named), "{named:?} is missing in: {error}");
    }
}

#[tokio::test]
async fn a_refusal_comes_before_anything_is_signed() {
    let fake = Fake::start().await;
    let alice = Alice::of(&fake);
    let (_client, info) = alice.reach().await;
    let contributor = Contributor::new(&alice.book, &alice.seed, &info).unwrap();
    let mut closed = settings(named());
    closed.choices.licence = "CC-BY-NC-ND-4.0".into();
    let error = contributor.draft(&chat("hello"), &closed, &english(), now()).unwrap_err();
    assert!(matches!(&error, DraftError::Policy(_)), "{error:?}");
    assert!(error.to_string().contains("CC-BY-NC-ND-4.0"), "a sentence names it: {error}");
    assert!(fake.seen().is_empty());
    assert_eq!(alice.book.reserve(1).unwrap(), 1..2, "no control key was used up");
}

#[tokio::test]
async fn the_same_text_is_given_once() {
    let fake = Fake::start().await;
    let alice = Alice::of(&fake);
    let (_client, info) = alice.reach().await;
    let record = alice.sign(&info, "hello");
    let contributor = Contributor::new(&alice.book, &alice.seed, &info).unwrap();
    let again = contributor.draft(&chat("hello"), &settings(Attribution::None), &english(), now());
    assert!(matches!(again, Err(DraftError::Given { id, .. }) if id == record.id()));
}

#[tokio::test]
async fn a_chat_is_known_again_whatever_was_masked_in_it() {
    let fake = Fake::start().await;
    let alice = Alice::of(&fake);
    let (_client, info) = alice.reach().await;
    let mark = |text: &str| TextMark::of(&chat(text).to_cbor());
    let give = |text: &str, source: &str| {
        let mut contributor = Contributor::new(&alice.book, &alice.seed, &info).unwrap();
        let draft = contributor.draft(&chat(text), &settings(named()), &english(), now()).unwrap();
        contributor.sign(vec![draft.made_of(mark(source))], now()).unwrap().remove(0)
    };
    let masked = give("I am [PERSON_1]", "I am Alice");
    let open = give("I am Bob", "I am Bob");
    assert_eq!(open.source, None, "nothing was masked: its text is its source");

    let mut record = masked.clone();
    alice.book.set_state(&mut record, State::Withdrawn { index: None }).unwrap();
    let other = give("I am A.", "I am Alice");
    let contributor = Contributor::new(&alice.book, &alice.seed, &info).unwrap();
    let given = |text: &str| contributor.given_of(&mark(text)).map(|(id, _)| id.clone());
    assert_eq!(given("I am Alice"), Some(other.id()), "the one that still stands is named");
    assert_eq!(given("I am Bob"), Some(open.id()), "what was given open is known, too");
    assert_eq!(given("I am Eve"), None);
}

#[tokio::test]
async fn a_chat_held_for_review_is_asked_after() {
    let fake = Fake::start().await;
    let alice = Alice::of(&fake);
    let (client, info) = alice.reach().await;
    let mut record = alice.sign(&info, "hello");
    fake.script(Act::Refuse(RefusalCode::Busy));
    fake.script(Act::Hold);
    let mut outcomes = Vec::new();
    for _ in 0..3 {
        let sent = send(&client, &info, &alice.book, &mut record).await.unwrap();
        outcomes.push((format!("{sent:?}"), record.state.clone()));
    }
    assert!(outcomes[0].0.starts_with("Later") && outcomes[0].1 == State::Prepared);
    assert!(outcomes[1].0.starts_with("Pending") && outcomes[1].1 == State::Pending);
    assert!(outcomes[2].0.starts_with("Logged"), "{outcomes:?}");
}

#[tokio::test]
async fn a_long_chat_travels_in_pieces() {
    let fake = Fake::start().await;
    let alice = Alice::of(&fake);
    let (client, info) = alice.reach().await;
    let mut noise = blake3::Hasher::new().finalize_xof();
    let mut bytes = vec![0; 3 * ITEM_BYTES_MAX];
    noise.fill(&mut bytes);
    let mut record = alice.sign(&info, &data_encoding::HEXLOWER.encode(&bytes));
    send(&client, &info, &alice.book, &mut record).await.unwrap();
    assert!(fake.seen()[0].len() > 3 * ITEM_BYTES_MAX, "no frame may hold it whole");
}

#[tokio::test]
async fn a_newcomer_joins_gives_without_a_name_and_checks_the_slip_offline() {
    let fake = Fake::start().await;
    let alice = Alice::stranger_to(&fake);
    let joining = join::look(&fake.invite(), &alice.seed, now()).await.unwrap();
    assert!(!joining.info.is_member());
    let joined = join::join(&joining, &alice.seed, &alice.book, None, None, now()).await.unwrap();
    assert_eq!(joined, join::Joined::Now { index: 2 });
    joining.client.close().await;

    let (client, info) = alice.reach().await;
    let mut contributor = Contributor::new(&alice.book, &alice.seed, &info).unwrap();
    let draft =
        contributor.draft(&chat("hi"), &settings(Attribution::None), &english(), now()).unwrap();
    let mut record = contributor.sign(vec![draft], now()).unwrap().remove(0);
    send(&client, &info, &alice.book, &mut record).await.unwrap();
    drop((client, fake));

    let slip = alice.book.slip(&record.id()).unwrap().unwrap();
    let verdict = verify_slip(&slip).unwrap();
    assert_eq!(verdict.signer, record.control, "nothing names alice");
    assert_eq!(verdict.control, Some(record.control));
    assert!(verdict.policy.is_some() && verdict.attested == record.shown);
    forge(&slip, 1);
    forge(&std::fs::read(alice.book.membership_slip_path()).unwrap(), 5);
}

/// No byte of a slip can be changed unnoticed: it is refused, or what was changed is named.
fn forge(slip: &[u8], step: usize) {
    assert!(verify_slip(slip).unwrap().remarks.is_empty(), "an honest slip needs no remark");
    let (mut refused, mut named) = (0, 0);
    for at in (0..slip.len()).step_by(step) {
        let mut forged = slip.to_vec();
        // A bit that makes one printable character of another, or a blank of a blank.
        forged[at] ^= if forged[at] == b' ' { b' ' ^ b'\t' } else { 1 };
        match verify_slip(&forged) {
            Err(_) => refused += 1,
            Ok(verdict) if !verdict.remarks.is_empty() => named += 1,
            Ok(_) => panic!("byte {at} was changed and not noticed: {}", near(&forged, at)),
        }
    }
    assert!(refused > 1000 / step && named > 100 / step, "{refused} refused, {named} named");
    let newer = String::from_utf8(slip.to_vec()).unwrap().replace("sheaf/slip/1", "sheaf/slip/2");
    assert!(matches!(verify_slip(newer.as_bytes()), Err(SlipError::Format(_))));
}

/// What stands around a byte.
fn near(bytes: &[u8], at: usize) -> String {
    let around = &bytes[at.saturating_sub(60)..(at + 20).min(bytes.len())];
    String::from_utf8_lossy(around).into_owned()
}

#[tokio::test]
async fn a_chat_is_taken_back_whatever_is_known_of_it() {
    let fake = Fake::start().await;
    let alice = Alice::of(&fake);
    let (client, info) = alice.reach().await;
    let mut logged = alice.sign(&info, "logged");
    send(&client, &info, &alice.book, &mut logged).await.unwrap();
    let mut lost = alice.sign(&info, "answer lost");
    fake.script(Act::LoseAnswer);
    send(&client, &info, &alice.book, &mut lost).await.unwrap_err();
    let mut never = alice.sign(&info, "never sent");

    let (book, seed) = (&alice.book, &alice.seed);
    for (record, wanted) in [(&mut logged, "Back"), (&mut lost, "Back"), (&mut never, "Never")] {
        let taken = withdraw(&client, &info, book, seed, record, now()).await.unwrap();
        assert!(format!("{taken:?}").starts_with(wanted), "{:?}: {taken:?}", record.title);
        assert!(book.bundle(&record.id()).is_err(), "it will not be sent any more");
        let again = withdraw(&client, &info, book, seed, record, now()).await.unwrap();
        assert_eq!(again, Taken::Before);
    }
    let controls = [logged.control, lost.control, never.control];
    let mut pictures = 0;
    let soon = Duration::from_secs(10);
    let places = watch(&client, &info, &controls, soon, |_| pictures += 1).await.unwrap();
    assert!(places.iter().all(super::withdraw::is_gone) && pictures == 1, "{places:?}");
    let lines = chats::list(&client, &info, book).await.unwrap();
    assert!(lines.iter().all(|line| matches!(line.record.state, State::Withdrawn { .. })));
}

#[tokio::test]
async fn words_on_a_new_machine_find_the_chats_again() {
    let fake = Fake::start().await;
    let alice = Alice::of(&fake);
    let (client, info) = alice.reach().await;
    alice.book.reserve(1000).unwrap();
    let mut record = alice.sign(&info, "hello");
    send(&client, &info, &alice.book, &mut record).await.unwrap();

    let new = Alice::stranger_to(&fake);
    let found = recover::recover(&client, &info, &new.book, &new.seed, now()).await.unwrap();
    assert_eq!((found.used, found.new, found.next), (1, 1, record.counter + 1));
    let mut again = new.book.records().unwrap().remove(0);
    assert_eq!(again.control, record.control, "a gap in the counters is stepped over");
    let taken = withdraw(&client, &info, &new.book, &new.seed, &mut again, now()).await.unwrap();
    assert!(matches!(taken, Taken::Back { .. }));
    assert_eq!(new.book.reserve(1).unwrap().start, record.counter + 1);
}

#[tokio::test]
async fn addresses_are_tried_in_turn_and_told_apart() {
    let fake = Fake::start().await;
    let key = || SecretKey::from_bytes([9; 32]);
    let good = &fake.addresses[0];
    let (socket, peer) = good.rsplit_once("/p2p/").unwrap();
    let nobody = format!("/ip4/127.0.0.1/tcp/1/p2p/{peer}");
    let client = Client::connect(key(), &[nobody.clone(), good.clone()]).await.unwrap();
    assert_eq!(client.address(), good);
    let other = SecretKey::from_bytes([99; 32]);
    let config = NetConfig {
        key: other,
        listen: vec!["/ip4/127.0.0.1/tcp/0".into()],
        protocols: vec!["/sheaf/member/9"],
        limits: NetLimits::node(),
    };
    let (newer, _events) = net::start(config).await.unwrap();
    let newer_address = newer.listening().await.remove(0);
    let wrong = format!("{socket}/p2p/{}", newer_address.rsplit_once("/p2p/").unwrap().1);
    let error = Client::connect(key(), &[nobody, wrong, "nonsense".into()]).await.unwrap_err();
    let text = error.to_string();
    for part in ["none of 3 addresses", "nothing listens there", "is answered by", "not an address"]
    {
        assert!(text.contains(part), "{part:?} is missing in: {text}");
    }
    assert!(matches!(error, ConnectError::Unreached { failures } if failures.len() == 3));

    let client = Client::connect(key(), &[newer_address]).await.unwrap();
    let error = client.member(&MemberRequest::Community { community: None }).await.unwrap_err();
    assert!(matches!(error, CallError::Open(OpenError::Unsupported { protocol: MEMBER, .. })));
    assert!(error.to_string().contains("/sheaf/member/9"), "it names what is offered: {error}");
}
