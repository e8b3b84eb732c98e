//! E-mail addresses (RFC 5321 and 6531, as people write them).
//!
//! What is not one: `user@host` without a top-level domain that exists, a remote place
//! (`git@github.com:org/repo`, `ssh alice@example.org`, the user in a URL), a handle (`@alice`,
//! `@alice@example.social`), a version (`react@18.2.0`), a name of a file (`icon@2x.png`).

use super::Kind;
use super::folded::Folded;
use super::found::Finds;
use super::script::{is_spaceless, joins_latin};
use memchr::memchr_iter;
use std::collections::HashSet;
use std::ops::Range;

/// Characters before the `@`.
const LOCAL_CHARS_MAX: usize = 64;
/// Bytes after it.
const DOMAIN_BYTES_MAX: usize = 253;
/// Bytes before an address in which a URL or a command is looked for.
const LINE_BYTES: usize = 96;
/// Commands whose argument is a user on a machine.
const LOGINS: [&str; 6] = ["ssh", "scp", "sftp", "rsync", "mosh", "ssh-copy-id"];
const CONFIDENCE: u8 = 96;

/// The top-level domains of the DNS root as IANA lists them, lower case.
static TOP_LEVEL: &str = include_str!("tlds.txt");

/// Finds e-mail addresses.
#[derive(Debug)]
pub(super) struct Emails {
    top_level: HashSet<&'static str>,
}

impl Default for Emails {
    fn default() -> Self {
        Self { top_level: TOP_LEVEL.split_whitespace().collect() }
    }
}

impl Emails {
    pub(super) fn find(&self, text: &Folded<'_>, found: &mut Finds) {
        for at in memchr_iter(b'@', text.bytes()) {
            self.around(text, at..at + 1, found);
        }
        // As it is written in the query of a URL.
        for at in memchr_iter(b'%', text.bytes()) {
            if text.bytes()[at + 1..].starts_with(b"40") {
                self.around(text, at..at + 3, found);
            }
        }
    }

    fn around(&self, text: &Folded<'_>, sign: Range<usize>, found: &mut Finds) {
        let Some(start) = local_start(text.as_str(), sign.start) else { return };
        let Some(end) = self.domain_end(text.as_str(), sign.end) else { return };
        if !is_elsewhere(text, start, sign.start, end) {
            found.add(start..end, Kind::Email, CONFIDENCE);
        }
    }

    /// Where the domain that begins at `start` ends: behind the last label that is a top-level
    /// domain and not the first.
    fn domain_end(&self, text: &str, start: usize) -> Option<usize> {
        let mut end = None;
        let mut label = label(text, start)?;
        if is_size(&text[label.clone()]) {
            return None;
        }
        while text.as_bytes().get(label.end) == Some(&b'.') && label.end - start < DOMAIN_BYTES_MAX
        {
            let Some(next) = self::label(text, label.end + 1) else { break };
            end = self.top_level_end(&text[next.clone()]).map(|len| next.start + len).or(end);
            label = next;
        }
        // A call on what a decorator or a product of matrices names.
        end.filter(|end| text.as_bytes().get(*end) != Some(&b'('))
    }

    /// How much of a label is a top-level domain: all, or what stands before another script or a
    /// hyphen.
    fn top_level_end(&self, label: &str) -> Option<usize> {
        let plain = label.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(label.len());
        let known = |label: &str| self.top_level.contains(label.to_lowercase().as_str());
        let is_coded = |label: &str| label.len() > 4 && label[..4].eq_ignore_ascii_case("xn--");
        if label.is_ascii() && is_coded(label) || known(label) {
            return Some(label.len());
        }
        (plain > 0 && known(&label[..plain])).then_some(plain)
    }
}

/// Where the local part that ends at `end` begins, if there is one of a fit length.
fn local_start(text: &str, end: usize) -> Option<usize> {
    let mut start = end;
    let mut later = '@';
    for (count, (at, c)) in text[..end].char_indices().rev().enumerate() {
        if !is_local(c, later) {
            break;
        }
        if count == LOCAL_CHARS_MAX {
            return None;
        }
        (start, later) = (at, c);
    }
    let local = &text[start..end];
    let kept = without_elision(local).trim_start_matches(['.', '-', '_', '+', '\\']);
    let is_said = kept.chars().any(char::is_alphanumeric) && !kept.ends_with(['-', '+']);
    is_said.then_some(end - kept.len())
}

/// Whether `c` belongs to a local part in which `later` follows.
fn is_local(c: char, later: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => !is_spaceless(later),
        '.' | '_' | '-' | '+' | '\'' => true,
        // As Markdown writes an underscore.
        '\\' => later == '_',
        _ if is_spaceless(c) => later == '@' || is_spaceless(later),
        _ => joins_latin(c) && !is_spaceless(later),
    }
}

/// What follows an apostrophe, unless it belongs to a name (`o'neill`): quotes and articles do not
/// belong to an address.
fn without_elision(local: &str) -> &str {
    match local.rsplit_once('\'') {
        Some((before, _)) if before.eq_ignore_ascii_case("o") => local,
        Some((_, name)) => name,
        None => local,
    }
}

/// The label of a domain that begins at `start`, without hyphens at its end. It is ASCII with
/// letters of other scripts that are written with spaces, or all of a script without.
fn label(text: &str, start: usize) -> Option<Range<usize>> {
    let rest = &text[start..];
    let first = rest.chars().next().filter(|c| c.is_alphanumeric())?;
    let spaceless = is_spaceless(first);
    let belongs = |c: char| match c {
        '-' => true,
        'a'..='z' | 'A'..='Z' | '0'..='9' => !spaceless,
        // Marks of Indic scripts are no letters.
        _ => c > '\u{7F}' && is_spaceless(c) == spaceless && (c.is_alphanumeric() || is_mark(c)),
    };
    let len: usize =
        rest.chars().take(DOMAIN_BYTES_MAX).take_while(|c| belongs(*c)).map(char::len_utf8).sum();
    Some(start..start + rest[..len].trim_end_matches('-').len())
}

fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x900..=0xDFF)
}

/// `2x`, as in the name of an image.
fn is_size(label: &str) -> bool {
    label.strip_suffix('x').is_some_and(|n| n.len() < 3 && n.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether this is a place to log in, or a handle.
fn is_elsewhere(text: &Folded<'_>, start: usize, sign: usize, end: usize) -> bool {
    let before = text.before(start, LINE_BYTES);
    let after = text.after(end, LINE_BYTES);
    before.ends_with('@')
        || is_authority(before)
        || is_remote_path(&text.as_str()[start..sign], after)
        || is_login(before)
}

/// Whether what follows is the user of a URL: `https://alice@…`.
fn is_authority(before: &str) -> bool {
    let Some((scheme, rest)) = before.rsplit_once("://") else { return false };
    scheme.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !rest.contains(|c: char| c.is_whitespace() || "/?#".contains(c))
}

/// Whether a path on a machine follows: `alice@example.org:/srv`, or a shell's prompt.
fn is_remote_path(local: &str, after: &str) -> bool {
    let Some(path) = after.strip_prefix(':') else { return false };
    let path = path.split(|c: char| c.is_whitespace() || "\"'`)".contains(c)).next().unwrap_or("");
    let is_path = path.starts_with(['/', '~', '.']) && !path.starts_with("//");
    is_path || (path.contains('/') || matches!(local, "git" | "hg" | "svn")) && !path.is_empty()
}

/// Whether a command that logs in elsewhere stands before, with nothing but options and files between.
fn is_login(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or(before);
    if !line.ends_with([' ', '\t']) {
        return false;
    }
    let is_option = |word: &str| {
        word.starts_with('-') || word.contains(['/', '.']) || word.parse::<u16>().is_ok()
    };
    let mut words = line.split_ascii_whitespace().rev().skip_while(|word| is_option(word));
    words.next().is_some_and(|word| LOGINS.contains(&word.trim_start_matches(['`', '$'])))
}
