//! Every bound that only the node needs, named. Those of formats and wire are in
//! [`sheaf_protocol::limits`].

use sheaf_protocol::limits::{BLOB_BYTES_MAX, REQUEST_BYTES_MAX, STATEMENT_BYTES_MAX};
use std::time::Duration;

/// Free bytes on the disk of a home below which `sheaf doctor` warns.
pub const DISK_FREE_BYTES_MIN: u64 = 512 << 20;

// net: connections

/// Established connections of a serving node, both directions.
pub const CONNECTIONS_MAX: u32 = 256;
/// Established inbound connections of a serving node: below [`CONNECTIONS_MAX`], so that strangers
/// cannot take the places of those we dial.
pub const CONNECTIONS_INBOUND_MAX: u32 = 192;
/// Established connections with one peer: both may dial at once, over QUIC and TCP, and a person may
/// run several commands under one key while the connections of the last ones are still closing.
pub const CONNECTIONS_PER_PEER_MAX: u32 = 8;
/// Connections being negotiated, in each direction.
pub const CONNECTIONS_PENDING_MAX: u32 = 64;
/// How often a client dials a lost connection again before it gives up.
pub const REDIALS_MAX: u32 = 6;
/// What each redial after the first waits longer than the one before.
pub const REDIAL_PAUSE: Duration = Duration::from_millis(150);
/// A connection of a serving node that carries no stream is closed after this.
pub const CONNECTION_IDLE: Duration = Duration::from_secs(600);
/// The same for a command that only dials.
pub const CONNECTION_IDLE_CLIENT: Duration = Duration::from_secs(15);
/// Handshakes of one connection attempt, together.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// What a caller of `dial` waits at most.
pub const DIAL_TIMEOUT: Duration = Duration::from_secs(12);
/// All listeners must be up within this, or the start fails.
pub const LISTEN_TIMEOUT: Duration = Duration::from_secs(5);
/// Orderly closing of connections at shutdown; what is still open then is dropped.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);
/// Bytes of an address as text.
pub const ADDRESS_BYTES_MAX: usize = 256;

// net: streams

/// Streams opened by us to one peer that are alive at once; further ones wait.
pub const STREAMS_OUTBOUND_MAX: usize = 64;
/// Streams opened by one peer that the application holds at once; further ones wait.
pub const STREAMS_INBOUND_MAX: usize = 64;
/// Inbound streams of one connection that wait for a place; further ones are closed and counted.
pub const STREAMS_WAITING_MAX: usize = 64;
/// Requests to open a stream that wait on one connection.
pub const OPENS_WAITING_MAX: usize = 1024;
/// Opening a stream: waiting for a place and negotiating.
pub const OPEN_TIMEOUT: Duration = Duration::from_secs(10);
/// Wait for the list of what a peer offers before saying "unsupported" without it.
pub const OFFERS_TIMEOUT: Duration = Duration::from_secs(2);
/// Protocol names of a peer that are kept.
pub const OFFERS_MAX: usize = 32;
/// Bytes of such a name.
pub const OFFER_BYTES_MAX: usize = 128;
/// Streams of one connection, both directions, counted by the multiplexer. Yamux ends a connection
/// that exceeds it.
pub const STREAMS_PER_CONNECTION_MAX: usize = 256;
/// Bytes that one QUIC stream buffers unread.
pub const STREAM_BUFFER_BYTES: u32 = 2 * 1024 * 1024;
/// Bytes that one QUIC connection buffers unread.
pub const CONNECTION_BUFFER_BYTES: u32 = 8 * 1024 * 1024;
/// Step in which a received frame's buffer grows.
pub const FRAME_STEP_BYTES: usize = 64 * 1024;

// net: queues

/// Commands to the network task that wait.
pub const COMMANDS_MAX: usize = 256;
/// Events from the network task that wait for the application.
pub const EVENTS_MAX: usize = 1024;
/// Places among those that only news of connections may take: gossip is ignored and an inbound
/// stream closed (and counted) when no others are free.
pub const EVENTS_RESERVED: usize = 256;

// net: gossip

/// Gossip messages that wait for the application's verdict.
pub const VERDICTS_MAX: usize = 256;
/// A message without verdict is ignored after this.
pub const VERDICT_TIMEOUT: Duration = Duration::from_secs(2);
/// The same message is recognised, and not delivered again, for this long.
pub const GOSSIP_MEMORY: Duration = Duration::from_secs(60);
/// Gossip messages that wait for one slow peer; further ones are not sent to it.
pub const GOSSIP_QUEUE_MAX: usize = 128;
/// Topics that one peer may subscribe to.
pub const TOPICS_MAX: usize = 100;
/// Bytes of a topic's name.
pub const TOPIC_BYTES_MAX: usize = 256;
/// Bytes that gossipsub adds around the data of one message, topic included.
pub const GOSSIP_OVERHEAD_BYTES: usize = 1024;

const _: () = assert!(CONNECTIONS_INBOUND_MAX < CONNECTIONS_MAX);
const _: () = assert!(CONNECT_TIMEOUT.as_millis() < DIAL_TIMEOUT.as_millis());
const _: () = assert!(OFFERS_TIMEOUT.as_millis() < OPEN_TIMEOUT.as_millis());
// Ours, theirs, those that wait, and the few of gossip and identify stay below the multiplexer's bound.
const _: () = assert!(
    STREAMS_OUTBOUND_MAX + STREAMS_INBOUND_MAX + STREAMS_WAITING_MAX + 32
        < STREAMS_PER_CONNECTION_MAX
);
const _: () = assert!(EVENTS_RESERVED < EVENTS_MAX);
const _: () = assert!(TOPIC_BYTES_MAX + 128 < GOSSIP_OVERHEAD_BYTES);

// client

/// Calls of one client in flight; further ones wait.
pub const CALLS_MAX: usize = 48;
/// Sending one frame.
pub const FRAME_TIMEOUT: Duration = Duration::from_secs(60);
/// Waiting for an answer once the request is sent; a node may have to compact a large file first.
pub const REPLY_TIMEOUT: Duration = Duration::from_secs(180);
/// Sending a whole contribution, or fetching one, over a slow line.
pub const SUBMIT_TIMEOUT: Duration = Duration::from_secs(3600);
/// Control keys in one request of where chats are; the answer names every holder of each.
pub const WHERE_CONTROLS_MAX: usize = 64;

// Calls never wait for a stream's place, whose wait is bounded.
const _: () = assert!(CALLS_MAX <= STREAMS_OUTBOUND_MAX);

// import

/// Bytes of one conversation in an export of another tool.
pub const IMPORT_RECORD_BYTES_MAX: usize = 96 * 1024 * 1024;
/// Problems of one import that are kept with their reasons; the others are counted.
pub const IMPORT_PROBLEMS_MAX: usize = 1000;
/// Records of no known format at the beginning of a file after which it is given up.
pub const IMPORT_UNRECOGNISED_MAX: u64 = 16;
/// Kinds of dropped content that one import names; the others are counted together.
pub const IMPORT_DROPPED_KINDS_MAX: usize = 64;

const _: () = assert!(IMPORT_RECORD_BYTES_MAX > sheaf_protocol::limits::CHAT_BYTES_MAX);
const _: () = assert!(IMPORT_UNRECOGNISED_MAX < IMPORT_PROBLEMS_MAX as u64);

// book

/// Bytes of one of the member's own JSON files.
pub const BOOK_FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Bytes of a chat on its way: a sealed blob, a statement, and little else.
pub const BOOK_BUNDLE_BYTES_MAX: u64 =
    (BLOB_BYTES_MAX + STATEMENT_BYTES_MAX + REQUEST_BYTES_MAX) as u64;
/// A file still unfinished after this was left by a command that was killed.
pub const BOOK_STRAY_AGE: Duration = Duration::from_secs(24 * 3600);

// flow

/// First pause between two questions whether a withdrawn chat is gone; it doubles.
pub const WITHDRAW_POLL: Duration = Duration::from_millis(100);
/// Longest such pause.
pub const WITHDRAW_POLL_MAX: Duration = Duration::from_secs(5);
// service: batches and tables

/// Entries that one batch appends.
pub const BATCH_ENTRIES_MAX: usize = 512;
/// Statements that wait for a batch, per community; further ones are refused as busy.
pub const QUEUE_ENTRIES_MAX: usize = 2048;
/// Chats fetched by one call.
pub const FILL_ITEMS_MAX: usize = 256;
/// Wait before fetching again what no peer could give.
pub const FILL_RETRY_SECS: u64 = 5;
/// Entries erased, compacted and looked for at once.
pub const ERASE_ITEMS_MAX: usize = 256;
/// Due entries taken up at once.
pub const DUE_ITEMS_MAX: usize = 1000;
/// Unlogged withdrawals in one answer.
pub const EXPLANATIONS_REPLY_MAX: usize = 64;
/// Heads are asked for this often, beside gossip.
pub const HEADS_EVERY_SECS: u64 = 10;
/// Wait for each frame of a peer's answer to a node.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(20);
/// Calls to a connected peer that failed one after the other: then its connection is given up.
pub const CALLS_FAILED_MAX: u32 = 2;
/// First wait before an unreachable address is dialled again; doubled up to the next.
pub const REDIAL_SECS: u64 = 1;
/// Longest wait before an address is dialled again.
pub const REDIAL_SECS_MAX: u64 = 60;
/// Addresses kept of one peer.
pub const ADDRESSES_PER_PEER_MAX: usize = 8;
/// Peers in the table; a stranger who left makes place for a new one.
pub const PEERS_REMEMBERED_MAX: usize = 4096;

// runtime

/// Events that wait for the loop.
pub const LOOP_EVENTS_MAX: usize = 1024;
/// Checks of signatures and blobs that run at once.
pub const WORKERS: usize = 8;
/// KiB of submissions held in memory at once: three chats of the greatest size, or thousands.
pub const SUBMISSION_KIB_MAX: u32 = 256 * 1024;
/// The service's clock.
pub const TICK: Duration = Duration::from_millis(250);
/// What is under way at a shutdown has so long to become durable.
pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// Acknowledgements whose proofs are made at once.
pub const PROOFS_AT_ONCE: usize = 256;
/// Rows read from the store at once.
pub const ITEMS_PER_READ: usize = 256;
// store

/// Memory for the caches of all database files together, in bytes. Four sevenths are the blobs'.
pub const STORE_CACHE_BYTES: usize = 112 * 1024 * 1024;
/// Communities that a node knows at once.
pub const COMMUNITIES_MAX: u32 = 1024;
/// Peers that a node remembers.
pub const PEERS_MAX: u64 = 4096;
/// Acceptances that a node keeps, over all communities.
pub const ACCEPTANCES_MAX: u64 = 65_536;
/// Chats in the review queues of all communities together.
pub const PENDING_MAX: u64 = 16_384;

// blobs

/// Wait for the store of large blobs to be at rest before a broken fetch is cleaned up.
pub const LARGE_IDLE_TIMEOUT: Duration = Duration::from_secs(5);
