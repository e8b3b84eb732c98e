//! How many columns of a terminal a text takes, and texts cut to columns. What is measured here is
//! plain text: harmless ([`printable`](crate::text::printable)) and without colours, but for
//! [`fold`], which carries them over.

mod tables;

use std::cmp::Ordering;

/// Stands for what was cut off.
const CUT: char = '…';
/// Asks that the character before be drawn as a picture, which is two columns wide.
const AS_PICTURE: char = '\u{fe0f}';
/// Marks of one character that are kept; no script needs more, and a heap of them covers the lines
/// around.
const MARKS_MAX: usize = 4;

/// How many columns a text takes.
pub(crate) fn cells(text: &str) -> usize {
    cells_of(text.chars())
}

/// How many columns these characters take.
pub(crate) fn cells_of(chars: impl Iterator<Item = char>) -> usize {
    measured(chars).map(|(_, width)| width).sum()
}

/// At most so many columns of a text, the last one `…` if something was left out.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if cells(text) <= columns {
        return cut_short(text, columns);
    }
    let mut short = cut_short(text, columns.saturating_sub(1));
    if columns > 0 {
        short.push(CUT);
    }
    short
}

/// The same, filled with spaces.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    let mut padded = cut(text, columns);
    padded.extend(std::iter::repeat_n(' ', columns.saturating_sub(cells(&padded))));
    padded
}

fn cut_short(text: &str, columns: usize) -> String {
    let (mut short, mut taken, mut marks) = (String::new(), 0, 0);
    for (c, width) in measured(text.chars()) {
        marks = if width == 0 { marks + 1 } else { 0 };
        if taken + width > columns {
            break;
        }
        taken += width;
        if marks <= MARKS_MAX {
            short.push(c);
        }
    }
    short
}

/// Lines of a page, none wider than `columns`: nothing is left out. Colours go on from line to line,
/// and each line ends without any.
pub(crate) fn fold(page: &str, columns: usize) -> Vec<String> {
    let mut folded = Folded { columns: columns.max(2), ..Folded::default() };
    let mut rest = page.strip_suffix('\n').unwrap_or(page);
    while let Some(c) = rest.chars().next() {
        let length = if c == '\x1b' { colour_length(rest) } else { c.len_utf8() };
        let (piece, after) = rest.split_at(length);
        match c {
            '\x1b' => folded.colour(piece),
            '\n' => folded.end_line(),
            c => folded.push(c),
        }
        rest = after;
    }
    folded.end_line();
    folded.lines
}

/// Bytes of the colour sequence that a text begins with.
fn colour_length(text: &str) -> usize {
    text.find('m').map_or(text.len(), |end| end + 1)
}

#[derive(Default)]
struct Folded {
    columns: usize,
    lines: Vec<String>,
    line: String,
    taken: usize,
    /// Width of the character before.
    before: usize,
    marks: usize,
    /// The colours in force.
    colours: String,
}

impl Folded {
    fn colour(&mut self, sequence: &str) {
        match sequence {
            "\x1b[0m" => self.colours.clear(),
            sequence => self.colours.push_str(sequence),
        }
        self.line.push_str(sequence);
    }

    fn push(&mut self, c: char) {
        let width = width_after(self.before, c);
        self.marks = if width == 0 { self.marks + 1 } else { 0 };
        if self.marks > MARKS_MAX {
            return;
        }
        if self.taken + width > self.columns {
            self.end_line();
        }
        self.line.push(c);
        self.taken += width;
        self.before = if width > 0 { width } else { self.before };
    }

    fn end_line(&mut self) {
        if !self.colours.is_empty() {
            self.line.push_str("\x1b[0m");
        }
        self.lines.push(std::mem::replace(&mut self.line, self.colours.clone()));
        (self.taken, self.before, self.marks) = (0, 0, 0);
    }
}

/// Each character with the columns it adds.
fn measured(chars: impl Iterator<Item = char>) -> impl Iterator<Item = (char, usize)> {
    let mut before = 0;
    chars.map(move |c| {
        let width = width_after(before, c);
        before = if width > 0 { width } else { before };
        (c, width)
    })
}

fn width_after(before: usize, c: char) -> usize {
    if c == AS_PICTURE && before == 1 { 1 } else { width(c) }
}

fn width(c: char) -> usize {
    match u32::from(c) {
        0..0x300 => 1,
        c if within(tables::NONE, c) => 0,
        c if within(tables::TWO, c) => 2,
        _ => 1,
    }
}

fn within(ranges: &[(u32, u32)], c: u32) -> bool {
    let beside = |&(first, last): &(u32, u32)| match () {
        () if last < c => Ordering::Less,
        () if c < first => Ordering::Greater,
        () => Ordering::Equal,
    };
    ranges.binary_search_by(beside).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_in_order() {
        for table in [tables::NONE, tables::TWO] {
            assert!(table.iter().all(|(first, last)| first <= last), "a range goes upwards");
            assert!(table.is_sorted_by(|a, b| a.1 < b.0), "as the search needs them");
        }
    }

    #[test]
    fn each_script_takes_its_columns() {
        let widths = [
            ("naïve", 5),
            ("nai\u{308}ve", 5),
            ("日本語", 6),
            ("한국어", 6),
            ("สวัสดีครับ", 7),
            ("हिन्दी", 5),
            ("שָׁלוֹם", 4),
            ("🍵 ✅ ⚡", 8),
            ("❤\u{fe0f}", 2),
            ("", 0),
        ];
        for (text, width) in widths {
            assert_eq!(cells(text), width, "{text}");
        }
    }

    #[test]
    fn a_cut_ends_between_characters_and_says_so() {
        assert_eq!(cut("green tea", 9), "green tea");
        assert_eq!(cut("green tea", 6), "green…");
        assert_eq!(cut("日本語の茶", 6), "日本…", "half a character is none");
        assert_eq!(cut("e\u{301}t\u{301}e\u{301}", 2), "e\u{301}…", "a mark stays with its letter");
        assert_eq!((cut("tea", 1), cut("tea", 0)), ("…".into(), String::new()));
        assert_eq!(pad("日本", 6), "日本  ");
        assert_eq!(pad("日本語", 4), "日… ", "filled up where a wide one did not fit");
        let heap = format!("a{}b", "\u{301}".repeat(500));
        assert_eq!(cut(&heap, 2).chars().count(), 2 + MARKS_MAX, "a heap of marks is cleared");
    }

    #[test]
    fn lines_are_folded_without_loss_and_colours_go_on() {
        assert_eq!(fold("one\n\ntwo\n", 10), ["one", "", "two"]);
        assert_eq!(fold("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(fold("日本語", 5), ["日本", "語"]);
        assert_eq!(
            fold("\x1b[2mabc\ndef\x1b[0m g", 3),
            ["\x1b[2mabc\x1b[0m", "\x1b[2mdef\x1b[0m", " g"],
            "a line that is shown without the one before has its colour"
        );
    }
}
