//! No queue or table of a service exceeds its named bound.

use super::World;
use crate::limits::{
    ADDRESSES_PER_PEER_MAX, ATTENTION_MAX, DOUBTED_PEERS_MAX, ERASURES_WAITING_MAX,
    EXPLANATIONS_OPEN_MAX, FILL_ITEMS_MAX, OFFERS_WAITING_MAX, PEERS_REMEMBERED_MAX,
    QUEUE_ENTRIES_MAX,
};

impl World {
    pub(super) fn within_bounds(&self, n: usize) {
        let Some(service) = &self.nodes[n].service else { return };
        assert!(service.peers.len() <= PEERS_REMEMBERED_MAX, "peers of node {n}");
        for peer in service.peers.values() {
            assert!(peer.addresses.len() <= ADDRESSES_PER_PEER_MAX, "addresses at node {n}");
        }
        for hosted in service.hosted.values() {
            assert!(hosted.queue.len() <= QUEUE_ENTRIES_MAX, "the queue of node {n}");
            assert!(hosted.offers.len() <= OFFERS_WAITING_MAX, "offers of node {n}");
            assert!(hosted.erasures.len() <= ERASURES_WAITING_MAX, "erasures of node {n}");
            assert!(hosted.explanations.len() <= EXPLANATIONS_OPEN_MAX, "explanations of {n}");
            assert!(hosted.filling.asked.len() <= FILL_ITEMS_MAX, "chats asked for by node {n}");
            assert!(hosted.attention.len() <= ATTENTION_MAX, "lines of attention of node {n}");
            assert!(hosted.doubted.len() <= DOUBTED_PEERS_MAX, "doubted peers of node {n}");
        }
    }
}
