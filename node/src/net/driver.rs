//! The task that owns the swarm.

use super::{
    Fault, MessageToken, NetEvent, Verdict,
    address::{PeerAddr, name, public_key},
    door::host_of,
    error::{DialError, PublishError},
    gossip::{Undecided, Verdicts},
    handle::{Command, Reply},
    metered::UNREAD,
    reason::{bad_handshake, dial_error},
    streams::Inbound,
    swarm::{Behaviour, BehaviourEvent, Shared},
};
use crate::limits::{
    BLAME_GOSSIP, BLAME_UNREAD, COMPLAINTS_EVERY, EVENTS_RESERVED, SHUTDOWN_TIMEOUT,
    TOPIC_BYTES_MAX,
};
use futures::StreamExt as _;
use libp2p::{
    Multiaddr, PeerId, Swarm,
    core::{ConnectedPoint, transport::ListenerId},
    gossipsub::{self, IdentTopic, MessageAcceptance},
    swarm::{
        ConnectionError, ConnectionId, ListenError, SwarmEvent,
        dial_opts::{DialOpts, PeerCondition},
    },
};
use sheaf_protocol::{id::PublicKey, limits::GOSSIP_BYTES_MAX};
use std::collections::{HashMap, HashSet, VecDeque};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};

/// A dial under way, and who waits for it.
type Dial = (PeerAddr, Reply<Result<PublicKey, DialError>>);

pub(super) struct Driver {
    pub(super) swarm: Swarm<Behaviour>,
    events: mpsc::Sender<NetEvent>,
    /// News of connections for which `events` had no room: at most what one swarm event brings,
    /// because the swarm rests until it is delivered. (More during the start, until all listen.)
    outbox: VecDeque<NetEvent>,
    dials: HashMap<ConnectionId, Dial>,
    listeners: HashSet<ListenerId>,
    verdicts: Verdicts,
    /// Peers that the application was told of.
    told: HashSet<PeerId>,
    shared: Shared,
    /// Last, so that it is dropped last: that tells the handles that all is over.
    commands: mpsc::Receiver<Command>,
}

impl Driver {
    pub(super) fn new(
        swarm: Swarm<Behaviour>,
        events: mpsc::Sender<NetEvent>,
        commands: mpsc::Receiver<Command>,
        shared: Shared,
    ) -> Self {
        Self {
            swarm,
            events,
            outbox: VecDeque::new(),
            dials: HashMap::new(),
            listeners: HashSet::new(),
            verdicts: Verdicts::default(),
            told: HashSet::new(),
            shared,
            commands,
        }
    }

    /// Runs until told to shut down, or until no handle is left.
    pub(super) async fn run(mut self) {
        let mut sum_up = tokio::time::interval(COMPLAINTS_EVERY);
        loop {
            let overdue = self.verdicts.deadline();
            tokio::select! {
                command = self.commands.recv() => match command {
                    None | Some(Command::Shutdown) => break,
                    Some(command) => self.on_command(command),
                },
                event = self.swarm.select_next_some(), if self.outbox.is_empty() => {
                    self.on_swarm_event(event);
                }
                () = deliver(&self.events, &mut self.outbox), if !self.outbox.is_empty() => {}
                () = sleep_until(overdue.unwrap_or_else(Instant::now)), if overdue.is_some() => {
                    self.ignore_overdue();
                }
                now = sum_up.tick() => self.shared.complaints.sum_up(now.into_std()),
            }
        }
        self.close().await;
    }

    fn on_command(&mut self, command: Command) {
        let behaviour = self.swarm.behaviour_mut();
        match command {
            Command::Listening(reply) => {
                // An error means that nobody waits any more; here and below.
                let _ = reply.send(self.swarm.listeners().map(|addr| self.full(addr)).collect());
            }
            Command::Dial(target, reply) => self.dial(target, reply),
            Command::Disconnect(peer) => {
                // An error means that it is not connected.
                let _ = self.swarm.disconnect_peer_id(peer);
            }
            Command::Ban(peer) => {
                let (why, now) = ("the operator of this node refuses your key", Instant::now());
                self.shared.reputation.refuse(peer, why, None, now.into_std());
                behaviour.door.show_out(peer);
            }
            Command::Unban(peer) => self.shared.reputation.forgive(&peer),
            Command::Know(peer, known) => {
                self.shared.reputation.set_known(peer, known);
                behaviour.streams.set_known(peer, known);
            }
            Command::Blame(peer, fault) => self.blame(peer, fault),
            Command::Open(peer, request) => behaviour.streams.open(peer, request),
            Command::Subscribe(topic) => self.subscribe(&topic),
            Command::Unsubscribe(topic) => {
                behaviour.gossip.inner.unsubscribe(&IdentTopic::new(topic));
            }
            Command::Publish(topic, data, reply) => {
                let _ = reply.send(self.publish(topic, data));
            }
            Command::Verdict(token, verdict) => self.on_verdict(token, verdict),
            // `run` has taken it.
            Command::Shutdown => {}
        }
    }

    pub(super) fn on_swarm_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Gossip(gossipsub::Event::Message {
                propagation_source,
                message_id,
                message,
            })) => self.on_message(propagation_source, message_id, message),
            SwarmEvent::Behaviour(BehaviourEvent::Streams(inbound)) => self.on_stream(inbound),
            SwarmEvent::ConnectionEstablished {
                peer_id,
                connection_id,
                endpoint,
                num_established,
                ..
            } => {
                if num_established.get() == 1 {
                    self.tell_connected(peer_id, &endpoint);
                }
                if let Some((target, reply)) = self.dials.remove(&connection_id) {
                    let _ = reply.send(Ok(target.peer()));
                }
            }
            SwarmEvent::ConnectionClosed { peer_id, num_established, cause, .. } => {
                self.on_closed(peer_id, num_established, cause);
            }
            SwarmEvent::OutgoingConnectionError { connection_id, error, .. } => {
                if let Some((target, reply)) = self.dials.remove(&connection_id) {
                    let _ = reply.send(Err(dial_error(&target, error)));
                }
            }
            SwarmEvent::NewListenAddr { listener_id, address } => {
                self.listeners.insert(listener_id);
                self.tell(NetEvent::Listening { addr: self.full(&address) });
            }
            SwarmEvent::ListenerClosed { listener_id, addresses, reason } => {
                self.listeners.remove(&listener_id);
                tracing::warn!(?addresses, ?reason, "no longer listening");
            }
            SwarmEvent::ListenerError { error, .. } => tracing::warn!(%error, "listening failed"),
            SwarmEvent::IncomingConnectionError { send_back_addr, error, .. } => {
                tracing::debug!(%error, "an inbound connection failed");
                self.on_failed_handshake(&send_back_addr, &error);
            }
            _ => {}
        }
    }

    fn on_closed(&mut self, peer: PeerId, left: u32, cause: Option<ConnectionError>) {
        let unread = cause.map(|cause| cause.to_string()).filter(|why| why.contains(UNREAD));
        if let Some(why) = unread {
            let what = "its connection was closed";
            self.shared.complaints.tell(&name(&peer), what, &why, Instant::now().into_std());
            self.blame(
                peer,
                Fault { what: "you sent what nobody asked for", points: BLAME_UNREAD },
            );
        }
        if left == 0
            && self.told.remove(&peer)
            && let Some(peer) = public_key(&peer)
        {
            self.tell(NetEvent::Disconnected { peer });
        }
    }

    /// Who fails to prove a key is known by its host alone.
    fn on_failed_handshake(&mut self, from: &Multiaddr, error: &ListenError) {
        if let Some(why) = bad_handshake(error) {
            let (host, what) = (host_of(from).to_string(), "a handshake that does not hold");
            self.shared.complaints.tell(&host, what, &why, Instant::now().into_std());
        }
    }

    /// Whoever did too much wrong leaves, and is refused for a while.
    fn blame(&mut self, peer: PeerId, fault: Fault) {
        let now = Instant::now().into_std();
        if self.shared.reputation.blame(peer, fault.points, fault.what, now) {
            self.shared.complaints.tell(&name(&peer), "refused for a while", fault.what, now);
            self.swarm.behaviour_mut().door.show_out(peer);
        }
    }

    fn dial(&mut self, target: PeerAddr, reply: Reply<Result<PublicKey, DialError>>) {
        if self.swarm.is_connected(&target.peer) {
            let _ = reply.send(Ok(target.peer()));
            return;
        }
        let options = DialOpts::peer_id(target.peer)
            .condition(PeerCondition::Always)
            .addresses(vec![target.socket.clone()])
            .allocate_new_port()
            .build();
        let id = options.connection_id();
        match self.swarm.dial(options) {
            Ok(()) => {
                self.dials.insert(id, (target, reply));
            }
            Err(error) => {
                let _ = reply.send(Err(dial_error(&target, error)));
            }
        }
    }

    fn subscribe(&mut self, topic: &str) {
        if topic.len() > TOPIC_BYTES_MAX {
            return tracing::error!(topic, "the topic's name is too long");
        }
        if let Err(error) =
            self.swarm.behaviour_mut().gossip.inner.subscribe(&IdentTopic::new(topic))
        {
            tracing::error!(?error, topic, "cannot subscribe");
        }
    }

    fn publish(&mut self, topic: String, data: Vec<u8>) -> Result<(), PublishError> {
        let len = data.len();
        let topic = IdentTopic::new(topic);
        match self.swarm.behaviour_mut().gossip.inner.publish(topic, data) {
            Ok(_) => Ok(()),
            Err(gossipsub::PublishError::Duplicate) => Err(PublishError::Duplicate),
            Err(gossipsub::PublishError::AllQueuesFull(_)) => Err(PublishError::Busy),
            Err(gossipsub::PublishError::NoPeersSubscribedToTopic) => Err(PublishError::NoPeers),
            // Signing and compressing, which the others speak of, are not done here.
            Err(_) => Err(PublishError::TooLong { len, max: GOSSIP_BYTES_MAX }),
        }
    }

    fn on_message(
        &mut self,
        source: PeerId,
        id: gossipsub::MessageId,
        message: gossipsub::Message,
    ) {
        let from = match public_key(&source) {
            Some(from) if message.data.len() <= GOSSIP_BYTES_MAX => from,
            _ => return self.report(&id, &source, MessageAcceptance::Reject),
        };
        let allowed = self.swarm.behaviour_mut().gossip.may_send(source);
        let token = if allowed && self.has_room() {
            self.verdicts.admit(id.clone(), source, Instant::now())
        } else {
            None
        };
        match token {
            Some(token) => {
                let topic = message.topic.into_string();
                self.tell(NetEvent::Gossip { token, from, topic, data: message.data });
            }
            None => self.report(&id, &source, MessageAcceptance::Ignore),
        }
    }

    fn on_verdict(&mut self, token: MessageToken, verdict: Verdict) {
        if let Some(Undecided { id, from, .. }) = self.verdicts.take(token) {
            self.report(&id, &from, verdict.into());
            if verdict == Verdict::Reject {
                let fault = Fault { what: "it gossips what does not hold", points: BLAME_GOSSIP };
                self.shared.complaints.tell(
                    &name(&from),
                    fault.what,
                    "",
                    Instant::now().into_std(),
                );
                self.blame(from, fault);
            }
        }
    }

    fn ignore_overdue(&mut self) {
        let now = Instant::now();
        while let Some(Undecided { id, from, .. }) = self.verdicts.overdue(now) {
            tracing::debug!(%id, "no verdict in time");
            self.report(&id, &from, MessageAcceptance::Ignore);
        }
    }

    fn report(&mut self, id: &gossipsub::MessageId, from: &PeerId, verdict: MessageAcceptance) {
        self.swarm.behaviour_mut().gossip.inner.report_message_validation_result(id, from, verdict);
    }

    fn on_stream(&mut self, Inbound { peer, protocol, stream }: Inbound) {
        self.swarm.behaviour_mut().door.active(&peer);
        let now = Instant::now().into_std();
        match public_key(&peer) {
            Some(key) if self.has_room() => {
                let refusal = self.shared.reputation.refusal(&peer, now);
                let refused = refusal.map(|refusal| refusal.told(now));
                self.tell(NetEvent::Inbound { peer: key, protocol, stream, refused });
            }
            _ => {
                self.shared.refused.count();
                let what = "streams refused, the node is too slow";
                self.shared.complaints.tell(&name(&peer), what, protocol, now);
            }
        }
    }

    fn tell_connected(&mut self, id: PeerId, endpoint: &ConnectedPoint) {
        let refused = self.shared.reputation.refusal(&id, Instant::now().into_std()).is_some();
        if let Some(peer) = public_key(&id).filter(|_| !refused) {
            self.told.insert(id);
            let addr = endpoint.get_remote_address().to_string();
            self.tell(NetEvent::Connected { peer, addr, inbound: endpoint.is_listener() });
        }
    }

    /// Gives the application an event, now or as soon as it has room.
    fn tell(&mut self, event: NetEvent) {
        if !self.outbox.is_empty() {
            return self.outbox.push_back(event);
        }
        if let Err(mpsc::error::TrySendError::Full(event)) = self.events.try_send(event) {
            self.outbox.push_back(event);
        }
    }

    /// Whether there is room for an event that may be lost.
    fn has_room(&self) -> bool {
        self.outbox.is_empty() && self.events.capacity() > EVENTS_RESERVED
    }

    fn full(&self, addr: &Multiaddr) -> String {
        format!("{addr}/p2p/{}", self.swarm.local_peer_id())
    }

    /// Closes listeners and connections in order, as far as time allows.
    async fn close(&mut self) {
        for id in std::mem::take(&mut self.listeners) {
            self.swarm.remove_listener(id);
        }
        // An error means that some peer did not say goodbye; its connection is dropped.
        let _ = timeout(SHUTDOWN_TIMEOUT, async {
            let peers: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
            for peer in peers {
                let _ = self.swarm.disconnect_peer_id(peer);
            }
            while self.swarm.connected_peers().next().is_some() {
                if let SwarmEvent::ConnectionEstablished { peer_id, .. } =
                    self.swarm.select_next_some().await
                {
                    let _ = self.swarm.disconnect_peer_id(peer_id);
                }
            }
        })
        .await;
    }
}

/// Delivers the oldest event once there is room; all are dropped when nobody listens any more.
/// Cancelling it loses nothing.
async fn deliver(events: &mpsc::Sender<NetEvent>, outbox: &mut VecDeque<NetEvent>) {
    match events.reserve().await {
        Ok(room) => {
            if let Some(event) = outbox.pop_front() {
                room.send(event);
            }
        }
        Err(_) => outbox.clear(),
    }
}
