//! User and password before the host of a URL (RFC 3986, 3.2.1).

use super::body::is_stand_in;
use crate::scrub::Kind;
use crate::scrub::context::is_one_of;
use crate::scrub::folded::Folded;
use crate::scrub::found::Finds;
use memchr::memchr_iter;

/// Bytes of the longest user and password.
const USERINFO_MAX: usize = 512;

/// Passwords that stand for one in examples.
const STAND_INS: [&str; 18] = [
    "password",
    "pass",
    "passwd",
    "pwd",
    "pw",
    "secret",
    "token",
    "user",
    "username",
    "postgres",
    "root",
    "admin",
    "guest",
    "mypassword",
    "mypass",
    "key",
    "host",
    "port",
];

pub(super) fn find(text: &Folded<'_>, found: &mut Finds) {
    for colon in memchr_iter(b':', text.bytes()) {
        let start = colon + 3;
        if text.bytes().get(colon + 1..start) != Some(b"//") {
            continue;
        }
        let rest = text.after(start, USERINFO_MAX);
        let ends = |c: char| c.is_whitespace() || "/?#\"'<>`\\".contains(c);
        let authority = &rest[..rest.find(ends).unwrap_or(rest.len())];
        let Some((userinfo, host)) = authority.rsplit_once('@') else { continue };
        let Some((_, password)) = userinfo.split_once(':') else { continue };
        if !password.is_empty() && !host.is_empty() && !is_for_show(password) {
            found.add(start..start + userinfo.len(), Kind::UrlPassword, 96);
        }
    }
}

/// Whether the password is one of an example, or a variable.
fn is_for_show(password: &str) -> bool {
    let is_variable = password.starts_with(['$', '{', '[', '(', '%', '*', '<'])
        && !password.starts_with("%2")
        && !password.starts_with("%4");
    is_variable
        || is_one_of(password, &STAND_INS)
        || password.len() >= 4
            && is_stand_in(password)
            && !password.bytes().all(|b| b.is_ascii_alphanumeric())
        || is_worded(password)
}

/// Whether the password says that it is one: `your-password`, `db_password`.
fn is_worded(password: &str) -> bool {
    let lower = password.to_ascii_lowercase();
    ["your", "example", "placeholder", "xxx", "changeme", "redacted"]
        .iter()
        .any(|w| lower.contains(w))
        || lower.ends_with("_password")
        || lower.ends_with("-password")
        || lower.starts_with("my") && lower.ends_with("password")
}
