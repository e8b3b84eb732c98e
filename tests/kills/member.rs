//! A member who gives and takes back over the member protocol, and a steward who decides on what waits;
//! both remember what was acknowledged.
//!
//! Nothing is believed: an acknowledgement is checked against the log it names. What was not
//! answered is sent again, the same bytes.

use crate::chats::{From, Given, Standing};
use crate::dice::Dice;
use crate::heads::Heads;
use sheaf_node::client::{CallError, Client, CommunityInfo};
use sheaf_protocol::cbor::Bytes;
use sheaf_protocol::exchange::{
    Logged, MemberReply, MemberRequest, Refusal, RefusalCode, StewardReply, StewardRequest,
};
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
    /// The steward's: into the log.
    Accept(usize),
    /// The steward's: erased from the queue.
    Reject(usize),
}

/// What came back.
#[derive(Debug)]
enum Answer {
    Member(MemberReply),
    Steward(StewardReply),
    /// Not now.
    Later,
    /// The chat to accept does not wait: it was accepted before somebody was killed.
    NotWaiting,
}

/// The ways to a node that is up.
pub(crate) struct Reached {
    pub(crate) member: Client,
    pub(crate) steward: Client,
    pub(crate) info: CommunityInfo,
}

impl Reached {
    pub(crate) async fn close(self) {
        self.member.close().await;
        self.steward.close().await;
    }
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
    steward: SecretKey,
    pub(crate) community: CommunityId,
    ledger: Arc<Mutex<Ledger>>,
}

impl Member {
    pub(crate) fn new(
        key: SecretKey,
        steward: SecretKey,
        community: CommunityId,
        seed: u64,
    ) -> Self {
        let ledger = Ledger {
            given: Vec::new(),
            heads: Heads::default(),
            open: VecDeque::new(),
            under_way: Vec::new(),
            dice: Dice::new(seed),
            answered: watch::Sender::new(0),
        };
        Self { key, steward, community, ledger: Arc::new(Mutex::new(ledger)) }
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
        let client = dial(&self.key, address).await;
        let info = client.community(Some(self.community)).await;
        (client, info.unwrap_or_else(|error| panic!("the node knows its community: {error}")))
    }

    /// The same, for the steward too.
    pub(crate) async fn reach_both(&self, address: &str) -> Reached {
        let (member, info) = self.reach(address).await;
        Reached { member, steward: dial(&self.steward, address).await, info }
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
    pub(crate) async fn work(&self, reached: Arc<Reached>) {
        self.ledger().begin();
        let mut workers = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (member, reached) = (self.clone(), reached.clone());
            workers.spawn(async move { member.work_alone(&reached).await });
        }
        while let Some(ended) = workers.join_next().await {
            ended.unwrap();
        }
    }

    async fn work_alone(&self, reached: &Reached) {
        while let Some(action) = self.next() {
            match self.attempt(reached, action).await {
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
    async fn attempt(&self, reached: &Reached, action: Action) -> Result<bool, CallError> {
        match self.asked(reached, action).await {
            Ok(Answer::Later) => {
                self.ledger().put_back(action);
                Ok(false)
            }
            Ok(answer) => {
                self.ledger().acknowledged(&reached.info, action, answer);
                Ok(true)
            }
            Err(error) => {
                self.ledger().put_back(action);
                Err(error)
            }
        }
    }

    async fn asked(&self, reached: &Reached, action: Action) -> Result<Answer, CallError> {
        let Reached { member, steward, info } = reached;
        let answer = match action {
            Action::Give(number) => {
                let (submission, blob) = {
                    let ledger = self.ledger();
                    let given = &ledger.given[number];
                    (given.submission(), given.blob.clone())
                };
                member.submit(submission, &blob).await.map(Answer::Member)
            }
            Action::TakeBack(number) => {
                let statement = Bytes(self.ledger().given[number].withdrawal(info));
                let request = MemberRequest::Withdraw { statement };
                member.member(&request).await.map(Answer::Member)
            }
            Action::Accept(number) => {
                let control = {
                    let mut ledger = self.ledger();
                    ledger.given[number].accepted = true;
                    ledger.given[number].control()
                };
                steward.steward(&StewardRequest::Admit { control }).await.map(Answer::Steward)
            }
            Action::Reject(number) => {
                let takedown = self.ledger().given[number].takedown(info, &self.steward);
                let request = StewardRequest::Append { statement: Bytes(takedown) };
                steward.steward(&request).await.map(Answer::Steward)
            }
        };
        match answer {
            Err(CallError::Refused(refusal)) => Ok(Answer::refused(action, &refusal)),
            answer => answer,
        }
    }
}

impl Answer {
    fn refused(action: Action, refusal: &Refusal) -> Self {
        use RefusalCode::{Busy, ReadOnly, Stale, Unknown};
        match (action, refusal.code) {
            (_, Busy | ReadOnly | Stale) => Self::Later,
            (Action::Accept(_), Unknown) => Self::NotWaiting,
            _ => panic!("{action:?} was refused: {refusal:?}"),
        }
    }
}

async fn dial(key: &SecretKey, address: &str) -> Client {
    let client = Client::connect(key.clone(), &[address.to_owned()]).await;
    client.unwrap_or_else(|error| panic!("the node is up: {error}"))
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

    /// What was in the log and was taken back.
    pub(crate) fn taken_back(&self) -> impl Iterator<Item = &Given> {
        let is_taken = |given: &&Given| matches!(given.standing, Standing::TakenBack(From::Log));
        self.given.iter().filter(is_taken)
    }

    /// What waits until a steward decides.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Given> {
        self.given.iter().filter(|given| matches!(given.standing, Standing::Waits))
    }

    /// What waited, and never comes into the log.
    pub(crate) fn turned_away(&self) -> impl Iterator<Item = &Given> {
        let is_away = |given: &&Given| {
            matches!(given.standing, Standing::Rejected | Standing::TakenBack(From::Queue))
        };
        self.given.iter().filter(is_away)
    }

    /// What is nowhere any more.
    pub(crate) fn erased(&self) -> impl Iterator<Item = &Given> {
        self.given.iter().filter(|given| given.is_erased())
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

    fn acknowledged(&mut self, info: &CommunityInfo, action: Action, answer: Answer) {
        self.under_way.retain(|other| *other != action);
        match (action, answer) {
            (Action::Give(number), Answer::Member(MemberReply::Logged { logged })) => {
                let given = &self.given[number];
                assert!(!given.private || given.accepted, "nobody accepted what was flagged");
                self.logged(info, number, logged);
            }
            (Action::Give(number), Answer::Member(MemberReply::Pending { statement })) => {
                let given = &self.given[number];
                let is_new = matches!(given.standing, Standing::Made);
                assert!(is_new, "what was told to wait neither waits nor is in the log");
                assert!(given.private, "nothing private stands in it");
                assert_eq!(statement, given.statement.id(), "it is this one that waits");
                self.waits(number);
            }
            (Action::TakeBack(number), Answer::Member(MemberReply::Withdrawn { .. })) => {
                let was_logged = matches!(self.given[number].standing, Standing::Logged(_));
                let from = if was_logged { From::Log } else { From::Queue };
                self.given[number].standing = Standing::TakenBack(from);
            }
            (Action::Accept(number), Answer::Steward(StewardReply::Logged { logged })) => {
                self.logged(info, number, logged);
            }
            // Its member asks, and is told where it is.
            (Action::Accept(number), Answer::NotWaiting) => {
                self.open.push_back(Action::Give(number));
            }
            (Action::Reject(number), Answer::Steward(StewardReply::Done)) => {
                self.given[number].standing = Standing::Rejected;
            }
            (action, answer) => panic!("{action:?} was answered with {answer:?}"),
        }
        self.answered.send_modify(|answered| *answered += 1);
    }

    /// It is in the queue: the steward accepts it, or not, or its member takes it back, or it waits on.
    fn waits(&mut self, number: usize) {
        self.given[number].standing = Standing::Waits;
        let next = match self.dice.below(8) {
            0..4 => Action::Accept(number),
            4..6 => Action::Reject(number),
            6 => Action::TakeBack(number),
            _ => return,
        };
        self.open.push_back(next);
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
