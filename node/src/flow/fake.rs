//! A home node that follows a script: real connections, real signatures, real proofs, and for each
//! contribution a way to misbehave.

use crate::net::{
    self, NetConfig, NetEvent, NetLimits, Stream,
    framing::{read_frame, write_frame},
};
use sheaf_protocol::{
    cbor::{self, Bytes},
    exchange::{
        ChatState, Community, Logged, MEMBER, MemberReply, MemberRequest, Place, Refusal,
        RefusalCode, Salted,
    },
    id::{CommunityId, PublicKey, Salt, StatementId, TreeHash},
    limits::{ITEM_BYTES_MAX, REQUEST_BYTES_MAX},
    log::{Checkpoint, Entry, Frontier, NodeId, SignedCheckpoint, commit, inclusion},
    policy::{Policy, Preset},
    sign::{SecretKey, Signed},
    statement::{Body, Charter, Invitation, Invite, PolicyRef, SignedStatement, Statement},
    time::Time,
};
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::io::AsyncWriteExt as _;

const SOON: Duration = Duration::from_secs(10);

/// How the fake treats a contribution; without a script it answers as it should.
pub(super) enum Act {
    /// Logs it, and loses the answer on the way.
    LoseAnswer,
    /// Holds it for review.
    Hold,
    /// Refuses it.
    Refuse(RefusalCode),
    /// Logs it, and changes the answer.
    Lie(fn(&mut Logged)),
}

pub(super) struct Fake {
    inner: Arc<Mutex<Inner>>,
    pub(super) addresses: Vec<String>,
}

pub(super) struct Inner {
    root: SecretKey,
    log_key: SecretKey,
    steward: SecretKey,
    charter: Salted,
    policy: (PolicyRef, Salted),
    entries: Vec<Entry>,
    frontier: Frontier,
    nodes: HashMap<NodeId, TreeHash>,
    logged: HashMap<StatementId, (u64, Salt)>,
    members: BTreeSet<PublicKey>,
    withdrawn: BTreeSet<PublicKey>,
    pub(super) script: VecDeque<Act>,
    /// Every contribution, as the bytes that came.
    pub(super) seen: Vec<Vec<u8>>,
    /// Every withdrawal.
    pub(super) withdrawals: Vec<Vec<u8>>,
}

pub(super) fn now() -> Time {
    Time::from_ms(1_790_000_000_000).unwrap()
}

impl Fake {
    pub(super) async fn start() -> Self {
        let config = NetConfig {
            key: SecretKey::from_bytes([40; 32]),
            listen: vec!["/ip4/127.0.0.1/tcp/0".into()],
            protocols: vec![MEMBER],
            limits: NetLimits::node(),
        };
        let (net, mut events) = net::start(config).await.unwrap();
        let inner = Arc::new(Mutex::new(Inner::new()));
        let (addresses, shared) = (net.listening().await, inner.clone());
        tokio::spawn(async move {
            // The handle lives as long as the fake serves.
            let _net = net;
            while let Some(event) = events.recv().await {
                if let NetEvent::Inbound { peer, stream, .. } = event {
                    tokio::spawn(serve(stream, peer, shared.clone()));
                }
            }
        });
        Self { inner, addresses }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    pub(super) fn id(&self) -> CommunityId {
        self.lock().id()
    }

    pub(super) fn admit(&self, key: PublicKey) {
        self.lock().members.insert(key);
    }

    pub(super) fn publish(&self, policy: Policy) {
        self.lock().publish(policy);
    }

    pub(super) fn script(&self, act: Act) {
        self.lock().script.push_back(act);
    }

    pub(super) fn seen(&self) -> Vec<Vec<u8>> {
        self.lock().seen.clone()
    }

    pub(super) fn invite(&self) -> String {
        let inner = self.lock();
        let key = SecretKey::from_bytes([77; 32]);
        let invitation =
            Invitation { community: inner.id(), key: key.public(), expires: now().plus_secs(3600) };
        Invite {
            invitation: Signed::sign(invitation, &inner.steward),
            key,
            addresses: self.addresses.clone(),
            name: "fake".into(),
        }
        .to_line()
    }
}

impl Inner {
    fn new() -> Self {
        let [root, log_key, steward] = [41, 42, 43].map(|n| SecretKey::from_bytes([n; 32]));
        let nothing = Salted { salt: Salt([0; 32]), statement: Bytes(Vec::new()) };
        let unset = PolicyRef { index: 0, commitment: commit(&nothing.salt, &[]) };
        let mut inner = Self {
            charter: nothing.clone(),
            policy: (unset, nothing),
            entries: Vec::new(),
            frontier: Frontier::new(),
            nodes: HashMap::new(),
            logged: HashMap::new(),
            members: BTreeSet::new(),
            withdrawn: BTreeSet::new(),
            script: VecDeque::new(),
            seen: Vec::new(),
            withdrawals: Vec::new(),
            root,
            log_key,
            steward,
        };
        let charter = Body::Charter(Charter {
            name: "Fake commons".into(),
            log_key: inner.log_key.public(),
            stewards: vec![inner.steward.public()],
            next_root: None,
            ends: None,
            previous: None,
        });
        let key = inner.root.clone();
        inner.charter = inner.log_own(charter, &key).1;
        inner.publish(Policy::preset(Preset::Open));
        inner
    }

    fn id(&self) -> CommunityId {
        CommunityId(self.root.public())
    }

    fn publish(&mut self, policy: Policy) {
        let key = self.steward.clone();
        let (index, salted) = self.log_own(Body::Policy(policy), &key);
        let commitment = commit(&salted.salt, &salted.statement.0);
        self.policy = (PolicyRef { index, commitment }, salted);
    }

    fn log_own(&mut self, body: Body, key: &SecretKey) -> (u64, Salted) {
        let content = Statement { community: self.id(), epoch: 0, policy: None, at: now(), body };
        let signed = Signed::sign(content, key);
        let (index, salt) = self.append(&signed);
        (index, Salted { salt, statement: Bytes(signed.bytes().to_vec()) })
    }

    fn append(&mut self, statement: &SignedStatement) -> (u64, Salt) {
        let index = self.entries.len() as u64;
        let salt = Salt([index as u8 + 100; 32]);
        let (control, due) = statement.content().entry_fields();
        let entry = Entry {
            kind: statement.content().kind().0,
            commitment: commit(&salt, statement.bytes()),
            control,
            due,
        };
        let nodes = &mut self.nodes;
        self.frontier.append_with(entry.leaf_hash(), &mut |id, hash| {
            nodes.insert(id, hash);
        });
        self.entries.push(entry);
        self.logged.insert(statement.id(), (index, salt));
        (index, salt)
    }

    fn checkpoint(&self) -> String {
        let head = Checkpoint {
            community: self.id(),
            epoch: 0,
            size: self.frontier.len(),
            root: self.frontier.root(),
        };
        SignedCheckpoint::sign(head, &self.log_key, now()).text()
    }

    fn acknowledge(&mut self, statement: &SignedStatement) -> Logged {
        let before = self.logged.get(&statement.id()).copied();
        let (index, salt) = before.unwrap_or_else(|| self.append(statement));
        let size = self.frontier.len();
        Logged {
            index,
            entry: Bytes(self.entries[index as usize].to_bytes()),
            salt,
            checkpoint: self.checkpoint(),
            inclusion: inclusion(size, index, &mut |id| self.nodes.get(&id).copied()).unwrap(),
            already: before.is_some(),
        }
    }

    fn submit(&mut self, statement: &SignedStatement) -> Option<MemberReply> {
        let retried = self.logged.contains_key(&statement.id());
        if !retried && statement.content().policy != Some(self.policy.0) {
            return Some(refuse(RefusalCode::PolicyChanged));
        }
        match self.script.pop_front() {
            Some(Act::Hold) => Some(MemberReply::Pending { statement: statement.id() }),
            Some(Act::Refuse(code)) => Some(refuse(code)),
            Some(Act::LoseAnswer) => {
                self.acknowledge(statement);
                None
            }
            Some(Act::Lie(change)) => {
                let mut logged = self.acknowledge(statement);
                change(&mut logged);
                Some(MemberReply::Logged { logged })
            }
            None => Some(MemberReply::Logged { logged: self.acknowledge(statement) }),
        }
    }

    fn withdraw(&mut self, bytes: Vec<u8>) -> MemberReply {
        let statement = SignedStatement::verify(&bytes).unwrap();
        let Body::Withdrawal(body) = &statement.content().body else { panic!("not a withdrawal") };
        assert_eq!(statement.signer(), body.control, "only the chat's own key takes it back");
        self.withdrawals.push(bytes);
        if !self.holds(&body.control) {
            return refuse(RefusalCode::Unknown);
        }
        self.withdrawn.insert(body.control);
        MemberReply::Withdrawn { index: Some(self.append(&statement).0) }
    }

    fn holds(&self, control: &PublicKey) -> bool {
        self.entries.iter().any(|entry| entry.control == Some(*control))
    }

    fn place(&self, control: PublicKey) -> Place {
        let state = match (self.withdrawn.contains(&control), self.holds(&control)) {
            (true, _) => ChatState::Withdrawn,
            (false, true) => ChatState::Live,
            (false, false) => ChatState::Unknown,
        };
        Place { control, state, index: None, holders: Vec::new(), reason: None }
    }

    fn community(&self, peer: &PublicKey) -> Community {
        Community {
            community: self.id(),
            name: "Fake commons".into(),
            epoch: 0,
            checkpoint: Some(self.checkpoint()),
            policy: self.policy.0,
            policy_statement: self.policy.1.clone(),
            charter: self.charter.clone(),
            member: self.members.contains(peer),
            steward: false,
            home: true,
            now: now(),
        }
    }

    /// `None` when the answer is to be lost.
    fn answer(&mut self, peer: PublicKey, request: MemberRequest) -> Option<MemberReply> {
        Some(match request {
            MemberRequest::Community { .. } => {
                MemberReply::Community { community: self.community(&peer) }
            }
            MemberRequest::Join { statement } => {
                self.members.insert(peer);
                let statement = SignedStatement::verify(&statement.0).unwrap();
                MemberReply::Logged { logged: self.acknowledge(&statement) }
            }
            MemberRequest::Submit { submission } => {
                return self.submit(&SignedStatement::verify(&submission.statement.0).unwrap());
            }
            MemberRequest::Withdraw { statement } => self.withdraw(statement.0),
            MemberRequest::Where { controls, .. } => MemberReply::Where {
                places: controls.into_iter().map(|control| self.place(control)).collect(),
            },
            MemberRequest::Scan { controls, .. } => {
                MemberReply::Scan { used: controls.iter().map(|key| self.holds(key)).collect() }
            }
        })
    }
}

fn refuse(code: RefusalCode) -> MemberReply {
    MemberReply::Refused { refusal: Refusal::new(code, format!("the script says {code:?}")) }
}

async fn serve(mut stream: Stream, peer: PublicKey, shared: Arc<Mutex<Inner>>) {
    let frame = read_frame(&mut stream, REQUEST_BYTES_MAX, SOON).await.unwrap().unwrap();
    let request: MemberRequest = cbor::from_slice(&frame).unwrap();
    if matches!(request, MemberRequest::Submit { .. }) {
        let mut all = frame;
        while let Some(piece) = read_frame(&mut stream, ITEM_BYTES_MAX, SOON).await.unwrap() {
            all.extend(piece);
        }
        shared.lock().unwrap().seen.push(all);
    }
    let answer = shared.lock().unwrap().answer(peer, request);
    if let Some(reply) = answer {
        write_frame(&mut stream, &cbor::to_vec(&reply), SOON).await.unwrap();
        stream.shutdown().await.unwrap();
    }
}
