//! What must be true in the end, however often somebody was killed.

use crate::chats::Given;
use crate::federation::Federation;
use crate::member::{Ledger, Member};
use sheaf_node::client::{CallError, Client, CommunityInfo};
use sheaf_node::flow::review::{look, waiting};
use sheaf_node::flow::withdraw::is_gone;
use sheaf_protocol::exchange::{
    Logged, MemberReply, PullReply, PullRequest, RefusalCode, Submission,
};
use sheaf_protocol::id::PublicKey;
use sheaf_protocol::limits::PULL_ITEMS_MAX;
use sheaf_protocol::log::Entry;
use sheaf_protocol::statement::{Kind, SignedStatement};
use sheaf_tests::{Home, files_below};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How long the nodes may take to agree in the end.
const PATIENCE: Duration = Duration::from_secs(180);
/// Building or verifying a dataset of ten thousand chats, in a debug build on a busy machine.
const BUILDING: Duration = Duration::from_secs(600);
/// Chats asked about in one question.
const ASKED: usize = 64;
/// Questions under way.
const AT_ONCE: usize = 32;

/// Everything, in the order in which it is easiest to understand a failure.
pub(crate) async fn check(federation: &mut Federation) {
    agreed(federation).await;
    what_waits_waits(federation).await;
    acknowledged_is_there(federation).await;
    one_history(federation).await;
    taken_back_everywhere(federation).await;
    datasets_hold(federation);
    federation.stop();
    let ledger = federation.member.ledger();
    let waiting: Vec<&Given> = ledger.waiting().collect();
    nothing_left(&federation.alice, &ledger, ledger.erased(), &waiting);
    // Whatever waited or waits was never for anybody else's eyes.
    let never_there = ledger.erased().chain(ledger.waiting());
    nothing_left(&federation.bob, &ledger, never_there, &[]);
}

/// Both nodes hold what the member knows: so many live, so many taken back, none to fetch; and so many
/// wait at alice's, and nowhere else.
async fn agreed(federation: &Federation) {
    let community = federation.member.community.to_string();
    let (live, gone, waiting) = {
        let ledger = federation.member.ledger();
        (
            ledger.live().count() as u64,
            ledger.taken_back().count() as u64,
            ledger.waiting().count() as u64,
        )
    };
    let started = Instant::now();
    for (home, waiting) in [(&federation.alice, waiting), (&federation.bob, 0)] {
        loop {
            let line = home.status(&community);
            let logged = line["live"] == live && line["withdrawn"] == gone && line["wanted"] == 0;
            if logged && line["pending"] == waiting {
                break;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{} should hold {live} live chats, {gone} taken back, {waiting} waiting: {line}",
                home.name
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// In the queue are the chats whose member was told that they wait, each once and as it was given, and no
/// other. What was turned away does not come in again.
async fn what_waits_waits(federation: &Federation) {
    let member = &federation.member;
    let reached = member.reach_both(federation.at_alice().tcp()).await;
    let listed = waiting(&reached.steward).await.unwrap();
    let listed: Vec<PublicKey> = listed.iter().map(|chat| chat.control).collect();
    let once: BTreeSet<PublicKey> = listed.iter().copied().collect();
    assert_eq!(once.len(), listed.len(), "no chat waits twice");
    let (told, away) = {
        let ledger = member.ledger();
        let told: BTreeMap<_, _> =
            ledger.waiting().map(|given| (given.control(), given.statement.id())).collect();
        let away: Vec<_> =
            ledger.turned_away().map(|given| (given.submission(), given.blob.clone())).collect();
        (told, away)
    };
    assert_eq!(once, told.keys().copied().collect(), "who was told to wait waits, and nobody else");
    for (control, statement) in &told {
        let shown = look(&reached.steward, &reached.info, control).await;
        let shown =
            shown.unwrap_or_else(|error| panic!("{control} waits, and does not open: {error}"));
        assert_eq!(shown.findings.kinds.len(), 1, "with what was found in it: {statement}");
    }
    for (submission, blob) in away {
        match reached.member.submit(submission, &blob).await {
            Err(CallError::Refused(refusal)) if refusal.code == RefusalCode::Gone => {}
            other => panic!("what was turned away is answered with {other:?}"),
        }
    }
    reached.close().await;
}

/// The same bytes sent again are known already, at the index acknowledged, under the newest head.
async fn acknowledged_is_there(federation: &Federation) {
    let member = &federation.member;
    let (client, info) = member.reach(federation.at_alice().tcp()).await;
    let (client, info) = (Arc::new(client), Arc::new(info));
    let logged: Vec<Again> = member.ledger().live().map(Again::of).collect();
    let mut asking = JoinSet::new();
    for again in logged {
        let (client, info) = (client.clone(), info.clone());
        if asking.len() >= AT_ONCE {
            asking.join_next().await.unwrap().unwrap();
        }
        asking.spawn(async move { again.send(&client, &info).await });
    }
    while let Some(ended) = asking.join_next().await {
        ended.unwrap();
    }
}

/// A chat that was acknowledged, to be sent again.
struct Again {
    submission: Submission,
    blob: Vec<u8>,
    statement: SignedStatement,
    index: u64,
}

impl Again {
    fn of((given, logged): (&Given, &Logged)) -> Self {
        let (blob, statement) = (given.blob.clone(), given.statement.clone());
        Self { submission: given.submission(), blob, statement, index: logged.index }
    }

    async fn send(self, client: &Client, info: &CommunityInfo) {
        let index = self.index;
        let reply = client.submit(self.submission, &self.blob).await;
        let Ok(MemberReply::Logged { logged }) = reply else {
            panic!("what was acknowledged at {index} is not there: {reply:?}")
        };
        assert!(logged.already, "what was acknowledged at {index} is logged anew");
        assert_eq!(logged.index, index, "it is where it was acknowledged");
        let checked = info.check_logged(&self.statement, &logged);
        checked.unwrap_or_else(|error| panic!("entry {index}: {error}"));
    }
}

/// Both logs are one, hold each chat once, and every head ever seen is of it.
async fn one_history(federation: &Federation) {
    let member = &federation.member;
    let mut logs = Vec::new();
    for node in [federation.at_alice(), federation.at_bob()] {
        let (client, info) = member.reach(node.tcp()).await;
        let head = info.head().unwrap().checkpoint().clone();
        logs.push(log(&client, member, head.size).await);
        client.close().await;
    }
    let shorter = logs[0].len().min(logs[1].len());
    assert_eq!(logs[0][..shorter], logs[1][..shorter], "alice and bob hold one history");
    let longest = logs.into_iter().max_by_key(Vec::len).unwrap();
    let manifests: Vec<PublicKey> =
        longest.iter().filter(|e| e.kind == Kind::MANIFEST.0).filter_map(|e| e.control).collect();
    let once: BTreeSet<_> = manifests.iter().copied().collect();
    assert_eq!(once.len(), manifests.len(), "no chat is in the log twice");
    let ledger = member.ledger();
    let logged = ledger.live().map(|(given, _)| given).chain(ledger.taken_back());
    let logged: BTreeSet<_> = logged.map(Given::control).collect();
    assert_eq!(once, logged, "every chat that came in is in the log, and none that waited in vain");
    ledger.heads.check(&longest);
}

async fn log(client: &Client, member: &Member, size: u64) -> Vec<Entry> {
    let mut entries = Vec::new();
    while (entries.len() as u64) < size {
        let (community, from) = (member.community, entries.len() as u64);
        let max = (size - from).min(PULL_ITEMS_MAX as u64);
        let request = PullRequest::Entries { community, from, max, size };
        let reply = client.pull(&request).await;
        let Ok(PullReply::Entries { entries: more, .. }) = reply else { panic!("{reply:?}") };
        entries.extend(more.iter().map(|bytes| Entry::from_bytes(&bytes.0).unwrap()));
    }
    entries
}

/// Alice knows bob's receipt for everything that was taken back.
async fn taken_back_everywhere(federation: &Federation) {
    let member = &federation.member;
    let controls: Vec<_> = member.ledger().taken_back().map(Given::control).collect();
    let (client, _) = member.reach(federation.at_alice().tcp()).await;
    let started = Instant::now();
    for controls in controls.chunks(ASKED) {
        loop {
            let places = client.places(member.community, controls).await.unwrap();
            let Some(left) = places.iter().find(|place| !is_gone(place)) else { break };
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "bob's receipt for a chat taken back is missing: {left:?}"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    client.close().await;
}

/// Datasets built from either node hold, and have the same rows.
fn datasets_hold(federation: &Federation) {
    let live = federation.member.ledger().live().count();
    let reader = federation.world.home("reader");
    let mut rows = Vec::new();
    for (name, node) in [("alice", federation.at_alice()), ("bob", federation.at_bob())] {
        let folder = federation.world.path().join(format!("dataset-{name}"));
        let folder = folder.to_str().unwrap();
        let build = ["dataset", "build", node.tcp(), "-o", folder, "--yes"];
        let built = reader.ok_within(&build, BUILDING);
        assert_eq!(built["rows"], live, "every live chat opens and becomes a row: {built}");
        reader.ok_within(&["dataset", "verify", folder], BUILDING);
        rows.push(std::fs::read(Path::new(folder).join("chats.jsonl")).unwrap());
    }
    assert!(rows[0] == rows[1], "alice's chats and bob's are the same bytes");
}

/// No file holds a key or a manifest of what is `gone` from this home; large files are those of live chats
/// and of those that wait here.
fn nothing_left<'a>(
    home: &Home,
    ledger: &Ledger,
    gone: impl Iterator<Item = &'a Given>,
    waiting: &[&Given],
) {
    let traces: Vec<Vec<u8>> = gone.flat_map(Given::traces).collect();
    let needles = Needles::new(&traces);
    for file in files_below(&home.path) {
        let bytes = std::fs::read(&file).unwrap();
        let found = needles.find(&bytes);
        assert!(found.is_none(), "{} holds what was taken back, at {found:?}", file.display());
    }
    let large = home.path.join("large").join("data");
    let kept: BTreeSet<String> = match large.is_dir() {
        true => files_below(&large).iter().filter_map(|path| stem(path)).collect(),
        false => BTreeSet::new(),
    };
    let here = ledger.live().map(|(given, _)| given).chain(waiting.iter().copied());
    let here: BTreeSet<String> =
        here.filter(|given| given.large).map(|given| given.hash.to_string()).collect();
    assert_eq!(kept, here, "the large files of {} are those of chats that are there", home.name);
}

fn stem(path: &Path) -> Option<String> {
    Some(path.file_stem()?.to_str()?.to_owned())
}

/// Many short byte strings, looked for at once.
struct Needles<'a> {
    by_start: BTreeMap<[u8; 4], Vec<&'a [u8]>>,
    first_two: Vec<bool>,
}

impl<'a> Needles<'a> {
    fn new(needles: &'a [Vec<u8>]) -> Self {
        let mut by_start: BTreeMap<[u8; 4], Vec<&[u8]>> = BTreeMap::new();
        let mut first_two = vec![false; 1 << 16];
        for needle in needles {
            by_start.entry(*needle.first_chunk().unwrap()).or_default().push(needle);
            first_two[usize::from(u16::from_be_bytes([needle[0], needle[1]]))] = true;
        }
        Self { by_start, first_two }
    }

    fn find(&self, bytes: &[u8]) -> Option<usize> {
        let here = |at: usize| {
            let start = bytes[at..].first_chunk()?;
            let needles = self.by_start.get(start)?;
            needles.iter().any(|needle| bytes[at..].starts_with(needle)).then_some(at)
        };
        let pairs = bytes.windows(2).enumerate();
        let likely = pairs.filter(|(_, pair)| {
            self.first_two[usize::from(u16::from_be_bytes([pair[0], pair[1]]))]
        });
        likely.map(|(at, _)| at).find_map(here)
    }
}

#[test]
fn what_is_hidden_in_a_file_is_found() {
    let hidden = vec![b"a needle".to_vec(), b"another needle".to_vec()];
    let needles = Needles::new(&hidden);
    assert_eq!(needles.find(b"hay, another needle, hay"), Some(5));
    assert_eq!(needles.find(b"hay, another neeble, hay a need"), None);
}
