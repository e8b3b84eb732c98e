//! The terminal while a person chooses. This module alone owns it: raw keys, a screen of its own,
//! no wrapping of lines. It is given back when [`Screen`] is dropped: at the end, after an error, in
//! a panic, and when a signal ends the command (the future is dropped then, and the thread that
//! draws looks for that several times a second). Only SIGKILL leaves it as it is; `reset` helps.

use super::draw::{Frame, draw};
use super::keys::{Decoder, Key};
use super::state::{Size, State, Step};
use crate::error::{CliError, OrFail as _};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often it is looked whether the terminal has another size, or the command is to end.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// How long the rest of a key may take to come after an escape.
const REST_OF_KEY: Duration = Duration::from_millis(50);
/// A wide character needs as many columns.
const COLUMNS_MIN: usize = 2;
/// Bytes of keys that are taken at once.
const KEYS_BYTES: usize = 4096;

/// A screen of its own; no wrapping; no cursor; pasted text is marked as such.
const ENTER: &str = "\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[?2004h";
/// The same, undone.
const LEAVE: &str = "\x1b[?2004l\x1b[?25h\x1b[?7h\x1b[?1049l";
/// Around a frame, so that a terminal that can shows it at once.
const FRAME: [&str; 2] = ["\x1b[?2026h", "\x1b[?2026l"];

/// Whether this terminal can be drawn on.
pub(super) fn is_possible() -> bool {
    let able = std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
    able && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Lets the person choose, and gives back what they see then. `None` if they leave.
///
/// # Errors
/// If the terminal cannot be read or written.
pub(super) async fn run(state: State) -> Result<Option<State>, CliError> {
    let wanted = Wanted(Arc::new(AtomicBool::new(true)));
    let still = wanted.0.clone();
    let ended = tokio::task::spawn_blocking(move || converse(state, &still)).await;
    ended.or_fail("choosing")?.or_fail("the terminal")
}

/// Whether anybody still waits for the person's choice; not after it is dropped.
struct Wanted(Arc<AtomicBool>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

fn converse(mut state: State, wanted: &AtomicBool) -> io::Result<Option<State>> {
    let mut screen = Screen::open()?;
    let mut drawn = false;
    while wanted.load(Ordering::Relaxed) {
        let size = screen.size();
        if size != state.size || !drawn {
            state.resize(size);
            screen.show(&draw(&state))?;
            drawn = true;
        }
        for key in
            screen.keys(if state.found.is_complete() { LOOK_AGAIN } else { Duration::ZERO })?
        {
            drawn = false;
            match state.step(&key) {
                Step::Stay if key == Key::Redraw => screen.enter()?,
                Step::Stay => {}
                Step::Leave => return Ok(None),
                Step::Done => return Ok(Some(state)),
            }
        }
        if !state.found.is_complete() {
            state.go_on();
            drawn = false;
        }
    }
    Ok(None)
}

struct Screen {
    before: Termios,
    decoder: Decoder,
}

impl Screen {
    fn open() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let screen = Self { before, decoder: Decoder::default() };
        screen.enter()?;
        Ok(screen)
    }

    fn enter(&self) -> io::Result<()> {
        let mut raw = self.before.clone();
        raw.make_raw();
        tcsetattr(io::stdin(), OptionalActions::Drain, &raw)?;
        io::stderr().write_all(ENTER.as_bytes())
    }

    fn size(&self) -> Size {
        let size = tcgetwinsize(io::stderr()).ok();
        let known = size.filter(|size| size.ws_row > 0 && size.ws_col > 0);
        known.map_or(Size { rows: 24, columns: 80 }, |size| Size {
            rows: size.ws_row.into(),
            columns: usize::from(size.ws_col).max(COLUMNS_MIN),
        })
    }

    fn show(&self, frame: &Frame) -> io::Result<()> {
        let mut text = format!("{}\x1b[?25l", FRAME[0]);
        for (row, line) in (1..).zip(&frame.lines) {
            // Cleared first: behind a line that fills the row, the cursor still stands on its last cell.
            // Writing to a string cannot fail.
            let _ = write!(text, "\x1b[{row};1H\x1b[K{line}");
        }
        if let Some((row, column)) = frame.cursor {
            let _ = write!(text, "\x1b[{};{}H\x1b[?25h", row + 1, column + 1);
        }
        text.push_str(FRAME[1]);
        io::stderr().write_all(text.as_bytes())
    }

    /// The keys that come within this time, or none.
    fn keys(&mut self, patience: Duration) -> io::Result<Vec<Key>> {
        let patience = if self.decoder.is_waiting() { REST_OF_KEY } else { patience };
        let stdin = io::stdin();
        let mut wanted = [PollFd::new(&stdin, PollFlags::IN)];
        let patience = Timespec::try_from(patience).map_err(io::Error::other)?;
        match poll(&mut wanted, Some(&patience)) {
            // A signal was handled elsewhere.
            Err(Errno::INTR) => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
            Ok(0) => return Ok(self.decoder.nothing_followed().into_iter().collect()),
            Ok(_) => {}
        }
        let mut bytes = [0; KEYS_BYTES];
        match rustix::io::read(&stdin, &mut bytes) {
            Ok(0) | Err(Errno::IO) => Ok(vec![Key::Interrupt]),
            Ok(read) => Ok(self.decoder.feed(&bytes[..read])),
            Err(Errno::INTR | Errno::AGAIN) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Screen {
    /// What was typed and not read is thrown away: it was not meant for the questions that follow.
    fn drop(&mut self) {
        // Where the terminal is gone, there is nothing to give back.
        let _ = io::stderr().write_all(LEAVE.as_bytes());
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.before);
    }
}
