//! Gossip: what a message is called, what is accepted, and which messages wait for a verdict.
//!
//! Messages are anonymous: what they carry is signed by those who said it, and the one who
//! forwards it is nobody's business. So a message is known by its content alone.

use super::{MessageToken, Verdict};
use crate::limits::{
    GOSSIP_MEMORY, GOSSIP_OVERHEAD_BYTES, GOSSIP_QUEUE_MAX, TOPICS_MAX, VERDICT_TIMEOUT,
    VERDICTS_MAX,
};
use libp2p::{
    PeerId,
    gossipsub::{
        self, AllowAllSubscriptionFilter, ConfigBuilder, MaxCountSubscriptionFilter, Message,
        MessageAcceptance, MessageAuthenticity, MessageId, ValidationMode,
    },
};
use sheaf_protocol::limits::GOSSIP_BYTES_MAX;
use std::{collections::BTreeMap, error::Error};
use tokio::time::Instant;

pub(super) fn behaviour() -> Result<gossipsub::Behaviour, Box<dyn Error + Send + Sync>> {
    let filter = MaxCountSubscriptionFilter {
        filter: AllowAllSubscriptionFilter {},
        max_subscribed_topics: TOPICS_MAX,
        max_subscriptions_per_request: TOPICS_MAX,
    };
    let config = config()?;
    let authenticity = MessageAuthenticity::Anonymous;
    Ok(gossipsub::Behaviour::new_with_subscription_filter(authenticity, config, filter)?)
}

/// Few communities know each other, so a topic may have two listeners or two hundred. The mesh
/// takes whom it finds: no minimum of outbound peers, and what we publish goes to all who listen.
fn config() -> Result<gossipsub::Config, gossipsub::ConfigBuilderError> {
    ConfigBuilder::default()
        .validation_mode(ValidationMode::Anonymous)
        .validate_messages()
        .message_id_fn(message_id)
        .max_transmit_size(GOSSIP_BYTES_MAX + GOSSIP_OVERHEAD_BYTES)
        .duplicate_cache_time(GOSSIP_MEMORY)
        .connection_handler_queue_len(GOSSIP_QUEUE_MAX)
        .mesh_outbound_min(0)
        .mesh_n_low(4)
        .mesh_n(6)
        .mesh_n_high(12)
        .flood_publish(true)
        .heartbeat_initial_delay(std::time::Duration::from_secs(1))
        .build()
}

/// BLAKE3 over the length of the topic (4 bytes, big endian), the topic, and the data.
fn message_id(message: &Message) -> MessageId {
    let topic = message.topic.as_str().as_bytes();
    let mut hash = blake3::Hasher::new();
    hash.update(&u32::try_from(topic.len()).unwrap_or(u32::MAX).to_be_bytes());
    hash.update(topic).update(&message.data);
    MessageId::new(hash.finalize().as_bytes())
}

impl From<Verdict> for MessageAcceptance {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Accept => Self::Accept,
            Verdict::Ignore => Self::Ignore,
            Verdict::Reject => Self::Reject,
        }
    }
}

/// A message that waits for its verdict, until `deadline`.
#[derive(Debug)]
pub(super) struct Undecided {
    pub(super) id: MessageId,
    pub(super) from: PeerId,
    deadline: Instant,
}

/// Messages without verdict, in order of arrival and therefore of deadline.
#[derive(Debug, Default)]
pub(super) struct Verdicts {
    last: u64,
    undecided: BTreeMap<u64, Undecided>,
}

impl Verdicts {
    /// Takes a message in; `None` when too many wait already.
    pub(super) fn admit(
        &mut self,
        id: MessageId,
        from: PeerId,
        now: Instant,
    ) -> Option<MessageToken> {
        if self.undecided.len() >= VERDICTS_MAX {
            return None;
        }
        self.last += 1;
        let undecided = Undecided { id, from, deadline: now + VERDICT_TIMEOUT };
        self.undecided.insert(self.last, undecided);
        Some(MessageToken(self.last))
    }

    /// The message of a token, once; `None` when it was decided or is overdue.
    pub(super) fn take(&mut self, token: MessageToken) -> Option<Undecided> {
        self.undecided.remove(&token.0)
    }

    /// When the next message is overdue.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.undecided.first_key_value().map(|(_, first)| first.deadline)
    }

    /// Takes one message that is overdue.
    pub(super) fn overdue(&mut self, now: Instant) -> Option<Undecided> {
        let first = self.undecided.first_entry()?;
        (first.get().deadline <= now).then(|| first.remove())
    }
}
