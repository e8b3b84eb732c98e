use super::CheckError;
use crate::blobs::LargeError;
use crate::net::{DialError, NetError, OpenError, framing::FrameError};
use sheaf_protocol::{cbor, exchange::Refusal};
use std::time::Duration;

/// Why no node was reached.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The network could not be started on this machine.
    #[error(transparent)]
    Net(#[from] NetError),
    /// None of the addresses answered; one reason each.
    #[error("{}", told(failures))]
    Unreached {
        /// In the order tried; empty if there was no address to try.
        failures: Vec<DialError>,
    },
}

fn told(failures: &[DialError]) -> String {
    match failures {
        [] => "no address of the node is known".to_owned(),
        [one] => one.to_string(),
        all => {
            let lines: Vec<_> = all.iter().map(|failure| format!("  {failure}")).collect();
            format!("none of {} addresses answered:\n{}", all.len(), lines.join("\n"))
        }
    }
}

/// Why a call brought no result.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The node says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The connection was lost, and dialling again failed.
    #[error("the connection was lost: {0}")]
    Dial(#[from] DialError),
    /// The node takes no such request; it may speak another version.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Request or answer did not pass whole.
    #[error("the connection broke: {0}")]
    Frame(#[from] FrameError),
    /// The node closed the stream without an answer.
    #[error("the node closed the stream without an answer")]
    Ended,
    /// No answer in time.
    #[error("the node did not answer within {0:?}")]
    Timeout(Duration),
    /// The answer is not of this protocol.
    #[error("the node's answer is malformed: {0}")]
    Malformed(cbor::Error),
    /// A good answer, but to another question.
    #[error("the node answered something else than was asked")]
    Unexpected,
}

/// Why nothing is known: no answer, or one that is not believed.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// No answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The answer does not hold.
    #[error("the node's answer is not to be believed: {0}")]
    Check(#[from] CheckError),
}

/// Why a large blob was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The node does not send it.
    #[error(transparent)]
    Call(#[from] CallError),
    /// What came was not the blob, or could not be kept.
    #[error(transparent)]
    Large(#[from] LargeError),
}
