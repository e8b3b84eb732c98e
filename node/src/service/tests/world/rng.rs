//! Chance, the same everywhere.

/// xorshift64* (Vigna 2016): small, and the same everywhere.
pub(in crate::service::tests) struct Rng(u64);

impl Rng {
    pub(in crate::service::tests) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(in crate::service::tests) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(in crate::service::tests) fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.chunks_mut(8).for_each(|part| part.copy_from_slice(&self.next().to_le_bytes()));
        bytes
    }

    /// A number below `end`; 0 if there is none.
    pub(in crate::service::tests) fn below(&mut self, end: u64) -> u64 {
        // The low bits of a product are the weak ones.
        (self.next() >> 16) % end.max(1)
    }

    /// True so many times in a hundred.
    pub(in crate::service::tests) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(in crate::service::tests) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(usize::try_from(self.below(of.len() as u64)).unwrap_or(0))
    }
}
