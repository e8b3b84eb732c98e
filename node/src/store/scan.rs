//! Looking for bytes in files: whether what was erased is really gone.

use std::collections::HashMap;
use std::io::{self, Read};

/// Bytes of one thing looked for. Long enough that no others are the same by chance.
pub(super) const NEEDLE_BYTES: usize = 32;
/// Distance between the pieces of a long value that are looked for.
const PIECE_STEP_BYTES: usize = 128;
const READ_BYTES: usize = 1024 * 1024;

/// Something looked for.
#[derive(Clone, Copy)]
pub(super) struct Needle {
    /// The bytes.
    pub(super) bytes: [u8; NEEDLE_BYTES],
    /// Whether only the erased row can hold them: then one find anywhere means it is not gone. A
    /// piece of text may stand in another row too, and is then no sign.
    pub(super) unique: bool,
}

/// What to look for of random bytes: a key, a salt.
pub(super) fn whole(bytes: &[u8; NEEDLE_BYTES]) -> Needle {
    Needle { bytes: *bytes, unique: true }
}

/// What to look for of a signed statement: the end of its signature, and pieces all along.
pub(super) fn pieces(statement: &[u8]) -> Vec<Needle> {
    let along = statement.windows(NEEDLE_BYTES).step_by(PIECE_STEP_BYTES);
    let along = along.filter_map(|w| Some(Needle { bytes: w.try_into().ok()?, unique: false }));
    let end = statement.last_chunk().map(whole);
    along.chain(end).collect()
}

/// Finds many needles in one pass.
pub(super) struct Finder {
    /// Where each needle stands in what is found; the same bytes asked for twice stand once.
    places: HashMap<[u8; NEEDLE_BYTES], usize>,
    /// Whether some needle starts with these two bytes.
    starts: Vec<bool>,
}

/// Which needles were found.
pub(super) struct Found(Vec<bool>);

impl Found {
    /// Whether nothing is left to find.
    pub(super) fn is_all(&self) -> bool {
        !self.0.contains(&false)
    }
}

impl Finder {
    /// Looks for `needles`.
    pub(super) fn new(needles: impl Iterator<Item = [u8; NEEDLE_BYTES]>) -> Self {
        let mut places = HashMap::new();
        let mut starts = vec![false; 1 << 16];
        for needle in needles {
            starts[usize::from(u16::from_be_bytes([needle[0], needle[1]]))] = true;
            let next = places.len();
            places.entry(needle).or_insert(next);
        }
        Self { places, starts }
    }

    /// Nothing found yet.
    pub(super) fn nothing(&self) -> Found {
        Found(vec![false; self.places.len()])
    }

    /// Whether a needle is among what was found.
    pub(super) fn has(&self, found: &Found, needle: &[u8; NEEDLE_BYTES]) -> bool {
        self.places.get(needle).is_some_and(|place| found.0[*place])
    }

    /// The needles that stand in the file.
    pub(super) fn in_file(&self, mut file: impl Read) -> io::Result<Found> {
        let mut found = self.nothing();
        let mut window = Vec::with_capacity(READ_BYTES + NEEDLE_BYTES);
        loop {
            let read = (&mut file).take(READ_BYTES as u64).read_to_end(&mut window)?;
            self.in_bytes(&window, &mut found);
            if read == 0 {
                return Ok(found);
            }
            // What may be the beginning of a needle is looked at again with what follows.
            window.drain(..window.len().saturating_sub(NEEDLE_BYTES - 1));
        }
    }

    /// Marks the needles that stand in `hay`.
    pub(super) fn in_bytes(&self, hay: &[u8], found: &mut Found) {
        if self.places.is_empty() {
            return;
        }
        let Some((&[first], rest)) = hay.split_first_chunk() else { return };
        let places = hay.len().saturating_sub(NEEDLE_BYTES - 1);
        let mut start = usize::from(first);
        for (at, next) in rest.iter().take(places).enumerate() {
            start = (start << 8 | usize::from(*next)) & 0xffff;
            if !self.starts[start] {
                continue;
            }
            if let Some(place) = self.places.get(&hay[at..at + NEEDLE_BYTES]) {
                found.0[*place] = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_is_found_at_every_place_and_across_reads() {
        let needle: [u8; 32] = std::array::from_fn(|n| n as u8 + 1);
        let other = [9; 32];
        let finder = Finder::new([needle, other].into_iter());
        for at in [0, 1, READ_BYTES - 40, READ_BYTES - 31, READ_BYTES - 1, READ_BYTES, 2_000_000] {
            let mut bytes = vec![0; 2_000_032];
            bytes[at..at + 32].copy_from_slice(&needle);
            assert_eq!(finder.in_file(&bytes[..]).unwrap().0, [true, false], "at {at}");
            bytes[at + 31] ^= 1;
            assert_eq!(finder.in_file(&bytes[..]).unwrap().0, [false, false], "one bit off, {at}");
        }
    }
}
