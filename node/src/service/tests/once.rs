//! What is a function of bytes alone, done once for all simulated nodes of a thread: fifty of them are
//! told the same statements and heads, and store them.

use sheaf_protocol::log::UnverifiedCheckpoint;
use sheaf_protocol::statement::SignedStatement;
use sheaf_protocol::time::Time;
use std::cell::RefCell;
use std::collections::HashMap;

/// Values remembered of each kind; then it begins anew.
const REMEMBERED_MAX: usize = 4096;

type Remembered<T> = RefCell<HashMap<[u8; 32], T>>;

thread_local! {
    static STATEMENTS: Remembered<SignedStatement> = RefCell::default();
    static HEADS: Remembered<(u64, Time)> = RefCell::default();
}

/// The statement that these bytes are, its signature verified by the protocol's own code.
pub(super) fn verified(bytes: &[u8]) -> SignedStatement {
    let verify = || SignedStatement::verify(bytes).expect("an honest node holds and sends it");
    STATEMENTS.with_borrow_mut(|known| once(known, bytes, verify))
}

/// The size that a head's note claims, and when its log cosigned it.
pub(super) fn head(note: &str) -> (u64, Time) {
    let read = || {
        let head = UnverifiedCheckpoint::parse(note).expect("an honest node stores it");
        (head.claimed().size, cosigned_at(note))
    };
    HEADS.with_borrow_mut(|known| once(known, note.as_bytes(), read))
}

fn once<T: Clone>(known: &mut HashMap<[u8; 32], T>, bytes: &[u8], make: impl FnOnce() -> T) -> T {
    if known.len() >= REMEMBERED_MAX {
        known.clear();
    }
    known.entry(*blake3::hash(bytes).as_bytes()).or_insert_with(make).clone()
}

/// The time in a note's last line, the log's cosignature of itself: a key's id of 4 bytes, then
/// 8 bytes of seconds.
fn cosigned_at(note: &str) -> Time {
    let line = note.lines().last().unwrap().rsplit(' ').next().unwrap();
    let bytes = data_encoding::BASE64.decode(line.as_bytes()).unwrap();
    let secs = u64::from_be_bytes(bytes[4..12].try_into().unwrap());
    Time::from_ms(secs * 1000).unwrap()
}
