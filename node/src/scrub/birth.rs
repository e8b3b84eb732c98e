//! Dates of birth: a date in one of the usual orders, and a word that says that somebody was born then.

use super::Kind;
use super::cue::{Cue, Cues};
use super::found::Finds;
use super::numbers::calendar::{self, is_day, is_month, is_year};
use super::numbers::lex::Run;

/// Bytes from the word to the date.
const REACH: usize = 56;
/// Bytes from the date to a word behind it, as in "12/03/1985 (DOB)" and "12.03.1985 tarihinde doğdum".
const REACH_BEHIND: usize = 12;
/// Bytes before a year in which day and month stand: "Wednesday the 21st of September, ".
const BEFORE_YEAR_BYTES: usize = 32;

/// Beginnings of the names of months, lower case; long enough that few other words begin so.
const MONTHS: &str = "\
jan feb mar apr may jun jul aug sep oct nov dec mär mai okt dez fév fev avr juin juil aoû aou \
déc ene abr ago dic gen mag giu lug set ott out mrt mei sty lut kwi maj cze lip sie wrz paź lis \
gru led úno bře dub kvě čer srp zář říj pro янв фев мар апр мая май июн июл авг сен окт ноя дек \
січ лют бер кві тра чер лип сер вер жов лис гру oca şub nis haz tem ağu eyl eki kas ara tam hel \
maa huh tou kes hei elo syy lok mar jou يناير فبراير مارس أبريل ابريل مايو يونيو يوليو أغسطس \
سبتمبر أكتوبر نوفمبر ديسمبر فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند \
जनवरी फरवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर अक्तूबर नवंबर नवम्बर \
दिसंबर दिसम्बर ιαν φεβ μαρ απρ μαΐ ιου αυγ σεπ οκτ νοε δεκ";

/// Looks for dates of birth in a run, and around the years in it.
pub(super) fn find(run: &Run<'_>, found: &mut Finds) {
    for at in 0..run.groups.len() {
        let range = written_in_digits(run, at)
            .or_else(|| with_month(run, at))
            .or_else(|| with_signs(run, at));
        if let Some((start, end)) = range.filter(|(start, end)| says_born(run, *start, *end)) {
            found.add(start..end, Kind::BirthDate, 92);
        }
    }
}

fn says_born(run: &Run<'_>, start: usize, end: usize) -> bool {
    let is_within = start >= run.start() && end <= run.end();
    let cues = match is_within {
        true => run.cues(start, end),
        false => Cues::around(run.text, start, end),
    };
    // A date before this one took the word.
    let distance = cues.own_distance(Cue::Born);
    let before = distance <= REACH + BEFORE_YEAR_BYTES;
    let nearer = [Cue::Phone, Cue::Card, Cue::Account, Cue::Passport];
    let taken = nearer.into_iter().any(|cue| cues.distance(cue) < distance);
    let behind = cues.distance_behind(Cue::Born);
    let between = || run.text.get(end..end.saturating_add(behind));
    let follows = behind <= REACH_BEHIND && between().is_some_and(|text| !text.contains(','));
    (before && !taken) || follows
}

fn digits<'a>(run: &Run<'a>, at: usize) -> &'a [u8] {
    run.groups.get(at).map_or(&[], |group| &run.text.as_bytes()[group.start..group.end])
}

/// "12/03/1985", "1985-03-12", "12.03.85", "19850312".
fn written_in_digits(run: &Run<'_>, at: usize) -> Option<(usize, usize)> {
    let (first, second, third) = (digits(run, at), digits(run, at + 1), digits(run, at + 2));
    if calendar::is_yyyymmdd(first) {
        return Some((run.groups[at].start, run.groups[at].end));
    }
    let apart = matches!(run.gap(at + 1), "-" | "." | "/" | " " | " / " | " - ")
        && run.gap(at + 1) == run.gap(at + 2)
        || run.text.get(run.groups[at].end..).is_some_and(|rest| rest.starts_with(". "));
    let short = third.len() == 2
        && is_day(first)
        && is_day(second)
        && (is_month(first) || is_month(second));
    let date = apart && (calendar::is_date(first, second, third) || short);
    date.then(|| (run.groups[at].start, run.groups[at + 2].end))
}

/// "12 March 1985", "March 12th, 1985", "12 de marzo de 1985".
fn with_month(run: &Run<'_>, at: usize) -> Option<(usize, usize)> {
    if !is_year(digits(run, at)) {
        return None;
    }
    let (year, end) = (run.groups[at].start, run.groups[at].end);
    let from = (year.saturating_sub(BEFORE_YEAR_BYTES)..=year)
        .find(|at| run.text.is_char_boundary(*at))?;
    let window = &run.text[from..year];
    let (mut day, mut month) = (None, None);
    for (offset, word) in words_backwards(window).take(5) {
        let lower = word.to_lowercase();
        if month.is_none() && MONTHS.split(' ').any(|name| lower.starts_with(name)) {
            month = Some(offset);
        } else if day.is_none() && is_day_word(word) {
            day = Some(offset);
        } else if !matches!(lower.as_str(), "de" | "of" | "del" | "the" | "d" | "di" | "г") {
            break;
        }
        if let (Some(day), Some(month)) = (day, month) {
            return Some((from + day.min(month), end));
        }
    }
    None
}

/// The words of a text, the last first, with where they begin.
fn words_backwards(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let apart =
        |char: char| char == ' ' || char == '.' || char == ',' || char == '-' || char == '\n';
    let place = move |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    text.rsplit(apart).filter(|word| !word.is_empty()).map(move |word| (place(word), word))
}

/// "3", "21st", "1er", "12º".
fn is_day_word(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    is_day(&word.as_bytes()[..digits]) && word[digits..].chars().count() <= 2
}

/// "1985年3月12日", "1985년 3월 12일".
fn with_signs(run: &Run<'_>, at: usize) -> Option<(usize, usize)> {
    let group = run.groups[at];
    if !is_year(digits(run, at)) {
        return None;
    }
    let mut rest = &run.text[group.end..];
    for signs in [['年', '년'], ['月', '월'], ['日', '일']] {
        rest = rest.strip_prefix(signs)?;
        if signs[0] == '日' {
            break;
        }
        rest = rest.trim_start_matches(' ');
        let len = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        if len == 0 {
            return None;
        }
        rest = &rest[len..];
    }
    Some((group.start, run.text.len() - rest.len()))
}
