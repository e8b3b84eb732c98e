//! What the node's code reports, as errors for a person: a kind, and what to do next.

use crate::error::{CliError, Kind};
use sheaf_node::book::{BookError, FindError};
use sheaf_node::client::{AskError, CallError, ConnectError};
use sheaf_node::flow::contribute::{SendError, SignError};
use sheaf_node::flow::found::FoundError;
use sheaf_node::flow::join::JoinError;
use sheaf_node::flow::reach::ReachError;
use sheaf_node::flow::recover::RecoverError;
use sheaf_node::flow::withdraw::WithdrawError;
use sheaf_node::home::HomeError;
use sheaf_node::net::{DialError, OpenError};
use sheaf_protocol::exchange::{Refusal, RefusalCode};

impl From<Refusal> for CliError {
    fn from(refusal: Refusal) -> Self {
        use RefusalCode as Code;
        let (kind, hint) = match refusal.code {
            Code::Unknown => (Kind::NotFound, None),
            Code::NotMember => (
                Kind::NotMember,
                Some("ask a steward for an invitation, then: sheaf member join LINE"),
            ),
            Code::NotSteward => (
                Kind::NotMember,
                Some("run this in the home folder of the node, or of one of its stewards"),
            ),
            Code::NoAcceptance => (Kind::Refused, Some("accept the community's policy first")),
            Code::PolicyChanged => {
                (Kind::Refused, Some("run it again: the new policy will be shown"))
            }
            Code::Clock => (
                Kind::Clock,
                Some("compare this machine's clock with the node's; the wrong one must be set"),
            ),
            Code::ReadOnly => (
                Kind::Refused,
                Some(
                    "the node waits for a replica to confirm its newest head; `sheaf status` \
                     there says more",
                ),
            ),
            Code::Stale => (
                Kind::Refused,
                Some(
                    "that node has not heard from the community for long; try another of its nodes",
                ),
            ),
            Code::Busy => (Kind::Failed, Some("try again in a while")),
            Code::Internal => (
                Kind::Failed,
                Some(
                    "try again later; who runs the node finds more in its log, and `sheaf doctor` \
                     there says what to do",
                ),
            ),
            Code::Policy | Code::Duplicate | Code::Gone => (Kind::Refused, None),
            Code::Malformed | Code::ControlUsed => (Kind::Failed, None),
        };
        let error = Self::new(kind, refusal.sentence);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

impl From<ConnectError> for CliError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Net(error) => Self::failed(error),
            ConnectError::Unreached { failures } if misspelt(&failures) => {
                Self::usage(ConnectError::Unreached { failures })
                    .hint("copy the whole address that `sheaf serve` shows on the other side")
            }
            unreached => Self::new(Kind::Unreachable, unreached).hint(
                "check that the node runs (`sheaf serve` there) and that its address and port are \
                 reachable from here",
            ),
        }
    }
}

/// Whether no address was one that can be dialled at all.
fn misspelt(failures: &[DialError]) -> bool {
    !failures.is_empty() && failures.iter().all(|f| matches!(f, DialError::BadAddress(_)))
}

impl From<CallError> for CliError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(refusal) => refusal.into(),
            CallError::Open(error @ OpenError::Unsupported { .. }) => Self::failed(error)
                .hint("both sides may need the same release: compare `sheaf --version`"),
            CallError::Malformed(_) | CallError::Unexpected => Self::failed(error)
                .hint("both sides may need the same release: compare `sheaf --version`"),
            lost => Self::new(Kind::Unreachable, lost).hint("run it again: nothing is done twice"),
        }
    }
}

impl From<AskError> for CliError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Call(error) => error.into(),
            error @ AskError::Check(_) => Self::new(Kind::NotVerified, error)
                .hint("do not trust that node; tell the community's stewards what it says"),
        }
    }
}

impl From<BookError> for CliError {
    fn from(error: BookError) -> Self {
        match error {
            BookError::Io { .. } => Self::failed(error).hint(
                "is the folder yours to write to, and is the disk full? Then run it again: \
                 nothing is done twice",
            ),
            error => Self::failed(error),
        }
    }
}

impl From<FindError> for CliError {
    fn from(error: FindError) -> Self {
        Self::new(Kind::NotFound, error).hint("`sheaf chats` lists the ids of what you gave")
    }
}

impl From<ReachError> for CliError {
    fn from(error: ReachError) -> Self {
        match error {
            ReachError::Unknown => {
                Self::new(Kind::NoCommunity, error).hint("join it first: sheaf member join LINE")
            }
            ReachError::Connect(error) => error.into(),
            ReachError::Ask(error) => error.into(),
            ReachError::Book(error) => error.into(),
        }
    }
}

impl From<JoinError> for CliError {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::Connect(error) => error.into(),
            JoinError::Ask(error) => error.into(),
            JoinError::Book(error) => error.into(),
            JoinError::Invite(_) | JoinError::Name => Self::usage(error)
                .hint("paste the whole line that the steward sent, in quotation marks"),
            JoinError::Expired(_) | JoinError::NotSteward(_) | JoinError::Policy(_) => {
                Self::new(Kind::Refused, error).hint("ask a steward for a new invitation")
            }
            JoinError::Bundle(_) => Self::failed(error),
        }
    }
}

impl From<SignError> for CliError {
    fn from(error: SignError) -> Self {
        match error {
            SignError::Book(error) => error.into(),
            SignError::Seal(_) | SignError::Random(_) => Self::failed(error),
        }
    }
}

impl From<SendError> for CliError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Call(error) => error.into(),
            SendError::Book(error) => error.into(),
            SendError::Check(error) => AskError::Check(error).into(),
            SendError::Bundle(_) | SendError::Stopped(_) => Self::failed(error),
        }
    }
}

impl From<RecoverError> for CliError {
    fn from(error: RecoverError) -> Self {
        match error {
            RecoverError::Book(error) => error.into(),
            RecoverError::Call(error) => error.into(),
        }
    }
}

impl From<WithdrawError> for CliError {
    fn from(error: WithdrawError) -> Self {
        match error {
            WithdrawError::Call(error) => error.into(),
            WithdrawError::Book(error) => error.into(),
            WithdrawError::OtherSeed(_) => Self::failed(error)
                .hint("use the home folder that gave it; a steward can take it down on your word"),
            WithdrawError::Damaged(_) => Self::failed(error),
        }
    }
}

impl From<HomeError> for CliError {
    fn from(error: HomeError) -> Self {
        match error {
            HomeError::Missing { .. } => Self::new(Kind::NoCommunity, error).hint(
                "found a community: sheaf init --name NAME; or join one: sheaf member join LINE; \
                 or name another folder: --home DIR",
            ),
            HomeError::InUse { .. } => Self::new(Kind::HomeInUse, error)
                .hint("a node runs in this home folder: stop it first, or use another --home DIR"),
            HomeError::NotFolder { .. } => Self::usage(error).hint("name a folder: --home DIR"),
            HomeError::Taken { .. } => {
                Self::failed(error).hint("bring the words into a new folder: --home DIR")
            }
            error @ (HomeError::TooOpen { .. } | HomeError::Random(_)) => Self::failed(error),
            HomeError::Damaged { .. } => Self::failed(error)
                .hint("put the file back from a backup; keys come back with `sheaf key restore`"),
            HomeError::Io { .. } => Self::failed(error)
                .hint("is the folder yours to write to, and is the disk full? Else: --home DIR"),
        }
    }
}

impl From<FoundError> for CliError {
    fn from(error: FoundError) -> Self {
        match error {
            FoundError::Home(error) => error.into(),
            FoundError::Exists(_) => Self::failed(error)
                .hint("run its node: sheaf serve; or found another one elsewhere: --home DIR"),
            FoundError::Policy(_) => Self::usage(error),
            other => Self::failed(other),
        }
    }
}
