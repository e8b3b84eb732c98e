//! The vectors of this page.

use crate::raw::{self, NULL};
use crate::sample::key;
use crate::vector::{Draft, accept, reject, to_hex};
use serde_json::{Value, json};
use sheaf_protocol::cbor;
use sheaf_protocol::policy::{Policy, Preset, ReaderRule, ReplicaRule};

/// The drafts of this page.
pub(crate) fn drafts() -> Vec<Draft> {
    [licences(), usages(), documents(), admissions(), roles()].concat()
}

type Text = (&'static str, &'static str, &'static str);

fn licences() -> Vec<Draft> {
    let accepted: [Text; 6] = [
        ("licence", "one that is listed", "CC-BY-4.0"),
        ("licence-or", "one of two is listed", "MIT OR CC0-1.0"),
        ("licence-and", "one of two is not listed", "MIT AND CC0-1.0"),
        ("licence-precedence", "AND binds before OR", "MIT AND ISC OR CC0-1.0"),
        ("licence-case", "letter by letter", "cc0-1.0"),
        ("licence-plus", "or later is another licence", "CC0-1.0+"),
    ];
    let refused: [Text; 15] = [
        ("licence-operator-case", "operators are in capitals", "MIT or CC0-1.0"),
        ("licence-unclosed", "a parenthesis", "(MIT OR CC0-1.0"),
        ("licence-closed-twice", "a parenthesis too many", "MIT OR CC0-1.0)"),
        ("licence-empty", "no licence", ""),
        ("licence-spaces", "no licence", "   "),
        ("licence-parentheses", "nothing in parentheses", "()"),
        ("licence-or-nothing", "an operator at the end", "MIT OR"),
        ("licence-nothing-and", "an operator at the beginning", "AND MIT"),
        ("licence-two-operators", "an operator too many", "MIT OR AND CC0-1.0"),
        ("licence-no-operator", "two licences and nothing between", "MIT CC0-1.0"),
        ("licence-with-nothing", "an exception is named", "Apache-2.0 WITH"),
        ("licence-with-list", "an exception is one id", "Apache-2.0 WITH (LLVM-exception)"),
        ("licence-tab", "tokens are separated by spaces", "MIT\tOR CC0-1.0"),
        ("licence-comma", "a comma is no operator", "MIT, CC0-1.0"),
        ("licence-letters", "ids are in ASCII", "MÍT"),
    ];
    let input =
        |expression: &str| json!({ "expression": expression, "listed": ["CC-BY-4.0", "CC0-1.0"] });
    let accepted = accepted.map(|(name, why, text)| accept(name, "licence", why, input(text)));
    let long = reject(
        "licence-long",
        "licence",
        "257 bytes, beyond NAME_BYTES_MAX",
        input(&"x".repeat(257)),
    );
    let refused = refused.map(|(name, why, text)| reject(name, "licence", why, input(text)));
    accepted.into_iter().chain(refused).chain([long]).collect()
}

fn usages() -> Vec<Draft> {
    let accepted: [Text; 6] = [
        ("usage", "yes and no", "train-ai=y, search=n"),
        ("usage-empty", "says nothing", ""),
        ("usage-older", "n of train-genai counts for train-ai", "train-genai=n, train-ai=y"),
        ("usage-older-yes", "y of train-genai does not", "train-genai=y"),
        ("usage-unknown", "unknown labels and values bind nobody", "fly=n, search=?1"),
        ("usage-signal", "a CC signal permits nothing", "train-ai=n;exceptions=cc-cr"),
    ];
    let refused: [Text; 20] = [
        ("usage-leading-tab", "only spaces may stand first", "\ttrain-ai=n"),
        (
            "usage-parameter-tab",
            "only spaces may follow a semicolon",
            "train-ai=n;\texceptions=cc-cr",
        ),
        ("usage-long-integer", "an integer has at most 15 digits", "train-ai=1234567890123456"),
        ("usage-trailing-comma", "nothing follows the comma", "train-ai=n,"),
        ("usage-leading-comma", "nothing stands before the comma", ",train-ai=n"),
        ("usage-no-comma", "two preferences and nothing between", "train-ai=n search=n"),
        ("usage-semicolon", "a parameter is named", "train-ai=n;"),
        ("usage-case", "labels are in small letters", "Train-AI=n"),
        ("usage-digit", "a label begins with a letter", "9=n"),
        ("usage-colon", "an equals sign divides", "train-ai:n"),
        ("usage-space", "no space before the equals sign", "train-ai =n"),
        ("usage-no-value", "a value follows the equals sign", "train-ai="),
        ("usage-repeated", "which one counts?", "train-ai=n, train-ai=y"),
        ("usage-inner-list", "outside of the subset", "train-ai=(n)"),
        ("usage-open-string", "a string ends", "train-ai=\"n"),
        ("usage-escape", "no escapes in strings", "train-ai=\"\\n\""),
        ("usage-boolean", "booleans are ?0 and ?1", "train-ai=?2"),
        ("usage-sign-alone", "an integer has digits", "train-ai=-"),
        ("usage-newline", "no other white space", "train-ai=n\n"),
        ("usage-letters", "labels are in ASCII", "träin=n"),
    ];
    let input = |raw: &str| json!({ "raw": raw });
    let accepted = accepted.map(|(name, why, raw)| accept(name, "usage", why, input(raw)));
    let long = reject(
        "usage-long",
        "usage",
        "257 bytes, beyond NAME_BYTES_MAX",
        input(&format!("{}=n", "x".repeat(255))),
    );
    let refused = refused.map(|(name, why, raw)| reject(name, "usage", why, input(raw)));
    accepted.into_iter().chain(refused).chain([long]).collect()
}

/// The preset "open" with one field changed: in the order of the page's table.
fn documents() -> Vec<Draft> {
    let good = cbor::to_vec(&Policy::preset(Preset::Open));
    let with = |at: usize, item: &[u8]| raw::replace(&good, &[at], item);
    let texts =
        |texts: &[&str]| raw::array(&texts.iter().map(|t| raw::text(t)).collect::<Vec<_>>());
    let many = |count: usize| {
        texts(
            &(0..count)
                .map(|n| format!("l{n}"))
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        )
    };
    let keys =
        |keys: &[u8]| raw::array(&keys.iter().map(|n| raw::bytes(&[*n; 32])).collect::<Vec<_>>());
    let year = raw::uint(366 * 86_400 + 1);
    let forbidding = raw::replace(&with(3, &raw::text("train-ai=n")), &[4], &texts(&["train-ai"]));
    let refused = [
        ("title-empty", "a title is for people", with(0, &[0x60])),
        ("title-newline", "a title is one line", with(0, &raw::text("a\nb"))),
        ("title-long", "257 bytes, beyond NAME_BYTES_MAX", with(0, &raw::text(&"x".repeat(257)))),
        ("purpose-long", "beyond PURPOSE_BYTES_MAX", with(1, &raw::text(&"x".repeat(4097)))),
        (
            "purpose-bidi",
            "a purpose that reads otherwise than it is",
            with(1, &raw::text("a\u{202e}b")),
        ),
        ("purpose-tab", "a control character other than a line feed", with(1, &raw::text("a\tb"))),
        ("no-licence", "nothing could be given", with(2, &[0x80])),
        ("licence-twice", "one list, one form", with(2, &texts(&["CC0-1.0", "CC0-1.0"]))),
        ("licence-expression", "each is one licence", with(2, &texts(&["MIT OR CC0-1.0"]))),
        ("licences-25", "beyond POLICY_LICENCES_MAX", with(2, &many(25))),
        ("usage", "a preference that cannot be read", with(3, &raw::text("train-ai=n,"))),
        ("contradiction", "asks for what it forbids", forbidding),
        ("must-allow-twice", "one list, one form", with(4, &texts(&["search", "search"]))),
        ("must-allow-value", "a label, not a preference", with(4, &texts(&["search=y"]))),
        ("must-allow-9", "beyond MUST_ALLOW_MAX", with(4, &many(9))),
        ("age-0", "at least a day", with(5, &[0])),
        ("age-36501", "at most a hundred years", with(5, &raw::uint(36_501))),
        ("chat-0", "at least a byte", with(6, &[0])),
        ("chat-bytes", "beyond CHAT_BYTES_MAX", with(6, &raw::uint(67_108_865))),
        ("join-4", "there are three rules", with(7, &[4])),
        ("replicas-3", "there are two rules", with(8, &[3])),
        ("replica-key-twice", "one list, one form", with(9, &keys(&[1, 1]))),
        (
            "replica-keys-65",
            "beyond REPLICA_KEYS_MAX",
            with(9, &keys(&(0..65).collect::<Vec<_>>())),
        ),
        ("replica-key-short", "a key has 32 bytes", with(9, &raw::array(&[raw::bytes(&[1; 31])]))),
        ("readers-4", "there are three rules", with(10, &[4])),
        ("readers-text", "a rule is a code", with(10, &raw::text("public"))),
        ("head-age-0", "at least a second", with(11, &[0])),
        ("head-age-long", "at most 366 days", with(11, &year)),
        ("erase-within-0", "at least a second", with(12, &[0])),
        ("erase-within-long", "at most 366 days", with(12, &year)),
        ("mask-twice", "one list, one form", with(13, &texts(&["email", "email"]))),
        ("mask-empty-kind", "a kind has a name", with(13, &texts(&[""]))),
        ("mask-capitals", "a kind is in lower-case letters", with(13, &texts(&["Email"]))),
        ("mask-long", "beyond PRIVATE_KIND_BYTES_MAX", with(13, &texts(&[&"x".repeat(25)]))),
        ("mask-33", "beyond PRIVATE_KINDS_MAX with those of flag", with(13, &many(31))),
        ("mask-null", "no kinds are an empty list", with(13, NULL)),
        ("flag-masked", "a kind is masked or flagged", with(14, &texts(&["email"]))),
        ("flag-underscore", "a kind has hyphens", with(14, &texts(&["birth_date"]))),
        ("flag-33", "beyond PRIVATE_KINDS_MAX", with(14, &many(33))),
        ("field-missing", "a record has all its fields", raw::remove(&good, &[14])),
        ("field-added", "a record has no other fields", raw::insert(&good, &[15], NULL)),
        ("map", "a policy is an array", vec![0xa0]),
    ];
    let input = |bytes: &[u8]| json!({ "policy": to_hex(bytes) });
    let accepted = accept("document", "document", "the preset \"open\"", input(&good));
    let refused = refused.map(|(name, why, bytes)| {
        reject(format!("document-{name}"), "document", why, input(&bytes))
    });
    [accepted].into_iter().chain(refused).collect()
}

/// A policy with every condition, and a consent signed on 2026-11-22.
fn admissions() -> Vec<Draft> {
    let policy = Policy {
        must_allow: vec!["train-ai".into()],
        age_days_max: Some(365),
        chat_bytes_max: 1000,
        ..Policy::preset(Preset::Open)
    };
    let good = json!({
        "policy": to_hex(cbor::to_vec(&policy)),
        "licence": "CC-BY-4.0 OR MIT",
        "usage": "search=n",
        "due": "2027-11-22",
        "plain_bytes": 1000,
        "day": "2026-11-22",
    });
    let with = |name: &str, value: Value| {
        let mut input = good.clone();
        input[name] = value;
        input
    };
    let refused = [
        ("licence", "a licence that is not listed", with("licence", json!("MIT"))),
        ("licence-and", "of AND both must be listed", with("licence", json!("CC-BY-4.0 AND MIT"))),
        ("licence-case", "letter by letter", with("licence", json!("cc-by-4.0"))),
        (
            "licence-exception",
            "a licence with an exception is another",
            with("licence", json!("CC-BY-4.0 WITH x-exception")),
        ),
        ("usage", "says no to what must be allowed", with("usage", json!("train-ai=n"))),
        (
            "usage-older",
            "the older label's no counts",
            with("usage", json!("train-genai=n, train-ai=y")),
        ),
        ("due-missing", "a bound on age asks for a due day", with("due", Value::Null)),
        ("due-late", "a day later than the bound", with("due", json!("2027-11-23"))),
        ("size", "a byte more than the bound", with("plain_bytes", json!(1001))),
    ];
    let accepted =
        accept("admits", "admits", "each condition is met, none with room to spare", good.clone());
    let refused =
        refused.map(|(name, why, input)| reject(format!("admits-{name}"), "admits", why, input));
    [accepted].into_iter().chain(refused).collect()
}

fn roles() -> Vec<Draft> {
    let open = Policy::preset(Preset::Open);
    let listed = Policy {
        replicas: ReplicaRule::Listed,
        replica_keys: vec![key(7).public()],
        ..open.clone()
    };
    let sealed = Policy { readers: ReaderRule::Sealed, ..open };
    let input = |policy: &Policy, n: u8, role: &str| json!({ "policy": to_hex(cbor::to_vec(policy)), "key": key(n).public(), "role": role });
    vec![
        accept("role-listed", "role", "a replica that is listed", input(&listed, 7, "replica")),
        reject(
            "role-not-listed",
            "role",
            "a replica that is not listed",
            input(&listed, 6, "replica"),
        ),
        reject("role-sealed", "role", "nobody reads what is sealed", input(&sealed, 6, "reader")),
    ]
}
