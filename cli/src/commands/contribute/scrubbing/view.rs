//! What a person sees of the step.

use super::SHARE_SECRETS;
use super::list::List;
use crate::output::Page;
use crate::preview::{Fates, ScrubPage, ValueLine, show_scrubbed, show_values};
use crate::text::{count, printable};
use sheaf_node::scrub::Kind;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Lines that are shown at once; `l` shows all.
const LINES_SHOWN: usize = 20;
/// Longer words that are named.
const WORDS_SHOWN: usize = 8;

/// What is shown.
pub(super) struct View<'v> {
    pub(super) chats: u64,
    /// Chats that are held back.
    pub(super) held: u64,
    /// Chats that will wait for a steward.
    pub(super) waiting: u64,
    pub(super) fates: &'v BTreeMap<Kind, Fates>,
    pub(super) list: &'v List,
    /// Kinds that the policy points out.
    pub(super) flagged: &'v [String],
    pub(super) asks: bool,
}

impl View<'_> {
    /// All of it, with the first lines.
    pub(super) fn whole(&self, page: &mut Page) {
        show_scrubbed(page, &self.page(LINES_SHOWN));
    }

    /// All of it, with every line.
    pub(super) fn list(&self, page: &mut Page) {
        show_scrubbed(page, &self.page(usize::MAX));
    }

    /// What is something else than before: of the lines, and of the chats held back and waiting.
    pub(super) fn changes(
        &self,
        page: &mut Page,
        before: &[ValueLine],
        (held, waiting): (u64, u64),
    ) {
        let were: HashMap<usize, &ValueLine> =
            before.iter().map(|line| (line.number, line)).collect();
        let is_new = |line: &&ValueLine| !were.get(&line.number).is_some_and(|w| line.is_like(w));
        let mut changed: Vec<_> = self.list.lines().filter(is_new).collect();
        let are: HashSet<usize> = self.list.lines().map(|line| line.number).collect();
        let gone: Vec<_> = before.iter().filter(|line| !are.contains(&line.number)).collect();
        if changed.is_empty() && gone.is_empty() {
            page.aside("That changes nothing.");
        }
        let unshown = changed.len().saturating_sub(LINES_SHOWN);
        changed.truncate(LINES_SHOWN);
        show_values(page, &changed);
        if unshown > 0 {
            page.aside(format_args!(
                "      … and {}: l lists all",
                count(unshown as u64, "more value")
            ));
        }
        for line in gone {
            page.aside(format_args!("{:>4}. is no longer looked for", line.number));
        }
        match (held, self.held) {
            (0, 0) => {}
            (_, 0) => page.line("No chat is held back any more."),
            (before, now) if before == now => {}
            _ => self.page(0).held_back(page),
        }
        match (waiting, self.waiting) {
            (1.., 0) => page.line("No chat will wait for a steward any more."),
            (before, now) if before == now => {}
            _ => self.page(0).waits(page),
        }
    }

    fn page(&self, lines_max: usize) -> ScrubPage<'_> {
        ScrubPage {
            chats: count(self.chats, "chat"),
            kinds: self.fates,
            flagged: self.flagged,
            lines: self.list.lines().collect(),
            lines_max,
            held: self.held,
            waiting: self.waiting,
            asks: self.asks,
        }
    }
}

/// What can be typed.
pub(super) fn help(page: &mut Page) {
    for (typed, does) in [
        ("Enter", "goes on as shown; what will be shared is shown once more before you sign"),
        ("n", "gives nothing; goes back to the list, if there was one"),
        ("12, 3 5-8", "keeps what is masked there, masks what stays"),
        ("mask 12", "masks it, whatever it was before; keep 12 keeps it"),
        ("12 = a friend", "puts your own words in its place, wherever it stands"),
        ("mask Waldhof", "masks a text that was not found, wherever it stands as a word"),
        ("… as address", "behind it: which kind it is"),
        ("email, …", "keeps what of this kind is masked, or masks what is kept"),
        ("secrets", "masks every secret"),
        (SHARE_SECRETS, "gives the chats with their secrets as they are"),
        ("l", "lists all values, before and after"),
    ] {
        page.field(typed, does);
    }
}

/// Why nothing was changed.
pub(super) fn problem(page: &mut Page, problem: &str) {
    let problem = page.style.yellow(&format!("Not done: {}", printable(problem)));
    page.line(problem);
}

/// That there is nothing of a text; of one in a file only the line is told.
pub(super) fn nowhere(line: Option<usize>) -> String {
    match line {
        Some(line) => format!("--edits, line {line}: this stands nowhere in these chats"),
        None => "It stands nowhere in these chats as a word.".into(),
    }
}

/// What a text is only a part of.
pub(super) fn longer_words(page: &mut Page, words: &[(String, u64)]) {
    let shown = words.iter().take(WORDS_SHOWN);
    let shown: Vec<_> =
        shown.map(|(word, times)| format!("{} ({times}×)", printable(word))).collect();
    let more = if words.len() > WORDS_SHOWN { ", …" } else { "" };
    let line = format!("Part of longer words, which stay: {}{more}", shown.join(", "));
    let line = page.style.yellow(&line);
    page.line(line);
}
