//! Whole nodes on disks that go wrong: the real service, jobs and store, in one thread.
//!
//! Alice's node is the home of a community, bob's follows it, and a member gives chats and takes
//! them back. A seed decides what happens next, which of the waiting events comes first, and when a
//! disk fails or a machine stops. Beside it stands a [`Ledger`](ledger::Ledger) of what anybody was
//! told; after every start it is held against what the disk has.
//!
//! `SHEAF_SEEDS=5000 cargo test -p sheaf-node --lib runtime::crashes` runs more of them,
//! `SHEAF_SEEDS=5000..9000` others, and `SHEAF_SEED=n` one that says what happens in it.

mod ledger;
mod people;
mod runs;
mod wire;
mod world;
