//! The loop: events in, effects out.

use super::{Context, Event, calls, check, inbound, jobs};
use crate::limits::{BLAME_MALFORMED, SHUTDOWN_GRACE, TICK};
use crate::net::{Fault, NetEvent, Verdict};
use crate::service::{AskId, Effect, GossipVerdict, Input, Note, Reply, Service, Standing};
use sheaf_protocol::cbor;
use sheaf_protocol::exchange::topic;
use sheaf_protocol::id::{CommunityId, PublicKey};
use sheaf_protocol::time::Time;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

const DOES_NOT_HOLD: Fault = Fault { what: "its answers do not hold", points: BLAME_MALFORMED };

pub(super) struct Driver {
    service: Service,
    context: Arc<Context>,
    replies: HashMap<AskId, oneshot::Sender<Reply>>,
    tokens: BTreeMap<u64, crate::net::MessageToken>,
    topics: BTreeMap<String, CommunityId>,
    tasks: JoinSet<()>,
    next: u64,
}

impl Driver {
    pub(super) fn new(service: Service, context: Arc<Context>) -> Self {
        Self {
            service,
            context,
            replies: HashMap::new(),
            tokens: BTreeMap::new(),
            topics: BTreeMap::new(),
            tasks: JoinSet::new(),
            next: 0,
        }
    }

    /// Runs until `shutdown`, then ends in order: no new work, what is under way, the network.
    pub(super) async fn run(
        mut self,
        first: Vec<Effect>,
        mut net: mpsc::Receiver<NetEvent>,
        mut events: mpsc::Receiver<Event>,
        shutdown: impl Future<Output = ()>,
    ) {
        self.carry_out(first);
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        tokio::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(event) = events.recv() => self.event(event),
                event = net.recv() => match event {
                    Some(event) => self.net_event(event),
                    None => break,
                },
                _ = tick.tick() => self.step(Input::Tick),
                Some(_) = self.tasks.join_next(), if !self.tasks.is_empty() => {}
            }
        }
        self.end(events).await;
    }

    /// Jobs under way become durable and their askers are answered, within a grace period.
    async fn end(mut self, mut events: mpsc::Receiver<Event>) {
        let grace = tokio::time::sleep(SHUTDOWN_GRACE);
        tokio::pin!(grace);
        while !self.tasks.is_empty() {
            tokio::select! {
                () = &mut grace => break,
                Some(event) = events.recv() => if let Event::Input(input @ Input::Done { .. }) = event {
                    self.step(input);
                },
                _ = self.tasks.join_next() => {}
            }
        }
        self.tasks.shutdown().await;
        self.context.net.clone().shutdown().await;
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Input(input) => self.step(input),
            Event::Ask { from, ask, reply } => {
                self.next += 1;
                let id = AskId(self.next);
                self.replies.insert(id, reply);
                self.step(Input::Asked { id, from, ask });
            }
        }
    }

    fn net_event(&mut self, event: NetEvent) {
        match event {
            NetEvent::Connected { peer, addr, inbound } => {
                self.welcome(peer, inbound);
                self.step(Input::Connected { peer, address: addr.to_string(), inbound });
            }
            NetEvent::Disconnected { peer } => {
                self.context.guests.left(&peer);
                self.step(Input::Disconnected { peer });
            }
            NetEvent::Inbound { protocol, stream, refused: Some(why), .. } => {
                self.tasks.spawn(inbound::turn_away(protocol, stream, why));
            }
            NetEvent::Inbound { peer, protocol, stream, refused: None } => {
                let context = self.context.clone();
                self.tasks.spawn(inbound::serve(context, peer, protocol, stream));
            }
            NetEvent::Gossip { token, from, topic, data } => {
                let Some(community) = self.topics.get(&topic).copied() else { return };
                self.next += 1;
                let number = self.next;
                self.tokens.insert(number, token);
                let context = self.context.clone();
                self.tasks.spawn(async move {
                    let heard = check::gossip(&context, data).await;
                    context.tell(Input::Gossip { token: number, from, community, heard }).await;
                });
            }
            NetEvent::Listening { .. } => {}
        }
    }

    /// A peer came: who is it? Whom we dialled the network knows by itself.
    fn welcome(&mut self, peer: PublicKey, inbound: bool) {
        let standing = self.service.standing(&peer);
        self.context.guests.arrived(peer, standing, Instant::now());
        if inbound {
            let context = self.context.clone();
            let known = standing != Standing::Stranger;
            self.tasks.spawn(async move { context.net.know(peer, known).await });
        }
    }

    fn step(&mut self, input: Input) {
        let effects = self.service.step(input, now());
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.effect(effect);
        }
    }

    fn effect(&mut self, effect: Effect) {
        let context = self.context.clone();
        match effect {
            Effect::Job { job, work } => {
                self.tasks.spawn(async move {
                    let result = jobs::run(&context, work).await;
                    context.tell(Input::Done { job, result }).await;
                });
            }
            Effect::Call { call, peer, request } => {
                self.tasks.spawn(async move {
                    let answer = calls::call(&context, peer, *request).await;
                    context.tell(Input::Answered { call, answer }).await;
                });
            }
            Effect::Reply { id, reply } => {
                if let Some(waiting) = self.replies.remove(&id) {
                    // Who asked may have gone meanwhile.
                    let _ = waiting.send(*reply);
                }
            }
            Effect::Publish { community, announcement } => {
                self.tasks.spawn(async move {
                    let data = cbor::to_vec(&announcement);
                    if let Err(error) = context.net.publish(&topic(&community), data).await {
                        tracing::debug!(%community, %error, "gossip was not published");
                    }
                });
            }
            Effect::Verdict { token, verdict } => self.verdict(token, verdict),
            Effect::Subscribe(community) => {
                self.topics.insert(topic(&community), community);
                self.tasks.spawn(async move { context.net.subscribe(&topic(&community)).await });
            }
            Effect::Unsubscribe(community) => {
                self.topics.remove(&topic(&community));
                self.tasks.spawn(async move { context.net.unsubscribe(&topic(&community)).await });
            }
            Effect::Dial(address) => {
                self.tasks.spawn(async move {
                    let result = context.net.dial(&address).await.map_err(|e| e.to_string());
                    context.tell(Input::Dialled { address, result }).await;
                });
            }
            Effect::Disconnect(peer) => {
                self.tasks.spawn(async move { context.net.disconnect(peer).await });
            }
            Effect::Ban { peer, banned } => {
                self.tasks.spawn(async move {
                    match banned {
                        true => context.net.ban(peer).await,
                        false => context.net.unban(peer).await,
                    }
                });
            }
            Effect::Blame { peer, why } => {
                self.tasks.spawn(async move { context.net.blame(peer, DOES_NOT_HOLD, &why).await });
            }
            Effect::Note(Note { warn: true, text }) => tracing::warn!("{text}"),
            Effect::Note(Note { warn: false, text }) => tracing::info!("{text}"),
        }
    }

    fn verdict(&mut self, token: u64, verdict: GossipVerdict) {
        let Some(token) = self.tokens.remove(&token) else { return };
        let verdict = match verdict {
            GossipVerdict::Accept => Verdict::Accept,
            GossipVerdict::Ignore => Verdict::Ignore,
            GossipVerdict::Reject => Verdict::Reject,
        };
        let context = self.context.clone();
        self.tasks.spawn(async move { context.net.verdict(token, verdict).await });
    }
}

/// The clock, read here and nowhere else on the node's side.
pub(super) fn now() -> Time {
    let ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
    u64::try_from(ms).ok().and_then(Time::from_ms).unwrap_or_else(|| {
        // A clock beyond the year 9999 is a clock that is wrong.
        sheaf_protocol::time::Day(0).end()
    })
}
