//! A wire that can be cut: a TCP proxy before a node.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// Forwards TCP connections to a node, until told to lose what the node answers. What is lost is
/// lost silently, as on a broken road: neither side sees an end.
#[derive(Debug)]
pub struct Proxy {
    address: String,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    /// Answers are lost on a connection once it carried so many bytes of questions.
    lose_after: AtomicU64,
    /// Bytes of answers that were lost.
    lost: AtomicU64,
    /// Both ends of each connection.
    open: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// A proxy before the node at a TCP multiaddress.
    pub fn before(multiaddress: &str) -> Self {
        let parts: Vec<&str> = multiaddress.split('/').collect();
        let [_, "ip4", ip, "tcp", port, "p2p", peer] = parts[..] else {
            panic!("not a TCP address of a node: {multiaddress}")
        };
        let target = format!("{ip}:{port}");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            lose_after: AtomicU64::new(u64::MAX),
            lost: AtomicU64::new(0),
            open: Mutex::default(),
        });
        let shared = state.clone();
        thread::spawn(move || {
            for inbound in listener.incoming().map_while(Result::ok) {
                if let Ok(outbound) = TcpStream::connect(&target) {
                    join(inbound, outbound, shared.clone());
                }
            }
        });
        Self { address: format!("/ip4/127.0.0.1/tcp/{own}/p2p/{peer}"), state }
    }

    /// The multiaddress to dial instead of the node's.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// From now on, answers are lost on each connection that has carried `bytes` of questions.
    pub fn lose_answers_after(&self, bytes: u64) {
        self.state.lose_after.store(bytes, Ordering::SeqCst);
    }

    /// Ends every connection that is open now.
    pub fn cut(&self) {
        for end in self.state.open.lock().unwrap().drain(..) {
            // It may have ended already.
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    /// The road is whole again.
    pub fn mend(&self) {
        self.lose_answers_after(u64::MAX);
    }

    /// Bytes of answers that were lost so far.
    pub fn lost(&self) -> u64 {
        self.state.lost.load(Ordering::SeqCst)
    }
}

/// Carries one connection, in both directions.
fn join(inbound: TcpStream, outbound: TcpStream, state: Arc<State>) {
    let asked = Arc::new(AtomicU64::new(0));
    let (questions, answers) = (inbound.try_clone().unwrap(), outbound.try_clone().unwrap());
    let ends = [inbound.try_clone().unwrap(), outbound.try_clone().unwrap()];
    state.open.lock().unwrap().extend(ends);
    let counted = asked.clone();
    carry(questions, outbound, move |bytes| {
        counted.fetch_add(bytes, Ordering::SeqCst);
        true
    });
    carry(answers, inbound, move |bytes| {
        let lose = asked.load(Ordering::SeqCst) > state.lose_after.load(Ordering::SeqCst);
        if lose {
            state.lost.fetch_add(bytes, Ordering::SeqCst);
        }
        !lose
    });
}

/// Copies until either side ends; `pass` decides on each piece.
fn carry(mut from: TcpStream, mut to: TcpStream, pass: impl Fn(u64) -> bool + Send + 'static) {
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            if pass(read as u64) && to.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        // Whichever side is open still learns that the other has gone.
        let _ = to.shutdown(Shutdown::Write);
        let _ = from.shutdown(Shutdown::Read);
    });
}
