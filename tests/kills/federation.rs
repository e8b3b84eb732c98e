//! Alice's home node and bob's partner node, killed and started again.

use crate::dice::Dice;
use crate::member::Member;
use sheaf_node::home::Home as NodeHome;
use sheaf_protocol::id::CommunityId;
use sheaf_tests::{Home, Node, World};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A kill comes at any moment up to this long after the last acknowledgement that was waited for.
const MOMENT: Duration = Duration::from_millis(300);
/// Of a start, any moment up to this.
const START: Duration = Duration::from_millis(200);
/// One start in so many is killed before the node is up.
const STARTS_KILLED: u64 = 4;
/// What was on its way when the node died may still be read for so long.
const GRACE: Duration = Duration::from_millis(50);
/// No acknowledgement takes longer, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(120);

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Victim {
    Alice,
    Bob,
    Either,
}

/// How a story goes.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) victim: Victim,
    /// Moments at which somebody is killed.
    pub(crate) kills: usize,
    /// Chats given before the first of them.
    pub(crate) before: usize,
    /// Chats given in each life.
    pub(crate) each_life: usize,
    /// Chats given at least, all in all.
    pub(crate) at_least: usize,
    /// The length of the chat of each number, in characters.
    pub(crate) lengths: fn(usize) -> usize,
    pub(crate) seed: u64,
}

/// Two nodes and the member who gives.
pub(crate) struct Federation {
    pub(crate) world: World,
    pub(crate) alice: Home,
    pub(crate) bob: Home,
    pub(crate) member: Member,
    pub(crate) kills: usize,
    at_alice: Option<Node>,
    at_bob: Option<Node>,
    dice: Dice,
}

impl Federation {
    /// Alice's community, whose steward she is, with bob's node as partner and carol as member.
    pub(crate) fn found(seed: u64) -> Self {
        let world = World::new();
        let (alice, bob, carol) = (world.home("alice"), world.home("bob"), world.home("carol"));
        let community: CommunityId = alice.found("Tea").parse().unwrap();
        let at_alice = alice.serve();
        let at_bob = bob.serve();
        bob.ok(&["follow", at_alice.tcp(), "--yes"]);
        alice.admit(&carol);
        let [key, steward] = [&carol, &alice]
            .map(|home| NodeHome::open(&home.path).unwrap().seed().unwrap().member_key(&community));
        let member = Member::new(key, steward, community, seed);
        let (at_alice, at_bob) = (Some(at_alice), Some(at_bob));
        let dice = Dice::new(seed ^ 1);
        Self { world, alice, bob, member, kills: 0, at_alice, at_bob, dice }
    }

    /// Lives and dies as planned; then everything that is open is done in peace.
    pub(crate) async fn live(&mut self, plan: &Plan) {
        self.prepare(plan, plan.before).await;
        self.in_peace().await;
        while self.kills < plan.kills {
            self.up().await;
            self.prepare(plan, plan.each_life).await;
            self.one_life(plan).await;
        }
        self.up().await;
        let given = self.member.ledger().given.len();
        self.prepare(plan, plan.at_least.saturating_sub(given)).await;
        self.in_peace().await;
    }

    async fn prepare(&self, plan: &Plan, chats: usize) {
        let (client, info) = self.member.reach(self.at_alice().tcp()).await;
        self.member.prepare(&info, chats, plan.lengths);
        client.close().await;
    }

    /// Both nodes run; neither came back with less than it had shown.
    async fn up(&mut self) {
        if self.at_alice.is_none() {
            self.at_alice = Some(self.start(Victim::Alice));
        }
        if self.at_bob.is_none() {
            self.at_bob = Some(self.start(Victim::Bob));
        }
        for (name, node) in [("alice", self.at_alice()), ("bob", self.at_bob())] {
            let (client, info) = self.member.reach(node.tcp()).await;
            let head = info.head().map(|head| head.checkpoint().clone());
            if let Some(head) = head {
                self.member.ledger().heads.after_start(name, &head);
            }
            client.close().await;
        }
    }

    /// Starts a node; now and then it is killed while it starts, and started again.
    fn start(&mut self, who: Victim) -> Node {
        while self.dice.one_in(STARTS_KILLED) {
            let moment = self.dice.moment(START);
            self.home(who).serve_killed_after(moment);
            self.kills += 1;
        }
        self.home(who).serve()
    }

    /// Gives, decides and takes back until one of the nodes is killed.
    async fn one_life(&mut self, plan: &Plan) {
        let victim = match plan.victim {
            Victim::Either if self.dice.one_in(2) => Victim::Alice,
            Victim::Either => Victim::Bob,
            named => named,
        };
        let reached = Arc::new(self.member.reach_both(self.at_alice().tcp()).await);
        let wanted = self.dice.below(self.member.ledger().open() as u64 + 1);
        let moment = self.dice.moment(MOMENT);
        let mut answered = self.member.answered();
        let wanted = *answered.borrow() + wanted;
        let mut work = tokio::spawn({
            let (member, reached) = (self.member.clone(), reached.clone());
            async move { member.work(reached).await }
        });
        let enough = answered.wait_for(|now| *now >= wanted);
        let enough = tokio::time::timeout(PATIENCE, enough).await.is_ok();
        assert!(enough, "no {wanted} acknowledgements after {PATIENCE:?}");
        tokio::time::sleep(moment).await;
        self.kill(victim);
        match tokio::time::timeout(GRACE, &mut work).await {
            Ok(ended) => ended.unwrap(),
            Err(_) => work.abort(),
        }
    }

    /// Does what is open, with nobody killed.
    async fn in_peace(&mut self) {
        let started = Instant::now();
        while self.member.ledger().open() > 0 {
            let reached = self.member.reach_both(self.at_alice().tcp()).await;
            let work = self.member.work(Arc::new(reached));
            let done = tokio::time::timeout(PATIENCE, work).await;
            let open = self.member.ledger().open();
            assert!(done.is_ok() && started.elapsed() < PATIENCE, "{open} not acknowledged");
        }
    }

    fn kill(&mut self, who: Victim) {
        let node = if who == Victim::Alice { &mut self.at_alice } else { &mut self.at_bob };
        node.take().unwrap().kill();
        self.kills += 1;
    }

    /// Ends both nodes in order.
    pub(crate) fn stop(&mut self) {
        self.at_alice.take().unwrap().stop();
        self.at_bob.take().unwrap().stop();
    }

    pub(crate) fn at_alice(&self) -> &Node {
        self.at_alice.as_ref().unwrap()
    }

    pub(crate) fn at_bob(&self) -> &Node {
        self.at_bob.as_ref().unwrap()
    }

    fn home(&self, who: Victim) -> &Home {
        if who == Victim::Alice { &self.alice } else { &self.bob }
    }
}
