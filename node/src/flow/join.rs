//! Joining: look → join.
//!
//! [`look`] dials the node that the invitation names and checks that it speaks for the community
//! of the invitation, before anything is signed. [`join`] signs with two keys: the member's, and
//! the fresh one inside the invitation, which binds the invitation to this member.

use crate::{
    book::{BookError, Bundle, Choices, CommunityBook, Known, MEMBERSHIP_COUNTER},
    client::{AskError, CallError, CheckError, Client, CommunityInfo, ConnectError},
    flow::slip::{self, Slip},
};
use sheaf_protocol::{
    cbor::Bytes,
    exchange::{MemberReply, MemberRequest, RefusalCode},
    id::CommunityId,
    limits::NAME_BYTES_MAX,
    policy::{Refusal, Request, decide},
    sign::{SecretKey, Seed, Signed, SignedError},
    statement::{
        Admission, Body, InvitationUse, Invite, InviteError, Membership, SignedStatement, is_line,
    },
    time::Time,
};

/// Where somebody wants to join, after the checks: to be shown before joining.
#[derive(Debug)]
pub struct Joining {
    /// The connection, as the member to be.
    pub client: Client,
    /// What is in force there.
    pub info: CommunityInfo,
    invite: Option<Invite>,
    addresses: Vec<String>,
}

/// Why somebody did not join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The line is not an invitation.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// The invitation is past its time.
    #[error("this invitation expired at {0}: ask for a new one")]
    Expired(Time),
    /// No steward of the community signed it.
    #[error("this invitation was not signed by a steward of \"{0}\"")]
    NotSteward(String),
    /// No node answered.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// It answered, but not well.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The policy takes nobody, or nobody without an invitation.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    Policy(Vec<Refusal>),
    /// The name is not one line.
    #[error(
        "a name is one line of at most {NAME_BYTES_MAX} bytes, without control characters and without spaces around it"
    )]
    Name,
    /// What the book keeps is not what was signed.
    #[error("the membership kept from an earlier attempt is damaged: {0}")]
    Bundle(SignedError),
    /// The book failed.
    #[error(transparent)]
    Book(#[from] BookError),
}

impl From<CallError> for JoinError {
    fn from(error: CallError) -> Self {
        Self::Ask(error.into())
    }
}

impl From<CheckError> for JoinError {
    fn from(error: CheckError) -> Self {
        Self::Ask(error.into())
    }
}

/// How joining ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// Logged at this index.
    Now {
        /// The index.
        index: u64,
    },
    /// The community counted us as a member before.
    Already,
}

/// Reads an invitation and looks at the community it leads to.
///
/// # Errors
/// [`JoinError`].
pub async fn look(line: &str, seed: &Seed, now: Time) -> Result<Joining, JoinError> {
    let invite = Invite::from_line(line)?;
    let invitation = invite.invitation.content();
    if invitation.expires <= now {
        return Err(JoinError::Expired(invitation.expires));
    }
    let id = invitation.community;
    let client = Client::connect(seed.member_key(&id), &invite.addresses).await?;
    let info = client.community(Some(id)).await?;
    if !info.stewards().contains(&invite.invitation.signer()) {
        return Err(JoinError::NotSteward(info.name().to_owned()));
    }
    let addresses = invite.addresses.clone();
    Ok(Joining { client, info, invite: Some(invite), addresses })
}

/// Looks at a community that may take members without an invitation.
///
/// # Errors
/// [`JoinError`].
pub async fn look_open(
    id: CommunityId,
    addresses: Vec<String>,
    seed: &Seed,
) -> Result<Joining, JoinError> {
    let client = Client::connect(seed.member_key(&id), &addresses).await?;
    let info = client.community(Some(id)).await?;
    Ok(Joining { client, info, invite: None, addresses })
}

/// Joins, under `name` if one is given, and remembers the community with `choices` to offer. An
/// earlier attempt that was not acknowledged is sent again as it was.
///
/// # Errors
/// [`JoinError`].
pub async fn join(
    joining: &Joining,
    seed: &Seed,
    book: &CommunityBook,
    name: Option<String>,
    choices: Option<Choices>,
    now: Time,
) -> Result<Joined, JoinError> {
    if name.as_ref().is_some_and(|name| !is_line(name)) {
        return Err(JoinError::Name);
    }
    let joined = match (joining.info.is_member(), book.membership()?) {
        (true, None) => Joined::Already,
        (_, Some(kept)) => {
            let kept = SignedStatement::verify(&kept.statement).map_err(JoinError::Bundle)?;
            send(joining, book, &kept).await?
        }
        (false, None) => send(joining, book, &prepare(joining, seed, book, name, now)?).await?,
    };
    let known = Known {
        name: joining.info.name().to_owned(),
        addresses: joining.addresses.clone(),
        member: true,
        choices,
    };
    book.remember(&known)?;
    Ok(joined)
}

fn prepare(
    joining: &Joining,
    seed: &Seed,
    book: &CommunityBook,
    name: Option<String>,
    now: Time,
) -> Result<SignedStatement, JoinError> {
    let info = &joining.info;
    let decision = decide(info.policy(), &Request::Join { invited: joining.invite.is_some() }, now);
    if !decision.is_allowed() {
        return Err(JoinError::Policy(decision.reasons));
    }
    let counter = book.reserve(1)?.next().unwrap_or(MEMBERSHIP_COUNTER);
    let member = seed.member_key(&info.id());
    let control = seed.control_key(&info.id(), counter);
    let membership = Membership {
        admission: Admission::Join,
        member: member.public(),
        name,
        control: Some(control.public()),
        invitation: joining.invite.as_ref().map(|i| Bytes(i.invitation.bytes().to_vec())),
        invitation_use: joining.invite.as_ref().map(|i| Bytes(use_invite(i, &member))),
    };
    let signed = Signed::sign(info.statement(Body::Membership(membership), now), &member);
    let bundle = Bundle { statement: signed.bytes().to_vec(), key: None, blob: Vec::new() };
    book.keep_membership(&bundle)?;
    Ok(signed)
}

fn use_invite(invite: &Invite, member: &SecretKey) -> Vec<u8> {
    let community = invite.invitation.content().community;
    let used = InvitationUse { community, member: member.public() };
    Signed::sign(used, &invite.key).bytes().to_vec()
}

async fn send(
    joining: &Joining,
    book: &CommunityBook,
    statement: &SignedStatement,
) -> Result<Joined, JoinError> {
    let request = MemberRequest::Join { statement: Bytes(statement.bytes().to_vec()) };
    match joining.client.member(&request).await {
        Ok(MemberReply::Logged { logged }) => {
            joining.info.check_logged(statement, &logged)?;
            let shown = slip::joining(joining.info.name(), joining.info.policy());
            let slip = Slip::new(&joining.info, statement, &logged, shown);
            book.end_membership(Some(&slip.to_json()))?;
            Ok(Joined::Now { index: logged.index })
        }
        Ok(_) => Err(CallError::Unexpected.into()),
        Err(CallError::Refused(refusal)) => {
            // The next attempt is signed anew, with another control key.
            book.end_membership(None)?;
            match refusal.code {
                RefusalCode::Duplicate => Ok(Joined::Already),
                _ => Err(CallError::Refused(refusal).into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}
