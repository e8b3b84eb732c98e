//! What programs send to be let in: `Authorization` and `Cookie` headers, `curl -u`.

use super::body::{Alphabet, is_drawn, is_stand_in};
use crate::scrub::Kind;
use crate::scrub::folded::Folded;
use crate::scrub::found::Finds;
use data_encoding::{BASE64, BASE64_NOPAD};
use std::ops::Range;

/// Bytes of the longest token, and of the longest line of cookies.
const TOKEN_MAX: usize = 2048;
const COOKIES_MAX: usize = 4096;
/// Bytes of the shortest token, and of the shortest session.
const TOKEN_MIN: usize = 16;
const SESSION_MIN: usize = 12;

/// A header, by the word before its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Header {
    /// `Bearer TOKEN`.
    Bearer,
    /// `Basic BASE64`.
    Basic,
    /// `Cookie: NAME=VALUE; …`.
    Cookie,
    /// `-u NAME:PASSWORD`.
    User,
    /// `sshpass -p PASSWORD`.
    Pass,
}

/// What the names of cookies contain that hold a session.
const SESSIONS: [&str; 18] = [
    "sess",
    "sid",
    "auth",
    "token",
    "jwt",
    "remember",
    "login",
    "clearance",
    "li_at",
    "c_user",
    "xs",
    "datr",
    "ct0",
    "laravel",
    "identity",
    "access",
    "aspxauth",
    "__host-",
];

impl Header {
    pub(super) const ALL: [(&'static str, Self); 6] = [
        ("sshpass -p", Self::Pass),
        ("bearer ", Self::Bearer),
        ("basic ", Self::Basic),
        ("cookie", Self::Cookie),
        (" -u ", Self::User),
        ("--user ", Self::User),
    ];

    /// Judges what follows the word at `at`. `judged` is how far headers were looked at.
    pub(super) fn find(
        self,
        text: &Folded<'_>,
        at: Range<usize>,
        judged: &mut usize,
        found: &mut Finds,
    ) {
        if at.start < *judged {
            return;
        }
        match self {
            Self::Bearer => bearer(text, at.end, found),
            Self::Basic => basic(text, at.end, found),
            Self::Cookie => *judged = cookies(text, at.end, found),
            Self::User => user(text, at.end, found),
            Self::Pass => pass(text, at.end, found),
        }
    }
}

fn bearer(text: &Folded<'_>, start: usize, found: &mut Finds) {
    let bytes = &text.bytes()[start..];
    let belongs = |b: &&u8| {
        b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
    };
    let len = bytes.iter().take(TOKEN_MAX).take_while(belongs).count();
    let token = text.as_str()[start..start + len].trim_end_matches('.');
    if token.len() >= TOKEN_MIN && is_drawn(token, 8) && !is_stand_in(token) {
        found.add(start..start + token.len(), Kind::Token, 95);
    }
}

fn basic(text: &Folded<'_>, start: usize, found: &mut Finds) {
    let len = Alphabet::Base64.run(&text.bytes()[start..], TOKEN_MAX);
    let token = &text.as_str()[start..start + len];
    let decode =
        || BASE64.decode(token.as_bytes()).or_else(|_| BASE64_NOPAD.decode(token.as_bytes()));
    if !(8..=TOKEN_MAX).contains(&len) {
        return;
    }
    let Some(login) = decode().ok().and_then(|bytes| String::from_utf8(bytes).ok()) else { return };
    let printable = !login.contains(char::is_control);
    let has_password = login.split_once(':').is_some_and(|(_, password)| password.len() >= 3);
    if printable && has_password && !is_stand_in(&login) {
        found.add(start..start + len, Kind::Token, 93);
    }
}

/// Looks through the pairs on the line; returns where it ends.
fn cookies(text: &Folded<'_>, start: usize, found: &mut Finds) -> usize {
    let line = text.after(start, COOKIES_MAX);
    let line = &line[..line.find(['\n', '\r']).unwrap_or(line.len())];
    let opens = |c: char| " \t\"'`:=\\".contains(c);
    let head = line.len() - line.trim_start_matches(opens).len();
    if !line[..head].contains([':', '=']) {
        return start + head;
    }
    let mut at = head;
    for pair in line[head..].split_inclusive([';', ',']) {
        cookie(pair, start + at, found);
        at += pair.len();
    }
    start + line.len()
}

fn cookie(pair: &str, start: usize, found: &mut Finds) {
    let Some((name, value)) = pair.split_once('=') else { return };
    let name_lower = name.trim().to_ascii_lowercase();
    let ends = |c: char| c.is_whitespace() || ";,\"'`\\".contains(c);
    let value = &value[..value.find(ends).unwrap_or(value.len())];
    let is_session = SESSIONS.iter().any(|word| match word.len() {
        2 => name_lower == *word,
        _ => name_lower.contains(word),
    });
    let fits = (SESSION_MIN..COOKIES_MAX).contains(&value.len());
    if is_session && fits && is_drawn(value, 8) && !is_stand_in(value) {
        let start = start + name.len() + 1;
        found.add(start..start + value.len(), Kind::Cookie, 90);
    }
}

/// The argument that follows: whatever it is, it lets somebody in.
fn pass(text: &Folded<'_>, end: usize, found: &mut Finds) {
    let near = text.after(end, 128);
    let rest = near.trim_start_matches([' ', '\'', '"']);
    let start = end + near.len() - rest.len();
    let len = rest.find(|c: char| c.is_whitespace() || "'\"`".contains(c)).unwrap_or(rest.len());
    let written = &rest[..len];
    let is_variable = written.starts_with(['$', '<', '{', '%']) && !written.contains(['!', '?']);
    let mixed = written.contains(|c: char| c.is_ascii_digit() || c.is_ascii_punctuation());
    if written.len() >= 6 && mixed && !is_variable && !is_stand_in(written) {
        found.add(start..start + len, Kind::Password, 92);
    }
}

fn user(text: &Folded<'_>, start: usize, found: &mut Finds) {
    let rest = text.after(start, 128).trim_start_matches(['"', '\'']);
    let start = start + (text.after(start, 128).len() - rest.len());
    let end = rest.find(|c: char| c.is_whitespace() || "\"'`\\".contains(c)).unwrap_or(rest.len());
    let Some((user, password)) = rest[..end].split_once(':') else { return };
    let is_variable = password.starts_with(['$', '{', '<', '[']);
    let lower = password.to_ascii_lowercase();
    let is_shown =
        ["pass", "pwd", "secret", "token", "your", "xxx"].iter().any(|w| lower.contains(w));
    // Numbers are users and groups of a machine.
    let is_word = password.contains(|c: char| c.is_ascii_alphabetic()) && !password.contains('/');
    let fits = password.len() >= 4 && !user.is_empty() && is_word;
    if fits && !is_variable && !is_shown && !is_stand_in(password) {
        found.add(start..start + end, Kind::UrlPassword, 80);
    }
}
