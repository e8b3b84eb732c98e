//! Four numbers with dots between: an address, unless it is a version, a section or an identifier of
//! objects.

use crate::scrub::Kind;
use crate::scrub::context::{contains_any, ends_near, is_one_of, last_line};
use crate::scrub::folded::Folded;
use crate::scrub::found::Finds;
use memchr::memchr_iter;
use std::net::Ipv4Addr;
use std::ops::Range;

/// Bytes before in which words tell what the numbers are.
const CONTEXT_BYTES: usize = 48;
/// Of numbers as small as these most are versions.
const SMALL: u8 = 32;

/// Words after which four numbers are a version, wherever on the line they stand.
#[rustfmt::skip]
const VERSIONS: [&str; 50] = [
    "ver", "vers", "version", "versions", "release", "released", "revision", "build", "firmware", "driver",
    "kernel", "sdk", "runtime", "oid", "versión", "versiones", "versão", "versione", "versie", "versiota",
    "версия", "версии", "версию", "версій", "sürüm", "sürümü", "wersja", "wersji", "wersję", "verze", "verzi",
    "verzió", "verziót", "versio", "versionen", "udgave", "pilote", "micrologiciel", "controlador", "treiber",
    "stuurprogramma", "sterownik", "drivrutin", "драйвер", "драйвера", "прошивка", "прошивки", "прошивку",
    "biblioteca", "έκδοση",
];
/// Words right before four numbers that make them a version, a section or the like.
#[rustfmt::skip]
const COUNTED: [&str; 72] = [
    "v", "rev", "update", "updated", "upgrade", "upgraded", "patch", "package", "section", "sections", "sec",
    "chapter", "clause", "figure", "fig", "table", "step", "paragraph", "article", "appendix", "rule", "edition",
    "kapitel", "abschnitt", "ziffer", "absatz", "punkt", "artikel", "ausgabe", "chapitre", "paragraphe",
    "édition", "alinéa", "capítulo", "sección", "apartado", "artículo", "cláusula", "edición", "párrafo",
    "capitolo", "sezione", "paragrafo", "articolo", "clausola", "edizione", "secção", "seção", "artigo", "edição",
    "hoofdstuk", "sectie", "paragraaf", "rozdział", "sekcja", "punktu", "rozdziału", "kapitola", "oddíl",
    "avsnitt", "stycke", "afsnit", "глава", "раздел", "раздела", "пункт", "пункта", "bölüm", "madde", "fejezet",
    "luku", "ενότητα",
];
const COUNTED_PARTS: [&str; 24] = [
    "バージョン",
    "リリース",
    "ビルド",
    "ドライバ",
    "ファームウェア",
    "版本",
    "固件",
    "驱动",
    "驅動",
    "버전",
    "릴리스",
    "빌드",
    "드라이버",
    "펌웨어",
    "§",
    "إصدار",
    "نسخة",
    "نسخه",
    "संस्करण",
    "वर्शन",
    "เวอร์ชัน",
    "έκδοση",
    "έκδοσης",
    "версі",
];
/// Words right behind four numbers that make them a version, in languages that say it so.
const COUNTED_BEHIND: [&str; 14] = [
    "version",
    "versions",
    "release",
    "build",
    "firmware",
    "sürümü",
    "sürüm",
    "sürümüne",
    "sürümünde",
    "verzió",
    "verziót",
    "versio",
    "versiota",
    "versie",
];
const COUNTED_PARTS_BEHIND: [&str; 8] =
    ["バージョン", "安定版", "版", "버전", "릴리스", "빌드", "संस्करण", "वर्शन"];
/// Bytes behind in which they stand.
const BEHIND_BYTES: usize = 28;
/// Words after which they are an address.
const ADDRESSES: [&str; 31] = [
    "ip",
    "ips",
    "ipv",
    "address",
    "addresses",
    "host",
    "server",
    "ping",
    "dns",
    "gateway",
    "login",
    "client",
    "remote",
    "connect",
    "connected",
    "connecting",
    "http",
    "https",
    "adresse",
    "dirección",
    "indirizzo",
    "адрес",
    "адреса",
    "сервер",
    "сервера",
    "хост",
    "serveur",
    "servidor",
    "servern",
    "serveren",
    "sunucu",
];
const ADDRESS_PARTS: [&str; 8] =
    ["サーバー", "服务器", "伺服器", "主机", "서버", "خادم", "سرور", "सर्वर"];

pub(super) fn find(text: &Folded<'_>, found: &mut Finds) {
    let bytes = text.bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let (mut done, mut last_end) = (0, None);
    for dot in memchr_iter(b'.', bytes) {
        if dot < done || dot == 0 || !digit(dot - 1) || !digit(dot + 1) {
            continue;
        }
        let run = run_around(bytes, dot);
        done = run.end;
        let Some(address) = parsed(&text.as_str()[run.clone()]) else { continue };
        match judge(text, &run, address, last_end) {
            Judgement::Somebodys(confidence) => {
                found.add(run.clone(), Kind::Ip, confidence);
                last_end = Some(run.end);
            }
            Judgement::Nobodys => found.rule_out(run.clone(), 90),
            Judgement::Other => {}
        }
    }
}

/// Digits and dots around a dot that is the first between digits; the ends are digits.
fn run_around(bytes: &[u8], dot: usize) -> Range<usize> {
    let digits = |b: &&u8| b.is_ascii_digit();
    let start = dot - bytes[..dot].iter().rev().take_while(digits).count();
    let mut end = dot;
    while bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end += 1 + bytes[end + 1..].iter().take_while(digits).count();
    }
    start..end
}

fn parsed(text: &str) -> Option<Ipv4Addr> {
    // The longest is 255.255.255.255; a part with a leading zero is none.
    if text.len() > 15 { None } else { text.parse().ok() }
}

enum Judgement {
    Somebodys(u8),
    Nobodys,
    Other,
}

fn judge(
    text: &Folded<'_>,
    run: &Range<usize>,
    address: Ipv4Addr,
    last_end: Option<usize>,
) -> Judgement {
    if !super::stands_alone(text, run.start, run.end) || is_in_name(text, run, last_end) {
        return Judgement::Other;
    }
    let before = last_line(text.before(run.start, CONTEXT_BYTES));
    let octets = address.octets();
    let is_large = octets.iter().any(|octet| *octet >= 100);
    // The extensions of certificates have such identifiers of objects (X.509, 2.5.29).
    if octets[..3] == [2, 5, 29] {
        return Judgement::Other;
    }
    let is_named = ends_near(before, &ADDRESSES, 4)
        || contains_any(before, &ADDRESS_PARTS)
        || has_port(text, run.end);
    let is_counted = is_counted_right_before(before)
        || !is_named && (is_counted(before, is_large) || is_counted_behind(text, run.end));
    if is_counted {
        return Judgement::Other;
    }
    if is_nobodys(address) || is_network(text, run.end, address) {
        return Judgement::Nobodys;
    }
    let is_small = octets.iter().all(|octet| *octet < SMALL) || octets[2..] == [0, 0];
    match (is_named, is_small) {
        (true, _) => Judgement::Somebodys(97),
        (false, true) => Judgement::Other,
        (false, false) => Judgement::Somebodys(if is_large { 93 } else { 85 }),
    }
}

fn is_counted_right_before(before: &str) -> bool {
    // "AssemblyVersion("
    let last = before.trim_end_matches(|c: char| !c.is_alphabetic()).to_ascii_lowercase();
    ends_near(before, &COUNTED, 1) || ends_near(before, &VERSIONS, 1) || last.ends_with("version")
}

/// Whether a version or a section is spoken of; large numbers need a word right before.
fn is_counted(before: &str, is_large: bool) -> bool {
    let words = if is_large { 1 } else { 4 };
    ends_near(before, &COUNTED, words)
        || ends_near(before, &VERSIONS, 4)
        || contains_any(before, &COUNTED_PARTS)
}

/// Whether the words behind say so: "1.20.3.4 sürümü".
fn is_counted_behind(text: &Folded<'_>, end: usize) -> bool {
    let behind = text.after(end, BEHIND_BYTES).split(['\n', '.', ',']).next().unwrap_or_default();
    let mut words =
        behind.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).take(3);
    words.any(|word| is_one_of(word, &COUNTED_BEHIND))
        || contains_any(behind, &COUNTED_PARTS_BEHIND)
}

/// Whether the numbers are part of a name of a file, a product or a host.
fn is_in_name(text: &Folded<'_>, run: &Range<usize>, last_end: Option<usize>) -> bool {
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let before_sign = text.before(run.start, 8).chars().rev().nth(1);
    let follows = match text.char_before(run.start) {
        // A range of addresses goes on.
        Some('-') => word(before_sign) && last_end.is_none_or(|end| end + 1 != run.start),
        Some('/') => word(before_sign),
        Some('.' | '+' | '~' | '^') => true,
        _ => false,
    };
    let mut after = text.after(run.end, 8).chars();
    let goes_on = match after.next() {
        Some('-' | '+' | '~') => after.next().is_some_and(|c| c.is_alphabetic()),
        Some('.') => after.next().is_some_and(|c| c.is_lowercase()),
        _ => false,
    };
    follows || goes_on
}

/// Whether a port follows.
fn has_port(text: &Folded<'_>, end: usize) -> bool {
    let mut after = text.after(end, 2).chars();
    after.next() == Some(':') && after.next().is_some_and(|c| c.is_ascii_digit())
}

/// Whether this is a network, such as `198.20.0.0/16`.
fn is_network(text: &Folded<'_>, end: usize, address: Ipv4Addr) -> bool {
    let Some(bits) = text.after(end, 3).strip_prefix('/') else { return false };
    let digits = bits.len() - bits.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let Ok(bits) = bits[..digits].parse::<u32>() else { return false };
    bits < 32 && address.to_bits() & (u32::MAX >> bits) == 0
}

/// Whether an address is that of no one machine on the internet (the registries of RFC 6890), or of a
/// public resolver.
pub(super) fn is_nobodys(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && b & 0xC0 == 64)
        || (a == 198 && b & 0xFE == 18)
        || RESOLVERS.contains(&address.octets())
}

const RESOLVERS: [[u8; 4]; 9] = [
    [1, 0, 0, 1],
    [1, 1, 1, 1],
    [4, 2, 2, 2],
    [8, 8, 4, 4],
    [8, 8, 8, 8],
    [9, 9, 9, 9],
    [114, 114, 114, 114],
    [208, 67, 220, 220],
    [208, 67, 222, 222],
];
