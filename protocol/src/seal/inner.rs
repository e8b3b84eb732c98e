//! What is encrypted: the length of a zstd frame, the frame, and zeros up to a padded length.

use crate::limits::{SEAL_INNER_BYTES_MIN, SEAL_WINDOW_BYTES_MAX};
use std::io;
use zstd::bulk::Decompressor;
use zstd::zstd_safe;

const LEVEL: i32 = 6;
const FRAME_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const HEADER: usize = 4;

/// Why decrypted bytes are not a wrapped chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InnerError {
    /// Shorter than its header, or than the frame that the header announces.
    #[error("the frame is longer than what holds it")]
    FrameLength,
    /// Not padded to exactly the length that the frame's length calls for.
    #[error("padded to {found} bytes instead of {expected}")]
    PaddedLength {
        /// The length that [`padded_len`] gives.
        expected: usize,
        /// The length found.
        found: usize,
    },
    /// Padding that is not zero.
    #[error("the padding is not zero")]
    Padding,
    /// Not one zstd frame, or one that wants a dictionary.
    #[error("not a zstd frame")]
    NotFrame,
    /// Bytes follow the zstd frame within the announced length.
    #[error("bytes follow the zstd frame")]
    TrailingFrame,
    /// The frame states another size than the manifest, or none.
    #[error("the frame does not state the promised size")]
    StatedLength,
    /// The frame asks for a larger window than its content and [`SEAL_WINDOW_BYTES_MAX`].
    #[error("the frame asks for a window of {0} bytes")]
    Window(u64),
    /// The frame does not decompress to the size that it states.
    #[error("the frame does not decompress to its stated size")]
    Decompress,
}

/// The length to which `len` bytes are padded: Padmé (PURBs, Nikitin et al., PETS 2019), at least
/// [`SEAL_INNER_BYTES_MIN`]. Of a length of n bits, all but the first ~log2 n bits are rounded up:
/// at most 12 % are added, and only O(log log len) bits of the length are told.
pub fn padded_len(len: usize) -> usize {
    let len = len.max(SEAL_INNER_BYTES_MIN);
    let exponent = len.ilog2();
    let kept = exponent.ilog2() + 1;
    let mask = (1_usize << (exponent - kept)) - 1;
    (len + mask) & !mask
}

/// Compresses and pads. Deterministic for one release of zstd; readers depend on no such thing.
pub(super) fn wrap(plain: &[u8]) -> io::Result<Vec<u8>> {
    let frame = zstd::bulk::compress(plain, LEVEL)?;
    let len = u32::try_from(frame.len()).map_err(io::Error::other)?;
    let mut inner = Vec::with_capacity(padded_len(HEADER + frame.len()));
    inner.extend_from_slice(&len.to_be_bytes());
    inner.extend_from_slice(&frame);
    inner.resize(padded_len(inner.len()), 0);
    Ok(inner)
}

/// Undoes [`wrap`]. Never allocates more than `plain_bytes`, which the caller has bounded.
pub(super) fn unwrap(
    zstd: &mut Decompressor<'_>,
    inner: &[u8],
    plain_bytes: u64,
) -> Result<Vec<u8>, InnerError> {
    let (header, rest) = inner.split_first_chunk::<HEADER>().ok_or(InnerError::FrameLength)?;
    let len = u32::from_be_bytes(*header) as usize;
    let (frame, padding) = rest.split_at_checked(len).ok_or(InnerError::FrameLength)?;
    let (expected, found) = (padded_len(HEADER + len), inner.len());
    if expected != found {
        return Err(InnerError::PaddedLength { expected, found });
    }
    if padding.iter().any(|byte| *byte != 0) {
        return Err(InnerError::Padding);
    }
    decompress(zstd, frame, plain_bytes)
}

fn decompress(
    zstd: &mut Decompressor<'_>,
    frame: &[u8],
    plain_bytes: u64,
) -> Result<Vec<u8>, InnerError> {
    let first = zstd_safe::find_frame_compressed_size(frame).map_err(|_| InnerError::NotFrame)?;
    if !frame.starts_with(&FRAME_MAGIC) || zstd_safe::get_dict_id_from_frame(frame).is_some() {
        return Err(InnerError::NotFrame);
    }
    if first != frame.len() {
        return Err(InnerError::TrailingFrame);
    }
    match zstd_safe::get_frame_content_size(frame) {
        Ok(Some(stated)) if stated == plain_bytes => {}
        _ => return Err(InnerError::StatedLength),
    }
    let window = window(frame);
    if window > plain_bytes.max(SEAL_WINDOW_BYTES_MAX) {
        return Err(InnerError::Window(window));
    }
    let capacity = usize::try_from(plain_bytes).map_err(|_| InnerError::StatedLength)?;
    let plain = zstd.decompress(frame, capacity).map_err(|_| InnerError::Decompress)?;
    if plain.len() == capacity { Ok(plain) } else { Err(InnerError::Decompress) }
}

/// The window that a frame asks for (RFC 8878 §3.1.1.1.2); 0 where it is the content itself.
fn window(frame: &[u8]) -> u64 {
    const SINGLE_SEGMENT: u8 = 0x20;
    match frame.get(FRAME_MAGIC.len()..) {
        Some([descriptor, window, ..]) if descriptor & SINGLE_SEGMENT == 0 => {
            let base = 1_u64 << (10 + (window >> 3));
            base + base / 8 * u64::from(window & 7)
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unwrap(inner: &[u8], plain_bytes: u64) -> Result<Vec<u8>, InnerError> {
        super::unwrap(&mut Decompressor::default(), inner, plain_bytes)
    }

    #[test]
    fn padding_is_small_and_stable() {
        for len in (1..100_000).chain((0..27).map(|n| (1 << n) + 1)) {
            let padded = padded_len(len);
            assert!(padded >= len.max(SEAL_INNER_BYTES_MIN), "{len}");
            assert_eq!(padded_len(padded), padded, "{len}: padding twice adds nothing");
            let least = len.max(SEAL_INNER_BYTES_MIN);
            assert!((padded - least) * 100 <= least * 12, "{len} grows to {padded}");
        }
    }

    /// A frame of another origin is read, and each lie about it is named.
    #[test]
    fn each_lie_in_the_inner_bytes_is_named() {
        let plain = b"a chat".repeat(100);
        let inner = wrap(&plain).unwrap();
        let size = plain.len() as u64;
        assert_eq!(unwrap(&inner, size), Ok(plain.clone()));
        assert_eq!(unwrap(&inner, size - 1), Err(InnerError::StatedLength));
        assert_eq!(unwrap(&inner[..3], size), Err(InnerError::FrameLength));
        let changed = |at: usize, byte: u8| {
            let mut inner = inner.clone();
            inner[at] = byte;
            unwrap(&inner, size)
        };
        assert_eq!(changed(inner.len() - 1, 1), Err(InnerError::Padding));
        assert_eq!(changed(4, 0x29), Err(InnerError::NotFrame));
        assert_eq!(changed(2, 0xff), Err(InnerError::FrameLength));
        let longer = [&inner[..], &[0]].concat();
        let expected = InnerError::PaddedLength { expected: 256, found: 257 };
        assert_eq!(unwrap(&longer, size), Err(expected));
        // The frame and one byte of the padding.
        assert_eq!(changed(3, inner[3] + 1), Err(InnerError::TrailingFrame));
    }

    #[test]
    fn a_frame_without_its_size_is_refused() {
        let frame = zstd::encode_all(&b"streamed"[..], 3).unwrap();
        let mut inner = (frame.len() as u32).to_be_bytes().to_vec();
        inner.extend(frame);
        inner.resize(256, 0);
        assert_eq!(unwrap(&inner, 8), Err(InnerError::StatedLength));
    }
}
