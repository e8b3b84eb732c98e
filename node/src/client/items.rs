use super::{CallError, wire};
use crate::{
    limits::REPLY_TIMEOUT,
    net::{
        Stream,
        framing::{FrameError, read_frame},
    },
};
use sheaf_protocol::{
    cbor,
    exchange::{Item, Parts, PullReply, PullRequest},
    id::CommunityId,
    limits::ITEM_BYTES_MAX,
};
use std::collections::VecDeque;
use tokio::{io::AsyncWriteExt as _, sync::OwnedSemaphorePermit};

/// Items on their way, in the order asked.
#[derive(Debug)]
pub struct Items {
    stream: Stream,
    expected: VecDeque<u64>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Items {
    pub(super) async fn ask(
        mut stream: Stream,
        place: Option<OwnedSemaphorePermit>,
        community: CommunityId,
        indices: Vec<u64>,
        parts: Parts,
    ) -> Result<Self, CallError> {
        let expected = VecDeque::from(indices.clone());
        let request = PullRequest::Items { community, indices, parts };
        wire::send(&mut stream, &cbor::to_vec(&request)).await?;
        stream.shutdown().await.map_err(FrameError::from)?;
        match wire::first_frame(&mut stream).await? {
            PullReply::Items { count } if count == expected.len() as u64 => {
                Ok(Self { stream, expected, _place: place })
            }
            PullReply::Refused { refusal } => Err(CallError::Refused(refusal)),
            _ => Err(CallError::Unexpected),
        }
    }

    /// The next item; `None` after the last.
    ///
    /// # Errors
    /// [`CallError`]; no more can be read then.
    pub async fn next(&mut self) -> Result<Option<Item>, CallError> {
        let Some(index) = self.expected.pop_front() else { return Ok(None) };
        let frame = read_frame(&mut self.stream, ITEM_BYTES_MAX, REPLY_TIMEOUT).await?;
        let item: Item =
            cbor::from_slice(&frame.ok_or(CallError::Ended)?).map_err(CallError::Malformed)?;
        if item.index == index { Ok(Some(item)) } else { Err(CallError::Unexpected) }
    }
}
