//! What is private in chats, and what is done about it: before and after.

use crate::excerpt;
use crate::output::Page;
use crate::text::{count, printable, shorten};
use sheaf_node::scrub::{Class, Kind};
use sheaf_protocol::policy::private_kind_words;
use std::collections::BTreeMap;

/// What takes a value's place in several chats: so many masks are shown.
const MASKS_SHOWN: usize = 2;
/// Characters of a chat's title.
const TITLE_CHARS: usize = 24;

/// What becomes of something private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handled {
    /// Something else takes its place.
    Masked,
    /// It stays.
    Kept,
    /// Chats that hold it are not given.
    LeftOut,
}

/// How often something becomes of a kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Fates {
    pub(crate) masked: u64,
    pub(crate) kept: u64,
    pub(crate) held: u64,
}

/// A value, and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ValueLine {
    /// By which the member names it.
    pub(crate) number: usize,
    pub(crate) kind: Kind,
    pub(crate) written: String,
    pub(crate) handled: Handled,
    /// What takes its place: in each chat a mask has a number of its own.
    pub(crate) instead: Vec<String>,
    /// Whether these are words of the member's own.
    pub(crate) own: bool,
    pub(crate) places: u64,
    pub(crate) chats: u64,
    /// The first place: of the chat with this title, if there are several chats.
    pub(crate) first: (Option<String>, String),
    /// What is private in the words that take its place.
    pub(crate) holds: Vec<Kind>,
}

/// What is told.
pub(crate) struct ScrubPage<'a> {
    /// How many chats were looked through.
    pub(crate) chats: String,
    pub(crate) kinds: &'a BTreeMap<Kind, Fates>,
    /// Kinds that the policy points out.
    pub(crate) flagged: &'a [String],
    pub(crate) lines: Vec<&'a ValueLine>,
    /// So many of them are shown.
    pub(crate) lines_max: usize,
    /// Chats that are held back.
    pub(crate) held: u64,
    /// Chats that will wait for a steward, for what stays in them.
    pub(crate) waiting: u64,
    /// Whether the member is asked about it.
    pub(crate) asks: bool,
}

impl Fates {
    /// Counts one place.
    pub(crate) fn count(&mut self, handled: Handled) {
        match handled {
            Handled::Masked => self.masked += 1,
            Handled::Kept => self.kept += 1,
            Handled::LeftOut => self.held += 1,
        }
    }

    /// In words: how often, and what becomes of it.
    fn words(self, kind: Kind, flagged: bool) -> String {
        let stays = match (kind.class(), flagged) {
            (Class::Secret, _) => "SHARED AS IT IS",
            (Class::Personal, true) => "stays; the community asks you to look",
            (Class::Personal, false) => "stays",
        };
        let held = "a secret: holds its chat back";
        let said = [(self.held, held), (self.masked, "masked"), (self.kept, stays)];
        let said: Vec<_> = said.into_iter().filter(|(times, _)| *times > 0).collect();
        let words = said.iter().map(|(times, words)| format!("{times}× {words}"));
        words.collect::<Vec<_>>().join(", ")
    }
}

/// Shows it, with what was looked for, and says that no scan is perfect.
pub(crate) fn show_scrubbed(page: &mut Page, shown: &ScrubPage<'_>) {
    page.blank();
    if shown.kinds.is_empty() {
        page.line(format_args!("Nothing private was found in {}.", shown.chats));
    } else {
        page.heading(format_args!("What is private in {}", shown.chats));
        for (kind, fates) in shown.kinds {
            let flagged = shown.flagged.iter().any(|flagged| *flagged == kind.name());
            page.field(&kind.name(), fates.words(*kind, flagged));
        }
        page.blank();
        show_values(page, &shown.lines[..shown.lines.len().min(shown.lines_max)]);
        if let unshown @ 1.. = shown.lines.len().saturating_sub(shown.lines_max) {
            let more = count(unshown as u64, "more value");
            page.aside(format_args!("      … and {more}: l lists all"));
        }
        shown.held_back(page);
        shown.waits(page);
    }
    page.aside(format_args!("Looked for: {}.", looked_for()));
    page.aside(match shown.asks {
        true => {
            "No scan is perfect: read what is shown before you sign. What was overlooked you \
             mask with: mask TEXT"
        }
        false => "No scan is perfect: read a chat before you give it.",
    });
}

fn looked_for() -> String {
    let words = Kind::LOOKED_FOR.map(|kind| private_kind_words(&kind.name()).to_owned());
    words.join(", ")
}

impl ScrubPage<'_> {
    /// That chats are held back, if any are.
    pub(crate) fn held_back(&self, page: &mut Page) {
        let line = match self.held {
            0 => return,
            1 => "1 chat with secrets is held back until you mask these.".to_owned(),
            held => format!("{held} chats with secrets are held back until you mask these."),
        };
        page.line(page.style.yellow(&line));
    }

    /// That a steward looks at chats first, if they will.
    pub(crate) fn waits(&self, page: &mut Page) {
        let them = if self.waiting == 1 { "it" } else { "them" };
        if self.waiting > 0 {
            page.line(format_args!(
                "{} will wait until a steward of the community has looked at {them}, for what stays \
                 there.",
                count(self.waiting, "chat")
            ));
        }
    }
}

/// A line for each value.
pub(crate) fn show_values(page: &mut Page, lines: &[&ValueLine]) {
    for line in lines {
        let value = excerpt::shown_within(&line.written, line.kind.class(), page.columns());
        let becomes = line.becomes(page);
        let facts = page.style.dim(&line.facts());
        page.hanging(format_args!("{:>4}. {value} {becomes}  {facts}", line.number), 6);
        if !line.holds.is_empty() {
            let holds: Vec<_> = line.holds.iter().map(ToString::to_string).collect();
            let holds = format!("      your words hold something private: {}", holds.join(", "));
            page.line(page.style.yellow(&holds));
        }
    }
}

impl ValueLine {
    /// Whether the same becomes of it as in another line, whatever number a mask has.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let masked = |line: &Self| match line.own {
            true => line.clone(),
            false => Self { instead: Vec::new(), ..line.clone() },
        };
        masked(self) == masked(other)
    }

    fn becomes(&self, page: &Page) -> String {
        match (self.handled, self.kind.class()) {
            (Handled::Masked, _) => {
                let shown = self.instead.iter().take(MASKS_SHOWN).map(|with| printable(with));
                let more = if self.instead.len() > MASKS_SHOWN { ", …" } else { "" };
                format!("→ {}{more}", shown.collect::<Vec<_>>().join(", "))
            }
            (Handled::LeftOut, _) => page.style.yellow("holds its chat back"),
            (Handled::Kept, Class::Secret) => page.style.yellow("SHARED AS IT IS"),
            (Handled::Kept, Class::Personal) => "stays".into(),
        }
    }

    /// What it is, how often, and where.
    fn facts(&self) -> String {
        let (title, place) = &self.first;
        let title = title.as_deref().map(|title| shorten(&printable(title), TITLE_CHARS));
        let first = match title {
            Some(title) => format!("{place} of \"{title}\""),
            None => place.clone(),
        };
        let places = match (self.places, self.chats) {
            (1, _) => first,
            (places, 1) => format!("{places}×, first {first}"),
            (places, chats) => format!("{places}× in {chats} chats, first {first}"),
        };
        format!("{}, {places}", self.kind.name())
    }
}
