//! What came out of a node, as bytes: the same for the same seed, in every process.

use crate::service::{Call, Effect, Job, Reply};
use sheaf_protocol::cbor::{self, Encode};
use sheaf_protocol::time::Time;
use std::io::Write as _;

/// Adds one effect. What is large goes in by its encoding, all else as it shows itself.
pub(super) fn add(trace: &mut blake3::Hasher, now: Time, n: usize, effect: &Effect) {
    write!(trace, "\n{} {n} ", now.ms()).unwrap();
    match effect {
        Effect::Job { job, work } => {
            write!(trace, "job {}", job.0).unwrap();
            add_job(trace, work);
        }
        Effect::Call { call, peer, request } => {
            write!(trace, "call {}", call.0).unwrap();
            trace.update(&peer.0);
            add_call(trace, request);
        }
        Effect::Reply { id, reply } => {
            write!(trace, "reply {}", id.0).unwrap();
            add_reply(trace, reply);
        }
        Effect::Publish { community, announcement } => {
            trace.update(&community.0.0);
            encoded(trace, announcement);
        }
        other => write!(trace, "{other:?}").unwrap(),
    }
}

fn encoded(trace: &mut blake3::Hasher, value: &impl Encode) {
    trace.update(&cbor::to_vec(value));
}

fn add_job(trace: &mut blake3::Hasher, job: &Job) {
    match job {
        Job::Append(append) => {
            trace.update(append.head.checkpoint.as_bytes());
            trace.update(&append.head.snapshot);
            for new in &append.entries {
                trace.update(&new.entry.to_bytes());
                write!(trace, "{:?}{:?}", new.status, new.holding).unwrap();
            }
        }
        Job::Lookup(question) => {
            write!(trace, "{:?}", question.slot).unwrap();
            question.needs.commitments.iter().for_each(|c| _ = trace.update(&c.0));
        }
        Job::Fill { slot, fills, .. } => {
            write!(trace, "fill {slot:?}").unwrap();
            fills.iter().for_each(|f| write!(trace, "{} {:?}", f.index, f.status).unwrap());
        }
        other => write!(trace, "{other:?}").unwrap(),
    }
}

fn add_call(trace: &mut blake3::Hasher, call: &Call) {
    match call {
        Call::Pull(request) => encoded(trace, request),
        Call::Items { entries, .. } => {
            entries.iter().for_each(|(index, _)| write!(trace, "{index} ").unwrap());
        }
        Call::Communities => {}
    }
}

fn add_reply(trace: &mut blake3::Hasher, reply: &Reply) {
    match reply {
        Reply::Pull(reply) => encoded(trace, reply),
        Reply::Member(reply) => encoded(trace, reply),
        Reply::Steward(reply) => encoded(trace, reply),
        other => write!(trace, "{other:?}").unwrap(),
    }
}
