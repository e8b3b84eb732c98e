//! The page of keys.

use crate::cells::fold;
use crate::output::Page;
use crate::style::Style;

const KEYS: [(&str, &str); 15] = [
    ("space", "choose this chat, or no longer"),
    ("a", "choose all that are shown; again: none of them"),
    ("enter", "read the chat whole; q goes back, n and p to its neighbours"),
    ("tab", "in a chat: to the next line with what was searched"),
    ("/", "search; Esc ends it, enter keeps it"),
    ("↑ ↓ j k", "up and down; PgUp, PgDn, Home, End go further"),
    ("g b i", "mark it good, bad, interesting; again: no mark"),
    ("t", "tags, between commas"),
    ("c", "go on: the next screen shows what will be shared, and asks"),
    ("q", "leave; nothing is given (Ctrl-C leaves at once)"),
    ("Ctrl-L", "draw the screen again"),
    ("[x] [ ]", "chosen, or not"),
    (" =", "given before"),
    (" !", "cannot be given; the line below the list says why"),
    ("g b i", "before the day: how you marked it"),
];

const SEARCHES: [(&str, &str); 12] = [
    ("green tea", "both words, in the title or anywhere in the text"),
    ("\"green tea\"", "these words together"),
    ("-coffee", "without this word; - goes before every condition"),
    ("title:tea", "in the title; also model: source: tag:"),
    ("after:2025-03", "begun in March 2025 or later; a year or a day, too"),
    ("before:2025", "begun before 2025"),
    ("date:2025-03", "begun in March 2025"),
    ("rated:good", "in the tool or here; also bad, interesting, yes, no"),
    ("has:branches", "also code, tools, files, thoughts"),
    ("given:no", "can be given and was not; also yes, cannot"),
    ("chosen:yes", "what you chose; also no"),
    ("messages:10+", "ten or more; size:100k- is at most 100 KiB"),
];

/// The page, for a screen of so many columns.
pub(super) fn lines(style: Style, columns: usize) -> Vec<String> {
    let mut page = Page::within(style, columns);
    page.heading("Keys");
    KEYS.iter().for_each(|(key, does)| page.field(key, does));
    page.blank();
    page.heading("What can be searched; all of it must hold");
    SEARCHES.iter().for_each(|(query, finds)| page.field(query, finds));
    fold(page.text(), columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choose::Query;

    #[test]
    fn every_search_that_is_shown_can_be_asked() {
        for (query, _) in SEARCHES {
            assert!(query.parse::<Query>().is_ok(), "{query}");
        }
    }
}
