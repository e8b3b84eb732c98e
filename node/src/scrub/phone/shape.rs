//! How the digits of a number are grouped, and what that says of it.

use super::plan::{self, Fit};
use super::{CUED_DIGITS_MIN, DIGITS_MAX};
use crate::scrub::numbers::calendar;
use crate::scrub::numbers::lex::{Group, Run};

/// Groups of one number: "+49 (0) 30 12 34 56 78".
pub(super) const GROUPS_MAX: usize = 8;

/// A stretch of a run that may be a phone number.
pub(super) struct Shape<'a> {
    run: &'a Run<'a>,
    at: usize,
    groups: &'a [Group],
    plus: bool,
    parenthesis: bool,
    digits: [u8; DIGITS_MAX],
    len: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'a> Shape<'a> {
    /// The groups from `at` to before `next`, if what separates them does so in phone numbers.
    pub(super) fn read(run: &'a Run<'a>, at: usize, next: usize) -> Option<Self> {
        let groups = run.groups.get(at..next)?;
        if !(at + 1..next).all(|inner| separates(run.gap(inner))) {
            return None;
        }
        let mut digits = [0; DIGITS_MAX];
        let mut len = 0;
        for (offset, group) in groups.iter().enumerate() {
            if is_optional_zero(run, at + offset, *group) {
                continue;
            }
            len += run.digits(std::slice::from_ref(group), &mut digits[len..])?.len();
        }
        let end = groups.last()?.end;
        let (start, plus, parenthesis) = lead(run, at, end);
        Some(Self { run, at, groups, plus, parenthesis, digits, len, start, end })
    }

    pub(super) fn digits(&self) -> &[u8] {
        &self.digits[..self.len]
    }

    /// One of the digits, a zero byte behind the last: of "5 (0)" one is left.
    pub(super) fn digit(&self, at: usize) -> u8 {
        self.digits().get(at).copied().unwrap_or_default()
    }

    /// One zero, not two, at its front.
    pub(super) fn has_trunk_zero(&self) -> bool {
        self.digit(0) == b'0' && self.digit(1) != b'0'
    }

    pub(super) fn is_plus(&self) -> bool {
        self.plus
    }

    /// How many groups there are.
    pub(super) fn count(&self) -> usize {
        self.groups.len()
    }

    /// Digits of the first group.
    pub(super) fn first_len(&self) -> usize {
        self.groups[0].len()
    }

    pub(super) fn is_grouped(&self) -> bool {
        self.groups.len() > 1
    }

    pub(super) fn lens(&self) -> impl Iterator<Item = usize> + '_ {
        self.groups.iter().map(|group| group.len())
    }

    pub(super) fn has_lens(&self, lens: &[usize]) -> bool {
        self.lens().eq(lens.iter().copied())
    }

    pub(super) fn gaps(&self) -> impl Iterator<Item = &'a str> + '_ {
        (self.at + 1..self.at + self.groups.len()).map(|at| self.run.gap(at))
    }

    pub(super) fn gaps_are(&self, gap: &str) -> bool {
        self.gaps().all(|other| other == gap)
    }

    pub(super) fn any_gap(&self, char: char) -> bool {
        self.gaps().any(|gap| gap.contains(char))
    }

    /// How well it fits as an international number; only those with a prefix are.
    pub(super) fn international(&self) -> Fit {
        let digits = self.digits();
        if self.plus {
            // "+ 0.25" is a sum: no calling code begins with a zero.
            return if digits.first() == Some(&b'0') { Fit::Not } else { plan::fit(digits) };
        }
        let prefix: &[&[u8]] = &[b"00", b"011"];
        let Some((prefix, behind)) =
            prefix.iter().find_map(|prefix| Some((prefix.len(), digits.strip_prefix(*prefix)?)))
        else {
            return Fit::Not;
        };
        // The prefix stands apart from the rest, or with the calling code; or nothing is apart.
        let first = self.groups[0].len();
        let code = plan::of(behind).map_or(0, |(_, code)| code);
        let set_off = !self.is_grouped() || first == prefix || first >= prefix + code;
        if set_off { plan::fit(behind) } else { Fit::Not }
    }

    /// "(089) 12 34 56", "(11) 91234-5678", "8 (495) 123-45-67".
    pub(super) fn is_area_in_parentheses(&self) -> bool {
        let digits = self.digits();
        if !(8..=13).contains(&digits.len()) || !self.parenthesis_closes() || self.any_gap('/') {
            return false;
        }
        let area = usize::from(!self.parenthesis);
        let behind_trunk = area == 1 && self.groups[0].len() == 1 && self.is_trunk_of_eleven();
        let Some(area) = self.groups.get(area) else { return false };
        let area = &self.run.text[area.start..area.end];
        (2..=5).contains(&area.len())
            && !calendar::is_year(area.as_bytes())
            && (area.starts_with('0') || self.any_gap('-') || behind_trunk)
    }

    /// "90.8613.785": groups with dots that no country has.
    pub(super) fn is_dotted(&self) -> bool {
        let known: [&[usize]; 4] = [&[2; 5], &[3, 3, 3], &[3, 3, 4], &[2; 4]];
        self.any_gap('.') && !known.iter().any(|lens| self.has_lens(lens))
    }

    /// As many digits as a national number has.
    pub(super) fn is_national_length(&self) -> bool {
        (8..=11).contains(&self.digits().len()) && !self.is_postal() && !self.is_of_a_year()
    }

    /// Whether an area code stands in parentheses at its front, behind at most a calling code.
    pub(super) fn parenthesis_closes(&self) -> bool {
        let first = self.at + 1;
        if self.parenthesis {
            return self.run.gap(first).starts_with(')');
        }
        self.groups.len() > 2
            && self.groups[0].len() <= 3
            && self.run.gap(first).ends_with('(')
            && self.run.gap(first + 1).starts_with(')')
    }

    /// "22041-001", "42163-4726": a postal code of Brazil, of the United States or Mexico.
    fn is_postal(&self) -> bool {
        (self.has_lens(&[5, 3]) || self.has_lens(&[5, 4])) && self.gaps_are("-")
    }

    /// Whether it is a date, a time or several years.
    pub(super) fn is_date_or_time(&self) -> bool {
        if self.plus || self.parenthesis {
            return false;
        }
        let texts =
            self.groups.iter().map(|group| &self.run.text.as_bytes()[group.start..group.end]);
        calendar::begins_date(texts, self.run.gap(self.at + 1))
    }

    /// Bytes from a word to the number that it may speak of.
    pub(super) fn cue_reach(&self) -> usize {
        if self.plus || self.is_grouped() || self.digit(0) == b'0' { 64 } else { 40 }
    }

    /// Whether a word near it is enough to make it a phone.
    pub(super) fn may_be_cued(&self) -> bool {
        let len = self.digits().len();
        let least = if self.is_grouped() { CUED_DIGITS_MIN } else { CUED_DIGITS_MIN + 1 };
        (least..=15).contains(&len)
            && !self.is_amount()
            && !self.lens().all(|len| len == 1)
            && !self.is_decimal()
            && !self.is_quad()
            && !self.is_version()
            && !self.is_of_a_year()
            && !self.is_postal()
    }

    /// "+ 46.449015"
    pub(super) fn is_sum(&self) -> bool {
        let apart = self.run.text[self.start..].starts_with("+ ");
        self.plus && apart && self.groups.len() == 2 && self.gaps_are(".")
    }

    /// "12.36.16"
    fn is_version(&self) -> bool {
        self.has_lens(&[2; 3]) && self.gaps_are(".")
    }

    /// "2024/1723"
    fn is_of_a_year(&self) -> bool {
        let first = self.groups[0];
        let year = &self.run.text.as_bytes()[first.start..first.end];
        self.groups.len() == 2 && self.any_gap('/') && calendar::is_year(year)
    }

    /// "3.14159", and "10-20" as a range.
    fn is_decimal(&self) -> bool {
        let [first, second] = self.groups else { return false };
        let many = first.len() == 3 && second.len() >= 5;
        self.gaps_are(".") && (first.len() < 3 || many) && !self.has_trunk_zero()
    }

    /// "10.0.0.1"
    fn is_quad(&self) -> bool {
        self.groups.len() >= 4
            && self.gaps_are(".")
            && self.lens().all(|len| len <= 3)
            && self.len < 10
            || self.has_lens(&[3, 3, 3, 3]) && self.gaps_are(".")
    }

    /// "1.234.567", "12 000 000": thousands apart. Three groups of three are phones in many countries.
    fn is_amount(&self) -> bool {
        let thousands = self.gaps_are(".") || self.gaps_are(" ");
        let first = self.groups[0].len();
        let threes = self.is_grouped() && self.lens().skip(1).all(|len| len == 3);
        let round = self.digits().ends_with(b"000");
        let short = first < 3 && self.digit(0) != b'0';
        !self.plus && thousands && threes && first <= 3 && (short || round || self.gaps_are("."))
    }
}

/// Whether what stands between two groups does so within a phone number.
fn separates(gap: &str) -> bool {
    matches!(
        gap,
        " " | "-"
            | "."
            | "/"
            | ")"
            | "("
            | ") "
            | " ("
            | ")-"
            | "-("
            | " - "
            | ") - "
            | " / "
            | ")/"
            | ")."
            | "/ "
            | "ー"
    )
}

/// The "(0)" behind a calling code.
fn is_optional_zero(run: &Run<'_>, at: usize, group: Group) -> bool {
    at > 0
        && group.len() == 1
        && run.text.as_bytes()[group.start] == b'0'
        && run.gap(at).ends_with('(')
        && run.text[group.end..].starts_with(')')
}

/// Where a number begins that may have a plus and a parenthesis before its first digit.
fn lead(run: &Run<'_>, at: usize, end: usize) -> (usize, bool, bool) {
    let first = run.groups[at].start;
    let mut start = first;
    let closes = run.text[first..end].find(')').map(|at| at + first);
    let opens = run.text[first..end].find('(').map(|at| at + first);
    let own = closes.is_some_and(|closes| opens.is_none_or(|opens| closes < opens));
    let parenthesis = own && run.text[..start].ends_with('(');
    start -= usize::from(parenthesis);
    let plus = ["+", "+ "].into_iter().find(|plus| run.text[..start].ends_with(plus));
    (start - plus.map_or(0, str::len), plus.is_some(), parenthesis)
}
