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
/// Inbound connections of one peer that stay: the oldest leaves for another. Below
/// [`CONNECTIONS_PER_PEER_MAX`], so that there is room for those that are being closed.
pub const GUEST_CONNECTIONS_MAX: usize = 6;
/// Connections that we dial at once.
pub const CONNECTIONS_PENDING_MAX: u32 = 64;
/// Inbound connections being negotiated.
pub const PENDING_INBOUND_MAX: usize = 64;
/// Those among them from one host: an IPv4 address, or an IPv6 network (/64).
pub const PENDING_PER_HOST_MAX: usize = 16;
/// Handshakes that one host may begin at once, and in each second after that.
pub const HANDSHAKES_PER_HOST_BURST: u64 = 128;
/// See [`HANDSHAKES_PER_HOST_BURST`].
pub const HANDSHAKES_PER_HOST_PER_SEC: u64 = 16;
/// The same for all hosts together from which nobody known is connected: a handshake costs more than
/// whoever begins it need spend, and hosts are cheap.
pub const HANDSHAKES_STRANGERS_BURST: u64 = 96;
/// See [`HANDSHAKES_STRANGERS_BURST`].
pub const HANDSHAKES_STRANGERS_PER_SEC: u64 = 24;
/// Hosts whose handshakes are counted.
pub const HOSTS_MAX: usize = 4096;
/// Established connections from strangers: peers whom no community here knows, and whom we did not
/// dial. With [`CONNECTION_BUFFER_BYTES`] it bounds what strangers can make us hold.
pub const STRANGERS_MAX: usize = 48;
/// Those among them from one host.
pub const STRANGERS_PER_HOST_MAX: usize = 16;
/// A stranger that came or asked less than this ago does not have to leave for another.
pub const STRANGER_STAY_MIN: Duration = Duration::from_secs(2);
/// Peers that are remembered as known after they have left.
pub const KNOWN_PEERS_MAX: usize = 4096;
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
/// The same for a stranger.
pub const STREAMS_INBOUND_STRANGER_MAX: usize = 4;
/// Streams that a stranger may open on one connection at once, and in each second after that; further
/// ones wait. To look around, to join and to accept a policy takes a dozen.
pub const STREAMS_STRANGER_BURST: u64 = 32;
/// See [`STREAMS_STRANGER_BURST`].
pub const STREAMS_STRANGER_PER_SEC: u64 = 8;
/// Inbound streams of one connection whose protocol is being agreed on; further ones are closed.
pub const STREAMS_NEGOTIATING_MAX: usize = 80;
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
/// First datagrams of QUIC that wait for the gate; further ones are refused.
pub const QUIC_INCOMING_MAX: usize = 256;
/// A QUIC connection that is silent for so long, in milliseconds, is over.
pub const QUIC_IDLE_MS: u32 = 10_000;
/// After so long in silence it is asked whether it is there.
pub const QUIC_KEEP_ALIVE: Duration = Duration::from_secs(5);
/// Bytes that one QUIC stream buffers unread.
pub const STREAM_BUFFER_BYTES: u32 = 512 * 1024;
/// Bytes that one QUIC connection buffers unread.
pub const CONNECTION_BUFFER_BYTES: u32 = 1024 * 1024;
/// Bytes of streams that one TCP connection may hold unread before it is closed: beyond what
/// [`STREAMS_INBOUND_MAX`] streams of 256 KiB (yamux's least window) can honestly hold.
pub const UNREAD_BYTES_MAX: u64 = 24 * 1024 * 1024;
/// By how much that grows in a second: what lies in streams that were dropped stays counted.
pub const UNREAD_FADES_PER_SEC: u64 = 64 * 1024;
/// The same for a stranger.
pub const UNREAD_BYTES_STRANGER_MAX: u64 = 512 * 1024;
/// The same for a stranger.
pub const UNREAD_FADES_STRANGER_PER_SEC: u64 = 1024;
/// Bytes that all strangers together may send at once over TCP, and in each second after that;
/// further ones wait in the system's buffers. Nothing that a stranger may ask is large.
pub const STRANGERS_BYTES_BURST: u64 = 4 * 1024 * 1024;
/// See [`STRANGERS_BYTES_BURST`].
pub const STRANGERS_BYTES_PER_SEC: u64 = 1024 * 1024;
/// How long a stranger's connection rests when these are used up.
pub const STRANGERS_PAUSE: Duration = Duration::from_millis(50);
/// Bytes read from a TCP connection at once: each holds as much memory.
pub const TCP_READ_BYTES: usize = 32 * 1024;
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

/// Frames, and messages within them, that a known peer may gossip at once, and in each second
/// after that; further ones are dropped, and counted against it.
pub const GOSSIP_BURST: u64 = 1000;
/// See [`GOSSIP_BURST`].
pub const GOSSIP_PER_SEC: u64 = 500;
/// The same for a stranger.
pub const GOSSIP_BURST_STRANGER: u64 = 60;
/// The same for a stranger.
pub const GOSSIP_PER_SEC_STRANGER: u64 = 10;

// net: conduct

/// Points of blame that a peer is forgiven; then it is refused for [`REFUSAL_TIME`].
pub const BLAME_POINTS_MAX: u64 = 100;
/// Points that are forgotten in a second.
pub const BLAME_FADES_PER_SEC: u64 = 1;
/// Blame for a gossip message that does not hold: a dozen in a row are too many.
pub const BLAME_GOSSIP: u32 = 8;
/// Blame for one frame or message beyond the quota.
pub const BLAME_FLOOD: u32 = 1;
/// Blame for a connection that was closed for what lay unread.
pub const BLAME_UNREAD: u32 = 50;
/// Blame for a request or an answer that does not hold.
pub const BLAME_MALFORMED: u32 = 5;
/// How long a peer that was blamed too often is refused.
pub const REFUSAL_TIME: Duration = Duration::from_secs(600);
/// Peers that are refused; of those for a while, the first to be let in again makes place.
pub const REFUSED_PEERS_MAX: usize = 8192;
/// Peers whose blame is remembered.
pub const BLAMED_PEERS_MAX: usize = 1024;
/// A refused peer that connects may ask, is told why it is refused, and leaves after this.
pub const REFUSED_LINGER: Duration = Duration::from_secs(2);
/// Refused peers that are being told so.
pub const REFUSED_CONNECTIONS_MAX: usize = 8;
/// The log sums up this often what it told once of misbehaving peers.
pub const COMPLAINTS_EVERY: Duration = Duration::from_secs(60);
/// Characters of the log's word on a handshake that does not hold.
pub const HANDSHAKE_REASON_CHARS_MAX: usize = 160;
/// Peers and faults that are counted apart in that time.
pub const COMPLAINTS_MAX: usize = 256;
/// Peers that are named for the same fault in that time.
pub const COMPLAINTS_PER_REASON_MAX: usize = 2;

const _: () = assert!(REFUSED_PEERS_MAX as u64 > PEERS_MAX);
const _: () = assert!(GUESTS_MAX > CONNECTIONS_MAX as usize);
const _: () = assert!(STRANGERS_MAX + REFUSED_CONNECTIONS_MAX < CONNECTIONS_INBOUND_MAX as usize);
const _: () = assert!(UNREAD_BYTES_MAX > STREAMS_INBOUND_MAX as u64 * 256 * 1024);
const _: () = assert!(UNREAD_BYTES_STRANGER_MAX > REQUEST_BYTES_MAX as u64);
const _: () = assert!(STREAMS_NEGOTIATING_MAX > STREAMS_OUTBOUND_MAX);
const _: () = assert!(CONNECTIONS_INBOUND_MAX < CONNECTIONS_MAX);
const _: () = assert!(QUIC_KEEP_ALIVE.as_millis() < QUIC_IDLE_MS as u128);
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
/// Memory that the lists and objects of one record take beside its texts: enough for 200,000 messages in
/// normal form, and for 30,000 of the most wordy tool.
pub const IMPORT_RECORD_TREE_BYTES_MAX: usize = 96 * 1024 * 1024;
/// The same, of a row of a dataset that is not in its one form, whose reading takes more.
pub const IMPORT_ROW_TREE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Levels of lists and objects within each other. Only trees of messages, of which each lies within the
/// one it answers, may be as deep as they are long.
pub const IMPORT_JSON_DEPTH_MAX: usize = 127;
/// Problems of one import that are kept with their reasons; the others are counted.
pub const IMPORT_PROBLEMS_MAX: usize = 1000;
/// Records of no known format at the beginning of a file after which it is given up.
pub const IMPORT_UNRECOGNISED_MAX: u64 = 16;
/// Kinds of dropped content that one import names; the others are counted together.
pub const IMPORT_DROPPED_KINDS_MAX: usize = 64;
/// How much larger than itself a packed file may be unpacked. Chats shrink to a third, or a tenth if
/// they repeat themselves; a megabyte is thus read in two seconds at most, whatever is in it.
pub const IMPORT_RATIO_MAX: u64 = 200;
/// What any packed file may unpack to, however small it is.
pub const IMPORT_UNPACKED_BYTES_MIN: u64 = 64 * 1024 * 1024;
/// Files of one archive, or of a folder with those within.
pub const IMPORT_ENTRIES_MAX: usize = 100_000;
/// Folders within folders.
pub const IMPORT_FOLDER_DEPTH_MAX: usize = 32;
/// Bytes of the thumbs that lie in archives and folders beside the chats they are for.
pub const IMPORT_THUMBS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of a file that must be read from its end and comes from where that cannot be done: they are
/// held in memory.
pub const IMPORT_HELD_BYTES_MAX: usize = 64 * 1024 * 1024;
/// First bytes of a file by which its kind is told.
pub const IMPORT_HEAD_BYTES: usize = 512;
/// Bytes of the name under which an input is reported.
pub const IMPORT_NAME_BYTES_MAX: usize = 300;
/// Bytes of the part of a Parquet file that describes it.
pub const IMPORT_PARQUET_FOOTER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Columns of a Parquet file, and groups of columns, together.
pub const IMPORT_PARQUET_COLUMNS_MAX: usize = 4096;
/// Elements of any list in what describes a Parquet file.
pub const IMPORT_PARQUET_LIST_MAX: usize = 65_536;
/// Groups of columns within each other.
pub const IMPORT_PARQUET_DEPTH_MAX: usize = 32;
/// Bytes of one page of a Parquet file, unpacked; most writers begin a new one after 1 MiB.
pub const IMPORT_PARQUET_PAGE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Values of one column in one group of rows: a million rows, each with eight messages.
pub const IMPORT_PARQUET_VALUES_MAX: usize = 8 * 1024 * 1024;
/// Rows of a Parquet file that are read at once.
pub const IMPORT_PARQUET_ROWS_AT_ONCE: usize = 16;

const _: () = assert!(IMPORT_RECORD_BYTES_MAX > sheaf_protocol::limits::CHAT_BYTES_MAX);
const _: () = assert!(IMPORT_UNRECOGNISED_MAX < IMPORT_PROBLEMS_MAX as u64);

// language: what a chat is in

/// Messages of a chat that are looked at.
pub const LANGUAGE_MESSAGES_MAX: usize = 12;
/// Characters of a message that are looked at.
pub const LANGUAGE_MESSAGE_CHARS_MAX: usize = 600;
/// Letters from which on a text is enough to tell a language; one character of a dense script
/// counts as four.
pub const LANGUAGE_WORTH_MIN: usize = 40;
/// The same for a second language beside the first.
pub const LANGUAGE_SECOND_WORTH_MIN: usize = 120;
/// Languages that one chat is said to be in.
pub const LANGUAGES_MAX: usize = 3;

const _: () = assert!(LANGUAGES_MAX <= sheaf_protocol::limits::LABELS_MAX);
const _: () = assert!(LANGUAGE_WORTH_MIN < LANGUAGE_SECOND_WORTH_MIN);

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
/// Wait before what the store could not keep, and nobody else will bring again, is tried again.
pub const STORE_RETRY_SECS: u64 = 10;
/// How long the status shows a write that failed, although others succeeded since.
pub const TROUBLE_SHOWN_SECS: u64 = 600;
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
/// Statements that wait to be brought to one community's home; what does not fit is brought after
/// the next start.
pub const OFFERS_WAITING_MAX: usize = 4096;
/// Withdrawals in force of one community that its log does not hold yet, as far as newcomers are
/// told of them; all are obeyed.
pub const EXPLANATIONS_OPEN_MAX: usize = 4096;
/// What takes back one chat while it is on its way from the review queue into the log.
pub const EXPLANATIONS_PARKED_MAX: usize = 16;
/// Erasures of one community that wait; what does not fit is on disk, for the next start.
pub const ERASURES_WAITING_MAX: usize = 16_384;
/// A sync without a word for so long is given up.
pub const SYNC_SECS_MAX: u64 = 60;
/// Lines of attention that one community shows.
pub const ATTENTION_MAX: usize = 8;
/// Peers of one community that are left alone because their longer head came to nothing.
pub const DOUBTED_PEERS_MAX: usize = 64;
/// So long after a connection failed in the middle.
pub const DOUBT_BROKEN_SECS: u64 = 5;
/// So long after a head that the log's key signed could not be delivered.
pub const DOUBT_SIGNED_SECS: u64 = 60;
/// So long after a head that the log's key did not sign led nowhere.
pub const DOUBT_UNSIGNED_SECS: u64 = 600;
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
/// A chat of at most so many bytes, sealed and open, is checked where it was read: in less time than
/// another thread would take to wake up and answer.
pub const CHECK_AT_ONCE_BYTES_MAX: u64 = 64 * 1024;
/// A request, whole, from the moment its stream is open.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Peers whose requests are counted; those that left make place.
pub const GUESTS_MAX: usize = 4096;
/// How often a known peer may take all logs of this node at full pace, in
/// [`GUEST_REFILL_SECS`]; a replication and a dataset each take two rows a chat.
pub const GUEST_LOGS: u64 = 12;
/// See [`GUEST_LOGS`].
pub const GUEST_REFILL_SECS: u64 = 3600;
/// Rows that a known peer may ask for in that time, however short the logs are.
pub const GUEST_WORK_MIN: u64 = 4000;
/// How many rows of a member count as one.
pub const GUEST_MEMBER_ROWS: u64 = 8;
/// Milliseconds of work that all strangers together, and all who are slowed, may use at once, and in
/// each second after that: with what their connections cost, less than a tenth of two cores.
pub const LANE_BURST_MS: u32 = 300;
/// See [`LANE_BURST_MS`].
pub const LANE_MS_PER_SEC: u32 = 100;
/// The same for all who accepted a policy, while members are being served. A node spends some 30 µs
/// to hand out a chat, so this follows a log that grows by a few thousand in a second; and members,
/// who wait for their answers, lose about a tenth of their pace. Whoever accepts an open policy is
/// one of them, under as many keys as they like.
pub const READERS_BURST_MS: u32 = 100;
/// See [`READERS_BURST_MS`].
pub const READERS_MS_PER_SEC: u32 = 100;
/// Members are being served if one asked, or was answered, less than this ago.
pub const MEMBERS_LATELY: Duration = Duration::from_millis(500);
/// What one request costs beside what it asks for: its stream, and finding out who asks.
pub const LANE_REQUEST: Duration = Duration::from_micros(200);
/// Bytes that cost a millisecond to encrypt and send.
pub const LANE_BYTES_PER_MS: usize = 128 * 1024;
/// One piece of work keeps those of its lane waiting no longer than this, whatever it cost.
pub const LANE_OWED_MAX: Duration = Duration::from_secs(2);
/// How long a request sleeps before it looks whether it is its turn.
pub const LANE_PAUSE: Duration = Duration::from_millis(50);
/// After this the asker is told to try again later.
pub const LANE_WAIT_MAX: Duration = Duration::from_secs(10);
const _: () = assert!(LANE_OWED_MAX.as_secs() < LANE_WAIT_MAX.as_secs());
/// KiB of submissions held in memory at once: three chats of the greatest size, or thousands.
pub const SUBMISSION_KIB_MAX: u32 = 256 * 1024;
/// The log says this often what keeps happening, and how often it did.
pub const WARNINGS_EVERY: Duration = Duration::from_secs(60);
/// The service's clock.
pub const TICK: Duration = Duration::from_millis(250);
/// What is under way at a shutdown has so long to become durable.
pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// Acknowledgements whose proofs are made at once.
pub const PROOFS_AT_ONCE: usize = 256;
/// Chats that are taken back, or refused by a steward, at once.
pub const EXPLAINS_AT_ONCE: usize = 256;
/// Items of an answer that are checked at once, while the next arrive.
pub const ITEMS_PER_CHECK: usize = 32;
/// Rows read from the store at once.
pub const ITEMS_PER_READ: usize = 64;
/// Pieces of answers, each of [`ITEMS_PER_READ`] items, that are in memory at once because nobody has
/// read them yet: a third of a megabyte each, as chats are.
pub const PIECES_MAX: usize = 32;
/// Those among them for one peer.
pub const PIECES_PER_PEER_MAX: usize = 4;

// store

/// Memory for the caches of all database files together, in bytes: below what attackers may make a
/// node take, for whoever reads much fills them. Of fourteen parts five are the blobs', and five the
/// log's, whose indexes lie in the order of hashes.
pub const STORE_CACHE_BYTES: usize = 42 * 1024 * 1024;
/// When the journal is so long, in bytes, the files are made durable and it begins anew.
pub const JOURNAL_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Communities that a node knows at once.
pub const COMMUNITIES_MAX: u32 = 1024;
/// Peers that a node remembers.
pub const PEERS_MAX: u64 = 4096;
/// Acceptances that a node keeps, over all communities.
pub const ACCEPTANCES_MAX: u64 = 65_536;
/// Chats in the review queues of all communities together.
pub const PENDING_MAX: u64 = 16_384;
/// So many that the stewards are told before the queue is full.
pub const PENDING_MANY: u64 = PENDING_MAX / 4 * 3;
/// Those of one member in one community: nobody fills the queue alone.
pub const PENDING_PER_MEMBER_MAX: usize = 2048;
const _: () = assert!((PENDING_PER_MEMBER_MAX as u64) < PENDING_MAX - PENDING_MANY);

// blobs

/// Wait for the store of large blobs to be at rest before a broken fetch is cleaned up.
pub const LARGE_IDLE_TIMEOUT: Duration = Duration::from_secs(5);

// scrub

/// Percent of confidence below which nothing is reported as private.
pub const SCRUB_CONFIDENCE_MIN: u8 = 50;
/// Groups of digits that are looked at together: a longer row of numbers comes in pieces.
pub const SCRUB_RUN_GROUPS_MAX: usize = 24;
/// Groups that two such pieces share, so that a number across their border is whole in one.
pub const SCRUB_RUN_OVERLAP: usize = 8;
/// Digits of a run that may hold a phone, a card or an id.
pub const SCRUB_NUMBER_DIGITS_MIN: usize = 6;
/// Bytes before a number in which words say what it is.
pub const SCRUB_CUE_BEFORE_BYTES: usize = 80;
/// Bytes behind it.
pub const SCRUB_CUE_AFTER_BYTES: usize = 32;
/// Bytes before a name in which a word suggests that one follows.
pub const SCRUB_LEAD_BYTES: usize = 28;
/// Bytes before a number in which a URL would begin.
pub const SCRUB_TOKEN_LOOK_BYTES: usize = 256;
/// Bytes of a text that are scanned at once: a longer one comes in pieces, so that a scan takes no more
/// memory for it.
pub const SCRUB_PIECE_BYTES: usize = 512 * 1024;
/// Bytes that are read before a piece, for the words that tell what is in it.
pub const SCRUB_PIECE_BEFORE_BYTES: usize = 4 * 1024;
/// Bytes that are read behind a piece, for what begins in it. Of a secret that is longer the rest is told
/// by its letters.
pub const SCRUB_PIECE_AFTER_BYTES: usize = 64 * 1024;
/// Bytes of a token from which on its letters tell where it ends: a detector reads a bounded way.
pub const SCRUB_SECRET_LONG_BYTES: usize = 1024;
/// Characters of a value that is looked for wherever it may stand: digits of fewer are everybody's.
pub const SCRUB_SOUGHT_CHARS_MIN: usize = 6;
/// The same of a name.
pub const SCRUB_SOUGHT_NAME_CHARS_MIN: usize = 2;
/// The same of a name in capitals: shorter ones are abbreviations.
pub const SCRUB_SOUGHT_CAPITALS_CHARS_MIN: usize = 4;
/// JSON in strings of JSON that is looked into: each string in another doubles the backslashes.
pub const SCRUB_JSON_DEPTH_MAX: usize = 8;
/// Bytes of a text that a member names, or of the words that take its place.
pub const SCRUB_NAMED_BYTES_MAX: usize = 1024;
/// Bytes of a file in which a member says what is to be masked, kept or put in other words.
pub const SCRUB_EDITS_BYTES_MAX: u64 = 1024 * 1024;
/// Bytes of a file of labelled texts.
pub const SCRUB_LABELS_BYTES_MAX: u64 = 256 * 1024 * 1024;

// plugin

/// Bytes of what another scrubber answers about one chat.
pub const PLUGIN_ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Spans that it may find in one chat.
pub const PLUGIN_SPANS_MAX: usize = 100_000;
/// Percent of confidence of a span of which it says none.
pub const PLUGIN_CONFIDENCE: u8 = 85;
/// Seconds that it has for one chat, if nothing else is said.
pub const PLUGIN_SECS: u64 = 30;
/// Seconds that it may be given. A member waits for the node's answer meanwhile, and as long again for
/// those who came before.
pub const PLUGIN_SECS_MAX: u64 = 80;
/// Bytes at the end of its standard error that are kept to be shown.
pub const PLUGIN_STDERR_BYTES_MAX: usize = 2048;
/// How often a program that stays is started anew within [`PLUGIN_STARTS_WINDOW`].
pub const PLUGIN_STARTS_MAX: usize = 5;
/// See [`PLUGIN_STARTS_MAX`].
pub const PLUGIN_STARTS_WINDOW: Duration = Duration::from_secs(300);
/// Chats that a program looks at at once, if it is started for each.
pub const PLUGIN_RUNS_MAX: usize = 2;
/// How long the trial of `unshare` may take.
pub const PLUGIN_PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the last words of a program that was ended are waited for.
pub const PLUGIN_LAST_WORDS: Duration = Duration::from_millis(500);

const _: () =
    assert!(PLUGIN_SECS <= PLUGIN_SECS_MAX && 2 * PLUGIN_SECS_MAX < REPLY_TIMEOUT.as_secs());
const _: () = assert!(
    SCRUB_PIECE_BEFORE_BYTES + SCRUB_PIECE_BYTES + SCRUB_PIECE_AFTER_BYTES < u32::MAX as usize
);
