//! Values that are named as a secret.
//!
//! Most values of such names are none: a variable, a type, a word that says what to put there. What
//! counts is a value that looks drawn at random, or for a password, one that mixes letters with
//! digits or signs.

use super::body::{entropy, is_drawn, is_stand_in};
use super::made_up;
use super::value::{self, Value, Way};
use crate::scrub::Kind;
use crate::scrub::folded::Folded;
use crate::scrub::found::Finds;
use crate::scrub::script::is_spaceless;
use std::ops::Range;

/// A word in the name of a secret.
#[derive(Debug)]
pub(super) struct Name {
    /// It, whatever the case of ASCII letters.
    pub(super) word: &'static str,
    what: What,
}

/// What such a name is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// A password that a person may have made up.
    Password,
    /// The same, by a word that is another verb: only what is assigned to it.
    Assigned,
    /// A key that a program drew.
    Key,
    /// Something that is a secret only if it looks like one.
    Perhaps,
    /// What a cookie holds.
    Session,
}

const fn password(word: &'static str) -> Name {
    Name { word, what: What::Password }
}

const fn assigned(word: &'static str) -> Name {
    Name { word, what: What::Assigned }
}

const fn key(word: &'static str) -> Name {
    Name { word, what: What::Key }
}

const fn perhaps(word: &'static str) -> Name {
    Name { word, what: What::Perhaps }
}

const fn session(word: &'static str) -> Name {
    Name { word, what: What::Session }
}

#[rustfmt::skip]
pub(super) static NAMES: &[Name] = &[
    password("password"), password("passwd"), password("passphrase"), password("passcode"),
    password("pwd"), assigned("pass"), assigned("pw"), password("parola d'ordine"), password("db_pass"), password("dbpass"), password("smtp_pass"), password("passwort"),
    password("kennwort"), password("contraseña"), password("contrasena"), password("mot de passe"),
    password("senha"), password("wachtwoord"), password("пароль"), password("Пароль"), password("hasło"),
    password("heslo"), password("lösenord"), password("adgangskode"), password("passord"),
    password("salasana"), password("clave"), password("şifre"), password("parola"), password("jelszó"), password("密码"),
    password("密碼"), password("口令"), password("パスワード"), password("비밀번호"), password("암호"),
    password("كلمة المرور"), password("كلمة السر"), password("पासवर्ड"), password("mật khẩu"),
    password("kata sandi"), password("kata laluan"), password("סיסמה"), password("סיסמא"),
    password("رمز عبور"), password("گذرواژه"), password("كلمة مرور"), password("پاس ورڈ"),
    password("κωδικός πρόσβασης"), password("Κωδικός πρόσβασης"), password("συνθηματικό"),
    password("lozinka"), password("лозинка"), password("парола"), password("Парола"),
    password("zaporka"), password("geslo"), password("slaptažodis"), password("parool"),
    password("Şifre"), password("parolă"), password("contrasenya"), password("รหัสผ่าน"),
    password("পাসওয়ার্ড"), password("கடவுச்சொல்"),
    key("api_key"), key("api-key"), key("apikey"), key("api key"), key("apitoken"), key("api_token"),
    key("api-token"), key("access_key"), key("access-key"), key("accesskey"), key("access key"),
    key("secret"), key("private_key"), key("private-key"), key("privatekey"), key("private key"),
    key("encryption_key"), key("encryption-key"), key("encryptionkey"), key("signing_key"),
    key("signing-key"), key("signingkey"), key("auth_key"), key("authkey"), key("auth_token"),
    key("authtoken"), key("access_token"), key("accesstoken"), key("refresh_token"),
    key("refreshtoken"), key("bot_token"), key("account_key"), key("accountkey"), key("shared_key"),
    key("subscription-key"), key("subscription_key"), key("master_key"), key("masterkey"),
    key("app_key"), key("appkey"), key("service_key"), key("admin_key"), key("license_key"),
    key("api 密钥"), key("密钥"), key("api-schlüssel"), key("clé api"), key("clave api"),
    perhaps("token"), perhaps("_key"), perhaps("credential"), perhaps("sig="), perhaps("auth"),
    session("sessid"), session("sessionid"), session("session_id"), session("session-id"),
    session("connect.sid"), session("session="), session("session:"), session("session_token"), session("session-token"), session("sid="),
];

/// Bytes of a word that is looked for as a whole.
const SHORT: usize = 4;
/// Bytes of a name behind the word that is looked for.
const TAIL_MAX: usize = 40;
/// Bytes of the longest key.
const KEY_MAX: usize = 256;

/// Values that were looked at. A name may consist of several (`auth_password`), each of which judges
/// its value; within a value none begins.
#[derive(Debug, Default)]
pub(super) struct Values {
    last: Range<usize>,
    times: u8,
}

/// How often a value is judged.
const JUDGED_MAX: u8 = 3;

impl Values {
    fn is_next(&mut self, value: &Range<usize>) -> bool {
        if *value == self.last {
            self.times += 1;
            return self.times <= JUDGED_MAX;
        }
        let is_behind = value.start >= self.last.end;
        if is_behind {
            (self.last, self.times) = (value.clone(), 1);
        }
        is_behind
    }
}

/// Ends of names that hold something else: `password_hash`, `token_count`, `secret_name`.
const OTHER_TAILS: [&str; 46] = [
    "hash",
    "url",
    "uri",
    "endpoint",
    "type",
    "field",
    "input",
    "name",
    "arn",
    "count",
    "length",
    "len",
    "expir",
    "limit",
    "usage",
    "path",
    "file",
    "dir",
    "min",
    "max",
    "policy",
    "reset",
    "label",
    "placeholder",
    "error",
    "message",
    "text",
    "hint",
    "regex",
    "pattern",
    "version",
    "ttl",
    "age",
    "index",
    "size",
    "budget",
    "public",
    "izer",
    "ize",
    "isation",
    "ization",
    "require",
    "prompt",
    "valid",
    "generat",
    "column",
];

impl Name {
    /// Judges the word at `at`.
    pub(super) fn find(
        &self,
        text: &Folded<'_>,
        at: Range<usize>,
        judged: &mut Values,
        found: &mut Finds,
    ) {
        // `sig=` ends in its sign already.
        let at = at.start..at.end - usize::from(self.word.ends_with(['=', ':']));
        // Behind a name in a script without blanks what is of another script is the value.
        let goes_on = !self.word.ends_with(is_spaceless);
        let tail = text.bytes()[at.end..].iter().take(if goes_on { TAIL_MAX + 1 } else { 0 });
        let belongs = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        let end = at.end + tail.take_while(belongs).count();
        if !self.has_fit_name(text, &at, end) {
            return;
        }
        let is_option = text
            .before(at.start, TAIL_MAX)
            .rsplit(char::is_whitespace)
            .next()
            .is_some_and(|word| word.starts_with("--"));
        let of_what = self.what == What::Password;
        let Some(value) = value::after(text, end, value::Near { is_option, of_what }) else {
            return;
        };
        if !judged.is_next(&value.range) {
            return;
        }
        let written = &text.as_str()[value.range.clone()];
        if let Some((kind, confidence)) = self.judge(written, &value) {
            found.add(value.range, kind, confidence);
        }
    }

    /// Whether the name, of which the word is a part, is that of a secret.
    fn has_fit_name(&self, text: &Folded<'_>, at: &Range<usize>, end: usize) -> bool {
        let tail = text.as_str()[at.end..end].to_ascii_lowercase();
        // Short words are parts of others, and of what is drawn at random.
        if self.word.len() <= SHORT {
            let before = text.char_before(at.start);
            let goes_on = before.is_some_and(char::is_alphanumeric);
            let is_hump = before.is_some_and(|c| c.is_ascii_lowercase())
                && text.bytes()[at.start].is_ascii_uppercase()
                && text.bytes()[at.start + 1].is_ascii_lowercase();
            let is_whole = tail.is_empty() || tail.starts_with(['_', '-']);
            if goes_on && !is_hump || !is_whole {
                return false;
            }
        }
        end - at.end <= TAIL_MAX
            && tail != "s"
            && (self.word == "secret" || !matches!(&*tail, "id" | "_id" | "-id"))
            && !OTHER_TAILS.iter().any(|other| tail.contains(other))
    }

    fn judge(&self, written: &str, value: &Value) -> Option<(Kind, u8)> {
        if made_up::is_code(written, value.way)
            || matches!(value.way, Way::Beside | Way::Further) && self.what != What::Password
        {
            return None;
        }
        let is_given = matches!(value.way, Way::Quoted | Way::Bare);
        match self.what {
            What::Assigned if !is_given => None,
            What::Password | What::Assigned => {
                made_up::confidence(written, value.way).map(|c| (Kind::Password, c))
            }
            What::Key if is_key(written, 16, 8, 2.8) => Some((Kind::ApiKey, 92)),
            What::Key if is_given && is_uuid(written) => Some((Kind::ApiKey, 80)),
            What::Perhaps if is_key(written, 20, 16, 3.2) => Some((Kind::Token, 85)),
            What::Session if is_key(written, 16, 10, 2.8) => Some((Kind::Cookie, 88)),
            _ => None,
        }
    }
}

/// Whether this looks like a key of `min` bytes: so many drawn in one stretch, and bits in each byte.
fn is_key(written: &str, min: usize, drawn: usize, bits: f64) -> bool {
    (min..=KEY_MAX).contains(&written.len())
        && written.bytes().all(|b| b.is_ascii_graphic())
        && !written.contains("://")
        && !written.starts_with(['/', '.', '~'])
        && !written.contains("arn:")
        && (is_drawn(written, drawn) || is_strewn(written))
        && entropy(written.as_bytes()) >= bits
        && !is_stand_in(written)
}

/// Drawn from signs, too, as Django's keys are.
fn is_strewn(written: &str) -> bool {
    let signs = written.bytes().filter(|b| b.is_ascii_punctuation() && !b"-_./:,".contains(b));
    written.len() >= 32 && signs.count() >= 5 && written.contains(|c: char| c.is_ascii_digit())
}

fn is_uuid(written: &str) -> bool {
    let groups = written.split('-').map(str::len);
    groups.eq([8, 4, 4, 4, 12])
        && written.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        && !is_stand_in(written)
}
