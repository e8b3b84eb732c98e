//! Length-prefixed frames over any byte stream: 4 bytes of length, big endian, then the bytes.

use crate::limits::FRAME_STEP_BYTES;
use std::{io, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    time::timeout,
};

/// Why a frame was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// Announced (or given) longer than allowed. Nothing of it was read.
    #[error("a frame of {len} bytes, at most {max} are allowed")]
    TooLong {
        /// Bytes announced.
        len: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// The stream ended inside a frame.
    #[error("the stream ended after {read} of {expected} bytes")]
    Truncated {
        /// Bytes that came, of the length or of the body.
        read: usize,
        /// Bytes that were due.
        expected: usize,
    },
    /// The frame was not complete in time.
    #[error("the frame was not complete after {0:?}")]
    Timeout(Duration),
    /// The stream failed.
    #[error("the stream failed: {0}")]
    Io(#[from] io::Error),
}

/// Reads one frame of at most `max` bytes, whole, within `deadline`; `None` when the stream ends
/// where a frame would begin. Memory grows with the bytes that came, never with the length announced.
///
/// # Errors
/// [`FrameError`]. The stream is then in the middle of a frame and of no further use.
pub async fn read_frame<R: AsyncRead + Unpin>(
    reader: &mut R,
    max: usize,
    deadline: Duration,
) -> Result<Option<Vec<u8>>, FrameError> {
    timeout(deadline, read(reader, max)).await.map_err(|_| FrameError::Timeout(deadline))?
}

/// Writes one frame and flushes it, within `deadline`.
///
/// # Errors
/// [`FrameError`]. The stream is then of no further use.
pub async fn write_frame<W: AsyncWrite + Unpin>(
    writer: &mut W,
    bytes: &[u8],
    deadline: Duration,
) -> Result<(), FrameError> {
    timeout(deadline, write(writer, bytes)).await.map_err(|_| FrameError::Timeout(deadline))?
}

async fn read<R: AsyncRead + Unpin>(
    reader: &mut R,
    max: usize,
) -> Result<Option<Vec<u8>>, FrameError> {
    let Some(len) = read_length(reader).await? else { return Ok(None) };
    if len > max {
        return Err(FrameError::TooLong { len, max });
    }
    let mut body = Vec::new();
    while body.len() < len {
        let step = (len - body.len()).min(FRAME_STEP_BYTES);
        body.reserve(step);
        if (&mut *reader).take(step as u64).read_buf(&mut body).await? == 0 {
            return Err(FrameError::Truncated { read: body.len(), expected: len });
        }
    }
    Ok(Some(body))
}

async fn read_length<R: AsyncRead + Unpin>(reader: &mut R) -> Result<Option<usize>, FrameError> {
    let mut header = [0; 4];
    let mut read = 0;
    while read < header.len() {
        match reader.read(&mut header[read..]).await? {
            0 if read == 0 => return Ok(None),
            0 => return Err(FrameError::Truncated { read, expected: header.len() }),
            n => read += n,
        }
    }
    let len = u32::from_be_bytes(header);
    Ok(Some(usize::try_from(len).unwrap_or(usize::MAX)))
}

async fn write<W: AsyncWrite + Unpin>(writer: &mut W, bytes: &[u8]) -> Result<(), FrameError> {
    let max = u32::MAX as usize;
    let len =
        u32::try_from(bytes.len()).map_err(|_| FrameError::TooLong { len: bytes.len(), max })?;
    if bytes.len() <= FRAME_STEP_BYTES {
        // One write, so that a small frame travels in one packet.
        writer.write_all(&[&len.to_be_bytes(), bytes].concat()).await?;
    } else {
        writer.write_all(&len.to_be_bytes()).await?;
        writer.write_all(bytes).await?;
    }
    Ok(writer.flush().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn frames_read_back_and_the_end_is_clean() {
        let frames = [vec![], vec![1], vec![7; FRAME_STEP_BYTES], vec![9; 300_000]];
        let (mut near, mut far) = tokio::io::duplex(1024);
        let sent = frames.clone();
        tokio::spawn(async move {
            for frame in sent {
                write_frame(&mut far, &frame, SOON).await.unwrap();
            }
        });
        for frame in frames {
            assert_eq!(read_frame(&mut near, 300_000, SOON).await.unwrap(), Some(frame));
        }
        assert_eq!(read_frame(&mut near, 300_000, SOON).await.unwrap(), None);
    }

    #[tokio::test]
    async fn bad_frames_are_named() {
        let too_long = read_frame(&mut &[0xff, 0xff, 0xff, 0xff][..], 100, SOON).await;
        assert!(matches!(too_long, Err(FrameError::TooLong { max: 100, .. })), "{too_long:?}");
        let in_length = read_frame(&mut &[0, 0][..], 100, SOON).await;
        assert!(
            matches!(in_length, Err(FrameError::Truncated { read: 2, expected: 4 })),
            "{in_length:?}"
        );
        let in_body = read_frame(&mut &[0, 0, 0, 3, 1][..], 100, SOON).await;
        assert!(
            matches!(in_body, Err(FrameError::Truncated { read: 1, expected: 3 })),
            "{in_body:?}"
        );
    }

    #[tokio::test]
    async fn an_announced_length_takes_no_memory() {
        let announced = 0xffff_fff0_u32.to_be_bytes();
        let mut stream = [&announced[..], b"little"].concat();
        stream.truncate(10);
        let result = read_frame(&mut &stream[..], usize::MAX, SOON).await;
        assert!(matches!(result, Err(FrameError::Truncated { read: 6, .. })), "{result:?}");
    }

    #[tokio::test]
    async fn a_peer_that_trickles_is_cut() {
        let short = Duration::from_millis(200);
        let (mut near, mut far) = tokio::io::duplex(64);
        tokio::spawn(async move {
            far.write_all(&100_u32.to_be_bytes()).await.unwrap();
            while far.write_all(b"x").await.is_ok() {
                tokio::time::sleep(short / 4).await;
            }
        });
        let result = read_frame(&mut near, 1000, short).await;
        assert!(matches!(result, Err(FrameError::Timeout(_))), "{result:?}");
    }
}
