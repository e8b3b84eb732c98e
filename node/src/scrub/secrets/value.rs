//! The value that a name is given: `name = value`, `"name": "value"`, `--name value`, `name is value`.

use crate::scrub::folded::Folded;
use crate::scrub::script::is_spaceless;
use std::ops::Range;

/// Bytes behind a name in which its value ends.
const NEAR_BYTES: usize = 320;
/// Bytes of the shortest value that is a secret.
const VALUE_MIN: usize = 6;
/// Words, and bytes, that say what a password is for.
const OF_WHAT_WORDS: usize = 4;
const OF_WHAT_BYTES: usize = 48;
/// Bytes behind a name in which its line ends: 24 words of some script.
const LINE_BYTES: usize = 800;

/// A value, and how it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) range: Range<usize>,
    pub(super) way: Way,
}

/// How a value is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// `= "value"`.
    Quoted,
    /// `= value`.
    Bare,
    /// `is value`.
    Told,
    /// Right behind, with nothing between that says so.
    Beside,
    /// Some words behind, which say what it is for.
    Further,
}

/// Words between a name and its value.
#[rustfmt::skip]
const IS: [&str; 28] = [
    "is", "was", "ist", "este", "war", "lautet", "est", "es", "era", "è", "é", "это", "to", "jest", "je", "är", "er",
    "on", "είναι", "adalah", "là", "هو", "は", "是", "为", "為", "은", "는",
];

/// What may stand between a name and its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    /// A space is enough.
    pub(super) is_option: bool,
    /// Words may say what it is the name of: "the password of the router is".
    pub(super) of_what: bool,
}

/// The value of the name that ends at `end`.
pub(super) fn after(text: &Folded<'_>, end: usize, between: Near) -> Option<Value> {
    let Near { is_option, of_what } = between;
    let near = text.after(end, NEAR_BYTES);
    let mut cursor = Cursor { near, at: 0 };
    cursor.skip_any("\"'`\\])*_", 4);
    let spaces = cursor.skip_any(" \t", 16);
    let is_assigned = cursor.skip_sign() || is_option && spaces > 0;
    let otherwise = match is_assigned {
        true => Way::Bare,
        false if cursor.skip_is().is_some() => {
            // "is, by the way, …"
            cursor.skip_words();
            Way::Told
        }
        false if of_what && cursor.skip_of_what() => Way::Told,
        false
            if spaces > 0
                || near.starts_with(|c: char| c.is_ascii_graphic())
                    && is_spaceless_before(text, end) =>
        {
            match of_what && cursor.skip_words() {
                true => Way::Further,
                false => Way::Beside,
            }
        }
        false => return None,
    };
    let value = cursor.value(otherwise)?;
    // `name: type = value`
    let rest = near[value.range.end..].trim_start();
    let of_type = |c: char| c.is_alphanumeric() || "_.:<>[]?&".contains(c);
    let is_type = value.way == Way::Bare
        && rest.starts_with('=')
        && !rest.starts_with("==")
        && near[value.range.clone()].chars().all(of_type);
    let value = match is_type {
        true => {
            cursor.at = near.len() - rest.len() + 1;
            cursor.value(Way::Bare)?
        }
        false => value,
    };
    Some(Value { range: end + value.range.start..end + value.range.end, way: value.way })
}

/// Whether the name is of a script in which the value follows without a blank.
fn is_spaceless_before(text: &Folded<'_>, end: usize) -> bool {
    text.char_before(end).is_some_and(is_spaceless)
}

/// What follows the name that ends at `end` up to the end of the line, or of its quotes.
pub(super) fn line_after(text: &Folded<'_>, end: usize) -> Option<Range<usize>> {
    let near = text.after(end, LINE_BYTES);
    let mut cursor = Cursor { near, at: 0 };
    cursor.skip_any("\"'`\\])*_s", 4);
    cursor.skip_any(" \t", 16);
    if !cursor.skip_sign() {
        cursor.skip_is()?;
        cursor.skip_any(" ", 1);
        cursor.skip_sign();
    }
    cursor.skip_any(" \t", 16);
    let quote = cursor.opening_quote();
    let rest = cursor.rest();
    let ends = |c: char| c == '\n' || quote.map_or(c == '.', |quote| c == quote);
    let line = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let len = line.trim_end().len();
    Some(end + cursor.at..end + cursor.at + len)
}

#[derive(Debug, Clone, Copy)]
struct Cursor<'a> {
    near: &'a str,
    at: usize,
}

impl Cursor<'_> {
    fn rest(&self) -> &str {
        &self.near[self.at..]
    }

    fn skip_any(&mut self, signs: &str, max: usize) -> usize {
        let skipped = self.rest().chars().take(max).take_while(|c| signs.contains(*c)).count();
        self.at += skipped;
        skipped
    }

    /// What assigns, but does not compare.
    fn skip_sign(&mut self) -> bool {
        let rest = self.rest();
        if rest.starts_with("==") || rest.starts_with("=~") || rest.starts_with("::") {
            return false;
        }
        let signs = [":=", "=>", "->", "=", ":", "|", ">"];
        let Some(sign) = signs.into_iter().find(|sign| rest.starts_with(sign)) else {
            return false;
        };
        self.at += sign.len();
        true
    }

    /// A word that says that the value follows.
    fn skip_is(&mut self) -> Option<()> {
        let rest = self.rest();
        let word = IS.into_iter().find(|word| {
            let next = rest.get(word.len()..).and_then(|rest| rest.chars().next());
            let ends = next.is_some_and(|c| !c.is_alphanumeric() && c != '\'');
            rest.starts_with(word) && (ends || word.starts_with(is_spaceless))
        })?;
        self.at += word.len();
        self.skip_any(":", 1);
        Some(())
    }

    /// A few words of letters alone before something that has digits.
    fn skip_words(&mut self) -> bool {
        let mut cursor = *self;
        cursor.skip_any(" ", 1);
        let first = cursor.at;
        for _ in 0..OF_WHAT_WORDS {
            let letters = |c: &char| c.is_alphabetic() || *c == '\'';
            let len: usize = cursor.rest().chars().take_while(letters).map(char::len_utf8).sum();
            if len == 0 || !cursor.rest()[len..].starts_with(' ') {
                break;
            }
            cursor.at += len + 1;
        }
        let word = cursor.rest().split(char::is_whitespace).next().unwrap_or_default();
        let moved = cursor.at > first
            && (word.contains(|c: char| c.is_ascii_digit()) || word.matches('-').count() >= 3);
        if moved {
            *self = cursor;
        }
        moved
    }

    /// The value, `otherwise` given than in quotes.
    /// A few words with a sign or a word behind them that says that the value follows.
    fn skip_of_what(&mut self) -> bool {
        let mut cursor = *self;
        for _ in 0..OF_WHAT_WORDS {
            let letters = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '\'' | '.');
            let len: usize = cursor.rest().chars().take_while(letters).map(char::len_utf8).sum();
            if len == 0 || cursor.at + len - self.at > OF_WHAT_BYTES {
                return false;
            }
            cursor.at += len;
            cursor.skip_any(" ", 1);
            let colon = cursor.rest().starts_with(": ") && cursor.skip_sign();
            if colon || cursor.skip_is().is_some() {
                *self = cursor;
                return true;
            }
        }
        false
    }

    fn value(mut self, otherwise: Way) -> Option<Value> {
        self.skip_any(" \t", 16);
        self.skip_any("*", 2);
        let quote = self.opening_quote();
        let rest = self.rest();
        let (len, way) = match quote {
            Some(quote) => {
                let end = rest.find([quote, '\n'])?;
                (rest[..end].trim_end_matches('\\').len(), Way::Quoted)
            }
            // Of what is assigned an equals sign begins the next pair, unless hardly anything is before it.
            None if otherwise == Way::Bare && bare(rest) >= VALUE_MIN => (bare(rest), otherwise),
            None => (said(rest), otherwise),
        };
        (len > 0).then_some(Value { range: self.at..self.at + len, way })
    }

    /// Skips a quote, with what may stand before it in a program or in escaped text.
    fn opening_quote(&mut self) -> Option<char> {
        let before = self.rest().chars().take(2).take_while(|c| "fFrRbBu\\@".contains(*c)).count();
        let (quote, closing) = match self.rest()[before..].chars().next()? {
            quote @ ('"' | '\'' | '`') => (quote, quote),
            '“' => ('“', '”'),
            '„' => ('„', '“'),
            '‘' => ('‘', '’'),
            '«' => ('«', '»'),
            '「' => ('「', '」'),
            _ => return None,
        };
        self.at += before + quote.len_utf8();
        Some(closing)
    }
}

/// How long a value without quotes is: an equals sign only ends it.
fn bare(rest: &str) -> usize {
    let ends = |at: usize, c: char| match c {
        '&' => is_next_pair(&rest[at + 1..]),
        _ => c.is_whitespace() || ",;\"'`<>|)]}、。".contains(c) || is_spaceless(c),
    };
    let len = rest.char_indices().find(|(at, c)| ends(*at, *c)).map_or(rest.len(), |(at, _)| at);
    let word = &rest[..len];
    let padded = word.trim_end_matches('=').len();
    let inner = word[..padded].find('=').unwrap_or(len);
    word[..inner].trim_end_matches(['.', '?', ':', '*', '\\']).len()
}

/// How long a value is that somebody tells: up to a blank, without what ends the sentence.
fn said(rest: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || ",;\"'`<>|)]}、。".contains(c) || is_spaceless(c);
    let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
    word.trim_end_matches(['.', ':', '*', '\\']).len()
}

/// Whether the query of a URL goes on: `name=`.
fn is_next_pair(rest: &str) -> bool {
    let name =
        rest.bytes().take(32).take_while(|b| b.is_ascii_alphanumeric() || b"_.-".contains(b));
    rest.as_bytes().get(name.count()) == Some(&b'=')
}
