//! Payment cards: the check digit of Luhn (ISO/IEC 7812-1), the ranges and lengths that the networks
//! publish, and the ways in which cards are printed and typed.

use super::Kind;
use super::cue::{Cue, Cues};
use super::found::Finds;
use super::national::digits::luhn;
use super::numbers::gtin;
use super::numbers::lex::Run;

const DIGITS_MIN: usize = 12;
const DIGITS_MAX: usize = 19;
/// Groups of one card: five of 4-4-4-4-3, and six where somebody typed it in threes.
const GROUPS_MAX: usize = 7;

/// First digits of an issuer's range from, to (as many digits each), and the lengths of its cards.
type Range = (u32, u32, &'static [u8]);

/// From the rules that the networks publish for merchants (Visa, Mastercard, American Express, Diners
/// Club, Discover, JCB, UnionPay, Maestro, Mir, RuPay, Troy, Verve, Elo, Hipercard, UATP, Dankort,
/// InterPayment).
const RANGES: &[Range] = &[
    (4, 4, &[13, 16, 18, 19]),
    (51, 55, &[16]),
    (2221, 2720, &[16]),
    (34, 34, &[15]),
    (37, 37, &[15]),
    (300, 305, &[14, 16, 17, 18, 19]),
    (3095, 3095, &[14, 16]),
    (36, 36, &[14, 16, 17, 18, 19]),
    (38, 39, &[14, 16, 17, 18, 19]),
    (6011, 6011, &[16, 17, 18, 19]),
    (644, 649, &[16, 17, 18, 19]),
    (65, 65, &[16, 17, 18, 19]),
    (35, 35, &[16]),
    (3528, 3589, &[17, 18, 19]),
    (1800, 1800, &[15]),
    (2131, 2131, &[15]),
    (62, 62, &[16, 17, 18, 19]),
    (81, 82, &[16]),
    (508, 508, &[16]),
    (50, 50, &[12, 16, 17, 18, 19]),
    (56, 58, &[12, 16, 17, 18, 19]),
    (6304, 6304, &[12, 16, 17, 18, 19]),
    (6390, 6390, &[12, 16, 17, 18, 19]),
    (67, 67, &[12, 16, 17, 18, 19]),
    (636, 637, &[16]),
    (2200, 2204, &[16, 17, 18, 19]),
    (9792, 9792, &[16]),
    (60, 60, &[16]),
    (5019, 5019, &[16]),
    (4571, 4571, &[16]),
];

/// Looks for cards in a run.
pub(super) fn find(run: &Run<'_>, found: &mut Finds) {
    let mut at = 0;
    while at < run.groups.len() {
        at = match card(run, at) {
            Some((next, confidence)) => {
                let range = run.groups[at].start..run.groups[next - 1].end;
                found.add(range, Kind::Card, confidence);
                next
            }
            None => at + 1,
        };
    }
}

/// The longest stretch from a group that is a card: the group after it, and how sure.
fn card(run: &Run<'_>, at: usize) -> Option<(usize, u8)> {
    let first = run.groups[at];
    if first.len() < 3 || first.len() > DIGITS_MAX {
        return None;
    }
    let most = run.groups.len().min(at + GROUPS_MAX);
    (at + 1..=most).rev().find_map(|next| judge(run, at, next).map(|sure| (next, sure)))
}

fn judge(run: &Run<'_>, at: usize, next: usize) -> Option<u8> {
    let groups = &run.groups[at..next];
    let mut buffer = [0; DIGITS_MAX];
    let digits = run.digits(groups, &mut buffer)?;
    if digits.len() < DIGITS_MIN || !luhn(digits) {
        return None;
    }
    let (start, end) = (groups[0].start, groups[groups.len() - 1].end);
    let printed = is_printed(run, at, next);
    if !run.stands_alone(start, end)
        || !printed.is_some_and(|apart| apart_from_rest(run, at, next, apart))
    {
        return None;
    }
    let cues = run.cues(start, end);
    let named = cues.says(Cue::Card) || cues.follows(Cue::Card);
    // Networks of single countries are not all in the table; a word is enough for theirs.
    match (named, is_issued(digits)) {
        (true, true) => Some(99),
        (true, false) => Some(92),
        (false, false) => None,
        _ if digits.len() == DIGITS_MIN && groups.len() > 1 => None,
        _ if run.in_url(start) || is_something_else(digits, groups.len(), &cues) => None,
        _ => Some(if groups.len() > 1 { 95 } else { 90 }),
    }
}

/// Whether the first digits and the length are some issuer's.
fn is_issued(digits: &[u8]) -> bool {
    RANGES.iter().any(|(from, to, lens)| {
        let width = if *from >= 1000 {
            4
        } else if *from >= 100 {
            3
        } else if *from >= 10 {
            2
        } else {
            1
        };
        let begins = digits[..width].iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0'));
        (*from..=*to).contains(&begins) && lens.iter().any(|len| usize::from(*len) == digits.len())
    })
}

/// The separator of a card that is grouped as cards are: in one piece, or in groups of three to six
/// with the same separator everywhere, of which only the last may be shorter.
fn is_printed<'a>(run: &Run<'a>, at: usize, next: usize) -> Option<&'a str> {
    if next == at + 1 {
        return Some("");
    }
    let gap = run.gap(at + 1);
    let same = (at + 1..next).all(|inner| run.gap(inner) == gap);
    let lens = run.groups[at..next - 1].iter().map(|group| group.len());
    let last = run.groups[next - 1].len();
    let even = lens.clone().all(|len| len == 4) && last <= 7
        || lens.clone().all(|len| (3..=6).contains(&len)) && (3..=6).contains(&last);
    (same && even && matches!(gap, " " | "-" | "." | " - " | "/")).then_some(gap)
}

/// Whether the groups around it are set off otherwise than its own, so that it is not a stretch of a
/// longer row of numbers.
fn apart_from_rest(run: &Run<'_>, at: usize, next: usize, gap: &str) -> bool {
    let fours = at > 0 && run.gap(at) == gap && run.groups[at - 1].len() == 4;
    let before = at > 0 && (run.gap(at) == gap || run.gap(at) != " ");
    let after =
        next < run.groups.len() && (run.gap(next) == gap && gap != " " || run.gap(next) == "-");
    let row = gap == " " && run.groups.len() > GROUPS_MAX + 2;
    !(after || row || (before && gap != " ") || (fours && gap == " "))
}

/// Digits that pass by chance: of ten numbers one does.
fn is_something_else(digits: &[u8], groups: usize, cues: &Cues) -> bool {
    let goods = groups == 1 && digits.len() <= 14 && gtin::is_valid(digits);
    let round = digits[4..].iter().all(|digit| *digit == b'0');
    goods
        || round
        || cues.says_other()
        || [Cue::Account, Cue::Identity, Cue::Phone].iter().any(|cue| cues.says(*cue))
}
