//! A member who gives and takes back over the member protocol, and remembers what was acknowledged.
//!
//! Nothing is believed: an acknowledgement is checked against the log it names. What was not
//! answered is sent again, the same bytes.

use crate::chats::{Given, Standing};
use crate::dice::Dice;
use crate::heads::Heads;
use sheaf_node::client::{CallError, Client, CommunityInfo};
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::exchange::{Logged, MemberReply, MemberRequest, RefusalCode};
use sheaf_protocol::id::CommunityId;
use sheaf_protocol::sign::SecretKey;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Calls in flight.
const AT_ONCE: usize = 32;
/// One chat in so many is taken back later.
const TAKEN_BACK: u64 = 12;
/// Pause before a node that said "not now" is asked again.
const LATER: Duration = Duration::from_millis(25);

/// Something to do for one chat, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Give(usize),
    TakeBack(usize),
}

/// What the member holds and was told.
pub(crate) struct Ledger {
    pub(crate) given: Vec<Given>,
    pub(crate) heads: Heads,
    open: VecDeque<Action>,
    under_way: Vec<Action>,
    dice: Dice,
    answered: watch::Sender<u64>,
}

/// The member; clones share the ledger.
#[derive(Clone)]
pub(crate) struct Member {
    key: SecretKey,
    pub(crate) community: CommunityId,
    ledger: Arc<Mutex<Ledger>>,
}

impl Member {
    pub(crate) fn new(key: SecretKey, community: CommunityId, seed: u64) -> Self {
        let ledger = Ledger {
            given: Vec::new(),
            heads: Heads::default(),
            open: VecDeque::new(),
            under_way: Vec::new(),
            dice: Dice::new(seed),
            answered: watch::Sender::new(0),
        };
        Self { key, community, ledger: Arc::new(Mutex::new(ledger)) }
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    /// Counts acknowledgements.
    pub(crate) fn answered(&self) -> watch::Receiver<u64> {
        self.ledger().answered.subscribe()
    }

    /// Dials a node that is up.
    pub(crate) async fn reach(&self, address: &str) -> (Client, CommunityInfo) {
        let client = Client::connect(self.key.clone(), &[address.to_owned()]).await;
        let client = client.unwrap_or_else(|error| panic!("the node is up: {error}"));
        let info = client.community(Some(self.community)).await;
        (client, info.unwrap_or_else(|error| panic!("the node knows its community: {error}")))
    }

    /// Makes up `count` more chats to give.
    pub(crate) fn prepare(
        &self,
        info: &CommunityInfo,
        count: usize,
        lengths: impl Fn(usize) -> usize,
    ) {
        let mut ledger = self.ledger();
        for number in ledger.given.len()..ledger.given.len() + count {
            let given = Given::make(&mut ledger.dice, info, lengths(number));
            ledger.given.push(given);
            ledger.open.push_back(Action::Give(number));
        }
    }

    /// Does what is open until nothing is left, or the node no longer answers.
    pub(crate) async fn work(&self, client: Arc<Client>, info: Arc<CommunityInfo>) {
        self.ledger().begin();
        let mut workers = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (member, client, info) = (self.clone(), client.clone(), info.clone());
            workers.spawn(async move { member.work_alone(&client, &info).await });
        }
        while let Some(ended) = workers.join_next().await {
            ended.unwrap();
        }
    }

    async fn work_alone(&self, client: &Client, info: &CommunityInfo) {
        while let Some(action) = self.next() {
            match self.attempt(client, info, action).await {
                Ok(true) => {}
                Ok(false) => tokio::time::sleep(LATER).await,
                Err(_) => return,
            }
        }
    }

    fn next(&self) -> Option<Action> {
        let mut ledger = self.ledger();
        let action = ledger.open.pop_front()?;
        ledger.under_way.push(action);
        Some(action)
    }

    /// Whether the action was acknowledged; an error if it is not known what became of it.
    async fn attempt(
        &self,
        client: &Client,
        info: &CommunityInfo,
        action: Action,
    ) -> Result<bool, CallError> {
        let reply = match action {
            Action::Give(number) => {
                let (submission, blob) = {
                    let ledger = self.ledger();
                    let given = &ledger.given[number];
                    (given.submission(), given.blob.clone())
                };
                client.submit(submission, &blob).await
            }
            Action::TakeBack(number) => {
                let statement = Bytes(self.ledger().given[number].withdrawal(info));
                client.member(&MemberRequest::Withdraw { statement }).await
            }
        };
        match reply {
            Ok(reply) => {
                self.ledger().acknowledged(info, action, reply);
                Ok(true)
            }
            Err(CallError::Refused(refusal)) => {
                use RefusalCode::{Busy, ReadOnly, Stale};
                let passing = matches!(refusal.code, Busy | ReadOnly | Stale);
                assert!(passing, "{action:?} was refused: {refusal:?}");
                self.ledger().put_back(action);
                Ok(false)
            }
            Err(error) => {
                self.ledger().put_back(action);
                Err(error)
            }
        }
    }
}

impl Ledger {
    /// How many chats and withdrawals wait for an acknowledgement.
    pub(crate) fn open(&self) -> usize {
        self.open.len() + self.under_way.len()
    }

    pub(crate) fn live(&self) -> impl Iterator<Item = (&Given, &Logged)> {
        self.given.iter().filter_map(|given| match &given.standing {
            Standing::Logged(logged) => Some((given, logged)),
            _ => None,
        })
    }

    pub(crate) fn taken_back(&self) -> impl Iterator<Item = &Given> {
        self.given.iter().filter(|given| matches!(given.standing, Standing::TakenBack))
    }

    /// What was cut off has an unknown fate: it is done again.
    fn begin(&mut self) {
        let cut_off = std::mem::take(&mut self.under_way);
        cut_off.into_iter().for_each(|action| self.open.push_front(action));
    }

    fn put_back(&mut self, action: Action) {
        self.under_way.retain(|other| *other != action);
        self.open.push_back(action);
    }

    fn acknowledged(&mut self, info: &CommunityInfo, action: Action, reply: MemberReply) {
        self.under_way.retain(|other| *other != action);
        match (action, reply) {
            (Action::Give(number), MemberReply::Logged { logged }) => {
                self.logged(info, number, logged);
            }
            (Action::TakeBack(number), MemberReply::Withdrawn { .. }) => {
                self.given[number].standing = Standing::TakenBack;
            }
            (action, reply) => panic!("{action:?} was answered with {reply:?}"),
        }
        self.answered.send_modify(|answered| *answered += 1);
    }

    fn logged(&mut self, info: &CommunityInfo, number: usize, logged: Logged) {
        let given = &mut self.given[number];
        let head = info.check_logged(&given.statement, &logged);
        let head = head.unwrap_or_else(|error| panic!("a bad acknowledgement: {error}"));
        self.heads.told("alice", head.checkpoint());
        given.standing = Standing::Logged(logged);
        if self.dice.one_in(TAKEN_BACK) {
            self.open.push_back(Action::TakeBack(number));
        }
    }
}
