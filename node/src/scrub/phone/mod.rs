//! Phone numbers: international ones by their calling code and length, national ones by the way they
//! are grouped, any by a word near them.
//!
//! What people and programs write is often not a number that a network would route (made-up exchange
//! codes, a trunk zero kept behind the calling code, extensions), and is private all the same. So
//! nothing is refused because no network has it; what is refused are numbers that say nothing of a
//! phone in their shape nor by a word beside them: see `docs/scrubbing.md`.

mod extension;
mod national;
mod plan;
mod shape;

use super::Kind;
use super::cue::{Cue, Cues};
use super::found::Finds;
use super::numbers::context;
use super::numbers::lex::{Group, Run};
use plan::Fit;
use shape::Shape;

/// The digits of a number with its prefix and calling code: E.164 has 15, prefixes and a kept trunk
/// zero come before.
const DIGITS_MAX: usize = 19;

/// Fewest digits of what is taken for a phone because of a word near it.
const CUED_DIGITS_MIN: usize = 6;

/// Bytes between a word and the number that it names: ": ".
const NEXT_BYTES: usize = 8;

/// Bytes from a number to a word that says what it is: " mi chiama".
const BEHIND_BYTES: usize = 16;

/// Money, as it is written behind a sum.
#[rustfmt::skip]
const MONEY: [&str; 26] = [
    "eur", "euro", "euros", "euroa", "usd", "dollars", "gbp", "pounds", "chf", "franken", "francs", "zł", "pln", "kr",
    "sek", "nok", "dkk", "kč", "czk", "ft", "huf", "lei", "tl", "руб", "рублей", "грн",
];

/// What else a number may be said to be.
const OTHERS: [Cue; 6] =
    [Cue::Card, Cue::Account, Cue::Identity, Cue::Tax, Cue::Passport, Cue::Born];

/// Looks for phone numbers in a run, from each of its groups that may begin one.
pub(super) fn find(run: &Run<'_>, found: &mut Finds) {
    let mut at = 0;
    while at < run.groups.len() {
        at = match candidate(run, at) {
            Some((next, start, end, confidence)) => {
                found.add(start..end, Kind::Phone, confidence);
                next
            }
            None => at + 1,
        };
    }
}

/// The longest stretch from a group that is a number: the group after it, its ends, and how sure.
fn candidate(run: &Run<'_>, at: usize) -> Option<(usize, usize, usize, u8)> {
    if at > 0 && !run.gap(at).contains(' ') && !run.gap(at).contains('/') {
        return None;
    }
    let most = farthest(run, at)?;
    (at + 1..=most).rev().find_map(|next| {
        let shape = Shape::read(run, at, next)?;
        let end = extension::end(run.text, shape.end);
        let confidence = judge(run, &shape, end)?;
        Some((next, shape.start, end, confidence))
    })
}

/// The group before which a number that begins at `at` ends at the latest, by the count of its digits.
fn farthest(run: &Run<'_>, at: usize) -> Option<usize> {
    let mut digits = 0;
    let most = run.groups.len().min(at + shape::GROUPS_MAX);
    let fits = |group: &&Group| {
        digits += group.len();
        digits <= DIGITS_MAX
    };
    let next = at + run.groups[at..most].iter().take_while(fits).count();
    let all: usize = run.groups[at..next].iter().map(|group| group.len()).sum();
    let plus = run.text[..run.groups[at].start].ends_with('+');
    (all >= CUED_DIGITS_MIN && (plus || !run.is_row())).then_some(next)
}

/// How sure it is that this is a phone, in percent; nothing if it is none.
fn judge(run: &Run<'_>, shape: &Shape<'_>, end: usize) -> Option<u8> {
    let is_count = is_solved(run, end) || shape.is_sum();
    if !run.stands_alone(shape.start, end) || shape.is_date_or_time() || is_count {
        return None;
    }
    let international = shape.international();
    let by_shape = by_shape(run, shape, international, end > shape.end);
    let possible =
        international > Fit::Not || (CUED_DIGITS_MIN..=15).contains(&shape.digits().len());
    if by_shape.is_none() && !possible {
        return None;
    }
    if run.in_url(shape.start) {
        return None;
    }
    let cues = run.cues(shape.start, end);
    by_words(shape, &cues, by_shape).filter(|_| !is_money(run, end))
}

/// "555-1234 = x"
fn is_solved(run: &Run<'_>, end: usize) -> bool {
    run.text[end..].trim_start_matches(' ').starts_with('=')
}

/// "692 446 753 zł"
fn is_money(run: &Run<'_>, end: usize) -> bool {
    // Nor is what a sum begins with.
    let rest = &run.text[end..run.end().max(end)];
    let end =
        if rest.chars().all(|c| c == ' ' || c.is_ascii_digit()) { run.end().max(end) } else { end };
    let behind = run.text[end..].strip_prefix([' ', '\u{a0}']).unwrap_or(&run.text[end..]);
    let word: String = behind.chars().take_while(|c| c.is_alphabetic()).take(8).collect();
    behind.starts_with(['€', '$', '£', '¥', '₹', '₽', '₺', '元', '円', '원'])
        || MONEY.contains(&word.to_lowercase().as_str())
}

/// How sure the shape alone makes it.
fn by_shape(run: &Run<'_>, shape: &Shape<'_>, international: Fit, extended: bool) -> Option<u8> {
    match international {
        Fit::Exact if shape.is_plus() => return Some(90),
        Fit::Nearly if shape.is_plus() && shape.is_grouped() => return Some(80),
        Fit::Exact if shape.is_grouped() => return Some(80),
        _ => {}
    }
    if shape.is_north_american() {
        return Some(if extended { 88 } else { 80 });
    }
    let national = [
        Shape::is_trunk_grouped,
        Shape::is_area_in_parentheses,
        Shape::is_brazilian,
        Shape::is_behind_trunk,
        Shape::is_dotted_behind_trunk,
        Shape::is_swedish,
    ];
    if national.into_iter().any(|is| is(shape)) {
        return Some(72);
    }
    if shape.is_italian_mobile() || shape.is_polish() || shape.is_turkish_mobile() {
        return Some(62);
    }
    let may_be_one = shape.is_national_length() && shape.may_be_cued();
    if may_be_one && context::in_contact_row(run.text, shape.start, shape.end) {
        return Some(66);
    }
    let spaceless = || context::in_spaceless_script(run.text, shape.start, shape.end);
    match shape.is_dialled() {
        true if spaceless() => Some(75),
        true if shape.digits().len() > 9 => Some(62),
        _ => (shape.is_chinese_mobile() && spaceless()).then_some(75),
    }
}

/// What the words near it make of it.
fn by_words(shape: &Shape<'_>, cues: &Cues, by_shape: Option<u8>) -> Option<u8> {
    if cues.says_other() && !shape.is_plus() {
        return None;
    }
    let named = cues.says(Cue::Phone) && nearest(cues, Cue::Phone);
    let numbered = cues.says(Cue::Number)
        && !cues.before(Cue::Other)
        && !OTHERS.into_iter().any(|cue| cues.says_of_this(cue))
        && !shape.is_dotted();
    let near = cues.distance(Cue::Phone) <= shape.cue_reach();
    // "Mobile: 512.677.487": no sum has such a name.
    let is_called = cues.distance(Cue::Phone) <= NEXT_BYTES && shape.is_national_length();
    if (named && near && (shape.may_be_cued() || is_called)) || (by_shape.is_some() && named) {
        return Some(by_shape.map_or(85, |sure| sure.max(95)));
    }
    if numbered && shape.may_be_cued() && cues.distance(Cue::Number) <= 24 {
        return Some(by_shape.unwrap_or(70).max(70));
    }
    let likely = shape.is_grouped() || shape.is_dialled() || shape.is_national_length();
    let right_behind = cues.distance_behind(Cue::Phone) <= BEHIND_BYTES;
    if cues.follows(Cue::Phone)
        && shape.may_be_cued()
        && likely
        && (shape.is_grouped() || right_behind)
    {
        return Some(by_shape.unwrap_or(70).max(75));
    }
    // A word that says it is an id of another kind outweighs a shape that is not a phone's alone.
    let otherwise = OTHERS.into_iter().any(|cue| cues.says_of_this(cue)) && !shape.is_plus();
    by_shape.filter(|_| !otherwise)
}

/// Whether no word for a card, an account or an id stands nearer than this one.
fn nearest(cues: &Cues, cue: Cue) -> bool {
    OTHERS.into_iter().all(|other| cues.own_distance(other) >= cues.distance(cue))
}
