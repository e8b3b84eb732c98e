//! Secrets.

use super::{BASE64, CAPITALS, HEX, URL, WORD, drawn, found, found_of, none_in};
use crate::scrub::{Class, Scanner};
use data_encoding::BASE64URL_NOPAD;

/// Keys as vendors make them: prefix, alphabet, length, end.
const KEYS: &[(&str, &str, usize, &str)] = &[
    ("sk-", WORD, 48, ""),
    ("sk-proj-", URL, 120, "A"),
    ("sk-ant-api03-", URL, 93, "AA"),
    ("sk-or-v1-", HEX, 64, ""),
    ("AKIA", CAPITALS, 16, ""),
    ("ASIA", CAPITALS, 16, ""),
    ("AIza", URL, 34, "s"),
    ("ya29.", URL, 100, "x"),
    ("GOCSPX-", URL, 27, "x"),
    ("ghp_", WORD, 36, ""),
    ("gho_", WORD, 36, ""),
    ("ghs_", WORD, 36, ""),
    ("github_pat_", WORD, 82, ""),
    ("glpat-", URL, 19, "x"),
    ("xoxb-123456789012-123456789012-", WORD, 24, ""),
    ("sk_live_", WORD, 24, ""),
    ("rk_live_", WORD, 24, ""),
    ("whsec_", WORD, 32, ""),
    ("SK", HEX, 32, ""),
    ("key-", HEX, 32, ""),
    ("npm_", WORD, 36, ""),
    ("pypi-AgEIcHlwaS5vcmc", URL, 100, "x"),
    ("hf_", WORD, 34, ""),
    ("dop_v1_", HEX, 64, ""),
    ("1234567890:AA", URL, 32, "x"),
    ("shpat_", HEX, 32, ""),
    ("sq0atp-", URL, 21, "x"),
    ("dapi", HEX, 32, ""),
    ("r8_", WORD, 37, ""),
    ("gsk_", WORD, 52, ""),
    ("xai-", WORD, 80, ""),
    ("pplx-", WORD, 48, ""),
    ("lin_api_", WORD, 40, ""),
    ("ntn_", WORD, 46, ""),
    ("figd_", URL, 39, "x"),
    ("ATATT3xFfGF0", URL, 170, "x"),
    ("dp.pt.", WORD, 43, ""),
    ("hvs.", URL, 90, "x"),
    ("hooks.slack.com/services/T0AB12CDE/B0AB12CDE/", WORD, 24, ""),
];

#[test]
fn keys_of_vendors_are_found_wherever_they_stand() {
    for (seed, (prefix, alphabet, len, end)) in (1..).zip(KEYS) {
        let key = format!("{prefix}{}{end}", drawn(seed, alphabet, *len));
        for text in [
            format!("my key {key}, why does it fail?"),
            format!("OPENAI_API_KEY={key}\nNEXT=1"),
            format!("{{\"key\": \"{key}\"}}"),
            format!("密钥是{key}。"),
            format!("`{key}`"),
        ] {
            let found = found(&text);
            assert!(found.iter().any(|(_, value)| *value == key), "{text}: {found:?}");
        }
    }
}

#[test]
fn the_secret_half_of_a_key_is_found_beside_the_first() {
    let (first, second) = (format!("AKIA{}", drawn(1, CAPITALS, 16)), drawn(2, BASE64, 40));
    let text = format!("id {first}\nsecret: {second}\n");
    assert_eq!(found_of("api-key", &text), [first, second]);
}

#[test]
fn a_private_key_is_found_whole_and_cut() {
    let body: String = (0..10).map(|n| drawn(n, BASE64, 64) + "\n").collect();
    for label in ["RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PRIVATE KEY", "PGP PRIVATE KEY BLOCK"]
    {
        let key = format!("-----BEGIN {label}-----\n{body}-----END {label}-----");
        assert_eq!(found_of("private-key", &format!("here:\n{key}\nthanks")), [key.as_str()]);
        let escaped = key.replace('\n', "\\n");
        assert_eq!(found_of("private-key", &format!("{{\"k\": \"{escaped}\"}}")), [escaped]);
        let cut = key[..200].trim_end().to_owned();
        assert_eq!(found_of("private-key", &format!("{cut}\n\n")), [cut]);
    }
    none_in([
        "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
        "it begins with -----BEGIN RSA PRIVATE KEY-----",
    ]);
    let public = format!("-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----");
    assert_eq!(found_of("private-key", &public), [""; 0]);
}

#[test]
fn a_token_says_how_it_is_signed() {
    let part = |json: &str| BASE64URL_NOPAD.encode(json.as_bytes());
    let head = part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
    let token = format!("{head}.{}.{}", part("{\"sub\":\"alice\"}"), drawn(1, URL, 43));
    assert_eq!(found_of("token", &format!("cookie={token};")), [token.as_str()]);
    none_in([
        format!("{}.b.c", part("{\"x\":\"y\"}")).as_str(),
        "eyJ, eyJhbGci… is how they begin",
    ]);
}

#[test]
fn headers_are_found_by_their_names() {
    let token = drawn(3, WORD, 40);
    assert_eq!(found_of("token", &format!("Authorization: Bearer {token}")), [token.as_str()]);
    let basic = data_encoding::BASE64.encode(b"alice:pw-of-alice");
    assert_eq!(found_of("token", &format!("Authorization: Basic {basic}")), [basic.as_str()]);
    let line = format!("Cookie: theme=dark; PHPSESSID={token}; lang=en");
    assert_eq!(found_of("cookie", &line), [token.as_str()]);
    assert_eq!(
        found_of("url-password", "curl -u alice:xK9!mnq2 https://x.example"),
        ["alice:xK9!mnq2"]
    );
    none_in([
        "Authorization: Bearer <token>",
        "Authorization: Bearer $TOKEN",
        "the bearer of this basic letter",
        "Cookie: theme=dark; lang=en",
        "docker run -u 1000:1000 image",
    ]);
}

#[test]
fn a_password_in_a_url_is_found() {
    let text = "DATABASE_URL=postgres://bob:h4Rdt0gu3ss@db.example.net:5432/app";
    assert_eq!(found(text), [("url-password".to_owned(), "bob:h4Rdt0gu3ss")]);
    none_in([
        "postgres://user:password@localhost:5432/db",
        "mysql://root:${MYSQL_PW}@db/x",
        "https://example.org:8080/@alice",
        "https://<user>:<password>@host",
    ]);
}

#[test]
fn a_value_is_a_password_if_its_name_says_so_and_it_looks_like_one() {
    for text in [
        "password: hunter2!x",
        "DB_PASSWORD=hunter2!x\n",
        "\"password\": \"hunter2!x\"",
        "my password is hunter2!x, help",
        "Passwort: hunter2!x",
        "пароль: hunter2!x",
        "密码是hunter2!x。",
        "pwd='hunter2!x'",
        "la contraseña es hunter2!x",
        "mysql --password hunter2!x",
        "<password>hunter2!x</password>",
    ] {
        assert_eq!(found_of("password", text), ["hunter2!x"], "{text}");
    }
}

#[test]
fn what_stands_in_the_place_of_a_secret_is_none() {
    none_in([
        "password: string;",
        "password = os.environ['DB_PASSWORD']",
        "const password = req.body.password;",
        "password_hash = bcrypt.hashpw(password, salt)",
        "if password == 'hunter2!x':",
        "Your password must contain at least 8 characters",
        "password is incorrect",
        "password: ********",
        "secret=\"${{ secrets.API_KEY }}\"",
        "api_key = process.env.OPENAI_API_KEY",
        "api_key: <YOUR_API_KEY>",
        "OPENAI_API_KEY=your_api_key_here",
        "OPENAI_API_KEY=sk-...",
        "def f(self, api_key: str, token: Optional[str] = None):",
        "access_token = response.json()['access_token']",
        "tokens: 128000, max_tokens=4096, the token is expired",
        "cache_key = f'user:{user_id}:v2', primary_key=True",
        "private_key_path=/etc/ssl/private/key1.pem",
        "AKIAIOSFODNN7EXAMPLE",
        "sk-learn-contrib-package-name, task-abcdefghij0123456789",
        "SELECT password FROM users WHERE id = 5",
    ]);
}

#[test]
fn of_a_secret_that_is_longer_than_what_is_read_at_once_the_rest_goes_with_it() {
    let lines = |end: &str| {
        let body = drawn(7, BASE64, 64 * 14_000 + 17);
        let lines: Vec<_> =
            body.as_bytes().chunks(64).map(|l| String::from_utf8_lossy(l)).collect();
        format!(
            "-----BEGIN RSA PRIVATE KEY-----{end}{}{end}-----END RSA PRIVATE KEY-----",
            lines.join(end)
        )
    };
    for key in
        [lines("\n"), lines("\r\n"), lines("\\n"), format!("Bearer {}", drawn(8, BASE64, 9_000))]
    {
        let text =
            format!("Mein Schlüssel: {key}\nThat was it, and {} was not.", drawn(9, HEX, 64));
        let spans = Scanner::new().scan(&text);
        let [span] = &spans[..] else { panic!("{spans:?}") };
        let rest = &text[span.end..];
        assert!(rest.starts_with("\nThat was it"), "{} bytes are left: {rest:.80}", rest.len());
        let json = serde_json::json!({ "key": &key, "then": "nothing" }).to_string();
        let spans = Scanner::new().scan_json(&json);
        let [span] = &spans[..] else { panic!("{spans:?}") };
        assert_eq!(&json[span.end..], r#"","then":"nothing"}"#, "and ends with the string");
    }
    let open = lines("\n").replace("-----END RSA PRIVATE KEY-----", "and so on, says Anna.");
    let span = Scanner::new().scan(&open)[0];
    assert!(open[span.end..].len() < 64, "{:?}", &open[span.end..]);
}

#[test]
fn digests_and_identifiers_are_nobodys() {
    let (short, long) = (drawn(4, HEX, 40), drawn(5, HEX, 64));
    let integrity = drawn(6, BASE64, 86);
    for text in [
        format!("commit {short} fixes it"),
        format!("sha256:{long}"),
        format!("integrity sha512-{integrity}=="),
        "id 550e8400-e29b-41d4-a716-446655440000".to_owned(),
        "order 4711-0815-2342, build 20240115.3".to_owned(),
    ] {
        assert_eq!(found(&text), [], "{text}");
    }
}

#[test]
fn what_is_encoded_in_base64_holds_no_key_by_accident() {
    let mut bytes = vec![0; 1 << 20];
    blake3::Hasher::new().update(b"a picture").finalize_xof().fill(&mut bytes);
    let picture = data_encoding::BASE64.encode(&bytes);
    // As it happens once in some megabytes.
    let key = format!("EAA{}", &picture.replace(['+', '/'], "x")[..120]);
    let whole = format!("data:image/png;base64,{picture}/{key}+{picture}");
    let secrets = |text: &str| {
        let spans = Scanner::new().scan(text);
        spans.into_iter().filter(|s| s.kind.class() == Class::Secret).count()
    };
    assert_eq!(secrets(&whole), 0);
    assert_eq!(secrets(&format!("token: {key}")), 1, "alone it is one");
}

#[test]
fn a_password_is_known_by_its_name_whatever_is_said_between() {
    for (text, password) in [
        ("Log in with it and the password gatito1969", "gatito1969"),
        ("Пароль от панели: z*J4?rGiJ!K!W54i. И всё", "z*J4?rGiJ!K!W54i"),
        ("La clave del wifi es Estr3ll4!55 y ya", "Estr3ll4!55"),
        ("Lösenordet till iLO är forget-million-pear7.", "forget-million-pear7"),
        ("Mot de passe : &c2^5Pkq7k", "&c2^5Pkq7k"),
        ("мой пароль $0Kc9G*w не подходит", "$0Kc9G*w"),
        ("auth_password: \"M4drid-53\"", "M4drid-53"),
        ("password=ZgBhybsMvX", "ZgBhybsMvX"),
        ("pass: Liverpool5084", "Liverpool5084"),
        ("sshpass -p 'earn-math-tornado6' ssh a@b", "earn-math-tornado6"),
    ] {
        assert_eq!(found_of("password", text), [password], "{text}");
    }
}

#[test]
fn what_stands_beside_the_word_is_mostly_no_password() {
    none_in([
        "password RFC2307 and password PBKDF2",
        "the password for the new panel is: too short",
        "password: $DB_PASS1, &password, %PASSWORD%, $SECRET",
        "password=userDefinedHandler",
        "pass the ball2 to her",
        "the password manager 1Password",
    ]);
}

#[test]
fn keys_with_their_sign_behind_or_within() {
    let mailchimp = format!("{}-us16", drawn(7, HEX, 32));
    let airtable = format!("pat{}.{}", drawn(8, WORD, 14), drawn(9, HEX, 64));
    for key in [mailchimp, airtable] {
        assert_eq!(found_of("api-key", &format!("key {key}, no?")), [key]);
    }
    let cookie = drawn(3, URL, 43);
    assert_eq!(found_of("cookie", &format!("curl -b \"session={cookie}\" x")), [cookie]);
    none_in([r#"{"private_key_id": "cbb4b4f7b1177e13d3799f74045eb78e8fff7dfe"}"#]);
}

#[test]
fn words_for_a_lesson_are_no_recovery_words() {
    // Their checksum holds by chance.
    none_in([
        "Learn for Monday: acquire, album, chronic, couch, glare, hen, hero, lend, produce, raw, \
         regular, umbrella",
    ]);
}

#[test]
fn words_between_a_password_and_its_name_say_what_it_is_for() {
    for (text, password) in [
        ("Das WLAN-Kennwort ist übrigens Lisboa1981#Z und", "Lisboa1981#Z"),
        ("Пароль от вайфая piano8950 , но", "piano8950"),
        ("Пароль от вайфая tunnel-candle-forest-window , но", "tunnel-candle-forest-window"),
        ("我之前用的密码winter6222被系统", "winter6222"),
        ("пароль: iRjfh=w6!z, смените", "iRjfh=w6!z"),
        ("password: violin-candle-tunnel-marble", "violin-candle-tunnel-marble"),
    ] {
        assert_eq!(found_of("password", text), [password], "{text}");
    }
    none_in([
        "Failed password for root from 2001:db8::1a2b port 22",
        "I forgot the password for windows11 again",
        "password: str = None",
    ]);
}
