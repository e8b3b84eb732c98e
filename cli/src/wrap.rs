//! Lines for a terminal: broken between words, never inside one. What continues stands under what
//! it continues.

use crate::cells::cells_of;
use terminal_size::{Height, Width, terminal_size_of};

/// The columns of the terminal that standard output is; `None` if it is none.
pub(crate) fn stdout_columns() -> Option<usize> {
    terminal_size_of(std::io::stdout()).map(|(Width(columns), _)| usize::from(columns))
}

/// The same of standard error.
pub(crate) fn stderr_columns() -> Option<usize> {
    terminal_size_of(std::io::stderr()).map(|(Width(columns), _)| usize::from(columns))
}

/// The rows of the terminal that standard error is.
pub(crate) fn stderr_rows() -> Option<usize> {
    terminal_size_of(std::io::stderr()).map(|(_, Height(rows))| usize::from(rows))
}

/// Breaks each line of a text that is longer than `columns`. A line that continues is indented by
/// `hang`, or as the one that it continues. A word that is longer than a line (a key, an address)
/// stays whole, so that it can be copied.
pub(crate) fn wrap(text: &str, columns: Option<usize>, hang: Option<usize>) -> String {
    let Some(columns) = columns else { return text.to_owned() };
    let lines = text.split('\n').map(|line| {
        let hang = hang.unwrap_or_else(|| indent(line)).min(columns / 2);
        wrap_line(line, columns, hang)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn wrap_line(line: &str, columns: usize, hang: usize) -> String {
    let mut wrapped = String::with_capacity(line.len());
    let (mut column, mut spaces, mut begun) = (0, 0, false);
    for word in line.split(' ') {
        let width = cells(word);
        if begun && width > 0 && column + spaces + width > columns {
            wrapped.push('\n');
            (column, spaces) = (0, hang);
        }
        wrapped.extend(std::iter::repeat_n(' ', spaces));
        wrapped.push_str(word);
        column += spaces + width;
        begun |= width > 0;
        // Between this word and the next; an empty one stands for one space more.
        spaces = 1;
    }
    wrapped
}

/// The spaces before the first word, colours left out.
fn indent(line: &str) -> usize {
    let plain: String = visible(line).collect();
    plain.len() - plain.trim_start_matches(' ').len()
}

/// How many columns a text takes, colours left out.
fn cells(text: &str) -> usize {
    cells_of(visible(text))
}

/// The characters of a text without the sequences that colour it.
fn visible(text: &str) -> impl Iterator<Item = char> {
    let mut colouring = false;
    text.chars().filter(move |c| match (colouring, c) {
        (false, '\x1b') => {
            colouring = true;
            false
        }
        (true, c) => {
            colouring = !c.is_ascii_alphabetic();
            false
        }
        (false, _) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, columns: usize) -> String {
        wrap(text, Some(columns), None)
    }

    #[test]
    fn lines_break_between_words_and_never_inside_one() {
        assert_eq!(wrapped("one two three", 8), "one two\nthree");
        assert_eq!(wrapped("one two", 7), "one two", "a full line is no reason to break");
        let key = "did:key:z6MkmJAoMNB7p7hbmbMJ171X";
        assert_eq!(wrapped(&format!("of {key} there"), 10), format!("of\n{key}\nthere"));
        assert_eq!(wrap("a b c", None, None), "a b c", "a program reads lines as they are");
        assert_eq!(wrapped("one\n\ntwo three", 5), "one\n\ntwo\nthree");
    }

    #[test]
    fn what_continues_stands_under_what_it_continues() {
        assert_eq!(wrapped("  one two three", 9), "  one two\n  three");
        assert_eq!(wrap("  - one two three", Some(11), Some(4)), "  - one two\n    three");
        assert_eq!(wrapped("a  b   c", 20), "a  b   c", "spaces inside a line stay");
    }

    #[test]
    fn colours_take_no_room_and_wide_characters_two() {
        assert_eq!(wrapped("\x1b[2mone\x1b[0m two", 7), "\x1b[2mone\x1b[0m two");
        assert_eq!(wrapped("\x1b[33m  one two\x1b[0m", 6), "\x1b[33m  one\n  two\x1b[0m");
        assert_eq!(wrapped("日本 日本", 8), "日本\n日本");
        assert_eq!(wrapped("naïve e\u{301}t", 8), "naïve e\u{301}t");
    }
}
