use crate::time::Day;
use crate::usage::{Usage, combine};
use std::collections::BTreeSet;

/// The terms of a row, in force after everything that combines was combined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowTerms {
    /// An SPDX licence expression.
    pub licence: String,
    /// The usage preference (IETF AIPREF).
    pub usage: Usage,
    /// The last day on which the chat may be held.
    pub due: Option<Day>,
}

impl RowTerms {
    /// The strictest of `all`, whatever their order: licences are joined by `AND`, any n of a usage
    /// preference wins, the earliest due day counts. `None` of nothing.
    pub fn strictest<'a>(all: impl IntoIterator<Item = &'a Self> + Clone) -> Option<Self> {
        let licences = all.clone().into_iter().map(|terms| terms.licence.as_str());
        let licence = join_licences(licences)?;
        let usage = combine(all.clone().into_iter().map(|terms| &terms.usage));
        let due = all.into_iter().filter_map(|terms| terms.due).min();
        Some(Self { licence, usage, due })
    }

    /// Whether these terms are as strict as `other` in everything.
    pub fn cover(&self, other: &Self) -> bool {
        let licence = conjuncts(&other.licence).is_subset(&conjuncts(&self.licence));
        // A row shows what is stated; signals, which permit nothing, it does not.
        let usage = combine([&self.usage, &other.usage]);
        let usage = usage.stated().eq(self.usage.stated());
        let due = other.due.is_none_or(|day| self.due.is_some_and(|own| own <= day));
        licence && usage && due
    }
}

/// All expressions at once: the parts of each, sorted bytewise, joined by `AND`. One expression
/// alone stays as it is.
fn join_licences<'a>(expressions: impl Iterator<Item = &'a str>) -> Option<String> {
    let distinct: BTreeSet<_> = expressions.collect();
    if distinct.len() <= 1 {
        return distinct.first().map(|only| (*only).to_owned());
    }
    let parts: BTreeSet<_> = distinct.iter().flat_map(|text| conjuncts(text)).collect();
    Some(parts.into_iter().collect::<Vec<_>>().join(" AND "))
}

/// The parts of an expression between its outermost `AND`s; an expression with `OR` outside of
/// parentheses is one part, put in parentheses (`AND` binds tighter than `OR`).
fn conjuncts(expression: &str) -> BTreeSet<String> {
    let mut parts = vec![Vec::new()];
    let mut depth = 0_usize;
    for word in expression.split_whitespace() {
        if depth == 0 && word == "OR" {
            return BTreeSet::from([format!("({expression})")]);
        }
        if depth == 0 && word == "AND" {
            parts.push(Vec::new());
            continue;
        }
        depth += word.matches('(').count();
        depth = depth.saturating_sub(word.matches(')').count());
        if let Some(part) = parts.last_mut() {
            part.push(word);
        }
    }
    parts.into_iter().map(|words| words.join(" ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(licence: &str, usage: &str, due: Option<u32>) -> RowTerms {
        RowTerms { licence: licence.into(), usage: Usage::parse(usage).unwrap(), due: due.map(Day) }
    }

    #[test]
    fn the_strictest_of_a_group_does_not_depend_on_its_order() {
        let all = [
            terms("CC-BY-4.0", "train-ai=y", Some(9)),
            terms("MIT OR Apache-2.0", "search=n", None),
            terms("CC-BY-4.0", "train-ai=n", Some(7)),
        ];
        let strictest = RowTerms::strictest(&all).unwrap();
        assert_eq!(strictest.licence, "(MIT OR Apache-2.0) AND CC-BY-4.0");
        assert_eq!(strictest.due, Some(Day(7)));
        assert_eq!(strictest.usage.get("train-ai"), Some(false), "any n wins");
        let reversed: Vec<_> = all.iter().rev().cloned().collect();
        assert_eq!(RowTerms::strictest(&reversed), Some(strictest.clone()));
        assert!(all.iter().all(|one| strictest.cover(one)));
        assert!(!all.iter().any(|one| one.cover(&strictest)));
    }

    #[test]
    fn one_licence_stays_as_it_is() {
        for licence in ["CC0-1.0", "MIT OR Apache-2.0", "MIT AND (CC0-1.0 OR Apache-2.0)"] {
            let one = terms(licence, "", None);
            assert_eq!(RowTerms::strictest([&one, &one]).unwrap().licence, licence);
        }
    }

    #[test]
    fn what_is_joined_twice_is_joined_once() {
        let a = terms("MIT", "", None);
        let b = terms("(CC0-1.0 OR 0BSD) AND MIT", "", None);
        let joined = RowTerms::strictest([&a, &b]).unwrap();
        assert_eq!(joined.licence, "(CC0-1.0 OR 0BSD) AND MIT");
        assert_eq!(RowTerms::strictest([&joined, &a]), Some(joined));
    }

    #[test]
    fn signals_are_no_part_of_a_rows_terms() {
        let signed = terms("MIT", "train-ai=n;exceptions=cc-cr", None);
        let shown = terms("MIT", &signed.usage.to_string(), None);
        assert!(shown.cover(&signed), "what a row shows covers what it was made from");
    }
}
