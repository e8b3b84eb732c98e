//! Keccak-256 as Ethereum uses it (the submission to the SHA-3 contest, with its own padding), for
//! inputs of less than one block.

/// Bytes that one block takes.
const RATE: usize = 136;

#[rustfmt::skip]
const ROUNDS: [u64; 24] = [
    0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808A, 0x8000_0000_8000_8000,
    0x0000_0000_0000_808B, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
    0x0000_0000_0000_008A, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000A,
    0x0000_0000_8000_808B, 0x8000_0000_0000_008B, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
    0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800A, 0x8000_0000_8000_000A,
    0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
];
/// How far each lane turns, in the order in which lanes are moved.
const TURNS: [u32; 24] =
    [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];
const MOVES: [usize; 24] =
    [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

/// The hash of an input shorter than a block; of a longer one, of its start.
pub(super) fn keccak256(input: &[u8]) -> [u8; 32] {
    let mut block = [0; RATE];
    let len = input.len().min(RATE - 1);
    block[..len].copy_from_slice(&input[..len]);
    block[len] ^= 0x01;
    block[RATE - 1] ^= 0x80;
    let mut state = [0_u64; 25];
    for (lane, bytes) in state.iter_mut().zip(block.chunks_exact(8)) {
        *lane = bytes.iter().rev().fold(0, |lane, byte| lane << 8 | u64::from(*byte));
    }
    ROUNDS.iter().for_each(|constant| round(&mut state, *constant));
    let mut hash = [0; 32];
    for (bytes, lane) in hash.chunks_exact_mut(8).zip(state) {
        bytes.copy_from_slice(&lane.to_le_bytes());
    }
    hash
}

fn round(state: &mut [u64; 25], constant: u64) {
    let column = |state: &[u64; 25], x: usize| (0..5).fold(0, |sum, y| sum ^ state[x + 5 * y]);
    let sums: [u64; 5] = std::array::from_fn(|x| column(state, x));
    for (at, lane) in state.iter_mut().enumerate() {
        *lane ^= sums[(at + 4) % 5] ^ sums[(at + 1) % 5].rotate_left(1);
    }
    let mut carried = state[1];
    for (to, turn) in MOVES.into_iter().zip(TURNS) {
        carried = std::mem::replace(&mut state[to], carried.rotate_left(turn));
    }
    for row in state.chunks_exact_mut(5) {
        let old: [u64; 5] = std::array::from_fn(|x| row[x]);
        for x in 0..5 {
            row[x] = old[x] ^ (!old[(x + 1) % 5] & old[(x + 2) % 5]);
        }
    }
    state[0] ^= constant;
}
