//! Everything that is mostly digits. One pass makes runs of digits and words that hold some; each is
//! offered to those who know a kind of number, which look at length and shape first.

pub(super) mod calendar;
pub(super) mod context;
pub(super) mod gtin;
pub(super) mod lex;

use super::folded::Folded;
use super::found::Finds;
use super::{birth, card, iban, national, passport, phone, place};
use crate::limits::SCRUB_NUMBER_DIGITS_MIN;
use lex::{Group, Run};

/// Looks for cards, accounts, ids, dates of birth and phones.
pub(super) fn find(text: &Folded<'_>, found: &mut Finds) {
    if !text.has_digits() {
        return;
    }
    let text = text.as_str();
    lex::runs(text, |run| digits(run, found));
    let mut done = 0;
    lex::mixed_words(text, |start, end| {
        if start >= done {
            done = word(text, start, end, found);
        }
    });
}

/// A run of digits.
fn digits(run: &Run<'_>, found: &mut Finds) {
    if run.is_row() {
        return phone::find(run, found);
    }
    birth::find(run, found);
    national::find(run, found);
    place::find(run, found);
    let digits: usize = run.groups.iter().copied().map(Group::len).sum();
    if digits < SCRUB_NUMBER_DIGITS_MIN {
        return;
    }
    rule_out(run, found);
    card::find(run, found);
    passport::find(run, found);
    phone::find(run, found);
}

/// A word that holds letters and digits; returns where it ends.
fn word(text: &str, start: usize, end: usize, found: &mut Finds) -> usize {
    if let Some(end) = iban::find(text, start, found) {
        return end;
    }
    passport::find_word(text, start, end, found);
    end
}

/// Numbers of goods, whole: neither phones nor ids.
fn rule_out(run: &Run<'_>, found: &mut Finds) {
    let mut buffer = [0; 13];
    let Some(digits) = run.digits(run.groups, &mut buffer) else { return };
    // Its check digit stands alone, which ends no phone.
    let ends_alone = run.groups.last().is_some_and(|group| group.len() == 1);
    let isbn10 = gtin::is_isbn10(digits) && run.groups.len() == 4 && ends_alone;
    if gtin::is_isbn13(digits) || isbn10 {
        found.rule_out(run.start()..run.end(), 89);
    }
}
