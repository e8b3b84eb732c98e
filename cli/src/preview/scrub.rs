//! What is private in chats, and what is done about it: before and after.

use crate::excerpt;
use crate::output::Page;
use crate::text::count;
use sheaf_node::scrub::{Change, Class, Kind};

/// Changes that are shown unless all are asked for.
const SHOWN_MAX: usize = 20;
/// What becomes of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handled {
    /// A mask takes its place.
    Masked,
    /// It stays.
    Kept,
    /// Chats that hold it are not given.
    LeftOut,
}

/// What is told.
pub(crate) struct ScrubPage<'a> {
    /// How many chats were looked through.
    pub(crate) chats: String,
    /// Each kind that was found, how often, and what becomes of it.
    pub(crate) kinds: Vec<(Kind, u64, Handled)>,
    pub(crate) changes: &'a [Change],
    /// Chats that hold secrets.
    pub(crate) left_out: u64,
    /// Whether every change is shown.
    pub(crate) is_whole: bool,
}

/// Shows it, and says that no scan is perfect.
pub(crate) fn show_scrubbed(page: &mut Page, shown: &ScrubPage<'_>) {
    page.blank();
    if shown.kinds.is_empty() {
        page.line(format_args!(
            "Nothing private was found in {}; no scan is perfect.",
            shown.chats
        ));
        return;
    }
    page.heading(format_args!("What is private in {}", shown.chats));
    for (kind, times, handled) in &shown.kinds {
        page.field(&kind.name(), format_args!("{times}×, {}", words(*kind, *handled)));
    }
    show_changes(page, shown);
    if shown.left_out > 0 {
        let chats = count(shown.left_out, "chat");
        let line = format!("{chats} with secrets will not be given, unless you mask these.");
        page.line(page.style.yellow(&line));
    }
    page.aside("No scan is perfect: `sheaf scrub FILE` shows every find in its words.");
}

fn words(kind: Kind, handled: Handled) -> &'static str {
    match (handled, kind.class()) {
        (Handled::Masked, _) => "masked",
        (Handled::LeftOut, _) => "a secret: the chat is left out",
        (Handled::Kept, Class::Secret) => "a secret: SHARED AS IT IS",
        (Handled::Kept, Class::Personal) => "stays as it is",
    }
}

fn show_changes(page: &mut Page, shown: &ScrubPage<'_>) {
    let at_most = if shown.is_whole { usize::MAX } else { SHOWN_MAX };
    // The rest of a value in pieces goes with the first.
    let changes: Vec<_> = shown.changes.iter().filter(|change| !change.after.is_empty()).collect();
    for change in changes.iter().take(at_most) {
        let before = excerpt::shown(&change.before, change.kind.class());
        page.hanging(format_args!("  {before} → {}", change.after), 4);
    }
    if let unshown @ 1.. = changes.len().saturating_sub(at_most) {
        page.aside(format_args!("  … and {} more", count(unshown as u64, "place")));
    }
}
