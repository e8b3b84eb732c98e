//! Requests from outside: read within bounds, checked, put to the service, answered.

use super::guests::{Pace, work};
use super::submit::submit;
use super::unwanted::Arriving;
use super::{Context, replies};
use crate::limits::{BLAME_MALFORMED, REFUSED_LINGER, REQUEST_TIMEOUT};
use crate::net::framing::{FrameError, read_frame, write_frame};
use crate::net::{Fault, Stream};
use crate::service::{Ask, Reply, Standing, Via};
use sheaf_protocol::cbor::{self, Bytes, Reason};
use sheaf_protocol::exchange::{
    LARGE, LargeRequest, MEMBER, MemberReply, MemberRequest, PULL, PullReply, PullRequest, Refusal,
    RefusalCode, StewardReply, StewardRequest,
};
use sheaf_protocol::id::{PublicKey, Salt};
use sheaf_protocol::limits::{PULL_ITEMS_MAX, REQUEST_BYTES_MAX};
use sheaf_protocol::statement::SignedStatement;
use std::sync::Arc;
use std::time::Instant;
use tokio::io::AsyncWriteExt as _;

/// Serves one inbound stream: one request.
pub(super) async fn serve(
    context: Arc<Context>,
    peer: PublicKey,
    protocol: &'static str,
    mut stream: Stream,
) {
    let frame = match read_frame(&mut stream, REQUEST_BYTES_MAX, REQUEST_TIMEOUT).await {
        Ok(Some(frame)) => frame,
        Ok(None) | Err(FrameError::Io(_)) => return,
        Err(error) => return no_request(&context, peer, &error).await,
    };
    let asker = match context.guests.member(&peer) {
        Some(entries) => Some((Standing::Member, entries)),
        None => standing(&context, peer).await,
    };
    let Some((standing, entries)) = asker else { return };
    let stranger = standing == Standing::Stranger;
    if stranger && !context.guests.wait(&peer, Pace::Slow).await {
        return turn_away(protocol, stream, TOO_MUCH.into()).await;
    }
    let started = Instant::now();
    let mut arriving = None;
    let asked = match protocol {
        PULL => pull(&frame),
        MEMBER => member(&context, &peer, standing, &frame, &mut stream, &mut arriving).await,
        LARGE => cbor::from_slice::<LargeRequest>(&frame).map(Ask::Large).map_err(malformed_pull),
        _ => return,
    };
    drop(frame);
    let spent = started.elapsed();
    let pace = pace(&context, peer, &asked, entries).await;
    context.guests.spend(pace, spent);
    if !stranger && pace == Pace::Slow {
        context.net.blame(peer, AGAIN, "it is served slowly").await;
    }
    if !stranger && !context.guests.wait(&peer, pace).await {
        if let Some(arriving) = arriving {
            arriving.unwanted(&context).await;
        }
        let why = if pace == Pace::Slow { AGAIN.what } else { TOO_MUCH };
        return turn_away(protocol, stream, why.into()).await;
    }
    let first = standing == Standing::Member && !matches!(asked, Ok(Ask::Steward(_)));
    if first {
        context.guests.member_served(Instant::now());
    }
    let reply = match asked {
        Ok(ask) => context.ask(peer, ask).await,
        Err(reply) => Some(*reply),
    };
    if let Some(arriving) = arriving {
        arriving.ended(&context, reply.as_ref()).await;
    }
    let Some(reply) = reply else { return };
    if first {
        context.guests.member_served(Instant::now());
    }
    // A member who contributes in bulk may do the same wrong many times, and is told each time.
    if let Some((fault, text)) = fault_of(&reply).filter(|_| standing != Standing::Member) {
        context.net.blame(peer, fault, text).await;
    }
    if let Err(error) = replies::write(&context, stream, reply, (&peer, pace)).await {
        tracing::debug!(%peer, protocol, %error, "a reply did not arrive");
    }
}

/// A request did not come whole. A member's machine that sleeps, or whose command is killed, leaves as
/// many of these at once as it had streams open, and it is welcome when it wakes.
async fn no_request(context: &Context, peer: PublicKey, error: &FrameError) {
    let broke_off = matches!(error, FrameError::Timeout(_) | FrameError::Truncated { .. });
    let member = || async {
        standing(context, peer).await.is_some_and(|(standing, _)| standing == Standing::Member)
    };
    if !(broke_off && member().await) {
        context.net.blame(peer, NO_REQUEST, &error.to_string()).await;
    }
}

/// At what pace a request is served. Before somebody is slowed, the logs are measured again.
async fn pace(context: &Context, peer: PublicKey, asked: &Asked, entries: u64) -> Pace {
    let cost = |entries| asked.as_ref().map_or(1, |ask| work(ask, entries));
    let pace = context.guests.pace(&peer, cost(entries), entries, Instant::now());
    match (pace, context.guests.member(&peer)) {
        (Pace::Slow, Some(_)) => {
            let entries = standing(context, peer).await.map_or(entries, |(_, entries)| entries);
            context.guests.pace(&peer, cost(entries), entries, Instant::now())
        }
        _ => pace,
    }
}

/// Tells a peer why it is not served, whatever it asked.
pub(super) async fn turn_away(protocol: &'static str, mut stream: Stream, why: String) {
    let refusal = Refusal::new(RefusalCode::Busy, why);
    let frame = match protocol {
        MEMBER => cbor::to_vec(&MemberReply::Refused { refusal }),
        _ => cbor::to_vec(&PullReply::Refused { refusal }),
    };
    // It may have left; and its request is not read.
    if write_frame(&mut stream, &frame, REFUSED_LINGER).await.is_ok() {
        let _ = stream.shutdown().await;
    }
}

const TOO_MUCH: &str = "the node has too much to do: try again in a while";
const NO_REQUEST: Fault =
    Fault { what: "it opens streams without a whole request", points: BLAME_MALFORMED };
const MALFORMED: Fault =
    Fault { what: "it sends requests that do not hold", points: BLAME_MALFORMED };
const AGAIN: Fault = Fault { what: "it asks for everything again and again", points: 0 };
const NOT_ITS_OWN: Fault = Fault { what: "it asks for what it may not", points: 1 };

/// What the asker did wrong, if it did.
fn fault_of(reply: &Reply) -> Option<(Fault, &str)> {
    let refusal = match reply {
        Reply::Pull(PullReply::Refused { refusal })
        | Reply::Member(MemberReply::Refused { refusal })
        | Reply::Steward(StewardReply::Refused { refusal }) => refusal,
        _ => return None,
    };
    let fault = match refusal.code {
        RefusalCode::Malformed => MALFORMED,
        RefusalCode::NotMember | RefusalCode::NotSteward => NOT_ITS_OWN,
        _ => return None,
    };
    Some((fault, &refusal.sentence))
}

/// Who asks. Members are remembered while they are connected; others may have become known.
async fn standing(context: &Context, peer: PublicKey) -> Option<(Standing, u64)> {
    let Some(Reply::Standing(standing, entries)) = context.ask(peer, Ask::Standing).await else {
        return None;
    };
    if context.guests.set_standing(&peer, standing) {
        context.net.know(peer, standing != Standing::Stranger).await;
    }
    Some((standing, entries))
}

pub(super) type Asked = Result<Ask, Box<Reply>>;

fn malformed_pull(error: cbor::Error) -> Box<Reply> {
    let refusal = Refusal::new(RefusalCode::Malformed, format!("not a request: {error}"));
    Box::new(Reply::Pull(PullReply::Refused { refusal }))
}

fn refused_pull(text: String) -> Box<Reply> {
    let refusal = Refusal::new(RefusalCode::Malformed, text);
    Box::new(Reply::Pull(PullReply::Refused { refusal }))
}

pub(super) fn refused_member(code: RefusalCode, text: String) -> Box<Reply> {
    Box::new(Reply::Member(MemberReply::Refused { refusal: Refusal::new(code, text) }))
}

fn refused_steward(text: String) -> Box<Reply> {
    let refusal = Refusal::new(RefusalCode::Malformed, text);
    Box::new(Reply::Steward(StewardReply::Refused { refusal }))
}

pub(super) fn pull(frame: &[u8]) -> Asked {
    Ok(match cbor::from_slice::<PullRequest>(frame).map_err(malformed_pull)? {
        PullRequest::Hosted => Ask::Hosted,
        PullRequest::Head { community } => Ask::Head(community),
        PullRequest::Entries { community, from, max, size } => {
            Ask::Entries { community, from, max, size }
        }
        PullRequest::Items { community, indices, parts } => {
            if indices.len() > PULL_ITEMS_MAX || !indices.is_sorted() {
                let text =
                    format!("at most {PULL_ITEMS_MAX} ascending indices are asked for at once");
                return Err(refused_pull(text));
            }
            Ask::Items { community, indices, parts }
        }
        PullRequest::Explanations { community } => Ask::Explanations(community),
        PullRequest::Counts { community } => Ask::Counts(community),
        PullRequest::Accept { statement } => {
            statement_ask(Via::Accept, &statement).map_err(refused_pull)?
        }
        PullRequest::Offer { statement } => {
            statement_ask(Via::Offer, &statement).map_err(refused_pull)?
        }
        PullRequest::Fork { community, proof } => Ask::Fork { community, proof: proof.0 },
    })
}

/// Verifies a statement and draws the salt for its entry.
fn statement_ask(via: Via, bytes: &Bytes) -> Result<Ask, String> {
    let statement = SignedStatement::verify(&bytes.0).map_err(|e| e.to_string())?;
    Ok(Ask::Statement { via, statement, salt: random_salt()? })
}

pub(super) fn random_salt() -> Result<Salt, String> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|e| format!("no random bytes: {e}"))?;
    Ok(Salt(salt))
}

async fn member(
    context: &Arc<Context>,
    peer: &PublicKey,
    standing: Standing,
    frame: &[u8],
    stream: &mut Stream,
    arriving: &mut Option<Arriving>,
) -> Asked {
    let refused = |text| refused_member(RefusalCode::Malformed, text);
    let request = match cbor::from_slice::<MemberRequest>(frame) {
        Ok(request) => request,
        Err(cbor::Error { reason: Reason::UnknownCode(_), .. }) => return steward(frame),
        Err(error) => return Err(refused(format!("not a request: {error}"))),
    };
    match request {
        MemberRequest::Community { community } => Ok(Ask::Community(community)),
        MemberRequest::Join { statement } => statement_ask(Via::Join, &statement).map_err(refused),
        MemberRequest::Withdraw { statement } => {
            statement_ask(Via::Withdraw, &statement).map_err(refused)
        }
        MemberRequest::Where { controls, .. } | MemberRequest::Scan { controls, .. }
            if controls.len() > PULL_ITEMS_MAX =>
        {
            Err(refused(format!("at most {PULL_ITEMS_MAX} control keys are asked for at once")))
        }
        MemberRequest::Where { community, controls } => Ok(Ask::Where { community, controls }),
        MemberRequest::Scan { community, controls } => Ok(Ask::Scan { community, controls }),
        MemberRequest::Submit { .. } if standing != Standing::Member => {
            // Before anything of the chat is read.
            let text = "you are not a member of this community: ask a steward for an invitation";
            Err(refused_member(RefusalCode::NotMember, text.into()))
        }
        MemberRequest::Submit { submission } => {
            submit(context, peer, submission, stream, arriving).await
        }
    }
}

fn steward(frame: &[u8]) -> Asked {
    let request = cbor::from_slice::<StewardRequest>(frame)
        .map_err(|e| refused_steward(format!("not a request: {e}")))?;
    Ok(match request {
        StewardRequest::Append { statement } => {
            statement_ask(Via::Append, &statement).map_err(refused_steward)?
        }
        request => Ask::Steward(request),
    })
}
